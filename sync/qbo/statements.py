"""The text of QuickBooks Online's query statements, with values quoted so that no value can change the statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sync.qbo.resources import is_list

MOST_ROWS = 1000  # Intuit docs, "Query operations and syntax": MAXRESULTS is 1000 at most
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def quote(value: str) -> str:
    r"""`value` as a quoted text of a statement: backslashes first, then apostrophes (python-quickbooks#319)."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def moment(when: datetime) -> str:
    """An instant as a quoted text with its offset: without one QuickBooks would read company-local time."""
    return quote(in_utc(when))


def in_utc(when: datetime) -> str:
    """An aware instant as QuickBooks reads it, to the second; ValueError for a naive one."""
    if when.tzinfo is None:
        raise ValueError(f"an aware instant is needed, not {when}")
    return f"{when.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"


def changed_since(when: datetime) -> str:
    """The condition for rows changed at `when` or later."""
    return f"MetaData.LastUpdatedTime >= {moment(when)}"


def dated(start: date, end: date) -> str:
    """The condition for transactions dated from `start` to `end`, both included."""
    return f"TxnDate >= {quote(start.isoformat())} AND TxnDate <= {quote(end.isoformat())}"


def among(ids: Iterable[str]) -> str:
    """The condition for the rows with these ids."""
    return f"Id IN ({', '.join(quote(value) for value in ids)})"


def select(entity: str, *, where: str = "", order: str = "Id", start: int = 1, limit: int = MOST_ROWS) -> str:
    """The statement for one page of `entity`; list entities come with their inactive rows.

    `where` is made by this module's functions. ValueError for a name, start or limit that cannot be.
    """
    if start < 1 or not 1 <= limit <= MOST_ROWS:
        raise ValueError(f"a page starts at 1 and has 1 to {MOST_ROWS} rows, not {start} and {limit}")
    parts = [f"SELECT * FROM {_word(entity)}", *_conditions(entity, where)]  # noqa: S608  # names checked, values quoted
    if order:
        parts.append(f"ORDERBY {_word(order)}")
    return f"{' '.join(parts)} STARTPOSITION {start} MAXRESULTS {limit}"


def count(entity: str, *, where: str = "") -> str:
    """The statement for the number of rows of `entity`."""
    return " ".join([f"SELECT COUNT(*) FROM {_word(entity)}", *_conditions(entity, where)])  # noqa: S608  # as above


def entity_in(statement: str) -> str:
    """The entity that a statement made here reads."""
    return statement.split(" FROM ", 1)[1].split(" ", 1)[0]


def _conditions(entity: str, where: str) -> list[str]:
    # Intuit docs: list entities answer with their active rows alone unless asked for both.
    conditions = ["Active IN (true, false)"] if is_list(entity) and "Active" not in where else []
    conditions += [where] if where else []
    return ["WHERE " + " AND ".join(conditions)] if conditions else []


def _word(name: str) -> str:
    if not _WORD.fullmatch(name):
        raise ValueError(f"not a name of an entity or property: {name!r}")
    return name
