"""Money, days and instants as the company's people write them: English words, their territory's own signs.

Every number is formatted from whole minor units or a Decimal, with the currency's own digits; no float comes near.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import NumberPattern, format_decimal, format_percent, get_currency_symbol, parse_pattern

from reports.books import CompanyFacts
from sync.domain.money import digits, from_minor
from sync.domain.period import Period


@dataclass(frozen=True)
class Local:
    """One company's way of writing; `locale` is babel's, as "en_US", "en_GB" or "en_DE"."""

    currency: str
    zone: ZoneInfo
    locale: Locale

    def money(self, minor: int) -> str:
        """ "$1,204.50" """
        return self._money(minor, self._pattern)

    def signed(self, minor: int) -> str:
        """The same with its sign, "+$1,204.50"; nothing is without one."""
        return ("+" if minor > 0 else "") + self.money(minor)

    def whole(self, minor: int) -> str:
        """Money on an axis: without the digits after the point where they are zeros."""
        exact = minor % 10 ** digits(self.currency)
        return self._money(minor, self._pattern if exact else self._whole)

    def count(self, number: int | Decimal) -> str:
        return format_decimal(number, locale=self.locale)

    def percent(self, share: str | None) -> str:
        """A percentage of one decimal as text ("42.6"), or a dash where there is none."""
        return "–" if share is None else format_percent(Decimal(share) / 100, "#,##0.0%", locale=self.locale)

    def tens(self, share: int) -> str:
        """A whole percentage, as on an axis."""
        return format_percent(Decimal(share) / 100, "#,##0%", locale=self.locale)

    def points(self, share: Decimal) -> str:
        """Percentage points, without their sign."""
        return format_decimal(abs(share), "#,##0.0", locale=self.locale)

    def day(self, day: date) -> str:
        """ "Jan 12, 2026" """
        return format_date(day, "medium", locale=self.locale)

    def short(self, day: date) -> str:
        """ "Jan 12" """
        return format_skeleton("MMMd", day, locale=self.locale)

    def span(self, period: Period) -> str:
        """ "Jan 5, 2026 – Jan 11, 2026", or the one day."""
        return self.day(period.start) + ("" if len(period) == 1 else f" – {self.day(period.end)}")

    def brief(self, period: Period) -> str:
        """The same without the year."""
        return self.short(period.start) + ("" if len(period) == 1 else f" – {self.short(period.end)}")

    def instant(self, moment: datetime) -> str:
        """ "Jan 12, 2026, 9:00 AM EST" """
        there = moment.astimezone(self.zone)
        time = format_time(there, "short", tzinfo=self.zone, locale=self.locale)
        return f"{self.day(there.date())}, {time} {there.tzname()}"

    def _money(self, minor: int, pattern: NumberPattern) -> str:
        exact = from_minor(minor, self.currency)
        return str(pattern.apply(exact, self.locale, currency=self.currency, currency_digits=False))

    @cached_property
    def _pattern(self) -> NumberPattern:
        return self._with(digits(self.currency))

    @cached_property
    def _whole(self) -> NumberPattern:
        return self._with(0)

    def _with(self, places: int) -> NumberPattern:
        text = self.locale.currency_formats["standard"].pattern
        # Letters keep a space between them and the number (CLDR): KWD 1.250, but $1.25. babel does not see to it.
        spaced = get_currency_symbol(self.currency, self.locale)[-1:].isalpha()
        pattern = parse_pattern(text.replace("¤#", "¤\xa0#") if spaced else text)
        pattern.frac_prec = (places, places)
        return pattern


def local(company: CompanyFacts) -> Local:
    """How `company` writes, by the territory of its time zone; plain English where that tells none."""
    territory = get_global("zone_territories").get(company.time_zone, "")
    for name in (f"en_{territory}", "en"):
        try:
            return Local(company.currency, ZoneInfo(company.time_zone), Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    raise LookupError("babel has lost its English")
