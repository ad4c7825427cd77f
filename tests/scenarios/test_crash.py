"""Killed at any point, the next sync goes on and ends in exactly the state of an undisturbed one."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.domain.documents import READ_WHOLE
from sync.errors import SyncRunning
from sync.pull import Wants
from sync.sandbox.faults import Faults
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.sandbox.switches import Switches
from sync.store import runs, unread
from sync.store.db import migrate, open_database, reading, writing
from tests.scenarios.practice import Contents, Practice, apart
from tests.scenarios.processes import Job, counted, ended, killed_after, killed_at_call, started

TODAY = date(2026, 3, 17)
EVERYTHING = Wants(details=10_000)
LEASE = 60.0
KILLED = -signal.SIGKILL
IN_FLIGHT = 20  # calls of Cin7 that may be under way at once


@dataclass
class Stage:
    """A served company with three more days behind it; `start` makes a cache, empty or from before these days."""

    served: Served
    folder: Path
    key: str
    template: Path
    before: Path
    contents: dict[str, Contents] = field(default_factory=dict)
    moments: dict[str, dict[str, int]] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)

    def start(self, from_: str, name: str) -> Practice:
        path = self.folder / f"{name}.db"
        shutil.copy(self.before if from_ == "before" else self.template, path)
        return self.practice(path)

    def practice(self, path: Path) -> Practice:
        engine = open_database(f"sqlite:///{path}")
        self.stack.callback(engine.dispose)
        return Practice(self.served, engine, key=self.key, lease_seconds=LEASE)

    def undisturbed(self, from_: str) -> Contents:
        """What a sync without trouble leaves behind; counts on the way at how many moments it could have died."""
        if from_ not in self.contents:
            practice, calls = self.start(from_, f"undisturbed-{from_}"), len(self.served.calls)
            with counted(practice.engine) as moments:
                report = practice.sync(EVERYTHING)
            assert report.status == "succeeded", report
            self.moments[from_] = {"call": len(self.served.calls) - calls} | moments
            self.contents[from_] = practice.contents()
        return self.contents[from_]


@pytest.fixture(scope="module")
def stage(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    world = build(21, today=TODAY, months=1, switches=Switches.drawn(5))
    folder = tmp_path_factory.mktemp("crash")
    # Many caches share one connection here, so its refresh token does not change.
    with serve(world, limits=False, faults=Faults(rotate_every=0)) as served, ExitStack() as stack:
        found = Stage(served, folder, "", _sqlite_template, folder / "before.db", stack=stack)
        shutil.copy(_sqlite_template, found.before)
        first = Practice(served, open_database(f"sqlite:///{found.before}"))
        found.key = first.key
        assert first.sync(EVERYTHING).status == "succeeded"
        with writing(first.engine) as session:
            # Somebody asks for everything that no sync reads by itself.
            unread.wish(session, 1, [each.key for each in unread.every(session, 1, READ_WHOLE)])
        first.engine.dispose()  # the last connection puts everything into the file itself
        world.advance(3)
        served.changed()
        yield found


def recover(practice: Practice, undisturbed: Contents, killed: int) -> None:
    """The next sync, once the dead one's lease has ended, brings the undisturbed state and tells of the dead."""
    practice.clock.sleep(LEASE + 1)
    report = practice.sync(EVERYTHING)
    assert (report.status, [step.error for step in report.entities if step.error]) == ("succeeded", [])
    assert apart(practice.contents(), undisturbed) == []
    with reading(practice.engine) as session:
        states = [run.status for run in runs.recent_runs(session, practice.company, 100)]
    assert states.count("running") == 0
    assert states.count("interrupted") <= killed
    quiet = practice.sync(EVERYTHING)
    assert [(step.entity, step.changed) for step in quiet.entities if step.changed] == []
    with reading(practice.engine) as session:
        assert unread.called_for(session, practice.company, {}) == []
    assert [step.entity for step in quiet.entities if step.entity.endswith("_details")] == []


def die(stage: Stage, job: Job, way: str, share: float, moments: dict[str, int]) -> int | None:
    """Kills the job after this share of its way, in one of four ways; how it ended."""
    if way == "time":
        return killed_after(job, 0.05 + 2 * share)
    number = 1 + int(share * moments[way])
    if way == "call":
        return killed_at_call(stage.served, job, number)
    with started(replace(job, die_at=(way, number))) as process:
        return ended(process)


FEW = [(seed, way, from_) for seed, way in enumerate(("call", "commit", "write")) for from_ in ("nothing", "before")]
MANY = [
    (seed, way, from_)
    for seed in range(100, 108)
    for way in ("call", "commit", "write", "time")
    for from_ in ("nothing", "before")
]


def crash(stage: Stage, seed: int, way: str, from_: str, times: int = 1) -> None:
    random, practice = Random(f"{seed} {way} {from_}"), stage.start(from_, f"{seed}-{way}-{from_}-{times}")
    undisturbed, killed = stage.undisturbed(from_), 0
    for left in range(times, 0, -1):
        # What a killed run has done is not done again, so each further one is killed earlier.
        share = random.uniform(0, 0.95 / (1 + times - left))
        end = die(stage, Job.of(practice, lease_seconds=LEASE), way, share, stage.moments[from_])
        assert end == KILLED or way == "time" or left < times
        killed += end == KILLED
        practice.clock.sleep(LEASE + 1)
    recover(practice, undisturbed, killed)


