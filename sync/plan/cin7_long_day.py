"""A day of Cin7's ledger feed that exceeds a page: read until its rows are sure, else told as incomplete.

Pages of one reading need not fit together: rows have no sure order (airbytehq/airbyte#56931).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.plan.cin7_feed import TRANSACTIONS, Feed, Row, day_of
from sync.store import reads
from sync.store.db import reading

_READINGS = 4
_MOST_READINGS = 12  # while each shows rows that none did before


def read_long_day(feed: Feed, window: Period) -> tuple[list[Row], str]:
    """All rows of a day above one page, and why they are not sure ("" when they are)."""
    rows, sure = _agreed(feed, window, {})
    if sure:
        return rows, ""
    by_account, reason = _by_account(feed, window)
    return by_account, reason


@dataclass(slots=True)
class Seen:
    """The rows that pages of one window have shown, in whatever order each page drew them.

    A page shows no row twice, so the most often that a page shows equal rows is how many of them there are at least.
    Where these make up what the feed announces, there can be no others.
    """

    announced: int | None = None
    most: Counter[tuple[object, ...]] = field(default_factory=Counter)
    each: dict[tuple[object, ...], Row] = field(default_factory=dict)

    def add(self, rows: Sequence[Row], announced: int | None, number: int, limit: int) -> None:
        """One more page, the `number`th of `limit` rows; one that is not as long as it must be tells nothing.

        What was seen of a feed that announced another number counts no more.
        """
        if announced != self.announced:
            self.announced, self.most, self.each = announced, Counter(), {}
        if announced is None or len(rows) != min(limit, announced - limit * (number - 1)):
            return
        self.most |= Counter(map(_key, rows))
        self.each.update((_key(row), row) for row in rows)

    @property
    def whole(self) -> bool:
        return self.most.total() == self.announced

    def rows(self) -> list[Row]:
        return [self.each[key] for key in self.most.elements()]


def _agreed(feed: Feed, window: Period, extra: dict[str, str]) -> tuple[list[Row], bool]:
    """Rows of more than one page are sure once two readings agree as multisets, or once all there are were seen."""
    last: Counter[tuple[object, ...]] | None = None
    rows: list[Row] = []
    seen = Seen()
    for number in range(1, _MOST_READINGS + 1):
        known = seen.most.total()
        rows, pages, whole = _all_pages(feed, window, extra, seen)
        now = Counter(map(_key, rows))
        if whole and (pages == 1 or now == last):
            return rows, True
        if seen.whole:
            return [row for row in seen.rows() if day_of(row) in window], True
        if number >= _READINGS and seen.most.total() <= known:
            break
        last = now
    return rows, False


def _all_pages(feed: Feed, window: Period, extra: dict[str, str], seen: Seen) -> tuple[list[Row], int, bool]:
    """Every page of `window`; whole when as many rows came as the feed said it has, on each page."""
    rows: list[Row] = []
    totals: set[int | None] = set()
    count = pages = 0
    asked = {**feed.filters(window), **extra}
    for page in feed.sync.cin7.pages(TRANSACTIONS, limit=feed.page, tally=feed.tally, first=None, **asked):
        pages += 1
        totals.add(page.total)
        count += len(page.rows)
        seen.add(page.rows, page.total, pages, feed.page)
        rows += [row for row in page.rows if day_of(row) in window]
    return rows, pages, totals == {count}


def _by_account(feed: Feed, window: Period) -> tuple[list[Row], str]:
    """The day account by account: each row is taken where it is debited, so none is taken twice."""
    with reading(feed.sync.engine) as session:
        codes = sorted(account.code for account in reads.accounts(session, feed.sync.company, Source.CIN7))
    rows: list[Row] = []
    for code in codes:
        mine, sure = _agreed(feed, window, {"Account": code})
        if not sure:
            return rows, f"the postings on account {code} came differently each time they were read"
        rows += [row for row in mine if str(row.get("DebitAccountCode")) == code]
    _, total = feed.read(window)
    if feed.exact(window) and total != len(rows):
        return rows, f"{total} postings are announced, {len(rows)} could be read"
    return rows, ""


def _key(row: Row) -> tuple[object, ...]:
    return tuple((key, str(value)) for key, value in sorted(row.items()))
