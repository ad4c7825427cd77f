"""Which days to ask a ledger feed for next, so that one page holds them all; pure.

A feed whose rows carry no id and no sure order can only be trusted where one answer holds a whole
window of days. So windows are chosen to be nearly, but never quite, one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import ceil

from sync.domain.period import Period
from sync.plan.profile import DAY, LAST, Profile, shifted

_LONGEST_WINDOW = 731
_OLDEST_GUESS = 3650


def next_window(gap: Period, profile: Profile, page: int, anchor: date) -> Period:
    """The newest window of `gap` that is expected to fill, and not to exceed, one page.

    `anchor` is the newest day on which rows are expected (today): an open gap is measured from there.
    """
    newest = min(gap.end, max(anchor, gap.start))
    oldest = max(gap.start, shifted(newest, -_LONGEST_WINDOW))
    start = _reach(newest, oldest, profile, page, 1.0)
    return Period(gap.start if profile.begins(start) else start, gap.end)


def smaller(window: Period, total: int, page: int, anchor: date, profile: Profile) -> Period | None:
    """The newest part of `window`, which holds `total` rows, that should fit one page; None for a single day."""
    if window.start >= anchor and window.end == LAST:
        return Period(shifted(window.start, (window.start - anchor).days + 1), LAST)
    newest = min(window.end, max(anchor, window.start))
    oldest = max(window.start, shifted(newest, -_OLDEST_GUESS))
    if newest == oldest:
        return None if window.start == window.end else Period(newest + DAY, window.end)
    days = (newest - oldest).days + 1
    guess = sum(profile.expected(newest - timedelta(days=n)) for n in range(days))
    at_most = newest - timedelta(days=max(1, min(days - 1, int(days * page / total))) - 1)
    start = _reach(newest, oldest, profile, page, total / guess) if guess else at_most
    return Period(max(start, oldest + DAY, at_most if start == oldest else start), window.end)


def _reach(newest: date, oldest: date, profile: Profile, page: int, factor: float) -> date:
    """How far back from `newest` a page reaches; `factor` corrects the profile where more was found than expected."""
    start, total = newest, profile.expected(newest) * factor
    while start > oldest:
        before = start - DAY
        grown = total + profile.expected(before) * factor
        if grown + profile.slack(before, grown) > page:
            break
        total, start = grown, before
    return start


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
