"""The memory of findings over runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session

from sync.domain.period import Period
from sync.store.db import reading, writing
from sync.store.findings import Changes, Told, assign, remember, sign_off
from sync.store.memory_tables import AuditRow, FindingRow, SightingRow, SignOffRow
from sync.store.upsert import table_of
from sync.store.writes import save_company

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
MONDAY = datetime(2026, 4, 6, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)

INVOICE = Told(
    id="f1",
    root="f1",
    cause="missing_in_qbo",
    nature="error",
    control="revenue",
    amount=1250,
    at_stake=None,
    count=1,
    subject="INV-1",
    confidence="certain",
    explanation="INV-1 is nowhere in QuickBooks.",
    remedy="Sync it again.",
    documents='{"cin7":[["t1","INV-1","Sale","2026-01-12",1250]],"qbo":[]}',
    days=(date(2026, 1, 12),),
)
WAITING = replace(INVOICE, id="f2", root="f2", cause="invoiced_not_shipped", nature="timing", amount=0, at_stake=900)
SUM = replace(INVOICE, id="f3", root="f3", cause="outside_cin7", nature="policy", documents="{}", days=())


def _all(session: Session, model: Any) -> list[Any]:
    return sorted(session.execute(select(table_of(model))).mappings(), key=str)


def _kept(engine: Engine) -> dict[str, Any]:
    with reading(engine) as session:
        return {row["id"]: dict(row) for row in _all(session, FindingRow)}


def _run(engine: Engine, company: int, period: Period, *told: Told, at: datetime, whole: bool = True) -> Changes:
    with writing(engine) as session:
        return remember(session, company, period, told, at=at, whole=whole)


def test_a_finding_keeps_when_it_was_first_seen_and_what_people_wrote(engine: Engine, company: int) -> None:
    assert _run(engine, company, JANUARY, INVOICE, at=MONDAY) == Changes(new=1)
    with writing(engine) as session:
        due = date(2026, 4, 30)
        assert assign(session, company, "f1", owner="Ada", due=due, note="asked support", who="Ada", at=MONDAY)
    larger = replace(INVOICE, amount=2000, explanation="INV-1 is missing.")
    assert _run(engine, company, JANUARY, larger, at=TUESDAY) == Changes()
    kept = _kept(engine)["f1"]
    assert (kept["first_seen"], kept["owner"], kept["due"], kept["note"]) == (MONDAY, "Ada", due, "asked support")
    assert (kept["explanation"], kept["first_day"], kept["last_day"]) == ("INV-1 is missing.", *[date(2026, 1, 12)] * 2)
    with reading(engine) as session:
        assert [row["amount"] for row in _all(session, SightingRow)] == [2000]


def test_running_twice_changes_nothing(engine: Engine, company: int) -> None:
    _run(engine, company, JANUARY, INVOICE, WAITING, SUM, at=MONDAY)
    with reading(engine) as session:
        before = [_all(session, model) for model in (FindingRow, SightingRow, AuditRow)]
    assert _run(engine, company, JANUARY, SUM, INVOICE, WAITING, at=TUESDAY) == Changes()
    with reading(engine) as session:
        assert [_all(session, model) for model in (FindingRow, SightingRow, AuditRow)] == before


def test_what_is_gone_is_resolved_and_what_returns_came_back_with_its_owner(engine: Engine, company: int) -> None:
    _run(engine, company, JANUARY, INVOICE, at=MONDAY)
    with writing(engine) as session:
        assign(session, company, "f1", owner="Ada", due=None, note=None, who="Ada", at=MONDAY)
    assert _run(engine, company, JANUARY, at=TUESDAY) == Changes(resolved=1)
    assert _kept(engine)["f1"]["resolved_at"] == TUESDAY
    assert _run(engine, company, JANUARY, INVOICE, at=WEDNESDAY) == Changes(came_back=1)
    kept = _kept(engine)["f1"]
    assert (kept["resolved_at"], kept["came_back"], kept["first_seen"], kept["owner"]) == (None, 1, MONDAY, "Ada")
    with reading(engine) as session:
        history = sorted((row["at"], row["what"]) for row in _all(session, AuditRow) if row["subject"] == "f1")
    assert history == [(MONDAY, "assigned"), (MONDAY, "seen"), (TUESDAY, "resolved"), (WEDNESDAY, "came back")]


def test_incomplete_data_resolves_nothing(engine: Engine, company: int) -> None:
    _run(engine, company, JANUARY, INVOICE, at=MONDAY)
    assert _run(engine, company, JANUARY, at=TUESDAY, whole=False) == Changes()
    assert _kept(engine)["f1"]["resolved_at"] is None


def test_a_run_of_other_days_resolves_nothing(engine: Engine, company: int) -> None:
    _run(engine, company, JANUARY, INVOICE, at=MONDAY)
    assert _run(engine, company, FEBRUARY, at=TUESDAY) == Changes()


def test_a_document_that_is_in_order_in_its_month_is_in_order_in_its_quarter(engine: Engine, company: int) -> None:
    _run(engine, company, QUARTER, INVOICE, at=MONDAY)
    _run(engine, company, JANUARY, INVOICE, at=MONDAY)
    assert _run(engine, company, JANUARY, at=TUESDAY) == Changes(resolved=1)


def test_what_waits_at_a_months_end_still_did_when_the_quarter_no_longer_shows_it(engine: Engine, company: int) -> None:
    _run(engine, company, JANUARY, WAITING, SUM, at=MONDAY)
    assert _run(engine, company, QUARTER, at=TUESDAY) == Changes()
    assert _run(engine, company, JANUARY, at=WEDNESDAY) == Changes(resolved=2)


def test_an_owner_for_a_finding_that_is_not_there_is_refused(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        assert not assign(session, company, "nothing", owner="Ada", due=None, note=None, who="Ada", at=MONDAY)
        assert _all(session, AuditRow) == []


def test_companies_do_not_see_each_others_findings(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        other = save_company(session, cin7_account="other", qbo_realm="1")
    _run(engine, company, JANUARY, INVOICE, at=MONDAY)
    assert _run(engine, other, JANUARY, at=TUESDAY) == Changes()
    assert _run(engine, other, JANUARY, INVOICE, at=TUESDAY) == Changes(new=1)


def test_a_sign_off_is_kept_with_its_evidence_and_who_did_it(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        sign_off(session, company, JANUARY, by="Grace", at=MONDAY, inputs={"b": "2", "a": "1"}, evidence="{}")
    with reading(engine) as session:
        (kept,), (noted,) = _all(session, SignOffRow), _all(session, AuditRow)
    assert (kept["signed_by"], kept["inputs"], kept["evidence"]) == ("Grace", '{"a": "1", "b": "2"}', "{}")
    assert (noted["who"], noted["what"], noted["subject"]) == ("Grace", "signed off", "2026-01-01..2026-01-31")


_runs = st.lists(
    st.tuples(
        st.sampled_from([JANUARY, FEBRUARY, QUARTER]),
        st.sets(st.sampled_from(["f1", "f2", "f3"])),
        st.booleans(),
    ),
    max_size=6,
)


@given(_runs)
@settings(max_examples=25)
def test_a_run_repeated_leaves_the_same_memory(
    sqlite_engine: Engine, runs: list[tuple[Period, set[str], bool]]
) -> None:
    known = {"f1": INVOICE, "f2": WAITING, "f3": SUM}
    with Session(sqlite_engine) as session:
        company = save_company(session, cin7_account="x", qbo_realm="y")
        for n, (period, ids, whole) in enumerate(runs):
            told = [known[id_] for id_ in sorted(ids)]
            remember(session, company, period, told, at=MONDAY + timedelta(hours=n), whole=whole)
            session.flush()
            before = [_all(session, model) for model in (FindingRow, SightingRow, AuditRow)]
            later = MONDAY + timedelta(hours=n, minutes=30)
            assert remember(session, company, period, told[::-1], at=later, whole=whole) == Changes()
            session.flush()
            assert [_all(session, model) for model in (FindingRow, SightingRow, AuditRow)] == before
            open_ids = {row["finding"] for row in _all(session, SightingRow) if row["open"]}
            assert {row["id"] for row in _all(session, FindingRow) if row["resolved_at"] is None} == open_ids
        session.rollback()


@pytest.mark.parametrize("owner", ["Ada", "Grace Hopper"])
def test_a_due_day_and_a_note_stay_where_none_is_told(engine: Engine, company: int, owner: str) -> None:
    _run(engine, company, JANUARY, INVOICE, at=MONDAY)
    with writing(engine) as session:
        assign(session, company, "f1", owner="Bob", due=date(2026, 5, 1), note="first", who="", at=MONDAY)
        assign(session, company, "f1", owner=owner, due=None, note=None, who="", at=TUESDAY)
    kept = _kept(engine)["f1"]
    assert (kept["owner"], kept["due"], kept["note"]) == (owner, date(2026, 5, 1), "first")
