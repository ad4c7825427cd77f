"""Sending: retries, patience, counting, order and overlap, against scripted answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest

from sync.errors import AuthExpired, RateLimited, Rejected, Unavailable
from sync.throttle import Allowance
from sync.transport import Call, Cancelled, Limit, MemoryCallLog, Tally
from tests.sync.wires import Clock, transport

Script = httpx.Response | Exception
Handler = Callable[[httpx.Request], httpx.Response]

OK = httpx.Response(200, text="good")


def scripted(*answers: Script) -> Handler:
    """Gives these answers in turn, the last one for ever."""
    left, lock = list(answers), threading.Lock()

    def handler(request: httpx.Request) -> httpx.Response:
        with lock:
            answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return handler


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ReadError("Connection reset by peer"),
        httpx.ReadTimeout("timed out"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.DecodingError("not gzip"),
        httpx.Response(500),
        httpx.Response(502, text="<html>bad gateway</html>"),
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again_and_every_try_is_counted(fault: Script) -> None:
    clock, tally = Clock(), Tally()
    wire = transport(scripted(fault, fault, fault, OK), clock)
    assert wire.send(Call("x"), tally).value == "good"
    assert (tally.calls, tally.throttled, wire.sent.calls) == (4, 0, 4)
    assert clock.slept == pytest.approx(0.5 + 1.0 + 2.0)


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.ConnectTimeout("timed out")], ids=str)
def test_a_call_that_never_left_is_not_counted(fault: Script) -> None:
    tally = Tally()
    transport(scripted(fault, fault, OK), Clock()).send(Call("x"), tally)
    assert tally.calls == 1


def test_a_refusal_is_final() -> None:
    tally = Tally()
    with pytest.raises(Rejected) as caught:
        transport(scripted(httpx.Response(404)), Clock()).send(Call("x"), tally)
    assert (caught.value.status, tally.calls) == (404, 1)


def test_a_redirect_is_not_followed() -> None:
    moved = httpx.Response(302, headers={"Location": "http://127.0.0.1/elsewhere"})
    tally = Tally()
    with pytest.raises(Rejected):
        transport(scripted(moved, OK), Clock()).send(Call("x"), tally)
    assert tally.calls == 1


def test_throttling_is_waited_out_as_asked_and_counted() -> None:
    clock, tally, log = Clock(), Tally(), MemoryCallLog()
    limits = (Limit("bucket", 60, 60.0),)
    slow = httpx.Response(429, headers={"Retry-After": "60 Seconds"})
    wire = transport(scripted(slow, httpx.Response(429), OK), clock, limits=limits, log=log)
    wire.send(Call("x"), tally)
    assert (tally.calls, tally.throttled, wire.sent.throttled) == (3, 2, 2)
    assert clock.slept == pytest.approx(60.0 + 10.0)
    assert log.throttled == {"bucket": 2}


def test_throttling_holds_other_calls_too() -> None:
    clock, log, limits = Clock(), MemoryCallLog(), (Limit("bucket", 60, 60.0),)
    seen: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(clock())
        return httpx.Response(429 if len(seen) <= 4 else 200, text="good")

    began = clock()
    with pytest.raises(RateLimited):
        transport(handler, clock, limits=limits, log=log).send(Call("x"), Tally())
    other = transport(handler, clock, limits=limits, log=log)
    log.pause("bucket", clock() + 40.0)
    other.send(Call("y"), Tally())
    assert seen[-1] - began == pytest.approx(5.0 + 10.0 + 15.0 + 40.0)


def test_endless_throttling_ends_in_rate_limited() -> None:
    tally = Tally()
    with pytest.raises(RateLimited):
        transport(scripted(httpx.Response(429)), Clock()).send(Call("x"), tally)
    assert (tally.calls, tally.throttled) == (4, 4)


def test_a_system_that_does_not_answer_is_tried_for_the_patience_set() -> None:
    clock = Clock()
    with pytest.raises(Unavailable, match="Test gave no answer"):
        transport(scripted(httpx.ReadError("reset")), clock, patience=40.0).send(Call("x"), Tally())
    assert clock.slept == pytest.approx(40.0)


def test_a_dead_system_gets_one_try_a_call_until_it_answers_again() -> None:
    clock, alive, asked = Clock(), threading.Event(), []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if not alive.is_set():
            raise httpx.ReadError("reset")
        return httpx.Response(200, text="good")

    wire = transport(handler, clock, patience=40.0)
    with pytest.raises(Unavailable):
        wire.send(Call("x"), Tally())
    tries, slept = len(asked), clock.slept
    for _ in range(20):
        with pytest.raises(Unavailable):
            wire.send(Call("x"), Tally())
    assert (len(asked) - tries, clock.slept) == (20, slept)
    alive.set()
    wire.send(Call("x"), Tally())
    alive.clear()
    with pytest.raises(Unavailable):
        wire.send(Call("x"), Tally())
    assert clock.slept == pytest.approx(slept + 40.0)


def test_a_hanging_answer_is_cut_at_the_patience_and_tried_once_more() -> None:
    clock, allowed = Clock(), []

    def handler(request: httpx.Request) -> httpx.Response:
        allowed.append(request.extensions["timeout"]["read"])
        clock.sleep(allowed[-1])
        raise httpx.ReadTimeout("timed out")

    with pytest.raises(Unavailable):
        transport(handler, clock, patience=30.0).send(Call("x", timeout=120.0), Tally())
    assert allowed == [30.0, 30.0]


def test_one_document_that_always_fails_does_not_make_the_system_dead() -> None:
    """Other calls are answered while it is tried."""
    clock = Clock()

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("good"):
            return httpx.Response(200, text="good")
        if not request.url.path.endswith("worse"):
            wire.send(Call("good"), Tally())
        return httpx.Response(500)

    wire = transport(handler, clock, patience=8.0)
    for times, name in ((1, "bad"), (2, "worse")):
        with pytest.raises(Unavailable):
            wire.send(Call(name), Tally())
        assert clock.slept == pytest.approx(8.0 * times)


def test_access_is_renewed_once_and_the_call_replayed_with_it() -> None:
    keys, renewed = ["old"], []

    def handler(request: httpx.Request) -> httpx.Response:
        return OK if request.headers["Authorization"] == "new" else httpx.Response(401)

    def renew(refused: object) -> None:
        renewed.append(refused)
        keys[0] = "new"

    wire = transport(handler, Clock(), headers=lambda: {"Authorization": keys[0]}, renew=renew)
    tally = Tally()
    assert wire.send(Call("x"), tally).status == 200
    assert (renewed, tally.calls) == ([{"Authorization": "old"}], 2)


def test_access_that_stays_refused_ends_after_one_renewal() -> None:
    renewed: list[object] = []
    with pytest.raises(AuthExpired):
        transport(scripted(httpx.Response(401)), Clock(), renew=renewed.append).send(Call("x"), Tally())
    assert len(renewed) == 1


def test_what_is_sent_is_what_the_call_says() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return OK

    wire = transport(handler, Clock(), headers=lambda: {"X-Key": "k"})
    wire.send(Call("/query", "POST", {"v": 75}, {"Content-Type": "application/text"}, b"select"), Tally())
    request = seen[0]
    assert (request.method, str(request.url)) == ("POST", "http://127.0.0.1/api/query?v=75")
    assert (request.headers["X-Key"], request.headers["Content-Type"]) == ("k", "application/text")
    assert request.content == b"select"


def test_a_cancelled_transport_sends_nothing_more() -> None:
    clock, cancel, tally = Clock(), threading.Event(), Tally()
    wire = transport(scripted(httpx.Response(500)), clock, cancel=cancel)
    cancel.set()
    with pytest.raises(Cancelled):
        wire.send(Call("x"), tally)
    assert tally.calls == 0


def test_the_default_wait_ends_at_once_when_cancelled() -> None:
    cancel, log, limit = threading.Event(), MemoryCallLog(), Limit("a", 1, 3600.0)
    turns = Allowance(log, lambda: 1000.0, cancel.wait, cancel)
    turns.take([limit], threading.Event())
    ended: list[bool] = []

    def wait() -> None:
        try:
            turns.take([limit], threading.Event())
        except Cancelled:
            ended.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    cancel.set()
    thread.join(timeout=10)
    assert ended == [True]
