"""Reads values from Cin7's rows as Cin7 spells them, strict about types and lenient about names and emptiness."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn

from sync.domain.money import exact, to_minor
from sync.errors import UnexpectedPayload

SYSTEM = "cin7"

Row = Mapping[str, Any]

# Names that the vendor misspells or gives in two ways (Cin7 docs: field tables against examples of /purchase,
# /ref/location, /moneyOperation; ipsocode/hypervel-cin7 docs/data.md), folded -> folded.
_ALIASES = {
    "invocienumber": "invoicenumber",
    "deprecated": "isdeprecated",
    "suppliercustomer": "suppliercustomername",
}
_NAMES = ("TaskID", "SaleID", "ID", "ProductionOrderID", "Code", "OrderNumber", "SKU", "Name")
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(?:(Z)|([+-])(\d\d):?(\d\d))?", re.IGNORECASE
)
_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d(?:[T ]|\s*$)")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def decode(body: bytes) -> object:
    """The JSON of a body, fractions as Decimal; raises ValueError where it is none.

    Raw control characters inside texts are borne; NaN and Infinity are not numbers.
    """
    return json.loads(body, parse_float=Decimal, parse_constant=_no_number, strict=False)


def find(row: Row, *keys: str) -> object:
    """The first of `keys` with a value, whatever the key's case, spaces or known typos; None where all are empty.

    null, "" (also blanks alone) and a missing key mean the same (Cin7 docs: examples use all three).
    """
    unknown = False
    for key in keys:
        value = row.get(key)
        if value is None:
            unknown = unknown or key not in row
        elif not (isinstance(value, str) and not value.strip()):
            return value
    if unknown:
        spelled = _spelled(tuple(row))
        for key in keys:
            value = row.get(spelled.get(_fold(key), ""))
            if value is not None and not (isinstance(value, str) and not value.strip()):
                return value
    return None


def text(row: Row, *keys: str) -> str:
    """Text without blanks around it, "" where there is none; numbers are taken as they are written."""
    value = row.get(keys[0])
    # The common case first: a ledger of a million rows comes through here ten million times.
    if isinstance(value, str) and (found := value.strip()):
        return found
    value = find(row, *keys)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return str(value)
    raise _misfit(row, keys, "a text", value)


def guid(row: Row, *keys: str) -> str:
    """An id in lower case: webhooks write them upper, the API lower (Cin7 docs: examples)."""
    return text(row, *keys).lower()


def required(row: Row, *keys: str) -> str:
    """Text that must be there."""
    found = text(row, *keys)
    if not found:
        raise _misfit(row, keys, "a value", None)
    return found


def number(row: Row, *keys: str) -> Decimal | None:
    """An exact number with all its digits, None where there is none."""
    value = find(row, *keys)
    if value is None:
        return None
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            return exact(value)
        except ValueError:
            pass
    raise _misfit(row, keys, "a number", value)


def quantity(row: Row, *keys: str) -> Decimal:
    """A number that counts as nothing where it is missing: stock rows leave out what is zero."""
    found = number(row, *keys)
    return Decimal(0) if found is None else found


def minor(row: Row, currency: str, *keys: str) -> int | None:
    """Money in minor units of `currency`, rounded half up."""
    found = number(row, *keys)
    return None if found is None else to_minor(found, currency)


def day(row: Row, *keys: str) -> date | None:
    """A calendar day as the tenant wrote it, never converted between zones; None where there is none.

    Business dates come as 2017-12-15T00:00:00 (Cin7 docs: dates). Year 1 is how .NET writes no date.
    """
    value = find(row, *keys)
    if value is None:
        return None
    try:
        return _calendar(value)
    except (TypeError, ValueError):
        raise _misfit(row, keys, "a date", value) from None


def instant(row: Row, *keys: str) -> datetime | None:
    """An aware UTC moment from two to nine fraction digits, cut to microseconds; no zone means UTC.

    purchaseList.LastUpdatedDate comes without its Z in the examples (Cin7 docs: /purchaseList).
    """
    value = find(row, *keys)
    if value is None:
        return None
    found = _INSTANT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise _misfit(row, keys, "a moment", value)
    year, month, dom, hour, minute, second, fraction, _, sign, zone_hours, zone_minutes = found.groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    try:
        moment = datetime(int(year), int(month), int(dom), int(hour), int(minute), int(second or 0), micros, tzinfo=UTC)
    except ValueError:
        raise _misfit(row, keys, "a moment", value) from None
    if moment.year == 1:
        return None
    if sign:
        offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
        moment = moment - offset if sign == "+" else moment + offset
    return moment


def flag(row: Row, *keys: str) -> bool:
    """A truth value, also as a word; False where there is none."""
    value = find(row, *keys)
    if value is None or isinstance(value, bool):
        return bool(value)
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise _misfit(row, keys, "true or false", value)


def part(row: Row, *keys: str) -> Row:
    """A nested object, empty where there is none."""
    value = find(row, *keys)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise _misfit(row, keys, "an object", value)


def rows(row: Row, *keys: str) -> list[Row]:
    """A nested list of objects, empty where there is none; a single object counts as a list of one.

    (Cin7 docs: /purchase has one invoice as an object where /advanced-purchase has an array.)
    """
    value = find(row, *keys)
    if value is None:
        return []
    found = [value] if isinstance(value, dict) else value
    if isinstance(found, list) and all(isinstance(item, dict) for item in found):
        return found
    raise _misfit(row, keys, "a list of objects", value)


def named(row: Row) -> str:
    """What to call a row in an error: the first of its identifying values."""
    for key in _NAMES:
        value = row.get(key)
        if isinstance(value, str | int) and value:
            return f"{key} {value}"
    return "a row without an id"


@lru_cache(maxsize=8192)
def _calendar(written: object) -> date | None:
    """The day of one text; ledger rows repeat the same few thousand."""
    if not isinstance(written, str) or not _DAY.match(written):
        raise ValueError(written)
    found = date.fromisoformat(written.strip()[:10])
    return None if found.year == 1 else found


@lru_cache(maxsize=512)
def _spelled(keys: tuple[str, ...]) -> dict[str, str]:
    """Folded name -> the key as it is written; a row's own spelling wins over an alias."""
    folded = [("".join(key.split()).lower(), key) for key in keys]
    return {**{_ALIASES.get(name, name): key for name, key in folded}, **dict(folded)}


def _fold(key: str) -> str:
    name = "".join(key.split()).lower()
    return _ALIASES.get(name, name)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number in JSON")


def _misfit(row: Row, keys: tuple[str, ...], wanted: str, value: object) -> UnexpectedPayload:
    got = "nothing" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
    return UnexpectedPayload(f"Cin7: {keys[0]} of {named(row)} should be {wanted}, not {got}", system=SYSTEM)
