"""The allowance against a server that counts for itself."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.throttle import Allowance, Cancelled, Limit, MemoryCallLog, padded
from tests.sync.wires import Clock

MINUTE = Limit("cin7", 60, 60.0)


def allowance(clock: Clock, log: MemoryCallLog | None = None, cancel: threading.Event | None = None) -> Allowance:
    return Allowance(log or MemoryCallLog(), clock, clock.sleep, cancel or threading.Event())


@given(
    set_up=st.lists(st.floats(0, 8), min_size=1, max_size=20),
    transit=st.lists(st.floats(0, 0.45), min_size=1, max_size=20),
    idle=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.3, 7.0, 45.0, 61.0]), min_size=1, max_size=20),
)
def test_the_server_never_sees_a_61st_call_in_any_minute(
    set_up: list[float], transit: list[float], idle: list[float]
) -> None:
    clock, arrivals, stop = Clock(), [], threading.Event()
    turns = allowance(clock)
    for n in range(260):
        turn = turns.take([MINUTE], stop)
        clock.sleep(set_up[n % len(set_up)] if n % 7 == 0 else 0.0)
        turn.left()
        arrivals.append(clock() + transit[n % len(transit)])
        clock.sleep(idle[n % len(idle)] if n % 11 == 0 else 0.0)
    arrivals.sort()
    assert all(late - early >= 60.0 for early, late in zip(arrivals, arrivals[60:], strict=False))


@given(st.lists(st.floats(0, 0.9), min_size=1, max_size=30))
def test_at_least_95_percent_of_what_is_allowed_is_used_while_there_is_work(spent_between: list[float]) -> None:
    clock, stop = Clock(), threading.Event()
    turns, began = allowance(clock), clock()
    # The same work by somebody who knows to the instant what the other side counts.
    perfect, log = Clock(), MemoryCallLog()
    for n in range(600):
        turns.take([MINUTE], stop).left()
        clock.sleep(spent_between[n % len(spent_between)])
        while wait := log.claim([MINUTE], perfect()):
            perfect.sleep(wait)
        perfect.sleep(spent_between[n % len(spent_between)])
    took, least = clock() - began, perfect() - began
    assert 0.95 * took <= least <= took + 0.001


def test_every_limit_of_a_call_is_kept() -> None:
    clock, stop, sent = Clock(), threading.Event(), []
    limits = [Limit("qbo", 500, 60.0), Limit("qbo", 10, 1.0), Limit("qbo reports", 200, 60.0)]
    turns = allowance(clock)
    for _ in range(450):
        turns.take(limits, stop).left()
        sent.append(clock())
    assert all(late - early >= 1.0 for early, late in zip(sent, sent[10:], strict=False))
    assert all(late - early >= 60.0 for early, late in zip(sent, sent[200:], strict=False))
    assert all(late >= early for early, late in pairwise(sent))


def test_a_call_counts_once_on_a_bucket_with_two_limits() -> None:
    log, limits = MemoryCallLog(), [Limit("qbo", 2, 60.0), Limit("qbo", 10, 1.0)]
    assert [log.claim(limits, 100.0) for _ in range(3)] == [0.0, 0.0, 60.0]


def test_buckets_do_not_hinder_each_other() -> None:
    log = MemoryCallLog()
    assert log.claim([Limit("a", 1, 60.0)], 100.0) == 0.0
    assert log.claim([Limit("b", 1, 60.0)], 100.0) == 0.0
    assert log.claim([Limit("a", 1, 60.0)], 130.0) == pytest.approx(30.0)


def test_a_refused_claim_logs_nothing_on_any_bucket() -> None:
    log, tight, wide = MemoryCallLog(), Limit("tight", 1, 60.0), Limit("wide", 2, 60.0)
    assert log.claim([tight, wide], 100.0) == 0.0
    assert log.claim([tight, wide], 101.0) > 0.0
    assert log.claim([wide], 102.0) == 0.0
    assert log.claim([wide], 103.0) > 0.0


def test_the_stamp_is_moved_to_when_the_bytes_left() -> None:
    log, limit = MemoryCallLog(), Limit("a", 1, 60.0)
    assert log.claim([limit], 100.0) == 0.0
    log.sent([limit], 100.0, 109.0)
    assert log.claim([limit], 160.5) == pytest.approx(8.5)
    assert log.claim([limit], 169.0) == 0.0


def test_a_pause_holds_everybody_on_its_bucket_and_is_never_shortened() -> None:
    log, limit = MemoryCallLog(), Limit("a", 60, 60.0)
    log.pause("a", 130.0)
    log.pause("a", 110.0)
    assert log.claim([limit], 100.0) == pytest.approx(30.0)
    assert log.claim([Limit("b", 60, 60.0)], 100.0) == 0.0
    assert log.claim([limit], 130.0) == 0.0


def test_a_clock_that_was_set_back_does_not_block_us() -> None:
    log, limit = MemoryCallLog(), Limit("a", 1, 60.0)
    assert log.claim([limit], 10_000.0) == 0.0
    assert log.claim([limit], 5_000.0) == 0.0


def test_throttles_are_counted_on_each_bucket_once() -> None:
    clock, log = Clock(), MemoryCallLog()
    allowance(clock, log).refused([Limit("qbo", 500, 60.0), Limit("qbo", 10, 1.0), Limit("reports", 200, 60.0)], 60.0)
    assert log.throttled == {"qbo": 1, "reports": 1}
    assert log.claim([Limit("reports", 200, 60.0)], clock()) == pytest.approx(60.0)


def test_the_margin_is_small_enough_to_use_95_percent_of_a_minute() -> None:
    assert padded(MINUTE).seconds == 61.5
    assert 60.0 / padded(MINUTE).seconds >= 0.95
    assert padded(Limit("a", 10, 1.0)).seconds == pytest.approx(1.2)


def test_waiting_ends_when_it_is_cancelled() -> None:
    clock, cancel = Clock(), threading.Event()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.slept >= 3.0:
            cancel.set()

    turns = Allowance(MemoryCallLog(), clock, sleep, cancel)
    limit = Limit("a", 1, 60.0)
    turns.take([limit], threading.Event())
    with pytest.raises(Cancelled):
        turns.take([limit], threading.Event())
    assert clock.slept == pytest.approx(3.0)
