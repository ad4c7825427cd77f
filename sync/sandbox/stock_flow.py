"""FIFO cost layers per product and location: what is taken costs exactly what was put in, to the minor unit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Lot:
    """Goods that came in together; while `open`, remembers who used them so that a late cost finds its way.

    `spent` lists (use, quantity): the use is a fulfilment, or None for anything but a sale.
    """

    product: str
    location: str
    quantity: Decimal
    cost: int
    account: str
    spent: list[tuple[Any, Decimal]] = field(default_factory=list)
    open: bool = False


@dataclass(slots=True)
class Layer:
    """What is left of a lot in one place: `cost` minor units of base currency for all of `quantity`."""

    lot: Lot
    quantity: Decimal
    cost: int
    day: date
    bin: str = ""
    batch: str = ""
    expiry: date | None = None
    card: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A part of one layer that left, with its exact cost."""

    layer: Layer
    quantity: Decimal
    cost: int


def share(total: int, weights: Iterable[Decimal]) -> list[int]:
    """`total` minor units split by `weights`; the parts add up to it exactly, whatever the order of magnitude."""
    parts: list[int] = []
    listed = list(weights)
    left, weight_left = total, sum(listed, Decimal(0))
    for weight in listed:
        part = left if weight == weight_left else int((left * weight / weight_left).to_integral_value())
        parts.append(part)
        left, weight_left = left - part, weight_left - weight
    return parts


class Stock:
    """All layers of the company, by (product, location), oldest first."""

    def __init__(self) -> None:
        self.layers: dict[tuple[str, str], deque[Layer]] = {}
        self.totals: dict[tuple[str, str], Decimal] = {}

    def on_hand(self, product: str, location: str) -> Decimal:
        return self.totals.get((product, location), Decimal(0))

    def put(self, layer: Layer, product: str, location: str) -> None:
        key = (product, location)
        self.layers.setdefault(key, deque()).append(layer)
        self.totals[key] = self.totals.get(key, Decimal(0)) + layer.quantity

    def take(self, product: str, location: str, quantity: Decimal, use: Any = None) -> list[Taken]:
        """Takes `quantity` from the oldest layers. Raises ValueError where there is not enough."""
        key = (product, location)
        if not 0 < quantity <= self.on_hand(product, location):
            raise ValueError(f"{product} at {location}: {quantity} wanted, {self.on_hand(product, location)} on hand")
        queue, taken, wanted = self.layers[key], [], quantity
        while wanted > 0:
            layer = queue[0]
            part = min(wanted, layer.quantity)
            cost = (
                layer.cost if part == layer.quantity else int((layer.cost * part / layer.quantity).to_integral_value())
            )
            layer.quantity, layer.cost, wanted = layer.quantity - part, layer.cost - cost, wanted - part
            taken.append(Taken(layer, part, cost))
            if layer.lot.open:
                layer.lot.spent.append((use, part))
            if not layer.quantity:
                queue.popleft()
        self.totals[key] -= quantity
        return taken

    def left_of(self, lot: Lot) -> list[Layer]:
        """The layers of this lot that still lie where the lot came in."""
        return [layer for layer in self.layers.get((lot.product, lot.location), ()) if layer.lot is lot]

    def can_recost(self, lot: Lot, delta: int) -> bool:
        """Whether a late cost can be followed: the lot is open, all used was sold, no layer would fall below zero."""
        left = self.left_of(lot)
        if not lot.open:
            return False
        if sum((layer.quantity for layer in left), Decimal(0)) + sum((q for _, q in lot.spent), Decimal(0)) == 0:
            return False
        return all(use is not None for use, _ in lot.spent) and lot.cost + delta > 0 and delta > -lot.cost // 3

    def recost(self, lot: Lot, delta: int) -> tuple[int, list[tuple[Any, int]]]:
        """Spreads a late `delta` over what is left and what was sold: (part on hand, [(fulfilment, part)])."""
        left = self.left_of(lot)
        weights = [layer.quantity for layer in left] + [quantity for _, quantity in lot.spent]
        parts = share(delta, weights)
        for layer, part in zip(left, parts, strict=False):
            layer.cost += part
        lot.cost += delta
        sold = [(use, part) for (use, _), part in zip(lot.spent, parts[len(left) :], strict=True) if part]
        return sum(parts[: len(left)]), sold

    def everything(self) -> Iterator[tuple[str, str, Layer]]:
        """(product, location, layer) of all that lies anywhere."""
        for (product, location), queue in self.layers.items():
            for layer in queue:
                yield product, location, layer
