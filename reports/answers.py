"""The questions that commands ask: each loads what it needs from the cache and hands it to the report that decides."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from reports import cogs as margin
from reports import load, load_age, load_evidence, load_month_end, load_pack, load_status, periods
from reports.books import Books, Config
from reports.load_closing import balances
from reports.load_confirm import sale_lines
from reports.load_events import former_legs, ledgers
from reports.load_ledger import ledger_lines
from reports.load_memory import memory
from reports.load_open_items import PARTS, open_on
from reports.load_standing import goods, sides, state
from reports.load_stock import stock_now
from reports.load_trade import orders_alone, sales_alone, trade
from reports.month_end import MonthEnd
from reports.open_items import OpenItems
from reports.pack import Pack
from reports.reconcile.aside import NOTHING
from reports.reconcile.closing import Balances
from reports.reconcile.engine import Past, examine
from reports.reconcile.entries import asked, with_entries
from reports.reconcile.lines import confirmed, invoices
from reports.reconcile.tie_out import TieOut, tie_out
from reports.sign_off import reasons
from reports.status import NextDue, Status
from reports.stock import Stock
from reports.trade import Trade
from sync.domain.accounts import Source
from sync.domain.period import Period

# Parts of the sync that a grouping needs beside the ledgers.
_NEEDS = {
    "product": ((Source.CIN7, "products"),),
    "category": ((Source.CIN7, "products"),),
    "location": ((Source.CIN7, "sales"), (Source.CIN7, "locations")),
    "channel": ((Source.CIN7, "sales"),),
    "customer": ((Source.CIN7, "sales"),),
}


@contextmanager
def _uncollected() -> Iterator[None]:
    """All that an answer makes lives to its end: to look for garbage among it takes longer than to make it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def cogs(
    session: Session,
    company: int,
    period: Period,
    config: Config,
    *,
    today: date,
    by: str | None = None,
    compare: Period | None = None,
) -> margin.Cogs:
    """Sales and margin of `period`, beside those of `compare` (the period before where it is None).

    Raises NotSynced where nothing of Cin7's ledger is cached, UserError for an unknown grouping.
    """
    books = load.books(session, company, period, config, today=today, entities=_NEEDS.get(by or "", ()))
    found = trade(session, books, grouped=by is not None)
    before = _before(session, books, compare or periods.before(period), found)
    return margin.cogs(books, found, by, before)


def _before(session: Session, books: Books, period: Period, found: Trade) -> margin.Before | None:
    """What to compare with; None where none of the period's days was read on Cin7's side."""
    if not load_age.cached(session, books.company.id, period):
        return None
    earlier = load.another(session, books, period)
    # Units cost as much to read as the period itself: they are looked for where this period has any.
    if found.read:
        return margin.before(earlier, sales_alone(session, earlier))
    return margin.Before(earlier, margin.total(earlier, orders_alone(session, earlier), None))


def stock(session: Session, company: int, query: str, location: str = "") -> Stock:
    """Stock now of what `query` means, at one location where it is given; NotSynced, NotThere as `stock_now`."""
    return stock_now(session, company, query, location)


def status(
    session: Session,
    company: int,
    *,
    now: datetime,
    cin7_per_minute: int,
    qbo_per_minute: int,
    due: Sequence[NextDue] = (),
) -> Status:
    """The newest ten syncs, the age of each figure, calls used, open alerts, what is due; `now` is an aware instant."""
    return load_status.status(
        session, company, now=now, cin7_per_minute=cin7_per_minute, qbo_per_minute=qbo_per_minute, due=due
    )


def job_since(session: Session, company: int, job: str, rule: str) -> datetime | None:
    """Since when the bot has a scheduled job with this rule; None where it does not have it yet."""
    return load_status.since(session, company, job, rule)


