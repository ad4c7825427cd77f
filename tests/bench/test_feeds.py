"""The company made by hand: as many rows as asked for, both ledgers alike, the same from run to run."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from bench.feeds import mirrored, sales
from bench.store import by_days, postings
from sync.domain.money import to_minor

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_both_ledgers_say_the_same_of_as_many_rows_as_were_asked_for(rows: int) -> None:
    world = mirrored(rows, TODAY)
    ledger = world.cin7.lists["transactions"]
    assert len(ledger) == rows
    ours: Counter[str] = Counter()
    for row in ledger:
        ours[row["EffectiveDate"][:10]] += to_minor(row["Amount"], "USD")
    theirs: Counter[str] = Counter()
    for posting in world.qbo.postings:
        theirs[posting.date.isoformat()] += max(posting.amount, 0)
    assert ours == theirs
    assert sum(posting.amount for posting in world.qbo.postings) == 0


def test_the_same_arguments_make_the_same_company() -> None:
    assert mirrored(300, TODAY).cin7.lists == mirrored(300, TODAY).cin7.lists


def test_each_sale_is_found_whole_by_its_id() -> None:
    world = mirrored(50, TODAY)
    details = world.cin7.details["sale"]
    assert {row["SaleID"] for row in world.cin7.lists["salelist"]} == set(details)
    assert all(details[id_]["ID"] == id_ for id_ in details)
    assert "aaaaaaaa-0000-4000-a000-000000999999" not in details


def test_sales_come_in_order_of_their_days() -> None:
    found = [sold.day for sold in sales(500, TODAY)]
    assert found == sorted(found)
    assert found[-1] <= TODAY


def test_postings_are_cut_between_days_only() -> None:
    everything = list(postings(2_000))
    assert len(everything) == 2_000
    pieces = by_days(everything, 300)
    assert [posting for piece in pieces for posting in piece] == everything
    assert all(len(piece) >= 300 for piece in pieces[:-1])
    assert all(a[-1].day < b[0].day for a, b in pairwise(pieces))
