"""Cin7's ledger feed (`GET /transactions`): its page size and date bounds as learnt, and how a window is read whole.

Rows have no id, no modified stamp and no sure order (Cin7 docs: /transactions; airbytehq/airbyte#56931),
so a window is replaced as a whole, and a day that exceeds a page is read more than once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sync.cin7.resources import BY_NAME, RESOURCES
from sync.cin7.to_domain import postings
from sync.cin7.wire import day
from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from sync.domain.runs import Progress
from sync.errors import UnexpectedPayload
from sync.plan.profile import DAY, FIRST, LAST, Profile
from sync.plan.run import Sync
from sync.store import feeds, ledger, reads, writes
from sync.store.db import reading, writing
from sync.transport import Tally

TRANSACTIONS = BY_NAME["transactions"]
ASKED = 1000
_READINGS = 4
# The lists that cannot be asked for changes, by the type of what their documents post.
_LISTS = {
    kind: tuple(resource.name for resource in RESOURCES if kind in resource.types and not resource.since)
    for kind in {kind for resource in RESOURCES for kind in resource.types}
}

Row = Mapping[str, object]


@dataclass(slots=True)
class Feed:
    """The feed and what was learnt of it: its largest page, and whether its date bounds include their days."""

    sync: Sync
    tally: Tally
    currency: str
    page: int = ASKED
    from_included: bool | None = None
    to_included: bool | None = None
    profile: Profile = field(default_factory=Profile)
    fetched: int = 0
    changed: int = 0
    trouble: list[str] = field(default_factory=list)
    beyond_from: list[tuple[date, bool]] = field(default_factory=list)
    beyond_to: list[tuple[date, bool]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def filters(self, window: Period) -> dict[str, str]:
        """Bounds that are sure to hold the window: one day wider where it is not known that they are inclusive."""
        asked: dict[str, str] = {}
        if window.start != FIRST:
            asked["FromDate"] = _stamp(window.start if self.from_included else window.start - DAY)
        if window.end != LAST:
            asked["ToDate"] = _stamp(window.end if self.to_included else window.end + DAY)
        return asked

    def exact(self, window: Period) -> bool:
        """Whether the bounds asked for `window` hold its days alone."""
        return self.bounded or window == Period(FIRST, LAST)

    @property
    def bounded(self) -> bool:
        """Whether it is known what both bounds mean."""
        return self.from_included is not None and self.to_included is not None

    @property
    def room(self) -> int:
        """Rows that a window may have: a page, less the two days that unknown bounds bring along."""
        return self.page if self.bounded else max(1, self.page - int(2 * self.profile.mean))

    def total(self, window: Period) -> int:
        """How many rows the bounds of `window` hold, by the cheapest call."""
        found = self.sync.cin7.page(TRANSACTIONS, page=1, limit=1, tally=self.tally, **self.filters(window)).total
        if found is None:
            raise UnexpectedPayload("Cin7's transactions came without their Total", system="cin7")
        return found

    def read(self, window: Period) -> tuple[list[Row], int]:
        """The first page of `window` (its own rows only), and how many rows its bounds hold in all.

        A page that is not as full as its Total asks for is asked again. Told twice, fewer rows are the feed's
        largest page; once they were a Total that moved, or a row that came twice.
        """
        before = (-1, -1)
        for _ in range(_READINGS):
            page = self.sync.cin7.page(TRANSACTIONS, page=1, limit=self.page, tally=self.tally, **self.filters(window))
            total = len(page.rows) if page.total is None else page.total
            told = len(page.rows), total
            if told[0] < min(total, self.page) and told == before:
                self._learn_page(told[0])
            if told[0] == min(total, self.page):
                if total == told[0] and not self.bounded:
                    self._notice(window, {day_of(row) for row in page.rows})
                return [row for row in page.rows if day_of(row) in window], total
            before = told
        raise UnexpectedPayload(
            f"Cin7's transactions of {window} announce {total} rows and show {told[0]}, however often they are asked",
            system="cin7",
        )

    def store(self, window: Period, rows: list[Row], *, incomplete: str = "") -> None:
        """Replaces `window` by `rows` in one transaction and notes which lists are due."""
        self.sync.check()
        reading_of = ledger.WindowReading(
            window.start, window.end, len(rows), not incomplete, incomplete, self.sync.now()
        )
        with writing(self.sync.engine) as session:
            before = feeds.kinds(session, self.sync.company, Source.CIN7, window)
            changed = ledger.replace_window(
                session, self.sync.company, Source.CIN7, reading_of, _sides(rows, self.currency)
            )
            after = feeds.kinds(session, self.sync.company, Source.CIN7, window) if changed else before
            moved = {kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind)}
            due = {name for kind in moved for name in _LISTS.get(kind, ())}
            if due:
                self.sync.mark(session, Source.CIN7, touched=due)
        with self.lock:
            self.changed += changed
            self.fetched += len(rows)
            self.profile.learn(window, [day_of(row) for row in rows])
            if incomplete:
                self.trouble.append(f"{window}: {incomplete}")
        if not self.bounded:
            self._learn_from_neighbours()
        self.sync.watch(Progress("cin7", "transactions", self.fetched, None, self.tally.calls, str(window.start)))

    def _notice(self, window: Period, shown: set[date]) -> None:
        """The day beyond each bound, which was asked for to be sure, and whether the answer has it."""
        if window.start != FIRST:
            self.beyond_from.append((window.start - DAY, window.start - DAY in shown))
        if window.end != LAST:
            self.beyond_to.append((window.end + DAY, window.end + DAY in shown))

    def _learn_from_neighbours(self) -> None:
        """A day that has rows, as its own window tells, shows by its absence that a bound leaves its day out."""
        lower = [seen for day, seen in self.beyond_from if seen or self.profile.counts.get(day)]
        upper = [seen for day, seen in self.beyond_to if seen or self.profile.counts.get(day)]
        if lower and upper:
            self.learn_bounds(lower[0], upper[0])

    def learn_bounds(self, from_included: bool, to_included: bool) -> None:
        """Keeps what the bounds mean, for this run and the next ones."""
        self.from_included, self.to_included = from_included, to_included
        with writing(self.sync.engine) as session:
            writes.learn(
                session,
                self.sync.company,
                Source.CIN7,
                "transactions",
                from_included=str(from_included),
                to_included=str(to_included),
            )

    def _learn_page(self, rows: int) -> None:
        self.page = max(1, rows)
        with writing(self.sync.engine) as session:
            writes.learn(session, self.sync.company, Source.CIN7, "transactions", page=str(self.page))


def open_feed(sync: Sync, tally: Tally, currency: str) -> Feed:
    """The feed with what earlier runs learnt, and what both cached ledgers say of how many rows a day has."""
    with reading(sync.engine) as session:
        facts = reads.learned(session, sync.company, Source.CIN7, "transactions")
        counts = feeds.postings_by_day(session, sync.company, Source.CIN7)
        # Half a ledger would tell that there is nothing before it.
        whole = "floor" in reads.learned(session, sync.company, Source.QBO, "ledger")
        hints = feeds.postings_by_day(session, sync.company, Source.QBO) if whole else {}
    page = ASKED if sync.wants.full else int(facts.get("page", ASKED))
    profile = Profile({day: postings // 2 for day, postings in counts.items()}, hints=hints)
    return Feed(
        sync, tally, currency, page, _truth(facts.get("from_included")), _truth(facts.get("to_included")), profile
    )


def learn_bounds(feed: Feed) -> None:
    """Asks once from one known day to another: whether both come back tells if the bounds are inclusive.

    The documentation's words, "more than" and "less than", do not settle it (Cin7 docs: /transactions).
    """
    days = sorted(day for day, rows in feed.profile.counts.items() if rows)
    pairs = [(a, b) for a, b in pairwise(days) if feed.profile.counts[a] + feed.profile.counts[b] <= feed.page]
    if not pairs:
        return
    low, high = min(pairs, key=lambda pair: feed.profile.counts[pair[0]] + feed.profile.counts[pair[1]])
    page = feed.sync.cin7.page(
        TRANSACTIONS, page=1, limit=feed.page, tally=feed.tally, FromDate=_stamp(low), ToDate=_stamp(high)
    )
    if page.total is not None and page.total > len(page.rows):
        return
    seen = {day_of(row) for row in page.rows}
    feed.learn_bounds(low in seen, high in seen)


def _sides(rows: list[Row], currency: str) -> Iterator[Posting]:
    for row in rows:
        yield from postings(row, currency)


def day_of(row: Row) -> date:
    """The accounting date of a row: a day of the company's calendar."""
    found = day(row, "EffectiveDate")
    if found is None:
        raise UnexpectedPayload("a Cin7 transaction has no EffectiveDate", system="cin7")
    return found


def _stamp(when: date) -> str:
    return f"{when.isoformat()}T00:00:00.000"


def _truth(text: str | None) -> bool | None:
    return None if text is None else text == "True"
