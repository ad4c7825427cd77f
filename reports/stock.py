"""Stock now, by product, location, bin and batch; values are Cin7's own stock value, summed before they are rounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches

from reports.books import Incomplete, ages, money_of, plain
from reports.layout import age_lines, table
from sync.domain.accounts import Source
from sync.domain.money import to_minor
from sync.domain.stock import StockLevel
from sync.errors import InvariantBroken, NotThere

QUANTITIES = ("on_hand", "allocated", "available", "on_order", "in_transit")


@dataclass(frozen=True, slots=True)
class Figures:
    """Quantities with every digit, `value` in base currency with every digit that Cin7 gave."""

    on_hand: Decimal
    allocated: Decimal
    available: Decimal
    on_order: Decimal
    in_transit: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """The stock at one location, bin and batch ("" where it has none)."""

    location: str
    bin: str
    batch: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class ProductStock:
    """One product's stock: its places in order, and their totals."""

    sku: str
    name: str
    totals: Figures
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """The answer: the products that `query` means, in order of their SKU."""

    query: str
    currency: str
    products: tuple[ProductStock, ...]
    as_of: Mapping[Source, datetime | None]
    incomplete: tuple[Incomplete, ...] = ()


def stock(
    levels: Iterable[StockLevel],
    products: Mapping[str, str],
    query: str,
    currency: str,
    *,
    as_of: Mapping[Source, datetime | None],
    incomplete: Sequence[Incomplete] = (),
) -> Stock:
    """The stock of `products` (SKU -> name), one row for each place that `levels` tell; one without any has zeros."""
    by_product: dict[str, list[StockLevel]] = {sku: [] for sku in sorted(products)}
    for level in levels:
        if level.sku in by_product:
            by_product[level.sku].append(level)
    found = tuple(_product(sku, products[sku], some) for sku, some in by_product.items())
    return Stock(query, currency, found, as_of, tuple(incomplete))


def _product(sku: str, name: str, levels: Sequence[StockLevel]) -> ProductStock:
    by_place: dict[tuple[str, str, str], list[StockLevel]] = defaultdict(list)
    for level in levels:
        by_place[level.location, level.bin, level.batch].append(level)
    places = tuple(Place(*where, _sum(some)) for where, some in sorted(by_place.items()))
    totals = _sum(levels)
    if totals.value != sum((place.figures.value for place in places), Decimal(0)):
        raise InvariantBroken(f"The stock value of {sku} is not the sum of its places; no figure is given.")
    return ProductStock(sku, name, totals, places)


def _sum(levels: Sequence[StockLevel]) -> Figures:
    def total(values: Iterable[Decimal]) -> Decimal:
        return sum(values, Decimal(0))

    return Figures(
        total(level.on_hand for level in levels),
        total(level.allocated for level in levels),
        total(level.available for level in levels),
        total(level.on_order for level in levels),
        total(level.in_transit for level in levels),
        total(level.value for level in levels),
    )


def chosen(query: str, products: Mapping[str, str]) -> dict[str, str]:
    """The products (SKU -> name) that `query` means: that very SKU in any letter case, else every one whose SKU and
    name hold all of its words; an empty query means all. Nothing found for words raises NotThere."""
    wanted = query.strip().casefold()
    exact = {sku: name for sku, name in products.items() if sku.casefold() == wanted}
    words = wanted.split()
    found = exact or {s: n for s, n in products.items() if all(word in f"{s} {n}".casefold() for word in words)}
    if not found and wanted:
        near = get_close_matches(wanted, [sku.casefold() for sku in products], n=1)
        hint = next((f" Did you mean {sku}?" for sku in products if near and sku.casefold() == near[0]), "")
        raise NotThere(f"No product fits “{query.strip()}”.{hint} Ask for a SKU, or for words of its name.")
    return found


def at_location(name: str, locations: Iterable[str]) -> str:
    """The location that `name` means, in any letter case; NotThere lists those there are."""
    known = sorted(set(locations))
    found = [place for place in known if place.casefold() == name.strip().casefold()]
    if not found:
        raise NotThere(f"There is no location “{name.strip()}”. Locations: {', '.join(known) or 'none'}")
    return found[0]


def to_json(result: Stock) -> dict[str, object]:
    """The document `tieout/stock/1`."""
    currency = result.currency
    return {
        "schema": "tieout/stock/1",
        "query": result.query,
        "currency": currency,
        "products": [
            {
                "sku": product.sku,
                "name": product.name,
                "totals": _figures(product.totals, currency),
                "locations": [
                    {"location": place.location, "bin": place.bin, "batch": place.batch}
                    | _figures(place.figures, currency)
                    for place in product.places
                ],
            }
            for product in result.products
        ],
        **ages(result.as_of, result.incomplete),
    }


def _figures(figures: Figures, currency: str) -> dict[str, object]:
    quantities: dict[str, object] = {name: plain(getattr(figures, name)) for name in QUANTITIES}
    return quantities | {"value": money_of(to_minor(figures.value, currency), currency)}


def to_text(result: Stock) -> str:
    """Stock by location in an aligned table for each product, with the age of the data."""
    lines: list[str] = []
    for product in result.products:
        head = ("location", "on hand", "allocated", "available", "on order", "in transit", f"value {result.currency}")
        rows = [(_where(place), *_cells(place.figures, result.currency)) for place in product.places]
        rows += [("Total", *_cells(product.totals, result.currency))] if len(rows) != 1 else []
        lines += [f"{product.sku}  {product.name}", *table(head, rows), ""]
    return "\n".join([*lines, *age_lines(result.as_of, result.incomplete)])


def _where(place: Place) -> str:
    return ", ".join(part for part in (place.location, place.bin, place.batch) if part) or "no location"


def _cells(figures: Figures, currency: str) -> tuple[str, ...]:
    quantities = (plain(getattr(figures, name)) or "0" for name in QUANTITIES)
    return (*quantities, money_of(to_minor(figures.value, currency), currency) or "")
