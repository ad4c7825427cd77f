"""Brings Cin7's cached ledger up to date: what was never read, newest first, then every window that may be stale."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.plan import windows as plan
from sync.plan.cin7_feed import Feed, Row, day_of, learn_bounds, open_feed
from sync.plan.cin7_long_day import read_long_day
from sync.plan.profile import DAY, FIRST, LAST
from sync.plan.run import Outcome, Sync
from sync.store import ledger, reads
from sync.store.db import reading
from sync.store.tables import Window
from sync.transport import Tally

_SIDE_BY_SIDE = 8
_PAGES_EACH = 10  # of one part at least: where two parts meet, half a page is lost
OLDEST_WINDOW = ("cin7", "oldest window")


def read_ledger(sync: Sync, tally: Tally) -> Outcome:
    """Brings Cin7's postings up to date: what is not cached yet, then every cached window that may be stale."""
    with reading(sync.engine) as session:
        currency = reads.company(session, sync.company).currency
        good = [w for w in ledger.windows(session, sync.company, Source.CIN7) if _good(sync, w)]
    feed, stale = open_feed(sync, tally, currency), set(sync.stale[Source.CIN7])
    outer = Period(sync.wants.since or FIRST, LAST)
    empty = plan.gaps(outer, [Period(w.start, w.end) for w in good])
    if empty:
        fill_gaps(feed, outer, empty, sum(w.rows for w in good))
    if good:
        refresh(feed, good)
    # What the bounds mean matters where windows meet; a ledger of one page is read without any.
    if not feed.bounded and len(_windows(sync)) > 1:
        learn_bounds(feed)
    sync.settle(Source.CIN7, days=stale)
    fewest = tally.calls if good else plan.fewest_windows(feed.profile.counts, feed.page)
    return Outcome(feed.fetched, feed.changed, fewest, "; ".join(feed.trouble[:3]))


def _windows(sync: Sync) -> list[Window]:
    with reading(sync.engine) as session:
        return ledger.windows(session, sync.company, Source.CIN7)


def fill(feed: Feed, gap: Period, remaining: int | None, *, windows: int | None = None) -> Period | None:
    """Reads a gap newest first, at most `windows` of it, and returns what is left of it.

    `remaining` is how many rows the gap holds where that is known: at the end it needs no guess.
    """
    quiet = False
    while windows is None or windows > 0:
        if quiet or (remaining is not None and remaining <= feed.room):
            window = gap
        else:
            window = plan.next_window(gap, feed.profile, feed.room, feed.sync.started.date())
        window, rows, trouble = _one_window(feed, gap, window)
        feed.store(window, rows, incomplete=trouble)
        # Before a quiet stretch there is mostly nothing: the rest of time is asked for at once.
        quiet = not rows
        if window.start <= gap.start:
            return None
        gap = Period(gap.start, window.start - DAY)
        remaining = None if remaining is None else remaining - len(rows)
        windows = None if windows is None else windows - 1
    return gap


def _one_window(feed: Feed, gap: Period, window: Period) -> tuple[Period, list[Row], str]:
    """Shrinks `window` until one page holds it; a single day that does not fit is read page by page."""
    while True:
        rows, total = feed.read(window)
        if total <= feed.page:
            return window, rows, ""
        less = plan.smaller(window, total, feed.page, feed.sync.started.date(), feed.profile)
        if less is None:
            return window, *read_long_day(feed, window)
        window = less


