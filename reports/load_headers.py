"""Reads what the headers and lines of documents say of them for the tie-out, and by which numbers else they go."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from sys import intern
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from reports.load_tables import DOCUMENT, LINE, MOVEMENT, AnyRow, among, streamed
from reports.reconcile.documents import Header
from reports.reconcile.numbers import plain
from sync.domain.accounts import Source
from sync.domain.period import Period

# A header's columns in the order of Header's fields.
_HEADER = [
    DOCUMENT.c[name]
    for name in (
        "source", "kind", "id", "number", "status", "day", "invoice", "credit", "counterparty", "currency", "rate",
        "total", "tax", "channel", "memo", "created", "updated", "version", "voided", "links", "deleted_at", "due",
        "account",
    )
]  # fmt: skip
_LINKS = 19  # the place of its links, which are JSON
_SOURCES = {source.value: source for source in Source}
_SALES = ("Sale", "SaleCreditNote")

Headers: TypeAlias = dict[tuple[str, str], Header]  # by kind and id


def by_key(headers: Iterable[Header]) -> dict[tuple[str, str], Header]:
    return {(header.kind, header.id): header for header in headers}


def headers(
    session: Session,
    company: int,
    source: Source,
    around: Period,
    ids: Collection[str] | None = None,
    *,
    where: ColumnElement[bool] | None = None,
) -> Iterator[Header]:
    """Headers of the days around, those without a day, and what is voided or deleted; or only those with these ids.

    `where`: of those in the days around only these.
    """
    c = DOCUMENT.c
    query = select(*_HEADER).where(c.company == company, c.source == source.value)
    if ids is None:
        near = and_(c.day.between(around.start, around.end), *([] if where is None else [where]))
        query = query.where(near | c.day.is_(None) | c.voided.is_(True) | c.deleted_at.is_not(None) | unfinished())
    else:
        query = query.where(among(session, c.id, ids))
    for row in streamed(session, query.order_by(c.kind, c.id)):
        yield _header(row)


def headers_of(
    session: Session, company: int, source: Source, kinds: Mapping[str, Collection[str]]
) -> Iterator[Header]:
    """Headers by kind and id, of any day."""
    c = DOCUMENT.c
    for kind, ids in sorted(kinds.items()):
        query = select(*_HEADER).where(c.company == company, c.source == source.value, c.kind == kind)
        for row in streamed(session, query.where(among(session, c.id, ids)).order_by(c.id)):
            yield _header(row)


def named_headers(session: Session, company: int, words: Collection[str]) -> Iterator[Header]:
    """Cin7's headers with one of these ids or plain numbers, of any day."""
    c = DOCUMENT.c
    columns = (c.id, func.upper(c.number), func.upper(c.invoice), func.upper(c.credit))
    for column in columns if words else ():
        query = select(*_HEADER).where(
            c.company == company, c.source == Source.CIN7.value, among(session, column, words)
        )
        for row in streamed(session, query.order_by(c.kind, c.id)):
            yield _header(row)


def called(session: Session, company: int, numbers: Collection[str]) -> Iterator[Header]:
    """QuickBooks' headers with one of these plain numbers, of any day."""
    c = DOCUMENT.c
    query = select(*_HEADER).where(c.company == company, c.source == Source.QBO.value)
    if numbers:
        for row in streamed(session, query.where(among(session, func.upper(c.number), numbers)).order_by(c.kind, c.id)):
            yield _header(row)


def unfinished() -> ColumnElement[bool]:
    """Cin7's sales and purchases of any day whose statuses say that something of them is still to come."""
    version = func.upper(DOCUMENT.c.version)
    return version.like("%=NOT %") | version.like("%=PARTIALLY%") | DOCUMENT.c.kind.like("Purchase%")


def _header(row: AnyRow) -> Header:
    """A row of _HEADER."""
    links = row[_LINKS]
    told = tuple((kind, id_) for kind, id_ in json.loads(links)) if links != "[]" else ()
    made: list[Any] = [intern(each) if type(each) is str else each for each in row]
    made[0], made[_LINKS] = _SOURCES[row[0]], told
    return Header(*made)


def also(
    session: Session, company: int, own: Mapping[tuple[str, str], Header], tasks: Collection[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """TaskID, or number in plain form -> further numbers of it.

    A shipment goes by its order's until it is invoiced. Where the ledger calls a purchase by its order, QuickBooks
    still calls it by the bill. `tasks`: those that are asked for, where not all are.
    """
    found: dict[str, tuple[str, ...]] = {}
    for header in own.values():
        if header.kind == "Purchase" and header.invoice:
            _further(found, plain(header.number), header.invoice)
        if header.kind == "Sale":
            for key in (header.id, plain(header.invoice), *(id_ for _, id_ in header.links)):
                _further(found, key, header.number)
    if tasks is not None and not tasks:
        return found
    c = MOVEMENT.c
    moved = select(c.task, c.number).where(c.company == company, c.kind.like("Sale%"), c.task != "").distinct()
    moved = moved if tasks is None else moved.where(among(session, c.task, tasks))
    for task, number in streamed(session, moved):
        _further(found, task, intern(number))
    found.pop("", None)
    return found


def _further(found: dict[str, tuple[str, ...]], key: str, number: str) -> None:
    before = found.get(key)
    if before is None:
        found[key] = (number,)
    elif number not in before:
        found[key] = tuple(sorted((*before, number)))


def channels(own: Iterable[Header]) -> dict[str, str]:
    found: dict[str, str] = {}
    for header in own:
        if header.kind in _SALES and header.channel:
            words = (header.id, *map(plain, (header.number, header.invoice, header.credit)))
            found |= {word: header.channel for word in words if word}
    return found


def texts(
    session: Session, company: int, headers: Iterable[Header], lone: Collection[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What the lines of transactions say that are voided or deleted, or have one of these ids."""
    gone = sorted({header.id for header in headers if header.voided or header.deleted_at} | {*lone})
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    c = LINE.c
    query = select(c.kind, c.id, c.description).where(
        c.company == company, c.source == Source.QBO.value, among(session, c.id, gone), c.description != ""
    )
    rows = session.execute(query) if gone else ()
    for kind, id_, text in rows:
        found[kind, id_].add(text)
    return {key: tuple(sorted(texts)) for key, texts in found.items()}
