"""The daily set-up check: what is new raises the one alert, what stays is quiet, what is mended ends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot import daily_check
from bot.alert_life import Patience
from bot.alerts import Alerts
from reports.setup_facts import Check
from sync.domain.alerts import AlertKind, AlertState
from sync.store.alerts import AlertBook
from sync.store.checks import CheckMemory
from tests.bot.desks import Clock, company_of

GOOD = Check("plan", "ok", "The plan is Plus.")
WARNED = Check("closing_dates", "warning", "Closed differently.", "closing_dates_differ", fix="Set both.")
BROKEN = Check("account_type", "error", "Cost on an Expense account.", "wrong_account_type", "310", "Map another.")


class House:
    """A company with its alerts and its memory of checks."""

    def __init__(self, engine: Engine) -> None:
        self.company, clock = company_of(engine), Clock()
        self.book = AlertBook(engine, self.company)
        patience = Patience(timedelta(hours=4), timedelta(hours=24), "")
        self.alerts = Alerts(self.book, self.company, "C0ALERTS", patience, clock, lambda: clock.now().date())
        self.memory = CheckMemory(engine, self.company)

    def day(self, *checks: Check) -> list[tuple[AlertState, Sequence[str]]]:
        daily_check.run(lambda: checks, self.memory, self.alerts)
        return [(alert.state, alert.trouble.parts) for alert in self.book.unresolved()]


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_the_first_check_tells_errors_and_leaves_warnings_that_were_always_there(house: House) -> None:
    assert house.day(GOOD, WARNED) == []


def test_an_error_of_the_first_check_is_an_alert(house: House) -> None:
    assert house.day(GOOD, BROKEN) == [(AlertState.OPEN, ("account_type:310",))]
    (alert,) = house.book.unresolved()
    assert alert.trouble.kind is AlertKind.SETUP
    assert "Cost on an Expense account." in alert.trouble.lines[0]
    assert alert.trouble.remedy == "Map another."


def test_a_fault_that_stays_is_told_once_and_a_new_one_is_told(house: House) -> None:
    house.day(GOOD, WARNED)
    assert house.day(GOOD, WARNED) == []
    assert house.day(GOOD, WARNED, BROKEN) == [(AlertState.OPEN, ("account_type:310",))]
    (before,) = house.book.unresolved()
    house.day(GOOD, WARNED, BROKEN)
    (after,) = house.book.unresolved()
    assert after.count == before.count


def test_a_warning_that_became_an_error_is_new(house: House) -> None:
    house.day(WARNED)
    worse = Check("closing_dates", "error", "Closed ahead.", "closed_ahead")
    assert house.day(worse) == [(AlertState.OPEN, ("closing_dates",))]


def test_when_nothing_is_wrong_any_more_the_alert_ends_and_a_later_fault_reopens_it(house: House) -> None:
    house.day(BROKEN)
    assert house.day(GOOD) == []
    assert house.day(BROKEN) == [(AlertState.REOPENED, ("account_type:310",))]


def test_what_was_found_is_remembered_for_each_company_and_replaced_by_the_next_check(house: House) -> None:
    assert house.memory.known() is None
    house.day(GOOD)
    assert house.memory.known() == {}
    house.day(WARNED, BROKEN)
    assert house.memory.known() == {"closing_dates": "warning", "account_type:310": "error"}
