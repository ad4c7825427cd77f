"""The former states of documents: what an earlier reading saw of them, kept when a later one says otherwise."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import TextClause, bindparam, func, select, text
from sqlmodel import Session

from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.store.columns import Day, Instant
from sync.store.memory_tables import ClosingDayRow, SignOffRow
from sync.store.tables import PostingRow, Window
from sync.store.upsert import insert_missing, table_of

_COLUMNS = "company, source, kind, document, number, account, day, replaced_at, seen_at, amount"
_THESE = {
    "sqlite": "p.document IN (SELECT value FROM json_each(:documents))",
    "postgresql": "p.document IN (SELECT json_array_elements_text(CAST(:documents AS json)))",
}
_INSIDE = "p.company = :company AND p.source = :source AND p.day BETWEEN :start AND :end AND {these}"
# Documents whose money per account and day is another than before: the new rows have ids beyond :last.
_DIFFER = (
    f"SELECT DISTINCT d.kind, d.document FROM (SELECT p.kind, p.document FROM posting p WHERE {_INSIDE}"  # noqa: S608  no value is part of the text
    " GROUP BY p.kind, p.document, p.account, p.day"
    " HAVING sum(CASE WHEN p.id > :last THEN p.amount ELSE -p.amount END) <> 0) d"
)
_FORMER = (
    f"INSERT INTO former ({_COLUMNS}) SELECT p.company, p.source, p.kind, p.document, p.number, p.account, p.day,"  # noqa: S608  as above
    " :replaced, :seen, sum(p.amount) FROM posting p"
    f" JOIN ({_DIFFER}) c ON c.kind = p.kind AND c.document = p.document WHERE {_INSIDE} AND p.id <= :last"
    " GROUP BY p.company, p.source, p.kind, p.document, p.number, p.account, p.day ON CONFLICT DO NOTHING"
)
_APPEARED = (
    f"INSERT INTO former ({_COLUMNS}) SELECT p.company, p.source, p.kind, p.document, p.number, '', p.day,"  # noqa: S608  as above
    f" :replaced, :seen, 0 FROM posting p JOIN ({_DIFFER}) c ON c.kind = p.kind AND c.document = p.document"
    f" WHERE {_INSIDE} AND p.id > :last AND NOT EXISTS (SELECT 1 FROM posting o"
    " WHERE o.company = p.company AND o.source = p.source AND o.kind = p.kind AND o.document = p.document"
    " AND o.day = p.day AND o.id <= :last)"
    " GROUP BY p.company, p.source, p.kind, p.document, p.number, p.day ON CONFLICT DO NOTHING"
)


def note_closing(session: Session, company: int, source: Source, day: date | None, at: datetime) -> None:
    """Remembers when a system was first read to say that its books are closed up to `day`; None says nothing."""
    if day is not None:
        insert_missing(session, ClosingDayRow, {"company": company, "source": str(source), "day": day, "seen_at": at})


def keep_former(
    session: Session,
    company: int,
    source: Source,
    days: Period,
    read: Iterable[Window],
    last: int,
    at: datetime,
    documents: Collection[str] | None = None,
) -> None:
    """Keeps what the cache held of documents that now post otherwise; to be called while both states are there.

    `read` are the windows that the days were read in before, `last` the highest id of their postings, `at` when the
    reading that replaces them began, `documents` those with any row that differs (None: all that are there now).
    QuickBooks' former states are kept for all days, Cin7's for closed ones; in closed days a document that was not
    there before is noted too, where they had been read whole.
    """
    closed = _closed(session, company)
    for window in read:
        start, end = max(window.start, days.start), min(window.end, days.end)
        if source is Source.CIN7 or documents is None:
            end = min(end, closed)
        if end < start or (documents is not None and not documents):
            continue
        bounds = {"company": company, "source": str(source), "start": start, "end": end, "last": last}
        values = bounds | {"replaced": at, "seen": window.fetched_at}
        names = json.dumps(sorted(documents if documents is not None else _there(session, company, source, start, end)))
        session.execute(_statement(session, _FORMER), values | {"documents": names})
        if window.complete and start <= closed:
            session.execute(_statement(session, _APPEARED), values | {"documents": names, "end": min(end, closed)})


def _statement(session: Session, words: str) -> TextClause:
    days = [bindparam(name, type_=Day()) for name in ("start", "end")]
    instants = [bindparam(name, type_=Instant()) for name in ("replaced", "seen")]
    these = _THESE[session.get_bind().dialect.name]
    return text(words.replace("{these}", these)).bindparams(*days, *instants)


def _there(session: Session, company: int, source: Source, start: date, end: date) -> Iterable[str]:
    posting = table_of(PostingRow)
    mine = (posting.c.company == company, posting.c.source == str(source), posting.c.day.between(start, end))
    return session.scalars(select(posting.c.document).where(*mine).distinct())


def _closed(session: Session, company: int) -> date:
    """The last day that any system, or a sign-off, says is closed."""
    closing, signed = table_of(ClosingDayRow), table_of(SignOffRow)
    found = (
        session.scalar(select(func.max(closing.c.day)).where(closing.c.company == company)),
        session.scalar(select(func.max(signed.c.end)).where(signed.c.company == company)),
    )
    return max((day for day in found if day is not None), default=date.min)
