"""How the syncs went, and what of the calls is used."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers
from reports.status import Status, to_json, to_text
from sync.store.bot_tables import AlertRow, JobRow
from sync.store.run_tables import CallMonth, Figure, Run, SentCall
from tests.reports.ledgers import READ, Cache, cache

NOW = datetime(2026, 2, 10, 9, 30, tzinfo=UTC)


def ask(made: Cache) -> Status:
    with Session(made.engine) as session:
        return answers.status(session, 1, now=NOW, cin7_per_minute=60, qbo_per_minute=500)


def test_the_newest_ten_runs_come_first(engine: Engine) -> None:
    made = cache(engine, "")
    made.add(*(
        Run(id=f"r{n:02}", company=1, status="succeeded", started_at=READ + timedelta(minutes=n),
            finished_at=READ + timedelta(minutes=n, seconds=20), calls_cin7=n, throttled_qbo=1)
        for n in range(12)
    ))  # fmt: skip
    runs = to_json(ask(made))["runs"]
    assert isinstance(runs, list)
    assert [run["run"] for run in runs] == [f"r{n:02}" for n in range(11, 1, -1)]
    assert runs[0] == {
        "run": "r11", "status": "succeeded", "started_at": "2026-02-10T09:11:00Z",
        "finished_at": "2026-02-10T09:11:20Z", "calls": {"cin7": 11, "qbo": 0}, "throttled": {"cin7": 0, "qbo": 1},
    }  # fmt: skip


def test_calls_are_counted_in_the_last_minute_and_the_month(engine: Engine) -> None:
    made = cache(engine, "")
    made.add(
        *(SentCall(bucket="cin7", sent_at=NOW.timestamp() - age) for age in (1, 59, 61)),
        SentCall(bucket="qbo reports", sent_at=NOW.timestamp()),
        CallMonth(bucket="cin7", month="2026-02", calls=1234),
        CallMonth(bucket="cin7", month="2026-01", calls=9),
        CallMonth(bucket="qbo", month="2026-02", calls=70),
    )
    assert to_json(ask(made))["budget"] == [
        {"source": "cin7", "window": "minute", "used": 2, "limit": 60},
        {"source": "cin7", "window": "month", "used": 1234, "limit": None},
        {"source": "qbo", "window": "minute", "used": 0, "limit": 500},
        {"source": "qbo", "window": "month", "used": 70, "limit": 500000},
    ]


def test_each_figure_has_its_age_and_its_last_failure(engine: Engine) -> None:
    made = cache(engine, "")
    made.add(Figure(company=1, source="qbo", entity="items", as_of=None, complete=False, reason="no answer"))
    figures = to_json(ask(made))["figures"]
    assert figures == [
        {"source": "cin7", "entity": "transactions", "as_of": "2026-02-10T09:00:00Z", "error": None},
        {"source": "qbo", "entity": "items", "as_of": None, "error": "no answer"},
        {"source": "qbo", "entity": "ledger", "as_of": "2026-02-10T09:00:00Z", "error": None},
    ]


def test_people_read_runs_figures_and_calls_left(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, "")
    made.add(Run(id="r", company=1, status="running", stage="reading sales", started_at=READ))
    text = to_text(ask(made))
    assert "running: reading sales" in text
    assert "cin7 transactions" in text
    assert "cin7, last minute" in text


def test_alerts_that_are_not_resolved_are_told_with_their_owner(engine: Engine) -> None:
    made = cache(engine, "")
    for id_, kind, state, owner in (("a1", "sync_failed", "acknowledged", "U1"), ("a2", "sync_late", "resolved", "")):
        made.add(
            AlertRow(company=1, id=id_, cause=id_, kind=kind, state=state, owner=owner, due=date(2026, 2, 12),
                     trouble='{"title": "The sync failed"}', opened_at=READ, since=READ, changed_at=READ),
        )  # fmt: skip
    assert to_json(ask(made))["alerts"] == [
        {"id": "a1", "kind": "sync_failed", "state": "acknowledged", "opened_at": "2026-02-10T09:00:00Z",
         "owner": "U1", "due": "2026-02-12", "title": "The sync failed"},
    ]  # fmt: skip
    assert "The sync failed" in to_text(ask(made))


def test_since_when_a_job_has_its_rule_is_known_for_that_rule_alone(engine: Engine) -> None:
    made = cache(engine, "")
    made.add(JobRow(company=1, name="sync", rule="every 3600 s", since=READ))
    with Session(made.engine) as session:
        assert answers.job_since(session, 1, "sync", "every 3600 s") == READ
        assert answers.job_since(session, 1, "sync", "every 60 s") is None


def test_before_the_first_sync_the_command_is_named() -> None:
    assert "Run: tieout sync" in to_text(Status((), (), ()))
