"""A generated company: the laws that its books keep, whatever the seed, the currency and the switches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.domain.money import to_minor
from sync.sandbox import chart
from sync.sandbox.books import World
from sync.sandbox.generate import build
from sync.sandbox.switches import Switches, legal_values

TODAY = date(2026, 3, 17)
CURRENCIES = ("USD", "JPY", "KWD", "EUR")


@lru_cache(maxsize=8)
def company(seed: int, months: int = 4) -> World:
    switches = Switches.drawn(seed) if seed else Switches()
    return build(seed, today=TODAY, months=months, currency=CURRENCIES[seed % 4], switches=switches)


@pytest.fixture(params=(0, 1, 2, 3, 17), ids=lambda seed: f"seed{seed}")
def world(request: pytest.FixtureRequest) -> World:
    return company(request.param)


def cin7_movements(world: World) -> dict[tuple[str, str], int]:
    """(account code, day) -> minor units, debit positive, from the rows as they are served."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in world.cin7.lists["transactions"]:
        amount = to_minor(row["Amount"], world.currency)
        sums[row["DebitAccountCode"], row["EffectiveDate"][:10]] += amount
        sums[row["CreditAccountCode"], row["EffectiveDate"][:10]] -= amount
    return {key: amount for key, amount in sums.items() if amount}


def qbo_movements(world: World, *, own: bool) -> dict[tuple[str, str], int]:
    """The same of QBO's postings, by the Cin7 code that each account stands for ("" for none)."""
    codes = {account: code for code, accounts in world.truth.qbo_account.items() for account in accounts}
    alone = set(world.truth.qbo_only)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for posting in world.qbo.postings:
        if ((posting.entity, posting.txn_id) in alone) == own:
            sums[codes.get(posting.account_id, ""), posting.date.isoformat()] += posting.amount
    return {key: amount for key, amount in sums.items() if amount}


def test_both_ledgers_agree_on_every_account_and_day(world: World) -> None:
    ours, theirs = cin7_movements(world), qbo_movements(world, own=False)
    if world.switches.consolidation == "month":  # a month's summary stands on the month's last day
        assert by_month(ours) == by_month(theirs)
    else:
        assert ours == theirs


