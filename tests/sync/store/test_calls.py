"""The log of sent calls, shared by threads and processes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from sync.store.calls import MonthCount, StoredCallLog
from sync.store.db import migrate, open_database, reading
from sync.transport import CallLog, Limit, MemoryCallLog

START = datetime(2026, 1, 31, 23, 59, 50, tzinfo=UTC)
NOW = START.timestamp()
MINUTE = Limit("qbo", 3, 60.0)
SECOND = Limit("qbo", 2, 1.0)
REPORTS = Limit("qbo reports", 1, 60.0)


@pytest.fixture
def log(engine: Engine) -> StoredCallLog:
    return StoredCallLog(engine, clock=lambda: NOW)


def granted(log: CallLog, limits: Sequence[Limit], now: float, tries: int) -> int:
    return sum(log.claim(limits, now) == 0.0 for _ in range(tries))


def logged(engine: Engine) -> list[tuple[str, float]]:
    with reading(engine) as session:
        rows = session.execute(text("SELECT bucket, sent_at FROM sent_call"))
        return sorted((bucket, sent_at) for bucket, sent_at in rows)


def test_a_limit_gives_its_calls_and_then_the_seconds_to_wait(log: StoredCallLog) -> None:
    assert [log.claim([MINUTE], NOW + n) for n in range(4)] == [0.0, 0.0, 0.0, 57.0]
    assert log.claim([MINUTE], NOW + 59.5) == 0.5
    assert [log.claim([MINUTE], NOW + 60) for _ in range(2)] == [0.0, 1.0]


def test_two_limits_of_one_bucket_share_one_entry(log: StoredCallLog, engine: Engine) -> None:
    assert [log.claim([MINUTE, SECOND], NOW) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert logged(engine) == [("qbo", NOW), ("qbo", NOW)]
    assert log.claim([MINUTE, SECOND], NOW + 1) == 0.0
    assert log.claim([MINUTE, SECOND], NOW + 2) == 58.0


def test_a_refused_claim_is_logged_on_no_bucket(log: StoredCallLog, engine: Engine) -> None:
    assert log.claim([MINUTE, REPORTS], NOW) == 0.0
    assert log.claim([MINUTE, REPORTS], NOW + 1) == 59.0
    assert logged(engine) == [("qbo", NOW), ("qbo reports", NOW)]
    assert log.month("qbo", START) == MonthCount(1, 0)


def test_the_stamp_moves_to_when_the_bytes_left(log: StoredCallLog, engine: Engine) -> None:
    for _ in range(2):
        log.claim([MINUTE, REPORTS.__class__("other", 9, 60.0)], NOW)
    log.sent([MINUTE], NOW, NOW + 5)
    assert logged(engine) == [("other", NOW), ("other", NOW), ("qbo", NOW), ("qbo", NOW + 5)]
    log.sent([MINUTE], NOW + 5, NOW + 7)
    assert log.used("qbo", 60.0, NOW + 62) == 1
    assert log.used("qbo", 60.0, NOW + 67) == 0


def test_a_pause_holds_every_process_and_is_never_shortened(log: StoredCallLog, engine: Engine) -> None:
    other = StoredCallLog(engine)
    log.pause("qbo", NOW + 30)
    log.pause("qbo", NOW + 10)
    assert other.claim([MINUTE], NOW) == 30.0
    assert other.claim([REPORTS], NOW) == 0.0
    log.pause("qbo", NOW + 40)
    assert other.claim([MINUTE, REPORTS], NOW + 25) == 35.0
    assert other.claim([MINUTE], NOW + 40) == 0.0


def test_calls_and_refusals_are_counted_by_calendar_month(log: StoredCallLog) -> None:
    limit = Limit("cin7", 60, 60.0)
    for seconds in (0, 5, 15):
        log.claim([limit], NOW + seconds)
    log.note_throttle("cin7")
    february = datetime(2026, 2, 1, tzinfo=UTC)
    assert [log.month("cin7", when) for when in (START, february)] == [MonthCount(2, 1), MonthCount(1, 0)]
    assert log.month("qbo", START) == MonthCount(0, 0)


def test_old_calls_are_forgotten(log: StoredCallLog, engine: Engine) -> None:
    for n in range(300):
        log.claim([Limit("cin7", 60, 60.0)], NOW + 2 * n)
    assert len(logged(engine)) <= 61 + 50


def test_a_clock_that_was_set_back_blocks_nobody(log: StoredCallLog) -> None:
    assert granted(log, [MINUTE], NOW + 3600, 4) == 3
    assert granted(log, [MINUTE], NOW, 4) == 3


@settings(max_examples=40)
@given(
    steps=st.lists(st.tuples(st.integers(0, 2000), st.booleans(), st.integers(0, 30)), max_size=40),
    per_second=st.integers(1, 3),
    per_minute=st.integers(1, 8),
)
def test_both_logs_answer_alike_and_no_window_holds_more_than_its_limit(
    sqlite_engine: Engine, steps: list[tuple[int, bool, int]], per_second: int, per_minute: int
) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("DELETE FROM sent_call"))
    stored, memory = StoredCallLog(sqlite_engine), MemoryCallLog()
    limits = [Limit("b", per_second, 1.0), Limit("b", per_minute, 60.0)]
    now, sent = NOW, []
    for ticks, delayed, delay in steps:
        now += ticks / 64  # exact in binary, so that both add up alike
        answer = stored.claim(limits, now)
        assert answer == memory.claim(limits, now)
        if answer == 0.0:
            left = now + (delay / 64 if delayed else 0)
            for log in (stored, memory):
                log.sent(limits, now, left)
            sent.append(left)
            now = left
    for limit in limits:
        assert all(sum(at - limit.seconds < one <= at for one in sent) <= limit.calls for at in sent)


def test_threads_never_get_more_than_the_limit(log: StoredCallLog) -> None:
    counts: list[int] = []

    def work() -> None:
        counts.append(granted(log, [Limit("cin7", 25, 60.0)], NOW, 10))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(counts), sum(counts)) == (6, 25)


def _claim_many(url: str, barrier: threading.Barrier, results: multiprocessing.Queue[int]) -> None:
    engine = open_database(url)
    barrier.wait()
    results.put(granted(StoredCallLog(engine), [Limit("cin7", 50, 60.0), Limit("all", 999, 60.0)], NOW, 40))
    engine.dispose()


def _granted_to_processes(url: str, processes: int) -> int:
    spawn = multiprocessing.get_context("spawn")
    barrier, results = spawn.Barrier(processes), spawn.Queue()
    started = [spawn.Process(target=_claim_many, args=(url, barrier, results)) for _ in range(processes)]
    for process in started:
        process.start()
    found: int = sum(results.get(timeout=60) for _ in started)
    for process in started:
        process.join()
    return found


def test_processes_never_get_more_than_the_limit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tieout.db'}"
    engine = open_database(url)
    migrate(engine)
    assert _granted_to_processes(url, 2) == 50
    assert len(logged(engine)) == 100
    engine.dispose()


@pytest.mark.postgres
def test_processes_on_postgres_never_get_more_than_the_limit(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    migrate(engine)
    assert _granted_to_processes(postgres_url, 2) == 50
    assert len(logged(engine)) == 100
    engine.dispose()
