"""The work that the engine room has done by others, and what comes back of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot import daily_check, trial_watch
from bot.alert_texts import Found
from bot.due_times import Due
from sync.domain.runs import RunReport
from sync.settings import Schedule


class TieOut(Protocol):
    """What the tie-out after a sync says to alerts."""

    @property
    def found(self) -> Sequence[Found]: ...
    @property
    def new(self) -> frozenset[str]: ...
    @property
    def currency(self) -> str: ...
    @property
    def cleared(self) -> int: ...
    @property
    def open(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Work:
    """What the engine room has done by others.

    `sync` runs one sync of some entities (none: all) for whoever started it, and gives its report; it wraps its
    own work in `EngineRoom.syncing`. `report` builds and posts a scheduled report for a due time. `tie_out` ties out
    after a good sync; `figures` says whether the alerts' channel may read money; `check` is the
    set-up check's lines, `test_sync` judges the test sync of a number.
    """

    sync: Callable[[tuple[str, ...], str], RunReport]
    report: Callable[[Schedule, Due], None]
    tie_out: Callable[[], TieOut | None] = lambda: None
    figures: Callable[[], bool] = lambda: True
    check: Callable[[], Sequence[daily_check.Told]] = tuple
    test_sync: Callable[[str], trial_watch.Told | None] = lambda number: None
