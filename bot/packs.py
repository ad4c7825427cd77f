"""Makes a report's pack and its files for whoever asks: the command line, a conversation, the schedule."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.deps import Deps
from reports.periods import WEEKDAYS

if TYPE_CHECKING:  # they bring plotly and the Excel writer, which take most of a second
    from reports.handouts import Handouts
    from reports.local import Local
    from reports.pack import Pack

# report -> its period where none is named
DEFAULT_PERIODS = {"weekly": "last-week", "month-end": "last-month", "cogs": "last-month", "stock": "last-week"}


@dataclass(frozen=True, slots=True)
class Made:
    """A pack whose findings are remembered, and how the company writes its figures."""

    pack: Pack
    local: Local


def made(deps: Deps, period: str) -> Made:
    """The pack of the period that the words name; what it finds is kept, as `tieout reconcile` keeps it.

    UserError for words that name no period, NotSynced where a ledger is not cached.
    """
    from reports import answers, load_pack
    from reports.local import local
    from reports.remember import remember

    now = deps.outside.now()
    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        found = answers.weekly(
            session,
            company,
            calendar.period(period),
            deps.config,
            today=calendar.today,
            now=now,
            first_weekday=WEEKDAYS.index(calendar.week_start),
        )
    with deps.changing() as (session, company):
        remember(session, company, found.tied, at=now)
    with deps.books() as (session, _):
        found = load_pack.remembering(session, found)
    return Made(found, local(found.books.company))


def files(
    deps: Deps, report: str, what: Made, kinds: Collection[str], tell: Callable[[str], None] = lambda _: None
) -> Handouts:
    """The files of `report` ("weekly", "month-end", "cogs", "stock", "reconcile") of these kinds (png, html, xlsx).

    What could not be made is told in `failed`; `tell` hears what is being made.
    """
    from reports.handouts import handouts
    from reports.links import hosts

    at = hosts(deps.settings.qbo.base_url)
    return handouts(report, what.pack, what.local, deps.pictures, kinds=kinds, at=at, tell=tell)
