"""One sync of a company: both systems side by side, ledger first, each part in its own transactions.

Running it again changes nothing that did not change there; killed at any point, the next run goes on
from what was committed. One sync of a company runs at a time, by a lease that a dead process loses.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from sync.cin7.client import Cin7Client
from sync.domain.runs import Progress, RunReport, StepReport
from sync.errors import AppError, SyncRunning
from sync.memory import give_back_freed
from sync.plan import lanes
from sync.plan.run import Sync, Wants
from sync.qbo.client import QboClient
from sync.store import leases, runs
from sync.store.db import writing

__all__ = ["Progress", "RunReport", "StepReport", "Wants", "pull"]


def pull(
    engine: Engine,
    company: int,
    cin7: Cin7Client,
    qbo: QboClient,
    wants: Wants,
    *,
    now: Callable[[], datetime],
    watch: Callable[[Progress], None] = lambda _: None,
    cancel: threading.Event | None = None,
    started_by: str = "",
    lease_seconds: float = 60.0,
    run: str = "",
) -> RunReport:
    """Brings the cache of `company` up to date and says what was done; raises SyncRunning while another one runs.

    A part that fails leaves the others running: the report is then "partial", or "failed" when nothing succeeded.
    `run` is its id (default: a new one).
    """
    give_back_freed()
    run, started = run or uuid.uuid4().hex[:12], now()
    stop = cancel or threading.Event()
    with _lease(engine, company, run, now, lease_seconds, started_by, stop):
        with writing(engine) as session:
            runs.interrupt_dead(session, company, at=started)
            runs.start_run(session, run, company, at=started, started_by=started_by)
        sync = Sync(engine, company, run, cin7, qbo, wants, started, now, watch, stop)
        try:
            sync.resume()
            sync.upkeep = lanes.choose_upkeep(sync)
            with ThreadPoolExecutor(2, thread_name_prefix="lane") as pool:
                for lane in [pool.submit(lanes.cin7_lane, sync), pool.submit(lanes.qbo_lane, sync)]:
                    lane.result()
        except BaseException:
            with writing(engine) as session:
                runs.interrupt_dead(session, company, at=now())
            raise
        report = _report(sync, run, started, now())
        with writing(engine) as session:
            runs.finish_run(
                session,
                run,
                status=report.status,
                at=report.finished_at,
                calls=report.calls,
                throttled=report.throttled,
            )
    return report


def _report(sync: Sync, run: str, started: datetime, finished: datetime) -> RunReport:
    steps = tuple(sorted(sync.steps, key=lambda step: (step.source, step.entity)))
    return RunReport(
        run,
        _status(steps, cancelled=sync.cancel.is_set()),
        started,
        finished,
        {"cin7": sync.cin7.sent.calls, "qbo": sync.qbo.sent.calls},
        {"cin7": sync.cin7.sent.throttled, "qbo": sync.qbo.sent.throttled},
        steps,
    )


def _status(steps: Iterable[StepReport], *, cancelled: bool) -> str:
    states = {step.status for step in steps}
    if "failed" not in states and not cancelled:
        return "succeeded"
    return "partial" if "succeeded" in states else "failed"


@contextmanager
def _lease(
    engine: Engine, company: int, run: str, now: Callable[[], datetime], seconds: float, who: str, stop: threading.Event
) -> Iterator[None]:
    """Holds the company's sync, renewing it in the background; a lost lease stops the sync."""
    name, ended, began = f"sync:{company}", threading.Event(), now()
    note = " ".join([*([f"by {who}"] if who else []), f"since {began.astimezone(UTC):%Y-%m-%d %H:%M} UTC"])
    if not leases.take(engine, name, run, seconds, began.timestamp(), note=note):
        raise SyncRunning(f"a sync is already running{leases.told(engine, name)}")

    def renew() -> None:
        while not ended.wait(seconds / 3):
            try:
                kept = leases.renew(engine, name, run, seconds, now().timestamp())
            except AppError:
                kept = False
            if not kept:
                stop.set()
                return

    keeper = threading.Thread(target=renew, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        leases.release(engine, name, run)
