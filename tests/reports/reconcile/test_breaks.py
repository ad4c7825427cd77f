"""Every cause, brought about in a practice company among innocent look-alikes: named by document, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from random import Random

import pytest
from sqlalchemy import Engine

from reports.reconcile.findings import Finding
from reports.reconcile.tie_out import TieOut
from sync.domain.period import Period
from sync.sandbox import chart
from sync.sandbox.breaks import expected
from sync.sandbox.breaks.decoys import Decoys, decoys
from sync.sandbox.breaks.scene import NoSuchCase
from sync.sandbox.breaks.table import AFTER_A_SYNC, BREAKS, inject
from tests.reports.reconcile.test_clean_company import TODAY, clean
from tests.reports.reconcile.worlds import Cached

PERIODS = (Period(date(2026, 8, 1), TODAY), Period(date(2026, 10, 1), date(2026, 10, 31)))
# These are read from the clean company itself (test_clean_company), or change what every document shows.
_APART = frozenset(
    {"invoiced_not_shipped", "shipped_not_invoiced", "received_not_billed", "billed_not_received", "in_transit",
     "opening_difference", "wrong_account_type"}
)  # fmt: skip
# Which account plays this part is told by how postings behave, and a clearing account for freight behaves alike.
_SAME = {"account:650": "accrued_purchases", "account:801": "accrued_purchases", "account:633": "work_in_progress"}

Key = tuple[str, str | None, frozenset[tuple[str, str]], frozenset[tuple[str, str]]]


@pytest.mark.parametrize("seed", [3, 5])
def test_what_went_wrong_is_named_and_nothing_else(seed: int, sqlite_engine: Engine) -> None:
    _check(seed, sqlite_engine)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200, 400))
def test_whatever_goes_wrong_is_named_and_nothing_else(seed: int, sqlite_engine: Engine) -> None:
    _check(seed, sqlite_engine)


def _check(seed: int, engine: Engine) -> None:
    cached, done, innocent = _broken(seed, engine)
    for period in PERIODS:
        result = cached.tie_out(period)
        same = _same(result)
        wanted = {_key(f, same): f for each in done for f in each.findings if _shows(f, period)}
        told = {_key(f, same): f for f in result.findings}
        missed = sorted(map(str, wanted.keys() - told.keys()))
        assert missed == [], f"{cached.world.switches}"
        for key, finding in wanted.items():
            assert told[key].amount == finding.amount(period.start, period.end), key
        assert _strangers(result, wanted.keys(), done, same) == [], f"{cached.world.switches}"
        assert result.ambiguous == ()
        if innocent:
            assert _accused(result.findings, innocent) == []


def _broken(seed: int, engine: Engine) -> tuple[Cached, list[expected.Expected], Decoys | None]:
    """A company in which everything went wrong that can, what that must show, and the look-alikes."""
    world, random, taken = clean(seed), Random(seed), set[str]()
    cached = Cached(engine, world)
    done = []
    try:
        innocent = decoys(world, random, taken)
    except NoSuchCase:
        innocent = None
    causes = random.sample(sorted(BREAKS.keys() - _APART), len(BREAKS.keys() - _APART))
    for late in (False, True):
        if late and world.works is not None:
            cached.load()
            world.works.rest()
        for cause in causes:
            if (cause in AFTER_A_SYNC) == late:
                try:
                    done.append(inject(world, cause, random, taken=taken))
                except NoSuchCase:
                    continue
    return cached.load(), done, innocent


def _shows(finding: expected.Finding, period: Period) -> bool:
    """Whether a finding with documents must stand in this period."""
    days = finding.days()
    inside = [day in period for day in days]
    if finding.summed or not (finding.cin7 or finding.qbo) or not any(inside):
        return False
    return not (finding.cause == "different_period" and all(inside))


def _same(result: TieOut) -> dict[str, str]:
    """Controls that stand for one another: a write-off account on which nothing is left tells its part no more."""
    lost = result.books.map.cin7_control.get(chart.WRITE_OFF) == "cogs"
    return _SAME | ({"inventory_adjustments": "cogs"} if lost else {})


def _key(finding: expected.Finding | Finding, same: Mapping[str, str]) -> Key:
    """By what a finding is recognised: cause, control, and documents of both sides."""
    cause, control = finding.cause, finding.control
    # What was voided in Cin7 leaves no row that would tell by which id its ledger called it.
    ids = {("" if cause == "voided_in_cin7" else each.task_id, each.reference) for each in finding.cin7}
    theirs = {(each.type, each.id) for each in finding.qbo}
    if cause == "backdated_after_close":
        ids, theirs = set(), set()  # the contract wants the document on its own side only
    return cause, same.get(control or "", control), frozenset(ids), frozenset(theirs)


def _strangers(
    result: TieOut, wanted: Iterable[Key], done: list[expected.Expected], same: Mapping[str, str]
) -> list[str]:
    """Findings of nature error that nothing that went wrong explains."""
    subjects = {(f.cause, f.subject) for each in done for f in each.findings if not f.cin7 and not f.qbo}
    keys = set(wanted)
    return [
        f"{f.cause} {f.control} {f.subject} {f.cin7} {f.qbo}"
        for f in result.findings
        if f.nature == "error" and _key(f, same) not in keys
        and (f.cause, f.subject) not in subjects
    ]  # fmt: skip


def _accused(findings: Iterable[Finding], innocent: Decoys) -> list[str]:
    errors = [f for f in findings if f.nature == "error"]
    named = [f.cause for f in errors for d in f.cin7 if (d.task_id, d.reference) in innocent.cin7]
    return named + [f.cause for f in errors for d in f.qbo if (d.type, d.id) in innocent.qbo]
