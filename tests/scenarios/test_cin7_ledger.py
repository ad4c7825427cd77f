"""The whole way of Cin7's ledger: HTTP feed, windows, cache; the same postings whatever the feed's manners."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.domain.accounts import Source
from sync.pull import RunReport, StepReport, Wants
from sync.sandbox.serve import serve
from sync.store import ledger
from sync.store.db import reading
from tests.scenarios.feeds import TODAY, cached, expected, spread, transaction, world
from tests.scenarios.practice import Practice

PAGES = (1000, 250, 100)
BOUNDS = ("inclusive", "exclusive", "from_inclusive")
ORDERS = ("oldest", "newest", "stable_random", "random_each_call")
MANNERS = [
    (1000, "inclusive", "oldest"),
    (1000, "exclusive", "random_each_call"),
    (250, "from_inclusive", "newest"),
    (250, "inclusive", "stable_random"),
    (100, "inclusive", "newest"),
    (100, "exclusive", "random_each_call"),
]


def _step(report: RunReport, entity: str = "transactions") -> StepReport:
    return next(step for step in report.entities if (step.source, step.entity) == ("cin7", entity))


@pytest.mark.exhaustive
@pytest.mark.parametrize(("page_cap", "date_bounds", "row_order"), list(itertools.product(PAGES, BOUNDS, ORDERS)))
def test_every_posting_arrives_once_with_each_manner_beside_each_other(
    sqlite_engine: Engine, page_cap: int, date_bounds: str, row_order: str
) -> None:
    test_every_posting_arrives_once_whatever_the_manners_of_the_feed(sqlite_engine, page_cap, date_bounds, row_order)


@pytest.mark.parametrize(("page_cap", "date_bounds", "row_order"), MANNERS)
def test_every_posting_arrives_once_whatever_the_manners_of_the_feed(
    sqlite_engine: Engine, page_cap: int, date_bounds: str, row_order: str
) -> None:
    rows = spread(1500, 60)
    with serve(world(rows, page_cap=page_cap, date_bounds=date_bounds, row_order=row_order), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        report = practice.sync()
        assert _step(report).status == "succeeded", _step(report).error
        assert cached(sqlite_engine) == expected(rows)
        again = practice.sync()
        assert _step(again).changed == 0
        assert _step(again).calls <= 3
        assert cached(sqlite_engine) == expected(rows)


def test_a_first_reading_needs_few_calls_more_than_the_fewest_windows(sqlite_engine: Engine) -> None:
    rows = spread(8_000, 300)
    with serve(world(rows), limits=False) as served:
        step = _step(Practice(served, sqlite_engine).sync())
    assert cached(sqlite_engine) == expected(rows)
    assert step.calls <= step.fewest + 4


def test_a_ledger_of_one_page_is_one_call_first_and_last(sqlite_engine: Engine) -> None:
    rows = spread(400, 60)
    with serve(world(rows), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        assert [_step(practice.sync()).calls for _ in range(2)] == [1, 1]
        # Grown beyond a page it is windows, and these are read right.
        rows += spread(1500, 60)
        served.changed()
        practice.sync()
    assert cached(sqlite_engine) == expected(rows)


def test_the_windows_of_a_feed_cover_all_time_without_overlap(sqlite_engine: Engine) -> None:
    with serve(world(spread(3000, 100)), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        practice.sync()
        with reading(sqlite_engine) as session:
            windows = ledger.windows(session, practice.company, Source.CIN7)
    assert (windows[0].start, windows[-1].end) == (date.min, date.max)
    assert all(a.end + timedelta(days=1) == b.start for a, b in itertools.pairwise(windows))
    assert sum(window.rows for window in windows) == 3000


def _long_day() -> list[dict[str, Any]]:
    """A day of which two accounts have more rows than a page of 100."""
    day = date(2026, 11, 3)
    rows = spread(200, 30) + [transaction(day, n, kind=k) for n, k in enumerate(("Sale", "Journal") * 75)]
    return rows + [transaction(day, 1000 + n, kind="StockAdjustment") for n in range(90)]


@pytest.mark.parametrize("row_order", ["oldest", "random_each_call"])
def test_a_day_that_exceeds_a_page_is_read_whole(sqlite_engine: Engine, row_order: str) -> None:
    rows = _long_day()
    with serve(world(rows, page_cap=100, row_order=row_order), limits=False) as served:
        step = _step(Practice(served, sqlite_engine).sync())
    assert step.status == "succeeded", step.error
    assert cached(sqlite_engine) == expected(rows)


def test_a_day_whose_pages_do_not_tell_how_many_equal_rows_it_has_is_not_complete(sqlite_engine: Engine) -> None:
    rows = _long_day()
    rows += [transaction(date(2026, 11, 3), 2000) for _ in range(40)]  # no page shows all of them
    with serve(world(rows, page_cap=100, row_order="random_each_call"), limits=False) as served:
        step = _step(Practice(served, sqlite_engine).sync())
    assert step.status == "failed"
    assert "2026-11-03" in (step.error or "")


def _backdated(rows: list[dict[str, Any]]) -> None:
    rows.append(transaction(TODAY - timedelta(days=100), 9001))


def _removed(rows: list[dict[str, Any]]) -> None:
    rows.remove(min(rows, key=lambda row: row["EffectiveDate"]))


def _future(rows: list[dict[str, Any]]) -> None:
    rows.append(transaction(TODAY + timedelta(days=500), 9002))


def _new_today(rows: list[dict[str, Any]]) -> None:
    rows.extend(transaction(TODAY, 9100 + n) for n in range(1500))


@pytest.mark.parametrize("change", [_backdated, _removed, _future, _new_today])
def test_what_changes_in_the_feed_is_found_by_the_next_sync(sqlite_engine: Engine, change: Any) -> None:
    rows = spread(4000, 120)
    with serve(world(rows), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        practice.sync()
        change(rows)
        served.changed()
        report = practice.sync()
        assert _step(report).status == "succeeded"
        assert cached(sqlite_engine) == expected(rows)
        assert _step(report).calls <= 20


def test_a_full_sync_repairs_what_no_total_betrays(sqlite_engine: Engine) -> None:
    rows = spread(3000, 120)
    with serve(world(rows), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        practice.sync()
        old = min(rows, key=lambda row: row["EffectiveDate"])
        old["Amount"] += 1
        served.changed()
        practice.sync(Wants(full=True))
        assert cached(sqlite_engine) == expected(rows)


def test_both_databases_end_alike(engine: Engine) -> None:
    rows = spread(1500, 60)
    with serve(world(rows, page_cap=250), limits=False) as served:
        Practice(served, engine).sync()
    assert cached(engine) == expected(rows)
