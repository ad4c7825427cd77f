"""Reads what closes a month beside its pack: accrued purchases by order, and what moved inventory."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.grni import Accrued, Grni, Lot, aged
from reports.load_tables import POSTING
from reports.reconcile.events import own_number
from reports.reconcile.tie_out import Control, TieOut
from reports.roll_forward import Cin7Move, QboMove, RollForward, roll_forward
from sync.domain.accounts import Source

_ACCRUED, _INVENTORY = "accrued_purchases", "inventory"


def grni(session: Session, tied: TieOut) -> Grni | None:
    """Goods received and not billed at the period's end; None where nothing tells."""
    books = tied.books
    accounts = books.map.accounts(Source.CIN7, _ACCRUED)
    control = next((each for each in tied.controls if each.name == _ACCRUED), None)
    if not accounts or control is None:
        return _unposted(tied)
    c = POSTING.c
    rows = session.execute(
        select(c.name, c.number, c.memo, c.account, c.day, func.sum(c.amount))
        .where(
            c.company == books.company.id,
            c.source == Source.CIN7.value,
            c.account.in_(accounts),
            c.day <= books.period.end,
        )
        .group_by(c.name, c.number, c.memo, c.account, c.day)
    )
    sign = books.map.sign(_ACCRUED)
    found = [
        Accrued(name or "no supplier", _order(number, memo), account, day, sign * int(amount))
        for name, number, memo, account, day, amount in rows
    ]
    held = sum(each.amount for each in found)
    return aged(found, books.period.end, held, control.closing.qbo if control.closing else None)


def _order(number: str, memo: str) -> str:
    """The order that a receipt or bill belongs to; a purchase's text ends with it."""
    own, beside = own_number(number, memo)
    return beside or own


def _unposted(tied: TieOut) -> Grni | None:
    """Without accrual no ledger shows them: the receipts that the tie-out found without a bill."""
    at = tied.books.period.end
    lots = [
        Lot("", found.subject, "", found.cin7[0].day, found.at_stake or 0, (at - found.cin7[0].day).days)
        for found in tied.findings
        if found.cause == "received_not_billed" and found.cin7
    ]
    return Grni(at, tuple(lots), sum(lot.amount for lot in lots), None, accrual=False) if lots else None


def inventory_roll(session: Session, tied: TieOut) -> RollForward | None:
    """What moved inventory in the period on both sides; None where no account is an inventory account."""
    books = tied.books
    control = next((each for each in tied.controls if each.name == _INVENTORY), None)
    if control is None:
        return None
    cin7, qbo = _cin7_moves(session, books), _qbo_moves(session, books)
    closing, reason = _closing(control)
    return roll_forward(books, cin7, qbo, closing, received=_received(session, books), reason=reason)


def _closing(control: Control) -> tuple[tuple[int, int] | None, str]:
    held = control.closing
    return (None, control.closing_reason) if held is None else ((held.cin7, held.qbo), "")


def _cin7_moves(session: Session, books: Books) -> list[Cin7Move]:
    """Cin7's rows are pairs; what moves from one inventory account to another is on both and comes to nothing."""
    c = POSTING.c
    keys = (c.kind, c.number, c.counter)
    rows = session.execute(
        select(*keys, func.sum(c.amount))
        .where(
            c.company == books.company.id,
            c.source == Source.CIN7.value,
            c.account.in_(books.map.accounts(Source.CIN7, _INVENTORY)),
            c.counter.not_in(books.map.accounts(Source.CIN7, _INVENTORY)),
            c.day.between(books.period.start, books.period.end),
        )
        .group_by(*keys)
    )
    return [Cin7Move(kind, number, counter, int(amount)) for kind, number, counter, amount in rows]


def _qbo_moves(session: Session, books: Books) -> list[QboMove]:
    c = POSTING.c
    accounts = frozenset(books.map.accounts(Source.QBO, _INVENTORY))
    ours = (
        c.company == books.company.id,
        c.source == Source.QBO.value,
        c.day.between(books.period.start, books.period.end),
    )
    touching = select(c.document).where(*ours, c.account.in_(accounts)).distinct()
    rows = session.execute(
        select(c.kind, c.document, func.max(c.number), c.account, func.sum(c.amount))
        .where(*ours, c.document.in_(touching))
        .group_by(c.kind, c.document, c.account)
    )
    found: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    numbers: dict[tuple[str, str], str] = {}
    for kind, id_, number, account, amount in rows:
        found[kind, id_][account] = int(amount)
        numbers[kind, id_] = max(number, numbers.get((kind, id_), ""))
    return [
        QboMove(
            *key,
            numbers[key],
            sum(amount for account, amount in legs.items() if account in accounts),
            {account: amount for account, amount in legs.items() if account not in accounts},
        )
        for key, legs in sorted(found.items())
        if accounts & legs.keys()
    ]


def _received(session: Session, books: Books) -> str:
    """The account of goods received and not billed: that of accrued purchases on which purchases move the most."""
    c = POSTING.c
    turnover = func.sum(func.abs(c.amount))
    row = session.execute(
        select(c.account, turnover)
        .where(
            c.company == books.company.id,
            c.source == Source.CIN7.value,
            c.kind == "Purchase",
            c.account.in_(books.map.accounts(Source.CIN7, _ACCRUED)),
        )
        .group_by(c.account)
        .order_by(turnover.desc(), c.account)
        .limit(1)
    ).first()
    return str(row[0]) if row else ""
