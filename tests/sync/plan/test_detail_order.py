"""Which documents a run reads in detail: what is asked for, then what stands in findings, then the newest."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync.plan.detail_order import chosen
from sync.store.unread import Unread

JANUARY, FEBRUARY = date(2026, 1, 5), date(2026, 2, 5)
OLD, NEW, UNDATED = Unread("Sale", "old", JANUARY), Unread("Sale", "new", FEBRUARY), Unread("Sale", "undated")
FOUND = Unread("Purchase", "found", JANUARY, found=True)
ASKED = Unread("StockTransfer", "asked", JANUARY, times=1)
OFTEN = Unread("Sale", "often", JANUARY, times=3)

some = st.builds(
    Unread,
    st.sampled_from(["Sale", "Purchase"]),
    st.sampled_from("abcdef"),
    st.none() | st.dates(JANUARY, FEBRUARY),
    st.integers(0, 2),
    st.booleans(),
)


def test_what_people_ask_for_comes_first_then_findings_then_the_newest() -> None:
    assert chosen([OLD, UNDATED, NEW, FOUND, ASKED, OFTEN], 9) == [OFTEN, ASKED, FOUND, NEW, OLD, UNDATED]


def test_of_two_asked_for_as_often_the_one_in_a_finding_comes_first() -> None:
    found = Unread("Sale", "found", JANUARY, times=1, found=True)
    assert chosen([Unread("Sale", "asked", FEBRUARY, times=1), found], 1) == [found]


def test_no_more_are_chosen_than_the_run_may_read() -> None:
    assert chosen([OLD, NEW, FOUND], 2) == [FOUND, NEW]
    assert chosen([OLD, NEW], 0) == []


def test_a_document_that_is_there_for_two_reasons_is_read_once_for_the_better_one() -> None:
    again = Unread(OLD.kind, OLD.id, OLD.day, times=2)
    assert chosen([OLD, NEW, again], 9) == [again, NEW]


def test_what_was_refused_waits_and_takes_no_place() -> None:
    assert chosen([OFTEN, OLD, NEW], 1, {OFTEN.key}) == [NEW]


@given(st.lists(some, max_size=20), st.integers(0, 10), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_given_does_not_matter(unread: list[Unread], most: int, random: Random) -> None:
    mixed = list(unread)
    random.shuffle(mixed)
    right = chosen(unread, most)
    assert [each.key for each in chosen(mixed, most)] == [each.key for each in right]
    assert len(right) == len({each.key for each in right}) == min(most, len({each.key for each in unread}))


@given(st.lists(some, max_size=20), st.integers(0, 10))
def test_runs_one_after_another_read_all_of_them_once(unread: list[Unread], most: int) -> None:
    left, read = list(unread), list[tuple[str, str]]()
    while turn := chosen(left, most + 1):
        read += [each.key for each in turn]
        left = [each for each in left if each.key not in read]
    assert sorted(read) == sorted({each.key for each in unread})
    assert read == [each.key for each in chosen(unread, len(unread))]
