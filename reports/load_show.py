"""Reads one document from the cache: the headers that a number names on both sides, postings, lines and findings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_memory import remembered
from reports.load_show_family import Family, family_of, headers_of, variants
from reports.load_show_lines import MAIN_KINDS, items, parts
from reports.load_tables import DOCUMENT, LINE, POSTING, AnyRow, among
from reports.load_transaction import meant, transaction_id
from reports.reconcile.numbers import MOST_CHARACTERS, named, plain
from reports.show import Entry, Paper, Shown
from sync.domain.accounts import Source
from sync.errors import NotThere
from sync.store.unread import Key, refusals

_SETTLING = ("Payment", "BillPayment")
_CREDITS = ("CreditMemo", "VendorCredit")
# What links call transactions of another name (QBO docs: LinkedTxn, TxnType).
_ENTITIES = {"BillPaymentCheck": "BillPayment", "BillPaymentCreditCard": "BillPayment"}


def shown(session: Session, books: Books, words: str) -> Shown:
    """Both sides of the document that `words` numbers (an order, invoice, credit note, task, QuickBooks
    number, or transaction id).

    Raises NotThere where nothing bears that number.
    """
    company = books.company.id
    number = meant(session, company, " ".join(words.split()))
    headers = headers_of(session, company, number)
    family = family_of(session, company, number, headers)
    left = _cin7_entries(session, company, family)
    right = _qbo_rows(session, company, family)
    refused = refusals(session, company)
    papers = [_paper(row, refused) for row in (*headers, *right)]
    if not left and not headers and (settled := _settled(session, company, number, right)):
        return replace(shown(session, books, settled), number=number)
    if not papers and not left:
        raise NotThere(f"No document has the number {number}. Use one of Cin7's or QuickBooks', like INV-00012.")
    entries = [*left, *_qbo_entries(session, company, [row for row in right if not row.deleted_at])]
    main = _main(papers, left, number)
    keys = {paper.id for paper in papers} | {entry.document for entry in entries} | set(family.cin7)
    return Shown(
        number=_own(number, family),
        books=books,
        main=main,
        papers=tuple(sorted(papers, key=lambda p: (p.source.value, str(p.day or ""), p.kind, p.id))),
        entries=tuple(sorted(entries)),
        items=items(session, company, headers, right, number),
        parts=parts(session, company, headers),
        findings=tuple(
            each
            for each in remembered(session, company)
            if keys & {d.task_id for d in each.finding.cin7} or keys & {d.id for d in each.finding.qbo}
        ),
        transaction_id=transaction_id(session, company, main),
    )


def _settled(session: Session, company: int, number: str, rows: Iterable[AnyRow]) -> str:
    """The number of the first document that a QuickBooks payment settles: Cin7 keeps payments under that."""
    own = [row for row in rows if plain(row.number) == plain(number)]
    ids = {id_ for row in own for _, id_ in json.loads(row.links)}
    if not ids or any(row.kind not in _SETTLING for row in own):
        return ""
    mine = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.QBO.value, DOCUMENT.c.number != "")
    found = select(DOCUMENT.c.number).where(*mine, DOCUMENT.c.kind.in_(("Invoice", "Bill")), DOCUMENT.c.id.in_(ids))
    return session.scalar(found.order_by(DOCUMENT.c.number).limit(1)) or ""


def _own(number: str, family: Family) -> str:
    """The number as its document writes it, whatever case was typed."""
    return next((each for each in sorted(family.numbers) if plain(each) == plain(number)), number)


def _cin7_entries(session: Session, company: int, family: Family) -> list[Entry]:
    """Postings by TaskID of the document or a part of it, or by a reference that names one of its numbers."""
    mine = (POSTING.c.company == company, POSTING.c.source == Source.CIN7.value)
    by_number = [
        test
        for each in sorted(family.numbers)
        for test in (
            POSTING.c.number == each,
            POSTING.c.number.startswith(f"{each}/", autoescape=True),
            POSTING.c.number.endswith(f"/{each}", autoescape=True),
        )
    ]
    return _entries(session, Source.CIN7, *mine, or_(among(session, POSTING.c.document, family.cin7), *by_number))


def _qbo_entries(session: Session, company: int, rows: Collection[AnyRow]) -> list[Entry]:
    """Postings of these documents; of a payment that settles others too only the part that is theirs."""
    if not rows:
        return []
    ids = {row.id for row in rows}
    mine = (POSTING.c.company == company, POSTING.c.source == Source.QBO.value)
    parts = {(row.kind, row.id): _part(session, company, row, ids) for row in rows if row.kind in _SETTLING}
    return [
        replace(entry, amount=_scaled(entry.amount, parts.get((entry.kind, entry.document))))
        for entry in _entries(session, Source.QBO, *mine, among(session, POSTING.c.document, ids))
    ]


def _part(session: Session, company: int, row: AnyRow, ids: Collection[str]) -> tuple[int, int] | None:
    """(what a payment settles of these documents, its total), None where it settles no others."""
    minus = {id_ for kind, id_ in json.loads(row.links) if kind in _CREDITS}
    lines = session.execute(
        select(LINE.c.document, LINE.c.amount).where(
            LINE.c.company == company,
            LINE.c.source == Source.QBO.value,
            LINE.c.kind == row.kind,
            LINE.c.id == row.id,
            LINE.c.document != "",
        )
    ).all()
    if not row.total or all(line.document in ids for line in lines):
        return None
    settled = sum((-1 if d in minus else 1) * (amount or 0) for d, amount in lines if d in ids)
    return settled, row.total


def _scaled(amount: int, part: tuple[int, int] | None) -> int:
    if part is None:
        return amount
    return int((Decimal(amount) * part[0] / part[1]).to_integral_value(ROUND_HALF_UP))


def _entries(session: Session, source: Source, *where: ColumnElement[bool]) -> list[Entry]:
    columns = [POSTING.c[name] for name in ("day", "kind", "document", "number", "account")]
    summed = select(*columns, func.sum(POSTING.c.amount)).where(*where).group_by(*columns)
    return [Entry(source, *row[:5], int(row[5])) for row in session.execute(summed) if row[5]]


def _qbo_rows(session: Session, company: int, family: Family) -> list[AnyRow]:
    """QuickBooks' documents that bear one of the numbers, name one in memo or lines, or settle such a document."""
    ours = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.QBO.value)
    known = {plain(each) for each in family.numbers} | {plain(each)[:MOST_CHARACTERS] for each in family.numbers}
    tests = [test for each in sorted(family.numbers) for test in _holding(each)]
    rows = {(row.kind, row.id): row for row in session.execute(select(DOCUMENT).where(*ours, or_(*tests)))}
    found = {key: row for key, row in rows.items() if _names(row, known)}
    by_line = select(LINE.c.kind, LINE.c.id, LINE.c.description).where(
        LINE.c.company == company,
        LINE.c.source == Source.QBO.value,
        or_(*(LINE.c.description.contains(each, autoescape=True) for each in sorted(family.numbers))),
    )
    keys = {(kind, id_) for kind, id_, text in session.execute(by_line) if named(text, known)} - found.keys()
    own = [link for row in found.values() if plain(row.number) in known for link in json.loads(row.links)]
    keys |= {(_ENTITIES.get(kind, kind), id_) for kind, id_ in own}
    lost = {id_ for _, id_ in keys}
    for row in session.execute(select(DOCUMENT).where(*ours, among(session, DOCUMENT.c.id, lost))) if lost else ():
        if (row.kind, row.id) in keys:
            found.setdefault((row.kind, row.id), row)
    return list(found.values())


