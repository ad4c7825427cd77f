"""Calls made by a first and by a quiet sync, beside the fewest that there could be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bench.feeds import mirrored
from bench.fewest import fewest, pages
from bench.figures import Figure, Goal, told
from bench.syncing import new_cache, refuse_partial, sync, ticking
from sync.domain.documents import READ_WHOLE
from sync.pull import RunReport
from sync.sandbox.books import World
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.store import unread
from sync.store.db import writing

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)
FIRST = Goal("<=", 1.05, digits=3)
QUIET = Goal("<=", 12)
_SIZES = (1, 4)
_BIG = 100_000
ASKED = 12  # documents whose lines somebody asks for
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
        yield from _asked(name, served, engine, key)
        engine.dispose()


def _asked(name: str, served: Served, engine: Engine, key: str) -> Iterator[Figure]:
    """Calls for details once people asked for some purchases and stock tasks, then once they were read."""
    with writing(engine) as session:
        wanted = unread.every(session, 1, [kind for kind in READ_WHOLE if kind != "Sale"])[:ASKED]
        unread.wish(session, 1, [each.key for each in wanted])
    made = []
    for days in (2, 3):
        served.calls.clear()
        report = sync(engine, served.environ, key, limits=False, now=ticking(NOON, timedelta(days=days)))
        refuse_partial(report)
        made.append(sum(step.calls for step in report.entities if step.entity.endswith("_details")))
    if wanted:
        note = f"{made[0]} calls for {len(wanted)} documents that were asked for, {made[1]} in the sync after it"
        yield Figure(f"calls: details asked for, {name}", sum(made) / len(wanted), FIRST, note)


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
