"""The weekly and the month-end pack over 1,000,000 postings: seconds and memory; a picture beside a bare write_image.

The cache holds two years of trade and a snapshot of stock for each of the last 91 days. The pack is made by a process
of its own (bench.packed), so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bench.calls import NOON, TODAY
from bench.figures import Figure, Goal, told
from bench.filled import fill
from bench.syncing import new_cache
from sync.store.db import writing

_POSTINGS, _DAYS = 1_000_000, 91
_RATIO = Goal("<=", 1.1, digits=3)
_PERIODS = {
    "week": (TODAY - timedelta(days=13), TODAY - timedelta(days=7)),
    "month": (TODAY.replace(month=TODAY.month - 1, day=1), TODAY.replace(day=1) - timedelta(days=1)),
}


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        engine = new_cache(Path(folder))
        sales = len(fill(engine, _POSTINGS, TODAY, NOON))
        snapshots = _snapshots(engine)
        engine.dispose()
        note = f"{sales:,} sales, {snapshots:,} rows of stock snapshots; filled in {time.monotonic() - began:.0f} s"
        yield told("pack: postings of both systems", 2 * _POSTINGS, note)
        for name, (start, end) in _PERIODS.items():
            found = _packed(Path(folder), start.isoformat(), end.isoformat(), name == "week")
            yield from _told(name, found)


def _told(name: str, found: dict[str, Any]) -> Iterator[Figure]:
    sizes = f"page {found['html'] / 1e6:.1f} MB, workbook {found['xlsx'] / 1e6:.1f} MB, {found['matched']:,} documents"
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in found["steps"].items())
    steps += f"; {found['cpu']:.1f} s of processor time"  # what the machine's other work does not lengthen
    yield told(f"pack: one {name}, data, page and workbook", found["seconds"], steps, unit=" s", digits=1)
    yield told(f"pack: one {name}, peak memory", found["peak"], sizes, unit=" MB")
    if "pictures" not in found:
        return
    pictures = found["pictures"]
    yield told("pack: first picture, browser cold", pictures["cold"], unit=" s", digits=2)
    note = f"{pictures['count']} figures, {pictures['times']} times each, in turn; medians"
    yield told("pack: later picture, browser warm", pictures["warm"], note, unit=" s", digits=3)
    yield told("pack: the same by a bare write_image", pictures["bare"], unit=" s", digits=3)
    yield Figure("pack: picture time / bare write_image", pictures["warm"] / pictures["bare"], _RATIO)


def _snapshots(engine: Engine, days: int = _DAYS) -> int:
    """Today's snapshot of the stock on each of the days before, too; how many rows there are then."""
    with writing(engine) as session:
        connection = session.connection()
        for back in range(1, days):
            connection.exec_driver_sql(
                "INSERT INTO stock_day (company, day, sku, location, on_hand, value, taken_at) "
                "SELECT company, ?, sku, location, on_hand, value, taken_at FROM stock_day WHERE day = ?",
                ((TODAY - timedelta(days=back)).isoformat(), TODAY.isoformat()),
            )
        return int(connection.exec_driver_sql("SELECT count(*) FROM stock_day").scalar_one())


def _packed(folder: Path, start: str, end: str, pictures: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.packed", str(folder), start, end, *(["pictures"] if pictures else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own module
    if done.returncode:
        raise RuntimeError(f"the pack ended with status {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
