"""Hints that something changed: gathered for a moment, then one small sync of just that."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from sync.errors import AppError, SyncRunning

log = logging.getLogger("tieout.hints")

STARTED_BY = "QuickBooks webhook"  # what a run says of who started it; such runs read only a part
_QUIET = 10.0  # seconds in which more hints may come
_GAP = 60.0  # seconds between two small syncs at least
_ALWAYS = ("ledger",)  # whatever changed, its postings did


class Hints:
    """Starts small syncs; `names` are the entities of a sync by QuickBooks' names in lower case.

    A hint that is lost with the process costs nothing but time: the next sync finds the change by itself.
    """

    def __init__(
        self,
        start: Callable[[tuple[str, ...]], None],
        names: Mapping[str, str],
        quiet: float = _QUIET,
        gap: float = _GAP,
    ) -> None:
        self._start = start
        self._names = names
        self._quiet = quiet
        self._gap = gap
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._come = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Begins no sync any more."""
        self._ended.set()
        self._come.set()

    def alive(self) -> bool:
        return self._thread.is_alive()

    def add(self, entities: frozenset[str]) -> None:
        """Something changed; entities that no sync reads are no reason for one."""
        known = {self._names[entity] for entity in entities if entity in self._names}
        if known:
            with self._lock:
                self._waiting |= known
            self._come.set()

    def waiting(self) -> frozenset[str]:
        """The entities that the next small sync will read beside the ledger."""
        with self._lock:
            return frozenset(self._waiting)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._come.wait()
            if self._ended.wait(self._quiet):
                return
            self._come.clear()
            self.work()
            self._ended.wait(self._gap)

    def work(self) -> None:
        """One small sync of what was hinted at; kept for the next time where another sync runs."""
        with self._lock:
            wanted, self._waiting = self._waiting, set()
        if not wanted:
            return
        try:
            self._start(tuple(sorted(wanted | set(_ALWAYS))))
        except SyncRunning:
            with self._lock:
                self._waiting |= wanted
            self._come.set()
        except AppError as fault:
            log.warning("the small sync did not run: %s", fault)
        except Exception:
            log.exception("the small sync failed on our side")
