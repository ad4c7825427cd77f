"""Reads the cache for a sync and for the plain answers: domain out, always in the same order."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, Table, collate, or_
from sqlmodel import Session, col, select

from sync.domain.accounts import Account, AccountClass, Source
from sync.domain.documents import Document, Line, Link
from sync.domain.period import Period
from sync.domain.stock import Location, Movement, Product, StockLevel
from sync.errors import NotSynced
from sync.store.run_tables import Figure, Learned
from sync.store.tables import (
    AccountRow,
    Company,
    DocumentRow,
    LineRow,
    LocationRow,
    MovementRow,
    PostingRow,
    ProductRow,
    StockRow,
)
from sync.store.upsert import batches, table_of

_BATCH = 500  # values of one IN list
_FEW = 40  # numbers that the database looks for itself; for more of them it is quicker to look at every number once


def company(session: Session, id_: int | None = None) -> Company:
    """The company with this id, or the newest one; NotSynced where there is none."""
    query = select(Company).order_by(col(Company.id).desc())
    found = session.exec(query if id_ is None else query.where(Company.id == id_)).first()
    if found is None:
        raise NotSynced
    return found


def local_day(of: Company, moment: datetime) -> date:
    """The calendar day of an aware instant in the company's time zone, in UTC while that is not known, or no zone."""
    try:
        zone: tzinfo = ZoneInfo(of.time_zone) if of.time_zone else UTC
    except (LookupError, ValueError, OSError):  # ZoneInfo: unknown, absolute or odd names, or the name of a folder
        zone = UTC
    return moment.astimezone(zone).date()


def accounts(session: Session, company: int, source: Source) -> list[Account]:
    """The chart of accounts of one system, by code."""
    return [_account(row) for row in _rows(session, table_of(AccountRow), company, source, "code")]


def products(session: Session, company: int, source: Source) -> list[Product]:
    """Cin7's products or QBO's items, by id."""
    rows = _rows(session, table_of(ProductRow), company, source, "id")
    return [Product(source, **_fields(Product, row, "source")) for row in rows]


def locations(session: Session, company: int) -> list[Location]:
    """Cin7's locations and bins, by id."""
    return [Location(**_fields(Location, row)) for row in _rows(session, table_of(LocationRow), company, None, "id")]


def stock(session: Session, company: int) -> list[StockLevel]:
    """Stock now, as it was last read; the figure of "availability" tells when."""
    rows = _rows(session, table_of(StockRow), company, None, "position")
    return [StockLevel(**_fields(StockLevel, row)) for row in rows]


def movements(session: Session, company: int, products: Iterable[str]) -> list[Movement]:
    """The cached stock movements of products (ids), by product."""
    table = table_of(MovementRow)
    found: list[Movement] = []
    for batch in batches(sorted(set(products)), _BATCH):
        rows = _rows(session, table, company, None, "product", "position", where=[table.c.product.in_(batch)])
        found += [Movement(**_fields(Movement, row)) for row in rows]
    return found


def documents(
    session: Session,
    company: int,
    source: Source,
    kinds: Collection[str] | None = None,
    period: Period | None = None,
    *,
    deleted: bool = False,
) -> Iterator[Document]:
    """Headers (without lines) by kind and id, of all kinds and days or of those given; deleted ones on request only."""
    table = table_of(DocumentRow)
    where = [] if deleted else [table.c.deleted_at.is_(None)]
    if kinds is not None:
        where.append(table.c.kind.in_(sorted(kinds)))
    if period is not None:
        where.append(table.c.day.between(period.start, period.end))
    for row in _rows(session, table, company, source, "kind", "id", where=where):
        links = tuple(Link(kind, id_) for kind, id_ in json.loads(row.links))
        yield Document(source, links=links, **_fields(Document, row, "source", "links", "lines"))


