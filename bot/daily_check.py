"""The set-up check once a day: what is new since the last one raises an alert, what is mended ends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot import alert_texts
from sync.domain.alerts import Trouble


class Told(Protocol):
    """One line of the check; `status` is "ok", "warning" or "error"."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def fix(self) -> str: ...


class Memory(Protocol):
    """What the last check found wrong, id -> status; None before the first."""

    def known(self) -> Mapping[str, str] | None: ...
    def keep(self, faults: Mapping[str, str]) -> None: ...


class Alerts(Protocol):
    """Where a change is told."""

    def trouble(self, trouble: Trouble) -> None: ...
    def over(self, cause: str, note: str = "") -> None: ...


def run(check: Callable[[], Sequence[Told]], memory: Memory, alerts: Alerts) -> None:
    """Checks, compares with the last time, and tells what changed.

    The first check tells errors alone: warnings of a set-up that has always been so are no change.
    """
    found = check()
    faults = {told.id: told.status for told in found if told.status != "ok"}
    known = memory.known()
    new = worse(found, known)
    if new:
        alerts.trouble(alert_texts.setup_changed(new, len(faults)))
    elif not faults:
        alerts.over(alert_texts.SETUP, "The set-up check finds nothing wrong any more.")
    memory.keep(faults)


def worse(found: Sequence[Told], known: Mapping[str, str] | None) -> list[Told]:
    """What was not wrong before, or less so; errors first."""
    if known is None:
        return [told for told in found if told.status == "error"]
    rank = {"ok": 0, "warning": 1, "error": 2}
    new = [told for told in found if rank[told.status] > rank[known.get(told.id, "ok")]]
    return sorted(new, key=lambda told: (-rank[told.status], told.id))
