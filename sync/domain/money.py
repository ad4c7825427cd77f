"""Exact money: whole minor units with their currency, and the only rounding in the program."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ISO 4217 minor units; every currency that is not listed has two digits.
_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def digits(currency: str) -> int:
    """Digits after the point that the currency's money has (ISO 4217): USD 2, JPY 0, KWD 3."""
    return _DIGITS.get(currency.upper(), 2)


def exact(value: str | int | Decimal) -> Decimal:
    """The one door for numbers: a finite Decimal with every digit kept.

    Raises TypeError for a float or bool, ValueError for text that is no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"an exact number is needed, not {type(value).__name__} {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"not a number: {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    return number


def to_minor(value: str | int | Decimal, currency: str) -> int:
    """Whole minor units of `currency`, rounded half up (away from zero), as both vendors round."""
    return int(exact(value).scaleb(digits(currency)).to_integral_value(ROUND_HALF_UP))


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount that `minor` units are, with exactly the currency's digits."""
    return Decimal(minor).scaleb(-digits(currency))


def text(minor: int, currency: str) -> str:
    """`minor` units as a plain decimal string with the currency's own digits: -5 USD is '-0.05'."""
    return f"{from_minor(minor, currency):f}"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole minor units of one currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, value: str | int | Decimal, currency: str) -> Money:
        return cls(to_minor(value, currency), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return text(self.minor, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return other
