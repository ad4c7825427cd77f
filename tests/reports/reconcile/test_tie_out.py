"""The laws of the tie-out: difference, explained, unexplained; opening, movement, closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers
from reports.books import CONTROLS, Config, ReportProof
from reports.reconcile.closing import Balances, first_divergence
from reports.reconcile.findings import Cin7Document, Finding, OpenSet, QboDocument
from reports.reconcile.tie_out import Control, TieOut, tie_out, to_json, to_text
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.errors import InvariantBroken, NotSynced
from sync.store.tables import StockDay
from tests.reports.ledgers import JANUARY, READ, TODAY, Cache, books, cache, whole

LEDGER = """
2026-01-01 Journal j0 JR-1 630 970 500.00
2026-01-05 Sale s1 INV-1 610 200 100.00
2026-01-06 Sale s1 INV-1 310 630 60.00
2026-01-20 Sale s2 INV-2 610 200 30.00
2026-02-02 Sale s3 INV-3 310 630 5.00
qbo 2026-01-01 JournalEntry 1 JR-1 85:500.00 90:-500.00
qbo 2026-01-05 Invoice 2 INV-1 84:100.00 79:-100.00
qbo 2026-01-07 JournalEntry 3 INV-1 82:60.00 85:-60.00
qbo 2026-02-03 Invoice 4 INV-2 84:30.00 79:-30.00
qbo 2026-02-03 JournalEntry 5 INV-3 82:5.00 85:-5.00
"""
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


def ask(made: Cache, period: Period = JANUARY) -> TieOut:
    with Session(made.engine) as session:
        return answers.reconcile(session, 1, period, Config(), today=TODAY)


def control(result: TieOut, name: str) -> Control:
    return next(each for each in result.controls if each.name == name)


def finding(name: str | None, amount: int) -> Finding:
    return Finding("f1", "r1", "missing_in_qbo", "error", name, amount, "INV-2", "certain",
                   "Not in QuickBooks.", "Sync it.",
                   cin7=(Cin7Document("s2", "INV-2", "Sale", date(2026, 1, 20), amount),),
                   qbo=(QboDocument("9", "Invoice", "INV-2", date(2026, 2, 1), 0),))  # fmt: skip


def test_both_sides_of_each_control_stand_beside_each_other(engine: Engine) -> None:
    result = ask(cache(engine, LEDGER))
    revenue = control(result, "revenue")
    assert (revenue.cin7, revenue.qbo, revenue.difference) == (13000, 10000, 3000)
    assert (revenue.cin7_accounts, revenue.qbo_accounts) == (("200", "210"), ("79", "80"))
    assert [c.name for c in result.controls][:3] == ["inventory", "receivables", "payables"]
    assert set(CONTROLS) >= {c.name for c in result.controls if not c.name.startswith("account:")}


def test_what_quickbooks_dates_in_another_month_is_named_on_each_control_that_differs(engine: Engine) -> None:
    result = ask(cache(engine, LEDGER))
    elsewhere = [found for found in result.findings if found.amount]
    assert {(found.cause, found.control, found.amount) for found in elsewhere} == {
        ("different_period", "revenue", 3000),
        ("different_period", "receivables", 3000),
    }
    assert len({found.root for found in elsewhere}) == 1
    assert not result.ambiguous
    assert [control(result, name).unexplained for name in ("revenue", "cogs")] == [0, 0]


def test_closing_is_opening_and_movement(engine: Engine) -> None:
    made = cache(engine, LEDGER)
    january, february = (control(ask(made, period), "receivables").closing for period in (JANUARY, FEBRUARY))
    assert january is not None
    assert february is not None
    assert (january.opening_difference, january.difference, january.first_divergence) == (0, 3000, date(2026, 1, 20))
    assert (february.opening_difference, february.difference, february.first_divergence) == (3000, 0, None)
    assert february.opening_unexplained == 3000


def test_a_gap_that_closes_again_is_no_divergence(engine: Engine) -> None:
    stock = control(ask(cache(engine, LEDGER)), "inventory").closing
    assert stock is not None
    assert (stock.cin7, stock.qbo, stock.first_divergence) == (44000, 44000, None)


def test_a_profit_and_loss_control_has_no_balance(engine: Engine) -> None:
    found = control(ask(cache(engine, LEDGER)), "revenue")
    assert found.closing is None
    assert "profit and loss" in found.closing_reason


def test_postings_that_do_not_reach_back_leave_the_balance_out(sqlite_engine: Engine) -> None:
    windows = [whole(Source.CIN7), whole(Source.QBO, start=date(2026, 1, 3))]
    found = control(ask(cache(sqlite_engine, LEDGER, windows=windows)), "inventory")
    assert found.closing is None
    assert found.closing_reason == (
        "Postings of QuickBooks are not cached from 2026-01-01 on (the opening balance date): 2026-01-01 is missing."
    )


def test_stock_is_held_against_cin7s_own_ledger(engine: Engine) -> None:
    made = cache(engine, LEDGER)
    for sku, value in (("A", "400.004"), ("B", "35.001")):
        made.add(StockDay(company=1, day=date(2026, 2, 5), sku=sku, location="Main", on_hand=Decimal(1),
                          value=Decimal(value), taken_at=READ))  # fmt: skip
    balance = control(ask(made), "inventory").closing
    assert balance is not None
    assert balance.subledger is not None
    assert (balance.subledger.value, balance.subledger.ledger, balance.subledger.difference) == (43501, 43500, 1)


def test_a_snapshot_of_the_period_comes_before_a_later_one(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, LEDGER)
    for day, value in ((date(2026, 1, 31), "440"), (date(2026, 2, 5), "1")):
        made.add(StockDay(company=1, day=day, sku="A", location="Main", on_hand=Decimal(1), value=Decimal(value),
                          taken_at=READ))  # fmt: skip
    balance = control(ask(made), "inventory").closing
    assert balance is not None
    assert balance.subledger is not None
    assert (balance.subledger.value, balance.subledger.difference) == (44000, 0)


def test_without_quickbooks_there_is_nothing_to_tie_to(sqlite_engine: Engine) -> None:
    with pytest.raises(NotSynced, match="QuickBooks"):
        ask(cache(sqlite_engine, LEDGER, windows=[whole(Source.CIN7)]))


def test_findings_explain_and_the_rest_stays_open() -> None:
    result = tie_out(books(LEDGER), Balances(unreachable="not asked"), findings=[finding("revenue", 2500)])
    found = control(result, "revenue")
    assert (found.difference, found.explained, found.unexplained) == (3000, 2500, 500)
    assert OpenSet("revenue", 500) in result.ambiguous


def test_open_sets_that_do_not_add_up_give_no_figure() -> None:
    with pytest.raises(InvariantBroken, match="revenue"):
        tie_out(books(LEDGER), Balances(unreachable="-"), ambiguous=[OpenSet("revenue", 1)])


def test_a_finding_on_no_control_of_ours_gives_no_figure() -> None:
    with pytest.raises(InvariantBroken, match="wine"):
        tie_out(books(LEDGER), Balances(unreachable="-"), findings=[finding("wine", 1)])


def test_balances_that_do_not_follow_from_the_movement_give_no_figure() -> None:
    with pytest.raises(InvariantBroken, match="receivables"):
        tie_out(books(LEDGER), Balances())


def test_a_finding_without_a_control_moves_no_figure() -> None:
    result = tie_out(books(LEDGER), Balances(unreachable="-"), findings=[finding(None, 0)])
    assert control(result, "revenue").explained == 0


def test_the_document_is_the_contracts() -> None:
    ledger = replace(
        books(LEDGER), proofs=(ReportProof("ProfitAndLoss", "tied", 0), ReportProof("TrialBalance", "unavailable", 0))
    )
    document = to_json(
        tie_out(ledger, Balances(unreachable="-"), findings=[finding("revenue", 3000)], matched={"revenue": 1})
    )
    assert document["schema"] == "tieout/reconcile/1"
    assert document["period"] == {"start": "2026-01-01", "end": "2026-01-31"}
    assert document["proofs"] == [
        {"report": "ProfitAndLoss", "status": "tied", "difference": "0.00"},
        {"report": "TrialBalance", "status": "unavailable", "difference": None},
    ]
    controls = document["controls"]
    assert isinstance(controls, list)
    assert next(each for each in controls if each["control"] == "revenue") == {
        "control": "revenue", "accounts": {"cin7": ["200", "210"], "qbo": ["79", "80"]},
        "cin7": "130.00", "qbo": "100.00", "difference": "30.00", "explained": "30.00", "unexplained": "0.00",
        "matched_documents": 1,
        "closing": None,
        "closing_reason": "This control is of the profit and loss, which carries no balance.",
    }  # fmt: skip
    assert document["findings"] == [{
        "id": "f1", "root": "r1", "cause": "missing_in_qbo", "nature": "error", "control": "revenue", "amount": "30.00",
        "at_stake": None, "count": 1, "subject": "INV-2", "confidence": "certain",
        "cin7": [{"task_id": "s2", "reference": "INV-2", "type": "Sale", "date": "2026-01-20", "amount": "30.00"}],
        "qbo": [{"id": "9", "type": "Invoice", "doc_number": "INV-2", "date": "2026-02-01", "amount": "0.00"}],
        "explanation": "Not in QuickBooks.", "remedy": "Sync it.", "first_seen": None, "owner": None, "due": None,
        "clears": None, "entry": None,
    }]  # fmt: skip
    assert document["ambiguous"] == [{"control": "receivables", "amount": "30.00", "cin7": [], "qbo": []}]


def test_a_closing_balance_is_written_whole(engine: Engine) -> None:
    controls = to_json(ask(cache(engine, LEDGER)))["controls"]
    assert isinstance(controls, list)
    assert next(each for each in controls if each["control"] == "receivables")["closing"] == {
        "cin7": "130.00", "qbo": "100.00", "difference": "30.00", "opening_difference": "0.00",
        "opening_explained": "0.00", "opening_unexplained": "0.00", "first_divergence": "2026-01-20", "subledger": None,
    }  # fmt: skip


def test_people_read_what_agrees_and_since_when_it_does_not(engine: Engine) -> None:
    text = to_text(ask(cache(engine, LEDGER)))
    assert "receivables: the balances diverge since 2026-01-20." in text
    assert "3 of 5 controls agree to the cent." in text


DAYS = st.dictionaries(
    st.integers(0, 30).map(lambda n: date(2026, 1, 1) + timedelta(days=n)), st.integers(-5, 5), max_size=8
)


@given(DAYS, DAYS)
def test_divergence_begins_where_the_gap_is_never_zero_again(cin7: dict[date, int], qbo: dict[date, int]) -> None:
    def gap(day: date) -> int:
        return sum(a for d, a in cin7.items() if d <= day) - sum(a for d, a in qbo.items() if d <= day)

    found = first_divergence(cin7, qbo)
    month = list(Period(date(2026, 1, 1), date(2026, 1, 31)))
    if found is None:
        assert gap(month[-1]) == 0
    else:
        assert all(gap(day) for day in month if day >= found)
        assert gap(found - timedelta(days=1)) == 0


AMOUNTS = st.integers(-10_000, 10_000)


@given(AMOUNTS, AMOUNTS, st.lists(AMOUNTS, max_size=4))
def test_every_difference_is_explained_or_open_to_the_cent(cin7: int, qbo: int, amounts: list[int]) -> None:
    movement = {(Source.CIN7, "200"): -cin7, (Source.QBO, "79"): -qbo}
    found = [finding("revenue", amount) for amount in amounts]
    result = tie_out(replace(books(""), movement=movement), Balances(unreachable="-"), findings=found)
    revenue = control(result, "revenue")
    assert revenue.difference == cin7 - qbo == revenue.explained + revenue.unexplained
    assert revenue.unexplained == sum(each.amount for each in result.ambiguous if each.control == "revenue")
