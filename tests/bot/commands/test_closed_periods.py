"""A month is closed and signed off; what a later sync brings into it is told, and ordinary trade is not. Over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.replies import DONE, FAILED
from sync.sandbox.breaks.table import inject
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from tests.bot.commands.test_remembering import DAY, TODAY, Story

NOVEMBER, FEBRUARY = "2025-11", "2026-02"  # both systems are closed up to the end of November
LATE = ("journal in QBO", "journal in Cin7", "edit in QBO")


def _controls(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["control"]: each for each in told["controls"]}


@pytest.fixture(scope="module")
def served() -> Any:
    with serve(build(12, today=TODAY, months=4), limits=False) as served:
        yield served


@pytest.fixture(scope="module")
def signed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[Story, dict[str, Any]]:
    """A company that signed November and February off; then another week of trade was synced."""
    story = Story(served, tmp_path_factory.mktemp("signed"))
    story.asked("sync")
    held = {month: story.asked(f"sign-off {month} --by Grace+Hopper") for month in (NOVEMBER, FEBRUARY)}
    works: Any = served.world.works
    works.trade_on(8)
    served.changed()
    story.desk = replace(story.desk, began=story.desk.began + 8 * DAY)
    story.asked("sync")
    return story, held


def test_what_was_signed_off_holds_while_trade_goes_on(signed: tuple[Story, dict[str, Any]]) -> None:
    story, held = signed
    for month, signed_off in held.items():
        assert signed_off["status"] == "signed"
        now = story.asked(f"sign-off {month}")
        assert (now["status"], now["changed"], now["late"], now["moved"]) == ("signed", [], [], [])
        assert now["report"] == signed_off["report"]


def test_another_cache_of_the_same_books_computes_the_same_evidence(
    signed: tuple[Story, dict[str, Any]], tmp_path: Path
) -> None:
    story, held = signed
    with serve(story.served.world, limits=False) as again:  # a connection of its own: one cache keeps one token
        other = Story(again, tmp_path)
        other.desk = replace(other.desk, began=story.desk.began)
        other.asked("sync")
        computed = other.asked(f"sign-off {FEBRUARY}")
    assert computed["status"] == "unsigned"
    assert computed["inputs"] == held[FEBRUARY]["inputs"]
    assert computed["inputs"].keys() >= {"cin7_ledger", "qbo_ledger", "documents", "config", "report"}


def test_what_comes_late_into_a_closed_month_is_named_on_its_side_and_moves_what_was_frozen(
    signed: tuple[Story, dict[str, Any]],
) -> None:
    story, held = signed
    world, taken = story.served.world, set[str]()
    works: Any = world.works
    works.rest()
    expected = [inject(world, "backdated_after_close", Random(7), variant=way, taken=taken) for way in LATE]
    story.served.changed()
    story.tomorrow()
    story.asked("sync")
    found = story.asked("reconcile 2025-11-01..2026-03-31")["findings"]
    late = [each for each in found if each["cause"] == "backdated_after_close"]
    wanted = {(f.cause, f.control) for each in expected for f in each.findings}
    assert wanted <= {(each["cause"], each["control"]) for each in found}
    assert {each["amount"] for each in late} == {"0.00"}
    assert {bool(each["cin7"]) for each in late} == {True, False}
    assert all(bool(each["cin7"]) != bool(each["qbo"]) for each in late)
    money = {each["root"] for each in found if each["amount"] != "0.00"}
    assert {each["root"] for each in late} <= money
    assert story.asked(f"sign-off {FEBRUARY}")["moved"][0]["figure"] == "closing"
    now, was = story.asked(f"sign-off {NOVEMBER}"), held[NOVEMBER]["report"]
    assert now["status"] == "changed"
    assert {d["number"] for d in now["late"]} == {
        d.get("reference", d.get("doc_number")) for f in late for d in (*f["cin7"], *f["qbo"])
    }
    assert now["report"] == was
    before, after = _controls(was), _controls(story.asked(f"reconcile {NOVEMBER}"))
    for moved in now["moved"]:
        sides = [side[moved["control"]] for side in (before, after)]
        figures = [side if moved["figure"] == "movement" else side["closing"] for side in sides]
        assert [each[moved["source"]] for each in figures] == [moved["signed"], moved["now"]]
    assert {moved["source"] for moved in now["moved"]} == {"cin7", "qbo"}
    said = story.said(f"sign-off {NOVEMBER}")
    assert "is another now" in said
    assert all(each["signed"] in said and each["now"] in said for each in now["moved"])


def test_a_gap_of_an_earlier_month_is_carried_until_it_is_resolved(tmp_path: Path) -> None:
    world = build(14, today=TODAY, months=4)
    inject(world, "missing_in_qbo", Random(7), variant="stock")
    with serve(world, limits=False) as served:
        story = Story(served, tmp_path)
        story.asked("sync")
        whole = story.asked("reconcile 2025-11-01..2026-02-28")
        (missing,) = [f for f in whole["findings"] if f["cause"] == "missing_in_qbo" and f["control"] == "inventory"]
        after = missing["cin7"][0]["date"]
        told = _controls(story.asked("reconcile 2026-03"))["inventory"]["closing"]
        assert told["first_divergence"] == after
        assert told["opening_difference"] == told["opening_explained"] == missing["amount"]
        assert told["opening_unexplained"] == "0.00"
        assert story.asked(f"sign-off {after[:7]} --by Grace", FAILED)["status"] == "refused"


def test_a_balance_whose_beginning_is_not_cached_is_not_given(tmp_path: Path) -> None:
    with serve(build(15, today=TODAY, months=3), limits=False) as served:
        story = Story(served, tmp_path)
        story.said("sync --since 2026-02-01")
        told = _controls(story.asked(f"reconcile {FEBRUARY}", DONE))
    assert {each["closing"] for each in told.values()} == {None}
    assert "not cached" in told["inventory"]["closing_reason"]
    assert told["inventory"]["difference"] == "0.00"
