"""Slack's side of Socket Mode on loopback: takes the app's connections, sends envelopes, keeps acknowledgements."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.bot.fake_slack import FakeSlack

_PATIENCE = 60.0


@dataclass
class Socket:
    """The newest connection, how many there were, and what the app has acknowledged."""

    slack: FakeSlack
    connected: queue.Queue[ServerConnection] = field(default_factory=queue.Queue)
    acks: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)

    def connection(self) -> ServerConnection:
        """The next connection that the app opens; it is greeted as Slack greets."""
        made = self.connected.get(timeout=_PATIENCE)
        made.send(json.dumps({"type": "hello", "num_connections": 1}))
        return made

    def send(self, to: ServerConnection, kind: str, envelope: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Sends an envelope; gives its acknowledgement."""
        facts = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        to.send(json.dumps(facts))
        return self.acks.get(timeout=_PATIENCE)

    def command(self, command: str, text: str, user: str, channel: str) -> dict[str, Any]:
        """The payload of a slash command."""
        return {
            "command": command,
            "text": text,
            "user_id": user,
            "channel_id": channel,
            "team_id": self.slack.team,
            "trigger_id": "1.trigger",
            "response_url": self.slack.api_url.replace("/api/", f"/response/{next(self.slack.numbers)}"),
        }


@contextmanager
def listening(slack: FakeSlack) -> Iterator[Socket]:
    """Serves until the end of the block; the Web API's apps.connections.open leads here."""
    socket = Socket(slack)

    def handle(connection: ServerConnection) -> None:
        socket.connected.put(connection)
        with suppress(ConnectionClosed):
            for message in connection:
                socket.acks.put(json.loads(message))

    with serve(handle, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        slack.socket_url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/link"
        yield socket
        server.shutdown()
        thread.join(_PATIENCE)
