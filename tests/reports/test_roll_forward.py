"""The roll-forward of inventory: classed on both sides, tied to the ledger, and honest about what it cannot class."""

from __future__ import annotations

import pytest

from reports.month_end import MonthEnd
from reports.roll_forward import CLASSES, RollForward
from tests.reports.months import month_end


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> MonthEnd:
    return month_end(tmp_path_factory.mktemp("month"))


def roll_of(month: MonthEnd) -> RollForward:
    assert month.roll is not None
    return month.roll


def test_each_movement_is_classed_by_what_it_is_posted_against(month: MonthEnd) -> None:
    moved = dict(roll_of(month).moved)
    assert moved == {
        "receipts": (20000, 24000),
        "landed cost": (1900, 1900),
        "production": (0, 0),
        "shipments": (-6000, -9300),
        "adjustments": (-700, -700),
        "transfers": (-3000, -3000),
        "opening entries": (0, 0),
        "not classed": (-250, 1000),
    }
    assert tuple(moved) == CLASSES


def test_opening_and_all_that_moved_is_closing_on_both_sides_and_as_the_tie_out_has_it(month: MonthEnd) -> None:
    roll = roll_of(month)
    assert (roll.opening, roll.closing) == ((50000, 50000), (61950, 63900))
    inventory = next(control for control in month.pack.tied.controls if control.name == "inventory")
    assert inventory.closing is not None
    assert roll.closing == (inventory.closing.cin7, inventory.closing.qbo)
    assert (roll.movement(0), roll.movement(1)) == (inventory.cin7, inventory.qbo)


def test_what_nothing_classes_is_named_document_by_document(month: MonthEnd) -> None:
    assert [(each.source.value, each.number, each.amount) for each in roll_of(month).unclassed] == [
        ("cin7", "JR-1", -250),
        ("qbo", "BY-HAND", 1000),
    ]


def test_goods_received_are_what_the_accrued_purchases_hold(month: MonthEnd) -> None:
    found = month.grni
    assert found is not None
    assert (found.cin7, found.qbo) == (21900, 21900)
    assert [(lot.order, lot.account, lot.amount) for lot in found.lots] == [
        ("PO-1", "650", 1500),
        ("PO-1", "801", 20000),
        ("TR-2", "650", 400),
    ]


def test_what_stands_against_signing_is_told_and_nobody_owns_what_is_new(month: MonthEnd) -> None:
    assert month.signed.status == "unsigned"
    assert any(reason.id == "unowned_error" for reason in month.against)
    assert [owner.name for owner in month.owners] == ["nobody"]
    assert month.owners[0].count("error") >= 3
