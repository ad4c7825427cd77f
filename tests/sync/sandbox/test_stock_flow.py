"""FIFO layers: what is taken costs exactly what was put in, in the order it came."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.stock_flow import Layer, Lot, Stock, share

DAY = date(2026, 1, 5)
WEIGHTS = st.lists(st.decimals("0.01", "1000", places=2), min_size=1, max_size=8)


def put(stock: Stock, quantity: str, cost: int, *, late: bool = False) -> Lot:
    lot = Lot("mug", "Main", Decimal(quantity), cost, "630", open=late)
    stock.put(Layer(lot, Decimal(quantity), cost, DAY), "mug", "Main")
    return lot


@given(st.integers(-10_000, 10_000), WEIGHTS)
def test_shares_add_up_to_the_whole(total: int, weights: list[Decimal]) -> None:
    assert sum(share(total, weights)) == total


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 99_999)), min_size=1, max_size=6), st.data())
def test_whatever_is_taken_cost_and_quantity_are_conserved(bought: list[tuple[int, int]], data: st.DataObject) -> None:
    stock = Stock()
    for quantity, cost in bought:
        put(stock, str(quantity), cost)
    gone = 0
    while (left := stock.on_hand("mug", "Main")) > 0:
        wanted = Decimal(data.draw(st.integers(1, int(left))))
        taken = stock.take("mug", "Main", wanted)
        assert sum(part.quantity for part in taken) == wanted
        gone += sum(part.cost for part in taken)
        assert gone + sum(layer.cost for _, _, layer in stock.everything()) == sum(cost for _, cost in bought)


def test_the_oldest_layer_goes_first() -> None:
    stock = Stock()
    put(stock, "2", 200)
    put(stock, "2", 500)
    assert [(part.quantity, part.cost) for part in stock.take("mug", "Main", Decimal(3))] == [
        (Decimal(2), 200),
        (Decimal(1), 250),
    ]


@pytest.mark.parametrize("quantity", ["0", "-1", "3"])
def test_more_than_there_is_cannot_be_taken(quantity: str) -> None:
    stock = Stock()
    put(stock, "2", 200)
    with pytest.raises(ValueError, match="2 on hand"):
        stock.take("mug", "Main", Decimal(quantity))


def test_a_late_cost_is_split_between_what_is_left_and_what_was_sold() -> None:
    stock = Stock()
    lot = put(stock, "4", 400, late=True)
    stock.take("mug", "Main", Decimal(1), use="a shipment")
    assert stock.can_recost(lot, 101)
    assert stock.recost(lot, 101) == (76, [("a shipment", 25)])
    assert sum(part.cost for part in stock.take("mug", "Main", Decimal(3))) == 300 + 76


def test_a_late_cost_is_refused_once_something_was_used_for_anything_but_a_sale() -> None:
    stock = Stock()
    lot = put(stock, "4", 400, late=True)
    stock.take("mug", "Main", Decimal(1))
    assert not stock.can_recost(lot, 100)