def fill_gaps(feed: Feed, outer: Period, empty: list[Period], known: int) -> None:
    """Reads what the cache lacks of `outer`: one call where all of it is one page, side by side where it is much.

    How much there is, the feed's own total says, or for nothing QuickBooks' ledger, where it is there.
    """
    counted = not feed.profile.hinted(feed.page)
    if counted:
        rows, total = feed.read(outer)
        if empty == [outer] and total <= feed.page:
            feed.store(outer, rows)
            return
        feed.profile.expect(total, _days(feed, rows, total))
        counted = len(empty) == 1 and outer.start == FIRST
    else:
        total = known + feed.profile.whole()
    rest: Period | None = empty[0]
    for _ in range(2):  # two windows that meet tell what the bounds mean
        if rest and not feed.bounded:
            rest = fill(feed, rest, total - known - feed.fetched if counted else None, windows=1)
    if not feed.bounded:
        learn_bounds(feed)
    left = total - known - feed.fetched
    work = [gap for gap in (rest, *empty[1:]) if gap]
    parts = min(_SIDE_BY_SIDE, left // (_PAGES_EACH * feed.page))
    if parts > 1:
        newest = rest.end if rest else empty[0].start
        oldest = newest - timedelta(days=int(left / max(feed.profile.mean, 0.01)))
        work = [part for gap in work for part in plan.cut(gap, parts, newest, oldest)]
        _side_by_side(feed, work)
        return
    for gap in work:
        fill(feed, gap, left if counted else None)


def _side_by_side(feed: Feed, work: list[Period]) -> None:
    """Several gaps at once, so that slow answers do not eat the allowance; a fault is raised when all have ended."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="cin7-ledger") as pool:
        for done in [pool.submit(fill, feed, gap, None) for gap in work]:
            done.result()


def _days(feed: Feed, rows: list[Row], total: int) -> int:
    """On how many days all rows lie, guessed from a first page of unknown order: the fuller reading of its days."""
    shown = sorted(day_of(row) for row in rows)
    if not shown:
        return 1
    overall = (max(feed.sync.started.date(), shown[-1]) - shown[0]).days + 1
    return max(1, min(overall, total * ((shown[-1] - shown[0]).days + 1) // len(shown)))


def oldest_window(sync: Sync) -> datetime | None:
    """When the window that waited longest was read; None where none is cached."""
    with reading(sync.engine) as session:
        return min((w.fetched_at for w in ledger.windows(session, sync.company, Source.CIN7)), default=None)


def refresh(feed: Feed, good: list[Window]) -> None:
    """Re-reads cached windows: the newest, those of changed documents, with moved totals, and the oldest read."""
    spans = {Period(w.start, w.end): w for w in good}
    due = {span for span in spans if span.end == LAST}
    due |= {span for span in spans if any(day in span for day in feed.sync.stale[Source.CIN7])}
    for span in sorted(due, reverse=True):
        fill(feed, span, spans[span].rows)
    rest = [window for span, window in sorted(spans.items()) if span not in due]
    if not rest:
        return
    moved = _moved(feed, rest)
    if not moved and feed.sync.upkeep == OLDEST_WINDOW:
        moved = [min(rest, key=lambda window: (window.fetched_at, window.start))]
    for window in moved:
        fill(feed, Period(window.start, window.end), window.rows)


def _moved(feed: Feed, windows: list[Window]) -> list[Window]:
    """The windows (in order, without gaps between) whose Total is no longer what was read, found by halving."""
    runs = _runs(windows)
    return [window for run in runs for window in _halve(feed, run)]


def _halve(feed: Feed, run: list[Window]) -> list[Window]:
    span = Period(run[0].start, run[-1].end)
    if not feed.exact(span) or feed.total(span) == sum(window.rows for window in run):
        return []
    if len(run) == 1:
        return run
    middle = len(run) // 2
    return _halve(feed, run[:middle]) + _halve(feed, run[middle:])


def _runs(windows: list[Window]) -> list[list[Window]]:
    """Windows in order, cut where a day lies between two of them."""
    runs: list[list[Window]] = []
    for window in windows:
        if runs and runs[-1][-1].end + DAY == window.start:
            runs[-1].append(window)
        else:
            runs.append([window])
    return runs


def _good(sync: Sync, window: Window) -> bool:
    """Whether the window need not be read anew as a whole."""
    since = sync.wants.since
    anew = sync.wants.full or (since is not None and window.end >= since)
    return window.complete and not (anew and window.fetched_at < sync.started)
