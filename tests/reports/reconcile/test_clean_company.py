"""Clean practice companies of every style: no finding of nature error, nothing unexplained, timing as it really was."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from sqlalchemy import Engine

from reports.reconcile.tie_out import TieOut
from sync.domain.period import Period
from sync.sandbox.books import World
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.breaks.timing import open_at
from sync.sandbox.generate import build
from sync.sandbox.switches import Switches
from tests.reports.reconcile.worlds import Cached

TODAY = date(2026, 11, 22)
PERIODS = (
    Period(date(2026, 10, 1), date(2026, 10, 31)),
    Period(date(2026, 9, 12), date(2026, 9, 19)),
    Period(date(2026, 8, 1), TODAY),
)
_CURRENCIES = ("USD", "JPY", "KWD")


def clean(seed: int) -> World:
    """A company of three months in the style that the seed draws."""
    return build(seed, today=TODAY, months=3, switches=Switches.drawn(seed), currency=_CURRENCIES[seed % 3])


@pytest.mark.parametrize("seed", [1, 2, 6, 9])
def test_a_clean_company_is_accused_of_nothing(seed: int, sqlite_engine: Engine) -> None:
    _check(seed, sqlite_engine)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 160))
def test_no_clean_company_is_accused_of_anything(seed: int, sqlite_engine: Engine) -> None:
    _check(seed, sqlite_engine)


def test_both_databases_answer_alike(engine: Engine) -> None:
    result = Cached(engine, clean(4)).load().tie_out(PERIODS[0])
    assert not _errors(result)
    assert result.ambiguous == ()


def _check(seed: int, engine: Engine) -> None:
    world = clean(seed)
    cached = Cached(engine, world).load()
    scene = Scene(world, Random(seed))
    for period in PERIODS:
        result = cached.tie_out(period)
        assert not _errors(result), f"{world.switches}"
        assert result.ambiguous == (), f"{world.switches}"
        told = {
            (each.cause, each.cin7[0].task_id, each.cin7[0].reference, each.cin7[0].day)
            for each in result.findings
            if each.nature == "timing" and each.cause != "different_period"
        }
        true = {(each.cause, each.cin7[0].task_id, each.cin7[0].reference, each.cin7[0].day)
                for each in open_at(scene, period.end)}  # fmt: skip
        assert told == true, f"{world.switches}"


def _errors(result: TieOut) -> list[str]:
    return [f"{each.cause} {each.control} {each.subject}" for each in result.findings if each.nature == "error"]
