"""What the lines of a sale say of an invoice that the ledger shows as not shipped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.reconcile.findings import Cin7Document, Finding
from reports.reconcile.lines import SaleLine, confirmed, invoices, unshipped

END, LATER = date(2026, 1, 31), date(2026, 2, 2)
GOODS = {"LAMP", "DESK"}
FINDING = Finding(
    id="f1",
    root="f1",
    cause="invoiced_not_shipped",
    nature="timing",
    control="cogs",
    amount=0,
    subject="INV-1",
    confidence="strong",
    explanation="INV-1 was invoiced and not shipped.",
    remedy="Ship it.",
    at_stake=10000,
    cin7=(Cin7Document("s1", "INV-1", "Sale", date(2026, 1, 20), 0),),
)


def billed(sku: str, quantity: int, invoice: str = "INV-1") -> SaleLine:
    return SaleLine("Invoice", invoice, date(2026, 1, 20), sku, Decimal(quantity))


def sent(sku: str, quantity: int, day: date | None = END, invoice: str = "INV-1") -> SaleLine:
    return SaleLine("Fulfilment" if day else "Pick", invoice, day, sku, Decimal(quantity))


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([billed("LAMP", 3)], {"LAMP": 3}),
        ([billed("LAMP", 3), sent("LAMP", 3)], {}),
        ([billed("LAMP", 3), sent("LAMP", 3, LATER)], {"LAMP": 3}),
        ([billed("LAMP", 3), sent("LAMP", 3, None)], {"LAMP": 3}),
        ([billed("LAMP", 3), billed("DESK", 1), sent("LAMP", 2)], {"LAMP": 1, "DESK": 1}),
        ([billed("LAMP", 3), billed("SERVICE", 1), sent("LAMP", 3)], {}),
        ([billed("LAMP", 3), sent("LAMP", 3, invoice="")], {}),
        ([billed("LAMP", 3), billed("LAMP", 2, "INV-2"), sent("LAMP", 2, invoice="INV-2")], {"LAMP": 3}),
    ],
    ids=["nothing", "all", "later", "picked", "a part", "a service", "unnamed", "another's"],
)
def test_what_had_not_left_by_the_day_is_left(lines: list[SaleLine], left: dict[str, int]) -> None:
    found = unshipped(lines, "INV-1", GOODS, END)
    assert found is not None
    assert {sku: int(quantity) for sku, quantity in found.items()} == left


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [billed("SERVICE", 1)],
        [billed("LAMP", 3, "INV-2")],
        [billed("LAMP", 3), billed("LAMP", 3, "INV-2"), sent("LAMP", 3, invoice="")],
    ],
    ids=["not read", "no goods", "another invoice", "a shipment of either"],
)
def test_where_lines_do_not_tell_nothing_is_said(lines: list[SaleLine]) -> None:
    assert unshipped(lines, "INV-1", GOODS, END) is None
    assert confirmed([FINDING], {"INV-1": lines}, GOODS, END) == (FINDING,)


def test_lines_that_had_not_left_make_it_certain_and_are_named() -> None:
    lines = {"INV-1": [billed("LAMP", 3), billed("DESK", 1), sent("DESK", 1)]}
    (found,) = confirmed([FINDING], lines, GOODS, END)
    assert (found.confidence, found.id, found.amount, found.at_stake) == ("certain", "f1", 0, 10000)
    assert found.explanation == f"{FINDING.explanation} Its lines confirm it: 3 × LAMP had not left."


def test_lines_that_had_all_left_make_it_less_sure() -> None:
    (found,) = confirmed([FINDING], {"INV-1": [billed("LAMP", 3), sent("LAMP", 3)]}, GOODS, END)
    assert found.confidence == "likely"
    assert "all had left by 2026-01-31" in found.explanation


def test_only_these_findings_are_asked_for_and_touched() -> None:
    other = Finding("f2", "f2", "missing_in_qbo", "error", "cogs", 5, "INV-2", "certain", "x", "y", cin7=FINDING.cin7)
    assert invoices([FINDING, other]) == {"INV-1"}
    assert confirmed([other], {"INV-1": [billed("LAMP", 3)]}, GOODS, END) == (other,)


@given(
    st.lists(
        st.builds(sent, st.sampled_from(sorted(GOODS)), st.integers(1, 5), st.sampled_from([END, LATER, None])),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_lines_does_not_matter(shipments: list[SaleLine], random: Random) -> None:
    lines = [billed("LAMP", 9), billed("DESK", 9), *shipments]
    mixed = random.sample(lines, len(lines))
    assert unshipped(mixed, "INV-1", GOODS, END) == unshipped(lines, "INV-1", GOODS, END)
