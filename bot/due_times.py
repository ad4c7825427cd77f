"""When jobs are due: rules, and their due times as instants and local wall-clock keys; pure."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]  # ships no types

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Cron's own search is stepwise, so the newest due time is looked for in ever larger spans before now.
_SHIFT = timedelta(hours=3)  # more than clocks are ever put forward
_SPANS = tuple(timedelta(days=days) for days in (0, 1, 8, 32, 367, 1500))


@dataclass(frozen=True, slots=True)
class Every:
    """Due at `since`, and every `seconds` from then on."""

    seconds: int

    def __str__(self) -> str:
        return f"every {self.seconds} s"


@dataclass(frozen=True, slots=True)
class Cron:
    """Five cron fields in a time zone. In an hour that the clocks repeat it is due once, in the first of the two."""

    text: str
    zone: str

    def __str__(self) -> str:
        return f"{self.text} {self.zone}"


Rule = Every | Cron


@dataclass(frozen=True, slots=True)
class Due:
    """One due time: `key` is the local wall-clock time that names it, `at` the aware instant in UTC."""

    job: str
    key: str
    at: datetime


def newest(job: str, rule: Rule, since: datetime, now: datetime) -> Due | None:
    """The last due time from `since` (when the rule began to hold) up to `now`; None where there was none yet."""
    if now < since:
        return None
    if isinstance(rule, Every):
        passed = int((now - since).total_seconds() // rule.seconds)
        return _every(job, since + timedelta(seconds=passed * rule.seconds))
    for shorter, longer in pairwise(_SPANS):
        begin = max(since, now - longer)
        last = None
        for at in _fires(rule, begin):
            if at > now:
                break
            last = at
        if last is not None:
            return _cron(job, rule, last)
        if begin == since or shorter > now - since:
            return None
    return None


def following(job: str, rule: Rule, since: datetime, now: datetime) -> Due | None:
    """The first due time after `now`; None where the rule never comes true again."""
    if isinstance(rule, Every):
        last = newest(job, rule, since, now)
        return _every(job, since if last is None else last.at + timedelta(seconds=rule.seconds))
    for at in _fires(rule, max(since, now + timedelta(microseconds=1))):
        return _cron(job, rule, at)
    return None


def cron_trigger(rule: Cron) -> CronTrigger:
    """APScheduler's trigger of the rule on a wall clock that stands for UTC, with cron's own numbers of weekdays.

    APScheduler counts them from Monday, crontab(5) from Sunday (0 and 7): "1-5" would be Tuesday to Saturday.
    """
    *others, weekdays = rule.text.split()
    days = ",".join(dict.fromkeys(day for part in weekdays.lower().split(",") for day in _days(part)))
    return CronTrigger.from_crontab(" ".join([*others, days]), timezone=UTC)


def _days(part: str) -> list[str]:
    found = re.fullmatch(r"(?:\*|(\d)(?:-(\d))?)(?:/(\d+))?", part)
    if found is None or part == "*":
        return [part]  # names of days mean the same to both
    first, last, step = found.groups()
    low = int(first or 0)
    high = int(last) if last else 6 if step or not first else low
    return [_DAYS[number % 7] for number in range(low, high + 1, int(step or 1))]


def _fires(rule: Cron, begin: datetime) -> Iterator[datetime]:
    """The due instants from `begin` on: of two equal wall-clock times the first, and one that is left out later.

    Looked for on a wall clock that nobody puts forward or back, because APScheduler skips a midnight before which the
    clocks of its zone were put forward: it adds days of 24 hours.
    """
    zone, trigger = ZoneInfo(rule.zone), cron_trigger(rule)
    wall = (begin.astimezone(zone) - _SHIFT).replace(tzinfo=UTC)
    kept: list[datetime] = []  # a time that is left out comes after later ones
    last = begin - timedelta(microseconds=1)
    while (wall := trigger.get_next_fire_time(None, wall)) is not None:
        at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        heapq.heappush(kept, at)
        left_out = at.astimezone(zone).replace(tzinfo=UTC) != wall
        while kept and not left_out and kept[0] <= at:
            soonest = heapq.heappop(kept)
            if soonest > last:
                yield soonest
                last = soonest
        wall += timedelta(microseconds=1)


def _every(job: str, at: datetime) -> Due:
    return Due(job, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", at.astimezone(UTC))


def _cron(job: str, rule: Cron, at: datetime) -> Due:
    return Due(job, f"{at.astimezone(ZoneInfo(rule.zone)):%Y-%m-%dT%H:%M}", at)
