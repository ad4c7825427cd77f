"""`tieout findings`: what is remembered of the differences, and whose each one is."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser, choice, day
from reports.findings import CAUSES, findings, to_json, to_text
from reports.memory import Remembered
from sync.errors import UserError

_ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class Request:
    """Which findings to list; or, with `assign` (an id, or its beginning), whose this one is from now on."""

    open_only: bool = False
    cause: str = ""
    assign: str = ""
    owner: str = ""
    due: date | None = None
    note: str | None = None


def arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="assign ID", help="give one finding an owner; nothing: list them")
    parser.add_argument("--open", action="store_true", help="only those that are not resolved")
    parser.add_argument("--cause", metavar="C", default="", help="only those of this cause, like missing_in_qbo")
    parser.add_argument("--owner", nargs="+", metavar="O", default=[], help="who sees to it")
    parser.add_argument("--due", metavar="DATE", help="by when, like 2026-01-31")
    parser.add_argument("--note", nargs="+", metavar="TEXT", default=[], help="what was found out, or agreed")


def parse(args: argparse.Namespace) -> Request:
    owner, note = " ".join(args.owner).strip(), " ".join(args.note).strip()
    if not args.words:
        if owner or note or args.due:
            raise UserError("Say which finding: tieout findings assign ID --owner NAME")
        cause = choice(args.cause.replace("-", "_"), CAUSES, "The cause") if args.cause else ""
        return Request(args.open, cause)
    if args.words[0].lower() != _ASSIGN or len(args.words) != 2:
        raise UserError("Write it as: tieout findings assign ID --owner NAME [--due DATE] [--note TEXT]")
    if args.open or args.cause:
        raise UserError("--open and --cause are for the list; assign takes --owner, --due and --note")
    if not owner:
        raise UserError("Say whose it is: --owner NAME")
    due = day(args.due) if args.due else None
    return Request(assign=args.words[1], owner=owner, due=due, note=note or None)


def run(request: Request, deps: Deps) -> Reply:
    from reports import load_memory  # brings the database's library, which `tieout help` need not wait for

    kept = assigned(request, deps, "command line") if request.assign else None
    with deps.books() as (session, company):
        today = deps.calendar(session, company).today
        facts = load_memory.surroundings(session, company, deps.config)
        result = findings(
            (kept,) if kept else load_memory.remembered(session, company),
            facts.currency,
            today,
            open_only=request.open_only,
            cause=request.cause,
            as_of=facts.as_of,
            incomplete=facts.incomplete,
        )
    return Reply(to_text(result), to_json(result))


def assigned(request: Request, deps: Deps, who: str) -> Remembered:
    """Gives a finding the owner, due day and note of `request`, in the name of `who`; UserError where none fits."""
    from reports.remember import assign

    with deps.changing() as (session, company):
        return assign(
            session,
            company,
            request.assign,
            owner=request.owner,
            due=request.due,
            note=request.note,
            who=who,
            at=deps.outside.now(),
        )
