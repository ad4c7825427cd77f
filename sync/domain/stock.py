"""Products, locations and stock levels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sync.domain.accounts import Source


@dataclass(frozen=True, slots=True)
class Product:
    """A Cin7 product or a QBO item; account fields are codes (Cin7) or account ids (QBO), "" where none is set."""

    source: Source
    id: str
    sku: str
    name: str
    type: str
    category: str = ""
    brand: str = ""
    status: str = ""
    inventory_account: str = ""
    cogs_account: str = ""
    revenue_account: str = ""
    expense_account: str = ""
    tracks_quantity: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Location:
    """A Cin7 stock location; bins carry their parent's id."""

    id: str
    name: str
    parent: str = ""
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Stock of one product at one location, bin and batch, now.

    Quantities keep every digit. `value` is Cin7's StockOnHand: money at actual (FIFO) cost in base
    currency with every digit the API gave, never quantity times average cost.
    """

    product: str
    sku: str
    name: str
    location: str
    bin: str
    batch: str
    expiry: date | None
    on_hand: Decimal
    allocated: Decimal
    available: Decimal
    on_order: Decimal
    in_transit: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """One dated stock movement of a product (Cin7 `product?IncludeMovements=true`): quantity and actual cost.

    `amount` is the cost in base currency with the vendor's sign and digits.
    """

    product: str
    sku: str
    task: str
    kind: str
    number: str
    day: date
    quantity: Decimal
    amount: Decimal
    location: str = ""
