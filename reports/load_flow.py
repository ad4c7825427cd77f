"""Reads what flows from Cin7 to QuickBooks lately: documents of each class by day, and how sales are posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_tables import DOCUMENT, POSTING
from reports.setup_facts import Flow, Style
from sync.domain.accounts import Source

_LOOKED_AT = timedelta(days=120)
_STYLE_DAYS = timedelta(days=60)
_NUMBER = 21  # characters that QuickBooks keeps of a number (Intuit docs: DocNumber)
_OWN = ("Invoice", "SalesReceipt")
_FEW = 20  # documents on a control's other accounts, from which a single one stands out
_YEAR = timedelta(days=365)

# Class of documents: the control that it moves, and whether by a debit (1) or a credit (-1).
_CLASSES = (
    ("sales invoices", "receivables", 1),
    ("customer payments and credits", "receivables", -1),
    ("costs of sales", "cogs", 1),
    ("goods receipts", "accrued_purchases", -1),
    ("bills", "payables", -1),
    ("supplier payments and credits", "payables", 1),
    ("stock adjustments", "inventory_adjustments", 1),
)


def flows(session: Session, books: Books) -> tuple[Flow, ...]:
    """The classes of documents that Cin7 posted in the last four months, with the days on either side."""
    found = []
    for name, control, way in _CLASSES:
        days: dict[Source, dict[date, int]] = {}
        amount: dict[date, int] = {}
        for source in Source:
            codes = books.map.accounts(source, control)
            rows = session.execute(
                select(POSTING.c.day, func.count(POSTING.c.document.distinct()), func.sum(POSTING.c.amount))
                .where(*_mine(books, source), POSTING.c.account.in_(codes), POSTING.c.amount * way > 0)
                .where(POSTING.c.day > books.today - _LOOKED_AT, POSTING.c.day <= books.today)
                .group_by(POSTING.c.day)
            ).all()
            days[source] = {day: int(count) for day, count, _ in rows}
            if source is Source.CIN7:
                amount = {day: int(total) for day, _, total in rows}
        if days[Source.CIN7]:
            found.append(Flow(name, days[Source.CIN7], days[Source.QBO], amount))
    return tuple(found)


def styles(session: Session, books: Books) -> tuple[Style, ...]:
    """Of each channel the sales invoiced in the last two months, and how many of them QuickBooks has one by one."""
    theirs = DOCUMENT.alias("theirs")
    same = (
        theirs.c.company == DOCUMENT.c.company,
        theirs.c.source == Source.QBO.value,
        theirs.c.number == func.substr(DOCUMENT.c.invoice, 1, _NUMBER),
        theirs.c.kind.in_(_OWN),
    )
    alone = select(theirs.c.id).where(*same).exists()
    told = select(DOCUMENT.c.channel, alone.label("alone"), func.count()).where(
        DOCUMENT.c.company == books.company.id,
        DOCUMENT.c.source == Source.CIN7.value,
        DOCUMENT.c.kind == "Sale",
        DOCUMENT.c.invoice != "",
        DOCUMENT.c.voided.is_(False),
        DOCUMENT.c.deleted_at.is_(None),
        DOCUMENT.c.day > books.today - _STYLE_DAYS,
    )
    counts: dict[str, list[int]] = {}
    for channel, here, count in session.execute(told.group_by(DOCUMENT.c.channel, alone)):
        one = counts.setdefault(channel, [0, 0])
        one[0] += int(count)
        one[1] += int(count) if here else 0
    return tuple(Style(channel, *counts[channel]) for channel in sorted(counts))


def revenue_journals(session: Session, books: Books) -> int:
    """How many journals stand on QuickBooks' revenue accounts in the last two months."""
    codes = books.map.accounts(Source.QBO, "revenue")
    journals = select(func.count(POSTING.c.document.distinct())).where(
        *_mine(books, Source.QBO),
        POSTING.c.account.in_(codes),
        POSTING.c.kind == "JournalEntry",
        POSTING.c.day > books.today - _STYLE_DAYS,
    )
    return int(session.scalar(journals) or 0)


def turnover(session: Session, books: Books) -> Mapping[str, int]:
    """Cin7 code -> the larger of debits and credits of the last twelve months on it."""
    codes = tuple(code for source, code in books.accounts if source is Source.CIN7)
    found: dict[str, int] = {}
    for way in (1, -1):
        rows = session.execute(
            select(POSTING.c.account, func.sum(POSTING.c.amount))
            .where(*_mine(books, Source.CIN7), POSTING.c.account.in_(codes), POSTING.c.amount * way > 0)
            .where(POSTING.c.day > books.today - _YEAR)
            .group_by(POSTING.c.account)
        )
        for code, total in rows:
            found[code] = max(found.get(code, 0), abs(int(total)))
    return found


def once(session: Session, books: Books) -> Mapping[str, str]:
    """Cin7 account -> the number of the one document that posted on it, where its control's other accounts got many."""
    found = {}
    for control in ("inventory", "cogs", "revenue"):
        codes = books.map.accounts(Source.CIN7, control)
        counts = {code: _documents(session, books, code) for code in codes}
        for code, numbers in counts.items():
            others = sum(len(some) for other, some in counts.items() if other != code)
            if len(numbers) == 1 and others >= _FEW:
                found[code] = next(iter(numbers))
    return found


def _documents(session: Session, books: Books, code: str) -> frozenset[str]:
    """Numbers of documents on an account; no more than tell one from many."""
    query = select(POSTING.c.number).where(*_mine(books, Source.CIN7), POSTING.c.account == code).distinct()
    return frozenset(session.scalars(query.limit(_FEW + 1)))


def _mine(books: Books, source: Source) -> Iterator[ColumnElement[bool]]:
    return iter((and_(POSTING.c.company == books.company.id, POSTING.c.source == source.value),))
