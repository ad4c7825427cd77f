"""The memory of syncs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from sync.domain.runs import StepReport
from sync.errors import InvariantBroken
from sync.store import runs
from sync.store.db import reading, writing

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


def test_a_run_is_remembered_from_start_to_end(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        runs.start_run(session, "r1", company, at=NOON, started_by="Ann")
        runs.set_stage(session, "r1", "reading sales")
        (run,) = runs.recent_runs(session, company)
        assert (run.status, run.stage, run.started_by, run.finished_at) == ("running", "reading sales", "Ann", None)
        calls, throttled = {"cin7": 12, "qbo": 9}, {"qbo": 1}
        runs.finish_run(session, "r1", status="partial", at=LATER, calls=calls, throttled=throttled)
    with reading(engine) as session:
        (run,) = runs.recent_runs(session, company)
        assert (run.status, run.stage, run.started_at, run.finished_at) == ("partial", "", NOON, LATER)
        assert (run.calls_cin7, run.calls_qbo, run.throttled_cin7, run.throttled_qbo) == (12, 9, 0, 1)


def test_a_run_that_never_began_cannot_end(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(InvariantBroken, match="r9"):
        runs.finish_run(session, "r9", status="failed", at=NOON, calls={}, throttled={})


def test_the_later_telling_of_a_step_stands(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        runs.start_run(session, "r1", company, at=NOON)
        runs.record_step(session, "r1", StepReport("cin7", "sales", "failed", error="no answer"), at=NOON)
        runs.record_step(session, "r1", StepReport("cin7", "accounts", "succeeded"), at=NOON)
        runs.record_step(session, "r1", StepReport("cin7", "sales", "succeeded", fetched=5), at=LATER)
        found = [(s.entity, s.status, s.error, s.finished_at) for s in runs.steps(session, "r1")]
    assert found == [("accounts", "succeeded", None, NOON), ("sales", "succeeded", None, LATER)]


def test_what_a_dead_process_left_running_is_interrupted(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        runs.start_run(session, "dead", company, at=NOON)
        runs.start_run(session, "done", company, at=NOON)
        runs.finish_run(session, "done", status="succeeded", at=NOON, calls={}, throttled={})
        assert [runs.interrupt_dead(session, company, at=LATER) for _ in range(2)] == [1, 0]
        found = {run.id: (run.status, run.finished_at) for run in runs.recent_runs(session, company)}
    assert found == {"dead": ("interrupted", LATER), "done": ("succeeded", NOON)}


def test_the_newest_runs_come_first(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        for n in range(12):
            runs.start_run(session, f"r{n:02}", company, at=NOON + timedelta(minutes=n))
        assert [run.id for run in runs.recent_runs(session, company)] == [f"r{n:02}" for n in range(11, 1, -1)]
