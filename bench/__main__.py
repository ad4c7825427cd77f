"""`python -m bench [NAME]`: measures what the goals ask for, on this machine, and prints goal beside result."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sqlite3
import sys
import time
from pathlib import Path

# name -> what it measures; each is a module of this package with measure() -> figures.
BENCHES = {
    "calls": "calls of a first and of a quiet sync, beside the fewest possible",
    "rate": "share of the allowed rate that is used, and throttled calls (two minutes)",
    "store": "rows stored per second, beside a bare executemany of the same rows",
    "memory": "peak memory of a first sync of 10,000, 100,000 and 1,000,000 postings (minutes)",
    "pack": "the pack over 1,000,000 postings: seconds, memory, pictures beside a bare write_image (minutes)",
    "asking": "Slack's questions during a sync: acknowledgement with 1, 10 and 50 askers, answers a second (a minute)",
    "tieout": "tie-out of 10,000 to 1,000,000 postings a side, beside a bare load and full outer join (minutes)",
    "outbox": "1,000 posts to a Slack that throttles, breaks off and loses answers: lost, and seen twice",
    "answers": "time of `cogs last-week` and `stock SKU` over 1,000,000 postings of either system",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHES, metavar="NAME", help=", ".join(BENCHES))
    chosen = parser.parse_args().name
    print(machine(), flush=True)
    for name in [chosen] if chosen else BENCHES:
        began = time.monotonic()
        print(f"\n{name}: {BENCHES[name]}", flush=True)
        for figure in importlib.import_module(f"bench.{name}").measure():
            print(figure, flush=True)
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return 0


def machine() -> str:
    """What the figures were measured on; the load is how many processes ran or waited in the last minute."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    system = f"{platform.system()} {_processor()}, {cores} cores{busy}"
    return f"{system}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def _processor() -> str:
    """The processor's own name where the system tells it, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
