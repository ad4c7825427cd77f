"""`tieout check`: the set-up check, and with --test-sync one sale's and one purchase's way through both systems."""

from __future__ import annotations

import argparse
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.checking import checked, followed, watched
from bot.deps import Deps
from bot.replies import DONE, FAILED, Reply
from bot.stopping import stopping
from bot.words import Parser
from sync.errors import SyncRunning

if TYPE_CHECKING:
    from reports.trial_sync import Trial

_EVERY = 60.0  # seconds between two looks at a test sync; each costs a quiet sync, some five calls of either system


@dataclass(frozen=True, slots=True)
class Request:
    """`test_sync` None leaves the test sync out, "" takes the newest documents, else that number.

    `once` judges it once also at a terminal, where it is watched until it is done otherwise.
    """

    test_sync: str | None = None
    once: bool = False


def arguments(parser: Parser) -> None:
    parser.add_argument(
        "--test-sync",
        nargs="*",
        metavar="NUMBER",
        help="follow a sale and a purchase through both systems; default: those that say test, else the newest",
    )
    parser.add_argument("--once", action="store_true", help="judge the test sync once; a terminal watches it otherwise")


def parse(args: argparse.Namespace) -> Request:
    return Request(None if args.test_sync is None else " ".join(args.test_sync).strip(), args.once)


def run(request: Request, deps: Deps) -> Reply:
    from reports.setup_check import to_json, to_text  # brings what `tieout help` need not wait for

    if request.test_sync is not None and deps.outside.at_terminal() and not (deps.as_json or request.once):
        _watch(deps, request.test_sync)
    result = checked(deps, request.test_sync)
    return Reply(to_text(result), to_json(result), FAILED if result.status == "errors" else DONE)


def _watch(deps: Deps, number: str) -> None:
    """Syncs and looks again until every step is judged, or Ctrl-C."""
    from sync.pull import Wants

    stop = threading.Event()

    def again() -> Trial:
        with suppress(SyncRunning):  # another process brings the cache up to date just now
            deps.sync(Wants(entities=deps.settings.sync.entities), started_by="test sync", cancel=stop)
        return followed(deps, number)

    deps.tell("Watching the test sync; a step is told when it moves. Ctrl-C ends the watch.")
    with stopping(stop):
        found = watched(again, deps.tell, lambda: not stop.wait(_EVERY))
    deps.tell("The test sync is done.\n" if found.done else "The watch ended before the test sync was done.\n")
