"""The documents of the practice company's business, as its people think of them; both sides are drawn from these.

Money is minor units of the document's currency unless the name says `base`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sync.sandbox.catalogue import Good, Party, Place
from sync.sandbox.stock_flow import Lot, Taken


@dataclass(slots=True, eq=False)
class Line:
    """A line that is bought or sold; a charge where `good` is None. `net` excludes tax, `shown` is the line's Total.

    Of a bill's line with accrual on, `accrued` and `accrued_base` clear what its receipt had accrued.
    """

    good: Good | None
    description: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    net: int
    tax: int
    shown: int
    account: str
    net_base: int = 0
    tax_base: int = 0
    accrued: int = 0
    accrued_base: int = 0


@dataclass(slots=True, eq=False)
class Settlement:
    """Money that settles an invoice, a bill or a credit note: a payment, refund, prepayment or the use of one."""

    id: str
    day: date
    amount: int
    account: str
    rate: Decimal
    reference: str
    made: datetime
    base: int = 0
    relieved: int = 0


@dataclass(slots=True, eq=False)
class Invoice:
    """A sale's invoice or credit note, or a purchase's bill or supplier credit."""

    task: str
    number: str
    day: date
    due: date
    rate: Decimal
    lines: list[Line]
    status: str = "AUTHORISED"
    settlements: list[Settlement] = field(default_factory=list)
    refunds: list[Settlement] = field(default_factory=list)
    open: int = 0
    open_base: int = 0
    run: int = 1
    against: Invoice | None = None
    returned: list[tuple[Taken, date]] = field(default_factory=list)
    place: Place | None = None
    paid_back: str = ""

    @property
    def total(self) -> int:
        return sum(line.net + line.tax for line in self.lines)

    @property
    def total_base(self) -> int:
        return sum(line.net_base + line.tax_base for line in self.lines)


@dataclass(slots=True, eq=False)
class Fulfilment:
    """One shipment of a sale: what was picked where, and what it cost."""

    task: str
    number: int
    day: date
    place: Place
    wanted: list[tuple[Good, Decimal]]
    picked: list[tuple[Good, Taken]] = field(default_factory=list)
    late: list[tuple[Good, date, int]] = field(default_factory=list)
    invoice: Invoice | None = None
    status: str = "NOT AVAILABLE"


@dataclass(slots=True, eq=False)
class Sale:
    id: str
    number: str
    day: date
    party: Party
    place: Place
    kind: str
    rate: Decimal
    lines: list[Line]
    updated: datetime
    created: datetime
    fulfilments: list[Fulfilment] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    credits: list[Invoice] = field(default_factory=list)
    prepaid: list[Settlement] = field(default_factory=list)
    status: str = "ORDERED"
    rows: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Receipt:
    """Goods that came in on a purchase: each line with its lot, place, bin, batch and stock card."""

    task: str
    run: int
    day: date
    lines: list[tuple[Line, Decimal, Lot, str, str, date | None, str]] = field(default_factory=list)
    status: str = "AUTHORISED"


@dataclass(slots=True, eq=False)
class Purchase:
    id: str
    number: str
    day: date
    party: Party
    place: Place
    rate: Decimal
    stock_first: bool
    lines: list[Line]
    updated: datetime
    created: datetime
    kind: str = "Advanced Purchase"
    service: bool = False
    receipts: list[Receipt] = field(default_factory=list)
    bills: list[Invoice] = field(default_factory=list)
    credits: list[Invoice] = field(default_factory=list)
    prepaid: list[Settlement] = field(default_factory=list)
    journals: list[tuple[str, date, str, str, int]] = field(default_factory=list)
    moves: list[tuple[str, str, date, int]] = field(default_factory=list)
    status: str = "ORDERED"


@dataclass(slots=True, eq=False)
class Piece:
    """A line of a stock task: quantity and cost in minor units of base currency (positive = in)."""

    good: Good
    place: Place
    quantity: Decimal
    cost: int
    before: Decimal = Decimal(0)
    bin: str = ""
    batch: str = ""


@dataclass(slots=True, eq=False)
class StockTask:
    """An adjustment, stock take, transfer, write-off, assembly, disassembly or production order."""

    id: str
    family: str
    number: str
    day: date
    place: Place
    account: str
    updated: datetime
    status: str = "COMPLETED"
    pieces: list[Piece] = field(default_factory=list)
    note: str = ""
    to: Place | None = None
    left: date | None = None
    made: Piece | None = None
    labour: int = 0


@dataclass(slots=True, eq=False)
class MoneyTask:
    """A manual journal, money spent or received, or a bank transfer: (debit, credit, amount, text) rows."""

    id: str
    family: str
    number: str
    day: date
    party: str
    account: str
    rows: list[tuple[str, str, int, str]]
    updated: datetime
    status: str = "COMPLETED"
    note: str = ""


Source = Sale | Purchase | StockTask | MoneyTask
