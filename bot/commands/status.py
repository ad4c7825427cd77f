"""`tieout status`: last runs, age of each figure, API calls used and left."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser
from reports.status import to_json, to_text


@dataclass(frozen=True, slots=True)
class Request:
    """All of it."""


def arguments(parser: Parser) -> None:
    """None of its own."""


def parse(args: argparse.Namespace) -> Request:
    return Request()


def run(request: Request, deps: Deps) -> Reply:
    from reports import answers  # brings the database's library, which `tieout help` need not wait for

    with deps.books(may_be_empty=True) as (session, company):
        limits = deps.settings.limits
        result = answers.status(
            session,
            company,
            now=deps.outside.now(),
            cin7_per_minute=limits.cin7_per_minute,
            qbo_per_minute=limits.qbo_per_minute,
        )
    return Reply(to_text(result), to_json(result))
