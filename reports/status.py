"""How the syncs went, how old each figure is, what of the API allowance is used, what is wrong and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reports.books import instant
from reports.layout import table


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One sync; `finished_at` is None while it runs, `calls` and `throttled` are per source."""

    run: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    calls: Mapping[str, int]
    throttled: Mapping[str, int]
    started_by: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class FigureAge:
    """When an entity was last read whole (None: never), and why its latest reading failed ("" where it did not)."""

    source: str
    entity: str
    as_of: datetime | None
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """Calls used of an allowance in the last minute or the calendar month (UTC); `limit` None where none is known."""

    source: str
    window: str
    used: int
    limit: int | None
    throttled: int | None = None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is not resolved: `title` says what is wrong, `due` is the day its owner promised (None: none)."""

    id: str
    kind: str
    state: str
    opened_at: datetime
    owner: str
    due: date | None
    title: str


@dataclass(frozen=True, slots=True)
class NextDue:
    """A job of the schedule and the instant at which it is due next."""

    job: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """The newest runs first, the oldest alerts, the soonest due times."""

    runs: tuple[RunFacts, ...]
    figures: tuple[FigureAge, ...]
    budget: tuple[Budget, ...]
    alerts: tuple[OpenAlert, ...] = ()
    next: tuple[NextDue, ...] = ()


def to_json(result: Status) -> dict[str, object]:
    """The document `tieout/status/1`."""
    return {
        "schema": "tieout/status/1",
        "runs": [_run(run) for run in result.runs],
        "figures": [
            {"source": f.source, "entity": f.entity, "as_of": instant(f.as_of), "error": f.failed or None}
            for f in result.figures
        ],
        "budget": [{"source": b.source, "window": b.window, "used": b.used, "limit": b.limit} for b in result.budget],
        "alerts": [_alert(alert) for alert in result.alerts],
        "next": [{"job": due.job, "at": instant(due.at)} for due in result.next],
    }


def _alert(alert: OpenAlert) -> dict[str, object]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "state": alert.state,
        "opened_at": instant(alert.opened_at),
        "owner": alert.owner or None,
        "due": alert.due.isoformat() if alert.due else None,
        "title": alert.title,
    }


def _run(run: RunFacts) -> dict[str, object]:
    return {
        "run": run.run,
        "status": run.status,
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at),
        "calls": dict(run.calls),
        "throttled": dict(run.throttled),
    }


def to_text(result: Status) -> str:
    """The same for people, in tables."""
    tables = [_runs(result.runs), _figures(result.figures), _budget(result.budget)]
    tables += [told for told in (_alerts(result.alerts), _next(result.next)) if told]
    return "\n\n".join("\n".join(told) for told in tables)


def _runs(runs: Sequence[RunFacts]) -> list[str]:
    if not runs:
        return ["No sync has run yet. Run: tieout sync"]
    rows = [
        (
            instant(run.started_at) or "",
            f"{run.status}: {run.stage}" if run.stage and run.finished_at is None else run.status,
            _lasted(run),
            *(str(run.calls.get(source, 0)) for source in ("cin7", "qbo")),
        )
        for run in runs
    ]
    return table(("sync", "status", "seconds", "Cin7 calls", "QuickBooks calls"), rows)


def _lasted(run: RunFacts) -> str:
    return "" if run.finished_at is None else str(round((run.finished_at - run.started_at).total_seconds()))


def _figures(figures: Sequence[FigureAge]) -> list[str]:
    rows = [(f"{f.source} {f.entity}", instant(f.as_of) or "never", f.failed) for f in figures]
    return table(("figures of", "as of", "last failure"), rows) if rows else ["Nothing is cached yet."]


def _budget(budget: Sequence[Budget]) -> list[str]:
    rows = [
        (
            f"{b.source}, {'last minute' if b.window == 'minute' else 'this month'}",
            str(b.used),
            "" if b.limit is None else str(b.limit),
            "" if b.limit is None else str(max(0, b.limit - b.used)),
        )
        for b in budget
    ]
    return table(("API calls", "used", "limit", "left"), rows)


def _alerts(alerts: Sequence[OpenAlert]) -> list[str]:
    rows = [
        (
            alert.title,
            alert.state,
            instant(alert.opened_at) or "",
            alert.owner,
            alert.due.isoformat() if alert.due else "",
        )
        for alert in alerts
    ]
    return table(("alert", "state", "since", "owner", "due"), rows) if rows else []


def _next(dues: Sequence[NextDue]) -> list[str]:
    rows = [(due.job, instant(due.at) or "") for due in dues]
    return table(("due next, while tieout serve runs", "at"), rows) if rows else []
