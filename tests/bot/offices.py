"""A running service in the test's own process: real cache, a served practice company, and a small Slack of ours."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bot import cli
from bot.outside import Outside
from bot.service import Service
from reports import periods
from sync.sandbox.books import World
from sync.sandbox.generate import build
from sync.sandbox.serve import CallSeen, Served, serve
from sync.settings import read
from tests.bot.fake_slack import FakeSlack, running
from tests.bot.served import until

ZONE = "America/New_York"
BUTTONS = "actions"


def small_company(seed: int = 7, months: int = 1) -> World:
    """A practice company with few sales, that traded until today."""
    return build(seed, today=periods.today(datetime.now(UTC), ZONE), months=months, time_zone=ZONE)


class Gate(list[CallSeen]):
    """The calls that a server saw; those that fit wait at it until it is opened."""

    def __init__(self, source: str = "cin7") -> None:
        super().__init__()
        self._source = source
        self.reached = threading.Event()
        self.opened = threading.Event()

    def append(self, call: CallSeen) -> None:
        super().append(call)
        if call.source == self._source:
            self.reached.set()
            self.opened.wait(300)


@dataclass
class Office:
    """Where services of one installation run; each `open` is a process's worth of it."""

    folder: Path
    company: Served
    slack: FakeSlack
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    toml: str = '[sync]\nevery = "manual"\ngive_up_after = "1s"\n[slack]\nalerts = "C0ALERTS"\n'
    more: Mapping[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        return {
            **self.company.environ,
            "DATABASE_URL": f"sqlite:///{self.folder / 'tieout.db'}",
            "TIEOUT_SECRET_KEY": self.key,
            "SLACK_BOT_TOKEN": "xoxb-test",
            "SLACK_SIGNING_SECRET": "secret",
            "SLACK_API_URL": self.slack.api_url,
            **self.more,
        }

    def service(self) -> Service:
        (self.folder / "tieout.toml").write_text(self.toml)
        settings = read(self.environ(), self.folder, needs=("slack", "cin7", "qbo"))
        out, err = io.StringIO(), io.StringIO()
        outside = Outside(
            self.environ(), self.folder, io.StringIO(), out, err, time.time, lambda _: False, lambda _: ""
        )
        return Service(settings, outside, cli.answer, cli.PHRASES)

    @contextmanager
    def open(self) -> Iterator[Service]:
        service = self.service()
        service.start()
        try:
            yield service
        finally:
            service.stop()
            service.engine.dispose()

    def gate(self, source: str = "cin7") -> Gate:
        """From now on the company's answers wait until the gate is opened."""
        made = Gate(source)
        self.company.calls = made
        return made

    def messages(self, event: str, channel: str = "C0ALERTS") -> list[dict[str, Any]]:
        return [m for m in self.slack.shown(channel) if m["metadata"].get("event_type") == event]

    def states(self, channel: str = "C0ALERTS") -> list[str]:
        """The states of the syncs that are shown, the oldest first."""
        return [m["metadata"]["event_payload"]["state"] for m in self.messages("tieout_sync", channel)]

    def wait_for(self, state: str, channel: str = "C0ALERTS") -> dict[str, Any]:
        """The newest message of a sync, once it shows the state."""
        until(lambda: state in self.states(channel)[-1:])
        return self.messages("tieout_sync", channel)[-1]


def buttons(message: Mapping[str, Any]) -> dict[str, str]:
    """The words of a message's buttons, and what each carries."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == BUTTONS]
    return {button["text"]["text"]: button["value"] for row in rows for button in row}


def words(message: Mapping[str, Any]) -> str:
    """All that a message's sections and context say."""
    found: list[str] = []
    for block in message["blocks"]:
        parts: Sequence[Any] = block.get("elements", []) if block["type"] == "context" else [block.get("text") or {}]
        found += [str(part.get("text", "")) for part in parts]
    return "\n".join(found)


def open_gate(company: Served) -> None:
    """Nothing waits at the end of a test."""
    if isinstance(company.calls, Gate):
        company.calls.opened.set()


@contextmanager
def office(folder: Path, world: Callable[[], World] = small_company, **facts: Any) -> Iterator[Office]:
    with running() as slack, serve(world(), limits=False) as company:
        slack.user("U0ANN1", is_admin=True)
        slack.user("U0BOB1")
        made = Office(folder, company, slack, **facts)
        try:
            yield made
        finally:
            open_gate(company)
