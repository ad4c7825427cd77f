"""How old and how whole the cached ledgers are: windows, gaps, failed parts, and QBO's own proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.books import CompanyFacts, Incomplete, ReportProof
from reports.load_tables import FIGURE, PROOF, WINDOW
from sync.domain.accounts import Source
from sync.domain.money import text
from sync.domain.period import Period
from sync.errors import NotSynced

LEDGER = {Source.CIN7: "transactions", Source.QBO: "ledger"}
LEDGER_PARTS = (
    (Source.CIN7, "transactions"),
    (Source.CIN7, "accounts"),
    (Source.QBO, "ledger"),
    (Source.QBO, "accounts"),
)
_PROVEN_BY = ("ProfitAndLoss", "TrialBalance")


class LedgerWindow(NamedTuple):
    """A run of days of one ledger that was read together; not `complete` where a part of it could not be had."""

    start: date
    end: date
    complete: bool
    reason: str
    fetched_at: datetime


class Age(NamedTuple):
    """What an answer says of its data; the fields as in `Books`."""

    as_of: dict[Source, datetime | None]
    incomplete: tuple[Incomplete, ...]
    proofs: tuple[ReportProof, ...]
    unsynced: frozenset[Source]


def age(session: Session, facts: CompanyFacts, period: Period, today: date, parts: set[tuple[Source, str]]) -> Age:
    """How old and how whole the two ledgers are for `period`; NotSynced where nothing of Cin7's is cached."""
    read = {source: windows(session, facts.id, source) for source in Source}
    if not read[Source.CIN7]:
        raise never_read(session, facts.id, LEDGER[Source.CIN7])
    incomplete, proven = wholeness(session, facts, period, today, parts, read)
    return Age(
        {source: as_of(session, facts.id, source, read[source], period) for source in Source},
        incomplete,
        proven,
        frozenset(source for source in Source if not read[source]),
    )


def never_read(session: Session, company: int, entity: str) -> NotSynced:
    """What to raise where nothing of this part of Cin7 is cached: with the reason where a sync has tried it."""
    mine = (FIGURE.c.company == company, FIGURE.c.source == Source.CIN7.value, FIGURE.c.entity == entity)
    reason = session.scalar(select(FIGURE.c.reason).where(*mine))
    return NotSynced(f"Nothing of this is in the cache yet. The last sync failed: {reason}") if reason else NotSynced()


def wholeness(
    session: Session,
    facts: CompanyFacts,
    period: Period,
    today: date,
    parts: set[tuple[Source, str]],
    read: Mapping[Source, Sequence[LedgerWindow]],
) -> tuple[tuple[Incomplete, ...], tuple[ReportProof, ...]]:
    """Why the ledgers, read in these windows, may not be whole for `period`, and QBO's own reports beside them."""
    proven = proofs(session, facts.id, period, today)
    failures = failed(session, facts.id, parts)
    # Where nothing could be read, why it could not says more than that nothing is there.
    told = {one.source for one in failures if one.entity == LEDGER[Source(one.source)]}
    unread = {source for source in Source if not read[source] and source.value in told}
    reasons = {
        *failures,
        *(gap for source in Source if source not in unread for gap in missing(source, read[source], period, today)),
        *(_unproven(proof, facts.currency) for proof in proven if proof.status == "differs"),
    }
    return tuple(sorted(reasons)), proven


def _unproven(proof: ReportProof, currency: str) -> Incomplete:
    amount = text(proof.difference, currency)
    reason = f"QuickBooks' own {proof.report} differs by {amount} from the ledger read. Run: tieout sync --full"
    return Incomplete("qbo", LEDGER[Source.QBO], reason)


def windows(session: Session, company: int, source: Source) -> list[LedgerWindow]:
    columns = (WINDOW.c.start, WINDOW.c.end, WINDOW.c.complete, WINDOW.c.reason, WINDOW.c.fetched_at)
    rows = session.execute(
        select(*columns).where(WINDOW.c.company == company, WINDOW.c.source == source.value).order_by(WINDOW.c.start)
    )
    return [LedgerWindow(*row) for row in rows]


