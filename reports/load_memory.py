"""Reads what is remembered between tie-outs: findings, former states of documents, changes in closed days."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from reports import load_age
from reports.books import Books, Config, Incomplete
from reports.load import company_facts
from reports.load_tables import FIGURE, POSTING, RUN, AnyRow, among
from reports.memory import Former, LateChange, Memory, Remembered, Sighting, carried, cure_of, documents_of
from reports.reconcile.findings import Finding
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.store import memory_tables

_TABLES: Mapping[str, Table] = memory_tables.FindingRow.metadata.tables
FINDING = _TABLES["finding"]
SIGHTING = _TABLES["sighting"]
SIGN_OFF = _TABLES["sign_off"]
FORMER = _TABLES["former"]
CLOSING_DAY = _TABLES["closing_day"]
AUDIT = _TABLES["audit"]


class Closing(NamedTuple):
    """Days up to `end` that somebody closed, and since when that is known; `start` is the first day there is for a
    system's own closing date."""

    by: str
    start: date
    end: date
    known_at: datetime


def memory(session: Session, books: Books) -> Memory:
    """What a tie-out of `books.period` may ask of the past."""
    kept = remembered(session, books.company.id)
    states = _states(session, books.company.id, books.period)
    return Memory(
        known={each.finding.id: each for each in kept},
        former=_former(states),
        late=late_changes(session, books.company.id, books.period, closings(session, books.company.id)),
        carried=carried(kept, books.period.start),
    )


def remembered(session: Session, company: int, ids: Iterable[str] | None = None) -> tuple[Remembered, ...]:
    """All findings that were ever seen (or those of `ids`), by first seen and id, with their sightings by period."""
    wanted = None if ids is None else set(ids)
    seen: defaultdict[str, list[Sighting]] = defaultdict(list)
    for row in session.execute(select(SIGHTING).where(SIGHTING.c.company == company)):
        seen[row.finding].append(
            Sighting(Period(row.start, row.end), row.amount, row.at_stake, row._mapping["count"], row.open)
        )
    rows = session.execute(select(FINDING).where(FINDING.c.company == company))
    found = [_remembered(row, seen[row.id]) for row in rows if wanted is None or row.id in wanted]
    return tuple(sorted(found, key=lambda each: (str(each.finding.first_seen), each.finding.id)))


def _remembered(row: AnyRow, sightings: list[Sighting]) -> Remembered:
    ordered = tuple(sorted(sightings, key=lambda s: (s.period.end, s.period.start)))
    newest = next((s for s in reversed(ordered) if s.open), ordered[-1])
    kept = json.loads(row.documents)
    cin7, qbo = documents_of(**kept)
    clears, entry = cure_of(**kept)
    finding = Finding(
        id=row.id,
        root=row.root,
        cause=row.cause,
        nature=row.nature,
        control=row.control,
        amount=newest.amount,
        subject=row.subject,
        confidence=row.confidence,
        explanation=row.explanation,
        remedy=row.remedy,
        at_stake=newest.at_stake,
        count=newest.count,
        cin7=cin7,
        qbo=qbo,
        first_seen=row.first_seen,
        owner=row.owner,
        due=row.due,
        clears=clears,
        entry=entry,
    )
    return Remembered(finding, ordered, row.resolved_at, row.came_back, row.note)


def closings(session: Session, company: int) -> tuple[Closing, ...]:
    """Every closing of the books that is known: QuickBooks' closing dates, Cin7's lock dates, Tieout's sign-offs."""
    days = session.execute(select(CLOSING_DAY).where(CLOSING_DAY.c.company == company))
    signed = session.execute(
        select(SIGN_OFF.c.start, SIGN_OFF.c.end, SIGN_OFF.c.signed_at).where(SIGN_OFF.c.company == company)
    )
    found = [Closing(row.source, date.min, row.day, row.seen_at) for row in days]
    return tuple(sorted([*found, *(Closing("sign-off", row.start, row.end, row.signed_at) for row in signed)]))


class _State(NamedTuple):
    """One document as one reading had it: (account, day) -> minor units; empty where it was not there."""

    source: Source
    kind: str
    document: str
    number: str
    seen_at: datetime
    replaced_at: datetime
    amounts: Mapping[tuple[str, date], int]
    days: tuple[date, ...]


def late_changes(session: Session, company: int, period: Period, closed: Iterable[Closing]) -> tuple[LateChange, ...]:
    """What changed inside closed days of the period after they were closed, and still differs from what it was.

    Of several closings that of the document's own system comes first. Under a system's closing date counts what a
    reading from after it was known had otherwise; under a sign-off what a later reading replaced.
    """
    closed = tuple(closed)
    states = _states(session, company, period)
    now = _present(session, company, {(s.source, s.document) for s in states})
    found: dict[tuple[str, str, str], LateChange] = {}
    judged: set[tuple[Closing, str, str, str]] = set()
    for state in states:
        key = (state.source.value, state.kind, state.document)
        for each in sorted(closed, key=lambda closing: closing.by != state.source):
            # The oldest state after the closing is what was closed; what came in between may have been taken back.
            if (each, *key) in judged or not _after(state, each):
                continue
            judged.add((each, *key))
            change = _late(state, now.get((state.source, state.kind, state.document), {}), each)
            if change:
                found.setdefault(key, change)
    return tuple(found[key] for key in sorted(found))


