"""QuickBooks Online's rows as Accounts, Products, Names, Rates, Documents and deletions; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from sync.domain.accounts import Account, AccountClass, Source
from sync.domain.documents import Document, Line
from sync.domain.names import Name, Rate
from sync.domain.stock import Product
from sync.errors import UnexpectedPayload
from sync.qbo import wire
from sync.qbo.lines import lines_of, links_of
from sync.qbo.wire import NAME, SYSTEM, Row

__all__ = ["Deletion", "Row", "account", "deletion", "document", "is_deletion", "item", "name", "rate"]

_CLASSES = {
    "asset": AccountClass.ASSET,
    "liability": AccountClass.LIABILITY,
    "equity": AccountClass.EQUITY,
    "revenue": AccountClass.REVENUE,
    "expense": AccountClass.EXPENSE,
}
# Intuit docs, Account: the class of each AccountType, for rows that come without Classification.
_CLASS_OF_TYPE = {
    "bank": AccountClass.ASSET,
    "accounts receivable": AccountClass.ASSET,
    "other current asset": AccountClass.ASSET,
    "fixed asset": AccountClass.ASSET,
    "other asset": AccountClass.ASSET,
    "accounts payable": AccountClass.LIABILITY,
    "credit card": AccountClass.LIABILITY,
    "other current liability": AccountClass.LIABILITY,
    "long term liability": AccountClass.LIABILITY,
    "equity": AccountClass.EQUITY,
    "income": AccountClass.REVENUE,
    "other income": AccountClass.REVENUE,
    "cost of goods sold": AccountClass.EXPENSE,
    "expense": AccountClass.EXPENSE,
    "other expense": AccountClass.EXPENSE,
}
# Where a transaction names the account that it settles through.
_ACCOUNT_KEYS = ("DepositToAccountRef", "APAccountRef", "ARAccountRef", "AccountRef", "AdjustAccountRef")
_NAME_KEYS = ("CustomerRef", "VendorRef", "EntityRef")
_BALANCE_KEYS = ("Balance", "UnappliedAmt", "RemainingCredit")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_PRODUCTS: Mapping[str, Product] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deletion:
    """A transaction that QuickBooks says was deleted, and when; `entity` is the API's name."""

    entity: str
    id: str
    at: datetime | None


def account(row: Row) -> Account:
    """An Account row; its code is the Id, its number AcctNum."""
    kind = wire.text(row, "AccountType")
    klass = _CLASSES.get(wire.text(row, "Classification").lower()) or _CLASS_OF_TYPE.get(kind.lower())
    return Account(
        source=Source.QBO,
        code=_id(row, "Account"),
        name=wire.text(row, "Name"),
        klass=klass or AccountClass.UNKNOWN,
        type=kind,
        subtype=wire.text(row, "AccountSubType"),
        number=wire.text(row, "AcctNum"),
        full_name=wire.text(row, "FullyQualifiedName"),
        currency=wire.reference(row, "CurrencyRef")[0],
        parent=wire.reference(row, "ParentRef")[0],
        active=wire.flag(row, "Active", default=True),
    )


def item(row: Row) -> Product:
    """An Item row; ExpenseAccountRef is the cost account of inventory items, the expense account of others."""
    kind = wire.text(row, "Type")
    expense = wire.reference(row, "ExpenseAccountRef")[0]
    stocked = kind.lower() == "inventory"
    active = wire.flag(row, "Active", default=True)
    return Product(
        source=Source.QBO,
        id=_id(row, "Item"),
        sku=wire.text(row, "Sku"),
        name=wire.text(row, "FullyQualifiedName") or wire.text(row, "Name"),
        type=kind,
        category=wire.reference(row, "ParentRef")[1],
        status="Active" if active else "Inactive",
        inventory_account=wire.reference(row, "AssetAccountRef")[0],
        cogs_account=expense if stocked else "",
        revenue_account=wire.reference(row, "IncomeAccountRef")[0],
        expense_account="" if stocked else expense,
        tracks_quantity=wire.flag(row, "TrackQtyOnHand", default=False),
        active=active,
    )


def name(entity: str, row: Row) -> Name:
    """A Customer, Vendor, Class or Department row (customers and vendors have a DisplayName)."""
    shown = wire.text(row, "DisplayName") or wire.text(row, "Name")
    return Name(
        source=Source.QBO,
        kind=entity,
        id=_id(row, entity),
        name=shown,
        full_name=wire.text(row, "FullyQualifiedName") or shown,
        parent=wire.reference(row, "ParentRef")[0],
        currency=wire.reference(row, "CurrencyRef")[0],
        active=wire.flag(row, "Active", default=True),
    )


