"""One sync of a company runs at a time: a second process is refused, and a run that lost its right stops."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.errors import SyncRunning
from sync.pull import Progress, Wants
from sync.sandbox.books import World
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.store import leases, runs
from sync.store.db import migrate, open_database, reading
from tests.scenarios.practice import Address, Practice
from tests.scenarios.processes import PATIENCE, Job, ended, started

TODAY = date(2026, 3, 17)
FEW = Wants(only=("me", "accounts", "journals", "company"))


@pytest.fixture(scope="module")
def world() -> World:
    return build(31, today=TODAY, months=1)


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    with serve(world, limits=False) as found:
        yield found


def compete(practice: Practice, folder: Path) -> list[dict[str, Any]]:
    """Two processes that start a sync at once: what each of them was told."""
    results = [folder / f"{name}.json" for name in ("Ann", "Bob")]
    with ExitStack() as stack:
        jobs = [Job.of(practice, started_by=path.stem, result=str(path), wants=Wants(details=0)) for path in results]
        running = [stack.enter_context(started(job)) for job in jobs]
        assert [ended(process) for process in running] == [0, 0]
    return [json.loads(path.read_text()) for path in results]


def assert_one_ran(practice: Practice, told: list[dict[str, Any]]) -> None:
    by_status = {one["status"]: one for one in told}
    assert set(by_status) == {"succeeded", "refused"}
    winner = ("Ann", "Bob")[told.index(by_status["succeeded"])]
    assert winner in by_status["refused"]["error"]
    with reading(practice.engine) as session:
        assert [run.id for run in runs.recent_runs(session, practice.company)] == [by_status["succeeded"]["run"]]


def test_of_two_processes_one_syncs_and_the_other_hears_who_does(
    sqlite_engine: Engine, served: Served, tmp_path: Path
) -> None:
    practice = Practice(served, sqlite_engine)
    assert_one_ran(practice, compete(practice, tmp_path))


@pytest.mark.postgres
def test_of_two_processes_on_postgres_one_syncs_as_well(postgres_url: str, served: Served, tmp_path: Path) -> None:
    engine = open_database(postgres_url)
    migrate(engine)
    practice = Practice(served, engine)
    assert_one_ran(practice, compete(practice, tmp_path))
    engine.dispose()


def test_a_second_sync_hears_who_is_at_it_since_when_and_calls_nobody(sqlite_engine: Engine, served: Served) -> None:
    first = Practice(served, sqlite_engine, started_by="Ann")
    nowhere = {name: "http://127.0.0.1:9" for name in served.environ if name.endswith("_URL")}
    second = Practice(Address({**served.environ, **nowhere}, TODAY), sqlite_engine)
    refused: list[str] = []

    def interrupt(progress: Progress) -> None:
        if not refused:
            with pytest.raises(SyncRunning) as error:
                second.sync(FEW)
            refused.append(str(error.value))

    assert first.sync(FEW, watch=interrupt).status == "succeeded"
    assert set(refused) == {"a sync is already running (by Ann since 2026-03-17 21:00 UTC)"}
    assert first.sync(FEW).status == "succeeded"


def test_a_run_that_lost_its_lease_stops(sqlite_engine: Engine, served: Served) -> None:
    practice, stopped = Practice(served, sqlite_engine, lease_seconds=6.0), threading.Event()

    def rob(progress: Progress) -> None:
        """Another process holds the lease now, as after a sleep of this machine; its next renewal shows that."""
        if progress.entity == "transactions" and not stopped.is_set():
            leases.release(sqlite_engine, f"sync:{practice.company}", _holder(practice))
            assert leases.take(sqlite_engine, f"sync:{practice.company}", "another", 3600, practice.clock.seconds())
            assert stopped.wait(PATIENCE)

    cancel = _Told(stopped)
    report = practice.sync(Wants(details=0), watch=rob, cancel=cancel)
    assert report.status == "partial"
    assert "transactions" in {step.entity for step in report.entities if step.status == "failed"}
    assert _holder(practice) == "another"


class _Told(threading.Event):
    """The sync's own stop, which tells the test that it was set."""

    def __init__(self, told: threading.Event) -> None:
        super().__init__()
        self._told = told

    def set(self) -> None:
        super().set()
        self._told.set()


def _holder(practice: Practice) -> str:
    found = leases.holder_of(practice.engine, f"sync:{practice.company}", practice.clock.seconds())
    assert found is not None
    return found.holder


def test_a_cancelled_sync_keeps_what_it_had_and_the_next_goes_on(sqlite_engine: Engine, served: Served) -> None:
    practice, cancel = Practice(served, sqlite_engine), threading.Event()

    def stop(progress: Progress) -> None:
        if progress.entity == "transactions" and progress.done:
            cancel.set()

    report = practice.sync(Wants(details=0), watch=stop, cancel=cancel)
    assert report.status == "partial"
    assert {step.entity for step in report.entities if step.status == "succeeded"} >= {"me", "accounts"}
    assert practice.sync(Wants(details=0)).status == "succeeded"
