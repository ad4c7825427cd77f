"""A PostgreSQL server of our own, where this machine has PostgreSQL: in a new folder, on a socket, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The defaults that a server is installed with decide on speed; only what a machine in use never has is left out.
_OPTIONS = "-c listen_addresses=''"


def tools() -> Path | None:
    """The folder of PostgreSQL's programs, None where there are none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = next(iter(installed), None) or shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """The address of its empty database."""
    # The server refuses to run as root, so root hands it to the user that the package made.
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    if as_other:
        shutil.chown(folder, "postgres")

    def run(tool: str, *arguments: str) -> None:
        # Into a file: whoever reads a pipe to its end would wait for the server's end.
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            command = [*as_other, str(programs / tool), *arguments]
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/")  # noqa: S603  our own words

    try:
        run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        run("pg_ctl", "-D", str(folder / "data"), "-w", "-o", f"-k {folder} {_OPTIONS}", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(folder / "data"), "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)
