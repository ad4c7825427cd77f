"""Syncs of the running service: one at a time, started by people, the schedule or a hint; joined, and stopped."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import hints
from bot.desk import SyncTicket
from bot.engine_room import EngineRoom
from bot.live_sync import Live, Message
from bot.sync_message import CANCELLED, INTERRUPTED, RUNNING, Findings
from bot.sync_telling import STOPPED, TICK, Telling
from bot.work import TieOut
from sync.domain.runs import Progress, RunReport
from sync.errors import AppError, SyncRunning, UserError

if TYPE_CHECKING:  # brings both vendors' clients
    from sync.pull import Wants

log = logging.getLogger("tieout.syncs")

_PATIENCE = 60.0  # seconds for a sync to begin, and for a small one to make way
_WAITS = "Tieout is being stopped; what was read is kept, and it goes on from there when Tieout is started again."

# Runs one sync under an id; raises SyncRunning while another one runs.
Pull = Callable[[str, "Wants", str, Callable[[Progress], None], threading.Event], RunReport]


class Syncs:
    """The syncs that this process runs."""

    def __init__(
        self, room: EngineRoom, pull: Pull, clock: Callable[[], float], everything: Wants, after: Callable[[], None]
    ) -> None:
        """`everything` is a whole sync; `after` is called when a sync has ended, before its message says so."""
        self._room = room
        self._pull = pull
        self._clock = clock
        self._all = everything
        self._after = after
        self._telling = Telling(room, clock, self._go_on)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync-messages", daemon=True)

    def begin(self) -> None:
        """Tells from now on, and picks up messages whose process died."""
        self._thread.start()

    def alive(self) -> bool:
        return self._thread.is_alive()

    def lives(self) -> Sequence[Live]:
        """The syncs that run in this process."""
        with self._telling.lock:
            return list(self._telling.lives.values())

    def run(self, wants: Wants, who: str) -> RunReport:
        """One sync in this thread, without a message unless somebody joins; SyncRunning where another one runs."""
        if self._stopping.is_set():
            raise AppError("Tieout is being stopped")
        live = Live(_new(), who, self._now(), [])
        report = self._work(live, wants)
        if live.fault is not None:
            raise live.fault
        assert report is not None  # noqa: S101  there is a fault or a report
        return report

    def start(self, wants: Wants, user: str, channel: str) -> SyncTicket:
        """Begins a sync in the background, or joins the one that runs; what Desk.start_sync says."""
        for _ in range(3):
            if self._stopping.is_set():
                break
            run = _new()
            live = Live(run, user, self._now(), [Message(run, channel, user)])
            if self._begin(live, wants):
                return SyncTicket(run, False, user, live.started_at, channel, self._telling.ts(run))
            ticket = self._join(user, channel)
            if ticket is not None:
                return ticket
        raise AppError("A sync is ending at this moment. Try again in a minute")

    def cancel(self, run: str, user: str) -> None:
        """Asks a run to stop, of this process at once, of another one through the audit log."""
        live = next((live for live in self.lives() if live.run == run), None)
        if live is None and self._room.runs.holder(self._clock()) != run:
            raise UserError("That sync has ended already; there is nothing to cancel")
        self._room.audit.note(self._now(), user, STOPPED, f"sync:{run}")
        if live is not None:
            self._telling.cancelled(live, user)

    def failed_parts(self, run: str) -> tuple[str, ...]:
        """The entities that a run could not read; () where it read all, or ended before it could say."""
        told = self._room.runs.told(run)
        if told is None:
            raise UserError("That sync is not known here; type /sync for a new one")
        return tuple(dict.fromkeys(step.entity for step in told.entities if step.error))

    def look(self) -> None:
        """One round over the messages, as the background makes one every other second."""
        self._telling.look()

    def stop(self, patience: float) -> None:
        """Ends what runs in good order within `patience` seconds; no message is left saying that it runs."""
        self._stopping.set()
        lives = self.lives()
        for live in lives:
            live.cancel.set()
        end = self._clock() + patience
        for live in lives:
            if not live.ended.wait(max(0.0, end - self._clock())):
                self._room.runs.interrupt(live.run, self._now())
                with self._telling.lock:
                    live.waits = True
                    self._close(live, INTERRUPTED, _WAITS)
        if self._thread.is_alive():
            self._thread.join(TICK)

    def _go_on(self, message: Message) -> bool:
        return self._begin(Live(_new(), message.person, self._now(), [message]), self._all)

    def _begin(self, live: Live, wants: Wants) -> bool:
        """True once it runs in the background; False where another one does."""
        threading.Thread(target=self._work, args=(live, wants), name="sync", daemon=True).start()
        if not live.begun.wait(_PATIENCE):
            live.cancel.set()
            raise AppError("The sync did not begin within a minute; the log says more")
        if isinstance(live.fault, SyncRunning):
            return False
        if live.fault is not None and not live.opened:
            raise live.fault
        return True

    def _work(self, live: Live, wants: Wants) -> RunReport | None:
        """Runs it and keeps how it went in `live`; raises nothing."""
        try:
            report = self._room.syncing(
                lambda: self._pulled(live, wants),
                cancelled=lambda: bool(live.stopped_by) or self._stopping.is_set(),
                tied=lambda told, why: live.tied(_findings(told), why),
            )
        except SyncRunning as fault:
            live.fault = fault
            live.begun.set()
            return None
        except Exception as fault:
            log.warning("sync %s ended without a result: %s", live.run, fault)
            live.fault = fault
            words = str(fault) if isinstance(fault, AppError) else f"It failed on our side ({type(fault).__name__})."
            self._ended(live, "failed", words)
            return None
        self._ended(live, report.status, live.why)
        return report

    def _pulled(self, live: Live, wants: Wants) -> RunReport:
        def watch(step: Progress) -> None:
            live.moved(step)
            self._opened(live)

        report = self._pull(live.run, wants, live.started_by, watch, live.cancel)
        live.read(report)
        self._opened(live)
        return report

    def _opened(self, live: Live) -> None:
        """The sync runs: from now on it may be joined, and its message says so."""
        if live.opened:
            return
        with self._telling.lock:
            if not live.opened:
                live.opened = True
                self._telling.lives[live.run] = live
                self._telling.tell(live)
                live.begun.set()

    def _ended(self, live: Live, status: str, why: str) -> None:
        self._after()
        # A sync that was over before somebody stopped it is told as what it is.
        stopped = status != "succeeded" and live.cancel.is_set()
        with self._telling.lock:
            if stopped and live.stopped_by:
                status = CANCELLED
            elif stopped and self._stopping.is_set():
                status, why, live.waits = INTERRUPTED, _WAITS, True
            self._close(live, status, why)
        live.begun.set()
        live.ended.set()

    def _close(self, live: Live, state: str, why: str) -> None:
        """The last word of a sync's messages; a second one says nothing any more."""
        if live.state == RUNNING:
            live.state, live.why = state, why
            live.finished_at = live.finished_at or self._now()
            self._telling.lives.pop(live.run, None)
            if live.opened:
                self._telling.tell(live)

    def _join(self, user: str, channel: str) -> SyncTicket | None:
        """A place with the run that holds the sync; None where it has ended, or made way, meanwhile."""
        run = self._room.runs.holder(self._clock())
        told = self._room.runs.told(run) if run else None
        if told is None:
            self._stopping.wait(0.5)
            return None
        if told.started_by == hints.STARTED_BY:  # a small one, which is not what was asked for
            self._wait_for(run)
            return None
        where, ts = self._telling.join(run, user, channel)
        return SyncTicket(run, True, told.started_by, told.started_at, where, ts)

    def _wait_for(self, run: str) -> None:
        end = self._clock() + _PATIENCE
        while self._room.runs.holder(self._clock()) == run and self._clock() < end and not self._stopping.wait(0.5):
            pass

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except AppError as fault:
                log.warning("the messages of syncs wait: %s", fault)
            except Exception:
                log.exception("the messages of syncs failed on our side")
            self._stopping.wait(TICK)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _new() -> str:
    return uuid.uuid4().hex[:12]


def _findings(told: TieOut | None) -> Findings | None:
    return None if told is None else Findings(len(told.new), told.cleared, told.open)
