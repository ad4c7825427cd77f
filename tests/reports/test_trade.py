"""What the ledger tells of documents: orders, references, and shares that add up whatever is posted."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.cogs import cogs
from reports.grouping import GROUPS
from reports.trade import Group, Trade, numbers, orders
from sync.domain.accounts import Source
from tests.reports.ledgers import books


def group(number: str, amount: int, raises: bool, kind: str = "Sale") -> Group:
    return Group.of("revenue", kind, "d", number, amount, raises)


@pytest.mark.parametrize(
    ("groups", "number"),
    [
        ([group("INV-1", 100, True)], 1),
        ([group("INV-1", 100, True), group("INV-1", 20, True)], 1),
        ([group("INV-1/CR-1", 0, True)], 1),
        ([group("INV-1", 0, True)], 0),
        ([group("INV-1/CR-1", -20, False)], 0),
        ([group("CR-1", -20, False)], 0),
        ([group("CR-2", 20, True)], 0),
        ([group("M-1", 20, True, "MoneyReceive")], 0),
        ([], 0),
    ],
)
def test_orders_are_documents_invoiced(groups: list[Group], number: int) -> None:
    assert orders(groups, {"CR-2"}) == number


def test_a_reference_may_hold_several_numbers() -> None:
    assert numbers("INV-00004/CR-00002") == ("INV-00004", "CR-00002")
    assert numbers("INV-1") == ("INV-1",)
    assert numbers("") == ()


GROUPED = st.lists(
    st.builds(
        Group.of,
        st.sampled_from(["revenue", "cogs"]),
        st.sampled_from(["Sale", "Journal"]),
        st.sampled_from("abc"),
        st.sampled_from(["INV-1", "INV-2", "INV-1/CR-1", ""]),
        st.integers(-1000, 1000),
        st.booleans(),
    ),
    max_size=8,
)


@given(GROUPED, st.sampled_from(GROUPS), st.randoms(use_true_random=False))
def test_whatever_is_posted_the_rows_add_up_in_any_order(groups: list[Group], by: str, random: Random) -> None:
    ledger = books("")
    moved = {"revenue": "200", "cogs": "310"}
    movement = {
        (Source.CIN7, code): ledger.map.sign(name) * sum(g.amount for g in groups if g.control == name)
        for name, code in moved.items()
    }
    ledger = replace(ledger, movement=movement)
    result = cogs(ledger, Trade(groups=tuple(groups)), by)
    assert sum(row.total.sales for row in result.rows) == result.total.sales
    assert sum(row.total.cogs for row in result.rows) == result.total.cogs
    random.shuffle(groups)
    turned = cogs(ledger, Trade(groups=tuple(groups)), by)
    assert (turned.rows, turned.total) == (result.rows, result.total)
