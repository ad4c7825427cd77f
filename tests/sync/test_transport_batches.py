"""Many calls at once: order, overlap, places in flight, and the error at its place."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Rejected
from sync.transport import Call, Limit, MemoryCallLog, Tally
from tests.sync.wires import Clock, transport


def calls(count: int) -> list[Call]:
    return [Call(str(n)) for n in range(count)]


def number(request: httpx.Request) -> str:
    return request.url.path.rsplit("/", 1)[-1]


@given(st.integers(0, 30), st.integers(1, 6), st.integers(0, 2**30))
def test_answers_come_in_the_order_of_the_calls(count: int, most: int, failing: int) -> None:
    """Each bit of `failing` makes one call fail once, so that answers overtake each other."""
    left = {str(n) for n in range(count) if failing >> n & 1}

    def handler(request: httpx.Request) -> httpx.Response:
        name = number(request)
        if name in left:
            left.discard(name)
            return httpx.Response(500)
        return httpx.Response(200, text=name)

    wire, tally = transport(handler, Clock(), most=most), Tally()
    expected_calls = count + len(left)
    assert [answer.value for answer in wire.send_all(calls(count), tally)] == [str(n) for n in range(count)]
    assert tally.calls == expected_calls
    wire.close()


def test_slow_answers_overlap_but_no_more_than_allowed_at_once() -> None:
    together, at_once, most_seen, lock = threading.Barrier(4, timeout=10), [0], [0], threading.Lock()

    def handler(request: httpx.Request) -> httpx.Response:
        with lock:
            at_once[0] += 1
            most_seen[0] = max(most_seen[0], at_once[0])
        together.wait()
        with lock:
            at_once[0] -= 1
        return httpx.Response(200, text=number(request))

    wire = transport(handler, Clock(), most=4)
    assert len(list(wire.send_all(calls(16), Tally()))) == 16
    assert most_seen == [4]
    wire.close()


def test_calls_from_several_batches_share_the_places_in_flight() -> None:
    at_once, most_seen, lock = [0], [0], threading.Lock()

    def handler(request: httpx.Request) -> httpx.Response:
        with lock:
            at_once[0] += 1
            most_seen[0] = max(most_seen[0], at_once[0])
        with lock:
            at_once[0] -= 1
        return httpx.Response(200, text="good")

    wire = transport(handler, Clock(), most=2)
    threads = [threading.Thread(target=lambda: [wire.send(call, Tally()) for call in calls(40)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most_seen[0] <= 2
    assert wire.sent.calls == 240
    wire.close()


def test_calls_are_taken_only_as_answers_are_consumed() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Call]:
        n = 0
        while True:
            taken.append(n)
            yield Call(str(n))
            n += 1

    wire = transport(lambda request: httpx.Response(200, text=number(request)), Clock(), most=4)
    answers = wire.send_all(endless(), Tally())
    assert next(answers).value == "0"
    assert next(answers).value == "1"
    assert len(taken) <= 6
    answers.close()  # type: ignore[attr-defined]  # it is a generator, which the signature does not promise
    wire.close()


def test_an_error_comes_at_its_place_and_what_was_not_sent_never_is() -> None:
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(number(request))
        return httpx.Response(404 if number(request) == "3" else 200, text=number(request))

    wire = transport(handler, Clock(), most=2)
    got: list[object] = []

    def consume(answers: Iterable[object]) -> None:
        got.extend(getattr(answer, "value", None) for answer in answers)

    with pytest.raises(Rejected):
        consume(wire.send_all(calls(100), Tally()))
    assert got == ["0", "1", "2"]
    assert len(sent) <= 6
    wire.close()


def test_a_call_that_waits_for_its_turn_when_its_batch_ends_is_never_sent() -> None:
    clock, waits, over, log = Clock(), threading.Event(), threading.Event(), MemoryCallLog()
    log.pause("bucket", clock() + 3600.0)

    def sleep(seconds: float) -> None:
        waits.set()
        over.wait(10)
        clock.sleep(seconds)

    def handler(request: httpx.Request) -> httpx.Response:
        waits.wait(10)
        return httpx.Response(404)

    wire = transport(handler, clock, most=2, log=log, sleep=sleep)
    with pytest.raises(Rejected):
        list(wire.send_all([Call("0"), Call("1", limits=(Limit("bucket", 1, 60.0),))], Tally()))
    over.set()
    wire.close()
    for thread in threading.enumerate():
        if thread.name.startswith("test_"):
            thread.join(10)
    assert wire.sent.calls == 1
    assert clock.slept < 1.0


def test_calls_made_after_close_are_refused() -> None:
    wire = transport(lambda request: httpx.Response(200, text="good"), Clock())
    wire.close()
    with pytest.raises(RuntimeError):
        list(wire.send_all(calls(1), Tally()))
