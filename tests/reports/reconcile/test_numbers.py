"""Numbers of documents: which are the same, which only look alike, and which a text names."""

from __future__ import annotations

import pytest

from reports.reconcile.numbers import digits, is_copy, named, plain, shape, stems


def test_case_and_blanks_make_no_other_number() -> None:
    assert plain(" inv-00012  a ") == "INV-00012 A"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INV-00012", [("INV-00012", "")]),
        ("COGS-INV-00012", [("INV-00012", "COGS-")]),
        ("Cost of sale INV-00012", [("INV-00012", "")]),
        ("payment of inv-00012, INV-00013", [("INV-00012", ""), ("INV-00013", "")]),
        ("R-26/4", [("R-26/4", "")]),
        ("nothing of ours 99", []),
        ("INV-000123", []),
    ],
)
def test_a_text_names_the_numbers_that_stand_in_it_whole(text: str, found: list[tuple[str, str]]) -> None:
    assert named(text, {"INV-00012", "INV-00013", "00012", "R-26/4"}) == found


def test_the_longest_end_of_a_number_is_the_one_that_is_meant() -> None:
    assert named("COGS-INV-00012", {"00012", "INV-00012"}) == [("INV-00012", "COGS-")]


@pytest.mark.parametrize("copy", ["INV-12-1", "INV-12A", "INV-12 (2)", "INV-12-COPY"])
def test_a_number_with_a_short_suffix_is_a_copy(copy: str) -> None:
    assert is_copy(copy, "INV-12")
    assert "INV-12" in stems(copy)


@pytest.mark.parametrize("other", ["INV-12", "XINV-12", "INV-12-2026"])
def test_other_numbers_are_no_copies(other: str) -> None:
    assert not is_copy(other, "INV-12")


def test_a_shape_keeps_the_count_of_digits() -> None:
    assert (shape("inv-00012"), shape("INV-0001")) == ("INV-99999", "INV-9999")
    assert (digits("INV-00012"), digits("none")) == (12, 0)
