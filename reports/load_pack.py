"""Reads what the weekly pack shows beside the tie-out: weeks of trade, stock snapshots, what is open, the last sync."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import load, load_stock
from reports.books import Books
from reports.cogs import qbo_total, total
from reports.load_memory import remembered
from reports.load_status import runs
from reports.load_tables import STOCK_DAY
from reports.memory import Remembered, Sighting, dressed
from reports.pack import DayBalance, Evidence, Pack, PlaceValue, PlaceValues, Week
from reports.periods import Calendar
from reports.reconcile.closing import Balances
from reports.reconcile.tie_out import TieOut
from reports.sign_off import evidence as frozen
from reports.stock import Stock
from sync.domain.accounts import Source
from sync.domain.money import to_minor
from sync.domain.period import Period
from sync.errors import NotSynced

WEEKS = 13
_WEEK = timedelta(days=7)


def spans(end: date, first_weekday: int) -> tuple[Period, ...]:
    """The 13 calendar weeks up to the one with `end` in it, the oldest first; Monday is weekday 0."""
    calendar = Calendar(end, first_weekday)
    return tuple(Period(calendar.week(n), calendar.week(n + 1) - timedelta(days=1)) for n in range(1 - WEEKS, 1))


def weeks(session: Session, books: Books, found: Iterable[Period]) -> tuple[Week, ...]:
    """Sales and cost of each week, from the same sums as `tieout cogs`."""
    return tuple(_week(load.another(session, books, period)) for period in found)


def _week(books: Books) -> Week:
    over = books.period.end <= books.today
    return Week(books.period, total(books, None, None), qbo_total(books), books.incomplete, over)


def days(session: Session, tied: TieOut, balances: Balances, since: date) -> tuple[DayBalance, ...]:
    """Inventory at the end of every day from `since` (or Cin7's opening day) to the period's end, or today."""
    books = tied.books
    if balances.unreachable:
        return ()
    last = min(books.period.end, books.today)
    first = min(max(since, books.company.opening_day or since), last)
    values = stock_values(session, books, first, last)
    sides = {source: _running(books, source, balances, first) for source in Source}
    found = []
    for day in Period(first, last):
        for source, (moved, sums) in sides.items():
            sides[source] = (moved, sums + moved.get(day, 0))
        found.append(DayBalance(day, sides[Source.CIN7][1], sides[Source.QBO][1], values.get(day)))
    return tuple(found)


def _running(books: Books, source: Source, balances: Balances, first: date) -> tuple[dict[date, int], int]:
    """Inventory's movements by day on one side, and its balance before `first`."""
    moved: defaultdict[date, int] = defaultdict(int)
    for code in books.map.accounts(source, "inventory"):
        for day, amount in balances.daily.get((source, code), {}).items():
            moved[day] += amount
    return dict(moved), sum(amount for day, amount in moved.items() if day < first)


def stock_values(session: Session, books: Books, first: date, last: date) -> dict[date, int]:
    """Day -> Cin7's stock value in the snapshot of that day, minor units, rounded once."""
    rows = session.execute(
        select(STOCK_DAY.c.day, STOCK_DAY.c.value, func.count())
        .where(STOCK_DAY.c.company == books.company.id, STOCK_DAY.c.day.between(first, last))
        .group_by(STOCK_DAY.c.day, STOCK_DAY.c.value)
    )
    sums: defaultdict[date, Decimal] = defaultdict(Decimal)
    for day, value, count in rows:
        sums[day] += value * count
    return {day: to_minor(value, books.currency) for day, value in sorted(sums.items())}


def places(session: Session, books: Books) -> PlaceValues | None:
    """Stock value by location in the period's last snapshot (else the newest), beside the one a week before it."""
    ours = STOCK_DAY.c.company == books.company.id
    newest = select(func.max(STOCK_DAY.c.day)).where(ours)
    day = session.scalar(newest.where(STOCK_DAY.c.day.between(books.period.start, books.period.end)))
    day = day or session.scalar(newest)
    if day is None:
        return None
    earlier = session.scalar(newest.where(STOCK_DAY.c.day <= day - _WEEK))
    now, before = _by_place(session, books, day), _by_place(session, books, earlier) if earlier else {}
    found = [
        PlaceValue(name, _minor(now.get(name), books), _minor(before.get(name), books) if earlier else None)
        for name in now.keys() | before.keys()
    ]
    taken_at = session.execute(select(func.max(STOCK_DAY.c.taken_at)).where(ours, STOCK_DAY.c.day == day)).scalar_one()
    return PlaceValues(
        day=day,
        taken_at=taken_at,
        places=tuple(sorted(found, key=lambda place: (-place.value, place.location))),
        total=_minor(sum(now.values(), Decimal(0)), books),
        before_day=earlier,
        before=_minor(sum(before.values(), Decimal(0)), books) if earlier else None,
    )


def _by_place(session: Session, books: Books, day: date) -> dict[str, Decimal]:
    rows = session.execute(
        select(STOCK_DAY.c.location, STOCK_DAY.c.value).where(
            STOCK_DAY.c.company == books.company.id, STOCK_DAY.c.day == day
        )
    )
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for location, value in rows:
        sums[location] += value
    return dict(sums)


def _minor(value: Decimal | None, books: Books) -> int:
    return to_minor(value or Decimal(0), books.currency)


def stock(session: Session, company: int) -> Stock | None:
    """Stock of everything now; None where it was never read."""
    try:
        return load_stock.stock_now(session, company, "")
    except NotSynced:
        return None


def with_memory(session: Session, tied: TieOut) -> tuple[TieOut, tuple[Remembered, ...]]:
    """The tie-out with first seen, owner and due day of each finding, and all findings that are open now.

    What the tie-out shows for the first time is open too, without a first sight; what was open in this very period
    alone, and is not there any more, is left out where the data is complete.
    """
    kept = remembered(session, tied.books.company.id)
    told = dressed(tied.findings, {each.finding.id: each for each in kept})
    here = {found.id for found in told}
    still = [each for each in kept if each.is_open and (each.finding.id in here or not _gone(each, tied))]
    known = {each.finding.id for each in still}
    period = tied.books.period
    new = [
        Remembered(found, (Sighting(period, found.amount, found.at_stake, found.count, True),))
        for found in told
        if found.id not in known
    ]
    return replace(tied, findings=told), (*still, *new)


def _gone(each: Remembered, tied: TieOut) -> bool:
    elsewhere = any(sighting.open and sighting.period != tied.books.period for sighting in each.sightings)
    return not elsewhere and not tied.books.incomplete


def remembering(session: Session, pack: Pack) -> Pack:
    """The same pack with what is remembered now, as after its findings were kept."""
    tied, found = with_memory(session, pack.tied)
    return replace(pack, tied=tied, open=found)


def evidence(session: Session, tied: TieOut, inputs: Mapping[str, str]) -> Evidence:
    """The newest sync, and the hashes of `inputs` and of the tie-out itself."""
    newest = next(iter(runs(session, tied.books.company.id)), None)
    return Evidence(newest, frozen(tied, inputs).inputs)
