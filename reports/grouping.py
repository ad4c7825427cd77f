"""Sales and cost by product, category, location, channel or customer, and how much of the period that covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.split import Share
from reports.trade import Trade

GROUPS = ("product", "category", "location", "channel", "customer")


@dataclass(frozen=True, slots=True)
class Total:
    """Sales and cost in minor units of base currency; `orders` documents invoiced; `units` net of returns or None."""

    sales: int
    cogs: int
    orders: int | None = None
    units: Decimal | None = None

    @property
    def gross_profit(self) -> int:
        return self.sales - self.cogs


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One product, category, location, channel or customer; `key` None is all that no detail is known of yet."""

    key: str | None
    name: str
    total: Total


def units(parts: Sequence[Share]) -> Decimal | None:
    """Units of the shares, None where those of one are not known."""
    told = [part.units for part in parts if part.units is not None]
    return sum(told, Decimal(0)) if len(told) == len(parts) else None


def rows_by(parts: Sequence[Share], trade: Trade, by: str) -> tuple[GroupRow, ...]:
    """One row per key, largest sales first, what is not known yet last.

    Sales whose cost no line tells by product yet are not known by product either: they would show a margin of 100 %.
    """
    half = {name for part in parts if part.sku is None and part.cogs for name in part.documents}
    grouped: dict[str | None, list[Share]] = defaultdict(list)
    for part in parts:
        untold = by in ("product", "category") and part.sku is not None and not half.isdisjoint(part.documents)
        grouped[None if untold else _KEYS[by](part, trade)].append(part)
    rows = [
        GroupRow(
            key,
            _name(key, by, some, trade),
            Total(sum(part.sales for part in some), sum(part.cogs for part in some), None, units(some)),
        )
        for key, some in grouped.items()
    ]
    return tuple(sorted(rows, key=lambda r: (r.key is None, -r.total.sales, -r.total.cogs, r.key or "")))


_KEYS: dict[str, Callable[[Share, Trade], str | None]] = {
    "product": lambda part, trade: part.sku,
    "category": lambda part, trade: _category(part.sku, trade),
    "location": lambda part, trade: part.location,
    "channel": lambda part, trade: part.sale.channel if part.sale else None,
    "customer": lambda part, trade: part.party,
}
_NAMELESS = {
    "product": "Shipping and other charges",
    "category": "No category",
    "location": "No location",
    "channel": "No channel",
    "customer": "No customer",
}


def _category(sku: str | None, trade: Trade) -> str | None:
    if not sku:
        return sku
    known = trade.products.get(sku)
    return known.category if known else ""


def _name(key: str | None, by: str, some: Sequence[Share], trade: Trade) -> str:
    if key is None:
        return "No detail known"
    if not key:
        return _NAMELESS[by]
    if by != "product":
        return key
    known = trade.products.get(key)
    return known.name if known else next((part.name for part in some if part.name), key)


def coverage(parts: Sequence[Share], trade: Trade, by: str | None) -> tuple[int, int]:
    """How many documents of sales the period has, and of how many the grouping (without one: the lines) is known."""
    sold = [group for group in trade.groups if group.sold]
    documents = {group.name for group in sold}
    if by is None:
        return len(documents), len({g.name for g in sold if trade.sale_of.get((g.document, g.number)) in trade.read})
    if by in ("location", "channel", "customer"):
        unknown = [part for part in parts if _KEYS[by](part, trade) is None]
    else:
        unknown = [part for part in parts if part.sku is None]
    return len(documents), len(documents.difference(name for part in unknown for name in part.documents))


def waiting(parts: Sequence[Share], trade: Trade, by: str | None) -> tuple[str, ...]:
    """Ids of the sales whose own lines, once read, would tell their products, newest first; () for other groupings."""
    if by not in ("product", "category"):
        return ()
    unknown = {part.sale.id: part.sale for part in parts if part.sku is None and part.documents and part.sale}
    unread = [sale for sale in unknown.values() if not sale.detailed and sale.id not in trade.read]
    return tuple(sale.id for sale in sorted(unread, key=lambda s: (-(s.invoiced or date.min).toordinal(), s.id)))
