"""What a sync says of itself: each step forward while it runs, and its report at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """One step forward of a part, for whoever watches: `done` of `expected` rows, and calls made so far for it.

    Its last has nothing left to expect, and a note that says how it went.
    """

    source: str
    entity: str
    done: int
    expected: int | None = None
    calls: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a sync did for one entity; `status` is succeeded, failed or skipped, `fewest` the calls that could do it."""

    source: str
    entity: str
    status: str
    fetched: int = 0
    changed: int = 0
    calls: int = 0
    fewest: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a sync did, as contract `sync` tells it; `calls` and `throttled` are per source."""

    run: str
    status: str
    started_at: datetime
    finished_at: datetime
    calls: dict[str, int]
    throttled: dict[str, int]
    entities: tuple[StepReport, ...]
