"""`tieout reconcile`: ties Cin7 to QuickBooks for a period, control by control."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Request:
    """The period in the words of the person, understood in the company's calendar."""

    period: str


def arguments(parser: Parser) -> None:
    parser.add_argument("period", nargs="*", metavar="PERIOD", help="like 2026-01 or this-quarter; default: last-month")


def parse(args: argparse.Namespace) -> Request:
    return Request(" ".join(args.period) or "last-month")


def run(request: Request, deps: Deps) -> Reply:
    from reports import answers  # brings the database's library, which `tieout help` need not wait for
    from reports.reconcile.tie_out import to_json, to_text
    from reports.remember import remember

    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        period = calendar.period(request.period)
        result = answers.reconcile(session, company, period, deps.config, today=calendar.today)
    with deps.changing() as (session, company):
        result = remember(session, company, result, at=deps.outside.now())
    return Reply(to_text(result), to_json(result))
