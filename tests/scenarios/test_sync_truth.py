"""After a sync the cache is the truth of the practice company, whatever its switches, and stays it as time goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from reports.load_age import proofs
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.pull import RunReport, Wants
from sync.sandbox.books import QboPosting, World
from sync.sandbox.faults import Faults, Kind, Rule
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from sync.sandbox.switches import Switches, legal_values
from sync.store import ledger, reads
from sync.store.db import migrate, open_database, reading, writing
from sync.store.tables import Window
from tests.scenarios.feeds import TODAY as NOW
from tests.scenarios.feeds import world as world_of
from tests.scenarios.practice import Practice, apart
from tests.scenarios.truth import differences

TODAY = date(2026, 3, 17)
CURRENCIES = ("USD", "JPY", "KWD")
# Every way of posting sales to QuickBooks with every number of digits, three seeds each.
DRAWN = [(seed, CURRENCIES[seed % 3], way) for seed in range(100, 109) for way in legal_values()["consolidation"]]
FEW = [
    (1, "USD", None),
    (2, "JPY", "day"),
    (3, "KWD", "month"),
    (4, "KWD", None),
    (5, "USD", "day"),
    (6, "JPY", None),
]
EVERYTHING = Wants(details=10_000)
LEDGER = Wants(details=0)
QUIET = 12  # calls beside the availability pages

Cache = Callable[[], Engine]


@pytest.fixture
def new_cache(_sqlite_template: Path, tmp_path: Path) -> Cache:
    """new_cache() -> the engine of another empty cache."""
    with ExitStack() as stack:

        def make() -> Engine:
            path = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
            path.write_bytes(_sqlite_template.read_bytes())
            engine = open_database(f"sqlite:///{path}")
            stack.callback(engine.dispose)
            return engine

        return make


def company(seed: int, currency: str, consolidation: str | None, months: int = 1) -> World:
    drawn = replace(Switches.drawn(seed), consolidation=consolidation)  # type: ignore[arg-type]  # one of its values
    if drawn.row_order == "random_each_call" and drawn.page_cap == 100:
        # The opening day has more rows than that page, and no order: such a day stays incomplete (test_cin7_ledger).
        drawn = replace(drawn, page_cap=250)
    return build(seed, today=TODAY, months=months, currency=currency, switches=drawn)


def troubles(report: RunReport) -> list[str]:
    return [f"{step.source} {step.entity}: {step.error}" for step in report.entities if step.status != "succeeded"]


def changes(report: RunReport) -> list[tuple[str, str, int]]:
    return [(step.source, step.entity, step.changed) for step in report.entities if step.changed]


def beside_stock(report: RunReport) -> int:
    stock = sum(step.calls for step in report.entities if step.entity == "availability")
    return sum(report.calls.values()) - stock


def assert_everything_is_complete(practice: Practice) -> None:
    with reading(practice.engine) as session:
        figures = reads.figures(session, practice.company)
        assert [f"{f.source} {f.entity}: {f.reason}" for f in figures if not f.complete] == []
        assert all(window.complete for source in Source for window in ledger.windows(session, practice.company, source))
        assert all(window.proven for window in ledger.windows(session, practice.company, Source.QBO))
        # The years before the books began count as proven too: a period may begin in them.
        found = proofs(session, practice.company, Period(date(2015, 1, 1), TODAY), TODAY)
        assert [proof.status for proof in found] == ["tied", "tied"]


def live_on(world: World, engine: Engine, new_cache: Cache, days: int, wants: Wants) -> None:
    """A first sync, a quiet one, `days` days of business and a third: true each time, and as good as a new cache."""
    with serve(world, limits=False) as served:
        practice = Practice(served, engine)
        assert troubles(practice.sync(wants)) == []
        assert differences(engine, world) == []
        assert_everything_is_complete(practice)
        before, again = practice.contents(), practice.sync(wants)
        assert (again.status, troubles(again), changes(again)) == ("succeeded", [], [])
        assert beside_stock(again) <= QUIET, again
        assert practice.contents() == before
        world.advance(days)
        served.changed()
        assert troubles(practice.sync(wants)) == []
        assert differences(engine, world) == []
        assert_everything_is_complete(practice)
        other = Practice(served, new_cache(), tokens=engine, key=practice.key)
        assert troubles(other.sync(wants)) == []
        assert practice.contents(living=True) == other.contents(living=True)
        assert (served.violations, served.broken) == ([], [])


@pytest.mark.parametrize(("seed", "currency", "consolidation"), FEW)
def test_the_cache_is_the_truth_at_first_and_three_days_later(
    sqlite_engine: Engine, new_cache: Cache, seed: int, currency: str, consolidation: str | None
) -> None:
    live_on(company(seed, currency, consolidation), sqlite_engine, new_cache, 3, LEDGER)


def test_the_cache_is_the_truth_when_more_time_has_passed_than_quickbooks_tells_changes_of(
    sqlite_engine: Engine, new_cache: Cache
) -> None:
    live_on(company(7, "USD", None), sqlite_engine, new_cache, 40, LEDGER)


def test_a_first_sync_from_a_day_on_is_proven_and_a_later_one_reads_what_was_before(sqlite_engine: Engine) -> None:
    world = company(13, "USD", None, months=3)
    with serve(world, limits=False) as served:
        practice = Practice(served, sqlite_engine)
        for day in (date(2026, 2, 10), date(2026, 1, 20)):
            assert troubles(practice.sync(Wants(since=day, details=0))) == []
            with reading(sqlite_engine) as session:
                windows = ledger.windows(session, practice.company, Source.QBO)
            assert windows[0].start == day
            assert all(window.proven for window in windows)
        assert troubles(practice.sync(LEDGER)) == []
        assert differences(sqlite_engine, world) == []
        assert_everything_is_complete(practice)


def test_a_ledger_that_did_not_agree_is_proven_once_it_does(sqlite_engine: Engine) -> None:
    world = company(14, "USD", None)
    with serve(world, limits=False) as served:
        practice = Practice(served, sqlite_engine)
        assert troubles(practice.sync(LEDGER)) == []
        with writing(sqlite_engine) as session:
            session.execute(update(Window).where(col(Window.source) == "qbo").values(proven=False))
        assert troubles(practice.sync(LEDGER)) == []
        assert_everything_is_complete(practice)


def test_changes_after_the_first_sync_are_told_by_quickbooks_own_clock(sqlite_engine: Engine) -> None:
    world = company(12, "USD", None)
    with serve(world, limits=False) as served:
        practice = Practice(served, sqlite_engine, later=250 * 86_400.0)  # ours is months ahead of theirs
        assert troubles(practice.sync(LEDGER)) == []
        world.advance(3)
        served.changed()
        assert troubles(practice.sync(LEDGER)) == []
        assert differences(sqlite_engine, world) == []
        assert len(served.seen("qbo", "cdc")) == 1


def test_details_that_came_bit_by_bit_are_those_of_one_reading(sqlite_engine: Engine, new_cache: Cache) -> None:
    live_on(company(8, "USD", "day"), sqlite_engine, new_cache, 3, EVERYTHING)


@pytest.mark.exhaustive
@pytest.mark.parametrize("days", [1, 3, 40])
@pytest.mark.parametrize(("seed", "currency", "consolidation"), DRAWN)
def test_the_cache_is_the_truth_with_every_way_of_posting(
    sqlite_engine: Engine, new_cache: Cache, seed: int, currency: str, consolidation: str | None, days: int
) -> None:
    live_on(company(seed, currency, consolidation, months=3), sqlite_engine, new_cache, days, EVERYTHING)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("switch", "value"), [(name, value) for name, values in legal_values().items() for value in values]
)
def test_the_cache_is_the_truth_with_each_value_of_each_switch(
    sqlite_engine: Engine, new_cache: Cache, switch: str, value: object
) -> None:
    world = build(11, today=TODAY, months=2, switches=replace(Switches(), **{switch: value}))  # type: ignore[arg-type]  # as above
    live_on(world, sqlite_engine, new_cache, 3, EVERYTHING)


def resting(began: date) -> World:
    """A company whose QuickBooks has one entry of its first day, and one of today's month after years of rest."""
    found = world_of([])
    found.cin7.me["OpeningBalanceDate"] = f"{began:%d/%m/%Y}"
    for number, day in enumerate((began, NOW.replace(day=3)), 1):
        stamp = {"CreateTime": f"{day}T10:00:00-08:00", "LastUpdatedTime": f"{day}T10:00:00-08:00"}
        entry = {"Id": str(number), "SyncToken": "0", "MetaData": stamp, "TxnDate": str(day), "Line": []}
        found.qbo.entities.setdefault("JournalEntry", []).append(entry)
        found.qbo.postings += [
            QboPosting(str(number), "JournalEntry", "Journal Entry", day, "", "", "", account, amount)
            for account, amount in (("3", -500), ("4", 500))
        ]
    bank = {"Id": "4", "Name": "Bank", "FullyQualifiedName": "Bank", "AccountType": "Bank", "Classification": "Asset"}
    found.qbo.entities["Account"].append(bank | {"AccountSubType": "Checking", "MetaData": stamp})
    return found


