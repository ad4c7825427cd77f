"""Reads the open documents of either system on a day; those of Cin7 from its ledger, invoice by invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_open_qbo import qbo
from reports.load_tables import DOCUMENT, POSTING, AnyRow
from reports.open_items import Balance, OpenDocument, OpenItems, open_items
from sync.domain.accounts import Source

_KINDS = {"receivables": ("Sale",), "payables": ("Purchase",)}
# Parts of the sync, beside the ledgers, that the answer stands on.
PARTS = {
    "receivables": ((Source.CIN7, "sales"), (Source.QBO, "invoices"), (Source.QBO, "payments")),
    "payables": ((Source.CIN7, "purchases"), (Source.QBO, "bills"), (Source.QBO, "bill_payments")),
}

_Key = tuple[str, str]  # number and party


def open_on(session: Session, books: Books, side: str, at: date) -> OpenItems:
    """What is open on `at` (company-local, the end of the day), receivables or payables, on both sides."""
    left = _cin7(session, books, side, at)
    right = qbo(session, books, side, at)
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
    families: Mapping[_Key, list[AnyRow]] = defaultdict(list)
    for row in rows:
        first = row.number.partition("/")[0].strip() if side == "receivables" else row.number.strip()
        families[first, row.name].append(row)
    owed = _owed(families, sign)
    headers = _headers(session, books, side, {number for (number, _), amount in owed.items() if amount})
    families = _of_one_document(side, families, headers, owed)
    owed = _owed(families, sign)
    _apply_credits(session, books, side, owed)
    moved, known = _moved_later(session, books, side, at), frozenset(number for number, _ in owed)
    return [
        _family(books, side, key, families[key], amount, headers.get(key[0], ()), moved, known)
        for key, amount in sorted(owed.items())
        if amount
    ]


def _owed(families: Mapping[_Key, list[AnyRow]], sign: int) -> dict[_Key, int]:
    return {key: sign * sum(int(row[2]) for row in some) for key, some in families.items()}


def _of_one_document(
    side: str, families: Mapping[_Key, list[AnyRow]], headers: Mapping[str, list[AnyRow]], owed: Mapping[_Key, int]
) -> defaultdict[_Key, list[AnyRow]]:
    """The families with those put together that are one document's, whatever the texts of its rows begin with.

    Which words Cin7 puts before the customer in a payment's text, and whether rows of a purchase bear the number of its
    bill or of its order, differs; the lists know the party, and the bill of an order that has one only.
    """
    found: defaultdict[_Key, list[AnyRow]] = defaultdict(list)
    for (number, name), rows in families.items():
        header = _header_of(side, number, name, rows, headers) if owed[number, name] else None
        invoices = _parts(header.invoice) if header is not None else set()
        if header is not None and number == header.number and len(invoices) == 1:
            (number,) = invoices
        found[number, name if header is None else header.counterparty] += rows
    return found


def _header_of(
    side: str, number: str, name: str, rows: Iterable[AnyRow], headers: Mapping[str, list[AnyRow]]
) -> AnyRow | None:
    """The sale or purchase of a family, None where none or several fit.

    Its party stands in the text; a freight forwarder's bill is in the supplier's purchase, and not the supplier's. Only
    invoices of sales, which Cin7 numbers itself, are told by their number alone.
    """
    some, ids = headers.get(number, []), {row[4] for row in rows}
    fitting = [header for header in some if header.counterparty and header.counterparty.casefold() in name.casefold()]
    own = [header for header in fitting if header.id in ids]
    chosen = own or fitting or (some if side == "receivables" else [])
    return chosen[0] if len(chosen) == 1 else None


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
    headers: Sequence[AnyRow],
    moved: frozenset[str],
    known: frozenset[str],
) -> OpenDocument:
    """One open document; where its rows bear an order's number, the bills of the order that are not `known` by
    themselves are its other names."""
    number, party = key
    some, named = list(rows), [row for row in headers if number in _parts(row.invoice)]
    fitting = [row for row in named if row.counterparty.casefold() == party.casefold()] or named
    header: AnyRow | None = fitting[0] if len(fitting) == 1 else None
    bills = {part for row in headers if row.number == number for part in _parts(row.invoice)} - known
    moved_since = bool(moved & {row.number for row in some})
    whole = base == books.map.sign(side) * sum(int(row[5]) for row in some)
    return OpenDocument(
        source=Source.CIN7,
        party=party,
        number=number,
        numbers=frozenset(part.strip() for row in some for part in row.number.split("/")) | {number} | bills,
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
    """Number of an invoice or order -> the sales or purchases of it, where one of their numbers is asked for."""
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
        own = {*_parts(row.invoice), row.number}
        for number in own if own & numbers else ():
            found[number].append(row)
    return found


def _moved_later(session: Session, books: Books, side: str, at: date) -> frozenset[str]:
    """References with postings after `at`: what their documents have open now is not what they had then."""
    later = select(POSTING.c.number).where(*_inside(books, Source.CIN7, side), POSTING.c.day > at)
    return frozenset(session.scalars(later.distinct()))
