"""Faults of stock, products, accounts and opening balances as they show over the two APIs, and what came too late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sync.sandbox.breaks.table import BREAKS
from sync.sandbox.cin7_reference import lock_day
from sync.sandbox.switches import Switches
from tests.sync.sandbox.breaking import TODAY, broken, company, entity, gaps, plain


def test_a_shipment_without_cost_shows_in_its_detail_alone() -> None:
    world = plain(7, task_id="document")
    (finding,) = broken(world, "zero_cost_shipment").findings
    (doc,) = finding.cin7
    moves = [
        move
        for own in world.cin7.details["sale"]
        for move in world.cin7.details["sale"][own]["InventoryMovements"]
        if move["TaskID"] == doc.task_id
    ]
    assert moves
    assert {move["COGS"] for move in moves} == {Decimal(0)}
    assert not [row for row in world.cin7.lists["transactions"] if row["TaskID"] == doc.task_id]


def test_negative_stock_shows_in_the_availability_of_its_place() -> None:
    world = plain(7)
    (finding,) = broken(world, "negative_stock").findings
    negative = {f"{row['SKU']} @ {row['Location']}" for row in world.cin7.lists["ref/productavailability"]
                if row["OnHand"] < 0}  # fmt: skip
    assert negative == {finding.subject}


@pytest.mark.parametrize("variant", BREAKS["unmapped_account"])
def test_an_account_that_qbo_lacks_keeps_its_documents_out_of_qbo(variant: str) -> None:
    world = plain(7)
    expected = broken(world, "unmapped_account", variant)
    code = expected.findings[0].subject
    assert code in {row["Code"] for row in world.cin7.lists["ref/account"]}
    assert code not in {row.get("AcctNum") for row in world.qbo.entities["Account"]}
    assert f"account:{code}" in expected.controls()
    assert ("account:850" in expected.controls()) == (variant == "journal")


def test_an_item_with_quantity_tracking_posts_cost_on_its_invoices() -> None:
    world = plain(7)
    expected = broken(world, "quantity_tracking_on")
    items = {row.get("Sku"): row for row in world.qbo.entities["Item"]}
    item = items[expected.findings[0].subject]
    assert (item["Type"], item["TrackQtyOnHand"]) == ("Inventory", True)
    for finding in expected.findings:
        assert entity(world, finding.qbo[0].type, finding.qbo[0].id)["TxnDate"] >= item["InvStartDate"]
        assert finding.cin7[0].amount == 0
        assert finding.amount() == -finding.qbo[0].amount
    assert expected.amount("cogs") == -expected.amount("inventory") < 0


def test_faults_of_the_product_map_show_in_the_lists() -> None:
    world = plain(7)
    subjects = {cause: broken(world, cause).findings[0].subject
                for cause in ("unmapped_product", "illegal_name")}  # fmt: skip
    twice = broken(world, "duplicate_product", seed=5).findings[0].subject
    skus = [row.get("Sku") for row in world.qbo.entities["Item"]]
    assert subjects["unmapped_product"] not in skus
    assert skus.count(twice) == 2
    name = next(row["Name"] for row in world.cin7.lists["product"] if row["SKU"] == subjects["illegal_name"])
    assert ":" in name or "\\" in name or len(name) > 100


def test_the_opening_gap_is_what_both_sides_differ_by_before_any_later_period() -> None:
    world = plain(7)
    first = date(2025, 10, 1)
    before = {key: amount for key, amount in gaps(world).items() if key[1] < f"{first:%Y-%m}"}
    expected = broken(world, "opening_difference")
    after = {key: amount for key, amount in gaps(world).items() if key[1] < f"{first:%Y-%m}"}
    for finding in (each for each in expected.findings if each.cause == "opening_difference"):
        assert (finding.amount(), finding.nature) == (0, "policy")
        moved = sum(after.get(key, 0) - before.get(key, 0) for key in after.keys() | before.keys()
                    if key[0] == finding.control)  # fmt: skip
        assert finding.size == moved != 0


@pytest.mark.parametrize("variant", BREAKS["backdated_after_close"])
def test_a_backdated_document_has_its_money_under_the_ordinary_cause_with_the_same_root(variant: str) -> None:
    expected = broken(company(3, months=8, switches=Switches(), currency="USD"), "backdated_after_close", variant)
    assert expected.closed == lock_day(TODAY)
    assert all(day <= lock_day(TODAY) for day in expected.days())
    late = [each for each in expected.findings if each.cause == "backdated_after_close"]
    plainly = [each for each in expected.findings if each.cause != "backdated_after_close"]
    assert [(each.control, each.root) for each in late] == [(each.control, each.root) for each in plainly]
    assert {each.amount() for each in late} == {0}
    assert all(each.amount() for each in plainly)
