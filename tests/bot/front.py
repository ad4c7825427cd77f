"""A desk for tests of the conversation: a real cache, alerts and audit log, the small Slack, and syncs that only note.

Work is done at once, in the caller's thread, so that a test sees its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.app import build_app
from bot.cli import PHRASES, answer
from bot.deps import Deps
from bot.desk import SyncTicket
from bot.engine_room import EngineRoom
from bot.slack import Slack
from bot.work import Work
from sync.domain.alerts import Alert, AlertKind, Trouble
from sync.errors import UserError
from sync.settings import read
from tests.bot.desks import Clock
from tests.bot.fake_slack import FakeSlack
from tests.bot.outsides import Desk as Outsides

if TYPE_CHECKING:
    from sync.pull import Wants

SECRET = "5f2c0e6f0d1a4b8a"
ROLES = """
[roles]
controller = ["U0BOSS"]
operator = ["S0OPS"]
"""


def never(*_: object) -> Any:
    raise AssertionError("nothing of this is run here")


@dataclass
class Front:
    """The desk; `synced`, `cancelled` and `retried` note what was asked of the service."""

    slack_world: FakeSlack
    folder: Path
    environ: dict[str, str]
    config: str = ROLES
    clock: Clock = field(default_factory=Clock)
    synced: list[tuple[Wants | None, str, str]] = field(default_factory=list)
    cancelled: list[tuple[str, str]] = field(default_factory=list)
    retried: list[tuple[str, str, str]] = field(default_factory=list)
    joined: bool = False
    trouble: Exception | None = None
    token: str = "xoxb-test"

    def __post_init__(self) -> None:
        (self.folder / "tieout.toml").write_text(self.config, encoding="utf-8")
        own = {
            "SLACK_BOT_TOKEN": self.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.slack_world.api_url,
            "BROWSER_PATH": "/no/browser/here",  # pictures have tests of their own; here the words count
        }
        self.outside = Outsides(self.folder, own | self.environ, began=self.clock.at).outside()
        self.settings = read(self.outside.environ, self.folder)
        self.slack = Slack(self.token, self.slack_world.api_url, timeout=30)
        self.zone = "America/New_York"
        self._held = Deps(self.settings, self.outside, answer, PHRASES)
        with self._held.books(may_be_empty=True) as (_, self.company):
            pass
        self.room = EngineRoom(
            self.settings, self._held.engine, self.company, self.zone, self.clock, self.slack, Work(never, never)
        )

    def close(self) -> None:
        self._held.close()

    @contextmanager
    def deps(self) -> Iterator[Deps]:
        with closing(Deps(self.settings, self.outside, answer, PHRASES)) as deps:
            yield deps

    def work(self, task: Callable[[], None]) -> None:
        task()

    def start_sync(self, wants: Wants | None, user: str, channel: str) -> SyncTicket:
        if self.trouble:
            raise self.trouble
        self.synced.append((wants, user, channel))
        return SyncTicket("run1", self.joined, "U0BOSS" if self.joined else user, self.clock.now(), channel, "")

    def cancel_sync(self, run: str, user: str) -> None:
        if run != "run1":
            raise UserError("That sync has ended already")
        self.cancelled.append((run, user))

    def retry(self, what: str, user: str, channel: str) -> SyncTicket | None:
        self.retried.append((what, user, channel))
        return None if what.startswith("report") else SyncTicket("run1", False, user, self.clock.now(), channel)

    def upcoming(self) -> Sequence[tuple[str, datetime]]:
        return [
            ("sync", datetime(2026, 11, 23, 10, tzinfo=UTC)),
            ("report:weekly", datetime(2026, 11, 30, 14, tzinfo=UTC)),
        ]

    def alert(self, title: str = "Cin7 Core could not be read", retry: str = "sync", **more: Any) -> Alert:
        """Opens an alert and gives it."""
        kind = more.pop("kind", AlertKind.SYNC_FAILED)
        trouble = Trouble(kind, more.pop("cause", "sync:cin7"), title, retry=retry, **more)
        self.room.alerts.trouble(trouble)
        return next(alert for alert in self.room.alerts.unresolved() if alert.trouble.cause == trouble.cause)


@dataclass
class Talk:
    """Signed requests of Slack's into the app in this process, without a socket between."""

    front: Front
    channel: str = "C0ALERTS"
    app: App = field(init=False)

    def __post_init__(self) -> None:
        self._windows = ThreadPoolExecutor(1)
        self.app = build_app(self.front, self._windows)
        self.world = self.front.slack_world

    def send(self, body: str, kind: str = "application/x-www-form-urlencoded", **headers: str) -> BoltResponse:
        stamp = headers.pop("stamp", "") or str(int(self.signer.clock.now()))
        signature = headers.pop("signature", "") or self.signer.generate_signature(timestamp=stamp, body=body) or ""
        given: dict[str, str | Sequence[str]] = {
            "content-type": kind,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature,
        }
        return self.app.dispatch(BoltRequest(body=body, headers=given | headers))

    @property
    def signer(self) -> SignatureVerifier:
        return SignatureVerifier(SECRET)

    def command(self, line: str, user: str = "U0ANN", channel: str = "", **more: str) -> BoltResponse:
        command, _, text = line.partition(" ")
        return self.send(
            urlencode(self.facts(user, channel or self.channel) | {"command": command, "text": text} | more)
        )

    def facts(self, user: str, channel: str) -> dict[str, str]:
        self.world.clock = self.front.clock
        return {
            "user_id": user,
            "channel_id": channel,
            "team_id": self.world.team,
            "trigger_id": f"{next(self.world.numbers)}.trigger",
            "response_url": self.world.api_url.replace("/api/", f"/response/{next(self.world.numbers)}"),
        }

    def interact(self, payload: Mapping[str, Any]) -> BoltResponse:
        standing = {"team": {"id": self.world.team}, "api_app_id": "A0001", "token": "x"}
        return self.send(urlencode({"payload": json.dumps({**standing, **payload})}))

    def press(
        self, action: str, value: str, user: str = "U0ANN", channel: str = "", ts: str = "1.1", **more: Any
    ) -> BoltResponse:
        """A button of a message; `more` is of the action itself."""
        facts = self.facts(user, channel or self.channel)
        return self.interact(
            {
                "type": "block_actions",
                "user": {"id": user, "team_id": self.world.team},
                "channel": {"id": facts["channel_id"]},
                "container": {"type": "message", "channel_id": facts["channel_id"], "message_ts": ts},
                "trigger_id": facts["trigger_id"],
                "response_url": facts["response_url"],
                "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value, **more}],
            }
        )

    def submit(self, view: Mapping[str, Any], values: Mapping[str, Any], user: str) -> BoltResponse:
        """A filled window; `values` by input."""
        state = {name: {"input": value} for name, value in values.items()}
        filled = {"id": "V1", **view, "state": {"values": state}}
        return self.interact({"type": "view_submission", "user": {"id": user}, "view": filled})

    def event(self, id_: str, event: Mapping[str, Any]) -> BoltResponse:
        facts = {"type": "event_callback", "event_id": id_, "team_id": self.world.team, "event": dict(event)}
        return self.send(json.dumps(facts), "application/json")

    def quiet(self) -> None:
        """Windows are opened in a thread of their own; returns when all of them were."""
        self._windows.submit(lambda: None).result()

    def answers(self) -> list[dict[str, Any]]:
        """Everything that came back by a response_url, the oldest first."""
        return [said for some in self.world.responses.values() for said in some]

    def last(self) -> dict[str, Any]:
        return self.answers()[-1]
