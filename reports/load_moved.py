"""Reads of the movements of stock what the tie-out asks: purchases, transfers, sales without cost, changes of cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from sys import intern
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_lines import COST, FREE
from reports.load_tables import DOCUMENT, LINE, MOVEMENT, PRODUCT, among, distinct, streamed, whole
from reports.reconcile.numbers import plain
from reports.reconcile.standing import Moved
from sync.domain.accounts import Source
from sync.domain.money import digits, to_minor

_SOME = Decimal(-1)  # lines of cost tell no quantity, but something left
_TELLING = re.compile(r"purchase|unstock|^transfer", re.IGNORECASE)  # movements of purchases and transfers


def moved(session: Session, books: Books) -> tuple[Moved, ...]:
    """Movements of purchases and transfers, and of the sales that may have no cost; by product and day.

    Of a shipment without any movement, the lines of its sale tell what it cost, where they were read.
    """
    c, company = MOVEMENT.c, books.company.id
    wanted = select(c.task, c.number, c.kind, c.day, c.sku, c.quantity, c.amount)
    kinds = [kind for kind in _kinds(session, company) if _TELLING.search(kind)]
    sales = (c.company == company) & c.kind.like("Sale%") & c.kind.not_in(kinds)
    costless = _costless(session, books)
    rows = chain(
        streamed(session, wanted.where(whole(c.company, company), c.kind.in_(kinds))) if kinds else (),
        streamed(session, wanted.where(sales, among(session, c.task, costless))) if costless else (),
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
    return tuple(sorted((*found, *_by_lines(session, books))))


def _by_lines(session: Session, books: Books) -> Iterator[Moved]:
    """The costs of shipments at no cost that no movement is cached of, as the lines of their sales tell them."""
    line, head, own, move = LINE.c, DOCUMENT.c, PRODUCT.c, MOVEMENT.c
    ours = (line.company == books.company.id) & (line.source == Source.CIN7.value) & (line.kind == "Sale")
    costs = ours & line.section.in_(COST)
    free = select(line.document).where(costs, FREE, line.day <= books.period.end)
    tasks = distinct(session, free) - {""}
    cached = select(move.task).where(move.company == books.company.id, among(session, move.task, tasks))
    tasks -= distinct(session, cached) if tasks else set()
    if not tasks:
        return
    same = (head.company == line.company) & (head.source == line.source)
    sale = same & (head.kind == line.kind) & (head.id == line.id)
    product = (own.company == line.company) & (own.source == line.source) & (own.id == line.item)
    rows = session.execute(
        select(line.document, head.number, line.day, own.sku, func.sum(func.coalesce(line.cost, 0)))
        .join_from(LINE, DOCUMENT, sale)
        .outerjoin(PRODUCT, product)
        .where(costs, among(session, line.document, tasks), line.day.is_not(None), head.voided.is_(False))
        .group_by(line.document, head.number, line.day, own.sku)
    )
    for task, number, day, sku, cost in rows:
        yield Moved(task, number, "Sale", day, sku or "", _SOME, -int(cost))


def _costless(session: Session, books: Books) -> set[str]:
    """Tasks of sales that shipped something at no cost, and all tasks that share a number with them.

    Most shipments have their cost, and of those no rule asks. The database leaves out what has a cost beyond doubt:
    it adds whole minor units, and an amount loses less than one of them by being cut; rounding, too, changes it by less
    than one. Who has no cost is told from exact sums.
    """
    c = MOVEMENT.c
    sales = (c.company == books.company.id) & c.kind.like("Sale%")
    some = distinct(session, _cheap(books))
    if not some:
        return some
    near = func.abs(func.sum(_cut(c.amount, books.currency))) <= 2 * func.count()
    tasks = select(c.task).where(sales, c.day <= books.period.end, among(session, c.task, some))
    told = distinct(session, tasks.group_by(c.task, c.sku).having(near))
    numbers = distinct(session, select(c.number).where(sales, among(session, c.task, told)))
    return distinct(session, select(c.task).where(sales, among(session, c.number, numbers)))


def _cheap(books: Books) -> Select[tuple[str]]:
    """Tasks of sales with a movement that costs next to nothing, or takes back: no sum is near nothing without one."""
    c = MOVEMENT.c
    amount = type_coerce(c.amount, String)
    small = [f"-{first}" for first in ("0" if digits(books.currency) else "012")]  # what begins so may be as small
    cheap = or_(func.substr(amount, 1, 1) != "-", func.substr(amount, 1, 2).in_(small))
    sales = whole(c.company, books.company.id) & c.kind.like("Sale%")
    return select(c.task).where(sales, c.day <= books.period.end, cheap)


def _cut(amount: ColumnElement[Decimal], currency: str) -> ColumnElement[int]:
    """The whole minor units of an exact amount, what is smaller cut off; taken from its text, on either database."""
    told, places = type_coerce(amount, String), digits(currency)
    whole = case((told.contains("."), func.rtrim(func.rtrim(told, "0123456789"), ".")), else_=told)
    part = func.substr(told.concat("0" * (places + 1)), func.length(whole) + 2, places)
    return cast(type_coerce(whole, String).concat(part), BigInteger)


def changes(session: Session, company: int) -> frozenset[tuple[str, date]]:
    """(TaskID and order number, day) of the movements that Cin7 calls a change of cost (Cin7 docs: Movements, Type)."""
    c = MOVEMENT.c
    kinds = [kind for kind in _kinds(session, company) if "cogs change" in kind.lower()]
    rows = (
        session.execute(select(c.task, c.number, c.day).where(c.company == company, c.kind.in_(kinds)).distinct())
        if kinds
        else ()
    )
    return frozenset((word, day) for task, number, day in rows for word in (task, plain(number)))


def _kinds(session: Session, company: int) -> tuple[str, ...]:
    """What Cin7 calls the movements that are cached: few words, by which most questions need not read any."""
    rows = session.execute(select(MOVEMENT.c.kind).where(whole(MOVEMENT.c.company, company)).distinct())
    return tuple(sorted(kind for (kind,) in rows))
