"""Syncs of the running service: one at a time, told in one message each, joined, stopped, and picked up again."""

from __future__ import annotations

import logging
import secrets
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from bot import hints
from bot.desk import SyncTicket
from bot.engine_room import EngineRoom, TieOut
from bot.sync_message import (
    CANCELLED,
    INTERRUPTED,
    RUNNING,
    Findings,
    Part,
    View,
    is_waiting,
    letter,
    letter_key,
    run_of,
)
from sync.domain.letters import Letter
from sync.errors import AppError, SyncRunning, UserError

if TYPE_CHECKING:  # brings both vendors' clients
    from sync.pull import Progress, RunReport, Wants

log = logging.getLogger("tieout.syncs")

STOPPED = "cancelled sync"  # a deed of the audit log; whichever process runs the sync sees it there
_TICK = 2.0  # seconds between two looks; Slack takes fifty updates a minute
_TELL = 30.0  # seconds after which another process tells on, where the one that told a message died
_DEBOUNCE = 1.5
_PATIENCE = 60.0  # seconds for a sync to begin, and for a small one to make way
_GONE = "Tieout was stopped in the middle; what was read until then is kept."
_WAITS = "Tieout is being stopped; what was read is kept, and it goes on from there when Tieout is started again."


class StepTold(Protocol):
    """What a run did for one entity."""

    @property
    def source(self) -> str: ...
    @property
    def entity(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def fetched(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def calls(self) -> int: ...
    @property
    def error(self) -> str | None: ...


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
    """A sync that runs in this process, and what is known of it so far."""

    run: str
    started_by: str
    started_at: datetime
    messages: list[Message]
    cancel: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    why: str = ""
    stopped_by: str = ""
    state: str = RUNNING
    opened: bool = False
    waits: bool = False
    calls: dict[str, int] = field(default_factory=dict)
    finished_at: datetime | None = None
    findings: Findings | None = None
    fault: Exception | None = None
    changed: bool = True


# Runs one sync under an id; raises SyncRunning while another one runs.
Pull = Callable[[str, "Wants", str, Callable[["Progress"], None], threading.Event], "RunReport"]


class Syncs:
    """The syncs that this process runs, and the messages that it tells."""

    def __init__(
        self, room: EngineRoom, pull: Pull, clock: Callable[[], float], everything: Wants, after: Callable[[], None]
    ) -> None:
        """`everything` is a whole sync; `after` is called when a sync has ended, before its message says so."""
        self._room = room
        self._book = room.runs
        self._pull = pull
        self._clock = clock
        self._all = everything
        self._after = after
        self._me = secrets.token_hex(6)
        self._lock = threading.RLock()  # held while messages are told
        self._facts = threading.Lock()  # held for moments only: the sync itself waits for it
        self._lives: dict[str, Live] = {}
        self._followed: dict[str, list[Message]] = {}  # runs of other processes
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync-messages", daemon=True)

    def begin(self) -> None:
        """Tells from now on, and picks up messages whose process died."""
        self._thread.start()

    def alive(self) -> bool:
        return self._thread.is_alive()

    def run(self, wants: Wants, who: str) -> RunReport:
        """One sync in this thread, without a message unless somebody joins; SyncRunning where another one runs."""
        if self._stopping.is_set():
            raise AppError("Tieout is being stopped")
        live = Live(uuid.uuid4().hex[:12], who, self._now(), [])
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
            run = uuid.uuid4().hex[:12]
            live = self._begin(Live(run, user, self._now(), [Message(run, channel, user)]), wants)
            if live is not None:
                return SyncTicket(live.run, False, user, live.started_at, channel, self._ts(live.run))
            ticket = self._join(user, channel)
            if ticket is not None:
                return ticket
        raise AppError("A sync is ending at this moment. Try again in a minute")

    def cancel(self, run: str, user: str) -> None:
        """Asks a run to stop, of this process at once, of another one through the audit log."""
        with self._lock:
            live = self._lives.get(run)
        if live is None and self._book.holder(self._clock()) != run:
            raise UserError("That sync has ended already; there is nothing to cancel")
        self._room.audit.note(self._now(), user, STOPPED, f"sync:{run}")
        if live is not None:
            self._cancelled(live, user)

    def failed_parts(self, run: str) -> tuple[str, ...]:
        """The entities that a run could not read; () where it read all, or ended before it could say."""
        told = self._book.told(run)
        if told is None:
            raise UserError("That sync is not known here; type /sync for a new one")
        return tuple(dict.fromkeys(step.entity for step in told.entities if step.error))

    def lives(self) -> Sequence[Live]:
        """The syncs that run in this process."""
        with self._lock:
            return list(self._lives.values())

    def stop(self, patience: float) -> None:
        """Ends what runs in good order within `patience` seconds; no message is left saying that it runs."""
        self._stopping.set()
        with self._lock:
            lives = list(self._lives.values())
        for live in lives:
            live.cancel.set()
        end = self._clock() + patience
        for live in lives:
            if not live.ended.wait(max(0.0, end - self._clock())):
                self._book.interrupt(live.run, self._now())
                with self._lock:
                    live.waits = True
                    self._close(live, INTERRUPTED, _WAITS)
        if self._thread.is_alive():
            self._thread.join(_TICK)

    def _begin(self, live: Live, wants: Wants) -> Live | None:
        """The sync, once it runs; None where another one does."""
        threading.Thread(target=self._work, args=(live, wants), name="sync", daemon=True).start()
        if not live.begun.wait(_PATIENCE):
            live.cancel.set()
            raise AppError("The sync did not begin within a minute; the log says more")
        if isinstance(live.fault, SyncRunning):
            return None
        if live.fault is not None and not live.opened:
            raise live.fault
        return live

    def _work(self, live: Live, wants: Wants) -> RunReport | None:
        """Runs it and keeps how it went in `live`; raises nothing."""
        try:
            report = self._room.syncing(
                lambda: self._pulled(live, wants),
                cancelled=lambda: bool(live.stopped_by) or self._stopping.is_set(),
                tied=lambda told, why: self._tied(live, told, why),
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
        report = self._pull(live.run, wants, live.started_by, lambda step: self._watched(live, step), live.cancel)
        self._opened(live)
        with self._facts:
            live.parts = {(step.source, step.entity): _part(step) for step in report.entities}
            live.calls, live.finished_at, live.changed = dict(report.calls), report.finished_at, True
            live.why = "Tying out what was read." if report.status == "succeeded" else ""
        return report

    def _watched(self, live: Live, step: Progress) -> None:
        ended = bool(step.note) and step.done == step.expected
        good = step.note == "done"
        part = Part(
            step.source,
            step.entity,
            RUNNING if not ended else "succeeded" if good else "failed",
            step.done,
            step.expected,
            0,
            step.calls,
            "" if good or not ended else step.note,
        )
        with self._facts:
            live.parts[step.source, step.entity] = part
            live.changed = True
        self._opened(live)

    def _opened(self, live: Live) -> None:
        """The sync runs: from now on it may be joined, and its message says so."""
        if live.opened:
            return
        with self._lock:
            if not live.opened:
                live.opened = True
                self._lives[live.run] = live
                self._tell(live)
                live.begun.set()

    def _tied(self, live: Live, told: TieOut | None, why: str) -> None:
        with self._facts:
            live.why = f"The books could not be tied out: {why}" if why else ""
            if told is not None:
                live.findings = Findings(len(told.new), told.cleared, told.open)

    def _ended(self, live: Live, status: str, why: str) -> None:
        self._after()
        with self._lock:
            if live.finished_at is None:
                live.finished_at = self._now()
            # A sync that was over before somebody stopped it is told as what it is.
            stopped = status != "succeeded" and live.cancel.is_set()
            if stopped and self._stopping.is_set() and not live.stopped_by:
                status, why, live.waits = INTERRUPTED, _WAITS, True
            elif stopped and live.stopped_by:
                status = CANCELLED
            self._close(live, status, why)
            live.begun.set()
            live.ended.set()

    def _close(self, live: Live, state: str, why: str) -> None:
        """The last word of a sync's messages; a second one says nothing any more."""
        if live.state == RUNNING:
            live.state, live.why = state, why
            live.finished_at = live.finished_at or self._now()
            self._lives.pop(live.run, None)
            if live.opened:
                self._tell(live)
                self._let_go(live.messages)

    def _cancelled(self, live: Live, user: str) -> None:
        with self._lock:
            live.stopped_by, live.changed = live.stopped_by or user, True
        live.cancel.set()

    def _join(self, user: str, channel: str) -> SyncTicket | None:
        """A place with the run that holds the sync; None where it has ended, or made way, meanwhile."""
        run = self._book.holder(self._clock())
        told = self._book.told(run) if run else None
        if told is None:
            self._stopping.wait(0.5)
            return None
        if told.started_by == hints.STARTED_BY:  # a small one, which is not what was asked for
            self._wait_for(run)
            return None
        with self._lock:
            live = self._lives.get(run)
            messages = live.messages if live else self._followed.get(run, [])
            if messages:
                shown = messages[0]
                shown.joined += [user] if user not in (shown.person, *shown.joined) else []
            elif self._room.box.letter(letter_key(run)) is None:
                shown = Message(run, channel, user, [user])
                (live.messages if live else self._followed.setdefault(run, [])).append(shown)
            if live:
                live.changed = True
                self._tell(live)
            elif messages or run in self._followed:
                self._tell_other(run)
        kept = self._room.box.letter(letter_key(run))
        where = kept.channel if kept else messages[0].channel if messages else channel
        return SyncTicket(run, True, told.started_by, told.started_at, where, self._ts(run))

    def _wait_for(self, run: str) -> None:
        end = self._clock() + _PATIENCE
        while self._book.holder(self._clock()) == run and self._clock() < end and not self._stopping.wait(0.5):
            pass

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except AppError as fault:
                log.warning("the messages of syncs wait: %s", fault)
            except Exception:
                log.exception("the messages of syncs failed on our side")
            self._stopping.wait(_TICK)

    def look(self) -> None:
        """One round: what changed is told, what was cancelled elsewhere stops, messages left behind are picked up."""
        with self._lock:
            lives, others = list(self._lives.values()), list(self._followed)
        for live in lives:
            self._heard(live)
            with self._lock:
                for message in live.messages:
                    self._mine(message.run)
                if live.changed and live.state == RUNNING:
                    self._tell(live)
        for run in others:
            with self._lock:
                self._tell_other(run)
        for kept in self._room.box.unfinished("sync:"):
            self._pick_up(kept)

    def _heard(self, live: Live) -> None:
        deeds = self._room.audit.recent(1, subject=f"sync:{live.run}")
        if deeds and deeds[0].what == STOPPED and not live.stopped_by:
            self._cancelled(live, deeds[0].who)

    def _pick_up(self, kept: Letter) -> None:
        """A message that another process told: goes on with it where nobody does any more."""
        named, run = kept.payload["run"], run_of(kept)
        with self._lock:
            told_here = [m.run for live in self._lives.values() for m in live.messages]
            told_here += [m.run for messages in self._followed.values() for m in messages]
        if named in told_here or not self._mine(named):
            return
        message = Message(named, kept.channel, kept.instead, going_on=named != run)
        told, holds = self._book.told(run), self._book.holder(self._clock()) == run
        if told is not None and told.status == RUNNING and holds:
            self._follow(run, message)
        elif is_waiting(kept):
            self._go_on(message, run, once=run)
        elif told is None or told.status in (RUNNING, INTERRUPTED):
            self._book.interrupt(run, self._now())
            self._go_on(message, run, once=named)
        else:
            self._say_end(run, message)

    def _go_on(self, message: Message, run: str, once: str) -> None:
        """The run of a message was broken off: another one goes on from there.

        `once` is what that is done one time for: a run that was stopped in good order, but all the runs of a message
        whose processes died, for a sync may be what kills them.
        """
        if self._room.seen.first_time("sync-continued", once, self._clock()):
            message.going_on = True
            try:
                if self._begin(Live(uuid.uuid4().hex[:12], message.person, self._now(), [message]), self._all):
                    return
                other = self._book.holder(self._clock())
                if other:
                    self._follow(other, message)
                    return
            except AppError as fault:
                log.warning("sync %s is not gone on with: %s", run, fault)
        message.going_on = False
        self._say_end(run, message)

    def _follow(self, run: str, message: Message) -> None:
        with self._lock:
            live = self._lives.get(run)
            if live is None:
                self._followed.setdefault(run, []).append(message)
                self._tell_other(run)
            else:
                live.messages.append(message)
                self._tell(live)

    def _tell(self, live: Live) -> None:
        live.changed = False
        for message in live.messages:
            self._mine(message.run)
            self._put(message, self._view(live, message))

    def _view(self, live: Live, message: Message) -> View:
        calls = {"cin7": 0, "qbo": 0}
        for part in live.parts.values():
            calls[part.source] = calls.get(part.source, 0) + part.calls
        running = live.state == RUNNING
        return View(
            run=message.run,
            state=INTERRUPTED if running and message.going_on else live.state,
            started_by=live.started_by,
            started_at=live.started_at,
            now_run=live.run,
            finished_at=live.finished_at,
            parts=[live.parts[key] for key in sorted(live.parts)],
            calls=live.calls or calls,
            joined=message.joined,
            stopped_by=live.stopped_by,
            why=live.why,
            going_on=running and message.going_on,
            waits=live.waits,
            findings=live.findings,
            next_at=None if running else self._next(),
        )

    def _tell_other(self, run: str) -> None:
        """What the cache knows of a run of another process, for the messages that we tell of it."""
        messages = self._followed.get(run, [])
        for message in list(messages):
            if not self._mine(message.run):
                messages.remove(message)
        told = self._book.told(run)
        if told is not None and told.status == RUNNING and self._book.holder(self._clock()) == run:
            for message in messages:
                self._put(message, self._other(run, message))
        else:
            self._followed.pop(run, None)
            for message in messages:
                self._say_end(run, message)

    def _say_end(self, run: str, message: Message) -> None:
        self._put(message, self._other(run, message, over=True))
        self._let_go([message])

    def _other(self, run: str, message: Message, *, over: bool = False) -> View:
        told = self._book.told(run)
        if told is None:
            return View(message.run, INTERRUPTED, message.person, self._now(), why=_GONE, next_at=self._next())
        state = INTERRUPTED if over and told.status == RUNNING else told.status
        return View(
            run=message.run,
            state=INTERRUPTED if message.going_on and not over else state,
            started_by=told.started_by,
            started_at=told.started_at,
            now_run=run,
            finished_at=told.finished_at,
            parts=[_part(step) for step in told.entities],
            calls=told.calls,
            joined=message.joined,
            why=_GONE if state == INTERRUPTED else "",
            going_on=message.going_on and not over,
            next_at=self._next() if over else None,
        )

    def _put(self, message: Message, view: View) -> None:
        self._room.outbox.put(letter(view, message.channel, message.person), _DEBOUNCE)

    def _mine(self, named: str) -> bool:
        """True where we tell the message of that name, so that no other process does."""
        return self._book.follow(named, self._me, self._clock(), _TELL)

    def _let_go(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._book.unfollow(message.run, self._me)

    def _ts(self, run: str) -> str:
        found = self._room.box.message(letter_key(run))
        return found[1] if found else ""

    def _next(self) -> datetime | None:
        return next((at for job, at in self._room.scheduler.next() if job == "sync"), None)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _part(step: StepTold) -> Part:
    return Part(step.source, step.entity, step.status, step.fetched, None, step.changed, step.calls, step.error or "")
