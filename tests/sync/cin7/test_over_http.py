"""The client over real HTTP against the practice company: every fault that may pass changes nothing in the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from sync.cin7 import details, to_domain
from sync.cin7.client import Cin7Access, Cin7Client
from sync.cin7.resources import BY_NAME, RESOURCES
from sync.errors import AuthExpired, Rejected
from sync.sandbox.books import World
from sync.sandbox.faults import Faults, Kind, Rule
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.transport import MemoryCallLog, Tally
from tests.sync.wires import Clock

PASSING = (
    Kind.THROTTLE_429,
    Kind.THROTTLE_503,
    Kind.THROTTLE_60_SECONDS,
    Kind.THROTTLE_30_SEC,
    Kind.THROTTLE_ODD_STATUS,
    Kind.THROTTLE_200,
    Kind.ERROR_500,
    Kind.ERROR_502,
    Kind.ERROR_504,
    Kind.XML_FAULT,
    Kind.HTML_200,
    Kind.EMPTY,
    Kind.CUT_JSON,
    Kind.CUT_BODY,
    Kind.RESET,
    Kind.LOST,
)
SALES = BY_NAME["sales"]


@pytest.fixture(scope="module")
def world() -> World:
    return build(11, months=3, today=date(2026, 1, 31))


@contextmanager
def served(world: World, *rules: Rule) -> Iterator[tuple[Served, Cin7Client]]:
    clock = Clock()
    with serve(world, limits=False, faults=Faults(rules)) as server:
        found = server.environ
        access = Cin7Access(found["CIN7_BASE_URL"], found["CIN7_ACCOUNT_ID"], found["CIN7_APPLICATION_KEY"])
        client = Cin7Client(access, MemoryCallLog(), per_minute=10_000, clock=clock, sleep=clock.sleep)
        yield server, client
        client.close()


def calls_seen(server: Served) -> int:
    return sum(call.source == "cin7" for call in server.calls)


@pytest.mark.parametrize("kind", PASSING, ids=lambda kind: kind.name.lower())
def test_a_fault_that_passes_changes_nothing_but_the_count(world: World, kind: Kind) -> None:
    with served(world) as (_, client):
        undisturbed = [row for page in client.pages(SALES, tally=Tally(), limit=50) for row in page.rows]
    tally = Tally()
    with served(world, Rule(kind, "cin7", "salelist", nth=2)) as (server, client):
        rows = [row for page in client.pages(SALES, tally=tally, limit=50) for row in page.rows]
        assert calls_seen(server) == tally.calls
    assert rows == undisturbed
    assert tally.calls == -(-len(rows) // 50) + 1
    assert tally.throttled == kind.name.startswith("THROTTLE")


@pytest.mark.parametrize(
    ("kind", "error"), [(Kind.ERROR_200, Rejected), (Kind.UNAUTHORISED, AuthExpired)], ids=["error_200", "unauthorised"]
)
def test_a_refusal_is_not_asked_again(world: World, kind: Kind, error: type[Exception]) -> None:
    tally = Tally()
    with served(world, Rule(kind, "cin7")) as (server, client), pytest.raises(error):
        client.page(SALES, tally=tally)
    assert (tally.calls, calls_seen(server)) == (1, 1)


@pytest.mark.parametrize("kind", [Kind.EMPTIES, Kind.TYPOS], ids=["empties", "typos"])
@pytest.mark.parametrize("name", [resource.name for resource in RESOURCES if resource.kind])
def test_empty_values_and_misspelled_keys_read_the_same(world: World, kind: Kind, name: str) -> None:
    resource = BY_NAME[name]

    def read(*rules: Rule) -> list[object]:
        with served(world, *rules) as (_, client):
            rows = client.page(resource, tally=Tally(), limit=30).rows
            found: list[object] = [to_domain.document(resource, row, "USD") for row in rows]
            keys = [resource.key(row) for row in rows[:3]]
            whole = client.details(resource, keys, tally=Tally())
            return found + [
                each if isinstance(each, Exception) else details.detail(resource, each, "USD") for each in whole
            ]

    assert read(Rule(kind, "cin7")) == read()


def test_every_list_is_read_whole_and_translated(world: World) -> None:
    with served(world) as (server, client):
        tally = Tally()
        for resource in RESOURCES[1:]:
            pages = list(client.pages(resource, tally=tally))
            rows = [row for page in pages for row in page.rows]
            assert len(rows) == pages[-1].total
            if resource.ids:
                assert len({resource.key(row) for row in rows}) == len(rows)
        assert calls_seen(server) == tally.calls
        ledger = [row for page in client.pages(BY_NAME["transactions"], tally=tally) for row in page.rows]
    assert sum(side.amount for row in ledger for side in to_domain.postings(row, "USD")) == 0


def test_calls_of_many_threads_are_all_counted(world: World) -> None:
    tallies = [Tally() for _ in range(6)]
    with served(world) as (server, client):
        threads = [threading.Thread(target=lambda t=t: list(client.pages(SALES, tally=t, limit=40))) for t in tallies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert calls_seen(server) == sum(tally.calls for tally in tallies) == client.sent.calls
