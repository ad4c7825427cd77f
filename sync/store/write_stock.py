"""Writes stock now, the day's snapshot of it, and the dated movements of products."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from sync.domain.stock import Movement, StockLevel
from sync.store.tables import MovementRow, StockDay, StockRow
from sync.store.upsert import batches, keep_only, table_of, upsert

_LEVEL = tuple(field.name for field in fields(StockLevel))
_MOVEMENT = tuple(field.name for field in fields(Movement))
_PRODUCTS = 200  # whose movements are compared at once

_Values = tuple[Any, ...]


def replace_stock(
    session: Session, company: int, levels: Iterable[StockLevel], *, taken_at: datetime, day: date
) -> int:
    """Makes `levels` the stock now, and the snapshot of the company-local `day`; how many levels changed.

    A level that only moved in quantity counts once. `taken_at` is when the reading began.
    """
    new = sorted((_values(_LEVEL, level) for level in levels), key=_order)
    table = table_of(StockRow)
    columns = [table.c[name] for name in _LEVEL]
    query = table.select().with_only_columns(*columns).where(table.c.company == company).order_by(table.c.position)
    old = [tuple(row) for row in session.execute(query)]
    if new != old:
        session.execute(delete(StockRow).where(col(StockRow.company) == company))
        for batch in batches(enumerate(new), 1_000):
            rows = [{"company": company, "position": n, **_named(_LEVEL, level)} for n, level in batch]
            session.execute(insert(StockRow), rows)
    _snapshot(session, company, new, taken_at, day)
    return _changed(old, new)


def replace_movements(session: Session, company: int, by_product: Mapping[str, Sequence[Movement]]) -> int:
    """Makes each product's movements all that the cache holds of it; how many movements changed."""
    table, changed = table_of(MovementRow), 0
    columns = [table.c[name] for name in _MOVEMENT]
    for products in batches(sorted(by_product), _PRODUCTS):
        mine = (table.c.company == company, table.c.product.in_(products))
        query = table.select().with_only_columns(*columns).where(*mine).order_by(table.c.product, table.c.position)
        held: dict[str, list[_Values]] = defaultdict(list)
        for row in session.execute(query):
            held[row.product].append(tuple(row))
        new = {product: _sorted(by_product[product]) for product in products}
        differ = [product for product in products if new[product] != held[product]]
        if differ:
            session.execute(delete(table).where(table.c.company == company, table.c.product.in_(differ)))
        rows = [
            {"company": company, "position": n, **_named(_MOVEMENT, movement), "product": product}
            for product in differ
            for n, movement in enumerate(new[product])
        ]
        if rows:
            session.execute(insert(MovementRow), rows)
        changed += sum(_changed(held[product], new[product]) for product in differ)
    return changed


def _snapshot(session: Session, company: int, levels: Sequence[_Values], taken_at: datetime, day: date) -> None:
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for level in levels:
        row = _named(_LEVEL, level)
        total = sums[row["sku"], row["location"]]
        total[0] += row["on_hand"]
        total[1] += row["value"]
    keep_only(session, StockDay, {"company": company, "day": day}, sums)
    start = {"company": company, "day": day, "taken_at": taken_at}
    upsert(
        session,
        StockDay,
        (
            start | {"sku": sku, "location": location, "on_hand": on_hand, "value": value}
            for (sku, location), (on_hand, value) in sorted(sums.items())
        ),
    )


def _sorted(movements: Iterable[Movement]) -> list[_Values]:
    return sorted((_values(_MOVEMENT, movement) for movement in movements), key=_order)


def _values(names: Sequence[str], thing: StockLevel | Movement) -> _Values:
    return tuple(getattr(thing, name) for name in names)


def _changed(old: Iterable[_Values], new: Iterable[_Values]) -> int:
    """The multiset difference; a row that only changed a value counts once."""
    before, after = Counter(old), Counter(new)
    return max((after - before).total(), (before - after).total())


def _named(names: Sequence[str], values: _Values) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def _order(values: _Values) -> list[str]:
    """The same order for the same rows, however they came."""
    return [str(value) for value in values]
