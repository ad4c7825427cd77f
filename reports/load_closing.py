"""Reads what the closing balances need: daily movements of every account since the books began, and stock's value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_age import LedgerWindow, windows
from reports.load_tables import POSTING, STOCK_DAY
from reports.reconcile.closing import Balances, StockValue
from sync.domain.accounts import Source
from sync.domain.money import to_minor

# Where Cin7 tells no opening balance date: no books are older (QuickBooks Online began later).
_BEGINNING = date(1970, 1, 1)
_NAMES = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}


def balances(session: Session, books: Books) -> Balances:
    """Daily movements up to the period's end, where both ledgers are cached back to Cin7's opening balance date.

    Where Cin7 tells none (or one that can be read in two ways), back to the beginning of all books."""
    opening = books.company.opening_day or _BEGINNING
    end = min(books.period.end, books.today)
    for source in Source:
        gap = _first_gap(windows(session, books.company.id, source), opening, end)
        if gap:
            told = books.company.opening_day
            since = f"{told} on (the opening balance date)" if told else "the beginning on"
            return Balances(unreachable=f"Postings of {_NAMES[source]} are not cached from {since}: {gap} is missing.")
    return Balances(_daily(session, books), _stock(session, books))


def _first_gap(found: Sequence[LedgerWindow], start: date, end: date) -> date | None:
    """The first day from `start` to `end` that was not read whole."""
    day = start
    for window in found:
        if window.complete and window.start <= day <= window.end:
            if window.end >= end:
                return None
            day = window.end + timedelta(days=1)
    return day if day <= end else None


def _daily(session: Session, books: Books) -> dict[tuple[Source, str], dict[date, int]]:
    found: dict[tuple[Source, str], dict[date, int]] = defaultdict(dict)
    for source, side in ((Source.CIN7, books.map.cin7_control), (Source.QBO, books.map.qbo_control)):
        rows = session.execute(
            select(POSTING.c.account, POSTING.c.day, func.sum(POSTING.c.amount))
            .where(
                POSTING.c.company == books.company.id,
                POSTING.c.source == source.value,
                POSTING.c.account.in_(sorted(side)),
                POSTING.c.day <= books.period.end,
            )
            .group_by(POSTING.c.account, POSTING.c.day)
        ).all()
        for account, day, amount in rows:
            found[source, account][day] = int(amount)
    return found


def _stock(session: Session, books: Books) -> StockValue | None:
    """The last snapshot inside the period, else the newest, beside Cin7's inventory ledger at the end of its day."""
    inside = STOCK_DAY.c.day.between(books.period.start, books.period.end)
    ours = STOCK_DAY.c.company == books.company.id
    day = session.scalar(select(func.max(STOCK_DAY.c.day)).where(ours, inside))
    day = day or session.scalar(select(func.max(STOCK_DAY.c.day)).where(ours))
    if day is None:
        return None
    opening = books.company.opening_day or day
    if _first_gap(windows(session, books.company.id, Source.CIN7), opening, day):
        return None
    that = (ours, STOCK_DAY.c.day == day)
    value = sum(session.execute(select(STOCK_DAY.c.value).where(*that)).scalars().all(), Decimal(0))
    taken_at: datetime = session.execute(select(func.max(STOCK_DAY.c.taken_at)).where(*that)).scalar_one()
    ledger = session.scalar(
        select(func.sum(POSTING.c.amount)).where(
            POSTING.c.company == books.company.id,
            POSTING.c.source == Source.CIN7.value,
            POSTING.c.account.in_(books.map.accounts(Source.CIN7, "inventory")),
            POSTING.c.day <= day,
        )
    )
    return StockValue(to_minor(value, books.currency), int(ledger or 0), taken_at)
