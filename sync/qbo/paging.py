"""Walking the pages of a list that may change while it is read, so that no row is missed; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sync.qbo.wire import Row

Rows = list[Row]
_MOST_STEPS_BACK = 64


def walk(page: Callable[[int, int], Rows], id_of: Callable[[Row], str], limit: int) -> Iterator[Rows]:
    """The rows of all pages, each id once; `page(start, limit)` gives rows ordered by id, `start` from 1.

    STARTPOSITION counts rows of a list that lives: a row deleted before it moves the others forward, and
    a plain next page would skip as many. So each page starts on the last row of the page before. When its
    first row was not seen yet, something moved, and the start goes back until one that was seen is there.
    """
    seen: set[str] = set()
    start = 1
    while True:
        rows = page(start, limit)
        step = 1
        while start > 1 and not (rows and id_of(rows[0]) in seen):
            start, step = max(1, start - step), min(2 * step, _MOST_STEPS_BACK)
            rows = page(start, limit)
        fresh = {id_of(row): row for row in rows if id_of(row) not in seen}
        seen |= fresh.keys()
        if fresh:
            yield list(fresh.values())
        if len(rows) < limit:
            return
        start += len(rows) - 1
