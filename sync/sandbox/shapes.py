"""How Cin7 Core writes things down: days, instants, numbers, statuses, and the fields that every line repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sync.domain.money import from_minor
from sync.sandbox.switches import Switches

# Every line of every document carries these, filled or not (Cin7 docs: Sale Quote Line Model).
EXTRA: dict[str, Any] = {
    **dict.fromkeys(("ProductLength", "ProductWidth", "ProductHeight", "ProductWeight"), 0),
    "WeightUnits": "",
    "DimensionsUnits": "",
    **{f"ProductCustomField{n}": None for n in range(1, 11)},
}
ATTRIBUTES: dict[str, Any] = {f"AdditionalAttribute{n}": "" for n in range(1, 11)}
CUSTOM: dict[str, Any] = {f"CustomField{n}": "" for n in range(1, 11)}


def day(value: date | None) -> str | None:
    """A business date: tenant-local midnight without a zone."""
    return None if value is None else f"{value.isoformat()}T00:00:00"


def stamp(at: datetime, switches: Switches, zone: str = "Z") -> str:
    """An instant in UTC with as many digits of the second as this company's system writes."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond * 10:07d}"[: 20 + switches.fraction_digits] + zone


def money(minor: int, currency: str) -> Decimal:
    return from_minor(minor, currency)


def number(value: Decimal) -> Decimal:
    """The same number without trailing zeros, and never in exponent form."""
    plain = value.normalize()
    return plain.quantize(Decimal(1)) if plain.as_tuple().exponent > 0 else plain  # type: ignore[operator]  # finite


def words(status: str, switches: Switches) -> str:
    return status if switches.status_case == "upper" else status.title()


def address(*, country: str, company: str | None = None, more: bool = False) -> dict[str, Any]:
    """An address block; the shipping one tells where to, the sale's one also to whom."""
    block: dict[str, Any] = {
        "DisplayAddressLine1": "14 Wharf Street",
        "DisplayAddressLine2": f"Portland 04101 {country}",
        "Line1": "14 Wharf Street",
        "Line2": "",
        "City": "Portland",
        "State": "",
        "Postcode": "04101",
        "Country": country,
    }
    if company is not None:
        block |= {"Company": company, "Contact": "Front desk"}
    return block | ({"ShipToOther": False} if more else {})


class Drawn(Mapping[str, dict[str, Any]]):
    """Detail payloads by id that are drawn when they are asked for, so that a large company fits in memory.

    A payload that is set by hand stands instead of the drawn one; None stands for a document that is gone.
    """

    def __init__(self, draw: Callable[[Any], dict[str, Any]]) -> None:
        self._draw = draw
        self._sources: dict[str, Any] = {}
        self._by_hand: dict[str, dict[str, Any] | None] = {}

    def add(self, id: str, source: Any) -> None:  # noqa: A002 - the vendor's word
        self._sources[id.lower()] = source

    def __setitem__(self, id: str, payload: dict[str, Any] | None) -> None:  # noqa: A002 - the vendor's word
        self._by_hand[id.lower()] = payload

    def __getitem__(self, id: str) -> dict[str, Any]:  # noqa: A002 - the vendor's word
        key = id.lower()
        if key in self._by_hand:
            found = self._by_hand[key]
            if found is None:
                raise KeyError(id)
            return found
        return self._draw(self._sources[key])

    def __iter__(self) -> Iterator[str]:
        return iter({**self._sources, **dict.fromkeys(self._by_hand)})

    def __len__(self) -> int:
        return sum(1 for _ in self)
