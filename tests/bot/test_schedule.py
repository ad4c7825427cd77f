"""The schedule on a real store: each due time once, whatever happens to the processes and the clocks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.due_times import Cron, Due, Every, Rule
from bot.schedule import LEASE, Job, Scheduler, rules_of, upcoming
from sync.errors import UserError
from sync.settings import read
from sync.store.jobs import JobBook
from tests.bot.desks import MONDAY, Clock, company_of

WEEKLY = Cron("0 9 * * mon", "America/New_York")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp())  # a Friday


@pytest.fixture
def book(engine: Engine) -> JobBook:
    return JobBook(engine, company_of(engine))


def _scheduler(book: JobBook, clock: Clock, done: list[str], rule: Cron | Every = WEEKLY) -> Scheduler:
    made = Scheduler([Job("weekly", rule, lambda due: done.append(due.key))], book, clock, lambda: None)
    made.run_due("weekly")  # learns since when the rule holds
    return made


def test_a_due_time_is_done_when_it_comes_and_not_again(book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    schedule = _scheduler(book, clock, done)
    assert done == []
    clock.at += 4 * 86_400
    assert schedule.run_due("weekly") is True
    assert schedule.run_due("weekly") is False
    assert done == ["2026-11-23T09:00"]
    (kept,) = book.recent()
    assert (kept.state, kept.tries) == ("done", 1)


def test_what_was_missed_while_nobody_ran_is_done_once_and_only_the_newest(book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    _scheduler(book, clock, done)
    clock.at += 24 * 86_400  # it is the third Monday, at seven in New York
    again = _scheduler(book, clock, done)
    assert again.run_due("weekly") is False
    assert done == ["2026-12-07T09:00"]


def test_a_job_that_is_new_is_not_due_for_times_before_it_was_there(book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    clock.at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC).timestamp()  # an hour after 9:00 in New York
    _scheduler(book, clock, done)
    assert done == []


def test_a_changed_rule_begins_anew(book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    _scheduler(book, clock, done)
    clock.at += 4 * 86_400
    assert _scheduler(book, clock, done, Cron("0 10 * * mon", "America/New_York")).run_due("weekly") is False
    assert done == []


def test_the_first_sync_is_due_at_once_and_the_next_after_its_time(book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    schedule = _scheduler(book, clock, done, Every(3600))
    assert len(done) == 1
    clock.at += 3599
    assert schedule.run_due("weekly") is False
    clock.at += 1
    assert schedule.run_due("weekly") is True


def test_a_clock_that_is_put_back_repeats_nothing(book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    schedule = _scheduler(book, clock, done, Every(60))
    clock.at += 600
    schedule.run_due("weekly")
    clock.at -= 300
    assert schedule.run_due("weekly") is False
    assert len(done) == 2


def test_of_several_processes_each_due_time_is_done_by_one(engine: Engine, book: JobBook, clock: Clock) -> None:
    done: list[str] = []
    schedules = [_scheduler(JobBook(engine, company_of(engine)), clock, done) for _ in range(4)]
    for week in range(3):
        clock.at = datetime(2026, 11, 23, 14, 0, 1, tzinfo=UTC).timestamp() + week * 7 * 86_400
        barrier = threading.Barrier(4)

        def work(schedule: Scheduler, gate: threading.Barrier = barrier) -> None:
            gate.wait()
            schedule.run_due("weekly")

        threads = [threading.Thread(target=work, args=(schedule,)) for schedule in schedules]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert done == ["2026-11-23T09:00", "2026-11-30T09:00", "2026-12-07T09:00"]


def _dead(book: JobBook, clock: Clock) -> None:
    assert book.claim("weekly", "2026-11-23T09:00", MONDAY, "a dead process", clock(), LEASE)


def test_a_due_time_whose_process_died_is_taken_over_when_its_claim_is_over(book: JobBook, clock: Clock) -> None:
    _dead(book, clock)
    clock.at += LEASE - 1
    assert book.abandoned(clock()) == []
    assert not book.claim("weekly", "2026-11-23T09:00", MONDAY, "me", clock(), LEASE)
    clock.at += 1
    (left,) = book.abandoned(clock())
    assert (left.job, left.due, left.at) == ("weekly", "2026-11-23T09:00", MONDAY)
    assert book.claim("weekly", left.due, left.at, "me", clock(), LEASE)
    assert not book.renew("weekly", left.due, "a dead process", clock() + LEASE)
    book.finish("weekly", left.due, "a dead process", "failed", "too late", clock.now())
    assert book.recent()[0].state == "running"


def test_a_due_time_that_kills_its_process_is_left_alone_after_three(book: JobBook, clock: Clock) -> None:
    for _ in range(3):
        _dead(book, clock)
        clock.at += LEASE
    assert book.abandoned(clock()) == []
    assert not book.claim("weekly", "2026-11-23T09:00", MONDAY, "me", clock(), LEASE)


@pytest.mark.parametrize(
    ("fault", "note"), [(UserError("the disk is full"), "the disk is full"), (KeyError("x"), "our side (KeyError)")]
)
def test_a_job_that_fails_says_why_and_is_not_done_again(
    book: JobBook, clock: Clock, fault: Exception, note: str
) -> None:
    def fail(due: Due) -> None:
        raise fault

    schedule = Scheduler([Job("weekly", Every(60), fail)], book, clock, lambda: None)
    assert schedule.run_due("weekly") is True
    assert schedule.run_due("weekly") is False
    (kept,) = book.recent()
    assert kept.state == "failed"
    assert note in kept.note


def test_a_job_that_our_own_end_broke_off_is_left_to_the_next_process(book: JobBook, clock: Clock) -> None:
    def cut(due: Due) -> None:
        schedule.stop(20)
        raise UserError("Stopped.")

    schedule = Scheduler([Job("weekly", Every(3600), cut)], book, clock, lambda: None)
    schedule.run_due("weekly")
    (left,) = book.abandoned(clock())
    assert left.job == "weekly"


def _started(book: JobBook, jobs: list[Job], clock: Callable[[], float], watch: Callable[[], None]) -> Scheduler:
    schedule = Scheduler(jobs, book, clock, watch)
    schedule.start()
    return schedule


def test_started_it_catches_up_takes_over_and_watches(book: JobBook, clock: Clock) -> None:
    """APScheduler's own clock is real here; what it calls at its start is what is waited for."""
    _scheduler(book, clock, [])
    clock.at += 4 * 86_400
    done, watched = threading.Event(), threading.Event()
    keys: list[str] = []

    def run(due: Due) -> None:
        keys.append(due.key)
        done.set()

    schedule = _started(book, [Job("weekly", WEEKLY, run)], clock, watched.set)
    try:
        assert done.wait(20)
        assert watched.wait(20)
        assert keys == ["2026-11-23T09:00"]
        assert schedule.alive()
        assert schedule.next() == [("weekly", datetime(2026, 11, 30, 14, 0, tzinfo=UTC))]
    finally:
        schedule.stop(20)
    assert not schedule.alive()


