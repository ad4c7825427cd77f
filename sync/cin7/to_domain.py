"""Translates Cin7's rows into the vocabulary: accounts, locations, products, stock, postings, document headers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sync.cin7.headers import header
from sync.cin7.resources import Resource
from sync.cin7.wire import SYSTEM, Row, day, flag, guid, instant, number, quantity, required, rows, text
from sync.domain.accounts import Account, AccountClass, Posting, Source
from sync.domain.documents import Document
from sync.domain.money import digits, to_minor
from sync.domain.names import Name
from sync.domain.stock import Location, Movement, Product, StockLevel
from sync.errors import UnexpectedPayload

__all__ = [
    "Row",
    "account",
    "contact",
    "digits_lost",
    "document",
    "locations",
    "modified",
    "movements",
    "postings",
    "product",
    "stock_level",
]

_SEPARATOR = " - "


def account(row: Row) -> Account:
    """A row of `ref/account` (Cin7 docs: Chart of accounts); a Class that is not one of the five is UNKNOWN."""
    code = required(row, "Code")
    word = text(row, "Class").upper()
    return Account(
        source=Source.CIN7,
        code=code,
        name=text(row, "Name"),
        klass=AccountClass(word) if word in set(AccountClass) else AccountClass.UNKNOWN,
        type=text(row, "Type"),
        number=code,
        full_name=text(row, "DisplayName"),
        system=text(row, "SystemAccountCode"),
        active=text(row, "Status").upper() in ("", "ACTIVE"),
    )


def contact(kind: str, row: Row) -> Name:
    """A row of `customer` or `supplier` (Cin7 docs: Customer, Supplier); `kind` is "Customer" or "Supplier"."""
    name, status = text(row, "Name"), text(row, "Status").lower()
    shown, currency = text(row, "DisplayName") or name, text(row, "Currency")
    own = required(row, "ID").lower()
    return Name(Source.CIN7, kind, own, name, shown, currency=currency, active=status != "deprecated")


def locations(row: Row) -> list[Location]:
    """A row of `ref/location` with its bins, which may come as rows of their own too (Cin7 docs: Location)."""
    id_ = required(row, "ID").lower()
    own = Location(id_, text(row, "Name"), guid(row, "ParentID"), flag(row, "IsDeprecated", "Deprecated"))
    bins = (
        Location(required(bin_, "ID").lower(), text(bin_, "Name"), id_, flag(bin_, "IsDeprecated"))
        for bin_ in rows(row, "Bins")
    )
    return [own, *bins]


def product(row: Row) -> Product:
    """A row of `product` (Cin7 docs: Product); empty account fields mean the defaults of the tenant."""
    status, type_ = text(row, "Status"), text(row, "Type")
    return Product(
        source=Source.CIN7,
        id=required(row, "ID").lower(),
        sku=text(row, "SKU"),
        name=text(row, "Name"),
        type=type_,
        category=text(row, "Category"),
        brand=text(row, "Brand"),
        status=status,
        inventory_account=text(row, "InventoryAccount"),
        cogs_account=text(row, "COGSAccount"),
        revenue_account=text(row, "RevenueAccount"),
        expense_account=text(row, "ExpenseAccount"),
        tracks_quantity=type_.lower() == "stock",
        active=status.lower() != "deprecated",
    )


def movements(row: Row) -> list[Movement]:
    """The Movements of a `product` row read with IncludeMovements=true: quantity and actual cost, dated."""
    product_id, sku = required(row, "ID").lower(), text(row, "SKU")
    found = []
    for item in rows(row, "Movements"):
        when = day(item, "Date")
        if when is None:
            raise UnexpectedPayload(f"Cin7: a movement of product {sku!r} has no Date", system=SYSTEM)
        found.append(
            Movement(
                product=product_id,
                sku=sku,
                task=guid(item, "TaskID"),
                kind=text(item, "Type"),
                number=text(item, "Number"),
                day=when,
                quantity=quantity(item, "Quantity"),
                amount=quantity(item, "Amount"),
                location=text(item, "Location"),
            )
        )
    return found


def stock_level(row: Row) -> StockLevel:
    """A row of `ref/productavailability`; StockOnHand is money, not a quantity (Cin7 docs: Product availability)."""
    return StockLevel(
        product=required(row, "ID").lower(),
        sku=text(row, "SKU"),
        name=text(row, "Name"),
        location=text(row, "Location"),
        bin=text(row, "Bin"),
        batch=text(row, "Batch"),
        expiry=day(row, "ExpiryDate"),
        on_hand=quantity(row, "OnHand"),
        allocated=quantity(row, "Allocated"),
        available=quantity(row, "Available"),
        on_order=quantity(row, "OnOrder"),
        in_transit=quantity(row, "InTransit"),
        value=quantity(row, "StockOnHand"),
    )


def postings(row: Row, currency: str) -> tuple[Posting, Posting]:
    """The debit and the credit side of a row of `transactions`, rounded half up to the base currency's digits.

    Both sides get the same rounded amount, so the pair stays balanced; an amount may be negative (Cin7 docs:
    sale Transactions). `digits_lost` tells whether rounding took anything.
    """
    memo = text(row, "Transaction")
    number_ = text(row, "Reference")
    debit, credit = required(row, "DebitAccountCode"), required(row, "CreditAccountCode")
    amount = to_minor(_amount(row), currency)
    when = day(row, "EffectiveDate")
    if when is None:
        raise UnexpectedPayload(f"Cin7: the transaction {number_ or memo!r} has no EffectiveDate", system=SYSTEM)
    document_, kind, name = guid(row, "TaskID"), text(row, "Type"), memo.rpartition(_SEPARATOR)[0].strip()
    return (
        Posting(Source.CIN7, debit, when, amount, document_, kind, number_, credit, name, memo),
        Posting(Source.CIN7, credit, when, -amount, document_, kind, number_, debit, name, memo),
    )


def digits_lost(row: Row, currency: str) -> bool:
    """Whether a row of `transactions` has more digits than its currency, which `postings` rounded away."""
    scaled = _amount(row).scaleb(digits(currency))
    return scaled != scaled.to_integral_value()


def document(resource: Resource, row: Row, currency: str) -> Document:
    """A list's row as a document; `currency` is the base currency, for lists that name none.

    Its id is `resource.key(row)`. Statuses stay the vendor's words, whatever they are.
    """
    return header(resource, row, currency)


def modified(resource: Resource, row: Row) -> datetime | None:
    """When the row last changed, where its list says so."""
    return instant(row, resource.cursor) if resource.cursor else None


def _amount(row: Row) -> Decimal:
    amount = number(row, "Amount")
    if amount is None:
        raise UnexpectedPayload(f"Cin7: the transaction {text(row, 'Reference')!r} has no Amount", system=SYSTEM)
    return amount
