from __future__ import annotations

from datetime import date

import pytest

from sync.errors import UnexpectedPayload
from sync.qbo.company import read_company


def test_all_facts_are_read() -> None:
    info = {
        "CompanyName": "Larry's Bakery",
        "Country": "US",
        "FiscalYearStartMonth": "October",
        "CompanyStartDate": "2015-06-05",
        "DefaultTimeZone": "America/Los_Angeles",
    }
    preferences = {
        "AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"},
        "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}, "MultiCurrencyEnabled": True},
        "ProductAndServicesPrefs": {"QuantityOnHand": True},
    }
    found = read_company(info, preferences)
    assert (found.name, found.country, found.currency, found.time_zone) == (
        "Larry's Bakery",
        "US",
        "USD",
        "America/Los_Angeles",
    )
    assert (found.fiscal_year_start_month, found.close_day, found.start_day) == (
        10,
        date(2025, 12, 31),
        date(2015, 6, 5),
    )
    assert (found.multi_currency, found.tracks_quantity) == (True, True)


def test_what_is_not_told_is_not_made_up() -> None:
    found = read_company({}, {})
    assert (found.currency, found.close_day, found.time_zone) == ("", None, "")
    assert (found.multi_currency, found.tracks_quantity, found.fiscal_year_start_month) == (False, False, 1)


@pytest.mark.parametrize(("written", "month"), [("January", 1), ("july", 7), ("12", 12), ("04", 4)])
def test_the_fiscal_years_first_month_may_stand_in_the_preferences(written: str, month: int) -> None:
    assert (
        read_company({}, {"AccountingInfoPrefs": {"FirstMonthOfFiscalYear": written}}).fiscal_year_start_month == month
    )


def test_a_month_that_is_none_is_refused() -> None:
    with pytest.raises(UnexpectedPayload, match="FiscalYearStartMonth"):
        read_company({"FiscalYearStartMonth": "Smarch"}, {})
