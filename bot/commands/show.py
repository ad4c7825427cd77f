"""`tieout show`: one document as both systems have it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser
from sync.errors import UserError


@dataclass(frozen=True, slots=True)
class Request:
    """A number of Cin7 or of QuickBooks."""

    number: str


def arguments(parser: Parser) -> None:
    parser.add_argument("number", nargs="*", metavar="NUMBER", help="of an order, invoice, credit note, bill or task")


def parse(args: argparse.Namespace) -> Request:
    number = " ".join(args.number).strip()
    if not number:
        raise UserError("Say which document: tieout show INV-00012")
    return Request(number)


def run(request: Request, deps: Deps) -> Reply:
    from reports import load  # brings the database's library, which `tieout help` need not wait for
    from reports.load_show import shown
    from reports.show_texts import to_json, to_text

    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        books = load.books(session, company, calendar.period("this-month"), deps.config, today=calendar.today)
        result = shown(session, books, request.number)
    deps.wish([(paper.kind, paper.id) for paper in result.unread])
    return Reply(to_text(result), to_json(result))
