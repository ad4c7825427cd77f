"""Reads the rows of both ledgers for the tie-out: those of the days around a period, and named ones of other days."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from sys import intern  # words and numbers stand in many rows: of a million, one copy of each is kept

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_tables import DOCUMENT, POSTING, among, streamed
from reports.reconcile.events import Cin7Row, QboRow
from reports.reconcile.numbers import plain
from sync.domain.accounts import Source
from sync.domain.period import Period

TRADE = ("Sale", "Purchase")
_SALES = ("Sale", "SaleCreditNote")


def cin7_rows(
    session: Session,
    books: Books,
    around: Period,
    numbers: Collection[str] | None = None,
    parties: Collection[str] = (),
    *,
    where: ColumnElement[bool] | None = None,
) -> Iterator[Cin7Row]:
    """Cin7's rows are balanced pairs: the side above zero tells them whole.

    `numbers`: instead the rows of other days with these document numbers, and the trade with these `parties`. `where`:
    of the days around only these.
    """
    c = POSTING.c
    query = select(c.document, c.kind, c.number, c.memo, c.name, c.day, c.account, c.counter, c.amount).where(
        c.company == books.company.id, c.source == Source.CIN7.value, c.amount > 0
    )
    if numbers is None:
        query = query.where(c.day.between(around.start, around.end), *([] if where is None else [where]))
    else:
        named = among(session, func.upper(c.number), _references(session, books, numbers))
        theirs = c.kind.in_(TRADE) & among(session, c.name, parties) if parties else false()
        query = query.where(_other_days(around), named | theirs)
    for document, kind, number, memo, name, day, account, counter, amount in streamed(session, query):
        yield Cin7Row(
            document,
            intern(kind),
            intern(number),
            intern(memo),
            intern(name),
            day,
            intern(account),
            intern(counter),
            amount,
        )


def halves(session: Session, books: Books, around: Period) -> set[str]:
    """Numbers of sales of which one half lies before these days and the cost, or all else, after them."""
    c = POSTING.c
    sales = select(func.upper(c.number)).where(
        c.company == books.company.id, c.source == Source.CIN7.value, c.kind == "Sale", c.number != ""
    )
    cost = sales.where(c.account.in_(books.map.accounts(Source.CIN7, "cogs")))
    before, after = c.day < around.start, c.day > around.end
    pairs = ((cost.where(after), sales.where(before)), (cost.where(before), sales.where(after)))
    return {number for one, other in pairs for (number,) in session.execute(one.intersect(other))}


def _references(session: Session, books: Books, numbers: Collection[str]) -> set[str]:
    """The numbers, and what the ledger writes for an invoice that was credited: "INV-00004/CR-00002"."""
    c = DOCUMENT.c
    rows = session.execute(
        select(c.invoice, c.credit).where(
            c.company == books.company.id, c.source == Source.CIN7.value, c.kind.in_(_SALES), c.credit != "",
            among(session, func.upper(c.invoice), numbers),
        )
    )  # fmt: skip
    return {*numbers, *(plain(f"{invoice}/{credit}") for invoice, credit in rows)}


def qbo_rows(
    session: Session,
    books: Books,
    around: Period,
    ids: Collection[str] | None = None,
    *,
    where: ColumnElement[bool] | None = None,
) -> Iterator[QboRow]:
    """What QuickBooks' transactions post, row by row.

    `ids`: those of other days with these ids; `where`: of the days around only these.
    """
    c = POSTING.c
    query = select(c.document, c.kind, c.number, c.name, c.memo, c.day, c.account, c.amount)
    query = query.where(c.company == books.company.id, c.source == Source.QBO.value)
    if ids is None:
        query = query.where(c.day.between(around.start, around.end), *([] if where is None else [where]))
    else:
        query = query.where(_other_days(around), among(session, c.document, ids))
    for document, kind, number, name, memo, day, account, amount in streamed(session, query):
        yield QboRow(
            intern(document), intern(kind), intern(number), intern(name), intern(memo), day, intern(account), amount
        )


def _other_days(around: Period) -> ColumnElement[bool]:
    return (POSTING.c.day < around.start) | (POSTING.c.day > around.end)


def outside(session: Session, books: Books, around: Period, numbers: Collection[str]) -> set[str]:
    """Ids of QuickBooks documents of other days with these numbers."""
    c = DOCUMENT.c
    rows = session.execute(
        select(c.id).where(
            c.company == books.company.id, c.source == Source.QBO.value, (c.day < around.start) | (c.day > around.end),
            among(session, func.upper(c.number), numbers),
        )
    )  # fmt: skip
    return {id_ for (id_,) in rows}
