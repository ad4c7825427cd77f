"""`tieout open-items`: open documents per customer or supplier, in both systems."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser, choice, day
from reports.open_items import SIDES, to_json, to_text
from sync.errors import UserError


@dataclass(frozen=True, slots=True)
class Request:
    """`side` is receivables or payables; `at` None is today."""

    side: str
    at: date | None = None


def arguments(parser: Parser) -> None:
    parser.add_argument("side", nargs="?", metavar="SIDE", help="receivables (of customers) or payables (to suppliers)")
    parser.add_argument("--at", metavar="DATE", help="at the end of that day, like 2026-01-31; default: today")


def parse(args: argparse.Namespace) -> Request:
    if not args.side:
        raise UserError(f"Say which: tieout open-items {' or '.join(SIDES)}")
    return Request(choice(args.side, SIDES, "The side"), day(args.at) if args.at else None)


def run(request: Request, deps: Deps) -> Reply:
    from reports import load  # brings the database's library, which `tieout help` need not wait for
    from reports.load_open_items import PARTS, open_on
    from sync.domain.period import Period

    with deps.books() as (session, company):
        today = deps.calendar(session, company).today
        facts = load.company_facts(session, company, deps.config)
        at = request.at or today
        period = Period(min(facts.opening_day or at, at), at)
        books = load.books(session, company, period, deps.config, today=today, entities=PARTS[request.side])
        result = open_on(session, books, request.side, at)
    return Reply(to_text(result), to_json(result))
