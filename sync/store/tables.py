"""The tables of what both systems told: companies, ledgers, documents, products, stock; a row belongs to a company.

Money is whole minor units (integers), days are ISO text, instants ISO text in UTC, quantities exact
decimal text. `sync/store/migrations` brings a database to this state.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from sync.store.columns import ROW_NUMBER, Day, Exact, Instant

# Few lines ship at no cost: an index of them alone is found at once, and hardly ever written.
_FREE = text("cost = 0")
# QuickBooks' lines stand in no document of their own, so they are not in the index of those that do.
_OF_DOCUMENT = text("document <> ''")
_OF_SUMS = ("company", "source", "document", "kind", "id", "section", "account", "sku", "amount", "quantity")


class Company(SQLModel, table=True):
    """One Cin7 account joined with one QuickBooks realm."""

    __table_args__ = (UniqueConstraint("cin7_account", "qbo_realm"),)
    id: int | None = Field(default=None, primary_key=True)
    cin7_account: str
    qbo_realm: str
    name: str = ""
    currency: str = ""
    time_zone: str = ""
    fiscal_year_start: str = ""
    opening_day: date | None = Field(default=None, sa_type=Day)
    cin7_lock_day: date | None = Field(default=None, sa_type=Day)
    qbo_close_day: date | None = Field(default=None, sa_type=Day)
    qbo_name: str = ""
    qbo_currency: str = ""
    multi_currency: bool = False


class AccountRow(SQLModel, table=True):
    __tablename__ = "account"
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    name: str
    klass: str
    type: str
    subtype: str = ""
    number: str = ""
    full_name: str = ""
    system: str = ""
    currency: str = ""
    parent: str = ""
    active: bool = True


class PostingRow(SQLModel, table=True):
    """One side of a ledger entry; a window of days is replaced as a whole, a row is never patched."""

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_account", "company", "source", "account", "day", "amount"),
        Index("ix_posting_day", "company", "source", "day"),
        Index("ix_posting_document", "company", "source", "document"),
        Index("ix_posting_pair", "company", "source", "account", "kind", "counter", "amount"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_NUMBER)
    company: int = Field(foreign_key="company.id")
    source: str
    account: str
    day: date = Field(sa_type=Day)
    amount: int = Field(sa_type=BigInteger)
    document: str
    kind: str
    number: str
    counter: str = ""
    name: str = ""
    memo: str = ""


class Window(SQLModel, table=True):
    """A run of days of one ledger feed that was read as a whole; the windows of a feed never overlap.

    `rows` are the feed's own rows (Cin7 pairs, QBO postings), `total` what the feed said it had.
    An open one (`complete` false) says why in `reason`.
    """

    __tablename__ = "ledger_window"
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    start: date = Field(sa_type=Day, primary_key=True)
    end: date = Field(sa_type=Day)
    rows: int
    fingerprint: str = ""
    complete: bool = True
    reason: str = ""
    proven: bool = False
    fetched_at: datetime = Field(sa_type=Instant)


class Proof(SQLModel, table=True):
    """What one of QBO's own reports said beside what the cached ledger adds up to, per window."""

    company: int = Field(primary_key=True, foreign_key="company.id")
    report: str = Field(primary_key=True)
    start: date = Field(sa_type=Day, primary_key=True)
    end: date = Field(sa_type=Day, primary_key=True)
    status: str
    difference: int = Field(sa_type=BigInteger)
    detail: str = ""
    checked_at: datetime = Field(sa_type=Instant)


class DocumentRow(SQLModel, table=True):
    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_number", "company", "source", "number"),
        Index("ix_document_day", "company", "source", "kind", "day"),
        Index("ix_document_updated", "company", "source", "kind", "updated"),
        Index("ix_document_invoice", "company", "source", "invoice"),
        Index("ix_document_credit", "company", "source", "credit"),
    )
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    number: str
    status: str
    day: date | None = Field(default=None, sa_type=Day)
    invoice: str = ""
    credit: str = ""
    counterparty: str = ""
    counterparty_id: str = ""
    currency: str = ""
    rate: Decimal | None = Field(default=None, sa_type=Exact)
    total: int | None = Field(default=None, sa_type=BigInteger)
    tax: int | None = Field(default=None, sa_type=BigInteger)
    balance: int | None = Field(default=None, sa_type=BigInteger)
    due: date | None = Field(default=None, sa_type=Day)
    location: str = ""
    channel: str = ""
    account: str = ""
    memo: str = ""
    created: datetime | None = Field(default=None, sa_type=Instant)
    updated: datetime | None = Field(default=None, sa_type=Instant)
    version: str = ""
    voided: bool = False
    links: str = "[]"
    deleted_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    detail_at: datetime | None = Field(default=None, sa_type=Instant)


