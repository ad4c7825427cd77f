"""Closing balances of the balance-sheet controls, the day from which they diverge, and stock against the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.books import Books
from sync.domain.accounts import AccountClass, Source
from sync.errors import InvariantBroken

_BALANCED = frozenset(
    {
        "inventory",
        "in_transit",
        "work_in_progress",
        "accrued_purchases",
        "receivables",
        "payables",
        "tax",
        "clearing",
    }
)
_BALANCED_CLASSES = frozenset({AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY})


@dataclass(frozen=True, slots=True)
class StockValue:
    """The stock's value and Cin7's own inventory ledger, both at `taken_at`; minor units of base currency."""

    value: int
    ledger: int
    taken_at: datetime

    @property
    def difference(self) -> int:
        return self.value - self.ledger


@dataclass(frozen=True, slots=True)
class Balances:
    """What moved each day since the books began: (source, account) -> day -> minor units, debit positive.

    `unreachable` says why balances cannot be given; the movements are then empty.
    """

    daily: Mapping[tuple[Source, str], Mapping[date, int]] = field(default_factory=dict)
    stock: StockValue | None = None
    unreachable: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """A control's balance at the period's end on both sides, in the control's own direction."""

    cin7: int
    qbo: int
    opening_difference: int
    opening_explained: int
    first_divergence: date | None
    subledger: StockValue | None = None

    @property
    def difference(self) -> int:
        return self.cin7 - self.qbo

    @property
    def opening_unexplained(self) -> int:
        return self.opening_difference - self.opening_explained


def closing(books: Books, control: str, balances: Balances, carried: int) -> tuple[Closing | None, str]:
    """A control's closing balance, or None with the reason; `carried` is what open findings of before explain."""
    if not has_balance(books, control):
        return None, "This control is of the profit and loss, which carries no balance."
    if balances.unreachable:
        return None, balances.unreachable
    cin7, qbo = (_days(books, source, control, balances) for source in (Source.CIN7, Source.QBO))
    start = books.period.start
    opening = _before(cin7, start) - _before(qbo, start)
    found = Closing(
        cin7=sum(cin7.values()),
        qbo=sum(qbo.values()),
        opening_difference=opening,
        opening_explained=carried,
        first_divergence=first_divergence(cin7, qbo),
        subledger=balances.stock if control == "inventory" else None,
    )
    moved = books.control(Source.CIN7, control) - books.control(Source.QBO, control)
    if found.difference != opening + moved:
        raise InvariantBroken(f"The balance of {control} is not its opening and movement; no figure is given.")
    return found, ""


def has_balance(books: Books, control: str) -> bool:
    """Whether a control is of the balance sheet: by its name, or by the Class of its account."""
    code = control.removeprefix("account:")
    account = books.accounts.get((Source.CIN7, code))
    return control in _BALANCED or (control != code and account is not None and account.klass in _BALANCED_CLASSES)


def first_divergence(cin7: Mapping[date, int], qbo: Mapping[date, int]) -> date | None:
    """The first day from which the daily closing gap is not zero again; None where it ends at zero."""
    gap, since = 0, None
    for day in sorted(cin7.keys() | qbo.keys()):
        gap += cin7.get(day, 0) - qbo.get(day, 0)
        since = (since or day) if gap else None
    return since


def _days(books: Books, source: Source, control: str, balances: Balances) -> dict[date, int]:
    sign = books.map.sign(control)
    found: defaultdict[date, int] = defaultdict(int)
    for code in books.map.accounts(source, control):
        for day, amount in balances.daily.get((source, code), {}).items():
            found[day] += sign * amount
    return dict(found)


def _before(days: Mapping[date, int], start: date) -> int:
    return sum(amount for day, amount in days.items() if day < start)
