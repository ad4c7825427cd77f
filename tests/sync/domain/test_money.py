"""Money is exact, in whole minor units, with the digits its currency has."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.money import Money, digits, exact, from_minor, text, to_minor

currencies = st.sampled_from(["USD", "JPY", "KWD", "eur", "CLF"])


@pytest.mark.parametrize(
    ("currency", "expected"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("kwd", 3), ("XYZ", 2)]
)
def test_a_currency_has_the_digits_of_iso_4217(currency: str, expected: int) -> None:
    assert digits(currency) == expected


@given(st.integers(-(10**15), 10**15), currencies)
def test_minor_units_survive_the_way_to_text_and_back(minor: int, currency: str) -> None:
    assert to_minor(text(minor, currency), currency) == minor
    assert to_minor(from_minor(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("0.005", "USD", 1),
        ("-0.005", "USD", -1),
        ("0.0049", "USD", 0),
        ("2.5", "JPY", 3),
        ("-2.5", "JPY", -3),
        ("1.0005", "KWD", 1001),
    ],
)
def test_rounding_is_half_up_away_from_zero(amount: str, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


def test_text_has_exactly_the_digits_of_the_currency() -> None:
    assert [text(-5, "USD"), text(100, "USD"), text(7, "JPY"), text(1, "KWD"), text(0, "USD")] == [
        "-0.05",
        "1.00",
        "7",
        "0.001",
        "0.00",
    ]


@pytest.mark.parametrize("bad", [1.5, True, None])
def test_a_float_is_no_exact_number(bad: object) -> None:
    with pytest.raises(TypeError, match="exact number"):
        exact(bad)  # type: ignore[arg-type]  # that is what is tested


@pytest.mark.parametrize("bad", ["", "12,5", "NaN", "Infinity", "abc"])
def test_text_that_is_no_finite_number_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="number"):
        exact(bad)


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_sums_of_money_are_exact(a: int, b: int) -> None:
    assert Money(a, "USD") + Money(b, "USD") - Money(b, "USD") == Money(a, "USD")
    assert str(-Money(a, "USD")) == text(-a, "USD")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        Money(1, "USD") + Money(1, "EUR")


def test_a_large_amount_keeps_every_digit() -> None:
    assert to_minor(Decimal("12345678901234567.89"), "USD") == 1234567890123456789
