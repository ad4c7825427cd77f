"""The bridge from one side to the other: it ends exactly there, or is not drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.bridge import OPENING, OTHERS, UNEXPLAINED, Bridge, Step, apart, bridge, bridged, gap
from reports.reconcile.closing import Balances, Closing
from reports.reconcile.findings import Finding
from reports.reconcile.tie_out import Control, TieOut, tie_out
from sync.errors import InvariantBroken
from tests.reports.ledgers import books

EMPTY = tie_out(books(""), Balances(unreachable="a test"))


def control(cin7: int, qbo: int, explained: int, closing: Closing | None = None, name: str = "cogs") -> Control:
    return Control(name, (), (), cin7, qbo, explained, cin7 - qbo - explained, None, closing, "")


def finding(cause: str, amount: int, name: str = "cogs") -> Finding:
    return Finding(f"{cause}{amount}", "", cause, "error", name, amount, "x", "certain", "", "")


def tied(of: Control, *findings: Finding) -> TieOut:
    return replace(EMPTY, controls=(of,), findings=findings)


amounts = st.integers(-(10**12), 10**12)


@given(amounts, st.lists(st.tuples(st.sampled_from(["missing_in_qbo", "rounding", "late_cost"]), amounts)), amounts)
def test_the_bars_lead_to_the_other_side_to_the_cent(
    cin7: int, causes: list[tuple[str, int]], unexplained: int
) -> None:
    explained = sum(amount for _, amount in causes)
    own = control(cin7, cin7 - explained - unexplained, explained)
    found = bridge(tied(own, *(finding(cause, amount) for cause, amount in causes)), own)
    assert found.cin7 - sum(step.amount for step in found.steps) == found.qbo == own.qbo
    assert found.steps[-1] == Step(UNEXPLAINED, unexplained)
    for most in (1, 2, 3):
        grouped = found.grouped(most)
        assert sum(step.amount for step in grouped) == found.gap
        assert grouped[-1].cause == UNEXPLAINED
        assert len(grouped) <= most + 1


def test_a_bridge_of_balances_has_the_gap_from_before_in_two_bars() -> None:
    closing = Closing(cin7=1000, qbo=700, opening_difference=200, opening_explained=150, first_divergence=None)
    own = control(500, 400, 100, closing, "inventory")
    found = bridge(tied(own, finding("missing_in_qbo", 100, "inventory")), own)
    assert [(step.cause, step.amount) for step in found.steps] == [
        ("before", 150),
        (OPENING, 50),
        ("missing_in_qbo", 100),
        (UNEXPLAINED, 0),
    ]
    assert (found.cin7, found.qbo, found.unexplained) == (1000, 700, 50)


def test_causes_that_do_not_add_up_are_no_bridge() -> None:
    own = control(500, 400, 100)
    with pytest.raises(InvariantBroken, match="no bridge is drawn"):
        bridge(tied(own, finding("missing_in_qbo", 99)), own)


def test_the_smallest_causes_stand_together() -> None:
    steps = (*(Step(f"cause {n}", 100 - n, 1) for n in range(5)), Step(UNEXPLAINED, 7))
    grouped = Bridge("cogs", "movement", 1000, 0, steps).grouped(3)
    assert [step.cause for step in grouped] == ["cause 0", "cause 1", OTHERS, UNEXPLAINED]
    assert grouped[2] == Step(OTHERS, 98 + 97 + 96, 3)


def test_bridges_are_of_what_is_apart_inventory_first_and_of_inventory_where_all_ties() -> None:
    found = replace(
        EMPTY,
        controls=(
            control(5, 4, 1, name="tax"),
            control(900, 100, 800, name="receivables"),
            control(2, 1, 1, name="cogs"),
            control(1, 1, 0, name="inventory"),
        ),
    )
    assert [each.name for each in apart(found)] == ["cogs", "receivables", "tax"]
    assert [each.name for each in bridged(found, 2)] == ["cogs", "receivables"]
    assert [each.name for each in bridged(replace(found, controls=found.controls[-1:]))] == ["inventory"]
    assert gap(found.controls[1]) == 800