def document_lines(
    session: Session, company: int, source: Source, kind: str, ids: Iterable[str]
) -> dict[str, tuple[Line, ...]]:
    """The lines of documents by id, in their order; () where none are cached."""
    table = table_of(LineRow)
    asked = sorted(set(ids))
    found: dict[str, list[Line]] = defaultdict(list)
    for batch in batches(asked, _BATCH):
        where = [table.c.kind == kind, table.c.id.in_(batch)]
        for row in _rows(session, table, company, source, "id", "position", where=where):
            found[row.id].append(Line(**_fields(Line, row)))
    return {id_: tuple(found[id_]) for id_ in asked}


def learned(session: Session, company: int, source: Source, entity: str) -> dict[str, str]:
    """What was learnt of a feed: name of the fact -> value."""
    table = table_of(Learned)
    rows = _rows(session, table, company, source, "fact", where=[table.c.entity == entity])
    return {row.fact: row.value for row in rows}


def figures(session: Session, company: int) -> list[Figure]:
    """The age of each entity, by source and entity."""
    found = session.exec(select(Figure).where(Figure.company == company), execution_options={"populate_existing": True})
    return sorted(found, key=lambda figure: (figure.source, figure.entity))


def known_ids(session: Session, company: int, source: Source, kind: str) -> Iterator[str]:
    """Ids of the cached documents of a kind that are not deleted, as they are read."""
    table = table_of(DocumentRow)
    where = (table.c.company == company, table.c.source == str(source), table.c.kind == kind)
    query = _only(table, "id").where(*where, table.c.deleted_at.is_(None))
    yield from session.execute(query, execution_options={"yield_per": 5_000}).scalars()


def posting_days(
    session: Session, company: int, source: Source, documents: Collection[str], numbers: Collection[str]
) -> set[date]:
    """Days with cached postings of these documents: by document id, or by a number that stands in the posting's.

    A number stands in a longer text where no letter or digit adjoins it: INV-1 in "INV-1/CR-2", not in "INV-10".
    """
    table = table_of(PostingRow)
    mine = (table.c.company == company, table.c.source == str(source))
    days: set[date] = set()
    for batch in batches(sorted(set(documents)), _BATCH):
        days.update(session.execute(_only(table, "day").where(*mine, table.c.document.in_(batch)).distinct()).scalars())
    asked = {number for number in numbers if number}
    if not asked:
        return days
    query = table.select().with_only_columns(table.c.number, table.c.day).where(*mine).distinct()
    if len(asked) <= _FEW:
        query = query.where(or_(*(table.c.number.contains(number, autoescape=True) for number in sorted(asked))))
    for number, day in session.execute(query, execution_options={"yield_per": 5_000}):
        if day not in days and not asked.isdisjoint(_parts(number)):
            days.add(day)
    return days


_WORD = re.compile(r"[^\W_]+")


def _parts(number: str) -> Iterator[str]:
    """Every stretch of a reference that begins and ends at the border of a word."""
    yield number
    words = [(match.start(), match.end()) for match in _WORD.finditer(number)]
    for n, (start, _) in enumerate(words):
        for _, end in words[n:]:
            yield number[start:end]


def _rows(
    session: Session,
    table: Table,
    company: int,
    source: Source | None,
    *order: str,
    where: Iterable[ColumnElement[bool]] = (),
) -> Iterator[Row[Any]]:
    query = table.select().where(table.c.company == company, *where)
    if source is not None:
        query = query.where(table.c.source == str(source))
    query = query.order_by(*(_plain(session, table.c[name]) for name in order))
    # Closed even where the reader stops early: on PostgreSQL it is a cursor of the server.
    with session.execute(query, execution_options={"yield_per": 1_000}) as found:
        yield from found


def _plain(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """PostgreSQL sorts text by its locale; both databases are to answer in one order."""
    is_text = column.type.python_type is str
    return collate(column, "C") if is_text and session.get_bind().dialect.name == "postgresql" else column


def _only(table: Table, column: str) -> Select[Any]:
    return table.select().with_only_columns(table.c[column])


def _fields(kind: type[Any], row: Row[Any], *but: str) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(kind) if field.name not in but}


def _account(row: Row[Any]) -> Account:
    known = row.klass if row.klass in {klass.value for klass in AccountClass} else ""
    plain = _fields(Account, row, "source", "klass")
    return Account(Source(row.source), klass=AccountClass(known), **plain)
