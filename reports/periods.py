"""The words for periods: 'last-week' -> Period, in the company's calendar.

FORMS is the whole language. Spaces work like hyphens, letter case does not matter, and the dashes, dots
and quotes that phones and Slack put in place of plain ones are understood. Rolling periods are whole units that are
over: last-7-days ends yesterday, last-3-months are the three calendar months before this one. Fiscal years carry the
name of the calendar year in which they end, and their quarters are three months each from their first day; where the
fiscal year starts on 1 January that is the calendar's own. 2026-W03 is the ISO week, Monday to Sunday (ISO 8601).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from sync.domain.period import Period
from sync.errors import SettingsError, UserError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORMS = (
    "today, yesterday, this-week, last-week, this-month, last-month, this-quarter, last-quarter, this-year, last-year, "
    "wtd, mtd, qtd, ytd, last-7-days (any number of days, weeks or months), "
    "2026-01, 2026-Q1, 2026-W03, 2026, 2026-01-15, 2026-01-01..2026-01-31"
)
_DAY = timedelta(days=1)
_YEARS = (1900, 2999)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What decides a period's bounds: today, the week's first weekday (Monday 0) and the fiscal year's (month, day)."""

    today: date
    first_weekday: int = 0
    fiscal: tuple[int, int] = (1, 1)

    def week(self, weeks: int) -> date:
        """First day of the week that is `weeks` from this one."""
        return self.today - timedelta(days=(self.today.weekday() - self.first_weekday) % 7) + timedelta(weeks=weeks)

    def month(self, months: int) -> date:
        return add_months(self.today.replace(day=1), months)

    def year(self, years: int) -> date:
        """First day of the fiscal year that is `years` from the present one."""
        begun = self._fiscal_start(self.today.year) <= self.today
        return self._fiscal_start(self.today.year - (not begun) + years)

    def quarter(self, quarters: int) -> date:
        start = self.year(0)
        passed = next(n for n in (3, 2, 1, 0) if self._quarter_of(start, n) <= self.today)
        years, quarter = divmod(passed + quarters, 4)
        return self._quarter_of(self.year(years), quarter)

    def named_year(self, year: int) -> date:
        """First day of the fiscal year that ends in `year`."""
        return self._fiscal_start(year if self.fiscal == (1, 1) else year - 1)

    def named_quarter(self, year: int, quarter: int) -> date:
        return self._quarter_of(self.named_year(year + quarter // 4), quarter % 4)

    def _fiscal_start(self, year: int) -> date:
        return add_months(date(year, 1, 1), self.fiscal[0] - 1, self.fiscal[1])

    def _quarter_of(self, start: date, quarter: int) -> date:
        return add_months(start, 3 * quarter, self.fiscal[1])


_WORDS: dict[str, Callable[[Calendar], tuple[date, date]]] = {
    "today": lambda c: (c.today, c.today),
    "yesterday": lambda c: (c.today - _DAY, c.today - _DAY),
    "this-week": lambda c: (c.week(0), c.week(1) - _DAY),
    "last-week": lambda c: (c.week(-1), c.week(0) - _DAY),
    "this-month": lambda c: (c.month(0), c.month(1) - _DAY),
    "last-month": lambda c: (c.month(-1), c.month(0) - _DAY),
    "this-quarter": lambda c: (c.quarter(0), c.quarter(1) - _DAY),
    "last-quarter": lambda c: (c.quarter(-1), c.quarter(0) - _DAY),
    "this-year": lambda c: (c.year(0), c.year(1) - _DAY),
    "last-year": lambda c: (c.year(-1), c.year(0) - _DAY),
    "wtd": lambda c: (c.week(0), c.today),
    "mtd": lambda c: (c.month(0), c.today),
    "qtd": lambda c: (c.quarter(0), c.today),
    "ytd": lambda c: (c.year(0), c.today),
}
_ROLLING: dict[str, Callable[[Calendar, int], tuple[date, date]]] = {
    "day": lambda c, n: (c.today - n * _DAY, c.today - _DAY),
    "week": lambda c, n: (c.week(-n), c.week(0) - _DAY),
    "month": lambda c, n: (c.month(-n), c.month(0) - _DAY),
}


def _month(c: Calendar, year: int, month: int) -> tuple[date, date]:
    start = date(year, month, 1)
    return start, date(year, month, monthrange(year, month)[1])


_NAMED: tuple[tuple[re.Pattern[str], Callable[..., tuple[date, date]]], ...] = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), lambda c, y, m, d: (date(y, m, d), date(y, m, d))),
    (re.compile(r"(\d{4})-w(\d{1,2})"), lambda c, y, w: (date.fromisocalendar(y, w, 1), date.fromisocalendar(y, w, 7))),
    (
        re.compile(r"(\d{4})-?q([1-4])"),
        lambda c, y, q: (c.named_quarter(y, q - 1), c.named_quarter(y, q) - _DAY),
    ),
    (re.compile(r"(\d{4})-(\d{1,2})"), _month),
    (re.compile(r"(\d{4})"), lambda c, y: (c.named_year(y), c.named_year(y + 1) - _DAY)),
)
_ROLLED = re.compile(r"last-(\d{1,4})-(day|week|month)s?")
_RANGE = re.compile(r"(.+?)-?(?:\.{2,}|\bto\b)-?(.+)|(\d{4}-\d{1,2}-\d{1,2})-(\d{4}-\d{1,2}-\d{1,2})")
_ALIKE = str.maketrans({**dict.fromkeys("‐‑‒–—―−_", "-"), **dict.fromkeys("\"'`“”‘’", ""), "…": "..."})


