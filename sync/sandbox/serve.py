"""The practice company on loopback: two HTTP servers, what they saw, and the environment that leads to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from sync.sandbox.books import World
from sync.sandbox.cin7_server import ACCOUNT_ID, APPLICATION_KEY, Cin7Server
from sync.sandbox.faults import Chance, Faults
from sync.sandbox.limits import Limits
from sync.sandbox.qbo_oauth import (
    AUTHORIZE_PATH,
    CLIENT_ID,
    CLIENT_SECRET,
    FIRST_REFRESH_TOKEN,
    REALM_ID,
    TOKEN_PATH,
    Grants,
)
from sync.sandbox.qbo_server import QboServer
from sync.sandbox.shelf import Shelf
from sync.sandbox.web import Answer, Call, LoopbackServer, Wire

_CIN7_LIMITS = {"all": ((60, 60.0),)}
# Intuit docs, limits and throttles; 200 reports a minute by the older docs (ej2/python-quickbooks#83).
_QBO_LIMITS = {"all": ((500, 60.0), (10, 1.0)), "batch": ((40, 60.0),), "reports": ((200, 60.0),)}
_CIN7_PATH = "/ExternalApi/v2"


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One request that a server got. `source`: "cin7", "qbo" or "oauth"; `path` without the address; `params` with the
    statement of a posted query as "query" and the grant_type of a token call, never a secret; `at` by the server's
    clock; `status` 0 where the connection was reset or left silent; `in_flight`: requests being served, this included.
    """

    source: str
    method: str
    path: str
    params: dict[str, str]
    at: float
    status: int
    in_flight: int


@dataclass
class Served:
    """A world being served. `world` may change, or be another one, at any time; `violations` are attempts to write to
    the books, `broken` are faults of the practice company itself."""

    world: World
    grants: Grants
    chance: Chance
    shelf: Shelf = field(default_factory=Shelf)
    environ: dict[str, str] = field(default_factory=dict)
    calls: list[CallSeen] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def faults(self) -> Faults:
        return self.chance.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        """Other faults from now on; their calls are counted from 1 again."""
        self.chance.replace(faults)

    def changed(self) -> None:
        """To be called after rows of a very long list (5,000 and more) were changed in place."""
        self.shelf.clear()

    def seen(self, source: str, path: str = "") -> list[CallSeen]:
        """The calls of one source whose path contains `path`, any letter case."""
        return [call for call in list(self.calls) if call.source == source and path.lower() in call.path.lower()]


@contextmanager
def serve(
    world: World,
    *,
    limits: bool = True,
    faults: Faults | None = None,
    clock: Callable[[], float] = time.monotonic,
    latency: float = 0.0,
) -> Iterator[Served]:
    """Serves the world's two sets of books on 127.0.0.1 until the block ends.

    `limits`: refuse what the vendors refuse as too many calls. `latency`: seconds that every answer takes. Raises
    RuntimeError at the end of the block if a server broke, so that no test passes on an answer nobody meant.
    """
    chance = Chance(faults or Faults())
    served = Served(world, Grants(lambda: chance.faults, clock), chance)
    cin7_limits, qbo_limits = (Limits(_CIN7_LIMITS, clock), Limits(_QBO_LIMITS, clock)) if limits else (None, None)
    cin7 = Cin7Server(lambda: served.world, chance, served.shelf, cin7_limits)
    qbo = QboServer(
        lambda: served.world,
        chance,
        served.shelf,
        served.grants,
        qbo_limits,
        served.violations.append,
    )
    servers = (
        LoopbackServer(_watched(served, "cin7", cin7), clock, latency),
        LoopbackServer(_watched(served, "qbo", qbo), clock, latency),
    )
    served.environ = _environ(servers[0].address, servers[1].address)
    for server in servers:
        server.start()
    try:
        yield served
    finally:
        for server in servers:
            server.stop()
            served.broken += server.broken
    if served.broken:
        raise RuntimeError("the practice company broke: " + "; ".join(served.broken))


def _watched(served: Served, source: str, app: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """`app`, with every call noted before its answer leaves."""

    def answer(call: Call) -> Answer:
        told = app(call)
        whose = "oauth" if call.path in (AUTHORIZE_PATH, TOKEN_PATH) else source
        status = 0 if told.wire in (Wire.RESET, Wire.SILENT) else told.status
        params = _told_params(call, whose)
        served.calls.append(CallSeen(whose, call.method, call.path, params, call.at, status, call.in_flight))
        if whose == "cin7" and call.method != "GET":
            served.violations.append(f"{call.method} {call.path}")
        return told

    return answer


def _told_params(call: Call, source: str) -> dict[str, str]:
    if source == "oauth":
        form = parse_qs(call.body.decode(errors="replace"))
        return {"grant_type": form["grant_type"][0]} if "grant_type" in form else {}
    if call.method == "POST" and call.path.endswith("/query"):
        return {**call.params, "query": call.body.decode(errors="replace")}
    return call.params


def _environ(cin7: str, qbo: str) -> dict[str, str]:
    return {
        "CIN7_BASE_URL": cin7 + _CIN7_PATH,
        "CIN7_ACCOUNT_ID": ACCOUNT_ID,
        "CIN7_APPLICATION_KEY": APPLICATION_KEY,
        "QBO_BASE_URL": qbo,
        "QBO_TOKEN_URL": qbo + TOKEN_PATH,
        "QBO_AUTHORIZE_URL": qbo + AUTHORIZE_PATH,
        "QBO_CLIENT_ID": CLIENT_ID,
        "QBO_CLIENT_SECRET": CLIENT_SECRET,
        "QBO_REALM_ID": REALM_ID,
        "QBO_REFRESH_TOKEN": FIRST_REFRESH_TOKEN,
    }