def rate(row: Row) -> Rate:
    """An ExchangeRate row: home units for one unit of the source currency (Intuit docs: ExchangeRate; it has no Id)."""
    currency, value, day = wire.text(row, "SourceCurrencyCode"), wire.number(row, "Rate"), wire.day(row, "AsOfDate")
    if not currency or value is None or day is None:
        raise UnexpectedPayload(
            f"{NAME}: an exchange rate needs SourceCurrencyCode, Rate and AsOfDate; it has {sorted(row)}.",
            system=SYSTEM,
        )
    return Rate(currency=currency, day=day, rate=value)


def document(
    entity: str,
    row: Row,
    home: str,
    skus: Mapping[str, str] = _NOTHING,
    products: Mapping[str, Product] = _NO_PRODUCTS,
) -> Document:
    """A transaction row with its lines, in its own currency; `home` is the company's.

    `skus` (item id -> SKU) and `products` (item id -> Product) complete the lines: a sales line names
    its item, and the account is the item's. A journal's total is the sum of its debits (QuickBooks
    says 0); a card refund (a Purchase with Credit true) is negative. `version` is SyncToken.
    """
    currency = wire.reference(row, "CurrencyRef")[0] or home
    sign = -1 if entity == "Purchase" and wire.flag(row, "Credit", default=False) else 1
    lines = lines_of(entity, row, currency, skus, products, sign)
    party, party_name = _first_reference(row, _NAME_KEYS)
    memo, total = wire.text(row, "PrivateNote"), _total(entity, row, currency, sign, lines)
    times = wire.part(row, "MetaData")
    return Document(
        source=Source.QBO,
        kind=entity,
        id=_id(row, entity),
        number=wire.text(row, "DocNumber") or wire.text(row, "PaymentRefNum"),
        status=wire.text(row, "status"),
        day=wire.day(row, "TxnDate"),
        counterparty=party_name,
        counterparty_id=party,
        currency=currency,
        rate=_rate(row, currency, home),
        total=total,
        tax=wire.minor(wire.part(row, "TxnTaxDetail"), "TotalTax", currency),
        balance=_balance(row, currency),
        due=wire.day(row, "DueDate"),
        location=wire.reference(row, "DepartmentRef")[1],
        account=_account(row),
        memo=memo,
        created=wire.instant(times, "CreateTime"),
        updated=wire.instant(times, "LastUpdatedTime"),
        version=wire.text(row, "SyncToken"),
        voided=_voided(memo, total, lines),
        links=links_of(row),
        lines=lines,
    )


def is_deletion(row: Row) -> bool:
    """Whether a row of change data capture is a deletion: its status says so, and it has no amounts."""
    return wire.text(row, "status").lower() == "deleted"


def deletion(entity: str, row: Row) -> Deletion:
    """The deletion stub of change data capture or of a delete's answer."""
    return Deletion(entity, _id(row, entity), wire.instant(wire.part(row, "MetaData"), "LastUpdatedTime"))


def _id(row: Row, entity: str) -> str:
    found = wire.text(row, "Id")
    if not found:
        raise UnexpectedPayload(f"{NAME}: a row of {entity} has no Id; it has {sorted(row)}.", system=SYSTEM)
    return found


def _first_reference(row: Row, keys: tuple[str, ...]) -> tuple[str, str]:
    return next((found for found in (wire.reference(row, key) for key in keys) if any(found)), ("", ""))


def _account(row: Row) -> str:
    """The account behind the document: where money came from or went to, or the payables of a bill."""
    found = _first_reference(row, _ACCOUNT_KEYS)[0]
    for payment, key in (("CheckPayment", "BankAccountRef"), ("CreditCardPayment", "CCAccountRef")):
        found = found or wire.reference(wire.part(row, payment), key)[0]
    return found or wire.reference(row, "FromAccountRef")[0]


def _total(entity: str, row: Row, currency: str, sign: int, lines: tuple[Line, ...]) -> int | None:
    if entity == "JournalEntry":
        return sum(line.amount or 0 for line in lines if line.debit)
    found = wire.minor(row, "Amount" if entity == "Transfer" else "TotalAmt", currency)
    return None if found is None else sign * found


def _balance(row: Row, currency: str) -> int | None:
    found = (wire.minor(row, key, currency) for key in _BALANCE_KEYS)
    return next((amount for amount in found if amount is not None), None)


def _rate(row: Row, currency: str, home: str) -> Decimal | None:
    """Home units for one unit of the document's currency; QuickBooks leaves it out where that is 1."""
    found = wire.number(row, "ExchangeRate")
    return Decimal(1) if found is None and currency == home else found


def _voided(memo: str, total: int | None, lines: tuple[Line, ...]) -> bool:
    """A void keeps its row: no status says so, the amounts are 0 and the note begins with "Voided" (Intuit docs).

    Where lines kept what they were, they do not add up to the total any more.
    """
    amounts = [line.amount for line in lines if line.amount]
    return memo.lower().startswith("voided") and not total and (not amounts or bool(sum(amounts)))
