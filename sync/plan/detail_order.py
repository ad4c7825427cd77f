"""Which documents a run reads in detail, of those that were not; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sync.store.unread import Key, Unread


def chosen(unread: Iterable[Unread], most: int, leave: Collection[Key] = ()) -> list[Unread]:
    """At most so many of them, each once: those asked for most often, then those in findings, then the newest.

    What `leave` names waits for another run. The order in which they are given does not matter.
    """
    each: dict[Key, Unread] = {}
    for document in unread:
        held = each.get(document.key)
        if document.key not in leave and (held is None or _turn(document) < _turn(held)):
            each[document.key] = document
    return sorted(each.values(), key=_turn)[: max(0, most)]


def _turn(document: Unread) -> tuple[int, bool, int, str, str]:
    day = document.day or date.min
    return -document.times, not document.found, -day.toordinal(), document.kind, document.id
