"""Reads stock now for one question: the products it means, and their rows at every place or at one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.books import Incomplete
from reports.load_age import never_read
from reports.load_tables import COMPANY, FIGURE, PRODUCT, STOCK, among
from reports.stock import Stock, at_location, chosen, stock
from sync.domain.accounts import Source
from sync.domain.stock import StockLevel

_AVAILABILITY = "availability"


def stock_now(session: Session, company: int, query: str, location: str = "") -> Stock:
    """Stock of what `query` means (a SKU, words, or "" for all), at one location where it is given.

    Raises NotSynced where no stock was ever read, NotThere for a product or location that does not exist.
    """
    currency = session.scalar(select(COMPANY.c.currency).where(COMPANY.c.id == company))
    as_of, incomplete = _age(session, company)
    if not currency or as_of is None:
        raise never_read(session, company, _AVAILABILITY if currency else "me")
    products = _meant(session, company, query)
    place = at_location(location, _locations(session, company)) if location.strip() else ""
    everything = not query.strip()
    levels = _levels(session, company, None if everything else products.keys(), place)
    stocked = {level.sku for level in levels}
    if stocked and (everything or len(products) > 1):
        products = {sku: name for sku, name in products.items() if sku in stocked}
    return stock(levels, products, query.strip(), currency, as_of={Source.CIN7: as_of}, incomplete=incomplete)


def _age(session: Session, company: int) -> tuple[datetime | None, tuple[Incomplete, ...]]:
    """When stock was last read whole, and whether a later reading failed."""
    row = session.execute(
        select(FIGURE).where(
            FIGURE.c.company == company, FIGURE.c.source == Source.CIN7.value, FIGURE.c.entity == _AVAILABILITY
        )
    ).first()
    if row is None:
        return None, ()
    failed = Incomplete(Source.CIN7.value, _AVAILABILITY, row.reason or "its last reading failed")
    return row.as_of, () if row.complete else (failed,)


def _meant(session: Session, company: int, query: str) -> dict[str, str]:
    """SKU -> name of the products that `query` means; the very SKU is found by the index, without reading the rest."""
    wanted = query.strip()
    if wanted:
        for spelt in dict.fromkeys((wanted, wanted.upper(), wanted.lower())):
            found = _products(session, company, spelt)
            if found:
                return found
    return chosen(query, _products(session, company))


def _products(session: Session, company: int, sku: str | None = None) -> dict[str, str]:
    """SKU -> name of the products in Cin7's list, and of those that only the stock rows tell."""
    stock_rows = select(STOCK.c.sku, STOCK.c.name).where(STOCK.c.company == company).distinct()
    listed = select(PRODUCT.c.sku, PRODUCT.c.name).where(
        PRODUCT.c.company == company, PRODUCT.c.source == Source.CIN7.value, PRODUCT.c.sku != ""
    )
    if sku is not None:
        stock_rows, listed = stock_rows.where(STOCK.c.sku == sku), listed.where(PRODUCT.c.sku == sku)
    found = {row.sku: row.name for row in session.execute(stock_rows)}
    return dict(sorted((found | {row.sku: row.name for row in session.execute(listed)}).items()))


def _locations(session: Session, company: int) -> list[str]:
    return list(session.scalars(select(STOCK.c.location).where(STOCK.c.company == company).distinct()))


def _levels(session: Session, company: int, skus: Collection[str] | None, location: str) -> list[StockLevel]:
    """The rows of these products (None: of all), in the order that Cin7 gave them."""
    columns = [STOCK.c[name] for name in StockLevel.__dataclass_fields__]
    rows = select(*columns).where(STOCK.c.company == company).order_by(STOCK.c.position)
    if location:
        rows = rows.where(STOCK.c.location == location)
    if skus is None:
        return [StockLevel(*row) for row in session.execute(rows)]
    return [StockLevel(*row) for row in session.execute(rows.where(among(session, STOCK.c.sku, skus)))]
