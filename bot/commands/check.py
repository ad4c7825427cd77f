"""`tieout check`: the set-up check, and with --test-sync one sale's way through both systems."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import DONE, FAILED, Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Request:
    """`test_sync` None leaves the test sale out, "" takes the newest completed one, else that number."""

    test_sync: str | None = None


def arguments(parser: Parser) -> None:
    parser.add_argument(
        "--test-sync", nargs="*", metavar="NUMBER", help="also follow a sale through both systems; default: the newest"
    )


def parse(args: argparse.Namespace) -> Request:
    return Request(None if args.test_sync is None else " ".join(args.test_sync).strip())


def run(request: Request, deps: Deps) -> Reply:
    from reports import load, load_setup  # bring the database's library, which `tieout help` need not wait for
    from reports.setup_check import setup_check, to_json, to_text

    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        period = calendar.period("this-month")
        books = load.books(session, company, period, deps.config, today=calendar.today, entities=load_setup.PARTS)
        steps = () if request.test_sync is None else tuple(load_setup.trial(session, books, request.test_sync))
        result = setup_check(load_setup.setup(session, books, deps.config), steps)
    return Reply(to_text(result), to_json(result), FAILED if result.status == "errors" else DONE)
