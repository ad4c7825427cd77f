"""What the plan of a sync asks of the cached ledgers: counts per day and per kind, never rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlmodel import Session

from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.store import ledger
from sync.store.tables import DocumentRow, PostingRow, Window
from sync.store.upsert import table_of

_POSTING, _DOCUMENT, _WINDOW = table_of(PostingRow), table_of(DocumentRow), table_of(Window)


@dataclass(frozen=True, slots=True)
class Mark:
    """By which a later reading of a document is recognised as the same."""

    updated: datetime | None
    status: str
    version: str
    day: date | None


def postings_by_day(session: Session, company: int, source: Source) -> dict[date, int]:
    """Cached postings of each day that has any (a Cin7 row is two postings)."""
    counted = session.execute(
        select(_POSTING.c.day, func.count().label("rows"))
        .where(_POSTING.c.company == company, _POSTING.c.source == source.value)
        .group_by(_POSTING.c.day)
    )
    return {row.day: row.rows for row in counted}


def kinds(session: Session, company: int, source: Source, window: Period) -> dict[str, tuple[int, int, int]]:
    """Per kind of posting in `window`: how many, their debits, and how many documents."""
    amount = _POSTING.c.amount
    counted = session.execute(
        select(
            _POSTING.c.kind, func.count(), func.sum(func.abs(amount)), func.count(func.distinct(_POSTING.c.document))
        )
        .where(*_inside(company, source, window))
        .group_by(_POSTING.c.kind)
    )
    return {kind: (rows, int(turnover), documents) for kind, rows, turnover, documents in counted}


def totals(session: Session, company: int, source: Source, window: Period) -> dict[str, int]:
    """Movement of each account in `window`, minor units of base currency, debit positive; accounts at zero left out."""
    summed = session.execute(
        select(_POSTING.c.account, func.sum(_POSTING.c.amount))
        .where(*_inside(company, source, window))
        .group_by(_POSTING.c.account)
    )
    return {account: int(amount) for account, amount in summed if amount}


def _inside(company: int, source: Source, window: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        _POSTING.c.company == company,
        _POSTING.c.source == source.value,
        _POSTING.c.day >= window.start,
        _POSTING.c.day <= window.end,
    )


def seen_before(session: Session, company: int, source: Source, kind: str, ids: Collection[str]) -> dict[str, Mark]:
    """What the cache already knows of these documents: when they changed last, their status and version."""
    found: dict[str, Mark] = {}
    for some in chunked(sorted(ids)):
        rows = session.execute(
            select(_DOCUMENT.c.id, _DOCUMENT.c.updated, _DOCUMENT.c.status, _DOCUMENT.c.version, _DOCUMENT.c.day).where(
                _DOCUMENT.c.company == company,
                _DOCUMENT.c.source == source.value,
                _DOCUMENT.c.kind == kind,
                _DOCUMENT.c.deleted_at.is_(None),
                _DOCUMENT.c.id.in_(some),
            )
        )
        found |= {row.id: Mark(row.updated, row.status, row.version, row.day) for row in rows}
    return found


def chunked(values: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Slices short enough for one IN list on either database."""
    return (values[start : start + size] for start in range(0, len(values), size))


def posts_unlisted(session: Session, company: int, types: Collection[str], kinds: Collection[str]) -> bool:
    """Whether Cin7's ledger holds a posting of these types whose document is none of the cached ones of `kinds`."""
    mine = (_DOCUMENT.c.company == company, _DOCUMENT.c.source == Source.CIN7.value, _DOCUMENT.c.kind.in_(kinds))
    query = select(_POSTING.c.id).where(
        _POSTING.c.company == company,
        _POSTING.c.source == Source.CIN7.value,
        _POSTING.c.kind.in_(types),
        _POSTING.c.document.not_in(select(_DOCUMENT.c.id).where(*mine)),
    )
    return session.execute(query.limit(1)).first() is not None


def join_windows(session: Session, company: int, source: Source, spans: Iterable[Period]) -> None:
    """Makes one window of all that lie in each of `spans` without a gap: a partly re-read window is one again."""
    held = ledger.windows(session, company, source)
    for span in spans:
        parts = [window for window in held if span.start <= window.start and window.end <= span.end]
        whole = sum((w.end - w.start).days + 1 for w in parts) == len(span)
        if len(parts) < 2 or not whole:
            continue
        joined = parts[0].model_dump() | {
            "end": parts[-1].end,
            "rows": sum(window.rows for window in parts),
            "fingerprint": "",
            "complete": all(window.complete for window in parts),
            "reason": "; ".join(sorted({window.reason for window in parts if window.reason})),
            "proven": False,
            "fetched_at": min(window.fetched_at for window in parts),
        }
        mine = (_WINDOW.c.company == company, _WINDOW.c.source == source.value)
        session.execute(delete(_WINDOW).where(*mine, _WINDOW.c.start.in_([window.start for window in parts])))
        session.execute(insert(Window), [joined])


def mark_proven(session: Session, company: int, source: Source, period: Period, proven: bool) -> None:
    """Notes on every window that lies inside `period` whether QuickBooks' own reports agree with it."""
    inside = (_WINDOW.c.start >= period.start, _WINDOW.c.end <= period.end)
    mine = (_WINDOW.c.company == company, _WINDOW.c.source == source.value)
    session.execute(update(_WINDOW).where(*mine, *inside).values(proven=proven))
