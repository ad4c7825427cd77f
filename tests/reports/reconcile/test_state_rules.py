"""The causes that look at a state: what is open between goods and papers, stock, products, accounts, late changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reports.books import Config
from reports.reconcile.documents import Header
from reports.reconcile.explain import Explained
from reports.reconcile.standing import Changed, Moved, State
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.domain.stock import Product
from tests.reports.ledgers import CHART
from tests.reports.reconcile.pictures import examined, one, told

ACCRUAL = Config(controls={"accrued_purchases": ("801",)})
TEXT = "{name} - PO-1"


def _moved(kind: str, day: int, cost: int, number: str = "PO-1", task: str = "r1", quantity: int = 2) -> Moved:
    return Moved(task, number, kind, date(2026, 1, day), "SKU-1", Decimal(quantity), cost)


def _timing(found: Explained) -> list[tuple[str, str | None, str, int | None, int]]:
    return [(f.cause, f.control, f.subject, f.at_stake, f.amount) for f in found.findings if f.nature == "timing"]


def test_shipped_and_not_invoiced_is_the_cost_at_stake_on_revenue() -> None:
    text = """
    2026-01-30 Sale f1 SO-1 310 630 60.00
    qbo 2026-01-30 JournalEntry 8 COGS-SO-1 82:60.00 85:-60.00
    2026-02-03 Sale i1 SO-1 610 200 100.00
    qbo 2026-02-03 Invoice 7 SO-1 84:100.00 79:-100.00
    """
    assert _timing(examined(text)) == [("shipped_not_invoiced", "revenue", "SO-1", 6000, 0)]
    both = examined(text, period=Period(date(2026, 1, 1), date(2026, 2, 28)))
    assert _timing(both) == []


def test_received_and_not_billed_stands_on_accrued_purchases_where_accrual_is_on() -> None:
    text = """
    2026-01-30 Purchase r1 PO-1 630 801 40.00
    qbo 2026-01-30 JournalEntry 8 PO-1 85:40.00 87:-40.00
    """
    waiting = Header(Source.CIN7, "Purchase", "p1", "PO-1", version="received=FULLY RECEIVED; invoice=NOT INVOICED")
    found = examined(text, waiting, state=State(moved=(_moved("Purchase", 30, 4000),)), config=ACCRUAL, text_of=TEXT)
    assert _timing(found) == [("received_not_billed", "accrued_purchases", "PO-1", 4000, 0)]
    assert one(found, "received_not_billed", "accrued_purchases").cin7[0].amount == 4000


def test_received_and_not_billed_stands_on_inventory_where_nothing_accrues() -> None:
    waiting = Header(Source.CIN7, "Purchase", "p1", "PO-1", version="received=FULLY RECEIVED; invoice=NOT INVOICED")
    found = examined("", waiting, state=State(moved=(_moved("Purchase", 30, 4000),)))
    assert _timing(found) == [("received_not_billed", "inventory", "PO-1", 4000, 0)]


def test_billed_and_not_received_stands_on_inventory() -> None:
    text = """
    2026-01-30 Purchase p1 B-1 630 800 40.00
    qbo 2026-01-30 Bill 8 B-1 85:40.00 86:-40.00
    """
    waiting = Header(
        Source.CIN7, "Purchase", "p1", "PO-1", invoice="B-1", version="received=NOT RECEIVED; invoice=INVOICED"
    )
    assert _timing(examined(text, waiting, text_of=TEXT)) == [("billed_not_received", "inventory", "B-1", 4000, 0)]


def test_a_transfer_is_in_transit_from_its_departure_to_its_arrival() -> None:
    sent = Header(
        Source.CIN7, "StockTransfer", "t1", "TR-1", status="COMPLETED", day=date(2026, 1, 29), due=date(2026, 2, 4)
    )
    state = State(moved=(_moved("Transfer Out", 29, -700, "TR-1", "t1", -2),))
    config = Config(controls={"in_transit": ("801",)})
    found = examined("", sent, state=state, config=config)
    assert _timing(found) == [("in_transit", "in_transit", "TR-1", 700, 0)]
    february = Period(date(2026, 2, 1), date(2026, 2, 28))
    assert _timing(examined("", sent, state=state, config=config, period=february)) == []


def test_a_late_cost_that_both_post_is_policy_of_nothing_and_an_error_where_one_lacks_it() -> None:
    cost = "2026-01-20 Sale f1 INV-1 310 630 5.00\n"
    journal = "qbo 2026-01-20 JournalEntry 8 COGS-INV-1 82:5.00 85:-5.00"
    changes = (("f1", date(2026, 1, 20)),)
    both = one(examined(cost + journal, changes=changes), "late_cost", "cogs")
    assert (both.amount, both.nature, both.cin7[0].amount, both.qbo[0].amount) == (0, "policy", 500, 500)
    missing = examined(cost, changes=changes)
    assert told(missing) == [("late_cost", "cogs", 500), ("late_cost", "inventory", -500)]
    assert {each.nature for each in missing.findings if each.cause == "late_cost"} == {"error"}


def test_a_shipment_without_cost_is_named_and_movements_that_tell_no_costs_accuse_nobody() -> None:
    state = State(moved=(_moved("Sale", 5, 0, "SO-1", "f1", -2),))
    finding = one(examined("", state=state), "zero_cost_shipment", "cogs")
    assert (finding.amount, finding.cin7[0].task_id, finding.cin7[0].reference) == (0, "f1", "SO-1")
    text = "2026-01-05 Sale f1 SO-1 310 630 60.00\nqbo 2026-01-05 JournalEntry 8 SO-1 82:60.00 85:-60.00"
    assert [f.cause for f in examined(text, state=state).findings if f.nature == "error"] == []


def test_a_shipment_without_cost_is_of_its_orders_invoice_and_not_of_an_earlier_one_of_its_customer() -> None:
    text = """
    2026-01-02 Sale i0 INV-1 610 200 50.00
    2026-01-05 Sale i3 INV-3 610 200 80.00
    qbo 2026-01-02 Invoice 1 INV-1 84:50.00 79:-50.00
    qbo 2026-01-05 Invoice 3 INV-3 84:80.00 79:-80.00
    """
    order = Header(
        Source.CIN7, "Sale", "s3", "SO-3", name="Harbor Home", invoice="INV-3", day=date(2026, 1, 5), status="COMPLETED"
    )
    state = State(moved=(_moved("Sale", 5, 0, "SO-3", "f3", -2),), goods_accounts=frozenset({"200"}))
    finding = one(examined(text, order, state=state, customer="Harbor Home"), "zero_cost_shipment", "cogs")
    assert (finding.cin7[0].task_id, finding.cin7[0].reference) == ("f3", "INV-3")


def test_stock_below_zero_names_product_and_place() -> None:
    finding = one(examined("", state=State(negative={("SKU-1", "Main"): Decimal(-3)})), "negative_stock", "inventory")
    assert (finding.amount, finding.subject, finding.nature) == (0, "SKU-1 @ Main", "error")


@pytest.mark.parametrize(
    ("items", "name", "cause"),
    [
        ((), "Chair", "unmapped_product"),
        (("SKU-1", "sku-1"), "Chair", "duplicate_product"),
        (("SKU-1",), "Chair: oak", "illegal_name"),
        (("SKU-1",), "Chair \\ oak", "illegal_name"),
        (("SKU-1",), "Chair" * 21, "illegal_name"),
        (("SKU-1",), "Chair", ""),
    ],
)
def test_faults_of_the_product_map_stand_on_no_control(items: tuple[str, ...], name: str, cause: str) -> None:
    own = (Product(Source.CIN7, "a", "SKU-1", name, "Stock"),)
    theirs = tuple(
        Product(Source.QBO, f"{n}", sku, f"Item {n}", "NonInventory") for n, sku in enumerate((*items, "SKU-9"))
    )
    found = examined("", state=State(products=own, items=theirs, sold=frozenset({"SKU-1"})))
    wanted = [(cause, None, "SKU-1", "error")] if cause else []
    assert [(f.cause, f.control, f.subject, f.nature) for f in found.findings] == wanted


def test_an_account_of_the_wrong_type_is_told_where_it_has_postings() -> None:
    chart = CHART.replace("82 Cost_of_Goods_Sold SuppliesMaterialsCogs", "82 Expense SuppliesMaterials")
    text = "2026-01-05 Sale f1 SO-1 310 630 60.00\nqbo 2026-01-05 JournalEntry 8 SO-1 82:60.00 85:-60.00"
    finding = one(examined(text, chart=chart), "wrong_account_type", "cogs")
    assert (finding.amount, finding.subject, finding.nature, finding.cin7) == (0, "310", "error", ())
    assert [f for f in examined("", chart=chart).findings if f.cause == "wrong_account_type"] == []


def test_what_changed_after_the_close_has_the_root_of_its_ordinary_finding() -> None:
    text = "qbo 2026-01-08 JournalEntry 9 GJ-9 82:20.00 85:-20.00"
    late = Changed(
        "qbo", "9", "JournalEntry", "GJ-9", date(2026, 1, 8), "qbo", date(2026, 1, 31), frozenset({"82", "85"})
    )
    found = examined(text, state=State(late=(late,)))
    backdated = [each for each in found.findings if each.cause == "backdated_after_close"]
    assert {(each.control, each.amount, each.qbo[0].id) for each in backdated} == {
        ("cogs", 0, "9"),
        ("inventory", 0, "9"),
    }
    assert {each.root for each in found.findings} == {one(found, "manual_journal", "cogs").root}
