"""A company in which everything went wrong, read over HTTP into a cache: the reports see exactly what is expected."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from reports import load
from reports.books import Books, Config
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.sandbox.books import World
from sync.sandbox.breaks.controls import Claims, sign
from sync.sandbox.breaks.suite import Case, Played, play
from sync.sandbox.breaks.table import BREAKS
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from sync.sandbox.switches import Switches
from sync.store.db import reading
from tests.scenarios.practice import Practice
from tests.sync.sandbox.breaking import TODAY, gaps


def _books(engine: Engine, company: int, first: date) -> Books:
    last = (first + timedelta(32)).replace(day=1) - timedelta(1)
    with reading(engine) as session:
        return load.books(session, company, Period(first, min(last, TODAY)), Config(), today=TODAY)


def _synced(world: World, engine: Engine) -> int:
    with serve(world, limits=False) as served:
        practice = Practice(served, engine)
        report = practice.sync()
        assert report.status == "succeeded", [step for step in report.entities if step.error]
        return practice.company


@pytest.fixture(scope="module")
def played() -> Played:
    causes = tuple(cause for cause in BREAKS if cause != "consolidation_differs")
    return play(Case("everything", 7, 1, "USD", Switches(), causes, innocent=True), TODAY)


def test_the_cache_of_a_broken_company_differs_by_what_is_expected(sqlite_engine: Engine, played: Played) -> None:
    company = _synced(played.world, sqlite_engine)
    apart = gaps(played.world)
    for first in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        books = _books(sqlite_engine, company, first)
        for control in books.map.controls():
            found = books.control(Source.CIN7, control) - books.control(Source.QBO, control)
            assert found == apart.get((control, f"{first:%Y-%m}"), 0), (control, first)


def test_the_account_map_gives_every_account_the_control_that_expectations_use(sqlite_engine: Engine) -> None:
    world = build(3, today=TODAY, months=6)
    books = _books(sqlite_engine, _synced(world, sqlite_engine), date(2026, 2, 1))
    used = {code for row in world.cin7.lists["transactions"] for code in (row["DebitAccountCode"],
                                                                          row["CreditAccountCode"])}  # fmt: skip
    mapped = {code: books.map.cin7_control.get(code, "") for code in used}
    claims = Claims(world.truth.events)
    assert mapped == {code: claims.of(code) for code in used}
    assert {c: books.map.sign(c) for c in mapped.values() if c} == {c: sign(c) for c in mapped.values() if c}