def _holding(number: str) -> list[ColumnElement[bool]]:
    cut = number[:MOST_CHARACTERS]
    return [
        DOCUMENT.c.number.in_(variants(number) | variants(cut)),
        DOCUMENT.c.number.contains(number, autoescape=True),
        DOCUMENT.c.memo.contains(number, autoescape=True),
    ]


def _names(row: AnyRow, known: Collection[str]) -> bool:
    return bool(plain(row.number) in known or named(row.number, known) or named(row.memo, known))


_COLUMNS = tuple(field.name for field in fields(Paper) if field.name not in ("source", "party", "refused"))


def _paper(row: AnyRow, refused: Mapping[Key, tuple[datetime, str]]) -> Paper:
    told: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    _, why = refused.get((row.kind, row.id), (None, ""))
    return Paper(source=Source(row.source), party=row.counterparty, refused=why, **told)


def _main(papers: Iterable[Paper], entries: Iterable[Entry], number: str) -> Paper:
    """The document itself: Cin7's sale or purchase, else its task, else QuickBooks' document, else bare postings."""
    kept = list(papers)

    def rank(paper: Paper) -> tuple[bool, bool, bool, str, str]:
        own = plain(number) in {plain(paper.number), plain(paper.invoice), plain(paper.credit)}
        return (paper.source is Source.QBO, paper.kind not in MAIN_KINDS, not own, str(paper.day or ""), paper.id)

    if kept:
        return min(kept, key=rank)
    first = min(entries)
    return Paper(first.source, first.kind, first.document, first.number, "", first.day, "", "", None, None, None)