@pytest.mark.parametrize(("seed", "way", "from_"), FEW)
def test_after_a_kill_the_next_sync_ends_as_an_undisturbed_one(stage: Stage, seed: int, way: str, from_: str) -> None:
    crash(stage, seed, way, from_)


def test_two_kills_in_a_row_change_nothing_either(stage: Stage) -> None:
    crash(stage, 11, "call", "before", times=2)


def test_the_details_of_a_run_that_was_killed_among_them_are_not_read_again(stage: Stage) -> None:
    practice, undisturbed = stage.start("before", "details"), stage.undisturbed("before")
    known = len(stage.served.calls)
    # Details come last in a run.
    end = killed_at_call(stage.served, Job.of(practice, lease_seconds=LEASE), stage.moments["before"]["call"] - 5)
    killed, known = _details_since(stage, known), len(stage.served.calls)
    recover(practice, undisturbed, int(end == KILLED))
    again = killed & _details_since(stage, known)
    assert end == KILLED
    assert len(killed) > 40
    assert len(again) <= IN_FLIGHT  # what was asked for and not kept yet


def _details_since(stage: Stage, known: int) -> set[tuple[str, str]]:
    """(path, id) of the Cin7 documents that were asked for whole since the first `known` calls."""
    calls = [call for call in stage.served.calls[known:] if call.source == "cin7"]
    asked = ((call.path, {name.lower(): value for name, value in call.params.items()}) for call in calls)
    names = ("taskid", "productionorderid", "id")
    return {(path, next(params[name] for name in names if name in params)) for path, params in asked
            if any(name in params for name in names)}  # fmt: skip


def test_a_kill_at_any_moment_changes_nothing_either(stage: Stage) -> None:
    crash(stage, 12, "time", "nothing", times=2)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("seed", "way", "from_"), MANY)
def test_after_each_of_many_kills_the_next_sync_ends_as_an_undisturbed_one(
    stage: Stage, seed: int, way: str, from_: str
) -> None:
    crash(stage, seed, way, from_, times=1 + seed % 3)


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", range(1, 95, 3))
def test_a_kill_at_each_call_changes_nothing(stage: Stage, number: int) -> None:
    practice = stage.start("before", f"each-{number}")
    end = killed_at_call(stage.served, Job.of(practice, lease_seconds=LEASE), number)
    recover(practice, stage.undisturbed("before"), int(end == KILLED))


def test_a_dead_run_holds_the_sync_until_its_lease_ends_and_is_told_as_interrupted(stage: Stage) -> None:
    practice = stage.start("nothing", "lease")
    assert killed_at_call(stage.served, Job.of(practice, lease_seconds=LEASE, started_by="Ann"), 30) == KILLED
    with pytest.raises(SyncRunning, match="Ann"):
        practice.sync(EVERYTHING)
    practice.clock.sleep(LEASE + 1)
    assert practice.sync(EVERYTHING).status == "succeeded"
    with reading(practice.engine) as session:
        newest, dead = runs.recent_runs(session, practice.company)
    assert (newest.status, dead.status) == ("succeeded", "interrupted")
    assert dead.finished_at is not None


@pytest.mark.postgres
def test_a_kill_is_survived_on_postgres_as_well(stage: Stage, postgres_url: str) -> None:
    engine = open_database(postgres_url)
    migrate(engine)
    practice = Practice(stage.served, engine, key=stage.key, lease_seconds=LEASE)
    for number in (25, 40):
        assert killed_at_call(stage.served, Job.of(practice, lease_seconds=LEASE), number) == KILLED
        practice.clock.sleep(LEASE + 1)
    recover(practice, stage.undisturbed("nothing"), 2)
    engine.dispose()


def test_a_kill_while_the_token_is_exchanged_does_not_lose_the_connection(sqlite_engine: Engine) -> None:
    world = build(22, today=TODAY, months=1)
    # Intuit lets a replaced refresh token work on for a day; ours is killed before it can store the new one.
    with serve(world, limits=False, faults=Faults(overlap=True)) as served:
        practice = Practice(served, sqlite_engine, lease_seconds=LEASE)
        job = Job.of(practice, lease_seconds=LEASE, wants=Wants(only=("company",)))
        with started(job) as process:
            served.calls = _KillsAtToken(process)
            assert ended(process) == KILLED
        assert [call.path for call in served.seen("oauth")] != []
        practice.clock.sleep(LEASE + 1)
        report = practice.sync(Wants(only=("company",)))
        assert {step.entity: step.status for step in report.entities if step.source == "qbo"} == {
            "company": "succeeded"
        }


class _KillsAtToken(list[Any]):
    def __init__(self, process: Any) -> None:
        super().__init__()
        self._process = process

    def append(self, call: Any) -> None:
        super().append(call)
        if call.source == "oauth":
            self._process.kill()
