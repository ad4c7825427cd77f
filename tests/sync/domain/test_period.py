"""Periods are runs of whole days, both ends included."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.period import Period

periods = st.tuples(st.dates(date(2020, 1, 1), date(2022, 1, 1)), st.integers(0, 400)).map(
    lambda pair: Period(pair[0], date.fromordinal(pair[0].toordinal() + pair[1]))
)


@given(periods)
def test_a_period_has_the_days_that_it_contains(period: Period) -> None:
    days = list(period)
    assert len(days) == len(period)
    assert all(day in period for day in days)
    assert (days[0], days[-1]) == (period.start, period.end)


@given(periods, periods)
def test_two_periods_overlap_exactly_when_they_share_a_day(a: Period, b: Period) -> None:
    assert a.overlaps(b) == b.overlaps(a) == bool(set(a) & set(b))


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 1, 2), date(2026, 1, 1))
