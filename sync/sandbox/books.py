"""The data that the practice company's two servers serve, and the truth that only tests may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sync.sandbox.switches import Switches

if TYPE_CHECKING:
    from sync.sandbox.works import Works


class QboPosting(NamedTuple):
    """One line of QBO's general ledger.

    `amount`: minor units of home currency, debit positive. `foreign`: minor units of `currency`, debit positive,
    None for a home currency line. `rate`: home units per one unit of `currency`. `date`: company-local day.
    `txn_type`: the words that reports print ("Invoice", "Journal Entry", "Bill Payment (Check)").
    """

    txn_id: str
    entity: str
    txn_type: str
    date: date
    doc_number: str
    name: str
    memo: str
    account_id: str
    amount: int
    foreign: int | None = None
    currency: str = ""
    rate: Decimal | None = None


@dataclass
class Cin7Books:
    """What the Cin7 server serves.

    `lists`: API path in lower case without leading slash -> rows as the list endpoint shows them.
    `details`: detail path -> id in lower case -> payload. `movements`: product id in lower case -> Movements rows.
    """

    me: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    details: dict[str, Mapping[str, dict[str, Any]]] = field(default_factory=dict)
    movements: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class QboBooks:
    """What the QBO server serves.

    `entities`: entity name -> full API payloads. `deleted`: CDC stubs {"entity", "Id", "status": "Deleted",
    "MetaData": {"LastUpdatedTime"}}. `postings`: the general ledger that the reports are drawn from.
    """

    company_info: dict[str, Any] = field(default_factory=dict)
    preferences: dict[str, Any] = field(default_factory=dict)
    entities: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deleted: list[dict[str, Any]] = field(default_factory=list)
    postings: list[QboPosting] = field(default_factory=list)


class Pair(NamedTuple):
    """One row of Cin7's ledger: `amount` minor units of base currency, debited to one account, credited to another."""

    day: date
    debit: str
    credit: str
    amount: int


@dataclass
class Event:
    """One thing that posts in Cin7 (an invoice, a shipment, a payment, ...) and what became of it in QBO.

    `task` is the TaskID that /transactions shows, `kind` its Type, `part` what it is ("invoice", "cost", "payment",
    "credit", "restock", "refund", "cost change", "bill", "receipt", ...), `number` its own number. `pairs` is what
    Cin7's ledger holds for it now (empty after a void that removes). `qbo` lists (entity, txn id) of the
    documents that the integration made of it; a consolidated journal is listed by each of its events.
    """

    task: str
    kind: str
    part: str
    number: str
    day: date
    pairs: list[Pair] = field(default_factory=list)
    qbo: list[tuple[str, str]] = field(default_factory=list)
    voided: bool = False
    channel: str = ""
    location: str = ""
    customer: str = ""


@dataclass
class Truth:
    """What really happened; the answers that tests compare with, in minor units of base currency, debit positive.

    `events`: every posting event of Cin7 with its QBO counterpart.
    `by_month`: (control, "YYYY-MM") -> movement, by the control names of the contract.
    `cost`/`sales`: dimension ("product", "location", "channel", "customer", "category") -> (key, "YYYY-MM") -> minor
    units (cost debit positive, sales credit positive). `stock_value`/`stock_quantity`: (SKU, location) -> now.
    `orders`: month -> standing invoices. `in_transit_value`, `received_not_billed` and `billed_not_received` are at
    cost, now.
    `accounts`: control -> Cin7 account codes. `qbo_account`: Cin7 account code -> QBO account ids.
    `qbo_only`: (entity, txn id) of the business that Cin7 does not know.
    """

    events: list[Event] = field(default_factory=list)
    by_month: dict[tuple[str, str], int] = field(default_factory=dict)
    cost: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    sales: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    units: dict[str, dict[tuple[str, str], Decimal]] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    stock_value: dict[tuple[str, str], int] = field(default_factory=dict)
    stock_quantity: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    in_transit_value: int = 0
    received_not_billed: int = 0
    billed_not_received: int = 0
    accounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    qbo_account: dict[str, tuple[str, ...]] = field(default_factory=dict)
    qbo_only: list[tuple[str, str]] = field(default_factory=list)


def _stands_still(days: int) -> None:
    raise RuntimeError(f"this world was made by hand and cannot go on for {days} days")


@dataclass
class World:
    """A company on a day: both sets of books, the truth behind them, and the way to let it trade on.

    `works` is the inside of a generated company, for what goes wrong in it; None where the world was made by hand.
    """

    seed: int
    switches: Switches
    today: date
    cin7: Cin7Books = field(default_factory=Cin7Books, repr=False)  # as text they would be many megabytes
    qbo: QboBooks = field(default_factory=QboBooks, repr=False)
    truth: Truth = field(default_factory=Truth, repr=False)
    currency: str = "USD"
    trade_on: Callable[[int], None] = _stands_still
    works: Works | None = None

    def advance(self, days: int) -> None:
        """Lets `days` days of trading pass: new documents, and old ones changed (with newer stamps)."""
        self.trade_on(days)
