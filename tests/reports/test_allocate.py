"""Shares of a posted amount add up to it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.allocate import fit, spread

AMOUNTS = st.integers(-(10**9), 10**9)
LINES = st.lists(st.integers(1, 10**7), min_size=1, max_size=12)


@given(AMOUNTS, LINES)
def test_shares_add_up_and_differ_from_proportion_by_less_than_a_unit(amount: int, weights: list[int]) -> None:
    shares = spread(amount, weights)
    assert shares is not None
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Decimal(share) * sum(weights) - Decimal(amount) * weight) < sum(weights)


def test_nothing_is_spread_over_nothing() -> None:
    assert spread(5, []) is None
    assert spread(5, [1, -1]) is None
    assert spread(0, [1, -1]) == [0, 0]


@given(LINES)
def test_lines_in_base_currency_are_their_own_share(lines: list[int]) -> None:
    assert fit(sum(lines), lines, "USD") == lines
    assert fit(sum(lines), lines, "USD", "USD", Decimal(1)) == lines


@given(LINES, st.integers(-3, 3))
def test_a_unit_of_rounding_a_line_is_taken_up_and_no_more(lines: list[int], off: int) -> None:
    shares = fit(sum(lines) + off, lines, "USD")
    if abs(off) > len(lines):
        assert shares is None
    else:
        assert shares is not None
        assert sum(shares) == sum(lines) + off
        assert all(abs(a - b) <= 1 for a, b in zip(shares, lines, strict=True))


@given(LINES, st.decimals("0.01", "99", places=4))
def test_lines_in_another_currency_add_up_at_the_rate_that_was_used(lines: list[int], rate: Decimal) -> None:
    posted = [int((line * rate).to_integral_value(ROUND_HALF_UP)) for line in lines]
    if sum(posted):
        shares = fit(sum(posted), lines, "USD", "EUR", rate)
        assert shares == posted


def test_a_rate_that_no_header_tells_is_found() -> None:
    lines = [100_00, 33_33, 7]
    posted = [int((line * Decimal("1.0875")).to_integral_value(ROUND_HALF_UP)) for line in lines]
    assert fit(sum(posted), lines, "USD", "EUR") == posted


def test_currencies_without_cents_are_scaled() -> None:
    assert fit(15_000, [100_00], "JPY", "USD", Decimal(150)) == [15_000]
    assert fit(100_00, [15_000], "USD", "JPY", Decimal("0.0067")) == [100_00]


def test_a_rate_far_from_the_known_one_is_another_document() -> None:
    assert fit(200_00, [100_00], "USD", "EUR", Decimal("1.1")) is None


def test_lines_of_the_other_sign_or_none_do_not_fit() -> None:
    assert fit(-100, [50, 50], "USD", "EUR") is None
    assert fit(0, [], "USD") is None
    assert fit(0, [5, -5], "USD", "EUR") == [0, 0]
