"""Reads the open documents of either system on a day: Cin7's from its ledger, QuickBooks' from documents and links."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_tables import DOCUMENT, LINE, POSTING, AnyRow, among
from reports.open_items import Balance, OpenDocument, OpenItems, open_items
from sync.domain.accounts import Source

_KINDS = {"receivables": ("Sale",), "payables": ("Purchase",)}
# What QBO's own documents post on the control, as a sign of what is owed (Intuit docs: transaction entities).
_SIGNS = {
    "receivables": {"Invoice": 1, "CreditMemo": -1, "Payment": -1},
    "payables": {"Bill": 1, "VendorCredit": -1, "BillPayment": -1},
}
_SETTLING = ("Payment", "BillPayment")

_Key = tuple[str, str]  # number and party, or kind and id
# Parts of the sync, beside the ledgers, that the answer stands on.
PARTS = {
    "receivables": ((Source.CIN7, "sales"), (Source.QBO, "invoices"), (Source.QBO, "payments")),
    "payables": ((Source.CIN7, "purchases"), (Source.QBO, "bills"), (Source.QBO, "bill_payments")),
}


def open_on(session: Session, books: Books, side: str, at: date) -> OpenItems:
    """What is open on `at` (company-local, the end of the day), receivables or payables, on both sides."""
    left = _cin7(session, books, side, at)
    right = _qbo(session, books, side, at)
    return open_items(
        side,
        at,
        books.currency,
        [*left, *right],
        Balance(_held(session, books, Source.CIN7, side, at), _held(session, books, Source.QBO, side, at)),
        as_of=books.as_of,
        incomplete=books.incomplete,
    )


def _inside(books: Books, source: Source, side: str) -> tuple[Any, ...]:
    return (
        POSTING.c.company == books.company.id,
        POSTING.c.source == source.value,
        POSTING.c.account.in_(books.map.accounts(source, side)),
    )


def _held(session: Session, books: Books, source: Source, side: str, at: date) -> int | None:
    if source in books.unsynced:
        return None
    total = session.scalar(select(func.sum(POSTING.c.amount)).where(*_inside(books, source, side), POSTING.c.day <= at))
    return books.map.sign(side) * int(total or 0)


def _cin7(session: Session, books: Books, side: str, at: date) -> list[OpenDocument]:
    """What Cin7's ledger leaves open per invoice (the first number of the reference) and party, base currency exact."""
    grouped, sign = (POSTING.c.number, POSTING.c.name), books.map.sign(side)
    billed = func.sum(case((POSTING.c.amount * sign > 0, POSTING.c.amount), else_=0))
    rows = session.execute(
        select(*grouped, func.sum(POSTING.c.amount), func.min(POSTING.c.day), func.min(POSTING.c.document), billed)
        .where(*_inside(books, Source.CIN7, side), POSTING.c.day <= at)
        .group_by(*grouped)
    )
    families: defaultdict[_Key, list[AnyRow]] = defaultdict(list)
    for row in rows:
        first = row.number.partition("/")[0].strip() if side == "receivables" else row.number.strip()
        families[first, row.name].append(row)
    owed = {key: sign * sum(int(row[2]) for row in some) for key, some in families.items()}
    _apply_credits(session, books, side, owed)
    headers = _headers(session, books, side, {number for (number, _), amount in owed.items() if amount})
    moved = _moved_later(session, books, side, at)
    return [
        _family(books, side, key, families[key], amount, headers.get(key[0], ()), moved)
        for key, amount in sorted(owed.items())
        if amount
    ]


def _apply_credits(session: Session, books: Books, side: str, owed: dict[_Key, int]) -> None:
    """A credit note of a sale or purchase settles its invoices; the ledger has no row for that."""
    mine = (DOCUMENT.c.company == books.company.id, DOCUMENT.c.source == Source.CIN7.value)
    columns = (DOCUMENT.c.kind, DOCUMENT.c.id, DOCUMENT.c.invoice, DOCUMENT.c.credit, DOCUMENT.c.links)
    rows = session.execute(
        select(*columns).where(*mine, DOCUMENT.c.credit != "", DOCUMENT.c.deleted_at.is_(None))
    ).all()
    kinds = (*_KINDS[side], *(f"{kind}CreditNote" for kind in _KINDS[side]))
    invoices: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for note in _parts(row.credit) if row.kind in kinds else ():
            invoices[note] |= _parts(row.invoice)
    for number, name in sorted(owed):
        for invoice in sorted(invoices[number]) if number in invoices else ():
            credit, due = owed[number, name], owed.get((invoice, name), 0)
            if credit < 0 < due:
                taken = min(due, -credit)
                owed[invoice, name] = due - taken
                owed[number, name] = credit + taken


def _parts(text: str) -> set[str]:
    return {part.strip() for part in text.split(",") if part.strip()}


