"""Who the Cin7 company is, with its lock and opening days as the tenant's date format shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sync.cin7.wire import Row, required, text

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?!\d).*")
_DAY_FIRST_WORDS = re.compile(r"(\d{1,2})[\s./-]+([A-Za-z]{3,9})\.?[\s,./-]+(\d{2,4})(?!\d).*")
_MONTH_FIRST_WORDS = re.compile(r"([A-Za-z]{3,9})\.?[\s./-]+(\d{1,2})[\s,./-]+(\d{2,4})(?!\d).*")

_DAY_FIRST, _MONTH_FIRST = "day first", "month first"


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """`GET /me`: name, base currency (ISO 4217), time zone (IANA name), and days that close the books.

    `notes` say in words which day could not be read, and why.
    """

    company: str
    currency: str
    time_zone: str
    lock_day: date | None = None
    opening_day: date | None = None
    notes: tuple[str, ...] = ()


def company_facts(row: Row) -> CompanyFacts:
    """Reads `GET /me` (Cin7 docs: Me; LockDate and OpeningBalanceDate are "formatted in Tenant date format").

    A day such as 05/06/2025 is read as the company's other day shows the order (31/12/2024: day first), or
    in the only order that puts the opening day before the lock day; else it stays None, with a note.
    """
    lock, opening = text(row, "LockDate"), text(row, "OpeningBalanceDate")
    readings = {"LockDate": _readings(lock), "OpeningBalanceDate": _readings(opening)}
    order = _order(list(readings.values()))
    if order is None:
        order = _order_by_sense(readings["LockDate"], readings["OpeningBalanceDate"])
    chosen: dict[str, date | None] = {}
    notes: list[str] = []
    for name, written in (("LockDate", lock), ("OpeningBalanceDate", opening)):
        days = set(readings[name].values())
        chosen[name] = days.pop() if len(days) == 1 else readings[name].get(order or "")
        if written and chosen[name] is None and not _is_null(written):
            why = "day and month cannot be told apart" if readings[name] else "it is not a date"
            notes.append(f"Cin7's {name} {written!r} is not used: {why}")
    return CompanyFacts(
        text(row, "Company"),
        required(row, "Currency").upper(),
        text(row, "TimeZone"),
        chosen["LockDate"],
        chosen["OpeningBalanceDate"],
        tuple(notes),
    )


def _readings(written: str) -> dict[str, date]:
    """Each order of day and month -> the day that it gives; both orders alike where only one is possible."""
    numbers = _NUMBERS.fullmatch(written)
    if numbers:
        first, dot, second, third = numbers.groups()
        if len(first) == 4:
            return _both(_day(first, second, third))
        if dot == ".":
            return _both(_day(third, second, first))
        found = {_DAY_FIRST: _day(third, second, first), _MONTH_FIRST: _day(third, first, second)}
        return {order: day for order, day in found.items() if day}
    words = _DAY_FIRST_WORDS.fullmatch(written)
    if words:
        return _both(_day(words[3], _month(words[2]), words[1]))
    words = _MONTH_FIRST_WORDS.fullmatch(written)
    return _both(_day(words[3], _month(words[1]), words[2])) if words else {}


def _order(all_readings: list[dict[str, date]]) -> str | None:
    """The order that a day with one possible reading proves: both days are in the tenant's one format."""
    for readings in all_readings:
        if len(readings) == 1:
            return next(iter(readings))
    return None


def _order_by_sense(lock: dict[str, date], opening: dict[str, date]) -> str | None:
    """The only order in which the books open before they are locked."""
    fitting = [order for order in (_DAY_FIRST, _MONTH_FIRST) if _fits(opening.get(order), lock.get(order))]
    return fitting[0] if len(fitting) == 1 else None


def _fits(opening: date | None, lock: date | None) -> bool:
    return opening is not None and lock is not None and opening <= lock


def _both(found: date | None) -> dict[str, date]:
    return {} if found is None else {_DAY_FIRST: found, _MONTH_FIRST: found}


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year) + 2000 if len(year) == 2 else int(year)
    try:
        return None if number < 1900 else date(number, int(month), int(day))
    except ValueError:
        return None


def _month(word: str) -> str:
    return str(_MONTHS.index(word[:3].lower()) + 1) if word[:3].lower() in _MONTHS else "0"


def _is_null(written: str) -> bool:
    """Year 1 is how .NET writes no date."""
    return written.startswith("0001-") or written.endswith("/0001")
