"""CompanyInfo and Preferences as the facts that Tieout needs of a QuickBooks Online company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sync.qbo import wire
from sync.qbo.wire import Row

_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS = {word: number for number, name in enumerate(_MONTH_NAMES, start=1) for word in (name, str(number))}


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """Who the company is: `currency` is the home currency, `close_day` the last day of the closed books.

    `time_zone` is "" in companies that do not tell it (minor version 75 added it to CompanyInfo), `plan` is the
    subscription, like "QuickBooks Online Plus", "" where it is not told. `told_at` is what QuickBooks' own clock
    said, None where it said nothing.
    """

    name: str
    currency: str
    country: str
    fiscal_year_start_month: int
    time_zone: str
    close_day: date | None
    multi_currency: bool
    tracks_quantity: bool
    start_day: date | None
    told_at: datetime | None = None
    plan: str = ""


def read_company(info: Row, preferences: Row, told_at: datetime | None = None) -> CompanyFacts:
    """The facts in a CompanyInfo and a Preferences object (Intuit docs: CompanyInfo, Preferences)."""
    accounting = wire.part(preferences, "AccountingInfoPrefs")
    currency = wire.part(preferences, "CurrencyPrefs")
    return CompanyFacts(
        name=wire.text(info, "CompanyName") or wire.text(info, "LegalName"),
        currency=wire.reference(currency, "HomeCurrency")[0],
        country=wire.text(info, "Country"),
        fiscal_year_start_month=_month(info, "FiscalYearStartMonth")
        or _month(accounting, "FirstMonthOfFiscalYear")
        or 1,
        time_zone=wire.text(info, "DefaultTimeZone"),
        close_day=wire.day(accounting, "BookCloseDate"),
        multi_currency=wire.flag(currency, "MultiCurrencyEnabled", default=False),
        tracks_quantity=wire.flag(wire.part(preferences, "ProductAndServicesPrefs"), "QuantityOnHand", default=False),
        start_day=wire.day(info, "CompanyStartDate"),
        told_at=told_at,
        plan=_named(info, "OfferingSku"),
    )


def _named(info: Row, name: str) -> str:
    """The value of a pair of CompanyInfo's NameValue list, "" where it is not there."""
    pairs = info.get("NameValue")
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and pair.get("Name") == name:
            return str(pair.get("Value") or "").strip()
    return ""


def _month(row: Row, key: str) -> int:
    """The month's number from its English name or number; 0 where there is none."""
    written = wire.text(row, key).lower().lstrip("0")
    if not written:
        return 0
    if written not in _MONTHS:
        wire.misfit(row, key, written, "a month")
    return _MONTHS[written]
