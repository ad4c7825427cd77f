"""Reads what the tie-out asks beside the ledgers: products, what was sold and moved, and stock below zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from sqlalchemy import Select, String, and_, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_moved import moved
from reports.load_tables import (
    DOCUMENT,
    LINE,
    MOVEMENT,
    POSTING,
    PRODUCT,
    STOCK_DAY,
    among,
    distinct,
    streamed,
)
from reports.memory import LateChange
from reports.reconcile.standing import Changed, State
from sync.domain.accounts import Source
from sync.domain.money import from_minor, to_minor
from sync.domain.stock import Product

_SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


def state(session: Session, books: Books, late: Iterable[LateChange] = ()) -> State:
    """The state of the company around `books.period`, but for what invoices sell; `late` are changes in closed days."""
    products = _products(session, books, Source.CIN7)
    return State(
        products=products,
        items=_products(session, books, Source.QBO),
        sold=_sold(session, books, {product.sku for product in products}),
        negative=_negative(session, books),
        moved=moved(session, books),
        goods_accounts=_goods_accounts(session, books),
        late=tuple(
            Changed(e.source.value, e.document, e.kind, e.number, e.day, e.closed_by, e.closed_day, e.accounts)
            for e in late
        ),
    )


def _products(session: Session, books: Books, source: Source) -> tuple[Product, ...]:
    c = PRODUCT.c
    names = ("id", "sku", "name", "type", "status", "tracks_quantity", "active")
    rows = session.execute(
        select(*(c[name] for name in names))
        .where(c.company == books.company.id, c.source == source.value)
        .order_by(c.sku, c.id)
    )
    return tuple(
        Product(
            source, r.id, r.sku, r.name, r.type, status=r.status, tracks_quantity=r.tracks_quantity, active=r.active
        )
        for r in rows
    )


def _sold(session: Session, books: Books, wanted: Collection[str]) -> frozenset[str]:
    """Of the `wanted` SKUs those that a sale shipped in the period, that were invoiced in it, or that stand on a
    QuickBooks sales document of it."""
    move, line, head = MOVEMENT.c, LINE.c, DOCUMENT.c
    shipped = select(move.sku).where(
        move.company == books.company.id, move.kind.like("Sale%"), move.day.between(*_days(books))
    )
    same = (head.company == line.company) & (head.source == line.source)
    same = same & (head.kind == line.kind) & (head.id == line.id)
    billed = (
        select(line.sku)
        .join(DOCUMENT, same)
        .where(
            line.company == books.company.id,
            line.source == Source.QBO.value,
            line.kind.in_(_SALES),
            head.day.between(*_days(books)),
        )
    )
    numbers = select(head.number).where(
        head.company == books.company.id,
        head.source == Source.CIN7.value,
        head.kind == "Sale",
        head.day.between(*_days(books)),
    )
    # Not joined: neither side has an index on its number.
    ordered = select(move.sku).where(
        move.company == books.company.id, move.kind.like("Sale%"), move.number.in_(numbers)
    )
    invoiced = select(line.sku).where(
        line.company == books.company.id,
        line.source == Source.CIN7.value,
        line.kind == "Sale",
        line.section == "Invoice",
        line.day.between(*_days(books)),
    )
    left = set(wanted) - {""}
    left -= distinct(session, _shipped_at_all(books)) if left else set()
    for query in (shipped, billed, ordered, invoiced):
        left -= distinct(session, query) if left else set()
    return frozenset(wanted) - left - {""}


def _shipped_at_all(books: Books) -> Select[tuple[str]]:
    """SKUs with a shipment in the period: of each product the first is looked for, where most have very many."""
    move, own = MOVEMENT.c, PRODUCT.c
    # Not by the index of days, which SQLite would read from its beginning for each product.
    day = func.coalesce(move.day, literal(books.period.start, move.day.type))
    some = (
        select(move.sku)
        .where(move.company == own.company, move.product == own.id, move.sku == own.sku)
        .where(move.kind.like("Sale%"), day.between(*_days(books)))
    )
    return select(own.sku).where(own.company == books.company.id, own.source == Source.CIN7.value, some.exists())


def _days(books: Books) -> tuple[object, object]:
    return books.period.start, books.period.end


def _negative(session: Session, books: Books) -> dict[tuple[str, str], Decimal]:
    """SKU and location below zero at the period's end; none where there is no snapshot.

    The last snapshot inside the period tells it; else what is below zero in the first one after it, and was so before
    what moved in between.
    """
    c, move = STOCK_DAY.c, MOVEMENT.c
    ours = c.company == books.company.id
    day = session.scalar(select(func.max(c.day)).where(ours, c.day.between(*_days(books))))
    later = None if day else session.scalar(select(func.min(c.day)).where(ours, c.day > books.period.end))
    below = type_coerce(c.on_hand, String).like("-%")  # quantities are exact text
    rows = session.execute(select(c.sku, c.location, c.on_hand).where(ours, c.day == (day or later), below))
    found = {(row.sku, row.location): row.on_hand for row in rows if row.on_hand < 0}
    if later and found:
        moved = select(move.sku, move.location, move.quantity).where(
            move.company == books.company.id, move.day > books.period.end, move.day <= later
        )
        for sku, location, quantity in session.execute(moved):
            key = (sku, location.partition(":")[0])
            if key in found:
                found[key] -= quantity
    return {key: quantity for key, quantity in found.items() if quantity < 0}


def goods(session: Session, books: Books, ids: Collection[str] | None = None) -> dict[str, int]:
    """QuickBooks invoice -> net sales of goods on it in base currency, where its lines name Cin7's products.

    `ids`: of these alone.
    """
    if ids is not None and not ids:
        return {}
    line, head, own = LINE.c, DOCUMENT.c, PRODUCT.alias().c
    same = (head.company == line.company) & (head.source == line.source)
    same = same & (head.kind == line.kind) & (head.id == line.id)
    good = (own.company == line.company) & (own.source == Source.CIN7.value) & (own.sku == line.sku)
    lines = (
        select(head.id)
        .join_from(LINE, DOCUMENT, same)
        .outerjoin(own.id.table, good)
        .where(
            line.company == books.company.id,
            line.source == Source.QBO.value,
            line.kind == "Invoice",
            head.day <= books.period.end,
            head.deleted_at.is_(None),
            head.voided.is_(False),
        )
    )
    lines = lines if ids is None else lines.where(among(session, line.id, ids))
    # Money of the books' own currency is added by the database; what is to be turned into it is rounded line by line.
    same_money = (head.currency == books.currency) & (head.rate.is_(None) | (head.rate == Decimal(1)))
    unknown = and_(line.item != "", own.tracks_quantity.is_(None), func.coalesce(line.amount, 0) != 0)
    added = lines.add_columns(
        func.sum(case((own.tracks_quantity, func.coalesce(line.amount, 0)), else_=0)),
        func.max(case((unknown, 1), else_=0)),
    )
    found: defaultdict[str, int] = defaultdict(int)
    strange = set()
    for id_, amount, odd in streamed(session, added.where(same_money).group_by(head.id)):
        found[id_] += int(amount)
        if odd:
            strange.add(id_)
    foreign = lines.add_columns(head.rate, head.currency, line.amount, line.item, own.tracks_quantity).where(
        ~same_money
    )
    for id_, rate, currency, amount, item, stocked in streamed(session, foreign):
        value = from_minor(amount or 0, currency) * (rate or 1)
        found[id_] += to_minor(value, books.currency) if stocked else 0
        if item and stocked is None and amount:
            strange.add(id_)  # an item that is no product of Cin7's: goods or not, nobody knows
    return {id_: amount for id_, amount in found.items() if amount and id_ not in strange}


def _goods_accounts(session: Session, books: Books) -> frozenset[str]:
    """Cin7's revenue accounts that goods name; "" where some name none, and so sell on the company's own."""
    c = PRODUCT.c
    rows = session.execute(
        select(c.revenue_account)
        .where(c.company == books.company.id, c.source == Source.CIN7.value, c.tracks_quantity)
        .distinct()
    )
    return frozenset(code for (code,) in rows)


def sides(session: Session, books: Books, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], dict[str, int]]:
    """(entity, id) of QuickBooks transactions -> account -> what they post on it, minor units, debit positive."""
    c = POSTING.c
    if not wanted:
        return {}
    rows = session.execute(
        select(c.kind, c.document, c.account, func.sum(c.amount))
        .where(
            c.company == books.company.id,
            c.source == Source.QBO.value,
            among(session, c.document, {id_ for _, id_ in wanted}),
        )
        .group_by(c.kind, c.document, c.account)
    )
    found: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for kind, id_, account, amount in rows:
        if (kind, id_) in wanted:
            found[kind, id_][account] = int(amount)
    return dict(found)
