"""Documents of either system (orders, invoices, credit notes, stock tasks, journals, payments) and their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sync.domain.accounts import Source

STOCK_TASKS = (
    "StockAdjustment",
    "StockTake",
    "StockTransfer",
    "InventoryWriteOff",
    "FinishedGoods",
    "Disassembly",
    "ProductionOrder",
)
# Kinds of Cin7's whose lines no list tells, only the document read whole, at a call each.
READ_WHOLE = ("Sale", "Purchase", *STOCK_TASKS)


@dataclass(frozen=True, slots=True)
class Link:
    """Another document that this one settles, applies to or was made from (`kind` as the vendor names it)."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document, in its currency (`amount` and `tax` in minor units, tax not included).

    `cost` is the actual cost in minor units of base currency where the vendor states it. `account` is
    a Cin7 code or QBO account id; `debit` tells the side of a QBO journal line. `section` says which
    part of a detail the line belongs to ("Invoice", "CreditNote", "Pick", "Received", ...).
    """

    position: int
    amount: int | None = None
    section: str = ""
    document: str = ""
    day: date | None = None
    sku: str = ""
    item: str = ""
    name: str = ""
    account: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    tax: int | None = None
    cost: int | None = None
    debit: bool | None = None
    location: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The header of one document as its system tells it.

    `id` is Cin7's SaleID / purchase ID / TaskID in lower case, or QBO's Id. `kind` is the resource:
    "Sale", "SaleCreditNote", "Purchase", "PurchaseCreditNote", "StockAdjustment", "StockTake",
    "StockTransfer", "InventoryWriteOff", "FinishedGoods", "Disassembly", "ProductionOrder", "Journal",
    "MoneyTask" for Cin7; the entity name for QBO. `number` is its main number (order number for a
    sale), `invoice` and `credit` the numbers of its invoice and credit note. `day` is the accounting
    date where the list tells one. Money is in minor units of `currency`; `rate` is base units per one
    unit of `currency`. `status` keeps the vendor's words. `updated` and `created` are aware UTC.
    """

    source: Source
    kind: str
    id: str
    number: str
    status: str
    day: date | None = None
    invoice: str = ""
    credit: str = ""
    counterparty: str = ""
    counterparty_id: str = ""
    currency: str = ""
    rate: Decimal | None = None
    total: int | None = None
    tax: int | None = None
    balance: int | None = None
    due: date | None = None
    location: str = ""
    channel: str = ""
    account: str = ""
    memo: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    version: str = ""
    voided: bool = False
    links: tuple[Link, ...] = field(default=())
    lines: tuple[Line, ...] = field(default=())
