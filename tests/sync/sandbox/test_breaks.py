"""Whatever goes wrong: the two served ledgers move apart by exactly what the expectation says, and by nothing else."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sandbox.books import World
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.scene import NoSuchCase
from sync.sandbox.breaks.table import AFTER_A_SYNC, BREAKS, inject
from tests.sync.sandbox.breaking import (
    broken,
    company,
    faults,
    gaps,
    moved,
    odd_balances,
    plain,
    posted,
    stock_gap,
    told,
)

# The causes of the outside contract, in the order of its table.
CONTRACT = (
    "missing_in_qbo",
    "missing_in_cin7",
    "manual_journal",
    "outside_cin7",
    "duplicate_in_qbo",
    "second_connector",
    "amount_differs",
    "edited_in_qbo",
    "wrong_account",
    "wrong_account_type",
    "different_period",
    "voided_in_cin7",
    "voided_in_qbo",
    "deleted_in_qbo",
    "exchange_rate_differs",
    "tax_differs",
    "rounding",
    "consolidation_differs",
    "invoiced_not_shipped",
    "shipped_not_invoiced",
    "received_not_billed",
    "billed_not_received",
    "in_transit",
    "backdated_after_close",
    "zero_cost_shipment",
    "late_cost",
    "negative_stock",
    "unmapped_account",
    "quantity_tracking_on",
    "unmapped_product",
    "duplicate_product",
    "illegal_name",
    "opening_difference",
)
NO_ERROR = {
    "outside_cin7": "policy",
    "rounding": "policy",
    "opening_difference": "policy",
    "different_period": "timing",
    **dict.fromkeys(
        ("invoiced_not_shipped", "shipped_not_invoiced", "received_not_billed", "billed_not_received", "in_transit"),
        "timing",
    ),
}


def every_way(world: World, seed: int) -> list[Expected]:
    """Everything that can go wrong, on different documents; after each the law is checked."""
    taken: set[str] = set()
    random = Random(seed)
    done, before, odd, stock = [], gaps(world), odd_balances(world), stock_gap(world)
    for cause, ways in BREAKS.items():
        for variant in ways:
            try:
                expected = inject(world, cause, random, variant=variant, taken=taken)
            except NoSuchCase:
                continue
            after = gaps(world)
            assert moved(before, after) == told(expected.findings), (cause, variant)
            done.append(expected)
            before = after
    assert odd_balances(world) <= odd
    assert faults(world) == []
    assert stock_gap(world) == stock
    return done


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledgers_move_apart_by_exactly_what_is_expected(seed: int) -> None:
    done = every_way(company(seed), seed)
    assert len({expected.cause for expected in done}) >= len(CONTRACT) - 3


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200))
def test_the_ledgers_move_apart_by_exactly_what_is_expected_in_any_company(seed: int) -> None:
    every_way(company(seed), seed)


def test_every_cause_of_the_contract_has_a_way_to_come_about() -> None:
    assert set(BREAKS) == set(CONTRACT)
    assert all(BREAKS[cause] for cause in CONTRACT)


def test_every_way_finds_its_case_in_some_company() -> None:
    left = {(cause, variant) for cause, ways in BREAKS.items() for variant in ways}
    for world in (plain(7), plain(8, consolidation="day", journal_numbers="prefixed"), company(18)):
        taken: set[str] = set()
        for cause, variant in sorted(left):
            try:
                inject(world, cause, Random(3), variant=variant, taken=taken)
            except NoSuchCase:
                continue
            left.remove((cause, variant))
    assert left == set()


@pytest.fixture(scope="module")
def wrong() -> tuple[World, list[Expected]]:
    """One company in which one thing of every cause went wrong."""
    world, taken, random = company(4), set[str](), Random(9)
    done = []
    for cause in CONTRACT:
        with suppress(NoSuchCase):
            done.append(inject(world, cause, random, taken=taken))
    assert len(done) >= len(CONTRACT) - 1
    return world, done


def test_findings_bear_the_nature_that_the_contract_gives_their_cause(wrong: tuple[World, list[Expected]]) -> None:
    for expected in wrong[1]:
        main = [each for each in expected.findings if each.cause == expected.cause]
        assert main, expected.cause
        assert {each.nature for each in main} == {NO_ERROR.get(expected.cause, "error")}


def test_a_qbo_document_of_a_finding_posts_what_the_finding_says(wrong: tuple[World, list[Expected]]) -> None:
    world, done = wrong
    seen = Counter[str]()
    for expected in done:
        for finding in expected.findings:
            for document in finding.qbo:
                assert posted(world, document.id, finding.control or "") == document.amount, expected
                seen[expected.cause] += 1
    assert len(seen) > 15


def test_a_qbo_document_of_a_finding_is_served_under_its_number_and_day(wrong: tuple[World, list[Expected]]) -> None:
    world, done = wrong
    rows = {(kind, row["Id"]): row for kind, rows in world.qbo.entities.items() for row in rows if "TxnDate" in row}
    gone = {(stub["entity"], stub["Id"]) for stub in world.qbo.deleted}
    for document in {document for each in done for finding in each.findings for document in finding.qbo}:
        row = rows.get((document.type, document.id))
        if row is None:
            assert (document.type, document.id) in gone
            continue
        assert row["TxnDate"] == document.day.isoformat()
        assert row.get("DocNumber", row.get("PaymentRefNum", "")) in (document.doc_number, "")


def test_a_cin7_document_that_posts_stands_in_the_ledger_under_its_task_and_day(
    wrong: tuple[World, list[Expected]],
) -> None:
    world, done = wrong
    rows = {(row["TaskID"], row["EffectiveDate"][:10]) for row in world.cin7.lists["transactions"]}
    for document in {document for each in done for finding in each.findings for document in finding.cin7}:
        assert document.task_id == document.task_id.lower()
        assert not document.amount or (document.task_id, document.day.isoformat()) in rows


def test_findings_of_one_event_share_a_root_and_nothing_else_does(wrong: tuple[World, list[Expected]]) -> None:
    roots = [{finding.root for finding in expected.findings} for expected in wrong[1]]
    assert sum(map(len, roots)) == len(set().union(*roots))


def test_no_document_goes_wrong_twice(wrong: tuple[World, list[Expected]]) -> None:
    of_each = [{doc.id for finding in expected.findings for doc in finding.qbo} for expected in wrong[1]]
    seen = Counter(own for ids in of_each for own in ids)
    assert [own for own, times in seen.items() if times > 1] == []


def test_only_causes_that_need_a_memory_say_what_stands_without_one(wrong: tuple[World, list[Expected]]) -> None:
    assert {expected.cause for expected in wrong[1] if expected.needs_sync} == AFTER_A_SYNC


def test_a_broken_company_trades_on(wrong: tuple[World, list[Expected]]) -> None:
    world = wrong[0]
    before = len(world.truth.events)
    world.advance(25)
    assert len(world.truth.events) > before + 20
    assert faults(world) == []


@given(st.sampled_from(CONTRACT), st.integers(0, 30))
@settings(max_examples=3)
def test_the_same_seed_breaks_the_same_document(cause: str, seed: int) -> None:
    first, second = (plain(5, consolidation="day") for _ in range(2))
    try:
        expected = broken(first, cause, seed=seed)
    except NoSuchCase:
        return
    assert broken(second, cause, seed=seed) == expected
    assert gaps(first) == gaps(second)


def test_a_world_made_by_hand_cannot_be_broken(hand_world: World) -> None:
    with pytest.raises(ValueError, match="made by hand"):
        broken(hand_world, "missing_in_qbo")


def test_a_company_without_a_case_says_so() -> None:
    with pytest.raises(NoSuchCase, match="not consolidated"):
        broken(plain(5), "consolidation_differs")


def test_a_cause_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        broken(plain(5), "gremlins")
    with pytest.raises(KeyError):
        broken(plain(5), "missing_in_qbo", "gremlins")
