"""Makes a report's pack and its files for whoever asks: the command line, a conversation, the schedule."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.deps import Deps
from reports.periods import WEEKDAYS

if TYPE_CHECKING:  # they bring plotly and the Excel writer, which take most of a second
    from reports.handouts import Handouts
    from reports.local import Local
    from reports.month_end import MonthEnd
    from reports.pack import Pack

# report -> its period where none is named
DEFAULT_PERIODS = {"weekly": "last-week", "month-end": "last-month", "cogs": "last-month", "stock": "last-week"}


@dataclass(frozen=True, slots=True)
class Made:
    """A pack whose findings are remembered, and how the company writes its figures; `month` is the month-end pack."""

    pack: Pack
    local: Local
    month: MonthEnd | None = None


def made(deps: Deps, period: str, report: str = "weekly") -> Made:
    """The pack of `report` for the period that the words name; what it finds is kept, as `tieout reconcile` keeps it.

    UserError for words that name no period, NotSynced where a ledger is not cached.
    """
    from reports import answers, load_pack
    from reports.local import local
    from reports.remember import remember

    now = deps.outside.now()
    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        span, first = calendar.period(period), WEEKDAYS.index(calendar.week_start)
        month = None
        if report == "month-end":
            month = answers.month_end(
                session, company, span, deps.config, today=calendar.today, now=now, first_weekday=first
            )
        found = (
            month.pack
            if month
            else answers.weekly(session, company, span, deps.config, today=calendar.today, now=now, first_weekday=first)
        )
    with deps.changing() as (session, company):
        remember(session, company, found.tied, at=now)
    with deps.books() as (session, _):
        found = load_pack.remembering(session, found)
    return Made(found, local(found.books.company), month and replace(month, pack=found))


def files(
    deps: Deps, report: str, what: Made, kinds: Collection[str], tell: Callable[[str], None] = lambda _: None
) -> Handouts:
    """The files of `report` ("weekly", "month-end", "cogs", "stock", "reconcile") of these kinds (png, html, xlsx).

    What could not be made is told in `failed`; `tell` hears what is being made.
    """
    from reports.handouts import handouts
    from reports.links import hosts
    from reports.workbook import write_month_end

    at = hosts(deps.settings.qbo.base_url)
    write = partial(write_month_end, what.month, at=at) if what.month else None
    return handouts(report, what.pack, what.local, deps.pictures, kinds=kinds, at=at, write=write, tell=tell)
