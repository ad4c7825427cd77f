"""Posts a scheduled pack: made for its due time, put into the outbox once, and owned by whoever acknowledges it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import alert_texts
from bot.deps import Deps
from bot.outbox import OUTSIDERS
from bot.pack_message import EVENT, Posting, digest, edition_of, message
from bot.packs import Made, files, made
from bot.slack_faults import SlackFault
from reports import periods
from sync.domain.period import Period
from sync.errors import AppError, UserError

if TYPE_CHECKING:  # the desk is made by what makes this
    from bot.desk import Desk
    from bot.due_times import Due
    from bot.slack import Slack
    from reports.handouts import Handouts
    from sync.settings import Schedule, Settings

log = logging.getLogger("tieout.packs")

_LATE = timedelta(minutes=15)  # what takes longer to come says that it is late


def post_pack(desk: Desk, schedule: Schedule, due: Due) -> None:
    """Makes the report of a schedule for a due time, and puts it into the outbox: one message for each period and
    channel, whatever happens on the way. Asked for again, it brings that message up to date, with a new edition of
    its files.

    AppError where it cannot be made, or where people of other organisations read the channel.
    """
    from reports.headline import headline

    outsiders(desk.slack, schedule.channel)
    with desk.deps() as deps:
        span = scheduled_period(schedule, due, desk.zone, deps.settings)
        what = made(deps, f"{span.start}..{span.end}", schedule.report)
        found = _files_or_why(deps, schedule.report, what)
    now = desk.outside.now()
    late = now - due.at > _LATE
    posting = Posting(schedule.report, span, schedule.channel, now, due.at, late)
    told = headline(what.pack, what.local)
    edition = _edition(desk, posting, digest(told, what.pack, found))
    if edition:
        posting = replace(posting, edition=edition)
        desk.room.outbox.put(message(posting, told, what.pack, what.local, found))
    if found.failed:
        desk.room.alerts.trouble(alert_texts.files_failed(schedule.name, posting.span, found.failure))
    else:
        desk.room.alerts.over(f"{alert_texts.FILES}{schedule.name}", "The report has all its files again.")


def outsiders(slack: Slack, channel: str) -> None:
    """UserError where people of other organisations read a channel. Where Slack does not tell now, the outbox asks
    again before it posts."""
    try:
        shared = slack.outsiders(channel)
    except SlackFault as fault:
        log.warning("who reads %s is not known yet: %s", channel, fault)
        return
    if shared:
        raise UserError(f"{OUTSIDERS} ({channel}). Name another channel under [[schedule]]; nothing was posted")


def scheduled_period(schedule: Schedule, due: Due, zone: str, settings: Settings) -> Period:
    """The period that a due time is about: the last one that was over then, by the company's calendar.

    A pack's own (last week, last month); of cogs and stock the last month where the cron names days of the month, the
    last week where it names weekdays, else the day before.
    """
    words = {"weekly": "last-week", "month-end": "last-month"}.get(schedule.report)
    if words is None:
        _, _, days, _, weekdays = schedule.cron.split()
        words = "last-month" if days != "*" else "last-week" if weekdays != "*" else "yesterday"
    company = settings.company
    day = due.at.astimezone(ZoneInfo(zone)).date()
    return periods.parse(words, day, company.week_start, company.fiscal_year_start)


def _files_or_why(deps: Deps, report: str, what: Made) -> Handouts:
    """The files; where making them fails on our side, the numbers go out without, and the log says more."""
    from reports.handouts import KINDS, Failed, Handouts

    try:
        return files(deps, report, what, KINDS)
    except AppError:
        raise
    except Exception as error:
        log.exception("the files of %s failed on our side", report)
        return Handouts((), (Failed("all files", f"failed on our side ({type(error).__name__})"),))


def _edition(desk: Desk, posting: Posting, state: str) -> int:
    """The edition to post: the first, or the next where the books are others, or the message is not there; 0 where it
    is there, or on its way, and says all that there is to say."""
    box = desk.room.box
    kept = box.letter(posting.key)
    if kept is None:
        return 1
    number, before = edition_of(kept)
    given_up = box.state(posting.key) in ("failed", "dropped")
    return number + 1 if before != state or given_up or _gone(desk, posting) else 0


def _gone(desk: Desk, posting: Posting) -> bool:
    """True where the message was shown, and somebody has deleted it."""
    shown = desk.room.box.message(posting.key)
    if shown is None:
        return False
    fields = {"report": posting.report, "period": posting.span, "channel": posting.channel}
    try:
        return not desk.slack.find(shown[0], EVENT, fields, float(shown[1]) - 1)
    except SlackFault:
        return False


def own(deps: Deps, period: str, owner: str, due: date | None, note: str, who: str) -> int:
    """Gives every error of the period that is open and that nobody owns to `owner`; how many there were."""
    from reports.load_memory import remembered
    from reports.remember import assign

    with deps.books() as (session, company):
        span = deps.calendar(session, company).period(period)
        ids = [
            each.finding.id
            for each in remembered(session, company)
            if each.is_open and each.finding.nature == "error" and not each.finding.owner
            and any(sighting.open and sighting.period == span for sighting in each.sightings)
        ]  # fmt: skip
    for id_ in ids:
        with deps.changing() as (session, company):
            assign(session, company, id_, owner=owner, due=due, note=note or None, who=who, at=deps.outside.now())
    return len(ids)
