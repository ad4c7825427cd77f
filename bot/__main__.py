"""The composition root of the command line: real environment, clock, streams and browser."""

from __future__ import annotations

import getpass
import importlib
import os
import sys
import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from bot import cli, logs
from bot.outside import Outside


def main() -> int:
    """Runs the command that was typed; the exit status is 0 done, 1 failed, 2 wrong usage or settings."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter gets "?", not a traceback
    logs.set_up(sys.stderr, os.environ.get("TIEOUT_LOG", ""))
    outside = Outside(
        environ=os.environ,
        folder=Path.cwd(),
        stdin=sys.stdin,
        stdout=sys.stdout,
        stderr=sys.stderr,
        clock=time.time,
        browse=webbrowser.open,
        ask=_ask,
        hide=getpass.getpass,
    )
    try:
        return cli.run(sys.argv[1:], outside)
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # stays open: Python flushes it when it ends
        return 0


def _ask(question: str) -> str:
    with suppress(ImportError):  # Windows has none; typing works there, only without history
        importlib.import_module("readline")
    return input(question)


if __name__ == "__main__":
    sys.exit(main())
