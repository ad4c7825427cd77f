"""Calls made by a first and by a quiet sync, beside the fewest that there could be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from bench.feeds import mirrored
from bench.fewest import fewest, pages
from bench.figures import Figure, Goal, told
from bench.syncing import new_cache, refuse_partial, sync, ticking
from sync.pull import RunReport
from sync.sandbox.books import World
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)
FIRST = Goal("<=", 1.05, digits=3)
QUIET = Goal("<=", 12)
_SIZES = (1, 4)
_BIG = 100_000
_LATER = {"an hour later": timedelta(hours=1), "a day later": timedelta(days=1)}


def measure() -> Iterator[Figure]:
    for size in _SIZES:
        yield from _company(f"size {size}", build(2026, today=TODAY, size=size))
    yield from _company(f"{_BIG:,} ledger rows", mirrored(_BIG, TODAY))


def _company(name: str, world: World) -> Iterator[Figure]:
    key = Fernet.generate_key().decode()
    with tempfile.TemporaryDirectory() as folder, serve(world, limits=False) as served:
        engine = new_cache(Path(folder))
        report = sync(engine, served.environ, key, limits=False, now=ticking(NOON))
        refuse_partial(report)
        yield from first(name, world, served, report)
        for later, wait in _LATER.items():
            served.calls.clear()
            report = sync(engine, served.environ, key, limits=False, now=ticking(NOON, wait))
            refuse_partial(report)
            yield _quiet(f"calls: quiet, {name}, {later}", world, served)
        engine.dispose()


def first(name: str, world: World, served: Served, report: RunReport) -> Iterator[Figure]:
    """The ratio, by the calls that the servers saw; then each entity that took more or fewer than the fewest."""
    least = fewest(world)
    seen = len(served.seen("cin7")) + len(served.seen("qbo"))
    possible = sum(least.values())
    yield Figure(f"calls: first, {name}", seen / possible, FIRST, f"{seen} calls, {possible} are the fewest")
    made = {(step.source, step.entity): step.calls for step in report.entities}
    for entity in sorted(made.keys() | least.keys()):
        more = made.get(entity, 0) - least.get(entity, 0)
        if more:
            note = f"{made.get(entity, 0)} calls, {least.get(entity, 0)} are the fewest"
            yield told(f"  {' '.join(entity)}", more, note)


def _quiet(name: str, world: World, served: Served) -> Figure:
    stock = len(served.seen("cin7", "productavailability"))
    beside = len(served.seen("cin7")) + len(served.seen("qbo")) - stock
    paths = [call.path.rsplit("/", 1)[-1] for call in served.calls if call.source != "oauth"]
    needed = pages(len(world.cin7.lists.get("ref/productavailability", [])))
    note = f"beside {stock} availability pages ({needed} needed): {', '.join(p for p in paths if 'availab' not in p)}"
    return Figure(name, beside, QUIET, note)
