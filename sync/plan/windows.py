"""Which days to ask a ledger feed for next, so that one page holds them all; pure.

A feed whose rows carry no id and no sure order can only be trusted where one answer holds a whole
window of days. So windows are chosen to be nearly, but never quite, one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import ceil, sqrt

from sync.domain.period import Period

# A window that is open at one end asks without that bound.
FIRST, LAST = date.min, date.max
DAY = timedelta(days=1)
_WEEKS_LOOKED_AT = 8
_LONGEST_WINDOW = 731
_OLDEST_GUESS = 3650


class Profile:
    """How many rows each day has: exact where a window was read whole, expected elsewhere."""

    def __init__(self, counts: Mapping[date, int] | None = None, prior: float = 0.0) -> None:
        self.counts: dict[date, int] = dict(counts or {})
        self._prior = prior

    def learn(self, window: Period, days: Sequence[date]) -> None:
        """Every row of `window` has one of `days`, so its other days have none."""
        rows = Counter(days)
        oldest = window.start if window.start != FIRST else min(rows, default=window.end)
        newest = window.end if window.end != LAST else max(rows, default=window.start)
        day = oldest
        while day <= newest:
            self.counts[day] = rows.get(day, 0)
            day += DAY

    def expected(self, day: date) -> float:
        """Rows of `day`: known, or the mean of the nearest known days of the same weekday."""
        if day in self.counts:
            return float(self.counts[day])
        for sign in (1, -1):
            others = (_shift(day, sign * 7 * weeks) for weeks in range(1, 2 * _WEEKS_LOOKED_AT))
            near = [self.counts[other] for other in others if other in self.counts][:_WEEKS_LOOKED_AT]
            if near:
                return sum(near) / len(near)
        return self._prior


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return LAST if days > 0 else FIRST


def next_window(gap: Period, profile: Profile, page: int, anchor: date, *, factor: float = 1.0) -> Period:
    """The newest window of `gap` that is expected to fill, and not to exceed, one page.

    `anchor` is the newest day on which rows are expected (today): an open gap is measured from there.
    `factor` corrects the expectation after a window proved fuller than thought.
    """
    start = min(gap.end, max(anchor, gap.start))
    total = profile.expected(start) * factor
    lowest = max(gap.start, _shift(start, -_LONGEST_WINDOW))
    while start > lowest:
        grown = total + profile.expected(start - DAY) * factor
        if grown + 2 * sqrt(grown) > page:
            break
        total, start = grown, start - DAY
    return Period(start, gap.end)


def smaller(window: Period, total: int, page: int, anchor: date) -> Period | None:
    """The newest part of `window`, which holds `total` rows, that should fit one page; None for a single day."""
    if window.start >= anchor and window.end == LAST:
        return Period(_shift(window.start, (window.start - anchor).days + 1), LAST)
    newest = min(window.end, max(anchor, window.start))
    days = (newest - max(window.start, _shift(newest, -_OLDEST_GUESS))).days + 1
    if days == 1:
        return None if window.start == window.end else Period(newest + DAY, window.end)
    kept = max(1, min(days - 1, int(days * page / total * 0.9)))
    return Period(newest - timedelta(days=kept - 1), window.end)


def gaps(outer: Period, windows: Sequence[Period]) -> list[Period]:
    """The parts of `outer` that no window covers, newest first."""
    found, start = [], outer.start
    for window in sorted(windows):
        if window.end < start or window.start > outer.end:
            continue
        if window.start > start:
            found.append(Period(start, window.start - DAY))
        if window.end >= outer.end:
            return found[::-1]
        start = max(start, window.end + DAY)
    found.append(Period(start, outer.end))
    return found[::-1]


def cut(gap: Period, parts: int, newest: date, oldest: date) -> list[Period]:
    """`gap`, whose rows lie from `oldest` to `newest`, in up to `parts` equal pieces, newest first."""
    newest, oldest = min(gap.end, max(newest, gap.start)), max(gap.start, min(oldest, newest))
    size = max(1, ceil(((newest - oldest).days + 1) / parts))
    pieces, end = [], gap.end
    for edge in (newest - timedelta(days=size * n) for n in range(1, parts)):
        if edge <= oldest:
            break
        pieces.append(Period(edge + DAY, end))
        end = edge
    return [*pieces, Period(gap.start, end)]


def clusters(days: Iterable[date], *, apart: int = 7) -> list[Period]:
    """The days as few runs: two days at most `apart` days from each other share one."""
    runs: list[Period] = []
    for day in sorted(set(days)):
        if runs and (day - runs[-1].end).days <= apart:
            runs[-1] = Period(runs[-1].start, day)
        else:
            runs.append(Period(day, day))
    return runs


def fewest_windows(counts: Mapping[date, int], page: int) -> int:
    """The fewest one-page windows of whole days that hold all rows; a day above one page needs its pages twice."""
    windows, room = 0, 0
    for day in sorted(counts):
        rows = counts[day]
        if rows > page:
            windows, room = windows + 2 * ceil(rows / page), 0
        elif rows > room:
            windows, room = windows + 1, page - rows
        else:
            room -= rows
    return max(1, windows)
