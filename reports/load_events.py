"""Reads both ledgers as rows for the tie-out, and what the headers say of the documents in them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from sys import intern  # words and numbers stand in many rows: of a million, one copy of each is kept
from typing import Any

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from reports.books import Books, Config
from reports.load_tables import DOCUMENT, LINE, MOVEMENT, POSTING, PRODUCT, AnyRow, among, streamed
from reports.memory import Former
from reports.reconcile.documents import Header, Legs, Slots, added, slots
from reports.reconcile.events import Cin7Row, QboRow, cin7_documents, own_number, qbo_documents
from reports.reconcile.match import Ledgers, match
from reports.reconcile.numbers import plain
from reports.reconcile.reach import Reach, reach
from reports.reconcile.roles import Ways, ways
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
# What a trade document joins with a bank account is a prepayment or deposit.
_TRADE = ("Sale", "Purchase")
_SALES = ("Sale", "SaleCreditNote")
NOTHING = Reach(frozenset(), frozenset())
_SOLD = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
_MARGIN = 62  # days around the period in which counterparts are looked for without being named


def ledgers(session: Session, books: Books, config: Config, margin: int = _MARGIN) -> Ledgers:
    """The documents of both cached ledgers that the tie-out of `books.period` must see.

    These are all of the period and `margin` days around it, and from outside whatever they name, are named by, or wait
    for: a document that was dated wrongly by a year is found by its number.
    """
    around = _around(books.period, margin)
    found = _ledgers(session, books, config, around)
    if (around.start, around.end) == (date.min, date.max):
        return found
    matched = match(found)
    more = reach(found, matched, books.period)
    numbers = more.cin7 | _apart(session, books, around)
    older = list(_cin7_rows(session, books, around, numbers, more.parties))
    theirs = more.qbo | {plain(own_number(row.reference, row.text)[0]) for row in older}
    other = list(_qbo_rows(session, books, around, _outside(session, books, around, theirs)))
    if not any((older, other, more.own, more.txns)):
        return replace(found, matched=matched)
    kept = replace(found, cin7=(), qbo=(), undone=(), quiet=())
    del found, matched  # a million postings are not kept twice: their rows are read again
    return _ledgers(session, books, config, around, (older, other), more, kept)


def _around(period: Period, margin: int) -> Period:
    first = period.start.toordinal() - margin
    last = period.end.toordinal() + margin
    return Period(date.fromordinal(max(first, 1)), date.fromordinal(min(last, date.max.toordinal())))


def _ledgers(
    session: Session,
    books: Books,
    config: Config,
    around: Period,
    further: tuple[Sequence[Cin7Row], Sequence[QboRow]] = ((), ()),
    more: Reach = NOTHING,
    before: Ledgers | None = None,
) -> Ledgers:
    """`further`: rows of other days; `more`: documents without counterpart, of which headers of any day and the words
    of lines are wanted too; `before`: what was made of the days around alone, whose headers are not read twice.
    """
    found, company = slots(books.map), books.company.id
    own = dict(before.cin7_headers) if before else _by_key(_headers(session, company, Source.CIN7, around))
    own |= _by_key(_named_headers(session, company, more.own))
    cin7 = chain(_cin7_rows(session, books, around), further[0])
    events, undone = cin7_documents(cin7, found, _ways(session, books), _also(session, company, own))
    heard, quiet = qbo_documents(chain(_qbo_rows(session, books, around), further[1]), found)
    headers = dict(before.headers) if before else _by_key(_headers(session, company, Source.QBO, around))
    linked = {id_ for header in headers.values() for _, id_ in header.links}
    lacking = (linked | {doc.id for doc in heard}) - {id_ for _, id_ in headers}
    headers |= _by_key(_headers(session, company, Source.QBO, around, lacking))
    tracked = before.tracked if before else _tracked(session, company)
    said = _texts(session, company, headers.values(), more.txns)
    for txn in heard:
        if (txn.kind, txn.id) in said:
            txn.texts = tuple(sorted({*txn.texts, *said[txn.kind, txn.id]}))
    return Ledgers(
        slots=found,
        cin7=tuple(events),
        qbo=tuple(heard),
        quiet=tuple(quiet),
        undone=tuple(undone),
        headers=headers,
        channels=_channels(own.values()),
        cin7_headers=own,
        texts=said,
        changes=before.changes if before else _changes(session, company),
        tracked=tracked,
        costed=before.costed if before else _costed(session, books, tracked),
        patterns=config.patterns,
        sales_elsewhere=config.sales_elsewhere,
    )


def _by_key(headers: Iterable[Header]) -> dict[tuple[str, str], Header]:
    return {(header.kind, header.id): header for header in headers}


def _cin7_rows(
    session: Session,
    books: Books,
    around: Period,
    numbers: Collection[str] | None = None,
    parties: Collection[str] = (),
) -> Iterator[Cin7Row]:
    """Cin7's rows are balanced pairs: the side above zero tells them whole.

    `numbers`: instead the rows of other days with these document numbers, and the trade with these `parties`.
    """
    c = POSTING.c
    query = select(c.document, c.kind, c.number, c.memo, c.name, c.day, c.account, c.counter, c.amount).where(
        c.company == books.company.id, c.source == Source.CIN7.value, c.amount > 0
    )
    if numbers is None:
        query = query.where(c.day.between(around.start, around.end))
    else:
        named = among(session, func.upper(c.number), _references(session, books, numbers))
        theirs = c.kind.in_(_TRADE) & among(session, c.name, parties) if parties else false()
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


def _apart(session: Session, books: Books, around: Period) -> set[str]:
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


def _qbo_rows(session: Session, books: Books, around: Period, ids: Collection[str] | None = None) -> Iterator[QboRow]:
    """What QuickBooks' transactions post, row by row. `ids`: those of other days with these ids."""
    c = POSTING.c
    query = select(c.document, c.kind, c.number, c.name, c.memo, c.day, c.account, c.amount)
    query = query.where(c.company == books.company.id, c.source == Source.QBO.value)
    if ids is None:
        query = query.where(c.day.between(around.start, around.end))
    else:
        query = query.where(_other_days(around), among(session, c.document, ids))
    for document, kind, number, name, memo, day, account, amount in streamed(session, query):
        yield QboRow(
            intern(document), intern(kind), intern(number), intern(name), intern(memo), day, intern(account), amount
        )


