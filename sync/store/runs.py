"""The memory of syncs: when each began and ended, what it is doing, and what it did for each entity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select, update

from sync.domain.runs import StepReport
from sync.errors import InvariantBroken
from sync.store.run_tables import Run, Step
from sync.store.upsert import upsert

RUNNING = "running"


def start_run(session: Session, run: str, company: int, *, at: datetime, started_by: str = "") -> None:
    """Notes that the sync `run` (an id of the caller's) began."""
    session.add(Run(id=run, company=company, status=RUNNING, started_at=at, started_by=started_by))
    session.flush()


def set_stage(session: Session, run: str, stage: str) -> None:
    """Says in words what a running sync is at."""
    session.execute(update(Run).where(col(Run.id) == run).values(stage=stage))


def finish_run(
    session: Session,
    run: str,
    *,
    status: str,
    at: datetime,
    calls: Mapping[str, int],
    throttled: Mapping[str, int],
) -> None:
    """Notes how a sync ended; `calls` and `throttled` are per source. InvariantBroken for a run that never began."""
    values = {"status": status, "finished_at": at, "stage": ""}
    counts = {
        f"{name}_{source}": counted.get(source, 0)
        for name, counted in (("calls", calls), ("throttled", throttled))
        for source in ("cin7", "qbo")
    }
    ended = session.execute(update(Run).where(col(Run.id) == run).values(**values, **counts).returning(col(Run.id)))
    if ended.first() is None:
        raise InvariantBroken(f"the sync {run} cannot end, it never began")


def record_step(session: Session, run: str, step: StepReport, *, at: datetime) -> None:
    """Keeps what the run did for one entity; told again, the later telling stands."""
    row = {
        "run": run,
        "source": str(step.source),
        "entity": step.entity,
        "status": step.status,
        "fetched": step.fetched,
        "changed": step.changed,
        "calls": step.calls,
        "fewest": step.fewest,
        "error": step.error,
        "finished_at": at,
    }
    upsert(session, Step, [row])


def interrupt_dead(session: Session, company: int, *, at: datetime) -> int:
    """Ends as "interrupted" every sync that is still noted as running; how many.

    For the holder of the company's lease only: whoever else was running has lost it, so is dead.
    """
    dead = update(Run).where(col(Run.company) == company, col(Run.status) == RUNNING)
    ended = session.execute(dead.values(status="interrupted", finished_at=at, stage="").returning(col(Run.id)))
    return len(ended.all())


def recent_runs(session: Session, company: int, n: int = 10) -> list[Run]:
    """The newest `n` syncs, newest first."""
    query = select(Run).where(Run.company == company).order_by(col(Run.started_at).desc(), col(Run.id)).limit(n)
    return list(session.exec(query, execution_options={"populate_existing": True}))


def steps(session: Session, run: str) -> list[Step]:
    """What a sync did, by source and entity."""
    return sorted(session.exec(select(Step).where(Step.run == run)), key=lambda step: (step.source, step.entity))
