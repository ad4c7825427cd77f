"""Shows how far a sync is: moving lines for people at a terminal, log lines for machines."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from sync.domain.runs import Progress

log = logging.getLogger("tieout.progress")

Watch = Callable[[Progress], None]


@contextmanager
def stages(stream: TextIO) -> Iterator[Callable[[str], None]]:
    """Says what is being made, as long as it takes: one moving line at a terminal, log lines for machines."""
    if not stream.isatty():
        yield lambda what: log.info("making %s", what)
        return
    with Console(file=stream).status("") as status:
        yield lambda what: status.update(f"Making {what}")


@contextmanager
def watching(stream: TextIO) -> Iterator[Watch]:
    """A watcher for as long as the sync runs; the sync may call it from several threads."""
    if not stream.isatty():
        yield _log_ended
        return
    console = Console(file=stream)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Lines(bars)


class _Lines:
    """One moving line for each part that is at work; a part that has ended leaves the screen."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._lock = threading.Lock()

    def __call__(self, step: Progress) -> None:
        part = (step.source, step.entity)
        with self._lock:
            if part not in self._tasks:
                name = f"{_SYSTEMS.get(step.source, step.source)}: {step.entity.replace('_', ' ')}"
                self._tasks[part] = self._bars.add_task(name, total=None, rows="")
            task = self._tasks[part]
            self._bars.update(task, rows=_rows(step))
            if _ended(step):
                self._bars.remove_task(self._tasks.pop(part))


_SYSTEMS = {"cin7": "Cin7", "qbo": "QuickBooks"}


def _rows(step: Progress) -> str:
    of = f" of {step.expected:,}" if step.expected is not None else ""
    calls = f", {step.calls} call{'' if step.calls == 1 else 's'}"
    return f"{step.done:,}{of} rows{calls}"


def _log_ended(step: Progress) -> None:
    """Machines are told of the end of each part; pages between would drown the log."""
    if not _ended(step):
        return
    facts = {"source": step.source, "entity": step.entity, "rows": step.done, "calls": step.calls}
    log.info("%s %s: %s", step.source, step.entity, step.note, extra={"facts": facts})


def _ended(step: Progress) -> bool:
    """A part's last step has nothing left to expect, and its note says how it went."""
    return bool(step.note) and step.done == step.expected
