"""The set-up check as commands, Slack and the daily job ask for it: read, tied out lately, and judged by every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from reports import answers, load, load_setup
from reports.books import Books, Config
from reports.setup_check import SetupCheck, setup_check
from reports.setup_facts import Live, Repeated
from reports.trial_sync import Counts, Trial, trial
from sync.domain.accounts import Source
from sync.domain.period import Period

_LATELY = timedelta(days=45)  # a second connector's payouts come once in two weeks, or in a month

# Ids of items -> how many QuickBooks counts of each.
Counting = Callable[[Iterable[str]], Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer shall hold: `test_sync` None leaves the test sync out, "" takes the newest documents."""

    today: date
    test_sync: str | None = None
    live: Live | None = None
    counted: Counting | None = None


def check(session: Session, company: int, config: Config, asked: Asked) -> SetupCheck:
    """The whole set-up check of a company.

    Raises NotSynced where nothing of Cin7's ledger is cached, UserError for a number that no document bears.
    """
    books = _books(session, company, config, asked.today)
    found = load_setup.setup(session, books, config, asked.live, _repeated(session, books, config))
    steps = None if asked.test_sync is None else _trial(session, books, asked)
    return setup_check(found, steps)


def test_sync(session: Session, company: int, config: Config, asked: Asked) -> Trial:
    """The test sync alone, for those who watch it."""
    return _trial(session, _books(session, company, config, asked.today), asked)


def _books(session: Session, company: int, config: Config, today: date) -> Books:
    period = Period(today.replace(day=1), today)
    return load.books(session, company, period, config, today=today, entities=load_setup.PARTS)


def _trial(session: Session, books: Books, asked: Asked) -> Trial:
    found = load_setup.tested(session, books, asked.test_sync or "")
    if found.tracked and asked.counted is None:
        return trial(found.sale, found.purchase)
    theirs = asked.counted(sorted(found.tracked.values())) if found.tracked and asked.counted else {}
    counts = {sku: Counts(quantity, theirs.get(found.tracked.get(sku, ""))) for sku, quantity in found.stock.items()}
    return trial(found.sale, found.purchase, counts)


def _repeated(session: Session, books: Books, config: Config) -> tuple[Repeated, ...]:
    """The summaries of another connector that a tie-out of the last weeks names."""
    if books.unsynced or config.sales_elsewhere or Source.QBO not in books.as_of:
        return ()
    period = Period(books.today - _LATELY, books.today)
    told = answers.reconcile(session, books.company.id, period, config, today=books.today)
    return tuple(
        Repeated(each.subject, each.amount, each.explanation)
        for each in told.findings
        if each.cause == "second_connector" and each.control == "revenue"
    )
