"""Reads what the tie-out asks beside the ledgers: products, what was sold and moved, and stock below zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from sys import intern
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_tables import DOCUMENT, LINE, MOVEMENT, POSTING, PRODUCT, STOCK_DAY, among, streamed
from reports.memory import LateChange
from reports.reconcile.standing import Changed, Moved, State
from sync.domain.accounts import Source
from sync.domain.money import digits, from_minor, to_minor
from sync.domain.stock import Product

_SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


def state(session: Session, books: Books, late: Iterable[LateChange] = ()) -> State:
    """The state of the company around `books.period`; `late` are changes in its closed days."""
    products = _products(session, books, Source.CIN7)
    return State(
        products=products,
        items=_products(session, books, Source.QBO),
        sold=_sold(session, books, {product.sku for product in products}),
        negative=_negative(session, books),
        moved=_moved(session, books),
        goods=_goods(session, books),
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
    for query in (shipped, billed, ordered, invoiced):
        left -= _column(session, query) if left else set()
    return frozenset(wanted) - left - {""}


def _column(session: Session, query: Select[Any]) -> set[str]:
    return {row[0] for row in session.execute(query.distinct())}


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
    rows = session.execute(select(c.sku, c.location, c.on_hand).where(ours, c.day == (day or later)))
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


def _moved(session: Session, books: Books) -> tuple[Moved, ...]:
    """Movements of purchases and transfers, and of the sales that may have no cost; by product and day."""
    c = MOVEMENT.c
    kinds = or_(*(c.kind.like(word) for word in ("%Purchase%", "%Unstock%", "Transfer%")))
    costless = c.kind.like("Sale%") & among(session, c.task, _costless(session, books))
    rows = streamed(
        session,
        select(c.task, c.number, c.kind, c.day, c.sku, c.quantity, c.amount).where(
            c.company == books.company.id, kinds | costless
        ),
    )
    sums: dict[tuple[Any, ...], tuple[Decimal, Decimal]] = {}
    for task, number, kind, day, sku, quantity, amount in rows:
        key = (intern(task), intern(number), intern(kind), day, intern(sku))
        held = sums.get(key)
        sums[key] = (quantity, amount) if held is None else (held[0] + quantity, held[1] + amount)
    found = [
        Moved(*key, quantity, to_minor(amount, books.currency))  # type: ignore[call-arg]  # the key is five columns
        for key, (quantity, amount) in sums.items()
    ]
    return tuple(sorted(found))


def _costless(session: Session, books: Books) -> set[str]:
    """Tasks of sales that shipped something at no cost, and all tasks that share a number with them.

    Most shipments have their cost, and of those no rule asks. The database leaves out what has a cost beyond doubt:
    it adds whole minor units, and an amount loses less than one of them by being cut; rounding, too, changes it by less
    than one. Who has no cost is told from exact sums.
    """
    c = MOVEMENT.c
    sales = (c.company == books.company.id) & c.kind.like("Sale%")
    near = func.abs(func.sum(_cut(c.amount, books.currency))) <= 2 * func.count()
    tasks = select(c.task).where(sales, c.day <= books.period.end).group_by(c.task, c.sku).having(near)
    numbers = _column(session, select(c.number).where(sales, among(session, c.task, _column(session, tasks))))
    return _column(session, select(c.task).where(sales, among(session, c.number, numbers)))


def _cut(amount: ColumnElement[Decimal], currency: str) -> ColumnElement[int]:
    """The whole minor units of an exact amount, what is smaller cut off; taken from its text, on either database."""
    told, places = type_coerce(amount, String), digits(currency)
    whole = case((told.contains("."), func.rtrim(func.rtrim(told, "0123456789"), ".")), else_=told)
    part = func.substr(told.concat("0" * (places + 1)), func.length(whole) + 2, places)
    return cast(type_coerce(whole, String).concat(part), BigInteger)


def _goods(session: Session, books: Books) -> dict[str, int]:
    """QuickBooks invoice -> net sales of goods on it in base currency, where its lines name Cin7's products."""
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
