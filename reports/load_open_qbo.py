"""Reads QuickBooks' open documents on a day: each total less what payments and credits up to then took from it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_tables import DOCUMENT, LINE, POSTING, AnyRow, among
from reports.open_items import OpenDocument
from sync.domain.accounts import Source
from sync.domain.money import from_minor, to_minor

# What QBO's own documents post on the control, as a sign of what is owed (Intuit docs: transaction entities).
_SIGNS = {
    "receivables": {"Invoice": 1, "CreditMemo": -1, "Payment": -1},
    "payables": {"Bill": 1, "VendorCredit": -1, "BillPayment": -1},
}
_SETTLING = ("Payment", "BillPayment")

_Key = tuple[str, str]  # number and party, or kind and id


class _Open(NamedTuple):
    """A QuickBooks document on the control: what it posted, and what of it is open, in its own currency and in base."""

    row: AnyRow
    posted: int
    base: int


def qbo(session: Session, books: Books, side: str, at: date) -> list[OpenDocument]:
    """The documents on the receivables or payables accounts that are not settled at the end of the day `at`."""
    posted = _posted(session, books, side, at)
    headers = _documents(session, books, posted, at)
    lines = _lines(session, books, headers.values())
    found = {key: _Open(row, _own(side, row, lines[key], books), posted.get(key, 0)) for key, row in headers.items()}
    left = _settled(found, lines)
    told = [_document(books, found[key], amount) for key, amount in left.items() if amount]
    return told + [_unknown(key, base, books) for key, base in sorted(posted.items()) if key not in headers]


def _posted(session: Session, books: Books, side: str, at: date) -> dict[tuple[str, str], int]:
    """(kind, id) -> what it posts on the control up to `at`, base currency, in the side's direction."""
    columns = (POSTING.c.kind, POSTING.c.document)
    rows = session.execute(
        select(*columns, func.sum(POSTING.c.amount))
        .where(
            POSTING.c.company == books.company.id,
            POSTING.c.source == Source.QBO.value,
            POSTING.c.account.in_(books.map.accounts(Source.QBO, side)),
            POSTING.c.day <= at,
        )
        .group_by(*columns)
    )
    return {(kind, id_): books.map.sign(side) * int(total) for kind, id_, total in rows}


def _documents(
    session: Session, books: Books, posted: Mapping[tuple[str, str], int], at: date
) -> dict[tuple[str, str], AnyRow]:
    """Headers of what posts on the control, and of payments of nothing, which settle an invoice by a credit."""
    mine = (
        DOCUMENT.c.company == books.company.id,
        DOCUMENT.c.source == Source.QBO.value,
        DOCUMENT.c.deleted_at.is_(None),
        DOCUMENT.c.voided.is_(False),
    )
    rows = session.execute(select(DOCUMENT).where(*mine, among(session, DOCUMENT.c.id, {id_ for _, id_ in posted})))
    found = {(row.kind, row.id): row for row in rows if (row.kind, row.id) in posted}
    nothing = select(DOCUMENT).where(*mine, DOCUMENT.c.kind.in_(_SETTLING), DOCUMENT.c.total == 0, DOCUMENT.c.day <= at)
    ids = {id_ for _, id_ in posted}
    for row in session.execute(nothing):
        if any(id_ in ids for _, id_ in json.loads(row.links)):
            found[row.kind, row.id] = row
    return found


def _lines(session: Session, books: Books, rows: Iterable[AnyRow]) -> defaultdict[tuple[str, str], list[AnyRow]]:
    """The lines of documents that settle others, or whose money on the control stands in lines only."""
    wanted = {(row.kind, row.id) for row in rows if row.kind not in ("Invoice", "Bill", "CreditMemo", "VendorCredit")}
    found: defaultdict[tuple[str, str], list[AnyRow]] = defaultdict(list)
    if wanted:
        ids = {id_ for _, id_ in wanted}
        mine = (LINE.c.company == books.company.id, LINE.c.source == Source.QBO.value)
        for row in session.execute(select(LINE).where(*mine, among(session, LINE.c.id, ids))):
            if (row.kind, row.id) in wanted:
                found[row.kind, row.id].append(row)
    return found


def _own(side: str, row: AnyRow, lines: Iterable[AnyRow], books: Books) -> int:
    """What a document posts on the control in its own currency, in the side's direction."""
    sign = _SIGNS[side].get(row.kind)
    if sign is not None:
        return sign * int(row.total or 0)
    accounts = set(books.map.accounts(Source.QBO, side))
    debit = sum(_debit(row.kind, line) for line in lines if line.account in accounts)
    return books.map.sign(side) * debit


def _debit(kind: str, line: AnyRow) -> int:
    """A journal line says its side; a deposit credits its lines' accounts, an expense debits them."""
    amount = int(line.amount or 0)
    if line.debit is not None:
        return amount if line.debit else -amount
    return -amount if kind == "Deposit" else amount


def _settled(
    found: Mapping[tuple[str, str], _Open], lines: Mapping[tuple[str, str], list[AnyRow]]
) -> dict[tuple[str, str], int]:
    """What is open of each document, its own currency: a payment takes from what it settles, and is used up by it."""
    left = {key: each.posted for key, each in found.items()}
    by_id = {key[1]: key for key in found if key[0] not in _SETTLING}
    for key in sorted(found):
        if key[0] not in _SETTLING:
            continue
        for line in lines[key]:
            settled = by_id.get(line.document)
            if settled is not None:
                amount = int(line.amount or 0) * (1 if found[settled].posted > 0 else -1)
                left[settled] -= amount
                left[key] += amount
    return left


def _document(books: Books, each: _Open, amount: int) -> OpenDocument:
    row = each.row
    if each.posted:
        base = int((Decimal(each.base) * amount / each.posted).to_integral_value(ROUND_HALF_UP))
    else:
        # A payment of nothing posts nothing; where what it settled is gone, its rest counts at its own rate.
        base = to_minor(from_minor(amount, row.currency or books.currency) * (row.rate or 1), books.currency)
    return OpenDocument(
        source=Source.QBO,
        party=row.counterparty,
        number=row.number,
        numbers=frozenset({row.number}),
        kind=row.kind,
        id=row.id,
        currency=row.currency or books.currency,
        amount=amount,
        base=base,
        day=row.day,
        due=row.due,
    )


def _unknown(key: tuple[str, str], base: int, books: Books) -> OpenDocument:
    """A transaction that only QuickBooks' ledger tells of."""
    kind, id_ = key
    return OpenDocument(Source.QBO, "", "", frozenset(), kind, id_, books.currency, base, base)
