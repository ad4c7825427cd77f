"""The test sync: each step of the guide's checklist waits, is right, or is wrong, and the watch tells what moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from bot.checking import watched
from reports.books import Config
from reports.checked import Asked
from reports.checked import test_sync as judged
from reports.show import Shown
from reports.trial_sync import Counts, State, Trial, trial
from sync.domain.accounts import Source
from sync.store.db import reading
from tests.reports.ledgers import READ, TODAY, cache
from tests.reports.test_show import LEDGER, asked, header, rows

STEPS = ("order", "invoice", "payment", "cogs_entry", "cogs_amount", "stock_cin7", "stock_qbo", "bill")


def states(found: Trial) -> dict[str, str]:
    return {step.rule.removeprefix("test_sync."): step.state for step in found.steps}


def sale(engine: Engine, lost: str = "", *, changed: timedelta | None = None) -> Shown:
    """The test sale of test_show, without one of QuickBooks' documents; `changed`: so long before it was read."""
    kept = [row for row in rows() if not (row.source == "qbo" and row.id == lost)]
    told = [each for each in LEDGER.splitlines() if not (lost and each.startswith("qbo") and each.split()[3] == lost)]
    cache(engine, "\n".join(told), *kept)
    found = asked(engine, "INV-1")
    return found if changed is None else replace(found, main=replace(found.main, updated=READ - changed))


def test_a_test_sale_that_went_through_is_right_in_every_step(engine: Engine) -> None:
    found = trial(sale(engine), None)
    assert tuple(states(found)) == STEPS
    assert {name: state for name, state in states(found).items() if state != "right"} == {"bill": "waiting"}
    assert not found.done


@pytest.mark.parametrize(
    ("lost", "steps"), [("8", {"cogs_entry", "cogs_amount", "stock_qbo"}), ("7", {"invoice", "payment"})]
)
def test_what_has_not_come_to_quickbooks_is_waited_for_a_day_and_then_wrong(
    engine: Engine, lost: str, steps: set[str]
) -> None:
    young = states(trial(sale(engine, lost, changed=timedelta(hours=2)), None))
    again = asked(engine, "INV-1")
    old = states(trial(replace(again, main=replace(again.main, updated=READ - timedelta(days=2))), None))
    assert {name for name, state in young.items() if state == "waiting"} - {"bill"} == steps
    assert {name for name, state in old.items() if state == "wrong"} == steps


def test_another_total_in_quickbooks_is_wrong_at_once(engine: Engine) -> None:
    changed = rows()
    changed[2].total = 12000
    cache(engine, LEDGER, *changed)
    found = trial(asked(engine, "INV-1"), None)
    assert {step.rule: step.cause for step in found.steps if step.state == "wrong"} == {
        "test_sync.invoice": "amount_differs"
    }


def test_an_order_that_nobody_processed_waits_in_every_step(engine: Engine) -> None:
    draft = header("cin7", "Sale", "s2", "SO-2", status="DRAFT", day=TODAY)
    cache(engine, "", draft)
    assert set(states(trial(asked(engine, "SO-2"), None)).values()) == {"waiting"}


def test_without_any_document_every_step_waits_and_says_what_to_make() -> None:
    found = trial(None, None)
    assert tuple(states(found)) == STEPS
    assert set(states(found).values()) == {"waiting"}
    assert found.steps[0].fix.startswith("Make a test sale in Cin7")


def test_where_quickbooks_counts_an_item_its_count_must_be_cin7s(engine: Engine) -> None:
    whole = sale(engine)
    sku = next(item.sku for item in whole.items if item.sku)
    for theirs, state in ((Decimal(7), "right"), (Decimal(6), "wrong"), (None, "right")):
        assert states(trial(whole, None, {sku: Counts(Decimal(7), theirs)}))["stock_qbo"] == state


def test_the_newest_document_that_says_test_is_taken_before_newer_ones(engine: Engine) -> None:
    cache(
        engine,
        LEDGER,
        header("cin7", "Sale", "s8", "SO-8", status="COMPLETED", invoice="INV-8", day=TODAY),
        header("cin7", "Sale", "s7", "SO-7", status="ORDERED", counterparty="Test Customer", day=TODAY - timedelta(9)),
        header("cin7", "Purchase", "p1", "PO-1", status="INVOICED", invoice="B-1", day=TODAY),
    )
    with reading(engine) as session:
        found = judged(session, 1, Config(), Asked(TODAY, ""))
        named = judged(session, 1, Config(), Asked(TODAY, "PO-1"))
    assert (found.sale, found.purchase) == ("SO-7", "B-1")
    assert (named.sale, named.purchase) == ("SO-7", "PO-1")


def test_the_watch_tells_each_step_that_moved_once_and_ends_when_all_are_judged(engine: Engine) -> None:
    whole = sale(engine)
    first, second = trial(None, None), trial(whole, None)
    last = replace(
        second, steps=(*second.steps[:-1], replace(second.steps[-1], state=State.RIGHT, message="Bill B-1."))
    )
    looks: Iterator[Trial] = iter([first, first, second, last])
    told: list[str] = []
    found = watched(lambda: next(looks), told.append, lambda: True)
    assert found.done
    assert len(told) == 8 + 7 + 1
    assert told[-1] == "right   Bill B-1."


def test_a_pause_that_says_no_ends_the_watch() -> None:
    looks = iter([trial(None, None)])
    assert not watched(lambda: next(looks), lambda _: None, lambda: False).done


def test_a_bill_of_the_same_total_is_right(engine: Engine) -> None:
    bought = header("cin7", "Purchase", "p1", "PO-1", status="INVOICED", invoice="B-1", total=5000, balance=5000)
    bill = header("qbo", "Bill", "77", "B-1", total=5000, balance=5000)
    ledger = "2026-01-05 Purchase p1 B-1 630 800 50.00\nqbo 2026-01-05 Bill 77 B-1 86:-50.00 85:50.00"
    cache(engine, ledger, bought, bill)
    found = trial(None, asked(engine, "B-1"))
    assert states(found)["bill"] == "right"
    assert Source.QBO in {paper.source for paper in asked(engine, "B-1").papers}
