"""What the tests of the QuickBooks client share: a clock, Intuit's token endpoint, a client over a function."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from sync.qbo.auth import Grant, MemoryTokenStore, QboAccess, StoredGrant
from sync.qbo.client import QboClient
from sync.transport import MemoryCallLog

REALM = "4620816365"


@dataclass
class Clock:
    """Seconds that pass only by sleeping."""

    now: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Intuit:
    """The token endpoint: a value that was replaced is invalid, and its second use ends the grant."""

    refresh: str = "first"
    rotates: bool = True
    replaced: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    problems: list[Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=list)
    dead: bool = False
    gate: threading.Lock = field(default_factory=threading.Lock)
    extra: dict[str, Any] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        form = {key: values[0] for key, values in parse_qs(request.content.decode()).items()}
        with self.gate:
            self.asked.append(form.get("refresh_token") or form.get("code") or "")
            problem = self.problems.pop(0) if self.problems else None
            found = problem(request) if problem else None
            if found is not None:
                return found
            return self.answer(form)

    def answer(self, form: dict[str, str]) -> httpx.Response:
        value = form.get("refresh_token", self.refresh)
        if self.dead or value != self.refresh:
            self.dead = self.dead or value in self.replaced
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": "Incorrect token"})
        if self.rotates:
            self.replaced.add(self.refresh)
            self.refresh = f"refresh-{len(self.asked)}"
        body = {
            "access_token": f"access-{len(self.asked)}",
            "refresh_token": self.refresh,
            "token_type": "bearer",
            "expires_in": 3600,
            "x_refresh_token_expires_in": 8_640_000,
        }
        return httpx.Response(200, json={**body, **self.extra})

    def lose_the_answer(self, request: httpx.Request) -> httpx.Response | None:
        """Does what was asked, and then the connection ends."""
        self.answer({key: values[0] for key, values in parse_qs(request.content.decode()).items()})
        raise httpx.ReadError("connection lost", request=request)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def intuit() -> Intuit:
    return Intuit()


@pytest.fixture
def store() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
def access() -> QboAccess:
    return QboAccess(
        base_url="http://127.0.0.1:9",
        token_url="http://127.0.0.1:9/token",
        authorize_url="http://127.0.0.1:9/consent",
        redirect_uri="http://localhost:3000/qbo/callback",
        client_id="the-client",
        client_secret="the-secret",
        realm_id=REALM,
        refresh_token="first",
    )


@pytest.fixture
def grant_of(access: QboAccess, store: MemoryTokenStore, intuit: Intuit, clock: Clock) -> Callable[..., Grant]:
    """Makes a Grant as another process would: the same store, its own memory."""

    def make(given: QboAccess = access) -> Grant:
        http = httpx.Client(transport=httpx.MockTransport(intuit))
        return Grant(given, store, http, clock, clock.sleep)

    return make


Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def client_of(access: QboAccess, clock: Clock) -> Iterator[Callable[[Handler], QboClient]]:
    """Makes a client whose requests go to a function; its access token is good for ever."""
    made: list[QboClient] = []

    def make(handler: Handler, *, grant: Grant | None = None, give_up_after: float = 5.0) -> QboClient:
        store = MemoryTokenStore()
        store.save(REALM, StoredGrant(access="token", refresh="first", access_until=float("inf")))
        unused = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(500)))
        unpasted = QboAccess("http://127.0.0.1:9", "http://127.0.0.1:9", "", "", "", "", REALM)
        client = QboClient(
            access,
            grant or Grant(unpasted, store, unused, clock, clock.sleep),
            MemoryCallLog(),
            give_up_after=give_up_after,
            clock=clock,
            sleep=clock.sleep,
            http=httpx.Client(transport=httpx.MockTransport(handler)),
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def body_of(value: object) -> bytes:
    return json.dumps(value).encode()
