"""Which of Cin7's documents were not read in detail yet: people asked for them, findings name them, or they are new."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from sync.domain.accounts import Source
from sync.domain.documents import READ_WHOLE
from sync.domain.period import Period
from sync.store.feeds import chunked
from sync.store.memory_tables import FindingRow
from sync.store.run_tables import Learned
from sync.store.tables import DocumentRow, MovementRow
from sync.store.upsert import table_of, upsert

_DOCUMENT, _FINDING = table_of(DocumentRow), table_of(FindingRow)
_LEARNED, _MOVEMENT = table_of(Learned), table_of(MovementRow)
# Kept among what was learnt: how often a document was asked for, and when Cin7 did not give it, and why.
_OURS, _WISH, _REFUSED = "tieout", "wish", "refused"
_NOTES = ("SaleCreditNote", "PurchaseCreditNote")  # read with the sale or purchase whose id theirs begins with

Key = tuple[str, str]  # kind, id


@dataclass(frozen=True, slots=True)
class Unread:
    """One of them: how often people asked for it, and whether it stands in an open finding."""

    kind: str
    id: str
    day: date | None = None
    times: int = 0
    found: bool = False

    @property
    def key(self) -> Key:
        return self.kind, self.id


def wish(session: Session, company: int, documents: Iterable[Key]) -> None:
    """Notes that these documents were asked for once more; the next sync reads them before others."""
    before = _learned(session, company, _WISH)
    upsert(session, Learned, [_note(company, _WISH, key, str(int(before.get(key, "0")) + 1)) for key in set(documents)])


def note_refusal(session: Session, company: int, document: Key, reason: str, at: datetime) -> None:
    """Notes that Cin7 did not give this document's detail, and why."""
    upsert(session, Learned, [_note(company, _REFUSED, document, f"{at.isoformat()} {reason}")])


def forget(session: Session, company: int, document: Key) -> None:
    """The document was read: nobody waits for it any more."""
    mine = (_LEARNED.c.company == company, _LEARNED.c.source == _OURS, _LEARNED.c.entity.in_((_WISH, _REFUSED)))
    session.execute(delete(_LEARNED).where(*mine, _LEARNED.c.fact == " ".join(document)))


def refusals(session: AnySession, company: int) -> dict[Key, tuple[datetime, str]]:
    """The documents whose detail Cin7 did not give when it was asked last: when that was, and why."""
    told = {key: text.partition(" ") for key, text in _learned(session, company, _REFUSED).items()}
    return {key: (datetime.fromisoformat(at), reason) for key, (at, _, reason) in told.items()}


def called_for(session: Session, company: int, kinds_of: Mapping[str, Collection[str]]) -> list[Unread]:
    """What people asked for and what open findings name, as far as it was not read.

    `kinds_of`: the word by which postings go -> the kinds of document that post so.
    """
    times = {key: int(count) for key, count in _learned(session, company, _WISH).items()}
    asked = _live(session, company, READ_WHOLE, {"id": {id_ for _, id_ in times}})
    days = {key: day for key, day in asked.items() if key in times}
    found: dict[Key, date | None] = {}
    for word, (ids, numbers) in _named(session, company).items():
        found |= _documents(session, company, kinds_of.get(word) or READ_WHOLE, ids, numbers)
    return [Unread(*key, day, times.get(key, 0), key in found) for key, day in (days | found).items()]


def sales(session: Session, company: int, limit: int, period: Period | None = None) -> list[Unread]:
    """Invoiced sales, newest first, whose lines no detail tells, nor a QuickBooks invoice of that number."""
    invoice = _DOCUMENT.alias()
    told = select(invoice.c.id).where(
        invoice.c.company == company,
        invoice.c.source == Source.QBO.value,
        # Not as a plain column: SQLite would look up by kind instead of by number, and read every invoice per sale.
        invoice.c.kind.concat("") == "Invoice",
        invoice.c.number == _DOCUMENT.c.invoice,
        invoice.c.deleted_at.is_(None),
    )
    inside = [] if period is None else [_DOCUMENT.c.day.between(period.start, period.end)]
    query = (
        select(_DOCUMENT.c.id, _DOCUMENT.c.day)
        .where(*_invoiced(company), _DOCUMENT.c.detail_at.is_(None), ~exists(told), *inside)
        .order_by(_DOCUMENT.c.day.desc(), _DOCUMENT.c.id)
        .limit(limit)
    )
    return [Unread("Sale", id_, day) for id_, day in session.execute(query)]