def parse(text: str, today: date, week_start: str = "monday", fiscal_year_start: tuple[int, int] = (1, 1)) -> Period:
    """The period that `text` names on the day `today` (company-local).

    `week_start` is a weekday's English name, `fiscal_year_start` (month, day). Wrong text raises UserError, which
    offers the nearest word and lists the forms; a wrong weekday or fiscal day raises SettingsError.
    """
    plain = re.sub(r"[\s-]+", "-", text.translate(_ALIKE).strip().lower()).strip("-")
    calendar = Calendar(today, _weekday(week_start), _fiscal(fiscal_year_start))
    try:
        start, end = _range(plain, calendar) or _single(plain, calendar)
    except (ValueError, OverflowError):
        raise UserError(f"There is no such day in “{text}”. Periods: {FORMS}") from None
    except LookupError:
        raise UserError(_not_understood(text, plain)) from None
    if start.year < _YEARS[0] or end.year > _YEARS[1]:
        raise UserError(f"“{text}” goes from {start} to {end}. Use years from {_YEARS[0]} to {_YEARS[1]}.")
    if end < start:
        raise UserError(f"“{text}” ends ({end}) before it starts ({start}). Put the earlier day first.")
    return Period(start, end)


def _single(plain: str, calendar: Calendar) -> tuple[date, date]:
    if plain in _WORDS:
        return _WORDS[plain](calendar)
    if rolled := _ROLLED.fullmatch(plain):
        count = int(rolled[1])
        if count < 1:
            raise LookupError(plain)
        return _ROLLING[rolled[2]](calendar, count)
    for form, bounds in _NAMED:
        if named := form.fullmatch(plain):
            return bounds(calendar, *map(int, named.groups()))
    raise LookupError(plain)


def _range(plain: str, calendar: Calendar) -> tuple[date, date] | None:
    """From the first day of one period to the last day of another; None where `plain` is no range."""
    found = _RANGE.fullmatch(plain)
    if not found:
        return None
    first, last = (found[1], found[2]) if found[1] else (found[3], found[4])
    return _single(first, calendar)[0], _single(last, calendar)[1]


def _not_understood(text: str, plain: str) -> str:
    near = get_close_matches(plain, [*_WORDS, "last-7-days", "last-4-weeks", "last-3-months"], n=1, cutoff=0.7)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"“{text}” is no period that Tieout knows.{hint} Periods: {FORMS}"


def today(now: datetime, zone: str) -> date:
    """The company-local calendar day of the aware instant `now`; a zone that IANA does not list is a SettingsError."""
    if now.tzinfo is None:
        raise TypeError(f"an aware instant is needed, not {now!r}")
    try:
        return now.astimezone(ZoneInfo(zone)).date()
    except (ValueError, KeyError, OSError):
        raise SettingsError(
            [f"time_zone: {zone!r} is no IANA time zone. Set time_zone under [company], for example Europe/London."]
        ) from None


def before(period: Period) -> Period:
    """The comparable period before: as many whole months where `period` is whole months, else as many days."""
    after = period.end + _DAY
    months = (after.year - period.start.year) * 12 + after.month - period.start.month
    quarters = months > 0 and months % 3 == 0
    if after.day == period.start.day and months > 0 and (period.start.day == 1 or quarters):
        return Period(add_months(period.start, -months), period.start - _DAY)
    return Period(period.start - timedelta(days=len(period)), period.start - _DAY)


def add_months(start: date, months: int, day: int | None = None) -> date:
    """`months` later, on `day` of the month (default: the same), or on its last day where that month is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(day or start.day, monthrange(year, month + 1)[1]))


def _weekday(name: str) -> int:
    try:
        return WEEKDAYS.index(name.strip().lower())
    except ValueError:
        raise SettingsError([f"week_start: {name!r} is no weekday. Use one of {', '.join(WEEKDAYS)}."]) from None


def _fiscal(start: tuple[int, int]) -> tuple[int, int]:
    try:
        date(2024, *start)
    except ValueError:
        raise SettingsError(
            [f"fiscal_year_start: {start} is no day of a year. Use MM-DD, for example 04-06."]
        ) from None
    return start
