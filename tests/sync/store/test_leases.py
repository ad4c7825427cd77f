"""Leases between processes."""

from __future__ import annotations

import threading

from sqlalchemy import Engine

from sync.store import leases
from sync.store.leases import Holder

NOW = 1_770_000_000.0


def test_one_holds_a_lease_until_it_is_released(engine: Engine) -> None:
    assert leases.take(engine, "sync:1", "a", 60, NOW, note="by Ann") == "a"
    assert leases.take(engine, "sync:1", "b", 60, NOW + 59) is None
    assert leases.take(engine, "sync:2", "b", 60, NOW) == "b"
    assert leases.holder_of(engine, "sync:1", NOW) == Holder("a", NOW + 60, "by Ann")
    leases.release(engine, "sync:1", "b")
    assert leases.take(engine, "sync:1", "b", 60, NOW + 59) is None
    leases.release(engine, "sync:1", "a")
    assert leases.holder_of(engine, "sync:1", NOW) is None
    assert leases.take(engine, "sync:1", "b", 60, NOW + 59) == "b"


def test_the_lease_of_a_dead_process_is_free_when_its_time_is_over(engine: Engine) -> None:
    leases.take(engine, "sync:1", "dead", 60, NOW)
    assert leases.take(engine, "sync:1", "next", 60, NOW + 60) == "next"
    assert leases.renew(engine, "sync:1", "dead", 60, NOW + 61) is False
    assert leases.holder_of(engine, "sync:1", NOW + 61) == Holder("next", NOW + 120, "")


def test_a_holder_prolongs_its_lease(engine: Engine) -> None:
    leases.take(engine, "sync:1", "a", 60, NOW)
    assert leases.renew(engine, "sync:1", "a", 60, NOW + 50) is True
    assert leases.take(engine, "sync:1", "b", 60, NOW + 100) is None
    assert leases.take(engine, "sync:1", "a", 60, NOW + 100) == "a"
    assert leases.holder_of(engine, "sync:1", NOW + 159) is not None
    assert leases.holder_of(engine, "sync:1", NOW + 160) is None


def test_a_released_lease_cannot_be_prolonged(engine: Engine) -> None:
    leases.take(engine, "sync:1", "a", 60, NOW)
    leases.release(engine, "sync:1", "a")
    assert leases.renew(engine, "sync:1", "a", 60, NOW) is False


def test_the_note_ends_a_sentence(engine: Engine) -> None:
    assert leases.told(engine, "sync:1") == ""
    leases.take(engine, "sync:1", "a", 60, NOW, note="started by Ann")
    assert leases.told(engine, "sync:1") == " (started by Ann)"


def test_of_many_that_ask_at_once_one_gets_the_lease(engine: Engine) -> None:
    got: list[str | None] = []
    barrier = threading.Barrier(8)

    def ask(name: str) -> None:
        barrier.wait()
        got.append(leases.take(engine, "sync:1", name, 60, NOW))

    threads = [threading.Thread(target=ask, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([name for name in got if name]) == 1
    assert len(got) == 8
