"""A sync that runs in this process: what is known of it so far, and how its messages see it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from bot.sync_message import INTERRUPTED, RUNNING, Findings, Part, View
from sync.domain.runs import Progress, RunReport, StepReport


@dataclass
class Message:
    """A message that tells of a run. `run` is the one it was made for, which names it; `going_on`: that one died."""

    run: str
    channel: str
    person: str
    joined: list[str] = field(default_factory=list)
    going_on: bool = False


@dataclass
class Live:
    """One running sync, and the messages that tell of it.

    `begun` is set when it runs, or will not; `opened` once it runs. `waits`: it was stopped in good order, to be
    gone on with after a restart. `changed`: its messages do not say yet how it stands.
    """

    run: str
    started_by: str
    started_at: datetime
    messages: list[Message]
    cancel: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    state: str = RUNNING
    why: str = ""
    stopped_by: str = ""
    opened: bool = False
    waits: bool = False
    changed: bool = True
    calls: dict[str, int] = field(default_factory=dict)
    finished_at: datetime | None = None
    findings: Findings | None = None
    fault: Exception | None = None
    _facts: threading.Lock = field(default_factory=threading.Lock)  # for moments only: the sync itself waits for it

    def moved(self, step: Progress) -> None:
        """A part went a step forward."""
        ended, good = bool(step.note) and step.done == step.expected, step.note == "done"
        status = RUNNING if not ended else "succeeded" if good else "failed"
        error = step.note if ended and not good else ""
        part = Part(step.source, step.entity, status, step.done, step.expected, 0, step.calls, error)
        with self._facts:
            self.parts[step.source, step.entity] = part
            self.changed = True

    def read(self, report: RunReport) -> None:
        """All parts have ended; what they brought is tied out next."""
        with self._facts:
            self.parts = {(step.source, step.entity): part_of(step) for step in report.entities}
            self.calls, self.finished_at, self.changed = dict(report.calls), report.finished_at, True
            self.why = "Tying out what was read." if report.status == "succeeded" else ""

    def tied(self, findings: Findings | None, why: str) -> None:
        """What the tie-out found, or why there is none."""
        self.why = f"The books could not be tied out: {why}" if why else ""
        self.findings = findings

    def view(self, message: Message, next_at: datetime | None) -> View:
        """How one of its messages shall show it now."""
        running = self.state == RUNNING
        with self._facts:
            parts = [self.parts[key] for key in sorted(self.parts)]
        counted = {source: sum(part.calls for part in parts if part.source == source) for source in ("cin7", "qbo")}
        return View(
            run=message.run,
            state=INTERRUPTED if running and message.going_on else self.state,
            started_by=self.started_by,
            started_at=self.started_at,
            now_run=self.run,
            finished_at=self.finished_at,
            parts=parts,
            calls=self.calls or counted,
            joined=message.joined,
            stopped_by=self.stopped_by,
            why=self.why,
            going_on=running and message.going_on,
            waits=self.waits,
            findings=self.findings,
            next_at=None if running else next_at,
        )


def part_of(step: StepReport) -> Part:
    """A part of a sync as it was kept."""
    return Part(step.source, step.entity, step.status, step.fetched, None, step.changed, step.calls, step.error or "")
