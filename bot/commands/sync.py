"""`tieout sync`: brings the cache up to date and says what was done."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.deps import Deps
from bot.replies import DONE, FAILED, Reply
from bot.words import Parser, day, did_you_mean
from reports.books import instant
from sync.errors import UserError

if TYPE_CHECKING:
    from sync.pull import RunReport, StepReport, Wants

SYSTEMS = {"cin7": "Cin7", "qbo": "QuickBooks"}
_WORDS = {"transactions": "ledger rows", "ledger": "ledger rows", "availability": "stock levels", "company": "company"}


@dataclass(frozen=True, slots=True)
class Request:
    """`full` reads everything anew; `since` the ledgers, and details asked for by name, from a day on.

    `only` names entities, () means all.
    """

    full: bool = False
    since: date | None = None
    only: tuple[str, ...] = ()


def arguments(parser: Parser) -> None:
    parser.add_argument("--full", action="store_true", help="read everything anew, not only what changed")
    since = "read the ledgers anew, or the details that --only names, from this day on, like 2026-01-31"
    parser.add_argument("--since", metavar="DATE", help=since)
    parser.add_argument("--only", metavar="ENTITY", nargs="+", action="extend", default=[], help="these entities only")


def parse(args: argparse.Namespace) -> Request:
    names = tuple(name for word in args.only for name in word.replace("-", "_").lower().split(",") if name)
    return Request(args.full, day(args.since) if args.since else None, names)


def run(request: Request, deps: Deps) -> Reply:
    report = deps.sync(wants(request, deps), started_by="command line")
    return Reply(to_text(report), to_json(report), DONE if report.status == "succeeded" else FAILED)


def wants(request: Request, deps: Deps) -> Wants:
    """What a sync shall bring; UserError for an entity that there is not, or a day to come."""
    from sync.pull import Wants

    known = deps.entities()
    chosen = (*request.only, *deps.settings.sync.entities)
    strangers = [f"{name} is no entity{did_you_mean(name, known)}" for name in chosen if name not in known]
    if strangers:
        raise UserError("\n".join([*strangers, f"Entities: {', '.join(known)}"]))
    # Anywhere on earth it is at most tomorrow.
    if request.since and request.since > deps.outside.now().date() + timedelta(days=1):
        raise UserError(f"{request.since} is still to come; say a day up to today, from which on to read anew")
    followed = () if request.only else deps.settings.sync.entities
    return Wants(full=request.full, since=request.since, only=request.only, entities=followed)


def to_json(report: RunReport) -> dict[str, object]:
    """The contract's `sync` document."""
    names = ("source", "entity", "status", "fetched", "changed", "calls", "error")
    return {
        "schema": "tieout/sync/1",
        "run": report.run,
        "status": report.status,
        "started_at": instant(report.started_at),
        "finished_at": instant(report.finished_at),
        "calls": dict(report.calls),
        "throttled": dict(report.throttled),
        "entities": [{name: getattr(step, name) for name in names} for step in report.entities],
    }


def to_text(report: RunReport) -> str:
    """What came, what failed and why, in as many lines as needed."""
    seconds = (report.finished_at - report.started_at).total_seconds()
    calls = ", ".join(f"{SYSTEMS[source]} {count}" for source, count in report.calls.items())
    lines = [f"Sync {report.status} after {seconds:.0f} s. Calls: {calls}."]
    for source, system in SYSTEMS.items():
        brought = [step for step in report.entities if step.source == source and step.fetched and step.entity != "me"]
        said = f"{system}: " + ", ".join(f"{step.fetched:,} {spoken(step.entity)}" for step in brought)
        lines += textwrap.wrap(said, 110, initial_indent="  ", subsequent_indent="    ") if brought else []
    return "\n".join([*lines, *_troubles(report.entities)])


def _troubles(steps: Iterable[StepReport]) -> Iterator[str]:
    """One line for each reason, naming every part that it stopped."""
    parts: dict[tuple[str, str, str], list[str]] = {}
    for step in steps:
        if step.error:
            parts.setdefault((step.source, step.status, step.error), []).append(spoken(step.entity))
    for (source, status, error), names in parts.items():
        yield f"  {SYSTEMS[source]} {', '.join(names)} {status}: {error}"


def spoken(entity: str) -> str:
    """What people call the rows of an entity."""
    return _WORDS.get(entity) or entity.replace("_", " ")
