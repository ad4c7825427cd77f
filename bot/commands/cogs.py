"""`tieout cogs`: sales, cost of goods sold and gross margin of a period, in both systems."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser, choice
from reports.cogs import to_json, to_text

GROUPS = ("product", "category", "location", "channel", "customer")
_MOST_WISHES = 100  # sales that one question sends for; asked again, it sends for those that are left


@dataclass(frozen=True, slots=True)
class Request:
    """Periods in the words of the person, understood in the company's calendar; `by` "" is the total alone."""

    period: str
    by: str = ""
    compare: str = ""


def arguments(parser: Parser) -> None:
    parser.add_argument("period", nargs="*", metavar="PERIOD", help="like last-week or 2026-01; default: last-month")
    parser.add_argument("--by", metavar="GROUP", default="", help=", ".join(GROUPS))
    parser.add_argument("--compare", metavar="PERIOD", nargs="+", default=[], help="default: the period before")


def parse(args: argparse.Namespace) -> Request:
    by = choice(args.by, GROUPS, "The group") if args.by else ""
    return Request(" ".join(args.period) or "last-month", by, " ".join(args.compare))


def run(request: Request, deps: Deps) -> Reply:
    from reports import answers  # brings the database's library, which `tieout help` need not wait for

    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        result = answers.cogs(
            session,
            company,
            calendar.period(request.period),
            deps.config,
            today=calendar.today,
            by=request.by or None,
            compare=calendar.period(request.compare) if request.compare else None,
        )
    deps.wish([("Sale", id_) for id_ in result.waiting[:_MOST_WISHES]])
    return Reply(to_text(result), to_json(result))
