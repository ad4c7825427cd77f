"""The runs of one company as a service sees them: which one holds the sync, and how one stands or ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select, update

from sync.domain.runs import StepReport
from sync.store import leases, runs
from sync.store.db import reading, writing
from sync.store.run_tables import Run
from sync.store.upsert import table_of

_RUN = table_of(Run)


@dataclass(frozen=True, slots=True)
class RunTold:
    """One sync: "running", or how it ended; what it did for each entity so far."""

    run: str
    status: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    calls: Mapping[str, int]
    throttled: Mapping[str, int]
    entities: Sequence[StepReport]


class RunBook:
    """The syncs of one company."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def told(self, run: str) -> RunTold | None:
        """How a run stands; None where there was none."""
        with reading(self._engine) as session:
            row = session.execute(select(_RUN).where(_RUN.c.id == run, _RUN.c.company == self._company)).first()
            steps = runs.steps(session, run) if row else []
        if row is None:
            return None
        calls = {"cin7": row.calls_cin7, "qbo": row.calls_qbo}
        if row.status == runs.RUNNING:  # the run's own sums are kept at its end
            calls = {source: sum(step.calls for step in steps if step.source == source) for source in calls}
        throttled = {"cin7": row.throttled_cin7, "qbo": row.throttled_qbo}
        parts = tuple(
            StepReport(s.source, s.entity, s.status, s.fetched, s.changed, s.calls, s.fewest, s.error) for s in steps
        )
        return RunTold(row.id, row.status, row.started_by, row.started_at, row.finished_at, calls, throttled, parts)

    def holder(self, now: float) -> str:
        """The run that holds the company's sync at `now` (seconds since 1970); "" where none does."""
        held = leases.holder_of(self._engine, f"sync:{self._company}", now)
        return held.holder if held else ""

    def interrupt(self, run: str, at: datetime) -> None:
        """Ends a run as interrupted; only for one whose process is known to be gone or going."""
        mine = (_RUN.c.id == run, _RUN.c.company == self._company, _RUN.c.status == runs.RUNNING)
        with writing(self._engine) as session:
            session.execute(update(_RUN).where(*mine).values(status="interrupted", finished_at=at, stage=""))

    def follow(self, run: str, who: str, now: float, seconds: float) -> bool:
        """Takes, or prolongs, the right to tell of a run in its message; of several processes one has it."""
        return leases.take(self._engine, f"told:{run}", who, seconds, now) is not None

    def unfollow(self, run: str, who: str) -> None:
        """Gives that right back."""
        leases.release(self._engine, f"told:{run}", who)
