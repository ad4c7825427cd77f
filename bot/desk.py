"""The desk: what a conversation in Slack may ask of the running service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.deps import Deps
from bot.engine_room import EngineRoom
from bot.outside import Outside
from bot.slack import Slack
from sync.errors import AppError
from sync.settings import Settings

if TYPE_CHECKING:
    from sync.pull import Wants


class Busy(AppError):
    """Too many questions are waiting for an answer at the moment. Ask again in a minute."""


@dataclass(frozen=True, slots=True)
class SyncTicket:
    """A sync that was started, or that was running already and is joined (`joined`).

    `started_by` is a Slack user, or words ("schedule", "command line"); `since` an aware instant. `channel` and `ts`
    name the one message that shows it; `ts` is "" while that is on its way, both are "" where there is none.
    """

    run: str
    joined: bool
    started_by: str
    since: datetime
    channel: str = ""
    ts: str = ""


class Desk(Protocol):
    """What stands behind every command and click; made once per process, called from any thread.

    Roles are the caller's business: nothing here asks who may do what.
    """

    @property
    def settings(self) -> Settings: ...
    @property
    def outside(self) -> Outside: ...
    @property
    def slack(self) -> Slack: ...
    @property
    def room(self) -> EngineRoom:
        """Alerts, seen events, audit log, outbox and box, health, scheduler."""
        ...

    @property
    def company(self) -> int:
        """The company's id in the cache."""
        ...

    @property
    def zone(self) -> str:
        """The company's time zone by name: the settings', else Cin7's, else UTC until the first sync."""
        ...

    def deps(self) -> AbstractContextManager[Deps]:
        """Surroundings for one command, over the process's own connections to the cache."""
        ...

    def work(self, task: Callable[[], None]) -> None:
        """Runs `task` soon, in a worker thread; Busy where too many are waiting. What it raises is logged only."""
        ...

    def start_sync(self, wants: Wants | None, user: str, channel: str) -> SyncTicket:
        """Starts a sync (None: of everything, as scheduled), or joins the one that is running.

        Posts one message in `channel` and keeps it up to date; where the app is not in the channel, the end goes
        to `user`. May take some seconds: call it in a worker. AppError where no sync can be started.
        """
        ...

    def cancel_sync(self, run: str, user: str) -> None:
        """Asks a running sync, of whichever process, to stop where nothing is lost; UserError where it has ended."""
        ...

    def retry(self, what: str, user: str, channel: str) -> SyncTicket | None:
        """Does again what an alert or a sync's message offers.

        "sync" is a whole sync, "sync:RUN" the parts that failed in that one; "report:NAME" builds a scheduled report
        for its newest due time anew (None is given; it is posted where its schedule says). UserError for other words.
        """
        ...

    def upcoming(self) -> Sequence[tuple[str, datetime]]:
        """Jobs ("sync", "snapshot", "report:NAME") and their next due times, the soonest first."""
        ...
