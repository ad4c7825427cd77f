"""A Cin7 client that talks to a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from sync.cin7.client import Cin7Access, Cin7Client
from sync.transport import MemoryCallLog
from tests.sync.wires import Clock

Handler = Callable[[httpx.Request], httpx.Response]
Make = Callable[[Handler], Cin7Client]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[Make]:
    """Makes clients whose calls are answered by a handler; the clock moves only while they wait."""
    made: list[Cin7Client] = []

    def make(handler: Handler) -> Cin7Client:
        access = Cin7Access("http://127.0.0.1:1/ExternalApi/v2/", "the-account", "the-key")
        http = httpx.Client(transport=httpx.MockTransport(handler))
        made.append(Cin7Client(access, MemoryCallLog(), clock=clock, sleep=clock.sleep, http=http))
        return made[-1]

    yield make
    for each in made:
        each.close()
