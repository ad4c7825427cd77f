"""The words and the table of the chart of open findings: by owner and age, with the trend of the gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from reports.chart import Chart, footer, made
from reports.local import Local
from reports.memory import Remembered
from reports.pack import Pack

# (days at most, words), the youngest first
AGES: tuple[tuple[int, str], ...] = ((7, "up to a week"), (30, "8 to 30 days"), (90, "31 to 90 days"), (10**6, "older"))
NOBODY = "Nobody"
_OTHERS = "{} others"
_MOST = 6


@dataclass(frozen=True, slots=True)
class Owned:
    """One owner's open findings: how many of each age of AGES, and their money.

    `money` counts each event once, with its largest finding, minor units without sign.
    """

    owner: str
    counts: tuple[int, ...]
    money: int

    @property
    def count(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class GapDay:
    """The gap of inventory at the end of a week's last day (or of the last day known)."""

    day: date
    gap: int


def owned(pack: Pack, local: Local) -> tuple[Owned, ...]:
    """Open findings by owner: nobody's first, then the most money; beyond some, all others together."""
    groups: defaultdict[str, list[Remembered]] = defaultdict(list)
    for each in pack.open:
        groups[each.finding.owner or NOBODY].append(each)
    found = sorted(
        (_owned(name, some, pack.books.today, local) for name, some in groups.items()),
        key=lambda o: (o.owner != NOBODY, -o.money, -o.count, o.owner),
    )
    if len(found) <= _MOST + 1:
        return tuple(found)
    rest = {each.owner for each in found[_MOST:]}
    others = [each for name in rest for each in groups[name]]
    return (*found[:_MOST], _owned(_OTHERS.format(len(rest)), others, pack.books.today, local))


def _owned(owner: str, some: list[Remembered], today: date, local: Local) -> Owned:
    counts = [0] * len(AGES)
    for each in some:
        counts[_bucket(age(each, today, local))] += 1
    return Owned(owner, tuple(counts), money(some))


def money(some: Iterable[Remembered]) -> int:
    """What is at issue: each event once, with its largest finding."""
    sizes: defaultdict[str, int] = defaultdict(int)
    for each in some:
        size = abs(each.finding.amount or each.finding.at_stake or 0)
        sizes[each.finding.root] = max(sizes[each.finding.root], size)
    return sum(sizes.values())


def age(each: Remembered, today: date, local: Local) -> int:
    """Days since the finding was first seen; 0 where it is new."""
    seen = each.finding.first_seen
    return 0 if seen is None else max(0, (today - _day(seen, local)).days)


def _day(moment: datetime, local: Local) -> date:
    return moment.astimezone(local.zone).date()


def _bucket(days: int) -> int:
    return next(n for n, (most, _) in enumerate(AGES) if days <= most)


def trend(pack: Pack) -> tuple[GapDay, ...]:
    """Inventory's gap at the end of each of the pack's weeks; empty where its balances are not known."""
    by_day = {each.day: each.gap for each in pack.days}
    if not by_day:
        return ()
    newest = pack.days[-1].day
    ends = (min(week.period.end, newest) for week in pack.weeks)
    return tuple(GapDay(day, by_day[day]) for day in dict.fromkeys(ends) if day in by_day)


def findings(pack: Pack, local: Local) -> Chart:
    """Open findings by owner and age, and the trend of inventory's gap."""
    groups, gaps = owned(pack, local), trend(pack)
    rows = [
        (each.owner, *(str(count or "") for count in each.counts), str(each.count), local.money(each.money))
        for each in groups
    ]
    whole = [sum(column) for column in zip(*(each.counts for each in groups), strict=True)] or [0] * len(AGES)
    rows += [("All", *(str(count or "") for count in whole), str(len(pack.open)), local.money(money(pack.open)))]
    rows += [
        (f"Inventory gap, {local.day(each.day)}", *("" for _ in AGES), "", local.signed(each.gap)) for each in gaps
    ]
    bars = "; ".join(
        f"{each.owner} {each.count} ({', '.join(_ages(each.counts))}), {local.money(each.money)}" for each in groups
    )
    told = f"Bars by owner and age: {bars}." if groups else "No bars."
    alt = f"{told}{_trend_words(gaps, local)}"
    head = ("Owner", *(words for _, words in AGES), "Open", "Money")
    subtitle = "Open findings by owner and age, and inventory's gap at the end of each week"
    return made("findings", _title(pack, local), subtitle, alt, [head, *rows], footer(pack, local))


def _ages(counts: tuple[int, ...]) -> list[str]:
    return [f"{count} {words}" for count, (_, words) in zip(counts, AGES, strict=True) if count]


def _trend_words(gaps: tuple[GapDay, ...], local: Local) -> str:
    if not gaps:
        return ""
    first, last = gaps[0], gaps[-1]
    return (
        f" Inventory's gap by week: {local.signed(first.gap)} on {local.day(first.day)},"
        f" {local.signed(last.gap)} on {local.day(last.day)}."
    )


def _title(pack: Pack, local: Local) -> str:
    if not pack.open:
        return "No finding is open"
    count = len(pack.open)
    unowned = sum(1 for each in pack.open if not each.finding.owner)
    seen = [each.finding.first_seen for each in pack.open if each.finding.first_seen]
    oldest = f"; the oldest since {local.day(_day(min(seen), local))}" if seen else ""
    whose = f", {unowned} without an owner" if unowned else ", all with an owner"
    return f"{count} finding{' is' if count == 1 else 's are'} open{whose}{oldest}"
