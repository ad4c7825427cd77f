"""`tieout stock`: stock now, by location, of one SKU, of what some words find, or of everything."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser
from reports.stock import to_json, to_text


@dataclass(frozen=True, slots=True)
class Request:
    """`query` is a SKU or words of a name, "" for everything; `location` a location's name, "" for all."""

    query: str = ""
    location: str = ""


def arguments(parser: Parser) -> None:
    parser.add_argument("query", nargs="*", metavar="QUERY", help="a SKU, or words of it or of a product's name")
    parser.add_argument("--location", nargs="+", metavar="NAME", default=[], help="this location only")


def parse(args: argparse.Namespace) -> Request:
    return Request(" ".join(args.query), " ".join(args.location))


def run(request: Request, deps: Deps) -> Reply:
    from reports import answers  # brings the database's library, which `tieout help` need not wait for

    with deps.books() as (session, company):
        result = answers.stock(session, company, request.query, request.location)
    return Reply(to_text(result), to_json(result))
