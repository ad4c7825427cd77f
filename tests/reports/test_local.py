"""Figures as the company's people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.books import CompanyFacts
from reports.local import local
from sync.domain.money import digits, from_minor
from sync.domain.period import Period


def of(zone: str, currency: str) -> CompanyFacts:
    return CompanyFacts(1, "Acme", currency, zone)


@pytest.mark.parametrize(
    ("zone", "currency", "money", "day"),
    [
        ("America/New_York", "USD", "$1,234,567.89", "Jan 12, 2026"),
        ("Europe/London", "GBP", "£1,234,567.89", "12 Jan 2026"),
        ("Europe/Berlin", "EUR", "1.234.567,89\xa0€", "12 Jan 2026"),
        ("Asia/Tokyo", "JPY", "¥123,456,789", "Jan 12, 2026"),
        ("Asia/Kuwait", "KWD", "KWD\xa0123,456.789", "Jan 12, 2026"),
        ("Etc/UTC", "USD", "$1,234,567.89", "Jan 12, 2026"),
    ],
)
def test_money_and_days_are_written_as_in_the_company_s_territory(
    zone: str, currency: str, money: str, day: str
) -> None:
    found = local(of(zone, currency))
    assert found.money(123_456_789) == money
    assert found.day(date(2026, 1, 12)) == day


def test_instants_are_company_local_and_say_their_zone() -> None:
    found = local(of("America/New_York", "USD"))
    assert found.instant(datetime(2026, 1, 12, 14, 5, tzinfo=UTC)) == "Jan 12, 2026, 9:05\u202fAM EST"


def test_spans_signs_and_shares() -> None:
    found = local(of("America/New_York", "USD"))
    assert found.span(Period(date(2026, 1, 5), date(2026, 1, 11))) == "Jan 5, 2026 – Jan 11, 2026"
    assert found.span(Period(date(2026, 1, 5), date(2026, 1, 5))) == "Jan 5, 2026"
    assert (found.signed(5), found.signed(0), found.signed(-5)) == ("+$0.05", "$0.00", "-$0.05")
    assert (found.percent("42.6"), found.percent(None)) == ("42.6%", "–")
    assert (found.whole(100_000), found.whole(100_050)) == ("$1,000", "$1,000.50")


@given(st.integers(-(10**18), 10**18), st.sampled_from(["USD", "JPY", "KWD"]))
def test_no_digit_of_money_is_lost_however_large_it_is(minor: int, currency: str) -> None:
    shown = local(of("America/New_York", currency)).money(minor)
    plain = "".join(letter for letter in shown if letter.isdigit() or letter in "-.")
    assert plain == f"{from_minor(minor, currency):.{digits(currency)}f}"
