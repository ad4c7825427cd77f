"""Alerts of a running service, from what happens in the books and the systems to what the channel shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from pytest_httpserver import HTTPServer

from bot.after_sync import compare
from reports.memory import Remembered, Sighting
from reports.reconcile.findings import Cin7Document, Finding
from sync.domain.period import Period
from sync.sandbox.books import World
from sync.sandbox.breaks.table import inject
from sync.sandbox.faults import Faults, Kind, Rule
from sync.store.db import writing
from sync.store.runs import start_run
from tests.bot.offices import Office, buttons, office, small_company, words
from tests.bot.served import until

ANN = "U0ANN1"
LIMIT = (
    '[sync]\nevery = "manual"\ngive_up_after = "1s"\n[slack]\nalerts = "C0ALERTS"\n[alerts]\nfinding_above = "1.00"\n'
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as made:
        yield made


def broken_company() -> World:
    """A company one of whose invoices never reached QuickBooks."""
    world = small_company(months=2)
    inject(world, "missing_in_qbo", Random(3), variant="invoice")
    return world


def test_a_new_finding_above_the_limit_is_an_alert_with_its_money_and_links_into_both_systems(tmp_path: Path) -> None:
    with office(tmp_path, broken_company, toml=LIMIT) as here, here.open() as service:
        service.start_sync(None, ANN, "C0REPORTS")
        ended = here.wait_for("succeeded", "C0REPORTS")
        until(lambda: here.messages("tieout_alert"))
        found = [m for m in here.messages("tieout_alert") if "missing in QuickBooks" in words(m)]
        (shown,) = found
        assert "at stake" in words(shown)
        assert "What to do" in words(shown)
        assert "https://inventory.dearsystems.com/" in words(shown)
        assert buttons(shown).keys() == {"Acknowledge", "Snooze", "Details"}
        assert "new finding" in words(ended)
        told = service.room.alerts.unresolved()
        service.start_sync(None, ANN, "C0REPORTS")
        until(lambda: here.states("C0REPORTS") == ["succeeded", "succeeded"])
        assert "0 new findings" in words(here.messages("tieout_sync", "C0REPORTS")[-1])
        assert [(a.id, a.count) for a in service.room.alerts.unresolved()] == [(a.id, a.count) for a in told]


def test_a_system_that_cannot_be_read_is_one_alert_that_the_next_good_sync_ends(here: Office) -> None:
    here.company.faults = Faults((Rule(Kind.ERROR_502, "cin7"),))
    with here.open() as service:
        service.start_sync(None, ANN, "C0REPORTS")
        until(lambda: here.states("C0REPORTS")[-1:] in (["partial"], ["failed"]))
        until(lambda: len(here.messages("tieout_alert")) == 1)
        (shown,) = here.messages("tieout_alert")
        assert buttons(shown).keys() == {"Acknowledge", "Snooze", "Details", "Retry now"}
        (alert,) = service.room.alerts.unresolved()
        here.company.faults = Faults()
        service.retry(service.room.alerts.retry(alert.id, "operator"), ANN, "C0REPORTS")
        until(lambda: here.states("C0REPORTS")[-1] == "succeeded")
        until(lambda: [m["metadata"]["event_payload"]["state"] for m in here.messages("tieout_alert")] == ["resolved"])


def test_a_good_sync_calls_the_heartbeat(here: Office, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/beat").respond_with_data("ok")
    here.more = {"HEARTBEAT_URL": httpserver.url_for("/beat")}
    with here.open() as service:
        service.start_sync(None, ANN, "C0ALERTS")
        here.wait_for("succeeded")
    assert len(httpserver.log) == 1


def test_what_was_late_while_nobody_ran_is_told_once_at_the_next_start(here: Office) -> None:
    made = here.service()
    with writing(made.engine) as session:
        start_run(session, "r1", made.company, at=datetime.now(UTC) - timedelta(days=1))
    made.engine.dispose()
    for _ in range(2):
        with here.open():
            until(lambda: len(here.messages("tieout_alert")) == 1)
    (shown,) = here.messages("tieout_alert")
    assert "The figures are late" in words(shown)


def test_a_report_that_cannot_be_built_is_an_alert_with_retry(here: Office) -> None:
    here.toml += '[[schedule]]\nname = "weekly"\nreport = "weekly"\ncron = "0 9 * * mon"\nchannel = "C0REPORTS"\n'
    with here.open() as service:
        assert service.retry("report:weekly", ANN, "C0ALERTS") is None  # nothing is in the cache
        until(lambda: len(here.messages("tieout_alert")) == 1)
        (alert,) = service.room.alerts.unresolved()
        assert (alert.trouble.cause, alert.trouble.retry) == ("report:weekly", "report:weekly")
        assert {job for job, _ in service.upcoming()} == {"snapshot", "report:weekly"} | {
            job for job, _ in service.upcoming() if job == "check"
        }


JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))


def _kept(id_: str, *, root: str = "", amount: int = 0, nature: str = "error", over: bool = False) -> Remembered:
    paper = Cin7Document("t1", "INV-1", "Sale", JANUARY.start, amount)
    finding = Finding(
        id_, root or id_, "missing_in_qbo", nature, "revenue", amount, "INV-1", "certain", "…", "…", cin7=(paper,)
    )
    at = datetime(2026, 2, 1, tzinfo=UTC)
    return Remembered(finding, (Sighting(JANUARY, amount, None, 1, not over),), at if over else None)


def test_the_findings_of_one_event_are_its_money_once() -> None:
    told = compare([], [_kept("a", root="r", amount=10_000), _kept("b", root="r", amount=-12_000)], "USD")
    (event,) = told.found
    assert str(event.size) == "120.00"
    assert (told.open, told.cleared, len(told.new)) == (2, 0, 1)
    assert [(d.system, d.number) for d in event.documents] == [("cin7", "INV-1")]


def test_what_was_known_is_not_new_what_is_gone_is_cleared_and_what_came_back_is_new() -> None:
    before = [_kept("known", amount=1), _kept("gone", amount=1), _kept("back", amount=1, over=True)]
    after = [_kept("known", amount=1), replace(_kept("gone", amount=1), resolved_at=datetime.now(UTC))]
    told = compare(before, [*after, _kept("back", amount=1)], "USD")
    assert told.cleared == 1
    assert told.new == {"missing_in_qbo:back"}


def test_timing_is_no_trouble() -> None:
    told = compare([], [_kept("a", nature="timing", amount=5), _kept("b", nature="policy", amount=5)], "USD")
    assert (told.found, told.open) == ((), 0)
