"""The lines of Cin7's documents as they were read whole: what was invoiced, shipped, received, moved, and its cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.books import money_of, plain
from reports.layout import table
from sync.domain.money import text, to_minor


@dataclass(frozen=True, slots=True)
class Part:
    """One line: `section` is its part of the document `owner` (an id), `document` the number or id of that part.

    `amount` is in minor units of the document's currency, `price` for one in it; `cost` in minor units of base.
    """

    owner: str
    section: str
    document: str
    day: date | None
    sku: str
    name: str
    quantity: Decimal | None
    price: Decimal | None
    amount: int | None
    cost: int | None


def part_json(part: Part, currency: str, base: str) -> dict[str, str | None]:
    """One line for `tieout/show/1`; `currency` is the document's."""
    return {
        "section": part.section,
        "document": part.document or None,
        "date": part.day.isoformat() if part.day else None,
        "sku": part.sku or None,
        "name": part.name or None,
        "quantity": plain(part.quantity),
        "price": price_of(part.price, currency),
        "amount": money_of(part.amount, currency),
        "cost": money_of(part.cost, base),
    }


_HEAD = ("Cin7's lines", "date", "SKU", "product", "quantity", "price", "amount", "cost")
_SHOWN = ("section", "date", "sku", "name", "quantity", "price", "amount", "cost")


def part_table(parts: Iterable[Part], currency: str, base: str) -> list[str]:
    """The lines as an aligned table."""
    told = (part_json(part, currency, base) for part in parts)
    return table(_HEAD, [[each[name] or "" for name in _SHOWN] for each in told], left=range(4))


def price_of(price: Decimal | None, currency: str) -> str | None:
    """A price has at least the currency's digits, and more where it was told so."""
    if price is None:
        return None
    rounded = text(to_minor(price, currency), currency)
    return rounded if Decimal(rounded) == price else plain(price)
