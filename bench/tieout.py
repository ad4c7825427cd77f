"""Time and memory of a tie-out, beside a bare load and full outer join of the same rows in the fastest engine.

Each is a process of its own on the same cache, of two years of sound books; in turn, A B A B, and the medians count.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.calls import NOON, TODAY
from bench.figures import Figure, Goal, told
from bench.filled import fill
from bench.syncing import new_cache
from bench.tied import WAYS

_ROUNDS = {10_000: 5, 100_000: 3, 1_000_000: 1}  # postings a side -> how often each way is measured
_RATIO, _PEAK = Goal("<=", 3, digits=1), Goal("<=", 1_500, " MB")


def measure() -> Iterator[Figure]:
    before: tuple[int, float] | None = None
    for postings, rounds in _ROUNDS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.db"
            engine = new_cache(Path(folder))
            fill(engine, postings, TODAY, NOON)
            engine.dispose()
            took = [{way: taken(way, path) for way in WAYS} for _ in range(rounds)]
        name = f"tieout: {postings:,} postings a side"
        ours = median(each["tieout"]["seconds"] for each in took)
        cpu = median(each["tieout"]["cpu"] for each in took)
        growth = f"; {ours / before[1]:.1f} times that of {before[0]:,}" if before else ""
        yield told(
            name, ours, f"{cpu:.1f} s of processor; {took[0]['tieout']['rows']:,} matched{growth}", unit=" s", digits=1
        )
        before = (postings, ours)
        bare = {way: median(each[way]["seconds"] for each in took) for way in WAYS if way != "tieout"}
        fastest = min(bare, key=lambda way: bare[way])
        engines = ", ".join(f"{way} {seconds:.2f} s" for way, seconds in sorted(bare.items(), key=lambda pair: pair[1]))
        ratio = median(each["tieout"]["seconds"] / each[fastest]["seconds"] for each in took)
        busy = median(each["tieout"]["cpu"] / each[fastest]["cpu"] for each in took)
        yield Figure("  beside the bare load and join", ratio, _RATIO, f"of processor {busy:.1f}; {engines}")
        most = max(each["tieout"]["peak"] for each in took)
        goal = _PEAK if postings == max(_ROUNDS) else None
        note = f"{took[0]['tieout']['before']:.0f} MB before; bare {took[0][fastest]['peak']:.0f} MB"
        yield Figure("  peak memory", most, goal, note, _PEAK)


def taken(way: str, path: Path) -> dict[str, Any]:
    """What one way took: seconds, seconds of processor (cpu), rows, and megabytes before and at most."""
    command = [sys.executable, "-m", "bench.tied", way, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own module
    if done.returncode:
        raise RuntimeError(f"{way} ended with status {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
