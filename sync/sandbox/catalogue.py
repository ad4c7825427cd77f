"""Who and what the practice company deals with: products, places, parties, channels, taxes, currencies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from sync.domain.money import digits
from sync.sandbox import chart


@dataclass(frozen=True, slots=True)
class Place:
    """A stock location; bins are (id, name)."""

    id: str
    name: str
    bins: tuple[tuple[str, str], ...]
    default: bool = False


@dataclass(frozen=True, slots=True)
class Good:
    """A product. `cost` and `price` are per unit in base currency; `step` the smallest quantity that is dealt with."""

    id: str
    sku: str
    name: str
    category: str
    brand: str
    cost: Decimal
    price: Decimal
    step: Decimal
    batches: bool
    service: bool
    stock: str
    cogs: str
    revenue: str
    own_accounts: bool
    parts: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A customer or supplier."""

    id: str
    name: str
    currency: str
    terms: int
    taxed: bool
    inclusive: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    company: str
    currency: str
    time_zone: str
    country: str
    tax_name: str
    tax_percent: Decimal
    purchase_tax: bool
    unit: Decimal
    places: tuple[Place, ...]
    goods: tuple[Good, ...]
    services: tuple[Good, ...]
    kits: tuple[Good, ...]
    customers: tuple[Party, ...]
    suppliers: tuple[Party, ...]
    rates: dict[str, tuple[Decimal, ...]]

    def rate(self, currency: str, day: date) -> Decimal:
        """Base units per one unit of `currency` on `day`; it changes every week."""
        if currency == self.currency:
            return Decimal(1)
        weeks = self.rates[currency]
        return weeks[(day.toordinal() // 7) % len(weeks)]


CHANNELS = ("Shopify", "Amazon_US", "")
_KINDS = ("Desk", "Lamp", "Chair", "Mug", "Rug", "Shelf", "Clock", "Vase", "Tray", "Stool", "Basket", "Mirror")
_LOOKS = ("Oak", "Ash", "Slate", "Linen", "Copper", "Ivory", "Moss", "Coral", "Navy", "Amber", "Pearl", "Rust")
_MATERIALS = ("Plank", "Board", "Cloth", "Wire", "Varnish", "Screws", "Foam", "Glass")
_BRANDS = ("Hearth & Pine", "Northlight", "Tidewater")
_FIRST = ("Harbor", "Summit", "Cedar", "Lakeside", "Granite", "Willow", "Beacon", "Prairie", "Orchard", "Canyon")
_LAST = ("Interiors", "Home", "Supply", "Design", "Living", "Studio", "Trading", "Outfitters", "Goods", "House")
_ABROAD = {
    "EUR": ("Möbelhaus Weber", "Ateliers Rivière", "1.0874"),
    "GBP": ("O'Neill & Sons Ltd", "Thames Joinery", "1.2705"),
    "JPY": ("Sakura Craft KK", "Kyoto Woodworks", "0.00671"),
    "CAD": ("Maple Ridge Living", "Laurentian Timber", "0.7362"),
    "USD": ("Blue Ridge Retail", "Carolina Hardwood", "1"),
}
_IN_USD = {"USD": "1", "EUR": "1.0874", "GBP": "1.2705", "JPY": "0.00671", "CAD": "0.7362", "KWD": "3.25"}
_TAXES = {"USD": ("Sales Tax", "8.25", False)}


def draw_catalogue(random: Random, new_id: Callable[[], str], *, size: int, currency: str, time_zone: str) -> Catalogue:
    """Everything that stands before the first day, drawn from `random`."""
    unit = Decimal({0: "100", 3: "0.3"}.get(digits(currency), "1"))
    tax_name, percent, on_purchases = _TAXES.get(currency, ("GST on Income", "10", True))
    places = _places(new_id)
    goods = tuple(_goods(random, new_id, 30 + min(4 * size, 400), unit, currency))
    abroad = [code for code in _ABROAD if code != currency][:3]
    return Catalogue(
        company="Alder & Finch Trading", currency=currency, time_zone=time_zone,
        country={"USD": "US", "GBP": "GB", "CAD": "CA", "JPY": "JP"}.get(currency, "AU"),
        tax_name=tax_name, tax_percent=Decimal(percent), purchase_tax=on_purchases, unit=unit,
        places=places, goods=goods, services=_services(new_id, unit),
        kits=_kits(random, new_id, goods, unit, currency),
        customers=_customers(random, new_id, 12 + min(4 * size, 600), currency, abroad, 1 + size // 20),
        suppliers=_suppliers(new_id, currency, abroad),
        rates={code: _weekly(random, code, currency) for code in abroad},
    )  # fmt: skip


def _places(new_id: Callable[[], str]) -> tuple[Place, ...]:
    bins = tuple((new_id(), name) for name in ("A-01", "A-02", "B-01"))
    return (
        Place(new_id(), "Main Warehouse", bins, default=True),
        Place(new_id(), "East Depot", ()),
        Place(new_id(), "Retail Store", ((new_id(), "Front"),)),
        Place(new_id(), "Overseas 3PL", ()),
    )


def _price(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places))


def _goods(random: Random, new_id: Callable[[], str], count: int, unit: Decimal, currency: str) -> list[Good]:
    goods = []
    for n in range(count):
        material = n % 4 == 3
        kind = _MATERIALS[n // 4 % len(_MATERIALS)] if material else _KINDS[n % len(_KINDS)]
        look = _LOOKS[(n * 5 + n // 12) % len(_LOOKS)]
        cost = _price(Decimal(random.randint(20_000, 600_000)).scaleb(-4) * unit, digits(currency) + 2 * material)
        goods.append(
            Good(
                new_id(), f"{kind[:4].upper()}-{look[:3].upper()}-{n + 1:03d}", f"{look} {kind} {n + 1}",
                "Materials" if material else ("Furniture" if n % 2 else "Decor"), _BRANDS[n % 3], cost,
                _price(cost * random.randint(140, 260) / 100, digits(currency)),
                Decimal("0.5") if material and n % 8 == 7 else Decimal(1), n % 6 == 5, False,
                chart.MATERIALS if material else chart.STOCK, chart.COGS_PARTS if material else chart.COGS,
                chart.SALES_PARTS if material else chart.SALES, material or n % 3 == 0,
            )
        )  # fmt: skip
    return goods


def _kits(
    random: Random, new_id: Callable[[], str], goods: tuple[Good, ...], unit: Decimal, currency: str
) -> tuple[Good, ...]:
    materials = [good for good in goods if good.stock == chart.MATERIALS]
    kits = []
    for n, look in enumerate(_LOOKS[:4]):
        parts = tuple((good.id, Decimal(random.randint(1, 4))) for good in random.sample(materials, 3))
        cost = sum((good.cost * 2 for good in materials[:3]), Decimal(0))
        kits.append(
            Good(
                new_id(), f"KIT-{look[:3].upper()}-{n + 1:02d}", f"{look} Bench Kit {n + 1}", "Assembled", _BRANDS[0],
                cost, _price(cost * Decimal("2.2"), digits(currency)), Decimal(1), False,
                False, chart.STOCK, chart.COGS, chart.SALES, False, parts,
            )
        )  # fmt: skip
    return tuple(kits)


def _services(new_id: Callable[[], str], unit: Decimal) -> tuple[Good, ...]:
    named = (("SVC-FIT", "Fitting at the customer's", 45), ("SVC-DSN", "Room design, per hour", 80))
    return tuple(
        Good(new_id(), sku, name, "Services", "", Decimal(0), Decimal(price) * unit, Decimal(1), False, True,
             "", "", chart.SERVICES, True)
        for sku, name, price in named
    )  # fmt: skip


def _customers(
    random: Random, new_id: Callable[[], str], count: int, currency: str, abroad: list[str], each: int
) -> tuple[Party, ...]:
    customers = [
        Party(new_id(), _ABROAD[code][0] + (f" {n + 1}" if n else ""), code, 30, False)
        for n in range(each) for code in abroad
    ]  # fmt: skip
    for n in range(count):
        channel = CHANNELS[n % 3]
        name = f"{_FIRST[n % 10]} {_LAST[(n // 10 + n) % 10]}" + (f" {n // 100 + 1}" if n >= 100 else "")
        terms = 0 if channel else random.choice((14, 30, 30, 45))
        customers.append(Party(new_id(), name, currency, terms, n % 4 != 0, channel == "Amazon_US", channel))
    return tuple(customers)


def _suppliers(new_id: Callable[[], str], currency: str, abroad: list[str]) -> tuple[Party, ...]:
    home = ("Bay Lumber Co", "Union Textile Mills", "Keystone Hardware", "Swift Freight Lines")
    return (
        *(Party(new_id(), name, currency, 30, True) for name in home),
        *(Party(new_id(), _ABROAD[code][1], code, 30, False) for code in abroad),
    )


def _weekly(random: Random, code: str, base: str) -> tuple[Decimal, ...]:
    middle = Decimal(_IN_USD[code]) / Decimal(_IN_USD.get(base, "0.65"))
    places = 5 if middle > Decimal("0.1") else 7
    return tuple(_price(middle * random.randint(9_600, 10_400) / 10_000, places) for _ in range(60))
