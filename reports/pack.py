"""The reconciliation pack of one period, frozen: what every chart, page, workbook and message of it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.books import Books, Incomplete
from reports.cogs import Cogs, QboTotal
from reports.grouping import Total
from reports.memory import Remembered
from reports.reconcile.findings import Finding, OpenSet
from reports.reconcile.tie_out import Control, TieOut
from reports.status import RunFacts
from reports.stock import Stock
from sync.domain.accounts import Account, Source
from sync.domain.period import Period


@dataclass(frozen=True, slots=True)
class DayBalance:
    """The inventory control at the end of one day, minor units of base currency, debit positive.

    `cin7` and `qbo` are the balances of its ledger accounts, so that `gap` of the last day is the tie-out's
    `closing.difference`; `stock_value` is Cin7's stock value of that day, None where no snapshot was taken.
    """

    day: date
    cin7: int
    qbo: int
    stock_value: int | None = None

    @property
    def gap(self) -> int:
        return self.cin7 - self.qbo


@dataclass(frozen=True, slots=True)
class Week:
    """Sales and cost of one week; `qbo` is None where its ledger was never read.

    `reasons` say why the week may not be whole; `over` is False while days of it are still to come.
    """

    period: Period
    cin7: Total
    qbo: QboTotal | None
    reasons: tuple[Incomplete, ...] = ()
    over: bool = True


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """Cin7's stock value at one location ("" where stock has none); `before` None where there is no earlier snapshot.

    Minor units of base currency.
    """

    location: str
    value: int
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.value - self.before


@dataclass(frozen=True, slots=True)
class PlaceValues:
    """Stock value by location on `day`, largest first, beside that of `before_day`, about a week earlier.

    `total` and `before` are rounded once from all digits, so that they equal Cin7's total; what the rounded places
    lack to it is `rounding`.
    """

    day: date
    taken_at: datetime
    places: tuple[PlaceValue, ...]
    total: int
    before_day: date | None = None
    before: int | None = None

    @property
    def rounding(self) -> int:
        return self.total - sum(place.value for place in self.places)

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.total - self.before


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One account of one ledger over the period: minor units of base currency, debit positive.

    `control` is "" where the account is not compared; `opening` is None for accounts of the profit and loss, and
    where postings are not cached from the beginning.
    """

    account: Account
    control: str
    movement: int
    opening: int | None

    @property
    def closing(self) -> int | None:
        return None if self.opening is None else self.opening + self.movement


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an auditor can check: the newest sync, and hashes of all that the tie-out was computed from, by name.

    `report` among the hashes is the tie-out itself.
    """

    run: RunFacts | None
    hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pack:
    """The weekly pack of `tied.books.period`.

    `margin` is `tieout cogs` of the period, `stock` `tieout stock` of everything (None where stock was never read).
    `weeks` are 13, the oldest first, the last one that with the period's end. `days` are the daily balances of
    inventory, oldest first, the last that of the period's end (or today); empty where `days_reason` says why. `open`
    are the findings that are open now, whatever their period; the matched documents are `tied.paired`. `ledger` is
    every account of both ledgers.
    """

    tied: TieOut
    margin: Cogs
    weeks: tuple[Week, ...]
    days: tuple[DayBalance, ...]
    days_reason: str
    open: tuple[Remembered, ...]
    places: PlaceValues | None
    stock: Stock | None
    evidence: Evidence
    made_at: datetime
    ledger: tuple[LedgerLine, ...] = ()

    @property
    def books(self) -> Books:
        return self.tied.books

    @property
    def period(self) -> Period:
        return self.tied.books.period

    @property
    def last_day(self) -> date:
        """The day of the closing balances: the period's end, or today where it is not over."""
        return min(self.tied.books.period.end, self.tied.books.today)

    @property
    def currency(self) -> str:
        return self.tied.books.currency

    @property
    def as_of(self) -> Mapping[Source, datetime | None]:
        return self.tied.books.as_of

    @property
    def incomplete(self) -> tuple[Incomplete, ...]:
        """Every reason why a figure of the pack may not be whole, each once."""
        stock = self.stock.incomplete if self.stock else ()
        return tuple(sorted({*self.tied.books.incomplete, *self.margin.books.incomplete, *stock}))

    def control(self, name: str) -> Control | None:
        """The control called `name`; None where no account is its."""
        return next((control for control in self.tied.controls if control.name == name), None)

    def findings(self, control: str) -> tuple[Finding, ...]:
        """The period's findings on one control, in the tie-out's order."""
        return tuple(found for found in self.tied.findings if found.control == control)

    def ambiguous(self, control: str) -> tuple[OpenSet, ...]:
        """The period's open sets on one control."""
        return tuple(found for found in self.tied.ambiguous if found.control == control)
