"""Due times: once in an hour that the clocks repeat, once a day when an hour is left out, and cron's own weekdays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.due_times import Cron, Every, Rule, following, newest

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _week_of(rule: Rule, begin: datetime, days: int = 4) -> list[str]:
    """The keys of every due time in some days, found by asking for the next one again and again."""
    found, now = [], begin
    while due := following("job", rule, LONG_AGO, now):
        if due.at >= begin + timedelta(days=days):
            break
        found.append(due.key)
        now = due.at
    return found


@pytest.mark.parametrize(
    ("zone", "begin", "cron", "keys"),
    [
        # Sydney's clocks are put back at 3:00 on 2026-04-05: 2:30 comes twice.
        ("Australia/Sydney", datetime(2026, 4, 3, 20, tzinfo=UTC), "30 2 * * *", "05T02:30 06T02:30 07T02:30 08T02:30"),
        # and forward at 2:00 on 2026-10-04: 2:30 does not come; the job is done an hour later, not left out.
        (
            "Australia/Sydney",
            datetime(2026, 10, 2, 20, tzinfo=UTC),
            "30 2 * * *",
            "04T03:30 05T02:30 06T02:30 07T02:30",
        ),
        ("America/New_York", datetime(2026, 10, 31, tzinfo=UTC), "30 1 * * *", "31T01:30 01T01:30 02T01:30 03T01:30"),
        # Midnight after the night in which the clocks were put forward is a midnight like any other.
        ("America/New_York", datetime(2026, 3, 7, 4, tzinfo=UTC), "0 0 * * *", "07T00:00 08T00:00 09T00:00 10T00:00"),
        # What is left out falls together with the next one.
        (
            "America/New_York",
            datetime(2026, 3, 8, tzinfo=UTC),
            "0 2-3 * * *",
            "08T03:00 09T02:00 09T03:00 10T02:00 10T03:00 11T02:00 11T03:00",
        ),
        ("Europe/London", datetime(2026, 10, 24, tzinfo=UTC), "0 9 * * *", "24T09:00 25T09:00 26T09:00 27T09:00"),
    ],
)
def test_a_daily_job_is_due_once_on_every_day_whatever_the_clocks_do(
    zone: str, begin: datetime, cron: str, keys: str
) -> None:
    assert [key[8:] for key in _week_of(Cron(cron, zone), begin)] == keys.split()


def test_a_month_begins_although_the_clocks_were_put_forward_in_it() -> None:
    rule = Cron("0 0 1 * *", "Australia/Lord_Howe")
    due = following("monthly", rule, LONG_AGO, datetime(2026, 10, 1, tzinfo=UTC))
    assert due is not None
    assert due.key == "2026-11-01T00:00"


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change() -> None:
    rule = Cron("0 9 * * mon", "America/New_York")
    first = following("weekly", rule, LONG_AGO, datetime(2026, 10, 24, tzinfo=UTC))
    assert first is not None
    second = following("weekly", rule, LONG_AGO, first.at)
    assert second is not None
    assert (first.key, second.key) == ("2026-10-26T09:00", "2026-11-02T09:00")
    assert second.at - first.at == timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("field", "weekdays"),
    [
        ("0", "Sun"),
        ("7", "Sun"),
        ("1", "Mon"),
        ("1-5", "Mon Tue Wed Thu Fri"),
        ("5-7", "Fri Sat Sun"),
        ("*/2", "Sun Tue Thu Sat"),
        ("6,0", "Sat Sun"),
        ("mon-fri", "Mon Tue Wed Thu Fri"),
        ("*", "Mon Tue Wed Thu Fri Sat Sun"),
    ],
)
def test_days_of_the_week_are_counted_as_cron_counts_them(field: str, weekdays: str) -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    keys = _week_of(Cron(f"0 12 * * {field}", "UTC"), monday, days=7)
    assert sorted(datetime.fromisoformat(key).strftime("%a") for key in keys) == sorted(weekdays.split())


@given(
    st.sampled_from(["*/15 * * * *", "0 9 * * mon", "30 2 * * *", "0 0 1 * *", "45 23 * * 5", "10 1-4 * * *"]),
    st.sampled_from(["UTC", "Australia/Lord_Howe", "America/New_York", "Europe/London", "Asia/Kathmandu"]),
    st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed),
)
def test_the_newest_due_time_is_the_last_of_those_that_follow_one_another(text: str, zone: str, now: datetime) -> None:
    rule = Cron(text, zone)
    last = newest("job", rule, LONG_AGO, now)
    assert last is not None
    assert last.at <= now
    after = following("job", rule, LONG_AGO, last.at)
    assert after is not None
    assert after.at > now
    assert following("job", rule, LONG_AGO, now) == after
    assert after.key != last.key


@given(st.integers(1, 90_000), st.integers(0, 10_000_000))
def test_every_so_often_is_counted_from_when_the_rule_began(seconds: int, passed: int) -> None:
    since = datetime(2026, 11, 23, 9, 0, 7, tzinfo=UTC)
    now = since + timedelta(seconds=passed)
    last = newest("sync", Every(seconds), since, now)
    after = following("sync", Every(seconds), since, now)
    assert last is not None
    assert after is not None
    assert last.at <= now < after.at
    assert after.at - last.at == timedelta(seconds=seconds)
    assert (last.at - since) % timedelta(seconds=seconds) == timedelta(0)


def test_nothing_was_due_before_the_rule_began_to_hold() -> None:
    since = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert newest("weekly", Cron("0 9 * * mon", "UTC"), since, since + timedelta(hours=5)) is None
    assert newest("sync", Every(60), since, since - timedelta(seconds=1)) is None
    first = newest("sync", Every(60), since, since)
    assert first is not None
    assert first.at == since


def test_a_rule_that_never_comes_true_is_never_due() -> None:
    rule = Cron("0 0 30 2 *", "UTC")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert following("job", rule, LONG_AGO, now) is None
    assert newest("job", rule, LONG_AGO, now) is None
