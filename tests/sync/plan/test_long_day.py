"""When a day of more than one page is known whole, though each page draws its rows in another order."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync.plan.cin7_feed import Row
from sync.plan.cin7_long_day import Seen

LIMIT = 4


def _rows(names: str) -> list[Row]:
    return [{"TaskID": name} for name in names]


def _names(seen: Seen) -> Counter[object]:
    return Counter(row["TaskID"] for row in seen.rows())


def _read(seen: Seen, names: str, random: Random) -> None:
    """One reading whose every page is cut from another order of the same rows."""
    for number in range(1, -(-len(names) // LIMIT) + 1):
        mixed = random.sample(names, len(names))
        seen.add(_rows("".join(mixed[LIMIT * (number - 1) : LIMIT * number])), len(names), number, LIMIT)


@given(st.text("abcdefghi", min_size=1, max_size=11), st.integers(0, 10_000), st.integers(1, 12))
def test_what_is_held_for_whole_is_what_there_is(names: str, seed: int, readings: int) -> None:
    seen, random = Seen(), Random(seed)
    for _ in range(readings):
        _read(seen, names, random)
    assert _names(seen) <= Counter(names)
    assert seen.whole == (_names(seen) == Counter(names))


def test_different_rows_are_all_seen_sooner_or_later() -> None:
    seen, random = Seen(), Random(1)
    for _ in range(12):
        _read(seen, "abcdefghijk", random)
    assert seen.whole


def test_equal_rows_that_never_share_a_page_are_not_told_from_one() -> None:
    seen = Seen()
    for _ in range(3):
        seen.add(_rows("aacd"[1:] + "b"), 5, 1, LIMIT)
        seen.add(_rows("a"), 5, 2, LIMIT)
    assert not seen.whole


def test_a_page_that_repeats_a_row_or_lacks_one_tells_nothing() -> None:
    seen = Seen()
    seen.add(_rows("aabcd"), 5, 1, LIMIT)
    assert seen.most.total() == 0
    seen.add(_rows("abc"), 5, 1, LIMIT)
    assert seen.most.total() == 0


def test_rows_of_a_feed_that_announced_another_number_count_no_more() -> None:
    seen = Seen()
    seen.add(_rows("abcd"), 5, 1, LIMIT)
    seen.add(_rows("ef"), 6, 2, LIMIT)
    assert (seen.most.total(), seen.whole) == (2, False)


def test_a_feed_that_announces_nothing_is_never_whole() -> None:
    seen = Seen()
    seen.add(_rows("abcd"), None, 1, LIMIT)
    assert not seen.whole
