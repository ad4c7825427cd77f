"""Hints become one small sync; a good sync is told to whoever watches over us."""

from __future__ import annotations

import threading

import pytest
from pytest_httpserver import HTTPServer

from bot import heartbeat
from bot.hints import Hints
from sync.errors import AppError, SyncRunning
from sync.settings import Secret

NAMES = {"invoice": "invoices", "bill": "bills"}


def test_hints_of_a_moment_are_one_sync_of_just_that_and_of_the_ledger() -> None:
    started: list[tuple[str, ...]] = []
    done = threading.Event()

    def start(only: tuple[str, ...]) -> None:
        started.append(only)
        done.set()

    hints = Hints(start, NAMES, quiet=0.05, gap=0.0)
    hints.add(frozenset({"invoice"}))
    hints.add(frozenset({"bill", "employee"}))
    hints.begin()
    assert done.wait(20)
    hints.end()
    assert started == [("bills", "invoices", "ledger")]


def test_a_hint_waits_while_another_sync_runs_and_is_lost_by_no_failure_of_ours() -> None:
    answers = [SyncRunning("busy"), None]
    started: list[tuple[str, ...]] = []

    def start(only: tuple[str, ...]) -> None:
        started.append(only)
        fault = answers.pop(0)
        if fault:
            raise fault

    hints = Hints(start, NAMES)
    hints.add(frozenset({"invoice"}))
    hints.work()
    assert hints.waiting() == {"invoices"}
    hints.work()
    hints.work()
    assert started == [("invoices", "ledger")] * 2


@pytest.mark.parametrize("fault", [AppError("no"), RuntimeError("no")])
def test_a_small_sync_that_fails_does_not_end_the_hints(fault: Exception) -> None:
    def start(only: tuple[str, ...]) -> None:
        raise fault

    hints = Hints(start, NAMES)
    hints.add(frozenset({"bill"}))
    hints.work()
    assert hints.waiting() == frozenset()


def test_the_heartbeat_is_called_once_and_once_more_where_it_failed(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/beat").respond_with_data("busy", 500)
    httpserver.expect_ordered_request("/beat").respond_with_data("ok")
    assert heartbeat.beat(Secret(httpserver.url_for("/beat?token=t0"))) is True
    assert heartbeat.beat(Secret("")) is False


def test_the_address_of_the_heartbeat_is_in_no_log(httpserver: HTTPServer, caplog: pytest.LogCaptureFixture) -> None:
    httpserver.expect_request("/beat").respond_with_data("gone", 410)
    assert heartbeat.beat(Secret(httpserver.url_for("/beat?token=t0"))) is False
    ours = [record.getMessage() for record in caplog.records if record.name == "tieout.heartbeat"]
    assert "410" in "".join(ours)
    assert "t0" not in "".join(ours)
