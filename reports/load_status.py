"""Reads the memory of syncs and of the bot: runs, ages of figures, calls sent, alerts, and since when jobs hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.load_tables import ALERT, CALL_MONTH, FIGURE, JOB, RUN, SENT_CALL
from reports.status import Budget, FigureAge, NextDue, OpenAlert, RunFacts, Status
from sync.domain.alerts import AlertState

_NEWEST = 10
_MINUTE = 60.0
# Calls a month before reads are blocked on Intuit's free tier (Intuit App Partner Program: CorePlus); Cin7 has none.
_PER_MONTH = {"qbo": 500_000}


def status(
    session: Session,
    company: int,
    *,
    now: datetime,
    cin7_per_minute: int,
    qbo_per_minute: int,
    due: Sequence[NextDue] = (),
) -> Status:
    """What is stored about this company; `now` is an aware instant, limits and due times are the settings' own."""
    minute = {"cin7": cin7_per_minute, "qbo": qbo_per_minute}
    return Status(
        runs(session, company),
        _figures(session, company),
        tuple(
            budget
            for source, limit in minute.items()
            for budget in (
                Budget(source, "minute", _in_minute(session, source, now), limit),
                _in_month(session, source, now),
            )
        ),
        _alerts(session, company),
        tuple(due),
    )


def since(session: Session, company: int, job: str, rule: str) -> datetime | None:
    """Since when the bot has this job with this rule; None where it does not have it yet."""
    mine = (JOB.c.company == company, JOB.c.name == job, JOB.c.rule == rule)
    found: datetime | None = session.scalar(select(JOB.c.since).where(*mine))
    return found


def _alerts(session: Session, company: int) -> tuple[OpenAlert, ...]:
    unresolved = select(ALERT).where(ALERT.c.company == company, ALERT.c.state != AlertState.RESOLVED.value)
    rows = session.execute(unresolved.order_by(ALERT.c.opened_at, ALERT.c.id))
    return tuple(
        OpenAlert(row.id, row.kind, row.state, row.opened_at, row.owner, row.due, str(json.loads(row.trouble)["title"]))
        for row in rows
    )


def runs(session: Session, company: int) -> tuple[RunFacts, ...]:
    """The newest ten syncs, the newest first."""
    rows = session.execute(
        select(RUN).where(RUN.c.company == company).order_by(RUN.c.started_at.desc(), RUN.c.id.desc()).limit(_NEWEST)
    )
    return tuple(
        RunFacts(
            run=row.id,
            status=row.status,
            started_at=row.started_at,
            finished_at=row.finished_at,
            calls={"cin7": row.calls_cin7, "qbo": row.calls_qbo},
            throttled={"cin7": row.throttled_cin7, "qbo": row.throttled_qbo},
            started_by=row.started_by,
            stage=row.stage,
        )
        for row in rows
    )


def _figures(session: Session, company: int) -> tuple[FigureAge, ...]:
    rows = session.execute(select(FIGURE).where(FIGURE.c.company == company).order_by(FIGURE.c.source, FIGURE.c.entity))
    return tuple(
        FigureAge(row.source, row.entity, row.as_of, "" if row.complete else row.reason or "not read whole")
        for row in rows
    )


def _in_minute(session: Session, source: str, now: datetime) -> int:
    since = now.timestamp() - _MINUTE
    sent = select(func.count()).where(SENT_CALL.c.bucket == source, SENT_CALL.c.sent_at > since)
    return int(session.scalar(sent) or 0)


def _in_month(session: Session, source: str, now: datetime) -> Budget:
    month = now.astimezone(UTC).strftime("%Y-%m")
    row = session.execute(select(CALL_MONTH).where(CALL_MONTH.c.bucket == source, CALL_MONTH.c.month == month)).first()
    used, throttled = (row.calls, row.throttled) if row else (0, 0)
    return Budget(source, "month", used, _PER_MONTH.get(source), throttled)
