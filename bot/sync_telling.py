"""The messages of syncs: kept up to date, followed for runs of other processes, picked up where a process died."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bot.engine_room import EngineRoom
from bot.live_sync import Live, Message, part_of
from bot.sync_message import INTERRUPTED, RUNNING, View, is_waiting, letter, letter_key, run_of
from sync.domain.letters import Letter
from sync.errors import AppError

log = logging.getLogger("tieout.syncs")

STOPPED = "cancelled sync"  # a deed of the audit log; whichever process runs the sync sees it there
GONE = "Tieout was stopped in the middle; what was read until then is kept."
TICK = 2.0  # seconds between two looks; Slack takes fifty updates a minute
_TELL = 10.0  # seconds after which another process tells on, where the one that told a message died
_DEBOUNCE = 1.5


class Telling:
    """Tells of the syncs of this process, `lives`, and of those that somebody joined from here.

    `go_on` begins a sync for a message whose run was broken off; False where another one runs. `lock` is held while
    messages are told.
    """

    def __init__(self, room: EngineRoom, clock: Callable[[], float], go_on: Callable[[Message], bool]) -> None:
        self._room = room
        self._book = room.runs
        self._clock = clock
        self._go_on = go_on
        self._me = secrets.token_hex(6)
        self.lock = threading.RLock()
        self.lives: dict[str, Live] = {}
        self._followed: dict[str, list[Message]] = {}

    def look(self) -> None:
        """One round: what changed is told, what was cancelled elsewhere stops, messages left behind are picked up."""
        with self.lock:
            lives, others = list(self.lives.values()), list(self._followed)
        for live in lives:
            self._listen(live)
            with self.lock:
                for message in live.messages:
                    self._mine(message.run)
                if live.changed and live.state == RUNNING:
                    self.tell(live)
        for run in others:
            with self.lock:
                self._tell_other(run)
        for kept in self._room.box.unfinished("sync:"):
            self._pick_up(kept)

    def tell(self, live: Live) -> None:
        """Its messages say how it stands; of one that has ended, for the last time."""
        live.changed = False
        for message in live.messages:
            self._mine(message.run)
            self._put(message, live.view(message, self._next()))
        if live.state != RUNNING:
            self._let_go(live.messages)

    def join(self, run: str, user: str, channel: str) -> tuple[str, str]:
        """Somebody joins a running sync: channel and ts ("" while on its way) of the message that tells of it."""
        with self.lock:
            live = self.lives.get(run)
            messages = live.messages if live else self._followed.get(run, [])
            kept = None if messages else self._room.box.letter(letter_key(run))
            if messages:
                shown = messages[0]
                shown.joined += [user] if user not in (shown.person, *shown.joined) else []
            elif kept is None:
                shown = Message(run, channel, user, [user])
                messages.append(shown)
            if live:
                self.tell(live)
            elif messages:
                self._followed[run] = messages
                self._tell_other(run)
        where = kept.channel if kept else shown.channel
        return where, self.ts(kept.payload["run"] if kept else shown.run)

    def ts(self, run: str) -> str:
        """Slack's name for the message that was made for a run; "" while there is none."""
        found = self._room.box.message(letter_key(run))
        return found[1] if found else ""

    def cancelled(self, live: Live, user: str) -> None:
        """Asks a sync of ours to stop, for somebody."""
        with self.lock:
            live.stopped_by, live.changed = live.stopped_by or user, True
        live.cancel.set()

    def _listen(self, live: Live) -> None:
        deeds = self._room.audit.recent(1, subject=f"sync:{live.run}")
        if deeds and deeds[0].what == STOPPED and not live.stopped_by:
            self.cancelled(live, deeds[0].who)

    def _pick_up(self, kept: Letter) -> None:
        """A message that another process told: goes on with it where nobody does any more."""
        named, run = kept.payload["run"], run_of(kept)
        with self.lock:
            told_here = [m.run for live in self.lives.values() for m in live.messages]
            told_here += [m.run for messages in self._followed.values() for m in messages]
        if named in told_here or not self._mine(named):
            return
        message = Message(named, kept.channel, kept.instead, going_on=named != run)
        told, holds = self._book.told(run), self._book.holder(self._clock()) == run
        if told is not None and told.status == RUNNING and holds:
            self._follow(run, message)
        elif holds:
            return  # the claim of a process that has ended, or is about to: free within the lease, and looked at again
        elif is_waiting(kept):
            self._restart(message, run, once=run)
        elif told is None or told.status in (RUNNING, INTERRUPTED):
            self._book.interrupt(run, self._now())
            self._restart(message, run, once=named)
        else:
            self._say_end(run, message)

    def _restart(self, message: Message, run: str, once: str) -> None:
        """The run of a message was broken off: another one goes on from there.

        `once` is what that is done one time for: a run that was stopped in good order, but all the runs of a message
        whose processes died, for a sync may be what kills them.
        """
        if self._room.seen.first_time("sync-continued", once, self._clock()):
            message.going_on = True
            try:
                if self._go_on(message):
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
        with self.lock:
            live = self.lives.get(run)
            if live is None:
                self._followed.setdefault(run, []).append(message)
                self._tell_other(run)
            else:
                live.messages.append(message)
                self.tell(live)

    def _tell_other(self, run: str) -> None:
        """What the cache knows of a run of another process, for the messages that we tell of it."""
        messages = [message for message in self._followed.get(run, []) if self._mine(message.run)]
        told = self._book.told(run)
        if told is not None and told.status == RUNNING and self._book.holder(self._clock()) == run:
            self._followed[run] = messages
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
            return View(message.run, INTERRUPTED, message.person, self._now(), why=GONE, next_at=self._next())
        state = INTERRUPTED if over and told.status == RUNNING else told.status
        return View(
            run=message.run,
            state=INTERRUPTED if message.going_on and not over else state,
            started_by=told.started_by,
            started_at=told.started_at,
            now_run=run,
            finished_at=told.finished_at,
            parts=[part_of(step) for step in told.entities],
            calls=told.calls,
            joined=message.joined,
            why=GONE if state == INTERRUPTED else "",
            going_on=message.going_on and not over,
            next_at=self._next() if over else None,
        )

    def _put(self, message: Message, view: View) -> None:
        self._room.outbox.put(letter(view, message.channel, message.person), _DEBOUNCE)

    def _mine(self, named: str) -> bool:
        """True where we tell the message of that name, so that no other process does."""
        return self._book.follow(named, self._me, self._clock(), _TELL)

    def _let_go(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._book.unfollow(message.run, self._me)

    def _next(self) -> datetime | None:
        return next((at for job, at in self._room.scheduler.next() if job == "sync"), None)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
