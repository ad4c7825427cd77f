"""The pack's data: the same figures as the answers it is made of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers
from reports.books import Config, money_of
from reports.cogs import to_json as margin_json
from reports.headline import headline
from reports.load_pack import spans
from reports.reconcile.tie_out import to_json
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.errors import NotSynced
from sync.store.tables import StockDay
from tests.reports.ledgers import JANUARY, READ, TODAY, cache, whole
from tests.reports.packs import LEDGER, NASTY, TIED, filled, january, voice


def test_the_pack_holds_the_tie_out_and_the_margin_that_the_commands_give(engine: Engine) -> None:
    with Session(filled(engine)) as session:
        pack = answers.weekly(session, 1, JANUARY, Config(), today=TODAY, now=READ)
        assert to_json(pack.tied) == to_json(answers.reconcile(session, 1, JANUARY, Config(), today=TODAY))
        assert margin_json(pack.margin) == margin_json(answers.cogs(session, 1, JANUARY, Config(), today=TODAY))


def test_each_week_is_what_cogs_says_of_it(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine)) as session:
        pack = january(session)
        assert len(pack.weeks) == 13
        for week in pack.weeks[-4:]:
            document: Any = margin_json(answers.cogs(session, 1, week.period, Config(), today=TODAY))
            assert money_of(week.cin7.sales, "USD") == document["total"]["sales"]
            assert money_of(week.cin7.cogs, "USD") == document["total"]["cogs"]
            assert week.qbo is not None
            assert money_of(week.qbo.cogs, "USD") == document["qbo"]["cogs"]
            assert money_of(week.qbo.gross_profit, "USD") == document["qbo"]["gross_profit"]


def test_the_last_day_is_the_closing_balance_and_the_gap_begins_on_the_day_that_the_tie_out_names(
    sqlite_engine: Engine,
) -> None:
    with Session(filled(sqlite_engine)) as session:
        pack = january(session)
    control = pack.control("inventory")
    assert control is not None
    assert control.closing is not None
    last = pack.days[-1]
    assert (last.cin7, last.qbo, last.gap) == (control.closing.cin7, control.closing.qbo, control.closing.difference)
    first = next(day.day for day in pack.days if day.gap)
    assert first == control.closing.first_divergence == date(2026, 1, 13)
    assert [day.day for day in pack.days] == list(JANUARY)
    assert {day.day: day.stock_value for day in pack.days if day.stock_value} == {
        date(2026, 1, 24): 3_950_000,
        date(2026, 1, 31): 4_009_550,
    }


def test_balances_that_are_not_cached_from_the_beginning_are_a_reason_and_no_days(sqlite_engine: Engine) -> None:
    late = [whole(source, date(2026, 1, 10)) for source in Source]
    made = cache(sqlite_engine, LEDGER, windows=late)
    with Session(made.engine) as session:
        pack = answers.weekly(session, 1, JANUARY, Config(), today=TODAY, now=READ)
    assert pack.days == ()
    assert "not cached from 2026-01-01" in pack.days_reason


def test_locations_are_valued_with_all_digits_and_say_what_rounding_takes(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine)) as session:
        places = january(session).places
    assert places is not None
    assert [(p.location, p.value, p.before) for p in places.places] == [
        ("Main", 3_000_001, 3_050_000),
        (NASTY, 1_009_550, 900_000),
    ]
    assert (places.total, places.rounding, places.change) == (4_009_550, -1, 59_550)
    assert (places.day, places.before_day) == (JANUARY.end, date(2026, 1, 24))


def test_a_snapshot_less_than_a_week_before_is_no_change_on_the_week(sqlite_engine: Engine) -> None:
    rows = [
        StockDay(company=1, day=JANUARY.end - timedelta(n), sku="A", location="Main", on_hand=Decimal(1),
                 value=Decimal(5), taken_at=READ)
        for n in (0, 6)
    ]  # fmt: skip
    made = cache(sqlite_engine, TIED, *rows)
    with Session(made.engine) as session:
        places = answers.weekly(session, 1, JANUARY, Config(), today=TODAY, now=READ).places
    assert places is not None
    assert (places.before_day, places.change) == (None, None)


def test_open_findings_have_their_owners_and_first_sight(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine)) as session:
        pack = january(session)
    assert {each.finding.owner for each in pack.open} == {"", NASTY}
    assert all(each.finding.first_seen == READ - timedelta(14) for each in pack.open)
    assert {each.finding.id for each in pack.open} == {found.id for found in pack.tied.findings}


def test_what_nobody_remembered_yet_is_open_without_a_first_sight(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine)) as session:
        pack = answers.weekly(session, 1, JANUARY, Config(), today=TODAY, now=READ)
    assert len(pack.open) == len(pack.tied.findings) > 0
    assert {each.finding.first_seen for each in pack.open} == {None}


def test_the_evidence_hashes_change_with_the_books(sqlite_engine: Engine, tmp_path: Any) -> None:
    with Session(filled(sqlite_engine)) as session:
        before = january(session).evidence.hashes
        again = january(session).evidence.hashes
        session.connection().exec_driver_sql("UPDATE posting SET amount = amount + 1 WHERE document = '8'")
        after = january(session).evidence.hashes
    assert before == again
    assert {name for name in before if before[name] != after[name]} == {"qbo_ledger", "qbo_balances", "report"}


@pytest.mark.parametrize(("first_weekday", "start"), [(0, date(2026, 1, 26)), (6, date(2026, 1, 25))])
def test_weeks_begin_on_the_company_s_day_and_follow_each_other(first_weekday: int, start: date) -> None:
    found = spans(date(2026, 1, 31), first_weekday)
    assert found[-1].start == start
    assert all(later.start == earlier.end + timedelta(1) for earlier, later in pairwise(found))
    assert {len(week) for week in found} == {7}
    assert len(found) == 13


def test_a_week_that_is_not_over_says_so(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine)) as session:
        week = Period(date(2026, 2, 9), date(2026, 2, 15))
        pack = answers.weekly(session, 1, week, Config(), today=TODAY, now=READ)
    assert [week.over for week in pack.weeks[-2:]] == [True, False]
    assert pack.days[-1].day == TODAY == pack.last_day


def test_without_quickbooks_there_is_no_pack(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, "2026-01-05 Sale s1 INV-1 610 200 1.00", windows=[whole(Source.CIN7)])
    with Session(made.engine) as session, pytest.raises(NotSynced):
        answers.weekly(session, 1, JANUARY, Config(), today=TODAY, now=READ)


def test_the_headline_says_tied_or_the_gap_its_causes_and_the_margin(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine)) as session:
        pack = january(session)
    told = headline(pack, voice(pack))
    assert not told.tied
    assert told.title.startswith("Not tied: 3 of ")
    assert told.lines[0] == "Inventory: Cin7 less QuickBooks is -$1,204.50 at the period's end."
    assert told.lines[1] == "Missing in QuickBooks: 3 events, $1,204.50."
    assert told.lines[2] == "Amount differs: 1 event, $10.00."
    assert told.lines[-1] == "Gross margin 43.6%."


def test_the_headline_of_a_clean_company_says_that_all_controls_agree(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine, TIED)) as session:
        pack = january(session)
    told = headline(pack, voice(pack))
    assert told.tied
    assert told.title.startswith("Tied: all ")
