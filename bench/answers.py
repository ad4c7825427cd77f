"""Time of the answers `cogs last-week` and `stock SKU`, in this process, over a cache of two years' trade.

The commands themselves are run, from their request to their reply and its JSON text; a first asking warms caches
and is not counted.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from bench.calls import NOON, TODAY
from bench.figures import Figure, Goal, percentile, told
from bench.filled import CIN7_ACCOUNT, PRODUCTS, QBO_REALM, fill, read_details, sku
from bot.commands import cogs, stock
from bot.deps import Deps
from bot.outside import Outside
from bot.replies import Reply
from sync.settings import read
from sync.store.db import reading
from sync.store.tables import LineRow, PostingRow
from sync.store.upsert import table_of

_POSTINGS = 1_000_000
_TIMES, _WARM = 200, 5
_COGS, _STOCK = Goal("<=", 100, " ms", 1), Goal("<=", 50, " ms", 1)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, closing(_surroundings(Path(folder))) as deps:
        began = time.monotonic()
        found = fill(deps.engine, _POSTINGS, TODAY, NOON)
        with reading(deps.engine) as session:
            rows = session.execute(select(func.count()).select_from(table_of(PostingRow))).scalar_one()
        note = f"both systems; {len(found):,} sales; filled in {time.monotonic() - began:.0f} s"
        yield told("answers: postings in the cache", rows, note)
        yield from _timed("cogs last-week", _COGS, _cogs(deps))
        yield from _timed("stock SKU", _STOCK, _stock(deps))
        yield from _timed("stock WORDS", None, lambda: stock.run(stock.Request("article of 17"), deps))
        week = [sold for sold in found if sold.day >= TODAY - timedelta(days=28)]
        read_details(deps.engine, 1, week, NOON)
        with reading(deps.engine) as session:
            lines = session.execute(select(func.count()).where(table_of(LineRow).c.source == "cin7")).scalar_one()
        yield told("answers: lines of sale details, all of four weeks", lines)
        yield from _timed("cogs last-week, with details", _COGS, _cogs(deps))


def _surroundings(folder: Path) -> Deps:
    """A command's surroundings on a new cache, at a fixed instant."""
    environ = {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "CIN7_ACCOUNT_ID": CIN7_ACCOUNT,
        "QBO_REALM_ID": QBO_REALM,
    }
    outside = Outside(
        environ=environ,
        folder=folder,
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        clock=lambda: NOON.timestamp(),
        browse=lambda _: False,
        ask=lambda _: "",
    )
    return Deps(read(environ, folder), outside, lambda _words, _outside: Reply(""), {})


def _cogs(deps: Deps) -> Callable[[], Reply]:
    return lambda: cogs.run(cogs.Request("last-week"), deps)


def _stock(deps: Deps) -> Callable[[], Reply]:
    random = Random(7)
    return lambda: stock.run(stock.Request(sku(random.randrange(PRODUCTS))), deps)


def _timed(name: str, goal: Goal | None, ask: Callable[[], Reply]) -> Iterator[Figure]:
    seconds, work = [], []
    for n in range(_WARM + _TIMES):
        began, spent = time.perf_counter(), time.process_time()
        text = json.dumps(ask().document)
        if n >= _WARM:
            seconds.append(time.perf_counter() - began)
            work.append(time.process_time() - spent)
        if '"complete": true' not in text:
            raise RuntimeError(f"{name} answered from an incomplete cache: {text[-500:]}")
    # Processor time is what the machine's other work lengthens least: both are told, each beside the goal.
    for clock, spans in (("p99", seconds), ("p99 of processor time", work)):
        p50, p99 = (percentile(spans, share) * 1000 for share in (0.50, 0.99))
        note = f"p50 {p50:.1f} ms, slowest {max(spans) * 1000:.1f} ms, {_TIMES} times"
        yield Figure(f"answers: {name}, {clock}", p99, goal, note, Goal("<=", 0, " ms", 1))
