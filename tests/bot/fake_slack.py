"""A small Slack of our own, over real HTTP on loopback, for what no emulator does: faults, limits, late files.

It keeps messages with their metadata, knows people, channels and user groups, takes files, and misbehaves on demand:
answers late, loses answers after the post was made or before, throttles, and answers in HTML. Set `chaos` for faults
drawn by the test; `fault` queues one for the next calls of a method.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]
Args = Mapping[str, Any]

# What a fault does: before or instead of the work, or between the work and the answer.
BEFORE = ("throttle", "html_before", "drop_before", "hang_before")
AFTER = ("drop_after", "html_after", "hang_after", "truncate")


@dataclass
class Fault:
    """`kind` is one of BEFORE and AFTER, or an error code of Slack's; `seconds` is the pause that is asked for."""

    kind: str
    seconds: float = 0.0


@dataclass
class FakeSlack:
    """The state of a workspace; `api_url` is set once it is served (`serving`)."""

    api_url: str = ""
    socket_url: str = ""
    team: str = "T0001"
    bot: str = "U0BOT"
    organisation: str = ""  # an Enterprise Grid's id
    messages: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    ephemeral: list[Answer] = field(default_factory=list)
    channels: dict[str, Answer] = field(default_factory=dict)
    users: dict[str, Answer] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Answer] = field(default_factory=dict)
    views: dict[str, Answer] = field(default_factory=dict)
    homes: dict[str, Answer] = field(default_factory=dict)
    responses: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    calls: list[tuple[str, Args]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    chaos: Callable[[str, int], Fault | None] = lambda method, number: None
    polls_until_processed: int = 0
    scopes: str = "chat:write,commands"
    clock: Callable[[], float] = time.time
    lock: threading.RLock = field(default_factory=threading.RLock)
    released: threading.Event = field(default_factory=threading.Event)  # ends every hang; the test's end does too
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def fault(self, method: str, kind: str, seconds: float = 0.0, times: int = 1) -> None:
        """The next `times` calls of the method fail so."""
        self.faults[method] += [Fault(kind, seconds) for _ in range(times)]

    def channel(self, id_: str, **facts: Any) -> str:
        self.channels[id_] = {"id": id_, "name": id_.lower(), "is_member": True, "is_channel": True, **facts}
        return id_

    def user(self, id_: str, **facts: Any) -> str:
        self.users[id_] = {"id": id_, "name": id_.lower(), "team_id": self.team, "tz": "UTC", "profile": {}, **facts}
        return id_

    def shown(self, channel: str) -> list[Answer]:
        """What people see in a channel: top-level messages and replies, the oldest first."""
        with self.lock:
            return sorted(self.messages[channel], key=lambda message: float(message["ts"]))

    def texts(self, channel: str) -> list[str]:
        return [message["text"] for message in self.shown(channel)]

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)

    def drawn(self, method: str) -> Fault | None:
        """The fault that the call which has just come in meets, if any."""
        with self.lock:
            if self.faults[method]:
                return self.faults[method].pop(0)
            return self.chaos(method, self.count(method))


def copies(messages: Iterable[Answer], *fields: str) -> Counter[tuple[str, ...]]:
    """How often each metadata, told by these fields of its payload, is shown."""
    payloads = [(message.get("metadata") or {}).get("event_payload") or {} for message in messages]
    return Counter(tuple(str(payload.get(name, "")) for name in fields) for payload in payloads)


@contextmanager
def running() -> Iterator[FakeSlack]:
    """A workspace with the channels C0ALERTS and C0REPORTS, served on loopback until the end of the block."""
    from tests.bot.fake_slack_http import serve  # the server knows the workspace, not the other way round

    slack = FakeSlack()
    for channel in ("C0ALERTS", "C0REPORTS"):
        slack.channel(channel)
    with serve(slack):
        yield slack
