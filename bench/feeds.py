"""A practice company made by hand, of any size: Cin7's ledger, its sales, and QuickBooks' books that mirror them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from sync.domain.money import to_minor
from sync.sandbox.books import Cin7Books, QboBooks, QboPosting, World
from sync.sandbox.switches import Switches

_DAYS = 731
_STAMP = {"CreateTime": "2026-01-05T10:00:00-08:00", "LastUpdatedTime": "2026-01-05T10:00:00-08:00"}
_CHANNELS = ("", "Shopify", "Amazon")
_CUSTOMERS = 500


class _Ledger(NamedTuple):
    """One account: Cin7's code, its name, Class, Type and SystemAccountCode; QBO's id, AccountType and subtype."""

    code: str
    name: str
    klass: str
    type: str
    system: str
    id: str
    qbo_type: str
    subtype: str


ACCOUNTS = (
    _Ledger("090", "Checking", "ASSET", "BANK", "", "35", "Bank", "Checking"),
    _Ledger("200", "Sales", "REVENUE", "SALES", "", "79", "Income", "SalesOfProductIncome"),
    _Ledger("310", "Cost of Goods Sold", "EXPENSE", "DIRECTCOSTS", "", "82", "Cost of Goods Sold", "Cogs"),
    _Ledger("610", "Receivable", "ASSET", "CURRENT", "DEBTORS", "84", "Accounts Receivable", "AccountsReceivable"),
    _Ledger("630", "Inventory", "ASSET", "INVENTORY", "", "85", "Other Current Asset", "Inventory"),
    _Ledger("320", "Shrinkage", "EXPENSE", "DIRECTCOSTS", "", "89", "Cost of Goods Sold", "Cogs"),
)  # fmt: skip
_QBO_ID = {account.code: account.id for account in ACCOUNTS}
# What one sale posts, five rows for two sales: (debit, credit, QBO's entity and words, share of the price, every n-th).
_ROWS = (
    ("610", "200", "Invoice", "Invoice", Decimal(1), 1),
    ("310", "630", "JournalEntry", "Journal Entry", Decimal("0.6"), 1),
    ("090", "610", "Payment", "Payment", Decimal(1), 2),
)


class Sold(NamedTuple):
    """One sale: `n` from 0, its day, price and customer."""

    n: int
    day: date
    price: Decimal
    customer: str

    @property
    def id(self) -> str:
        return f"aaaaaaaa-0000-4000-a000-{self.n:012d}"

    @property
    def invoice(self) -> str:
        return f"INV-{self.n:06d}"


def sales(rows: int, today: date, seed: int = 1) -> Iterator[Sold]:
    """The sales that post `rows` ledger rows, in order of their days; weekends are quiet, and no two days alike."""
    random, count = Random(seed), -(-rows * 2 // 5)
    days = [today - timedelta(days=n) for n in range(_DAYS)]
    weights = [(1 if day.weekday() > 4 else 6) * random.uniform(0.6, 1.4) for day in days]
    chosen = sorted(random.choices(days, weights, k=count))
    for n, day in enumerate(chosen):
        yield Sold(n, day, Decimal(random.randrange(500, 90_000)) / 100, f"Customer {random.randrange(_CUSTOMERS):03d}")


class Details(Mapping[str, dict[str, Any]]):
    """Sales read whole, each made when it is asked for, by id."""

    def __init__(self, sold: list[Sold]) -> None:
        self._sold = sold

    def __getitem__(self, id_: str) -> dict[str, Any]:
        n = int(id_.rsplit("-", 1)[-1])
        if n >= len(self._sold) or self._sold[n].id != id_:
            raise KeyError(id_)
        return _detail(self._sold[n])

    def __iter__(self) -> Iterator[str]:
        return (sold.id for sold in self._sold)

    def __len__(self) -> int:
        return len(self._sold)


def mirrored(rows: int, today: date, *, documents: bool = True, **switches: Any) -> World:
    """A company with `rows` rows in Cin7's ledger and their mirror in QuickBooks' (two postings a row).

    `documents`: the sales stand in Cin7's list, their invoices among QuickBooks' transactions.
    """
    ledger: list[dict[str, Any]] = []
    postings: list[QboPosting] = []
    everything = list(sales(rows, today))
    told = everything if documents else []
    entities: dict[str, list[dict[str, Any]]] = {"Account": [_qbo_account(account) for account in ACCOUNTS]}
    entities["Account"].append(_account_row("3", "Retained Earnings", "", "Equity", "RetainedEarnings"))
    for sold in everything:
        for place, (debit, credit, entity, words, share, every) in enumerate(_ROWS):
            if sold.n % every == 0 and len(ledger) < rows:
                amount = (sold.price * share).quantize(Decimal("0.01"))
                ledger.append(_transaction(sold, debit, credit, amount))
                postings += _postings(sold, f"{10 * sold.n + place + 100}", entity, words, debit, credit, amount)
    entities["Invoice"] = [_invoice(sold) for sold in told]
    lists = {
        "transactions": ledger,
        "salelist": [_sale(sold) for sold in told],
        "ref/account": [_cin7_account(account) for account in ACCOUNTS],
    }
    me = {"Company": "Bench Ltd", "Currency": "USD", "TimeZone": "America/New_York"}
    return World(
        seed=1,
        switches=Switches(**switches),
        today=today,
        cin7=Cin7Books(me=me, lists=lists, details={"sale": Details(told)}),
        qbo=QboBooks(
            company_info={"Id": "1", "CompanyName": "Bench Ltd"},
            preferences={"Id": "1", "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}},
            entities=entities,
            postings=postings,
        ),
    )


def _transaction(sold: Sold, debit: str, credit: str, amount: Decimal) -> dict[str, Any]:
    return {
        "TaskID": sold.id,
        "DebitAccountCode": debit,
        "CreditAccountCode": credit,
        "Amount": amount,
        "EffectiveDate": f"{sold.day.isoformat()}T00:00:00",
        "Reference": sold.invoice,
        "Transaction": f"{sold.customer} - {sold.invoice}",
        "Type": "Sale",
    }


def _postings(
    sold: Sold, id_: str, entity: str, words: str, debit: str, credit: str, amount: Decimal
) -> Iterator[QboPosting]:
    minor = to_minor(amount, "USD")
    for code, signed in ((debit, minor), (credit, -minor)):
        yield QboPosting(
            id_, entity, words, sold.day, sold.invoice, sold.customer, f"Sale {sold.invoice}", _QBO_ID[code], signed
        )


def _sale(sold: Sold) -> dict[str, Any]:
    return {
        "SaleID": sold.id,
        "OrderNumber": f"SO-{sold.n:06d}",
        "Status": "COMPLETED",
        "OrderDate": f"{sold.day.isoformat()}T00:00:00",
        "InvoiceDate": f"{sold.day.isoformat()}T00:00:00",
        "Customer": sold.customer,
        "CustomerID": f"cccccccc-0000-4000-a000-{int(sold.customer[-3:]):012d}",
        "InvoiceNumber": sold.invoice,
        "CustomerReference": "",
        "InvoiceAmount": sold.price,
        "PaidAmount": Decimal(0),
        "InvoiceDueDate": f"{sold.day.isoformat()}T00:00:00",
        "BaseCurrency": "USD",
        "CustomerCurrency": "USD",
        "CreditNoteNumber": None,
        "Updated": f"{sold.day.isoformat()}T18:00:00.{sold.n % 1000:03d}Z",
        "CombinedPickingStatus": "PICKED",
        "CombinedShippingStatus": "SHIPPED",
        "CombinedInvoiceStatus": "INVOICED",
        "CombinedPaymentStatus": "UNPAID",
        "SourceChannel": _CHANNELS[sold.n % 3],
        "Type": "Simple Sale",
        "OrderLocationID": "eeeeeeee-0000-4000-a000-000000000001",
    }


def _detail(sold: Sold) -> dict[str, Any]:
    return {
        "ID": sold.id,
        "Status": "COMPLETED",
        "Customer": sold.customer,
        "CustomerCurrency": "USD",
        "Order": {"SaleOrderNumber": f"SO-{sold.n:06d}"},
        "Invoices": [
            {
                "InvoiceNumber": sold.invoice,
                "Status": "AUTHORISED",
                "InvoiceDate": f"{sold.day.isoformat()}T00:00:00",
                "Lines": [{"SKU": "W", "Name": "Widget", "Quantity": 1, "Price": sold.price, "Total": sold.price}],
                "Total": sold.price,
                "Tax": Decimal(0),
            }
        ],
        "LastModifiedOn": f"{sold.day.isoformat()}T18:00:00.000Z",
    }


def _invoice(sold: Sold) -> dict[str, Any]:
    line = {
        "Id": "1",
        "LineNum": 1,
        "Amount": sold.price,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1", "name": "Widget"}, "Qty": 1, "UnitPrice": sold.price},
    }
    return {
        "Id": str(10 * sold.n + 100),
        "SyncToken": "0",
        "DocNumber": sold.invoice,
        "TxnDate": sold.day.isoformat(),
        "CustomerRef": {"value": str(int(sold.customer[-3:]) + 1), "name": sold.customer},
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "TotalAmt": sold.price,
        "Balance": sold.price,
        "Line": [line],
        "MetaData": _STAMP,
    }


def _cin7_account(account: _Ledger) -> dict[str, Any]:
    return {
        "Code": account.code,
        "Name": account.name,
        "Class": account.klass,
        "Type": account.type,
        "SystemAccountCode": account.system,
        "Status": "ACTIVE",
    }


def _qbo_account(account: _Ledger) -> dict[str, Any]:
    return _account_row(account.id, account.name, account.code, account.qbo_type, account.subtype)


def _account_row(id_: str, name: str, number: str, kind: str, subtype: str) -> dict[str, Any]:
    return {
        "Id": id_,
        "Name": name,
        "FullyQualifiedName": name,
        "AcctNum": number,
        "AccountType": kind,
        "AccountSubType": subtype,
        "Active": True,
        "MetaData": _STAMP,
    }
