"""`tieout sign-off`: freezes the evidence of a period in somebody's name, or says how a period stands."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import DONE, FAILED, Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Request:
    """The period in the words of the person; `by` "" only asks how it stands."""

    period: str
    by: str = ""


def arguments(parser: Parser) -> None:
    parser.add_argument("period", nargs="*", metavar="PERIOD", help="like 2026-01; default: last-month")
    parser.add_argument("--by", nargs="+", metavar="NAME", default=[], help="who signs; else: how it stands")


def parse(args: argparse.Namespace) -> Request:
    return Request(" ".join(args.period) or "last-month", " ".join(args.by).strip())


def run(request: Request, deps: Deps) -> Reply:
    from reports import answers  # brings the database's library, which `tieout help` need not wait for
    from reports.load_evidence import standing
    from reports.remember import remember, sign
    from reports.sign_off import to_json, to_text

    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        period = calendar.period(request.period)
        result = answers.reconcile(session, company, period, deps.config, today=calendar.today)
        answer = standing(session, result, deps.config)
    if request.by:
        now, tolerance = deps.outside.now(), deps.settings.rounding
        with deps.changing() as (session, company):
            result = remember(session, company, result, at=now)
            answer = sign(session, company, answer, result, by=request.by, tolerance=tolerance, at=now)
    return Reply(to_text(answer), to_json(answer), FAILED if answer.status == "refused" else DONE)