def _other_days(around: Period) -> ColumnElement[bool]:
    return (POSTING.c.day < around.start) | (POSTING.c.day > around.end)


def _outside(session: Session, books: Books, around: Period, numbers: Collection[str]) -> set[str]:
    """Ids of QuickBooks documents of other days with these numbers."""
    c = DOCUMENT.c
    rows = session.execute(
        select(c.id).where(
            c.company == books.company.id, c.source == Source.QBO.value, (c.day < around.start) | (c.day > around.end),
            among(session, func.upper(c.number), numbers),
        )
    )  # fmt: skip
    return {id_ for (id_,) in rows}


def _ways(session: Session, books: Books) -> Ways:
    accounts = [account for (source, _), account in books.accounts.items() if source is Source.CIN7]
    banks = [account.code for account in accounts if account.type.strip().upper() == "BANK"]
    c = POSTING.c
    joined = session.execute(
        select(c.counter)
        .distinct()
        .where(c.company == books.company.id, c.source == Source.CIN7.value, c.account.in_(banks), c.kind.in_(_TRADE))
    )
    return ways(accounts, books.map.cin7_control, (code for (code,) in joined))


def _headers(
    session: Session, company: int, source: Source, around: Period, ids: Collection[str] | None = None
) -> Iterator[Header]:
    """Headers of the days around, those without a day, and what is voided or deleted; or only those with these ids."""
    c = DOCUMENT.c
    query = select(*_HEADER).where(c.company == company, c.source == source.value)
    if ids is None:
        near = c.day.between(around.start, around.end)
        query = query.where(near | c.day.is_(None) | c.voided.is_(True) | c.deleted_at.is_not(None) | _unfinished())
    else:
        query = query.where(among(session, c.id, ids))
    for row in streamed(session, query.order_by(c.kind, c.id)):
        yield _header(row)


def _named_headers(session: Session, company: int, words: Collection[str]) -> Iterator[Header]:
    """Cin7's headers with one of these ids or plain numbers, of any day."""
    c = DOCUMENT.c
    columns = (c.id, func.upper(c.number), func.upper(c.invoice), func.upper(c.credit))
    for column in columns if words else ():
        query = select(*_HEADER).where(
            c.company == company, c.source == Source.CIN7.value, among(session, column, words)
        )
        for row in streamed(session, query.order_by(c.kind, c.id)):
            yield _header(row)


