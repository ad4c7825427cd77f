"""Everything known for one company, period and cut-off, frozen: the input of every report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from re import Pattern

from sync.domain.accounts import Account, Source
from sync.domain.money import text
from sync.domain.period import Period

CONTROLS = (
    "inventory",
    "in_transit",
    "work_in_progress",
    "accrued_purchases",
    "receivables",
    "payables",
    "revenue",
    "cogs",
    "inventory_adjustments",
    "tax",
    "clearing",
)
GOODS_CONTROLS = frozenset({"inventory", "in_transit", "work_in_progress", "accrued_purchases", "cogs"})


@dataclass(frozen=True, slots=True)
class Config:
    """The business settings that decide figures.

    `accounts`: Cin7 code -> QBO id; `controls`: control -> Cin7 codes; `time_zone`: "" where Cin7's own is used.
    `tolerance`: minor units for each ledger row of a matched pair that count as rounding; `sales_elsewhere`: another
    connector posts revenue to QBO; `patterns` find Cin7's numbers in the texts of QBO documents.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    time_zone: str = ""
    tolerance: int = 1
    sales_elsewhere: bool = False
    patterns: tuple[Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """`currency` is the base currency; `opening_day` Cin7's opening balance date, None where it tells none."""

    id: int
    name: str
    currency: str
    time_zone: str
    opening_day: date | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a kind of Cin7 document posts: on `account` against `counter`, as a debit, a credit, or both at times."""

    kind: str
    account: str
    counter: str
    debits: bool
    credits: bool


@dataclass(frozen=True, slots=True)
class MapInputs:
    """What the account map is made of; account fields are Cin7 codes.

    `product` holds the codes that products name, `named` those that documents name, per control.
    """

    accounts: tuple[Account, ...]
    product: Mapping[str, frozenset[str]] = field(default_factory=dict)
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    behaviours: tuple[Behaviour, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountMap:
    """Which accounts are compared with which, and under which control.

    `qbo`: Cin7 code -> QBO ids; `cin7_control`, `qbo_control`: account -> control (a name of CONTROLS or
    "account:CODE"); `credit_positive`: the controls whose credits count as plus; `unmapped`: Cin7 codes that no rule
    leads to a QBO account; `conflicts`: QBO ids that accounts of two controls are mapped to; `faults`: sentences about
    settings that name what does not exist.
    """

    qbo: Mapping[str, tuple[str, ...]]
    cin7_control: Mapping[str, str]
    qbo_control: Mapping[str, str]
    credit_positive: frozenset[str]
    unmapped: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    def accounts(self, source: Source, control: str) -> tuple[str, ...]:
        """The accounts of `control` on one side, in order."""
        side = self.cin7_control if source is Source.CIN7 else self.qbo_control
        return tuple(sorted(code for code, name in side.items() if name == control))

    def controls(self) -> tuple[str, ...]:
        """Every control that claims an account: the named ones in their order, then account:CODE by code."""
        used = set(self.cin7_control.values())
        named = [name for name in CONTROLS if name in used]
        return (*named, *sorted(used - set(CONTROLS)))

    def sign(self, control: str) -> int:
        """By which a debit-positive amount becomes the control's own direction."""
        return -1 if control in self.credit_positive else 1


@dataclass(frozen=True, slots=True, order=True)
class Incomplete:
    """One reason why figures may not be whole; `entity` as the sync names it."""

    source: str
    entity: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportProof:
    """What QBO's own report said beside the cached ledger over the period: "tied", "differs" or "unavailable"."""

    report: str
    status: str
    difference: int


@dataclass(frozen=True, slots=True)
class Books:
    """One company's books for one period.

    `movement`: (source, account) -> minor units of base currency in the period, debit positive; accounts at zero may be
    absent. `as_of`: when each source's ledger was last read, None where it never was. `unsynced`: sources with nothing.
    """

    company: CompanyFacts
    period: Period
    today: date
    map: AccountMap
    accounts: Mapping[tuple[Source, str], Account]
    movement: Mapping[tuple[Source, str], int]
    as_of: Mapping[Source, datetime | None]
    incomplete: tuple[Incomplete, ...] = ()
    proofs: tuple[ReportProof, ...] = ()
    unsynced: frozenset[Source] = frozenset()

    @property
    def currency(self) -> str:
        return self.company.currency

    def control(self, source: Source, control: str) -> int:
        """Movement of a control in the period on one side, in the control's own direction."""
        codes = self.map.accounts(source, control)
        return self.map.sign(control) * sum(self.movement.get((source, code), 0) for code in codes)


def money_of(minor: int | None, currency: str) -> str | None:
    """The contract's money: a decimal string with the currency's own digits, None for what is not known."""
    return None if minor is None else text(minor, currency)


def instant(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with whole seconds and Z, as the contract writes instants."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def plain(number: Decimal | None) -> str | None:
    """A quantity as a decimal string, without exponent and without zeros that say nothing."""
    if number is None:
        return None
    shown = f"{number + 0:f}" if number else "0"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def ages(as_of: Mapping[Source, datetime | None], incomplete: Iterable[Incomplete]) -> dict[str, object]:
    """The fields that every document with figures carries: as_of, complete, incomplete."""
    reasons = sorted(set(incomplete))
    return {
        "as_of": {source.value: instant(as_of.get(source)) for source in Source},
        "complete": not reasons,
        "incomplete": [{"source": r.source, "entity": r.entity, "reason": r.reason} for r in reasons],
    }


def period_json(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}