def by_month(sums: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    months: dict[tuple[str, str], int] = defaultdict(int)
    for (account, day), amount in sums.items():
        months[account, day[:7]] += amount
    return {key: amount for key, amount in months.items() if amount}


def test_every_transaction_in_qbo_balances(world: World) -> None:
    sums: dict[str, int] = defaultdict(int)
    for posting in world.qbo.postings:
        sums[posting.txn_id] += posting.amount
    assert not {key: amount for key, amount in sums.items() if amount}


def test_the_stock_layers_are_worth_what_the_ledger_says(world: World) -> None:
    truth = world.truth
    balance = {name: sum(v for (control, _), v in truth.by_month.items() if control == name)
               for name in ("inventory", "in_transit", "accrued_purchases")}  # fmt: skip
    expected = balance["inventory"]
    if world.switches.transfers_post:
        assert balance["in_transit"] == truth.in_transit_value
    else:
        expected -= truth.in_transit_value  # without postings the ledger still has it in stock
    if world.switches.accrual:
        assert -balance["accrued_purchases"] == truth.received_not_billed - truth.billed_not_received
    else:
        expected += truth.received_not_billed - truth.billed_not_received
    assert sum(truth.stock_value.values()) == expected


def test_stock_as_served_is_the_stock_that_is_there(world: World) -> None:
    value: dict[tuple[str, str], int] = defaultdict(int)
    quantity: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in world.cin7.lists["ref/productavailability"]:
        value[row["SKU"], row["Location"]] += to_minor(row["StockOnHand"], world.currency)
        quantity[row["SKU"], row["Location"]] += row["OnHand"]
    assert {key: amount for key, amount in value.items() if amount} == world.truth.stock_value
    assert {key: amount for key, amount in quantity.items() if amount} == world.truth.stock_quantity


def test_movements_add_up_to_the_stock(world: World) -> None:
    quantity: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    cost: dict[str, int] = defaultdict(int)
    skus = {row["ID"]: row["SKU"] for row in world.cin7.lists["product"]}
    for product, rows in world.cin7.movements.items():
        for row in rows:
            quantity[skus[product], row["Location"]] += row["Quantity"]
            cost[skus[product]] += to_minor(row["Amount"], world.currency)
    assert {key: amount for key, amount in quantity.items() if amount} == world.truth.stock_quantity
    in_stock: dict[str, int] = defaultdict(int)
    for (sku, _), amount in world.truth.stock_value.items():
        in_stock[sku] += amount
    on_the_way = sum(cost.values()) - sum(in_stock.values())
    assert on_the_way == -world.truth.in_transit_value or not on_the_way


def test_cost_and_sales_by_each_dimension_add_up_to_the_ledger(world: World) -> None:
    ledger: dict[str, int] = defaultdict(int)
    for event in world.truth.events:
        for pair in event.pairs if event.kind == "Sale" else ():
            for code, amount in ((pair.debit, pair.amount), (pair.credit, -pair.amount)):
                ledger[chart.CONTROL_OF.get(code, "")] += amount
    for name, cost in world.truth.cost.items():
        assert sum(cost.values()) == ledger["cogs"], name
    for name, sales in world.truth.sales.items():
        assert -sum(sales.values()) == ledger["revenue"], name


def test_documents_total_what_they_post(world: World) -> None:
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for event in world.truth.events:
        if event.part == "invoice" and not event.voided:
            posted[event.number] += sum(pair.amount for pair in event.pairs)
    for sale in world.cin7.details["sale"].values():
        for made in sale["Invoices"]:
            if made["Status"].upper() == "VOIDED" or sale["CustomerCurrency"] != world.currency:
                continue
            assert to_minor(made["Total"], world.currency) == posted[made["InvoiceNumber"]]
            assert made["TotalBeforeTax"] + made["Tax"] == made["Total"]
            assert sum(paid["Amount"] for paid in made["Payments"]) == made["Paid"] <= made["Total"]


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def test_no_payload_holds_a_float_or_an_exponent(world: World) -> None:
    books = world
    details = [payload for group in books.cin7.details.values() for payload in group.values()]
    for leaf in leaves([books.cin7.lists, books.cin7.me, books.cin7.movements, books.qbo.entities, details]):
        assert leaf is None or type(leaf) in (str, int, bool, Decimal), repr(leaf)
        if type(leaf) is Decimal:
            assert leaf.is_finite()


LAWS = (
    test_both_ledgers_agree_on_every_account_and_day,
    test_every_transaction_in_qbo_balances,
    test_the_stock_layers_are_worth_what_the_ledger_says,
    test_stock_as_served_is_the_stock_that_is_there,
    test_movements_add_up_to_the_stock,
    test_cost_and_sales_by_each_dimension_add_up_to_the_ledger,
    test_documents_total_what_they_post,
)


@given(st.integers(0, 100_000))
@settings(max_examples=4)
def test_any_other_company_keeps_every_law(seed: int) -> None:
    for law in LAWS:
        law(company(seed, 3))


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200))
def test_a_long_history_keeps_every_law(seed: int) -> None:
    for law in LAWS:
        law(company(seed, 14))


def test_the_same_seed_builds_and_goes_on_in_the_same_way() -> None:
    worlds = [build(5, today=TODAY, months=3) for _ in range(2)]
    for world in worlds:
        world.advance(3)
    one, other = worlds
    assert one.cin7.lists == other.cin7.lists
    assert one.qbo == other.qbo
    assert one.today == date(2026, 3, 20)


def test_another_seed_is_another_company() -> None:
    assert company(0).cin7.lists["salelist"] != company(4).cin7.lists["salelist"]


def test_going_on_keeps_every_law_and_brings_new_and_changed_documents() -> None:
    world = build(6, today=TODAY, months=3, switches=Switches(consolidation="day"))
    before = {row["SaleID"]: dict(row) for row in world.cin7.lists["salelist"]}
    world.advance(20)
    after = {row["SaleID"]: row for row in world.cin7.lists["salelist"]}
    assert set(before) < set(after)
    changed = [key for key, row in before.items() if after[key] != row]
    assert changed
    assert all(after[key]["Updated"] > before[key]["Updated"] for key in changed)
    assert cin7_movements(world) == qbo_movements(world, own=False)


SWITCHED = [(name, value) for name, values in legal_values().items() for value in values[1:]]


@pytest.mark.parametrize(("name", "value"), SWITCHED, ids=[f"{name}={value}" for name, value in SWITCHED])
def test_a_switch_changes_what_is_told_and_never_what_happened(name: str, value: Any) -> None:
    plain = company(0, 2)
    world = build(0, today=TODAY, months=2, switches=replace(Switches(), **{name: value}))
    for row, other in zip(plain.cin7.lists["salelist"], world.cin7.lists["salelist"], strict=True):
        for key in ("OrderNumber", "Customer", "InvoiceNumber", "InvoiceAmount", "PaidAmount", "InvoiceDate"):
            assert row[key] == other[key]
    assert world.truth.stock_quantity == plain.truth.stock_quantity
    assert world.truth.orders == plain.truth.orders
    assert by_month(cin7_movements(world)) == by_month(qbo_movements(world, own=False))


def test_a_company_of_no_size_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        build(1, today=TODAY, size=0)
