"""The fewest calls, counted by hand for small books."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bench.feeds import mirrored
from bench.fewest import fewest, pages, windows

DAY = date(2026, 3, 1)


def days(*rows: int) -> dict[date, int]:
    return {DAY + timedelta(days=n): count for n, count in enumerate(rows)}


def test_an_empty_list_is_asked_for_once() -> None:
    assert [pages(rows) for rows in (0, 1, 1000, 1001)] == [1, 1, 1, 2]


def test_whole_days_are_packed_into_windows_of_one_page() -> None:
    assert windows(days(400, 600, 1), 1000) == 2
    assert windows(days(600, 600, 600), 1000) == 3
    assert windows({}, 1000) == 1


def test_a_day_above_a_page_is_read_twice() -> None:
    assert windows(days(10, 2500, 10), 1000) == 1 + 6 + 1


def test_a_window_is_no_longer_than_it_may_be() -> None:
    quiet = {DAY: 1, DAY + timedelta(days=182): 1, DAY + timedelta(days=183): 1}
    assert windows(quiet, 1000) == 1
    assert windows(quiet, 1000, 183) == 2


@given(st.lists(st.integers(0, 12), max_size=10), st.integers(1, 12))
def test_no_other_cut_of_the_days_needs_fewer_windows(rows: list[int], most: int) -> None:
    counts = {day: n for day, n in days(*rows).items() if 0 < n <= most}
    ordered = [counts[day] for day in sorted(counts)]
    best = [0] + [len(ordered) + 1] * len(ordered)
    for end in range(1, len(ordered) + 1):
        best[end] = min(best[start] + 1 for start in range(end) if sum(ordered[start:end]) <= most)
    assert windows(counts, most) == max(1, best[-1])


def test_the_fewest_calls_of_a_company_are_those_of_its_lists_and_ledgers() -> None:
    world = mirrored(5_000, date(2026, 11, 22), page_cap=1000)
    least = fewest(world)
    assert least["cin7", "me"] == 1
    assert least["cin7", "sales"] == 2
    assert least["cin7", "journals"] == 1
    assert least["cin7", "sale_details"] == 0
    assert least["qbo", "invoices"] == 2
    assert least["qbo", "ledger"] % 3 == 0
    assert 5 <= least["cin7", "transactions"] <= 6
    assert (
        least["cin7", "transactions"]
        < fewest(mirrored(5_000, date(2026, 11, 22), page_cap=100))["cin7", "transactions"]
    )
