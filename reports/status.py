"""How the syncs went, how old each figure is, and what of the allowance of API calls is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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
class Status:
    """The newest runs first."""

    runs: tuple[RunFacts, ...]
    figures: tuple[FigureAge, ...]
    budget: tuple[Budget, ...]


def to_json(result: Status) -> dict[str, object]:
    """The document `tieout/status/1`; alerts and due times are empty as long as nothing stores any."""
    return {
        "schema": "tieout/status/1",
        "runs": [_run(run) for run in result.runs],
        "figures": [
            {"source": f.source, "entity": f.entity, "as_of": instant(f.as_of), "error": f.failed or None}
            for f in result.figures
        ],
        "budget": [{"source": b.source, "window": b.window, "used": b.used, "limit": b.limit} for b in result.budget],
        "alerts": [],
        "next": [],
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
    """The same for people, in three tables."""
    return "\n".join([*_runs(result.runs), "", *_figures(result.figures), "", *_budget(result.budget)])


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
