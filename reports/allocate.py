"""Shares a posted amount over the lines that it was made of, so that the shares add up to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sync.domain.money import digits

# Cin7 takes rates with up to five decimals; a shorter rate that explains every line is the one that was used.
_RATE_DIGITS = range(9)
# How far an invoice's rate may lie from its order's before the two are taken for different documents.
_NEAR = (Decimal("0.8"), Decimal("1.25"))


def spread(amount: int, weights: Sequence[int | Fraction]) -> list[int] | None:
    """`amount` over the lines in proportion to `weights`, largest remainders first; None where those sum to zero."""
    total = sum(weights)
    if not total:
        return [0] * len(weights) if not amount else None
    exact = [Fraction(amount) * weight / total for weight in weights]
    shares = [share.numerator // share.denominator for share in exact]
    left = amount - sum(shares)
    order = sorted(range(len(shares)), key=lambda n: (shares[n] - exact[n], n))
    for n in order[:left]:
        shares[n] += 1
    return shares


def fit(
    amount: int, lines: Sequence[int], base: str, currency: str = "", rate: Decimal | None = None
) -> list[int] | None:
    """Each line's part of `amount` (minor units of `base`), None where the lines cannot be what was posted.

    `lines` are minor units of `currency` ("" is base). In base currency they must add up to the amount, but for one
    unit of rounding a line. In another one they must do so at one rate, near `rate` (base units for one) where it is
    known: invoices keep a rate of their own, which the order's need not equal.
    """
    if not lines:
        return None
    if currency in ("", base):
        off = amount - sum(lines)
        if not off:
            return list(lines)
        return _level(list(lines), off) if abs(off) <= len(lines) else None
    return _converted(amount, lines, base, currency, rate)


def _converted(amount: int, lines: Sequence[int], base: str, currency: str, rate: Decimal | None) -> list[int] | None:
    total = sum(lines)
    if not total or not amount or (amount > 0) != (total > 0):
        return [0] * len(lines) if not total and not amount else None
    scale = Decimal(10) ** (digits(base) - digits(currency))
    if rate and sum(told := _at(rate * scale, lines)) == amount:
        return told
    implied = Decimal(amount) / Decimal(total) / scale
    if rate and not _NEAR[0] <= implied / rate <= _NEAR[1]:
        return None
    for places in _RATE_DIGITS:
        shares = _at(round(implied, places) * scale, lines)
        if sum(shares) == amount:
            return shares
    return spread(amount, lines)


def _at(rate: Decimal, lines: Sequence[int]) -> list[int]:
    return [int((line * rate).to_integral_value(ROUND_HALF_UP)) for line in lines]


def _level(lines: list[int], off: int) -> list[int]:
    """Puts one unit of rounding on as many of the largest lines as it takes."""
    order = sorted(range(len(lines)), key=lambda n: (-abs(lines[n]), n))
    for n in order[: abs(off)]:
        lines[n] += 1 if off > 0 else -1
    return lines
