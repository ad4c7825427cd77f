"""Health, readiness and metrics: what a machine asks of a running Tieout; no figure of the books is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.web import Answer, Request, Route, text
from sync.errors import AppError

_METRICS = "text/plain; version=0.0.4; charset=utf-8"
_Value = tuple[Mapping[str, str], float]


class Pulse(Protocol):
    """When syncs were good."""

    @property
    def good_at(self) -> datetime | None: ...
    @property
    def first_at(self) -> datetime | None: ...


class Health(Protocol):
    """What the store knows of the syncs."""

    def pulse(self) -> Pulse: ...
    def answers(self) -> None: ...
    def runs(self) -> Mapping[str, int]: ...
    def alerts(self) -> Mapping[str, int]: ...
    def calls(self, now: float) -> Mapping[str, tuple[int, int]]: ...


class Letters(Protocol):
    """What the store knows of the outbox."""

    def counts(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Checks:
    """What health, readiness and metrics are made of; `parts` are our threads by name, each says whether it runs."""

    health: Health
    letters: Letters
    clock: Callable[[], float]
    late_after: timedelta
    parts: Mapping[str, Callable[[], bool]] | None = None
    upcoming: Callable[[], Sequence[tuple[str, datetime]]] = lambda: ()

    def routes(self) -> Iterable[Route]:
        return (
            Route("GET", "/healthz", self.healthz),
            Route("GET", "/readyz", self.readyz),
            Route("GET", "/metrics", self.metrics),
        )

    def healthz(self, request: Request) -> Answer:
        """200 while every part of the process runs: else it is to be started anew."""
        dead = sorted(name for name, alive in (self.parts or {}).items() if not alive())
        return text(503, f"not running: {', '.join(dead)}") if dead else text(200, "ok")

    def readyz(self, request: Request) -> Answer:
        """200 while the cache answers and syncs are not late; an empty cache is ready."""
        try:
            self.health.answers()
            late = self.late()
        except AppError as fault:
            return text(503, f"the cache does not answer: {fault}")
        return text(503, "syncs are late") if late else text(200, "ready")

    def late(self) -> bool:
        """True where no whole sync was good for longer than the settings allow."""
        pulse = self.health.pulse()
        began = pulse.good_at or pulse.first_at
        return bool(self.late_after) and began is not None and self._now() - began > self.late_after

    def metrics(self, request: Request) -> Answer:
        """Prometheus' text format."""
        pulse, calls = self.health.pulse(), self.health.calls(self.clock())
        good: list[_Value] = [({}, pulse.good_at.timestamp())] if pulse.good_at else []
        due: list[_Value] = [({"job": job}, at.timestamp()) for job, at in self.upcoming()]
        families: Sequence[tuple[str, str, str, Sequence[_Value]]] = (
            ("tieout_sync_last_good_timestamp_seconds", "gauge", "End of the last good sync", good),
            ("tieout_sync_late", "gauge", "1 while syncs are late", [({}, float(self.late()))]),
            ("tieout_sync_runs", "gauge", "Syncs by how they ended", _by("status", self.health.runs())),
            ("tieout_alerts", "gauge", "Alerts by state", _by("state", self.health.alerts())),
            ("tieout_outbox_letters", "gauge", "Letters by state", _by("state", self.letters.counts())),
            ("tieout_api_calls_month", "gauge", "API calls this month", _by("source", _nth(calls, 0))),
            ("tieout_api_throttled_month", "gauge", "API calls refused this month", _by("source", _nth(calls, 1))),
            ("tieout_job_next_timestamp_seconds", "gauge", "Next due time of a job", due),
        )
        return Answer(200, "".join(_family(*family) for family in families).encode(), _METRICS)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _nth(pairs: Mapping[str, tuple[int, int]], place: int) -> dict[str, int]:
    return {name: pair[place] for name, pair in pairs.items()}


def _by(label: str, counts: Mapping[str, int]) -> list[_Value]:
    return [({label: name}, float(count)) for name, count in sorted(counts.items())]


def _family(name: str, kind: str, told: str, values: Iterable[_Value]) -> str:
    lines = [f"# HELP {name} {told}.", f"# TYPE {name} {kind}"]
    for labels, value in values:
        inside = ",".join(f'{label}="{_quoted(word)}"' for label, word in labels.items())
        lines.append(f"{name}{{{inside}}} {value:.15g}" if inside else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
