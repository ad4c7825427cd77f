"""Details say more of the same: whatever is read of them, the tie-out stays as it was, and more is known by product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from sqlalchemy import Engine

from reports import answers
from reports.books import Config
from reports.reconcile.tie_out import TieOut
from reports.remember import remember
from sync.domain.period import Period
from sync.pull import RunReport, Wants
from sync.sandbox.books import World
from sync.sandbox.breaks.scene import NoSuchCase
from sync.sandbox.breaks.table import AFTER_A_SYNC, BREAKS, inject
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from sync.sandbox.switches import Switches
from sync.store.db import reading, writing
from tests.scenarios.practice import Practice

TODAY = date(2026, 3, 17)
LIFE = Period(date(2026, 1, 1), TODAY)
ALL = Wants(only=("sale_details", "purchase_details", "task_details"))
SHARE = Wants().details
QUIET = 12  # calls beside the availability pages
# These change what every document shows, or nothing that has documents.
_APART = {*AFTER_A_SYNC, "wrong_account_type", "opening_difference"}


def broken(seed: int, consolidation: str | None) -> World:
    """A company in which everything went wrong that can."""
    switches = replace(Switches.drawn(seed), consolidation=consolidation, page_cap=1000)  # type: ignore[arg-type]  # one of its values
    world, taken = build(seed, today=TODAY, months=2, switches=switches), set[str]()
    for cause in sorted(BREAKS.keys() - _APART):
        try:
            inject(world, cause, Random(seed), taken=taken)
        except NoSuchCase:
            continue
    return world


def tied(practice: Practice) -> TieOut:
    with reading(practice.engine) as session:
        result = answers.reconcile(session, practice.company, LIFE, Config(), today=TODAY)
    with writing(practice.engine) as session:
        return remember(session, practice.company, result, at=practice.clock())


def said(result: TieOut) -> tuple[object, ...]:
    """All that is told of money and documents; faults of products are told of those that are known to be sold."""
    findings = [
        (each.id, each.root, each.cause, each.control, each.nature, each.amount, each.at_stake, each.cin7, each.qbo)
        for each in result.findings
        if each.control
    ]
    controls = [(each.name, each.cin7, each.qbo, each.explained, each.unexplained) for each in result.controls]
    return findings, result.ambiguous, controls


def by_product(practice: Practice) -> int:
    """Sales of which the products are known."""
    with reading(practice.engine) as session:
        return answers.cogs(session, practice.company, LIFE, Config(), today=TODAY, by="product").with_detail


def details_of(report: RunReport) -> dict[str, int]:
    """Calls by part that read details; each brought its document."""
    steps = [step for step in report.entities if step.entity.endswith("_details")]
    assert all(step.calls == step.fewest == step.fetched for step in steps)
    return {step.entity: step.calls for step in steps}


def check(seed: int, consolidation: str | None, engine: Engine) -> None:
    with serve(broken(seed, consolidation), limits=False) as served:
        practice = Practice(served, engine)
        assert practice.sync(Wants(details=0)).status == "succeeded"
        before, known = tied(practice), by_product(practice)
        assert len(before.findings) > 10
        while found := details_of(practice.sync()):
            assert sum(found.values()) <= SHARE
        for wants in (Wants(), ALL):
            report = practice.sync(wants)
            assert report.status == "succeeded"
            now = tied(practice)
            assert said(now) == said(before)
            assert {each.id for each in before.findings} <= {each.id for each in now.findings}
        assert by_product(practice) >= known
        waiting = [each for each in tied(practice).findings if each.cause == "invoiced_not_shipped"]
        assert {each.confidence for each in waiting} <= {"certain"}
        assert all("Its lines confirm it" in each.explanation for each in waiting)
        quiet = practice.sync()
        stock = sum(step.calls for step in quiet.entities if step.entity == "availability")
        assert details_of(quiet) == {}
        assert sum(quiet.calls.values()) - stock <= QUIET


@pytest.mark.parametrize(("seed", "consolidation"), [(1, None), (3, "day")])
def test_what_the_tie_out_says_does_not_hang_on_what_was_read_in_detail(
    seed: int, consolidation: str | None, sqlite_engine: Engine
) -> None:
    check(seed, consolidation, sqlite_engine)


@pytest.mark.exhaustive
@pytest.mark.parametrize("consolidation", [None, "day", "month"])
@pytest.mark.parametrize("seed", range(100, 120))
def test_it_does_not_hang_on_it_in_any_company(seed: int, consolidation: str | None, sqlite_engine: Engine) -> None:
    check(seed, consolidation, sqlite_engine)
