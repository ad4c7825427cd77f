"""Reading QuickBooks Online's rows and bodies: texts, exact numbers, days, instants, flags and references."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from sync.domain import money
from sync.errors import UnexpectedPayload

SYSTEM = "qbo"
NAME = "QuickBooks"

Row = Mapping[str, Any]
_T = TypeVar("_T")
_NOT_A_KEY_LETTER = re.compile(r"[^a-z0-9]")
_CHARACTERS_SHOWN = 80


def decode(body: bytes) -> Any:
    """The JSON value of a body, its numbers as int or Decimal, never float; ValueError when it is no JSON."""
    return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, strict=False)


def key_letters(key: str) -> str:
    """A key without case, spaces and underscores: 'SALES_ITEM_LINE_DETAIL' and 'SalesItemLineDetail' are one."""
    return _NOT_A_KEY_LETTER.sub("", key.lower())


def find(row: Row, key: str) -> Any:
    """The value under `key`, spelled exactly or alike; None where it is missing, null or an empty text."""
    value = row.get(key)
    if value is None and key not in row:
        wanted = key_letters(key)
        value = next((found for name, found in row.items() if key_letters(name) == wanted), None)
    return None if value == "" else value


def text(row: Row, key: str) -> str:
    """Text without outer spaces, "" where there is none; a whole number (an Id on some pages) becomes its digits."""
    value = find(row, key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        misfit(row, key, value, "a text")
    return str(value).strip()


def number(row: Row, key: str) -> Decimal | None:
    """An exact number, with every digit QuickBooks sent, or None."""
    return _read(row, key, "a number", _number)


def minor(row: Row, key: str, currency: str) -> int | None:
    """An amount as whole minor units of `currency`, or None."""
    value = number(row, key)
    return None if value is None else money.to_minor(value, currency)


def day(row: Row, key: str) -> date | None:
    """A calendar day as written: a day has no zone, so a time behind it is cut off, never converted."""
    return _read(row, key, "a date", _day)


def instant(row: Row, key: str) -> datetime | None:
    """An aware instant in UTC; a bare date (InventoryAdjustment's MetaData) is its midnight in UTC."""
    return _read(row, key, "a time", instant_of)


def flag(row: Row, key: str, *, default: bool) -> bool:
    """A boolean, also as the words true and false; `default` where there is none."""
    value = _read(row, key, "true or false", _flag)
    return default if value is None else value


def part(row: Row, key: str) -> Row:
    """A nested object, empty where there is none."""
    value = find(row, key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        misfit(row, key, value, "an object")
    return value


def parts(row: Row, key: str) -> list[Row]:
    """A nested list of objects, empty where there is none."""
    value = find(row, key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        misfit(row, key, value, "a list of objects")
    return value


def reference(row: Row, key: str) -> tuple[str, str]:
    """(id, name) of a reference such as CustomerRef; empty texts where it or its name is missing."""
    found = part(row, key)
    return text(found, "value"), text(found, "name")


def instant_of(value: object) -> datetime:
    """An aware UTC instant of QuickBooks' ISO text; without an offset it counts as UTC."""
    if not isinstance(value, str):
        raise TypeError("an instant is a text")
    found = datetime.fromisoformat(value.strip())
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def server_time(answer: Row) -> datetime | None:
    """What QuickBooks' clock said when it answered; None where it does not tell in a form that can be read."""
    try:
        return instant_of(answer.get("time"))
    except (TypeError, ValueError):
        return None


def misfit(row: Row, key: str, value: object, wanted: str) -> NoReturn:
    """Refuses a value that does not fit, naming the document and the field."""
    shown = repr(value)[:_CHARACTERS_SHOWN]
    raise UnexpectedPayload(f"{NAME}: {key} of {_name(row)} should be {wanted}, but is {shown}.", system=SYSTEM)


def _read(row: Row, key: str, wanted: str, reader: Callable[[Any], _T]) -> _T | None:
    value = find(row, key)
    if value is None:
        return None
    try:
        return reader(value)
    except (ValueError, TypeError):
        misfit(row, key, value, wanted)


def _number(value: object) -> Decimal:
    if not isinstance(value, str | int | Decimal):
        raise TypeError("not a number")
    return money.exact(value.strip() if isinstance(value, str) else value)


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise TypeError("not a date")
    return date.fromisoformat(value.strip()[:10])


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False}
    if not isinstance(value, str) or value.strip().lower() not in words:
        raise ValueError("not a flag")
    return words[value.strip().lower()]


def _name(row: Row) -> str:
    for key in ("Id", "DocNumber", "DisplayName", "Name"):
        if isinstance(row.get(key), str) and row[key]:
            return f"the row with {key} {row[key]}"
    return f"a row with the keys {', '.join(sorted(map(str, row)))[:_CHARACTERS_SHOWN]}"


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