@_uncollected()
def reconcile(session: Session, company: int, period: Period, config: Config, *, today: date) -> TieOut:
    """The tie-out of `period`: controls, findings, closing balances, proofs; NotSynced where a ledger is not cached."""
    books = load.books(session, company, period, config, today=today)
    if books.unsynced:
        return tie_out(books, balances(session, books))
    return _tied(session, books, config, balances(session, books))


@_uncollected()
def weekly(
    session: Session,
    company: int,
    period: Period,
    config: Config,
    *,
    today: date,
    now: datetime,
    first_weekday: int = 0,
) -> Pack:
    """The reconciliation pack of `period`; `first_weekday` is the company's (Monday 0), `now` an aware instant.

    NotSynced where a ledger is not cached. Findings that are new in it are not kept by this: `remember` its `tied`,
    then `load_pack.remembering` gives the pack with their first sight.
    """
    margin = cogs(session, company, period, config, today=today)
    books = load.books(session, company, period, config, today=today)
    known = balances(session, books)
    tied, found = load_pack.with_memory(session, _tied(session, books, config, known))
    spans = load_pack.spans(min(period.end, today), first_weekday)
    inventory = next((control for control in tied.controls if control.name == "inventory"), None)
    return Pack(
        tied=tied,
        margin=margin,
        weeks=load_pack.weeks(session, books, spans),
        days=load_pack.days(session, tied, known, min(spans[0].start, period.start)) if inventory else (),
        days_reason=known.unreachable if inventory else "No account is an inventory account.",
        open=found,
        places=load_pack.places(session, books),
        stock=load_pack.stock(session, company),
        evidence=load_pack.evidence(session, tied, load_evidence.inputs(session, books, config)),
        made_at=now,
        ledger=ledger_lines(session, books, known),
    )


def month_end(
    session: Session,
    company: int,
    period: Period,
    config: Config,
    *,
    today: date,
    now: datetime,
    first_weekday: int = 0,
) -> MonthEnd:
    """The month-end pack of `period`, as `weekly` with what closes a month; open items as of the period's end."""
    pack = weekly(session, company, period, config, today=today, now=now, first_weekday=first_weekday)
    return MonthEnd(
        pack=pack,
        grni=load_month_end.grni(session, pack.tied),
        receivables=_open(session, pack.books, "receivables", config),
        payables=_open(session, pack.books, "payables", config),
        roll=load_month_end.inventory_roll(session, pack.tied),
        signed=load_evidence.standing(session, pack.tied, config),
        against=reasons(pack.tied, config.tolerance),
    )


def _open(session: Session, books: Books, side: str, config: Config) -> OpenItems:
    at = min(books.period.end, books.today)
    since = Period(min(books.company.opening_day or at, at), at)
    whole = load.books(session, books.company.id, since, config, today=books.today, entities=PARTS[side])
    return open_on(session, whole, side, at)


def _tied(session: Session, books: Books, config: Config, known: Balances) -> TieOut:
    past = memory(session, books)
    around = state(session, books, past.late)
    found = ledgers(session, books, config, around.named())
    # Where sales are set aside, lines are read of what is left alone.
    billed = {txn.id for txn in found.qbo if txn.kind == "Invoice"} if found.aside is not NOTHING else None
    told = examine(
        books,
        found,
        replace(around, goods=goods(session, books, billed)),
        tolerance=config.tolerance,
        sales_elsewhere=config.sales_elsewhere,
        past=Past(former_legs(found.slots, past.former)),
    )
    whole = sides(session, books, asked(told.findings))
    lines = sale_lines(session, books.company.id, invoices(told.findings))
    kept = {product.sku for product in around.products if product.tracks_quantity}
    return tie_out(
        books,
        known,
        findings=confirmed(
            with_entries(told.findings, told.gaps, found.slots, books, whole), lines, kept, books.period.end
        ),
        ambiguous=told.ambiguous,
        matched=told.matched,
        carried=past.carried,
        paired=told.paired,
    )
