"""The envelopes of QuickBooks Online's answers: query responses, batches, and changes with their deletions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sync.errors import UnexpectedPayload
from sync.qbo import wire
from sync.qbo.to_domain import Deletion, deletion, is_deletion
from sync.qbo.wire import NAME, SYSTEM, Row

Rows = list[Row]
_MOST_OBJECTS = 1000  # Intuit docs, "Change data capture": one answer holds at most 1,000 objects, without notice


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since an instant: rows per entity as the API names it, and deletions.

    `time` is the server's, the next starting point. `cut` says that the answer may lack rows.
    """

    time: datetime
    rows: dict[str, Rows]
    deleted: list[Deletion]
    cut: bool


def rows_of(value: Mapping[str, Any], entity: str) -> Rows:
    """The rows of `entity` in a query's answer; none where the key is missing, as QuickBooks says it."""
    response = _response(value)
    found = response.get(entity)
    if found is None:
        strangers = [key for key, content in response.items() if isinstance(content, list)]
        if strangers:
            _misfit(f"a query for {entity} was answered with {', '.join(strangers)}")
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        _misfit(f"{entity} in a query's answer is no list of objects")
    return found


def total_of(value: Mapping[str, Any]) -> int:
    """The number that a COUNT(*) answers with."""
    found = _response(value).get("totalCount")
    if not isinstance(found, int) or isinstance(found, bool):
        _misfit("a count was answered without totalCount")
    return found


def id_of(row: Mapping[str, Any]) -> str:
    """A row's Id; raises UnexpectedPayload for a row without one."""
    found = wire.text(row, "Id")
    if not found:
        _misfit(f"a row has no Id; it has {', '.join(sorted(map(str, row)))[:80]}")
    return found


def object_of(value: Mapping[str, Any], entity: str) -> dict[str, Any]:
    """The one object in the answer to a read."""
    found = value.get(entity)
    if not isinstance(found, dict):
        _misfit(f"a read of {entity} was answered with {', '.join(sorted(value))[:80]}")
    return found


def items_of(value: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The items of a batch's answer by bId; their order means nothing."""
    found = value.get("BatchItemResponse")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        _misfit("a batch was answered without BatchItemResponse")
    return {str(item.get("bId")): item for item in found}


def changes_of(value: Mapping[str, Any], entities: Sequence[str]) -> Changes:
    """The answer of change data capture; entities that did not change are missing from it."""
    rows: dict[str, Rows] = {entity: [] for entity in entities}
    deleted: list[Deletion] = []
    for outer in wire.parts(value, "CDCResponse"):
        for response in wire.parts(outer, "QueryResponse"):
            for entity, found in response.items():
                if isinstance(found, list):
                    live = rows.setdefault(entity, [])
                    for row in wire.parts(response, entity):
                        if is_deletion(row):
                            deleted.append(deletion(entity, row))
                        else:
                            live.append(row)
    time = wire.instant(value, "time")
    if time is None or "CDCResponse" not in value:
        _misfit("change data capture answered without CDCResponse and time")
    objects = len(deleted) + sum(map(len, rows.values()))
    return Changes(time, rows, deleted, cut=objects >= _MOST_OBJECTS)


def _response(value: Mapping[str, Any]) -> Mapping[str, Any]:
    found = value.get("QueryResponse")
    if not isinstance(found, Mapping):
        _misfit(f"a query was answered with {', '.join(sorted(map(str, value)))[:80]}")
    return found


def _misfit(words: str) -> NoReturn:
    raise UnexpectedPayload(f"{NAME}: {words}.", system=SYSTEM)
