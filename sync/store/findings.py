"""Writes the memory of findings, the sign-offs of periods, and who did what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session

from sync.domain.period import Period
from sync.store.memory_tables import AuditRow, FindingRow, SightingRow, SignOffRow
from sync.store.tables import Company
from sync.store.upsert import batches, table_of, upsert

_FINDING, _SIGHTING = table_of(FindingRow), table_of(SightingRow)
_BATCH = 500
_TOLD = ("root", "cause", "nature", "control", "subject", "confidence", "explanation", "remedy")
# A timing finding is open at one period's end: a tie-out of other days says nothing about it.
_TIMING = "timing"

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a tie-out says of a finding; `documents` is JSON of both sides, `days` are those of the documents.

    `amount` and `at_stake` are minor units of base currency.
    """

    id: str
    root: str
    cause: str
    nature: str
    control: str | None
    amount: int
    at_stake: int | None
    count: int
    subject: str
    confidence: str
    explanation: str
    remedy: str
    documents: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many findings a run made new, brought back, and resolved."""

    new: int = 0
    came_back: int = 0
    resolved: int = 0


def remember(
    session: Session, company: int, period: Period, told: Iterable[Told], *, at: datetime, whole: bool
) -> Changes:
    """Brings the memory up to what a tie-out of `period` found; owner, due day and note stay as people wrote them.

    Where the data was `whole`, what the period no longer shows is closed there, and in every other period too when
    all its documents lie in this one; a finding that is open nowhere is resolved. Told the same again, nothing
    changes. `at` is an aware instant.
    """
    _take_turns(session, company)
    seen = {finding.id: finding for finding in told}
    before = _held(session, company, seen)
    rows = {id_: _row(company, finding, before.get(id_), at) for id_, finding in sorted(seen.items())}
    upsert(session, FindingRow, rows.values())
    upsert(session, SightingRow, (_sighting(company, period, finding) for _, finding in sorted(seen.items())))
    new = [id_ for id_ in rows if id_ not in before]
    back = [id_ for id_ in rows if id_ in before and before[id_]["resolved_at"] is not None]
    gone = _close(session, company, period, seen, at) if whole else []
    for what, ids in (("seen", new), ("came back", back), ("resolved", gone)):
        _note_all(session, company, at, "", what, {id_: str(period) for id_ in ids})
    return Changes(len(new), len(back), len(gone))


def assign(
    session: Session,
    company: int,
    finding: str,
    *,
    owner: str,
    due: date | None,
    note: str | None,
    who: str,
    at: datetime,
) -> bool:
    """Gives a finding its owner, and a due day and a note where they are told; False where there is no such finding."""
    values: _Row = {"owner": owner} | ({} if due is None else {"due": due}) | ({} if note is None else {"note": note})
    mine = (_FINDING.c.company == company, _FINDING.c.id == finding)
    if session.execute(update(FindingRow).where(*mine).values(values).returning(_FINDING.c.id)).first() is None:
        return False
    words = {name: str(value) for name, value in values.items()}
    audit(session, company, at=at, who=who, what="assigned", subject=finding, detail=json.dumps(words))
    return True


def sign_off(
    session: Session, company: int, period: Period, *, by: str, at: datetime, inputs: Mapping[str, str], evidence: str
) -> None:
    """Freezes what a period was signed off on: hashes of its inputs by name, and the tie-out as JSON."""
    frozen = json.dumps(dict(inputs), sort_keys=True)
    session.add(
        SignOffRow(
            company=company,
            start=period.start,
            end=period.end,
            signed_at=at,
            signed_by=by,
            inputs=frozen,
            evidence=evidence,
        )
    )
    audit(session, company, at=at, who=by, what="signed off", subject=str(period), detail=frozen)


def audit(session: Session, company: int, *, at: datetime, who: str, what: str, subject: str, detail: str = "") -> None:
    """Notes that somebody ("" is Tieout itself) did something."""
    _note_all(session, company, at, who, what, {subject: detail})


def _take_turns(session: Session, company: int) -> None:
    """Two runs at once would both find a finding new; SQLite lets only one write anyway."""
    session.execute(select(table_of(Company).c.id).where(table_of(Company).c.id == company).with_for_update())


def _held(session: Session, company: int, ids: Iterable[str]) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for some in batches(sorted(ids), _BATCH):
        rows = session.execute(_FINDING.select().where(_FINDING.c.company == company, _FINDING.c.id.in_(some)))
        found |= {row["id"]: dict(row) for row in rows.mappings()}
    return found


def _row(company: int, finding: Told, before: _Row | None, at: datetime) -> _Row:
    kept = before or {"first_seen": at, "resolved_at": None, "came_back": 0, "owner": "", "due": None, "note": ""}
    days = finding.days
    return {
        **kept,
        "company": company,
        "id": finding.id,
        **{name: getattr(finding, name) for name in _TOLD},
        "documents": finding.documents,
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "resolved_at": None,
        "came_back": kept["came_back"] + (kept["resolved_at"] is not None),
    }


def _sighting(company: int, period: Period, finding: Told) -> _Row:
    return {
        "company": company,
        "finding": finding.id,
        "start": period.start,
        "end": period.end,
        "amount": finding.amount,
        "at_stake": finding.at_stake,
        "count": finding.count,
        "open": True,
    }


def _close(session: Session, company: int, period: Period, seen: Mapping[str, Told], at: datetime) -> list[str]:
    """Closes what this period no longer shows; the findings that are open nowhere now."""
    same = and_(_SIGHTING.c.start == period.start, _SIGHTING.c.end == period.end)
    inside = and_(_FINDING.c.nature != _TIMING, _FINDING.c.first_day >= period.start, _FINDING.c.last_day <= period.end)
    joined = _SIGHTING.join(
        _FINDING, and_(_FINDING.c.company == _SIGHTING.c.company, _FINDING.c.id == _SIGHTING.c.finding)
    )
    query = select(_SIGHTING.c.finding, _SIGHTING.c.start, _SIGHTING.c.end).select_from(joined)
    open_here = query.where(_SIGHTING.c.company == company, _SIGHTING.c.open.is_(True), or_(same, inside))
    gone = [row for row in session.execute(open_here) if row.finding not in seen]
    for row in gone:
        key = (_SIGHTING.c.finding == row.finding, _SIGHTING.c.start == row.start, _SIGHTING.c.end == row.end)
        session.execute(update(SightingRow).where(_SIGHTING.c.company == company, *key).values(open=False))
    return _resolve(session, company, {row.finding for row in gone}, at)


def _resolve(session: Session, company: int, ids: Iterable[str], at: datetime) -> list[str]:
    resolved: list[str] = []
    still = select(_SIGHTING.c.finding).where(_SIGHTING.c.company == company, _SIGHTING.c.open.is_(True))
    for some in batches(sorted(ids), _BATCH):
        mine = (_FINDING.c.company == company, _FINDING.c.id.in_(some), _FINDING.c.id.not_in(still))
        ended = update(FindingRow).where(*mine, _FINDING.c.resolved_at.is_(None)).values(resolved_at=at)
        resolved += session.execute(ended.returning(_FINDING.c.id)).scalars()
    return sorted(resolved)


def _note_all(session: Session, company: int, at: datetime, who: str, what: str, details: Mapping[str, str]) -> None:
    session.add_all(
        AuditRow(company=company, at=at, who=who, what=what, subject=subject, detail=detail)
        for subject, detail in details.items()
    )
