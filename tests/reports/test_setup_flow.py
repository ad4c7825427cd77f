"""Posting style, second connectors, and classes of documents that cease: what is told, and what is left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.setup_facts import Flow, Repeated, Style
from reports.setup_flow import ceased
from sync.domain.period import Period
from tests.reports.test_setup_check import company, faults

TODAY = date(2026, 3, 17)


def days(count: int, *, until: date = TODAY, each: int = 3) -> dict[date, int]:
    """So many days up to `until` with `each` documents on all but Sundays."""
    found = (until - timedelta(days=n) for n in range(count))
    return {day: each for day in found if day.isoweekday() != 7}


def flow(cin7: dict[date, int], qbo: dict[date, int]) -> Flow:
    return Flow("bills", cin7, qbo, dict.fromkeys(cin7, 100))


@given(st.dictionaries(st.integers(0, 119), st.integers(1, 20), max_size=60))
def test_a_class_that_always_arrives_never_ceased(counts: dict[int, int]) -> None:
    mirrored = {TODAY - timedelta(days=back): count for back, count in counts.items()}
    assert ceased(flow(mirrored, mirrored)) is None


@pytest.mark.parametrize("silent", [10, 17, 30])
def test_a_class_that_ceased_is_told_with_the_days_it_has_been_silent(silent: int) -> None:
    found = ceased(flow(days(100), days(100 - silent, until=TODAY - timedelta(days=silent))))
    assert found is not None
    assert found.end == TODAY - timedelta(days=1)
    assert found.start > TODAY - timedelta(days=silent)


def test_a_class_that_is_summed_up_once_a_day_is_judged_by_its_own_measure() -> None:
    assert ceased(flow(days(100, each=12), days(100, each=1))) is None
    assert ceased(flow(days(100, each=12), days(80, until=TODAY - timedelta(days=20), each=1))) is not None


def test_one_summary_a_month_is_too_few_to_judge() -> None:
    monthly = {date(2025, 12, 31): 1, date(2026, 1, 31): 1, date(2026, 2, 28): 1}
    assert ceased(flow(days(100), monthly)) is None


def test_the_newest_day_may_still_be_on_its_way() -> None:
    assert ceased(flow(days(60), days(59, until=TODAY - timedelta(days=1)))) is None


def test_a_silent_stop_is_an_error_with_all_that_is_missing_at_stake() -> None:
    stopped = flow(days(100), days(80, until=TODAY - timedelta(days=20)))
    assert faults(company(flows=(stopped,))) == [("error", "silent_stop", "bills")]


def test_sales_that_another_connector_posts_may_stop_in_cin7s_way() -> None:
    stopped = Flow("sales invoices", days(100), days(50, until=TODAY - timedelta(days=50)))
    assert faults(company(flows=(stopped,), sales_elsewhere=True)) == []


def test_a_style_is_recognised_for_each_channel_and_a_mixed_one_is_a_warning() -> None:
    clear = (Style("", 20, 20), Style("Shopify", 40, 0))
    assert faults(company(styles=clear, journals=12)) == []
    mixed = (Style("", 20, 20), Style("Shopify", 40, 20))
    assert faults(company(styles=mixed, journals=12)) == [("warning", "posting_style_mixed", "Shopify")]


def test_sales_that_are_nowhere_are_an_error_unless_another_connector_posts_them() -> None:
    nowhere = (Style("Shopify", 40, 0),)
    assert faults(company(styles=nowhere)) == [("error", "posting_style_wrong", "posting")]
    assert faults(company(styles=nowhere, sales_elsewhere=True)) == []


def test_a_setting_that_names_another_connector_must_be_true() -> None:
    alone = (Style("Shopify", 40, 40),)
    assert faults(company(styles=alone, sales_elsewhere=True)) == [("warning", "posting_style_wrong", "posting")]


def test_a_summary_that_repeats_sales_is_an_error_by_its_number() -> None:
    repeated = (Repeated("A2X-1", -12345, "A2X-1 repeats the sales of Shopify."),)
    assert faults(company(repeated=repeated)) == [("error", "second_connector", "A2X-1")]


def test_the_period_of_a_stop_is_whole_days() -> None:
    stopped = flow(days(100), days(80, until=TODAY - timedelta(days=20)))
    assert ceased(stopped) == Period(TODAY - timedelta(days=14), TODAY - timedelta(days=1))
