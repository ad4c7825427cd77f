"""The words for periods, in the company's calendar."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import periods
from reports.periods import WEEKDAYS, before, parse
from sync.domain.period import Period
from sync.errors import SettingsError, UserError

WEDNESDAY = date(2026, 2, 11)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
FISCAL = st.tuples(st.integers(1, 12), st.integers(1, 28))
WORDS = [
    "today",
    "yesterday",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "this-quarter",
    "last-quarter",
    "this-year",
    "last-year",
    "wtd",
    "mtd",
    "qtd",
    "ytd",
    "last-7-days",
    "last-2-weeks",
    "last-3-months",
]


def span(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-02-11", "2026-02-11"),
        ("yesterday", "2026-02-10", "2026-02-10"),
        ("this-week", "2026-02-09", "2026-02-15"),
        ("last-week", "2026-02-02", "2026-02-08"),
        ("wtd", "2026-02-09", "2026-02-11"),
        ("this-month", "2026-02-01", "2026-02-28"),
        ("last-month", "2026-01-01", "2026-01-31"),
        ("mtd", "2026-02-01", "2026-02-11"),
        ("this-quarter", "2026-01-01", "2026-03-31"),
        ("last-quarter", "2025-10-01", "2025-12-31"),
        ("qtd", "2026-01-01", "2026-02-11"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
        ("ytd", "2026-01-01", "2026-02-11"),
        ("last-7-days", "2026-02-04", "2026-02-10"),
        ("last-1-day", "2026-02-10", "2026-02-10"),
        ("last-2-weeks", "2026-01-26", "2026-02-08"),
        ("last-3-months", "2025-11-01", "2026-01-31"),
        ("2026-01", "2026-01-01", "2026-01-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2025q4", "2025-10-01", "2025-12-31"),
        ("2026-W03", "2026-01-12", "2026-01-18"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-01-15", "2026-01-15", "2026-01-15"),
        ("2026-01-01..2026-01-31", "2026-01-01", "2026-01-31"),
        ("2025-12..2026-01", "2025-12-01", "2026-01-31"),
        ("2026-01-05..today", "2026-01-05", "2026-02-11"),
    ],
)
def test_each_form_names_its_days(text: str, start: str, end: str) -> None:
    assert parse(text, WEDNESDAY) == span(start, end)


@pytest.mark.parametrize(
    "text", ["last week", "Last  Week", " LAST-WEEK ", "last—week", "last – week", "“last week”", "last_week"]
)
def test_spaces_case_dashes_and_quotes_make_no_difference(text: str) -> None:
    assert parse(text, WEDNESDAY) == parse("last-week", WEDNESDAY)


@pytest.mark.parametrize(
    "text",
    ["2026-01-01 .. 2026-01-31", "2026-01-01…2026-01-31", "2026-01-01 – 2026-01-31", "2026-01-01 to 2026-01-31"],
)
def test_a_range_may_be_written_as_phones_write_it(text: str) -> None:
    assert parse(text, WEDNESDAY) == span("2026-01-01", "2026-01-31")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lst-week", "Did you mean last-week?"),
        ("yesterdy", "Did you mean yesterday?"),
        ("soon", "Periods: today, yesterday"),
        ("", "Periods: today"),
        ("2026-13", "no such day"),
        ("2026-02-30", "no such day"),
        ("2026-W54", "no such day"),
        ("last-0-days", "Periods:"),
        ("0000", "no such day"),
        ("1776", "Use years from 1900"),
        ("last-9999-months", "Use years from 1900"),
        ("2026-02-01..2026-01-01", "Put the earlier day first"),
        ("2026-Q5", "Periods:"),
    ],
)
def test_wrong_text_is_answered_with_the_forms_and_the_nearest_word(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said.replace("?", r"\?")):
        parse(text, WEDNESDAY)


def test_the_week_starts_where_the_company_says() -> None:
    assert parse("this-week", WEDNESDAY, "sunday") == span("2026-02-08", "2026-02-14")
    assert parse("last-week", date(2026, 2, 8), "Sunday") == span("2026-02-01", "2026-02-07")


def test_the_iso_week_is_monday_to_sunday_everywhere() -> None:
    assert parse("2026-W03", WEDNESDAY, "sunday") == span("2026-01-12", "2026-01-18")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("this-year", "2025-04-06", "2026-04-05"),
        ("last-year", "2024-04-06", "2025-04-05"),
        ("ytd", "2025-04-06", "2026-02-11"),
        ("this-quarter", "2026-01-06", "2026-04-05"),
        ("last-quarter", "2025-10-06", "2026-01-05"),
        ("2026", "2025-04-06", "2026-04-05"),
        ("2026-Q1", "2025-04-06", "2025-07-05"),
        ("2026-Q4", "2026-01-06", "2026-04-05"),
        ("2026-01", "2026-01-01", "2026-01-31"),
    ],
)
def test_a_fiscal_year_carries_the_year_in_which_it_ends(text: str, start: str, end: str) -> None:
    assert parse(text, WEDNESDAY, fiscal_year_start=(4, 6)) == span(start, end)


def test_settings_that_name_no_day_are_named() -> None:
    with pytest.raises(SettingsError, match="week_start"):
        parse("today", WEDNESDAY, "moonday")
    with pytest.raises(SettingsError, match="fiscal_year_start"):
        parse("today", WEDNESDAY, fiscal_year_start=(2, 30))


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-01-01T04:59:59+00:00", "America/New_York", "2025-12-31"),
        ("2026-01-01T05:00:00+00:00", "America/New_York", "2026-01-01"),
        ("2026-07-01T03:59:59+00:00", "America/New_York", "2026-06-30"),
        ("2026-03-08T06:59:59+00:00", "America/New_York", "2026-03-08"),
        ("2026-11-01T05:30:00+00:00", "America/New_York", "2026-11-01"),
        ("2026-12-31T10:59:59+00:00", "Pacific/Auckland", "2026-12-31"),
        ("2026-12-31T11:00:00+00:00", "Pacific/Auckland", "2027-01-01"),
    ],
)
def test_today_is_the_companys_day_across_daylight_saving_and_year_ends(moment: str, zone: str, day: str) -> None:
    assert periods.today(datetime.fromisoformat(moment), zone) == date.fromisoformat(day)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_a_setting_to_mend(zone: str) -> None:
    with pytest.raises(SettingsError, match="time_zone"):
        periods.today(datetime(2026, 1, 1, tzinfo=UTC), zone)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(TypeError):
        periods.today(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001  the naive one is what is tested


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31")),
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        (("2024-01-01", "2024-12-31"), ("2023-01-01", "2023-12-31")),
        (("2025-04-06", "2026-04-05"), ("2024-04-06", "2025-04-05")),
        (("2026-02-02", "2026-02-08"), ("2026-01-26", "2026-02-01")),
        (("2026-02-11", "2026-02-11"), ("2026-02-10", "2026-02-10")),
        (("2026-02-01", "2026-02-11"), ("2026-01-21", "2026-01-31")),
    ],
)
def test_the_period_before_is_the_comparable_one(period: tuple[str, str], earlier: tuple[str, str]) -> None:
    assert before(span(*period)) == span(*earlier)


@given(DAYS, DAYS)
def test_the_period_before_ends_the_day_before(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    assert before(period).end == period.start - timedelta(days=1)


@given(DAYS, st.sampled_from(WEEKDAYS), FISCAL)
def test_units_of_the_calendar_meet_without_gap(day: date, week_start: str, fiscal: tuple[int, int]) -> None:
    for unit in ("week", "month", "quarter", "year"):
        this, last = (parse(f"{which}-{unit}", day, week_start, fiscal) for which in ("this", "last"))
        assert day in this
        assert last.end == this.start - timedelta(days=1)
        assert parse(f"{unit[0]}td", day, week_start, fiscal) == Period(this.start, day)


@given(DAYS, FISCAL)
def test_the_four_quarters_are_the_year(day: date, fiscal: tuple[int, int]) -> None:
    quarters = [parse(f"{day.year}-Q{n}", day, "monday", fiscal) for n in (1, 2, 3, 4)]
    year = parse(str(day.year), day, "monday", fiscal)
    assert (quarters[0].start, quarters[-1].end) == (year.start, year.end)
    assert all(b.start == a.end + timedelta(days=1) for a, b in pairwise(quarters))


@given(DAYS, st.sampled_from(WORDS))
def test_every_day_has_every_word(day: date, word: str) -> None:
    assert parse(word, day).start <= parse(word, day).end


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_a_clear_error(text: str) -> None:
    with suppress(UserError):
        assert parse(text, WEDNESDAY).start.year >= 1900
