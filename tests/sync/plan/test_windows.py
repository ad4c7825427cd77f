"""Choosing the windows of a ledger feed: every day is covered once, and pages are nearly full."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.domain.period import Period
from sync.plan.profile import FIRST, LAST, Profile
from sync.plan.windows import clusters, cut, fewest_windows, gaps, next_window, smaller

TODAY = date(2026, 11, 22)
days = st.dates(date(2024, 1, 1), date(2027, 1, 1))
periods = st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))


@given(periods, st.lists(periods, max_size=6))
def test_gaps_and_windows_together_cover_every_day_and_gaps_overlap_no_window(
    outer: Period, windows: list[Period]
) -> None:
    found = gaps(outer, windows)
    uncovered = {day for day in outer if not any(day in window for window in windows)}
    assert {day for gap in found for day in gap} == uncovered
    assert found == sorted(found, reverse=True)


def test_the_only_gap_of_an_empty_cache_is_everything() -> None:
    assert gaps(Period(FIRST, LAST), []) == [Period(FIRST, LAST)]


@given(st.dictionaries(st.dates(date(2026, 1, 1), TODAY), st.integers(1, 80), min_size=1))
def test_with_known_counts_the_next_window_never_exceeds_a_page_unless_one_day_does(counts: dict[date, int]) -> None:
    profile = Profile()
    profile.learn(Period(date(2025, 12, 31), TODAY), [day for day, n in counts.items() for _ in range(n)])
    window = next_window(Period(FIRST, LAST), profile, 100, TODAY)
    rows = sum(n for day, n in counts.items() if day in window)
    assert window.end == LAST
    assert rows <= 100 or window.start == TODAY


def test_an_even_ledger_is_read_in_windows_that_are_nearly_full() -> None:
    profile, gap, sizes = Profile(prior=30.0), Period(date(2025, 1, 1), TODAY), []
    while True:
        window = next_window(gap, profile, 1000, TODAY)
        sizes.append(30 * len(window))
        profile.learn(window, [day for day in window for _ in range(30)])
        if window.start == gap.start:
            break
        gap = Period(gap.start, window.start - timedelta(days=1))
    assert all(size <= 1000 for size in sizes)
    assert min(sizes[:-1]) >= 900


@given(periods, st.integers(101, 100_000))
def test_a_window_that_was_too_full_shrinks_until_it_is_one_day(window: Period, total: int) -> None:
    steps = 0
    current: Period | None = window
    while current is not None:
        less = smaller(current, total, 100, TODAY, Profile(prior=1.0))
        assert less is None or (less.end == window.end and less.start > current.start)
        current, steps = less, steps + 1
    assert steps <= len(window) + 1


def test_another_ledger_that_mirrors_the_feed_makes_the_first_windows_full_already() -> None:
    hints = {TODAY - timedelta(days=n): 45 if n % 7 < 2 else 3 for n in range(300)}
    profile = Profile(hints=hints)
    profile.expect(2 * sum(hints.values()), 300)
    window = next_window(Period(FIRST, LAST), profile, 1000, TODAY)
    assert 850 <= sum(2 * rows for day, rows in hints.items() if day in window) <= 1000


def test_hints_that_do_not_fit_the_known_days_are_not_followed() -> None:
    hints = {date(2026, 1, 1) + timedelta(days=n): 1000 if n % 30 == 0 else 0 for n in range(200)}
    profile = Profile(hints=hints)
    known = Period(date(2026, 2, 1), date(2026, 4, 30))
    profile.learn(known, [day for day in known for _ in range(10)])
    assert profile.expected(date(2026, 1, 31)) == 10.0


def test_an_open_window_that_is_too_full_moves_past_today() -> None:
    less = smaller(Period(TODAY, LAST), 5000, 1000, TODAY, Profile())
    assert less is not None
    assert less.start > TODAY
    assert less.end == LAST


@given(periods, st.integers(1, 8), days, days)
def test_the_pieces_of_a_cut_gap_are_the_gap(gap: Period, parts: int, newest: date, oldest: date) -> None:
    pieces = cut(gap, parts, newest, oldest)
    assert len(pieces) <= parts
    assert sorted(day for piece in pieces for day in piece) == list(gap)


@given(st.lists(days, max_size=30), st.integers(0, 20))
def test_clusters_hold_every_day_and_lie_further_apart_than_asked(found: list[date], apart: int) -> None:
    runs = clusters(found, apart=apart)
    assert all(any(day in run for run in runs) for day in found)
    assert all((b.start - a.end).days > apart for a, b in pairwise(runs))


@given(st.dictionaries(days, st.integers(1, 100), max_size=40))
def test_the_fewest_windows_are_at_least_the_rows_over_the_page(counts: dict[date, int]) -> None:
    assert fewest_windows(counts, 100) >= -(-sum(counts.values()) // 100)


def test_the_fewest_windows_of_a_day_above_a_page_count_its_second_reading() -> None:
    assert fewest_windows({TODAY: 250}, 100) == 6