def cached(session: Session, company: int, period: Period) -> bool:
    """Whether any day of `period` was read on Cin7's side."""
    return any(w.start <= period.end and w.end >= period.start for w in windows(session, company, Source.CIN7))


def missing(source: Source, windows: Sequence[LedgerWindow], period: Period, today: date) -> list[Incomplete]:
    """Which days of `period`, up to `today`, were not read whole, and why."""
    last = min(period.end, today)
    if last < period.start:
        return []
    entity = LEDGER[source]
    if not windows:
        return [Incomplete(source.value, entity, "nothing is cached yet. Run: tieout sync")]
    inside = [window for window in windows if window.start <= last and window.end >= period.start]
    found = [
        Incomplete(
            source.value, entity, f"{max(w.start, period.start)}..{min(w.end, last)}: {w.reason or 'not read whole'}"
        )
        for w in inside
        if not w.complete
    ]
    day = period.start
    for window in inside:
        if window.start > day:
            found.append(_gap(source, day, window.start - timedelta(days=1)))
        if window.end >= last:
            return found
        day = max(day, window.end + timedelta(days=1))
    found.append(_gap(source, day, last))
    return found


def _gap(source: Source, start: date, end: date) -> Incomplete:
    reason = f"{start}..{end} is not cached. Run: tieout sync --since {start}"
    return Incomplete(source.value, LEDGER[source], reason)


def as_of(
    session: Session, company: int, source: Source, windows: Sequence[LedgerWindow], period: Period
) -> datetime | None:
    """When the ledger was last read: the sync's own stamp, else the oldest reading that the period stands on."""
    if not windows:
        return None
    figure = session.scalar(
        select(FIGURE.c.as_of).where(
            FIGURE.c.company == company, FIGURE.c.source == source.value, FIGURE.c.entity == LEDGER[source]
        )
    )
    inside = [w.fetched_at for w in windows if w.start <= period.end and w.end >= period.start]
    return figure if figure else min(inside, default=max(w.fetched_at for w in windows))


def failed(session: Session, company: int, entities: set[tuple[Source, str]]) -> list[Incomplete]:
    """The parts of the sync that did not succeed when they were last tried."""
    rows = session.execute(select(FIGURE).where(FIGURE.c.company == company, FIGURE.c.complete.is_(False)))
    wanted = {(source.value, entity) for source, entity in entities}
    return [
        Incomplete(row.source, row.entity, row.reason or "its last reading failed")
        for row in rows
        if (row.source, row.entity) in wanted
    ]


def proofs(session: Session, company: int, period: Period, today: date) -> tuple[ReportProof, ...]:
    """QBO's own reports beside the ledger, for the windows that the period touches."""
    last = min(period.end, today)
    rows = session.execute(
        select(PROOF).where(PROOF.c.company == company, PROOF.c.start <= period.end, PROOF.c.end >= period.start)
    ).all()
    found = []
    for report in _PROVEN_BY:
        mine = sorted((row for row in rows if row.report == report), key=lambda row: (row.start, row.end))
        difference = sum(row.difference for row in mine if row.status == "differs")
        if any(row.status == "differs" for row in mine):
            found.append(ReportProof(report, "differs", difference))
        elif _covers([Period(r.start, r.end) for r in mine if r.status == "tied"], period.start, last):
            found.append(ReportProof(report, "tied", 0))
        else:
            found.append(ReportProof(report, "unavailable", 0))
    return tuple(found)


def _covers(spans: Sequence[Period], start: date, end: date) -> bool:
    day = start
    for span in spans:
        if span.start <= day <= span.end:
            if span.end >= end:
                return True
            day = span.end + timedelta(days=1)
    return False