def _unfinished() -> ColumnElement[bool]:
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


def _also(session: Session, company: int, own: Mapping[tuple[str, str], Header]) -> dict[str, tuple[str, ...]]:
    """TaskID, or number in plain form -> further numbers of it.

    A shipment goes by its order's until it is invoiced. Where the ledger calls a purchase by its order, QuickBooks
    still calls it by the bill.
    """
    found: dict[str, tuple[str, ...]] = {}
    for header in own.values():
        if header.kind == "Purchase" and header.invoice:
            _further(found, plain(header.number), header.invoice)
        if header.kind == "Sale":
            for key in (header.id, plain(header.invoice), *(id_ for _, id_ in header.links)):
                _further(found, key, header.number)
    c = MOVEMENT.c
    moved = select(c.task, c.number).where(c.company == company, c.kind.like("Sale%"), c.task != "").distinct()
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


def _channels(own: Iterable[Header]) -> dict[str, str]:
    found: dict[str, str] = {}
    for header in own:
        if header.kind in _SALES and header.channel:
            words = (header.id, *map(plain, (header.number, header.invoice, header.credit)))
            found |= {word: header.channel for word in words if word}
    return found


def _texts(
    session: Session, company: int, headers: Iterable[Header], lone: Collection[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What the lines of transactions say that are voided or deleted, or have one of these ids."""
    gone = sorted({header.id for header in headers if header.voided or header.deleted_at} | {*lone})
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    c = LINE.c
    rows = session.execute(
        select(c.kind, c.id, c.description).where(
            c.company == company, c.source == Source.QBO.value, among(session, c.id, gone), c.description != ""
        )
    )
    for kind, id_, text in rows:
        found[kind, id_].add(text)
    return {key: tuple(sorted(texts)) for key, texts in found.items()}


def _changes(session: Session, company: int) -> frozenset[tuple[str, date]]:
    """(TaskID and order number, day) of the movements that Cin7 calls a change of cost (Cin7 docs: Movements, Type)."""
    c = MOVEMENT.c
    rows = session.execute(
        select(c.task, c.number, c.day).where(c.company == company, c.kind.like("%COGS Change%")).distinct()
    )
    return frozenset((word, day) for task, number, day in rows for word in (task, plain(number)))


def _tracked(session: Session, company: int) -> dict[str, tuple[str, ...]]:
    """QuickBooks sales document -> SKUs of Cin7's on its lines whose quantity QuickBooks tracks too."""
    line, item, own = LINE.c, PRODUCT.c, PRODUCT.alias().c
    known = select(own.sku).where(own.company == company, own.source == Source.CIN7.value, own.sku != "")
    rows = session.execute(
        select(line.id, line.sku, item.name)
        .join(PRODUCT, (item.company == line.company) & (item.source == line.source) & (item.id == line.item))
        .where(line.company == company, line.source == Source.QBO.value, item.tracks_quantity)
        .where(line.sku.in_(known), line.kind.in_(_SOLD))
        .distinct()
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for id_, sku, name in rows:
        found[id_].add(sku or name)
    return {id_: tuple(sorted(skus)) for id_, skus in found.items()}


def _costed(session: Session, books: Books, tracked: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """SKUs on those sales documents that post on cost or stock themselves, on whatever day."""
    c = POSTING.c
    accounts = [id_ for name in ("cogs", "inventory") for id_ in books.map.accounts(Source.QBO, name)]
    rows = session.execute(
        select(c.document).distinct().where(
            c.company == books.company.id, c.source == Source.QBO.value, c.kind.in_(_SOLD), c.account.in_(accounts),
            among(session, c.document, tracked),
        )
    ) if tracked else ()  # fmt: skip
    return frozenset(sku for (id_,) in rows for sku in tracked[id_])


def former_legs(
    found: Slots, former: Mapping[tuple[str, str], tuple[Former, ...]]
) -> dict[tuple[str, str], tuple[Legs, ...]]:
    """What QuickBooks documents posted when they were read before, by slot."""
    return {
        key: tuple(added((found.of(Source.QBO, a), amount) for a, amount in state.amounts.items()) for state in states)
        for key, states in former.items()
    }
