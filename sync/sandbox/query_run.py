"""A QuickBooks query run over the rows of one entity: conditions, order, properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.query import Condition, Literal, QueryError, Statement

Row = dict[str, Any]
Test = Callable[[Row], bool]

# Intuit docs, date-time formats: a value without an offset is local time of the server, which is Pacific.
_SERVER_ZONE = ZoneInfo("America/Los_Angeles")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def run(statement: Statement, rows: Sequence[Row]) -> list[Row]:
    """All rows that fit, in order, not yet cut to a page; without ORDERBY the newest come first."""
    names = canonical(rows)
    tests = [_test(condition, names.get(condition.property.lower(), "")) for condition in statement.conditions]
    found = [row for row in rows if all(test(row) for test in tests)]
    if not statement.order:
        return found[::-1]
    for name, descending in reversed(statement.order):
        found.sort(key=_sort_key(names.get(name.lower(), "")), reverse=descending)
    return found


def canonical(rows: Sequence[Row]) -> Mapping[str, str]:
    """Properties that the rows have, by their lower-case names; nested ones as 'MetaData.LastUpdatedTime'."""
    names: dict[str, str] = {}
    shapes: set[tuple[str, ...]] = set()
    for row in rows:
        shape = tuple(row)
        if shape in shapes:
            continue
        shapes.add(shape)
        for key, value in row.items():
            names[key.lower()] = key
            if isinstance(value, dict):
                names.update({f"{key}.{inner}".lower(): f"{key}.{inner}" for inner in value})
    return names


def instant(text: str) -> datetime:
    """An aware instant; raises QueryError 4001 for what is none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise QueryError(4001, f"QueryValidationError: Invalid date {text!r}") from None
    return when if when.tzinfo else when.replace(tzinfo=_SERVER_ZONE)


def _value_of(row: Row, name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value.get("value") if isinstance(value, dict) else value


def _is_time(name: str) -> bool:
    return name.lower().startswith("metadata.")


def _test(condition: Condition, name: str) -> Test:
    if name == "Id" and condition.operator not in ("=", "IN"):
        raise QueryError(4001, f"QueryValidationError: Operator {condition.operator} is not supported for property Id")
    if condition.operator == "LIKE":
        pattern = ".*".join(re.escape(part) for part in str(condition.values[0]).split("%"))
        like = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        return lambda row: like.fullmatch(str(_value_of(row, name) or "")) is not None
    if condition.operator in _COMPARE:
        return _comparing(name, _COMPARE[condition.operator], condition.values[0])
    return _equal(name, condition.values)


def _equal(name: str, values: tuple[Literal, ...]) -> Test:
    """Intuit docs: a null is written as a blank in quotes."""
    texts = {_text(value) for value in values}
    numbers = {_number(value) for value in values}
    times = {instant(str(value)) for value in values} if _is_time(name) else set()
    blank = any(isinstance(value, str) and not value.strip() for value in values)

    def fits(row: Row) -> bool:
        value = _value_of(row, name)
        if value is None or value == "":
            return blank
        if times:
            return instant(str(value)) in times
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value) in numbers
        return _text(value) in texts

    return fits


def _comparing(name: str, compare: Callable[[Any, Any], bool], wanted: Literal) -> Test:
    text, number = _text(wanted), _number(wanted)
    time = instant(str(wanted)) if _is_time(name) else None

    def fits(row: Row) -> bool:
        value = _value_of(row, name)
        if value is None:
            return False
        if time is not None:
            return compare(instant(str(value)), time)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return number is not None and compare(Decimal(value), number)
        return compare(_text(value), text)

    return fits


def _sort_key(name: str) -> Callable[[Row], tuple[int, Any]]:
    """Missing values first, then numbers (ids are numbers too), then text."""

    def key(row: Row) -> tuple[int, Any]:
        value = _value_of(row, name)
        if value is None:
            return (0, 0)
        if _is_time(name):
            return (1, instant(str(value)))
        if isinstance(value, int | Decimal) or (name == "Id" and str(value).isdigit()):
            return (1, Decimal(value))
        return (2, str(value).lower())

    return key


def _text(value: Any) -> str:
    return str(value).lower()


def _number(value: Literal) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
