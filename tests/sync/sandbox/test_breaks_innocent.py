"""What is open because goods and papers travel apart, what only looks guilty, and the cases that all are tried in."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from sync.sandbox.books import World
from sync.sandbox.breaks.decoys import decoys
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.breaks.suite import play, suite
from sync.sandbox.breaks.table import AFTER_A_SYNC, BREAKS
from sync.sandbox.breaks.timing import late_costs, open_at
from tests.sync.sandbox.breaking import TODAY, company, faults, gaps, moved, plain, told


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_what_is_open_today_is_what_the_truth_says(seed: int) -> None:
    world = company(seed)
    stakes = Counter[str]()
    for finding in open_at(Scene(world, Random(1)), world.today):
        stakes[finding.cause] += finding.at_stake or 0
    assert stakes["received_not_billed"] == world.truth.received_not_billed
    assert stakes["billed_not_received"] == world.truth.billed_not_received
    assert stakes["in_transit"] == world.truth.in_transit_value


def test_goods_in_transit_at_any_month_end_are_what_the_account_holds() -> None:
    world = plain(7)
    for end in (TODAY.replace(month=3, day=1) - timedelta(1), TODAY.replace(month=2, day=1) - timedelta(1)):
        found = [each for each in open_at(Scene(world, Random(1)), end) if each.cause == "in_transit"]
        balance = sum(
            pair.amount * ((pair.debit == "632") - (pair.credit == "632"))
            for event in world.truth.events
            for pair in event.pairs
            if pair.day <= end
        )
        assert sum(each.at_stake or 0 for each in found) == balance


def test_what_was_received_and_not_billed_at_a_month_end_is_what_accrued_purchases_hold() -> None:
    world = plain(7, accrual=True)
    end = TODAY.replace(day=1) - timedelta(1)
    stakes = Counter[str]()
    for each in open_at(Scene(world, Random(1)), end):
        stakes[each.cause] += each.at_stake or 0
    balance = sum(
        pair.amount * ((pair.credit == "801") - (pair.debit == "801"))
        for event in world.truth.events
        for pair in event.pairs
        if pair.day <= end
    )
    assert stakes["received_not_billed"] - stakes["billed_not_received"] == balance


def test_an_invoice_is_open_until_the_day_its_goods_leave() -> None:
    world = plain(7)
    seen = Counter[str]()
    for back in range(0, 60, 10):
        for each in open_at(Scene(world, Random(1)), TODAY - timedelta(back)):
            seen[each.cause] += 1
            assert each.amount() == 0 < (each.at_stake or 0)
            assert each.nature == "timing"
    assert seen["invoiced_not_shipped"]
    assert seen["shipped_not_invoiced"]


def test_late_costs_that_both_sides_posted_are_known_and_no_error() -> None:
    found = late_costs(Scene(plain(7), Random(1)), TODAY - timedelta(170), TODAY)
    assert found
    assert {(each.nature, each.amount()) for each in found} == {("policy", 0)}
    assert {each.control for each in found} == {"cogs", "inventory"}
    assert all(each.cin7[0].amount == each.qbo[0].amount for each in found)


@pytest.mark.parametrize("seed", [2, 3, 7])
def test_decoys_move_nothing_but_the_sums_outside_cin7(seed: int) -> None:
    world = company(seed)
    before = gaps(world)
    found = decoys(world, Random(seed))
    assert moved(before, gaps(world)) == told(found.outside)
    assert {each.cause for each in found.outside} == {"outside_cin7"}
    assert faults(world) == []


def test_decoys_are_two_customers_two_sales_and_numbers_that_nearly_agree() -> None:
    world = plain(7)
    known = {row["DocNumber"] for row in world.qbo.entities["Bill"]}
    found = decoys(world, Random(3))
    invoices = [each for each in _documents(world, "invoice") if (each.task, each.number) in found.cin7]
    amounts = Counter((each.day, sum(pair.amount for pair in each.pairs)) for each in invoices)
    assert sorted(amounts.values()) == [2, 2]
    assert len({each.customer for each in invoices}) in (2, 3)
    numbers = {row["DocNumber"] for row in world.qbo.entities["Bill"]} - known
    assert len({each.strip("0A-") for each in numbers}) < len(numbers)
    journals = [each for each in _documents(world, "journal") if (each.task, each.number) in found.cin7]
    assert len(journals) == 3


def _documents(world: World, part: str) -> list:  # type: ignore[type-arg]  # of events
    return [event for event in world.truth.events if event.part == part]


def test_the_suite_has_every_cause_alone_pairs_of_all_and_twenty_at_once() -> None:
    cases = list(suite(3))
    sizes = Counter(len(case.causes) for case in cases)
    assert sizes == {1: len(BREAKS), 2: len(BREAKS) // 2, 20: 2}
    assert {case.causes[0] for case in cases if len(case.causes) == 1} == set(BREAKS)
    assert {case.currency for case in cases} == {"USD", "JPY", "KWD"}
    assert len({case.seed for case in cases}) == len(cases)
    assert cases == list(suite(3))


def test_twenty_at_once_are_played_in_two_acts_with_a_sync_in_between() -> None:
    case = next(case for case in suite(5) if len(case.causes) == 20)
    seen: list[World] = []
    played = play(case, TODAY, seen.append)
    late = [expected for expected in played.expected if expected.cause in AFTER_A_SYNC]
    assert len(played.expected) + len(played.lacking) == 20
    assert len(played.lacking) <= 2
    assert seen == [played.world] * bool(late)
    assert played.expected[-len(late) :] == tuple(late) or not late
    assert played.decoys is not None
    clean = case.build(TODAY)
    if late:
        assert clean.works is not None
        clean.works.rest()
    everything = [finding for each in played.expected for finding in each.findings]
    assert moved(gaps(clean), gaps(played.world)) == told([*everything, *played.decoys.outside])
    assert faults(played.world) == []
