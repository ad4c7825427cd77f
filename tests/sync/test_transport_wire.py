"""The transport over real sockets on loopback: when bytes leave, what broken answers look like."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
import pytest

from sync.errors import Unavailable
from sync.throttle import Limit, MemoryCallLog
from sync.transport import Call, Tally, Transport
from tests.sync.wires import judge

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\n[{"


@contextmanager
def server(*answers: bytes) -> Iterator[tuple[str, list[float]]]:
    """One scripted answer for each connection, and when each request had arrived; b"" closes without a word."""
    arrived: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    got = b""
                    while b"\r\n\r\n" not in got:
                        got += connection.recv(65536)
                    arrived.append(time.time())
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", arrived
        thread.join(timeout=10)


def wire(address: str, log: MemoryCallLog, patience: float = 60.0) -> Transport:
    return Transport(
        "Test",
        address,
        httpx.Client(),
        log,
        (Limit("bucket", 60, 60.0),),
        system="test",
        judge=judge,
        sleep=lambda seconds: None,
        give_up_after=patience,
    )


@pytest.mark.parametrize("broken", [CUT, b"", b"no HTTP at all\r\n\r\n"], ids=["truncated", "closed", "garbage"])
def test_a_broken_answer_is_asked_for_again(broken: bytes) -> None:
    tally = Tally()
    with server(broken, GOOD) as (address, _):
        transport = wire(address, MemoryCallLog())
        assert transport.send(Call("x"), tally).value == "good"
        transport.close()
    assert tally.calls == 2


class Watched(MemoryCallLog):
    """Remembers the moves of stamps."""

    def __init__(self) -> None:
        super().__init__()
        self.moves: list[tuple[float, float]] = []

    def sent(self, limits: Sequence[Limit], claimed_at: float, sent_at: float) -> None:
        self.moves.append((claimed_at, sent_at))
        super().sent(limits, claimed_at, sent_at)


def test_the_log_is_told_when_the_request_left() -> None:
    log = Watched()
    with server(GOOD) as (address, arrived):
        transport = wire(address, log)
        transport.send(Call("x"), Tally())
        transport.close()
    assert len(log.moves) == 1
    claimed, sent = log.moves[0]
    assert claimed <= sent
    # Over a loopback both sides read the same clock; the request arrives when or after its bytes left.
    assert arrived[0] >= claimed


def test_nobody_listening_is_unavailable_and_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    tally = Tally()
    transport = Transport(
        "Test",
        f"http://127.0.0.1:{port}",
        httpx.Client(),
        MemoryCallLog(),
        (),
        system="test",
        judge=judge,
        sleep=lambda seconds: None,
        give_up_after=0.0,
    )
    with pytest.raises(Unavailable, match="Test gave no answer"):
        transport.send(Call("x"), tally)
    transport.close()
    assert tally.calls == 0
