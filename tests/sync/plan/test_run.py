"""What the parts of a sync tell each other survives threads, failures and the end of the process."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Engine, event

from sync.domain.accounts import Source
from sync.errors import Unavailable
from sync.plan.run import Outcome, Sync, Wants
from sync.store import runs, writes
from sync.store.db import reading, writing
from sync.transport import Tally

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _sync(engine: Engine) -> Sync:
    with writing(engine) as session:
        company = writes.save_company(session, cin7_account="a", qbo_realm="1")
        runs.interrupt_dead(session, company, at=NOW)
        runs.start_run(session, f"run{len(runs.recent_runs(session, company))}", company, at=NOW)
        run = runs.recent_runs(session, company)[0].id
    nobody = cast(Any, None)  # these parts make no calls
    return Sync(engine, company, run, nobody, nobody, Wants(), NOW, lambda: NOW, lambda _: None, threading.Event())


def test_what_was_marked_and_not_settled_is_known_to_the_next_run(engine: Engine) -> None:
    first = _sync(engine)
    with writing(engine) as session:
        first.mark(session, Source.QBO, stale=[date(2026, 1, 2), date(2026, 1, 3)])
        first.mark(session, Source.CIN7, touched=["journals"])
    first.settle(Source.QBO, days=[date(2026, 1, 2)])
    second = _sync(engine)
    second.resume()
    assert second.stale[Source.QBO] == {date(2026, 1, 3)}
    assert second.touched == {"journals"}


def test_a_mark_whose_transaction_fails_is_not_known_to_the_next_run(engine: Engine) -> None:
    first = _sync(engine)
    try:
        with writing(engine) as session:
            first.mark(session, Source.QBO, stale=[date(2026, 1, 2)])
            raise InterruptedError
    except InterruptedError:
        second = _sync(engine)
    second.resume()
    assert second.stale[Source.QBO] == set()


def test_marking_inside_a_transaction_and_settling_beside_it_do_not_wait_for_each_other(engine: Engine) -> None:
    sync, began, done = _sync(engine), threading.Event(), []

    def settle() -> None:
        began.set()
        sync.settle(Source.CIN7, lists=["journals"])
        done.append("settled")

    beside = threading.Thread(target=settle, daemon=True)
    with writing(engine) as session:
        session.connection()
        beside.start()
        began.wait(60)
        beside.join(0.2)  # on SQLite it now waits for this transaction
        marking = threading.Thread(
            target=sync.mark, args=(session, Source.CIN7), kwargs={"touched": ["journals"]}, daemon=True
        )
        marking.start()
        marking.join(60)
        assert not marking.is_alive()
    beside.join(60)
    assert "settled" in done


def test_whoever_marks_holds_the_database_before_the_runs_own_lock(sqlite_engine: Engine) -> None:
    sync = _sync(sqlite_engine)
    crosswise = []
    event.listen(sqlite_engine, "begin", lambda _connection: crosswise.append(sync._lock.locked()))
    with writing(sync.engine) as session:
        sync.mark(session, Source.QBO, stale=[date(2026, 1, 2)])
    sync.settle(Source.QBO, days=[date(2026, 1, 2)])
    assert crosswise == [False, False]


def test_a_part_that_fails_says_why_and_keeps_its_calls(engine: Engine) -> None:
    sync = _sync(engine)

    def work(tally: Tally) -> Outcome:
        tally.count(calls=3)
        raise Unavailable("Cin7 gave no answer", system="cin7", request_id="t-1")

    report = sync.part("cin7", "sales", work)
    assert (report.status, report.calls) == ("failed", 3)
    assert report.error == "Cin7 gave no answer (reference t-1). The next sync tries again."
    with reading(engine) as session:
        assert [step.error for step in runs.steps(session, sync.run)] == [report.error]


def test_a_fault_of_our_own_stops_no_other_part(engine: Engine) -> None:
    sync = _sync(engine)

    def broken(tally: Tally) -> Outcome:
        raise KeyError("secret")

    assert sync.part("cin7", "sales", broken).error == "failed on our side (KeyError)"
    assert sync.part("cin7", "purchases", lambda tally: Outcome(2, 1, 1)).status == "succeeded"
