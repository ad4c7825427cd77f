"""`python -m bench.synced FOLDER`: a first sync into FOLDER, the environment on stdin, what it took on stdout."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import func, select

from bench.calls import NOON
from bench.syncing import new_cache, refuse_partial, sync, ticking
from sync.pull import Progress
from sync.store.db import reading
from sync.store.tables import DocumentRow, PostingRow
from sync.store.upsert import table_of

_SLOWEST = 4


def main() -> int:
    environ, folder = json.load(sys.stdin), Path(sys.argv[1])
    engine = new_cache(folder)
    before, began = peak(), time.monotonic()
    first: dict[str, float] = {}
    last: dict[str, float] = {}

    def watch(progress: Progress) -> None:
        step, now = f"{progress.source} {progress.entity}", time.monotonic()
        first.setdefault(step, now)
        last[step] = now

    key = Fernet.generate_key().decode()
    report = sync(engine, environ, key, limits=False, now=ticking(NOON), watch=watch)
    seconds, most = time.monotonic() - began, peak()
    refuse_partial(report)
    with reading(engine) as session:
        postings, documents = (
            session.execute(select(func.count()).select_from(table_of(model))).scalar_one()
            for model in (PostingRow, DocumentRow)
        )
    engine.dispose()
    took = sorted(((last[step] - first[step], step) for step in first), reverse=True)[:_SLOWEST]
    told = {
        "peak": most,
        "before": before,
        "seconds": seconds,
        "postings": postings,
        "documents": documents,
        "calls": sum(report.calls.values()),
        "file": (folder / "bench.db").stat().st_size / 1e6,
        "slowest": [(step, wait) for wait, step in took],
    }
    print(json.dumps(told))
    return 0


def peak() -> float:
    """The most memory that this process ever had, in megabytes of a million bytes.

    Linux counts it from the start of the program (VmHWM); getrusage would count the process that started it too.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kib) * 1024 / 1e6


if __name__ == "__main__":
    sys.exit(main())
