"""Syncs in processes of their own, which may be killed at a chosen moment, against servers in the test's process."""

from __future__ import annotations

import itertools
import json
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from sync.errors import SyncRunning
from sync.pull import Wants
from sync.sandbox.serve import CallSeen, Served
from sync.store.db import open_database
from tests.scenarios.practice import Address, Practice

# Each process is forked from one that has imported everything, so that it starts within milliseconds.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])
PATIENCE = 120.0  # seconds for which a process is waited for before the test fails


@dataclass(frozen=True)
class Job:
    """One sync of one process. `die_at`: it kills itself before its n-th "commit" or "write" of rows."""

    url: str
    environ: Mapping[str, str]
    today: date
    key: str
    later: float = 0.0
    lease_seconds: float = 60.0
    started_by: str = "another process"
    wants: Wants = Wants(details=10_000)  # noqa: RUF009  frozen
    die_at: tuple[str, int] = ("", 0)
    result: str = ""

    @classmethod
    def of(cls, practice: Practice, **more: Any) -> Job:
        url = practice.engine.url.render_as_string(hide_password=False)
        today, later = practice.served.world.today, practice.clock.skipped  # type: ignore[union-attr]  # served here
        return replace(cls(url, dict(practice.served.environ), today, practice.key, later), **more)


def run(job: Job) -> None:
    """What the process does; its end is told in the file `job.result`: the run's status, or why there was none."""
    logging.disable(logging.CRITICAL)
    engine = open_database(job.url)
    _die_at(engine, *job.die_at)
    practice = Practice(
        Address(job.environ, job.today),
        engine,
        key=job.key,
        later=job.later,
        lease_seconds=job.lease_seconds,
        started_by=job.started_by,
    )
    try:
        report = practice.sync(job.wants)
        told = {"status": report.status, "run": report.run, "calls": report.calls}
    except SyncRunning as error:
        told = {"status": "refused", "error": str(error)}
    if job.result:
        Path(job.result).write_text(json.dumps(told), encoding="utf-8")


def _die_at(engine: Engine, moment: str, count: int) -> None:
    """The process kills itself before the `count`-th moment of this kind."""

    def strike(number: int) -> None:
        if number == count:
            os.kill(os.getpid(), signal.SIGKILL)

    if count:
        _at_each(engine, moment, strike)


@contextmanager
def counted(engine: Engine) -> Iterator[dict[str, int]]:
    """How many moments of each kind there were in the block."""
    moments = {"commit": 0, "write": 0}

    def note(moment: str) -> Callable[[int], None]:
        return lambda number: moments.update({moment: number})

    undo = [_at_each(engine, moment, note(moment)) for moment in moments]
    yield moments
    for each in undo:
        each()


def _at_each(engine: Engine, moment: str, act: Callable[[int], None]) -> Callable[[], None]:
    """Calls `act` with its number before each commit, or each write of rows; returns what ends that."""
    numbers, lock = itertools.count(1), threading.Lock()

    def committing(connection: Connection) -> None:
        with lock:
            act(next(numbers))

    def writing(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        # The log of calls is written at every call: to die there is to die at a call.
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and "sent_call" not in statement:
            with lock:
                act(next(numbers))

    listeners: dict[str, tuple[str, Callable[..., None]]] = {
        "commit": ("commit", committing),
        "write": ("before_cursor_execute", writing),
    }
    name, listener = listeners[moment]
    event.listen(engine, name, listener)
    return lambda: event.remove(engine, name, listener)


@contextmanager
def started(job: Job) -> Iterator[ForkServerProcess]:
    """The running process; killed at the end of the block if it still runs."""
    process = _FORKS.Process(target=run, args=(job,))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(PATIENCE)


def ended(process: ForkServerProcess) -> int | None:
    """How the process ended: 0, or minus the signal that killed it; None where it did not."""
    process.join(PATIENCE)
    return process.exitcode


class Watched(list[CallSeen]):
    """The calls that a server saw, which acts at the n-th, before its answer leaves."""

    def __init__(self, calls: Iterable[CallSeen], at: int, act: Callable[[], None]) -> None:
        super().__init__(calls)
        self._at, self._act = len(self) + at, act

    def append(self, call: CallSeen) -> None:
        super().append(call)
        if len(self) == self._at:
            self._act()


def killed_at_call(served: Served, job: Job, number: int) -> int | None:
    """Runs the job and kills it when the servers have seen its `number`-th call; how it ended."""
    with started(job) as process:
        served.calls = Watched(served.calls, number, process.kill)
        return ended(process)


def killed_after(job: Job, seconds: float) -> int | None:
    """Runs the job and kills it after some seconds, wherever it is then; how it ended."""
    with started(job) as process:
        process.join(seconds)
        process.kill()
        return ended(process)