def _family(
    books: Books,
    side: str,
    key: _Key,
    rows: Iterable[AnyRow],
    base: int,
    headers: Iterable[AnyRow],
    moved: frozenset[str],
) -> OpenDocument:
    number, party = key
    some = list(rows)
    fitting = [row for row in headers if row.counterparty.casefold() == party.casefold()] or list(headers)
    header: AnyRow | None = fitting[0] if len(fitting) == 1 else None
    moved_since = bool(moved & {row.number for row in some})
    whole = base == books.map.sign(side) * sum(int(row[5]) for row in some)
    return OpenDocument(
        source=Source.CIN7,
        party=party,
        number=number,
        numbers=frozenset(part.strip() for row in some for part in row.number.split("/")) | {number},
        kind=header.kind if header else _KINDS[side][0],
        id=header.id if header else min(row[4] for row in some),
        currency=header.currency if header else "",
        amount=None
        if header is None
        else _in_currency(header, books.currency, number, base, whole=whole, moved_since=moved_since),
        base=base,
        day=min((row[3] for row in some), default=None),
        due=header.due if header else None,
    )


def _in_currency(
    header: AnyRow, base_currency: str, number: str, base: int, *, whole: bool, moved_since: bool
) -> int | None:
    """What is open in the document's own currency, None where list and ledger do not tell.

    A simple sale or purchase has one invoice, and its list row is that invoice's: nothing settled yet (`whole`), its
    total; nothing posted since, what is open now.
    """
    if header.currency == base_currency:
        return base
    if "type=simple" not in header.version.casefold() or header.invoice.strip() != number:
        return None
    if not moved_since:
        return None if header.balance is None else int(header.balance)
    return int(header.total) if whole and header.total is not None and not header.credit else None


def _headers(session: Session, books: Books, side: str, numbers: set[str]) -> dict[str, list[AnyRow]]:
    """Invoice number -> the sales or purchases that name it."""
    rows = session.execute(
        select(DOCUMENT).where(
            DOCUMENT.c.company == books.company.id,
            DOCUMENT.c.source == Source.CIN7.value,
            DOCUMENT.c.kind.in_(_KINDS[side]),
            DOCUMENT.c.deleted_at.is_(None),
            DOCUMENT.c.voided.is_(False),
        )
    )
    found: defaultdict[str, list[AnyRow]] = defaultdict(list)
    for row in rows:
        for part in _parts(row.invoice) & numbers:
            found[part].append(row)
    return found


def _moved_later(session: Session, books: Books, side: str, at: date) -> frozenset[str]:
    """References with postings after `at`: what their documents have open now is not what they had then."""
    later = select(POSTING.c.number).where(*_inside(books, Source.CIN7, side), POSTING.c.day > at)
    return frozenset(session.scalars(later.distinct()))


class _Open(NamedTuple):
    """A QuickBooks document on the control: what it posted, and what of it is open, in its own currency and in base."""

    row: AnyRow
    posted: int
    base: int


def _qbo(session: Session, books: Books, side: str, at: date) -> list[OpenDocument]:
    posted = _posted(session, books, side, at)
    headers = _documents(session, books, posted)
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
        .where(*_inside(books, Source.QBO, side), POSTING.c.day <= at)
        .group_by(*columns)
    )
    return {(kind, id_): books.map.sign(side) * int(total) for kind, id_, total in rows}


def _documents(session: Session, books: Books, posted: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], AnyRow]:
    """Headers of what posts on the control, and of payments of nothing, which settle an invoice by a credit."""
    mine = (
        DOCUMENT.c.company == books.company.id,
        DOCUMENT.c.source == Source.QBO.value,
        DOCUMENT.c.deleted_at.is_(None),
        DOCUMENT.c.voided.is_(False),
    )
    rows = session.execute(select(DOCUMENT).where(*mine, among(session, DOCUMENT.c.id, {id_ for _, id_ in posted})))
    found = {(row.kind, row.id): row for row in rows if (row.kind, row.id) in posted}
    nothing = select(DOCUMENT).where(*mine, DOCUMENT.c.kind.in_(_SETTLING), DOCUMENT.c.total == 0)
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
    share = Decimal(each.base) * amount / each.posted if each.posted else Decimal(0)
    return OpenDocument(
        source=Source.QBO,
        party=row.counterparty,
        number=row.number,
        numbers=frozenset({row.number}),
        kind=row.kind,
        id=row.id,
        currency=row.currency or books.currency,
        amount=amount,
        base=int(share.to_integral_value(ROUND_HALF_UP)),
        day=row.day,
        due=row.due,
    )


def _unknown(key: tuple[str, str], base: int, books: Books) -> OpenDocument:
    """A transaction that only QuickBooks' ledger tells of."""
    kind, id_ = key
    return OpenDocument(Source.QBO, "", "", frozenset(), kind, id_, books.currency, base, base)