def test_a_look_begins_what_was_abandoned(book: JobBook, clock: Clock) -> None:
    _dead(book, clock)
    clock.at += LEASE
    done = threading.Event()
    schedule = _started(book, [Job("weekly", WEEKLY, lambda due: done.set())], clock, lambda: None)
    try:
        schedule.look()
        assert done.wait(20)
    finally:
        schedule.stop(20)


def test_a_watch_that_fails_does_not_end_the_schedule(book: JobBook, clock: Clock) -> None:
    called = threading.Event()

    def watch() -> None:
        called.set()
        raise UserError("the cache is locked")

    schedule = _started(book, [], clock, watch)
    try:
        assert called.wait(20)
        assert schedule.alive()
    finally:
        schedule.stop(20)


def test_every_job_of_the_settings_has_its_rule(tmp_path: Path) -> None:
    (tmp_path / "tieout.toml").write_text(
        '[sync]\nevery = "15m"\n'
        '[[schedule]]\nname = "weekly"\nreport = "weekly"\ncron = "0 9 * * mon"\nchannel = "C0456"\n'
    )
    rules = rules_of(read({}, tmp_path), "America/New_York")
    assert rules == {
        "sync": Every(900),
        "snapshot": Cron("45 23 * * *", "America/New_York"),
        "check": Cron("30 6 * * *", "America/New_York"),
        "report:weekly": WEEKLY,
    }
    (tmp_path / "tieout.toml").write_text('[sync]\nevery = "manual"\n')
    assert list(rules_of(read({}, tmp_path), "UTC")) == ["snapshot", "check"]


def test_what_comes_next_is_told_the_soonest_first() -> None:
    now = MONDAY
    rules: dict[str, Rule] = {"report:weekly": WEEKLY, "sync": Every(3600), "never": Cron("0 0 30 2 *", "UTC")}
    found = upcoming(rules, lambda name, rule: now - timedelta(minutes=10), now)
    assert found == [
        ("sync", now + timedelta(minutes=50)),
        ("report:weekly", datetime(2026, 11, 23, 14, 0, tzinfo=UTC)),
    ]
