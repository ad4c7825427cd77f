"""Reads what every account of both ledgers held before the period, for the snapshot of both trial balances."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_tables import POSTING
from reports.pack import LedgerLine
from reports.reconcile.closing import Balances
from sync.domain.accounts import AccountClass, Source

_BALANCED = frozenset({AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY})


def ledger_lines(session: Session, books: Books, known: Balances) -> tuple[LedgerLine, ...]:
    """Every account with postings up to the period's end, by source and code.

    What accounts of the balance sheet held is told where both ledgers are cached back to the opening day.
    """
    c = POSTING.c
    rows = session.execute(
        select(c.source, c.account, func.sum(c.amount))
        .where(c.company == books.company.id, c.day < books.period.start)
        .group_by(c.source, c.account)
    )
    before = {(Source(source), account): int(amount) for source, account, amount in rows}
    controls = {Source.CIN7: books.map.cin7_control, Source.QBO: books.map.qbo_control}
    found = []
    for source, code in sorted(before.keys() | books.movement.keys()):
        account = books.accounts[source, code]
        moved = books.movement.get((source, code), 0)
        opening = before.get((source, code), 0)
        told = account.klass in _BALANCED and not known.unreachable
        if moved or (told and opening):
            found.append(LedgerLine(account, controls[source].get(code, ""), moved, opening if told else None))
    return tuple(found)