def every(session: Session, company: int, kinds: Collection[str]) -> list[Unread]:
    """All documents of these kinds; void ones need no detail."""
    c = _DOCUMENT.c
    live = (*_unread(company), c.kind.in_(sorted(kinds)), c.voided.is_(False))
    rows = session.execute(select(c.kind, c.id, c.day).where(*live))
    return [Unread(*row) for row in rows]


def changed_sales(session: Session, company: int, since: datetime | None) -> int:
    """Invoiced or shipped sales that changed after `since`: their cost by product is not known yet."""
    query = select(func.count()).where(*_invoiced(company))
    if since is not None:
        query = query.where(or_(_DOCUMENT.c.updated.is_(None), _DOCUMENT.c.updated > since))
    return int(session.execute(query).scalar_one())


def _learned(session: AnySession, company: int, entity: str) -> dict[Key, str]:
    c = _LEARNED.c
    rows = session.execute(select(c.fact, c.value).where(c.company == company, c.source == _OURS, c.entity == entity))
    return {(fact.partition(" ")[0], fact.partition(" ")[2]): value for fact, value in rows}


def _note(company: int, entity: str, document: Key, value: str) -> dict[str, object]:
    return {"company": company, "source": _OURS, "entity": entity, "fact": " ".join(document), "value": value}


def _named(session: Session, company: int) -> dict[str, tuple[set[str], set[str]]]:
    """Word of a posting -> the TaskIDs and the numbers by which open findings name documents that post so."""
    texts = session.execute(
        select(_FINDING.c.documents).where(_FINDING.c.company == company, _FINDING.c.resolved_at.is_(None))
    )
    found: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for text in texts.scalars():
        for task, number, word, *_ in json.loads(text).get("cin7", ()):
            ids, numbers = found[word]
            ids.add(task)
            numbers.add(number)
    return found


def _documents(
    session: Session, company: int, kinds: Collection[str], ids: set[str], numbers: set[str]
) -> dict[Key, date | None]:
    """The documents that have one of the ids or numbers, or a part that has it, as movements and credit notes tell."""
    c, move = _DOCUMENT.c, _MOVEMENT.c
    moved = select(move.number).where(move.company == company).distinct()
    notes = select(c.id).where(c.company == company, c.source == Source.CIN7.value, c.kind.concat("").in_(_NOTES))
    orders = {id_.partition("/")[0] for (id_,) in _among(session, notes, c.number, numbers)}
    words = numbers | {number for (number,) in _among(session, moved, move.task, ids)}
    by = {"id": ids | orders, "number": words, "invoice": words, "credit": words}
    return _live(session, company, [kind for kind in kinds if kind in READ_WHOLE], by)


def _live(
    session: Session, company: int, kinds: Collection[str], by: Mapping[str, Collection[str]]
) -> dict[Key, date | None]:
    """The unread documents of these kinds that have one of the values in one of the columns, with their days."""
    c = _DOCUMENT.c
    rows = (row for name, values in by.items() for row in _among(session, _by(name, company, kinds), c[name], values))
    return {(row.kind, row.id): row.day for row in rows}


def _by(column: str, company: int, kinds: Collection[str]) -> Select[Any]:
    """The unread documents of these kinds, to be looked up by a column."""
    c = _DOCUMENT.c
    # Not as a plain column: SQLite would look up by kind instead of by number, and read every document of the kind.
    kind = c.kind if column == "id" else c.kind.concat("")
    return select(c.kind, c.id, c.day).where(*_unread(company), kind.in_(sorted(kinds)))


def _among(
    session: Session, query: Select[Any], column: ColumnElement[str], values: Collection[str]
) -> Iterator[Row[Any]]:
    for some in chunked(sorted({*values} - {""})):
        yield from session.execute(query.where(column.in_(some)))


def _unread(company: int) -> tuple[ColumnElement[bool], ...]:
    c = _DOCUMENT.c
    mine = (c.company == company, c.source == Source.CIN7.value)
    return (*mine, c.detail_at.is_(None), c.deleted_at.is_(None))


def _invoiced(company: int) -> tuple[ColumnElement[bool], ...]:
    c = _DOCUMENT.c
    mine = (c.company == company, c.source == Source.CIN7.value, c.kind == "Sale")
    return (*mine, c.invoice != "", c.deleted_at.is_(None))
