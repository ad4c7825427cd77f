"""Peak memory of the process that makes a first sync over HTTP; the practice company is served by another one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import Figure, Goal, told

# Ledger rows a side: each makes two postings of Cin7's and two of QuickBooks'.
_SIZES = (2_500, 25_000, 250_000)
_MOST = Goal("<", 300, " MB")


def measure() -> Iterator[Figure]:
    for rows in _SIZES:
        with served(rows) as environ, tempfile.TemporaryDirectory() as folder:
            found = synced(environ, Path(folder))
        name = f"memory: {4 * rows:,} postings"
        note = (
            f"{rows:,} ledger rows a side and {found['documents']:,} documents cached in {found['seconds']:.0f} s;"
            f" {found['before']:.0f} MB before the sync; file {found['file']:.0f} MB; {found['calls']} calls"
        )
        yield Figure(name, found["peak"], _MOST, note)
        for step, seconds in found["slowest"]:
            yield told(f"  {step}", seconds, unit=" s", digits=1)


@contextmanager
def served(rows: int) -> Iterator[dict[str, str]]:
    """The addresses and keys of a practice company of that many ledger rows, served by a process of its own."""
    command = [sys.executable, "-m", "bench.serving", str(rows)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  our own module
        assert server.stdout is not None
        try:
            environ: dict[str, str] = json.loads(server.stdout.readline())
            yield environ
        finally:
            server.communicate()  # its input ends, and so does it


def synced(environ: dict[str, str], folder: Path) -> dict[str, Any]:
    """What a first sync told of itself, made by a process of its own in `folder`."""
    command = [sys.executable, "-m", "bench.synced", str(folder)]
    done = subprocess.run(command, input=json.dumps(environ), capture_output=True, text=True, check=False)  # noqa: S603  our own module
    if done.returncode:
        raise RuntimeError(f"the sync ended with status {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
