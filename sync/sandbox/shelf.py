"""Orderings and indexes of big books, made once and kept for as long as the rows stay the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_SMALL = 5_000
_KEPT = 64


class Shelf:
    """Keeps what was built from a long list; short lists are looked at afresh at every call.

    A list counts as unchanged while it is the same object, of the same length, on the same day of the practice
    company. Whoever changes rows of a long list in place without that calls `clear`.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # one building may need another
        self._kept: OrderedDict[Hashable, tuple[Sequence[Any], int, Hashable, Any]] = OrderedDict()

    def get(self, key: Hashable, rows: Sequence[Any], day: Hashable, build: Callable[[], T]) -> T:
        """`build()`, or what it gave last time for this key."""
        if len(rows) < _SMALL:
            return build()
        with self._lock:
            kept = self._kept.get(key)
            if kept and kept[0] is rows and kept[1] == len(rows) and kept[2] == day:
                self._kept.move_to_end(key)
                found: T = kept[3]
                return found
            made = build()
            self._kept[key] = (rows, len(rows), day, made)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return made

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
