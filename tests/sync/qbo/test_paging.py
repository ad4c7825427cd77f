from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.qbo.paging import Rows, walk
from sync.qbo.wire import Row


def id_of(row: Row) -> str:
    return str(row["Id"])


class Shelf:
    """A list ordered by id that changes before each page that is asked for."""

    def __init__(self, ids: list[int], changes: list[tuple[set[int], set[int]]] | None = None) -> None:
        self.ids = sorted(ids)
        self.changes = changes or []
        self.asked: list[int] = []

    def page(self, start: int, limit: int) -> Rows:
        if self.asked and self.changes:
            gone, new = self.changes.pop(0)
            self.ids = sorted((set(self.ids) - gone) | new)
        self.asked.append(start)
        return [{"Id": f"{number:06}"} for number in self.ids[start - 1 : start - 1 + limit]]


def walked(shelf: Shelf, limit: int) -> list[int]:
    return [int(id_of(row)) for page in walk(shelf.page, id_of, limit) for row in page]


def test_a_short_list_is_one_call() -> None:
    shelf = Shelf(list(range(9)))
    assert walked(shelf, 10) == list(range(9))
    assert shelf.asked == [1]


def test_an_empty_list_is_one_call_and_no_page() -> None:
    shelf = Shelf([])
    assert list(walk(shelf.page, id_of, 10)) == []
    assert shelf.asked == [1]


def test_each_page_starts_on_the_last_row_of_the_page_before() -> None:
    shelf = Shelf(list(range(25)))
    assert walked(shelf, 10) == list(range(25))
    assert shelf.asked == [1, 10, 19]


def test_a_deletion_before_the_page_is_noticed_and_no_row_is_skipped() -> None:
    shelf = Shelf(list(range(25)), [({0, 1, 2}, set())])
    assert walked(shelf, 10) == list(range(25))
    assert shelf.asked[:4] == [1, 10, 9, 7]


def test_the_last_row_itself_may_go() -> None:
    shelf = Shelf(list(range(15)), [({9}, set())])
    assert walked(shelf, 10) == list(range(15))


def test_a_list_that_shrinks_to_less_than_was_read_ends() -> None:
    shelf = Shelf(list(range(30)), [(set(range(10, 30)) | set(range(8)), set())])
    assert walked(shelf, 10) == list(range(10))


@given(
    st.sets(st.integers(0, 60)),
    st.lists(st.tuples(st.sets(st.integers(0, 60), max_size=6), st.sets(st.integers(61, 90), max_size=3)), max_size=6),
    st.integers(2, 9),
)
def test_whatever_is_deleted_or_added_meanwhile_no_lasting_row_is_missed_or_doubled(
    ids: set[int], changes: list[tuple[set[int], set[int]]], limit: int
) -> None:
    shelf = Shelf(list(ids), list(changes))
    found = walked(shelf, limit)
    lasting = ids.intersection(shelf.ids)
    assert len(found) == len(set(found))
    assert lasting <= set(found)


@given(st.integers(0, 40), st.integers(2, 9))
def test_a_quiet_list_costs_no_more_calls_than_its_overlap(rows: int, limit: int) -> None:
    shelf = Shelf(list(range(rows)))
    walked(shelf, limit)
    assert len(shelf.asked) == max(1, 1 + max(0, rows - limit) // (limit - 1) + (rows >= limit))
