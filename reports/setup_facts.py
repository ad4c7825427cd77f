"""What the set-up check looks at, and what it says: the input and one line of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.books import AccountMap, Incomplete
from sync.domain.accounts import Account, Source
from sync.domain.names import Name
from sync.domain.stock import Product

OK, WARNING, ERROR = "ok", "warning", "error"
WORST = (ERROR, WARNING, OK)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the set-up check.

    `cause` is the contract's where it has one, "" where all is well; `subject` an account code, a SKU, a document
    number, or "". `at_stake`: minor units of base currency that the fault touches, None where none can be told.
    `link` leads to the place, "" where the cause's own link does. `state` is that of a test sync's step.
    """

    rule: str
    status: str
    message: str
    cause: str = ""
    subject: str = ""
    fix: str = ""
    at_stake: int | None = None
    link: str = ""
    state: str = ""

    @property
    def id(self) -> str:
        return f"{self.rule}:{self.subject}" if self.subject else self.rule


@dataclass(frozen=True, slots=True)
class Live:
    """What both systems say at the moment of the check; `faults`: source -> (cause, why) where one did not answer.

    `plan` and `qbo_time_zone` are "" where QuickBooks does not tell them; `names` are Cin7's customers and suppliers.
    """

    faults: Mapping[Source, tuple[str, str]] = field(default_factory=dict)
    cin7_name: str = ""
    qbo_name: str = ""
    plan: str = ""
    qbo_time_zone: str = ""
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """On how many documents of one class (sales invoices, bills) each side posted, day by day."""

    name: str
    cin7: Mapping[date, int]
    qbo: Mapping[date, int]
    amount: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """Of a sales channel ("" for none): its lately invoiced sales, and how many QuickBooks has one by one."""

    channel: str
    invoices: int
    found: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """A QuickBooks summary that repeats sales which Cin7 posts; minor units of base currency."""

    subject: str
    amount: int
    words: str


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that the check looks at, read from the cache; `live` is None where nobody asked the two systems.

    `posted`: Cin7 account codes with postings. `used`: ids of Cin7 products that were bought, sold or moved, or lie in
    stock; `stocked`: id -> value of what lies there. `currencies`: those of Cin7's documents. `time_zone` is the one in
    force, "" in the settings is Cin7's. `turnover`: Cin7 code -> what the last twelve months moved on it.
    `once`: Cin7 code -> the one document that ever posted on it. `refused`: (source, part, why) of the newest sync.
    """

    map: AccountMap
    accounts: Mapping[tuple[Source, str], Account]
    products: tuple[Product, ...]
    items: tuple[Product, ...]
    posted: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    stocked: Mapping[str, int] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    currency: str = ""
    qbo_currency: str = ""
    multi_currency: bool = False
    time_zone: str = ""
    cin7_time_zone: str = ""
    cin7_lock_day: date | None = None
    qbo_close_day: date | None = None
    today: date | None = None
    turnover: Mapping[str, int] = field(default_factory=dict)
    once: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] = ()
    flows: tuple[Flow, ...] = ()
    styles: tuple[Style, ...] = ()
    journals: int = 0
    repeated: tuple[Repeated, ...] = ()
    sales_elsewhere: bool = False
    refused: tuple[tuple[str, str, str], ...] = ()
    live: Live | None = None
    as_of: Mapping[Source, datetime | None] = field(default_factory=dict)
    incomplete: tuple[Incomplete, ...] = ()

    def name(self, source: Source, code: str) -> str:
        """An account as people know it: "310 Cost of Goods Sold"."""
        account = self.accounts.get((source, code))
        if account is None:
            return code
        number = account.code if source is Source.CIN7 else account.number
        return f"{number} {account.name}".strip()

    def mapped(self, control: str) -> list[Account]:
        """QuickBooks' accounts of a control."""
        ids = self.map.accounts(Source.QBO, control)
        return [self.accounts[Source.QBO, id_] for id_ in ids if (Source.QBO, id_) in self.accounts]

    def moved(self, *codes: str) -> int | None:
        """What the last twelve months moved on these Cin7 accounts, None where nothing did."""
        return sum(self.turnover.get(code, 0) for code in codes) or None