def _after(state: _State, closing: Closing) -> bool:
    """Whether a state in closed days is one from after the closing: seen then, or replaced after a sign-off."""
    if not any(closing.start <= day <= closing.end for day in state.days):
        return False
    return (state.replaced_at if closing.by == "sign-off" else state.seen_at) >= closing.known_at


def _late(state: _State, present: Mapping[tuple[str, date], int], closing: Closing) -> LateChange | None:
    days = [day for day in state.days if closing.start <= day <= closing.end]
    then = {key: amount for key, amount in state.amounts.items() if key[1] in days}
    told = {key: amount for key, amount in present.items() if key[1] in days}
    accounts = frozenset(a for a, day in then.keys() | told if then.get((a, day), 0) != told.get((a, day), 0))
    if not accounts:
        return None
    return LateChange(
        state.source,
        state.kind,
        state.document,
        state.number,
        min(days),
        closing.by,
        closing.end,
        state.replaced_at,
        accounts,
    )


def _states(session: Session, company: int, period: Period) -> list[_State]:
    """Former states that touched the period, whole, oldest first."""
    rows = session.execute(
        select(FORMER)
        .where(FORMER.c.company == company, FORMER.c.day >= period.start, FORMER.c.day <= period.end)
        .order_by(FORMER.c.replaced_at, FORMER.c.source, FORMER.c.kind, FORMER.c.document)
    ).all()
    grouped: defaultdict[tuple[datetime, str, str, str], list[AnyRow]] = defaultdict(list)
    for row in rows:
        grouped[row.replaced_at, row.source, row.kind, row.document].append(row)
    return [_state(*key, some) for key, some in grouped.items()]


def _state(replaced_at: datetime, source: str, kind: str, document: str, rows: list[AnyRow]) -> _State:
    amounts: defaultdict[tuple[str, date], int] = defaultdict(int)
    for row in rows:
        if row.account:
            amounts[row.account, row.day] += row.amount
    return _State(
        Source(source),
        kind,
        document,
        min(row.number for row in rows),
        max(row.seen_at for row in rows),
        replaced_at,
        dict(amounts),
        tuple(sorted({row.day for row in rows})),
    )


def _former(states: Iterable[_State]) -> dict[tuple[str, str], tuple[Former, ...]]:
    found: defaultdict[tuple[str, str], list[Former]] = defaultdict(list)
    for state in states:
        if state.source is not Source.QBO or not state.amounts:
            continue
        sums: defaultdict[str, int] = defaultdict(int)
        for (account, _), amount in state.amounts.items():
            sums[account] += amount
        found[state.kind, state.document].append(
            Former(
                state.kind, state.document, state.number, state.days[0], state.seen_at, state.replaced_at, dict(sums)
            )
        )
    return {key: tuple(some) for key, some in sorted(found.items())}


def _present(
    session: Session, company: int, documents: Iterable[tuple[Source, str]]
) -> dict[tuple[Source, str, str], dict[tuple[str, date], int]]:
    """What documents post now, by account and day."""
    found: defaultdict[tuple[Source, str, str], dict[tuple[str, date], int]] = defaultdict(dict)
    by_source: defaultdict[Source, set[str]] = defaultdict(set)
    for source, document in documents:
        by_source[source].add(document)
    for source, some in sorted(by_source.items()):
        rows = session.execute(
            select(POSTING.c.kind, POSTING.c.document, POSTING.c.account, POSTING.c.day, func.sum(POSTING.c.amount))
            .where(
                POSTING.c.company == company,
                POSTING.c.source == source.value,
                among(session, POSTING.c.document, some),
            )
            .group_by(POSTING.c.kind, POSTING.c.document, POSTING.c.account, POSTING.c.day)
        )
        for kind, document, account, day, amount in rows:
            found[source, kind, document][account, day] = int(amount)
    return found


def changed_months(session: Session, company: int, since: datetime, *, before: date) -> list[Period]:
    """The calendar months before the day `before` in which a reading begun at `since` or later found a difference.

    After the first sync of all these are the months in which anything was posted.
    """
    good = select(func.count()).where(RUN.c.company == company, RUN.c.status.in_(("succeeded", "partial")))
    if session.execute(good).scalar_one() > 1:
        days = select(FORMER.c.day).where(
            FORMER.c.company == company, FORMER.c.replaced_at >= since, FORMER.c.day < before
        )
    else:
        days = select(POSTING.c.day).where(POSTING.c.company == company, POSTING.c.day < before)
    months = sorted({day.replace(day=1) for day in session.execute(days.distinct()).scalars()})
    return [Period(month, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)) for month in months]


class Surroundings(NamedTuple):
    """What an answer about what is remembered says beside it: base currency, and the age of both ledgers."""

    currency: str
    as_of: Mapping[Source, datetime | None]
    incomplete: tuple[Incomplete, ...]


def surroundings(session: Session, company: int, config: Config) -> Surroundings:
    """NotSynced where the company was never read."""
    facts = company_facts(session, company, config)
    as_of = {
        Source(row.source): row.as_of
        for row in session.execute(select(FIGURE).where(FIGURE.c.company == company))
        if row.entity == load_age.LEDGER[Source(row.source)]
    }
    return Surroundings(facts.currency, as_of, tuple(load_age.failed(session, company, set(load_age.LEDGER_PARTS))))
