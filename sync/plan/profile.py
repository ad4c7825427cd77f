"""How many rows of a ledger feed each day has: exactly where a window was read, by the best guess elsewhere; pure.

The guess decides how full a page gets. QuickBooks mirrors what Cin7 posts, so its postings per day say
more about Cin7's rows of a day than Cin7's other days do, unless sales are posted in one journal a month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt

from sync.domain.period import Period

# A window that is open at one end asks without that bound.
FIRST, LAST = date.min, date.max
DAY = timedelta(days=1)
_WEEKS_LOOKED_AT = 8
# Cin7's pairs for each of QuickBooks' postings: 0.6 where all documents are posted one by one (practice companies).
_PAIRS_PER_POSTING = 0.6
_SURE = 2.0  # standard deviations of a guess that a page keeps free


class Profile:
    """Rows per day; `counts` are known, `hints` another ledger's postings per day, `prior` rows a day with neither."""

    def __init__(
        self, counts: Mapping[date, int] | None = None, prior: float = 0.0, hints: Mapping[date, int] | None = None
    ) -> None:
        self.counts: dict[date, int] = dict(counts or {})
        self._hints = dict(hints or {})
        self._prior = prior or _PAIRS_PER_POSTING * _mean(self._hints)
        self._ratio = _PAIRS_PER_POSTING
        self._variance: float | None = None
        self._hinted = bool(self._hints)
        self._weigh()

    @property
    def mean(self) -> float:
        """Rows a day."""
        return self._prior

    def hinted(self, page: int) -> bool:
        """Whether the other ledger alone says that all rows are far more than one page."""
        return not self.counts and sum(rows for rows in self._hints.values()) > 4 * page

    def whole(self) -> int:
        """All rows that are expected, known or hinted at."""
        days = self.counts.keys() | self._hints.keys()
        return int(sum(self.expected(day) for day in days))

    def begins(self, day: date) -> bool:
        """Whether no row is expected before `day`."""
        return self._hinted and bool(self._hints) and day <= min(self._hints)

    def expect(self, rows: int, days: int) -> None:
        """Before any day is known: all rows and the days they lie on give the first guess."""
        self._prior = rows / max(1, days)
        mirrored = sum(rows for rows in self._hints.values())
        if not self.counts and mirrored:
            self._hinted, self._ratio = True, rows / mirrored

    def learn(self, window: Period, days: Sequence[date]) -> None:
        """Every row of `window` has one of `days`, so its other days have none."""
        rows = Counter(days)
        day = window.start if window.start != FIRST else min(rows, default=window.end)
        newest = window.end if window.end != LAST else max(rows, default=window.start)
        while day <= newest:
            self.counts[day] = rows.get(day, 0)
            day += DAY
        self._weigh()

    def expected(self, day: date) -> float:
        """Rows of `day`: known, or guessed from the hints or from the nearest known days of the same weekday."""
        if day in self.counts:
            return float(self.counts[day])
        if self._hinted:
            return self._ratio * self._hints.get(day, 0)
        for sign in (1, -1):
            others = (shifted(day, sign * 7 * weeks) for weeks in range(1, 2 * _WEEKS_LOOKED_AT))
            near = [self.counts[other] for other in others if other in self.counts][:_WEEKS_LOOKED_AT]
            if near:
                return sum(near) / len(near)
        return self._prior

    def slack(self, day: date, rows: float) -> float:
        """Rows that a window from `day` on, expected to have `rows`, may well have more; none where days are known."""
        if day in self.counts:
            return 0.0
        days = rows / self._prior if self._prior else 1.0
        return _SURE * sqrt(rows if self._variance is None else self._variance * max(1.0, days))

    def _weigh(self) -> None:
        """Chooses between hints and means by how well each explains the known days."""
        known = [day for day, rows in self.counts.items() if rows or self._hints.get(day)]
        if len(known) < _WEEKS_LOOKED_AT:
            return
        mean = sum(self.counts[day] for day in known) / len(known)
        self._variance = _mean_square(self.counts[day] - mean for day in known)
        self._prior, hinted = mean, sum(self._hints.get(day, 0) for day in known)
        self._hinted = False
        if hinted:
            ratio = sum(self.counts[day] for day in known) / hinted
            variance = _mean_square(self.counts[day] - ratio * self._hints.get(day, 0) for day in known)
            if variance < self._variance:
                self._hinted, self._ratio, self._variance = True, ratio, variance


def shifted(day: date, days: int) -> date:
    """`day` moved by `days`, held inside the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return LAST if days > 0 else FIRST


def _mean(hints: Mapping[date, int]) -> float:
    """Postings a day from the first to the last."""
    return sum(hints.values()) / ((max(hints) - min(hints)).days + 1) if hints else 0.0


def _mean_square(values: Iterable[float]) -> float:
    squares = [value * value for value in values]
    return sum(squares) / len(squares)