class LineRow(SQLModel, table=True):
    """A line of a QBO document, or of a Cin7 document whose detail was read."""

    __tablename__ = "line"
    __table_args__ = (
        Index("ix_line_sku", "company", "source", "sku"),
        Index("ix_line_item", "company", "source", "item"),
        # All that sums of lines by document are made of: the lines themselves need not be read.
        Index("ix_line_document", *_OF_SUMS, sqlite_where=_OF_DOCUMENT, postgresql_where=_OF_DOCUMENT),
        Index("ix_line_free", "company", "source", "day", sqlite_where=_FREE, postgresql_where=_FREE),
    )
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    amount: int | None = Field(default=None, sa_type=BigInteger)
    section: str = ""
    document: str = ""
    day: date | None = Field(default=None, sa_type=Day)
    sku: str = ""
    item: str = ""
    name: str = ""
    account: str = ""
    quantity: Decimal | None = Field(default=None, sa_type=Exact)
    price: Decimal | None = Field(default=None, sa_type=Exact)
    tax: int | None = Field(default=None, sa_type=BigInteger)
    cost: int | None = Field(default=None, sa_type=BigInteger)
    debit: bool | None = None
    location: str = ""
    description: str = ""


class ProductRow(SQLModel, table=True):
    __tablename__ = "product"
    __table_args__ = (Index("ix_product_sku", "company", "source", "sku"),)
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    sku: str
    name: str
    type: str
    category: str = ""
    brand: str = ""
    status: str = ""
    inventory_account: str = ""
    cogs_account: str = ""
    revenue_account: str = ""
    expense_account: str = ""
    tracks_quantity: bool = False
    active: bool = True


class LocationRow(SQLModel, table=True):
    __tablename__ = "location"
    company: int = Field(primary_key=True, foreign_key="company.id")
    id: str = Field(primary_key=True)
    name: str
    parent: str = ""
    deprecated: bool = False


class StockRow(SQLModel, table=True):
    """Stock now: one row for each row the availability list gave."""

    __tablename__ = "stock"
    __table_args__ = (Index("ix_stock_sku", "company", "sku"),)
    company: int = Field(primary_key=True, foreign_key="company.id")
    position: int = Field(primary_key=True)
    product: str
    sku: str
    name: str
    location: str
    bin: str
    batch: str
    expiry: date | None = Field(default=None, sa_type=Day)
    on_hand: Decimal = Field(sa_type=Exact)
    allocated: Decimal = Field(sa_type=Exact)
    available: Decimal = Field(sa_type=Exact)
    on_order: Decimal = Field(sa_type=Exact)
    in_transit: Decimal = Field(sa_type=Exact)
    value: Decimal = Field(sa_type=Exact)


class StockDay(SQLModel, table=True):
    """The last snapshot of a company-local day: quantity and value per SKU and location."""

    __tablename__ = "stock_day"
    company: int = Field(primary_key=True, foreign_key="company.id")
    day: date = Field(sa_type=Day, primary_key=True)
    sku: str = Field(primary_key=True)
    location: str = Field(primary_key=True)
    on_hand: Decimal = Field(sa_type=Exact)
    value: Decimal = Field(sa_type=Exact)
    taken_at: datetime = Field(sa_type=Instant)


class MovementRow(SQLModel, table=True):
    """A product's dated stock movement with its actual cost; a product's rows are replaced together."""

    __tablename__ = "movement"
    __table_args__ = (
        Index("ix_movement_day", "company", "day"),
        Index("ix_movement_task", "company", "task"),
        Index("ix_movement_number", "company", "number"),
    )
    company: int = Field(primary_key=True, foreign_key="company.id")
    product: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    sku: str
    task: str
    kind: str
    number: str
    day: date = Field(sa_type=Day)
    quantity: Decimal = Field(sa_type=Exact)
    amount: Decimal = Field(sa_type=Exact)
    location: str = ""


class NameRow(SQLModel, table=True):
    """A name that documents refer to: a customer, vendor or supplier, class or department of either system."""

    __tablename__ = "name"
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    full_name: str = ""
    parent: str = ""
    currency: str = ""
    active: bool = True


class RateRow(SQLModel, table=True):
    """QuickBooks' exchange rate of a day: home units for one unit of `currency`."""

    __tablename__ = "exchange_rate"
    company: int = Field(primary_key=True, foreign_key="company.id")
    currency: str = Field(primary_key=True)
    day: date = Field(sa_type=Day, primary_key=True)
    rate: Decimal = Field(sa_type=Exact)
