"""Lock and opening days in the tenant's display format."""

from __future__ import annotations

from datetime import date

import pytest

from sync.cin7.company import CompanyFacts, company_facts
from sync.errors import UnexpectedPayload


def facts(lock: str | None, opening: str | None = None) -> CompanyFacts:
    return company_facts(
        {
            "Company": "Acme",
            "Currency": "nzd",
            "TimeZone": "Pacific/Auckland",
            "LockDate": lock,
            "OpeningBalanceDate": opening,
        }
    )


@pytest.mark.parametrize(
    "written",
    [
        "2025-12-31T00:00:00",
        "2025-12-31",
        "2025/12/31",
        "31/12/2025",
        "12/31/2025",
        "31/12/2025 12:00:00 AM",
        "12/31/25",
        "31.12.2025",
        "31-12-2025",
        "31 Dec 2025",
        "31-Dec-2025",
        "31 December 2025",
        "Dec 31, 2025",
        "December 31 2025",
    ],
)
def test_a_day_is_read_in_each_format(written: str) -> None:
    assert facts(written).lock_day == date(2025, 12, 31)
    assert facts(written).notes == ()


def test_the_rest_of_the_facts() -> None:
    found = facts(None, "2021-07-31T00:00:00")
    assert (found.company, found.currency, found.time_zone) == ("Acme", "NZD", "Pacific/Auckland")
    assert (found.lock_day, found.opening_day, found.notes) == (None, date(2021, 7, 31), ())


@pytest.mark.parametrize(
    ("lock", "opening", "lock_day", "opening_day"),
    [
        ("05/06/2025", "31/12/2023", date(2025, 6, 5), date(2023, 12, 31)),
        ("05/06/2025", "12/31/2023", date(2025, 5, 6), date(2023, 12, 31)),
        ("31/12/2025", "01/07/2024", date(2025, 12, 31), date(2024, 7, 1)),
        ("04/04/2025", "31/12/2023", date(2025, 4, 4), date(2023, 12, 31)),
        ("05.06.2025", None, date(2025, 6, 5), None),
        ("04/04/2025", None, date(2025, 4, 4), None),
        # only with the month first do the books open before they are locked
        ("03/02/2025", "02/03/2025", date(2025, 3, 2), date(2025, 2, 3)),
    ],
)
def test_an_ambiguous_day_follows_the_companys_other_day(
    lock: str, opening: str | None, lock_day: date, opening_day: date | None
) -> None:
    found = facts(lock, opening)
    assert (found.lock_day, found.opening_day, found.notes) == (lock_day, opening_day, ())


def test_a_day_that_stays_ambiguous_is_not_guessed() -> None:
    found = facts("05/06/2025", "01/02/2024")
    assert (found.lock_day, found.opening_day) == (None, None)
    assert found.notes[0] == "Cin7's LockDate '05/06/2025' is not used: day and month cannot be told apart"
    assert len(found.notes) == 2


@pytest.mark.parametrize("written", ["never", "32/13/2025", "31 Foo 2025"])
def test_what_is_no_day_is_said(written: str) -> None:
    assert facts(written).notes == (f"Cin7's LockDate {written!r} is not used: it is not a date",)


def test_year_one_means_no_date() -> None:
    assert facts("0001-01-01T00:00:00", "01/01/0001").notes == ()


def test_no_currency_is_no_company() -> None:
    with pytest.raises(UnexpectedPayload, match="Currency"):
        company_facts({"Company": "Acme"})
