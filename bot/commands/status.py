"""`tieout status`: last runs, age of each figure, API calls used and left, open alerts, what is due next."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser
from reports.status import NextDue, to_json, to_text
from sync.errors import NotSynced

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.due_times import Rule


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
            due=_next(deps, session, company),
        )
    return Reply(to_text(result), to_json(result))


def _next(deps: Deps, session: Session, company: int) -> list[NextDue]:
    """The next due time of each job, in the company's time zone; none before a sync has told which that is."""
    from bot.schedule import rules_of, upcoming  # brings the scheduler's library
    from reports.answers import job_since
    from reports.load import company_facts

    try:
        zone = company_facts(session, company, deps.config).time_zone
    except NotSynced:
        return []
    now = deps.outside.now()

    def since(job: str, rule: Rule) -> datetime:
        return job_since(session, company, job, str(rule)) or now

    return [NextDue(job, at) for job, at in upcoming(rules_of(deps.settings, zone), since, now)]