@pytest.mark.parametrize("began", [NOW.replace(month=2), date(2024, 6, 30), date(2011, 1, 1)])
def test_books_that_rested_for_years_are_read_to_the_entry_with_which_they_began(
    sqlite_engine: Engine, began: date
) -> None:
    with serve(resting(began), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        assert troubles(practice.sync(LEDGER)) == []
        assert_everything_is_complete(practice)
        assert len(practice.contents()["posting"]) == 4
        assert len(served.seen("qbo", "GeneralLedger")) <= 10
        assert [changes(practice.sync(wants)) for wants in (LEDGER, Wants(full=True, details=0))] == [[], []]


def test_nothing_is_missing_before_the_first_entry_of_quickbooks(sqlite_engine: Engine) -> None:
    began = date(2025, 3, 1)
    with serve(resting(began), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        practice.sync(LEDGER)
        with reading(sqlite_engine) as session:
            windows = ledger.windows(session, practice.company, Source.QBO)
    assert all(one.end + timedelta(days=1) == two.start for one, two in pairwise(windows))
    assert windows[0].start < date(1990, 1, 1)


def test_a_full_sync_of_a_good_cache_changes_nothing(sqlite_engine: Engine) -> None:
    world = company(9, "JPY", None)
    with serve(world, limits=False) as served:
        practice = Practice(served, sqlite_engine)
        practice.sync(LEDGER)
        before, full = practice.contents(), practice.sync(Wants(full=True, details=0))
        assert (full.status, changes(full)) == ("succeeded", [])
        assert practice.contents() == before
        assert differences(sqlite_engine, world) == []


def test_details_are_read_as_the_run_allows_and_all_of_them_when_asked_for_by_name(sqlite_engine: Engine) -> None:
    with serve(company(13, "USD", "day"), limits=False) as served:
        practice = Practice(served, sqlite_engine)
        first = practice.sync(Wants(only=("me", "company", "sales"), details=5))
        assert not any(step.entity == "sale_details" for step in first.entities)
        some = practice.sync(Wants(details=5))
        assert [step.fetched for step in some.entities if step.entity == "sale_details"] == [5]
        rest = practice.sync(Wants(only=("sale_details",), details=5))
        assert [step.fetched > 20 for step in rest.entities if step.entity == "sale_details"] == [True]
        none = practice.sync(Wants(only=("sale_details",)))
        assert not any(step.entity == "sale_details" for step in none.entities)


def test_which_system_answers_first_changes_neither_the_cache_nor_the_calls(
    sqlite_engine: Engine, new_cache: Cache
) -> None:
    world = company(12, "USD", None)
    with serve(world, limits=False) as served:
        quick = Practice(served, sqlite_engine)
        calls = quick.sync(EVERYTHING).calls
        # The accounts and items in time, so that Cin7's ledger need not wait; all documents late.
        late = tuple(Rule(Kind.LATE, "qbo", "query", nth=nth, seconds=0.8) for nth in range(3, 30))
        served.faults = Faults(rules=late)
        slow = Practice(served, new_cache(), tokens=sqlite_engine, key=quick.key)
        assert slow.sync(EVERYTHING).calls == calls
        assert apart(slow.contents(), quick.contents()) == []


@pytest.mark.postgres
def test_both_databases_hold_the_same_truth(sqlite_engine: Engine, postgres_url: str) -> None:
    world, engine = company(10, "KWD", "day"), open_database(postgres_url)
    migrate(engine)
    with serve(world, limits=False) as served:
        small = Practice(served, sqlite_engine)
        large = Practice(served, engine, tokens=sqlite_engine, key=small.key)
        for _ in range(2):
            assert troubles(small.sync(LEDGER)) + troubles(large.sync(LEDGER)) == []
            assert differences(engine, world) == []
            assert large.contents() == small.contents()
            world.advance(4)
            served.changed()
    engine.dispose()
