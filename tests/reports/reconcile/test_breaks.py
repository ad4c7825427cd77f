"""Everything that can go wrong at once in a practice company, among innocent look-alikes: named to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from sync.domain.period import Period
from sync.sandbox.breaks.decoys import Decoys, decoys
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.breaks.table import AFTER_A_SYNC, BREAKS, inject
from tests.reports.reconcile.measuring import Tally, Truth, measure
from tests.reports.reconcile.test_clean_company import clean
from tests.reports.reconcile.worlds import Cached

# These are read from the clean company itself (test_clean_company), or change what every document shows.
_APART = frozenset(
    {"invoiced_not_shipped", "shipped_not_invoiced", "received_not_billed", "billed_not_received", "in_transit",
     "opening_difference", "wrong_account_type"}
)  # fmt: skip


@pytest.mark.parametrize("seed", [3, 5])
def test_what_went_wrong_is_named_and_nothing_else(seed: int, sqlite_engine: Engine) -> None:
    _check(seed, sqlite_engine)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200, 400))
def test_whatever_goes_wrong_is_named_and_nothing_else(seed: int, sqlite_engine: Engine) -> None:
    _check(seed, sqlite_engine)


def _check(seed: int, engine: Engine) -> None:
    cached, done, innocent = _broken(seed, engine)
    truth, tally = Truth(Scene(cached.world, Random(1)), tuple(done), innocent), Tally()
    whole = Period(truth.scene.company.opening + timedelta(1), cached.world.today)
    for period in (whole, Period(date(2026, 10, 1), date(2026, 10, 31))):
        measure(cached.tie_out(period), truth, tally, str(cached.world.switches))
    assert tally.faults == []


def _broken(seed: int, engine: Engine) -> tuple[Cached, list[Expected], Decoys | None]:
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
