"""Brings QuickBooks' cached ledger up to date: what was never read, changed days, and what a balance betrays."""

from __future__ import annotations

from datetime import date, timedelta

from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.plan import windows as plan
from sync.plan.profile import DAY
from sync.plan.qbo_books import Books
from sync.plan.run import Outcome, Sync
from sync.store import feeds, reads, writes
from sync.store.db import reading, writing
from sync.store.tables import Window
from sync.transport import Tally

_MONTHS = 6  # the longest range that Intuit advises (Intuit docs: run reports)
_AHEAD, _AHEAD_AT_LEAST = timedelta(days=366), timedelta(days=183)
# Rows that one answer should hold at most: 400,000 cells are the cap integrators report, a row has about ten.
_ROWS = 36_000
_QUIET_MONTHS = 24
_EARLIEST = date(1970, 1, 1)  # no books of QuickBooks Online are older
_ROUNDS = 6


def read_ledger(sync: Sync, tally: Tally) -> Outcome:
    """Reads what the cache lacks, then the days of changed documents; the trial balance then shows if that was all."""
    books, stale = Books(sync, tally), set(sync.stale[Source.QBO])
    good = [Period(window.start, window.end) for window in books.windows() if _good(sync, window)]
    floor = _floor(sync)
    if floor is None or sync.wants.full or sync.wants.since:
        good = _reach_back(books, good)
    else:
        good = _refresh(books, good, floor)
    if good and not books.proven_now(good[-1]):
        _settle(books, good)
    _prove_again(books)
    sync.settle(Source.QBO, days=stale)
    return Outcome(books.fetched, books.changed, books.fewest, "; ".join(books.trouble[:3]))


def _reach_back(books: Books, good: list[Period]) -> list[Period]:
    """Newest first in half years, skipping what is good, until QuickBooks has no balance on any account before.

    Books that rested for years are read in ever larger steps, to the entry with which they began.
    """
    since, today = books.sync.wants.since, books.sync.started.date()
    end, start = _ahead(books, good), _months_before(today, _MONTHS - 1)
    balances, quiet, read = books.trial_balance(end), 0, list[tuple[Period, dict[str, int]]]()
    while True:
        window = Period(max(start, since or start), end)
        missing = plan.gaps(window, good)
        rows = sum(books.read(gap) for gap in missing)
        if missing:
            read.append((window, balances))
        months = _fitting(_MONTHS, rows) if missing == [window] else _MONTHS
        end = window.start - DAY
        if window.start == since:
            _open(books, min([window.start, *(span.start for span in good)]) - DAY)
            return _proven(books, good, read)
        balances = books.trial_balance(end)
        if not balances or window.start <= _EARLIEST:
            break
        quiet = 0 if rows or not missing else quiet + max(months, quiet)
        start = max(_EARLIEST, _months_before(window.start, quiet if quiet >= _QUIET_MONTHS else months))
    _remember_floor(books.sync, window.start)
    spans = _proven(books, good, read)
    if balances or end < _EARLIEST:
        return spans
    before = Period(_EARLIEST, end)
    books.nothing(before)
    return sorted({*spans, before})


def _open(books: Books, day: date) -> None:
    """Where the beginning of the books was never read, QuickBooks' balances before the first cached day stand in."""
    if _floor(books.sync) is None:
        books.opening = day, books.trial_balance(day)


def _proven(books: Books, good: list[Period], read: list[tuple[Period, dict[str, int]]]) -> list[Period]:
    """Proves the windows just read, oldest first, when all before them is there."""
    spans = sorted({window for window, _ in read} | {span for span in good if not _met(span, [w for w, _ in read])})
    _join(books, spans)
    for window, told in sorted(read, key=lambda pair: pair[0]):
        books.judge(window, told)
    return spans


def _refresh(books: Books, good: list[Period], floor: date) -> list[Period]:
    """Re-reads gaps and the days of changed documents; each window that had some is joined again and proven."""
    stale = plan.clusters(books.sync.stale[Source.QBO])
    first = min([floor, *(run.start for run in stale)])
    if first < floor:
        _remember_floor(books.sync, first)
    gaps = [piece for gap in plan.gaps(Period(first, _ahead(books, good)), good) for piece in _pieces(gap)]
    for window in gaps:
        books.read(window)
    for run in stale:
        if not any(gap.start <= run.start and run.end <= gap.end for gap in gaps):
            books.read(run)
    spans = sorted([*good, *gaps])
    _join(books, spans)
    for span in spans:
        if span in gaps or _met(span, stale):
            books.judge(span)
    return spans


def _settle(books: Books, spans: list[Period]) -> None:
    """The balance at the end proves that nothing else moved, or leads, by halving, to the window that did."""
    for _ in range(_ROUNDS):
        if books.tied(spans[-1].end):
            return
        low, high = 0, len(spans) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if books.tied(spans[middle].end) else (low, middle)
        before = books.changed
        books.read(spans[low])
        _join(books, spans)
        books.judge(spans[low])
        if books.changed == before:
            return


def _prove_again(books: Books) -> None:
    """What an earlier sync could not prove may have been mended since, here or in QuickBooks."""
    for window in books.windows():
        span = Period(window.start, window.end)
        if window.complete and not window.proven and not books.proven_now(span):
            books.judge(span)


def _join(books: Books, spans: list[Period]) -> None:
    with writing(books.sync.engine) as session:
        feeds.join_windows(session, books.sync.company, Source.QBO, spans)


def _ahead(books: Books, good: list[Period]) -> date:
    """The last day to read: documents may be dated ahead, yet the end must not move at every sync."""
    today, covered = books.sync.started.date(), max((span.end for span in good), default=date.min)
    return covered if covered >= today + _AHEAD_AT_LEAST else today + _AHEAD


def _pieces(gap: Period) -> list[Period]:
    """A gap in windows of at most half a year."""
    pieces, start = [], gap.start
    while start <= gap.end:
        end = min(gap.end, _months_before(start, -_MONTHS) - DAY)
        pieces.append(Period(start, end))
        start = end + DAY
    return pieces


def _met(span: Period, others: list[Period]) -> bool:
    return any(span.overlaps(other) for other in others)


def _fitting(months: int, rows: int) -> int:
    """How many months the next window may have, so that an answer stays below the cap."""
    return max(1, min(_MONTHS, months * _ROWS // rows)) if rows else _MONTHS


def _months_before(day: date, months: int) -> date:
    """The first day of the month `months` before the month of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _good(sync: Sync, window: Window) -> bool:
    """Whether the window need not be read anew as a whole."""
    since = sync.wants.since
    anew = sync.wants.full or (since is not None and window.end >= since)
    return window.complete and not (anew and window.fetched_at < sync.started)


def _floor(sync: Sync) -> date | None:
    """The first day of the ledger, once a reading has reached it."""
    with reading(sync.engine) as session:
        text = reads.learned(session, sync.company, Source.QBO, "ledger").get("floor")
    return date.fromisoformat(text) if text else None


def _remember_floor(sync: Sync, day: date) -> None:
    with writing(sync.engine) as session:
        writes.learn(session, sync.company, Source.QBO, "ledger", floor=day.isoformat())
