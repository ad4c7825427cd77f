"""Goods received and not billed: what is left of each order, by age, and always what the ledger holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.grni import Accrued, aged
from sync.errors import InvariantBroken

END = date(2026, 1, 31)


def row(order: str, day: int, amount: int, supplier: str = "Bay", account: str = "801") -> Accrued:
    """`day` counts back from the end."""
    return Accrued(supplier, order, account, END - timedelta(days=day), amount)


def test_a_bill_takes_the_oldest_receipts_first() -> None:
    found = aged([row("PO-1", 100, 500), row("PO-1", 40, 300), row("PO-1", 5, -600)], END, 200, 200)
    assert [(lot.order, lot.amount, lot.days) for lot in found.lots] == [("PO-1", 200, 40)]


def test_a_bill_without_goods_is_minus_and_has_the_age_of_the_bill() -> None:
    found = aged([row("PO-2", 70, -400), row("PO-2", 10, 100)], END, -300, None)
    assert [(lot.amount, lot.days, lot.bucket) for lot in found.lots] == [(-300, 70, 2)]


def test_what_is_settled_is_not_listed() -> None:
    assert aged([row("PO-3", 9, 100), row("PO-3", 2, -100)], END, 0, 0).lots == ()


def test_suppliers_stand_by_age_the_largest_first() -> None:
    found = aged(
        [row("A", 30, 100), row("B", 31, 200), row("C", 91, 50), row("D", 0, 900, supplier="Keystone")], END, 1250, 0
    )
    assert found.suppliers() == (("Keystone", (900, 0, 0, 0)), ("Bay", (100, 200, 0, 50)))


def test_later_days_and_orders_that_do_not_come_to_the_balance_are_seen() -> None:
    assert aged([row("A", -3, 100)], END, 0, 0).lots == ()
    with pytest.raises(InvariantBroken):
        aged([row("A", 3, 100)], END, 99, 0)


rows = st.lists(
    st.builds(row, st.sampled_from("AB"), st.integers(0, 200), st.integers(-900, 900), st.sampled_from(["Bay", "Key"])),
    max_size=25,
)


@given(rows, st.randoms())
def test_what_is_left_is_always_what_the_account_holds_in_any_order_of_rows(
    some: list[Accrued], random: object
) -> None:
    held = sum(each.amount for each in some)
    found = aged(some, END, held, None)
    assert sum(lot.amount for lot in found.lots) == held
    assert sum(sum(money) for _, money in found.suppliers()) == held
    random.shuffle(some)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert aged(some, END, held, None) == found
