"""The arithmetic of the benchmarks: percentiles, sliding windows, the share of an allowance, goals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.figures import Figure, Goal, busiest, percentile, share_of_allowance


def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed() -> None:
    hundred = list(range(100, 0, -1))
    assert (percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)) == (50, 99, 100)
    assert percentile([7.0], 0.01) == 7.0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_at_least_the_share_lies_at_or_below_the_percentile_and_less_below_it(values: list[int], share: float) -> None:
    found = percentile(values, share)
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


@pytest.mark.parametrize("share", [0, -0.1, 1.1])
def test_a_percentile_of_nothing_or_beyond_everything_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="no percentile"):
        percentile([1, 2], share)
    with pytest.raises(ValueError, match="no percentile"):
        percentile([], 0.5)


def test_a_window_counts_its_start_and_not_its_end() -> None:
    assert busiest([0, 30, 60, 61], 60) == 3
    assert busiest([0, 60, 120], 60) == 1
    assert busiest([], 60) == 0


@given(st.lists(st.floats(0, 300), max_size=40), st.sampled_from([1.0, 10.0, 60.0]))
def test_the_busiest_window_is_the_busiest_of_all_that_start_with_a_moment(
    moments: list[float], seconds: float
) -> None:
    counted = [sum(0 <= other - moment < seconds for other in moments) for moment in moments]
    assert busiest(moments, seconds) == max(counted, default=0)


def test_who_sends_each_allowance_at_once_uses_all_of_it() -> None:
    assert share_of_allowance([0.0] * 60 + [60.0] * 60 + [120.0], 60, 60) == 1.0


def test_a_sender_of_one_call_in_two_seconds_uses_half() -> None:
    assert share_of_allowance([2.0 * n for n in range(121)], 60, 60) == 0.5


def test_the_end_of_the_work_is_not_held_against_the_sender() -> None:
    moments = [0.0] * 60 + [60.0] * 60 + [120.0]
    assert share_of_allowance([*moments, 500.0], 60, 60) == share_of_allowance(moments, 60, 60)


def test_who_never_meets_the_limit_has_no_share() -> None:
    with pytest.raises(ValueError, match="never met the limit"):
        share_of_allowance([0.0] * 60, 60, 60)


@pytest.mark.parametrize(
    ("way", "value", "met"),
    [("<=", 5, True), ("<=", 5.01, False), (">=", 5, True), (">=", 4.99, False), ("<", 5, False), ("<", 4.9, True)],
)
def test_a_goal_says_whether_it_is_met(way: str, value: float, met: bool) -> None:
    goal = Goal(way, 5, " MB", 2)  # type: ignore[arg-type]  # the parameters above are its ways
    assert goal.met(value) is met
    line = str(Figure("memory", value, goal, "a note"))
    assert ("MISSED" in line) is not met
    assert f"{value:.2f} MB" in line
    assert f"{way} 5.00 MB" in line


def test_a_figure_without_a_goal_is_neither_met_nor_missed() -> None:
    line = str(Figure("seconds", 3, None))
    assert "met" not in line.lower().split()
    assert "missed" not in line.lower()
