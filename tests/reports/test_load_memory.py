"""Former states and late changes as a tie-out asks for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from reports.books import Config
from reports.load import books
from reports.load_memory import changed_months, memory
from reports.memory import LateChange
from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from sync.store.db import reading, writing
from sync.store.findings import sign_off
from sync.store.former import note_closing
from sync.store.ledger import WindowReading, replace_window
from sync.store.run_tables import Run
from tests.reports.ledgers import JANUARY, READ, TODAY, cache

LATER = READ + timedelta(days=1)
EARLIER = READ - timedelta(days=30)
CLOSED = date(2026, 1, 20)
BOOKS = """
2026-01-05 Sale t1 INV-1 610 200 100.00
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
"""


def _read(engine: Engine, amount: int, *, source: Source = Source.QBO, extra: int = 0, at: datetime = LATER) -> None:
    """Reads the one document anew, with another amount, and `extra` of a further one."""
    qbo = source is Source.QBO
    document, kind, accounts = ("7", "Invoice", ("84", "79")) if qbo else ("t1", "Sale", ("610", "200"))
    told = [(document, amount), *([("8", extra)] if extra else [])]
    postings = [
        Posting(source, account, date(2026, 1, 5), sign * each, name, kind, name)
        for name, each in told
        if each
        for account, sign in zip(accounts, (1, -1), strict=True)
    ]
    days = WindowReading(JANUARY.start, JANUARY.end, len(postings), True, "", at)
    with writing(engine) as session:
        replace_window(session, 1, source, days, postings)


def test_an_edited_document_is_known_as_it_was(engine: Engine) -> None:
    cache(engine, BOOKS)
    _read(engine, 12_000)
    with reading(engine) as session:
        found = memory(session, books(session, 1, JANUARY, Config(), today=TODAY))
    (state,) = found.former["Invoice", "7"]
    assert (state.number, state.day, state.seen_at, state.replaced_at) == ("INV-1", date(2026, 1, 5), READ, LATER)
    assert state.amounts == {"84": 10_000, "79": -10_000}
    assert found.late == ()


def test_other_months_know_nothing_of_it(engine: Engine) -> None:
    cache(engine, BOOKS)
    _read(engine, 12_000)
    with reading(engine) as session:
        found = memory(session, books(session, 1, Period(date(2025, 12, 1), date(2025, 12, 31)), Config(), today=TODAY))
    assert found.former == {}


def test_a_change_in_days_closed_before_is_late(engine: Engine) -> None:
    cache(engine, BOOKS)
    with writing(engine) as session:
        note_closing(session, 1, Source.QBO, CLOSED, EARLIER)
    _read(engine, 12_000, extra=50)
    with reading(engine) as session:
        late = memory(session, books(session, 1, JANUARY, Config(), today=TODAY)).late
    day, accounts = date(2026, 1, 5), frozenset({"84", "79"})
    assert late == (
        LateChange(Source.QBO, "Invoice", "7", "INV-1", day, "qbo", CLOSED, LATER, accounts),
        LateChange(Source.QBO, "Invoice", "8", "8", day, "qbo", CLOSED, LATER, accounts),
    )


def test_a_change_in_cin7_is_late_under_quickbooks_closing_date_too(engine: Engine) -> None:
    cache(engine, BOOKS)
    with writing(engine) as session:
        note_closing(session, 1, Source.QBO, CLOSED, EARLIER)
    _read(engine, 12_000, source=Source.CIN7)
    with reading(engine) as session:
        (late,) = memory(session, books(session, 1, JANUARY, Config(), today=TODAY)).late
    assert (late.source, late.document, late.accounts) == (Source.CIN7, "t1", frozenset({"610", "200"}))


def test_a_closing_that_came_with_the_change_accuses_nobody(engine: Engine) -> None:
    cache(engine, BOOKS)
    with writing(engine) as session:
        note_closing(session, 1, Source.QBO, CLOSED, READ + timedelta(hours=1))
    _read(engine, 12_000)
    with reading(engine) as session:
        assert memory(session, books(session, 1, JANUARY, Config(), today=TODAY)).late == ()


def test_a_change_that_was_taken_back_is_not_late(engine: Engine) -> None:
    cache(engine, BOOKS)
    with writing(engine) as session:
        note_closing(session, 1, Source.QBO, CLOSED, EARLIER)
    _read(engine, 12_000)
    _read(engine, 10_000, at=LATER + timedelta(days=1))
    with reading(engine) as session:
        late = memory(session, books(session, 1, JANUARY, Config(), today=TODAY)).late
    assert late == ()


def test_a_change_after_a_sign_off_is_late_in_its_period(engine: Engine) -> None:
    cache(engine, BOOKS)
    with writing(engine) as session:
        sign_off(session, 1, JANUARY, by="Grace", at=datetime(2026, 2, 10, 12, tzinfo=UTC), inputs={}, evidence="{}")
    _read(engine, 12_000)
    with reading(engine) as session:
        (late,) = memory(session, books(session, 1, JANUARY, Config(), today=TODAY)).late
    assert (late.closed_by, late.closed_day, late.document) == ("sign-off", JANUARY.end, "7")


def test_after_the_first_sync_every_month_that_has_postings_is_new(engine: Engine) -> None:
    made = cache(engine, BOOKS + "2026-02-05 Sale t2 INV-2 610 200 50.00")
    for run, first in (("r1", True), ("r2", False)):
        made.add(Run(id=run, company=1, status="succeeded", started_at=READ))
        with reading(engine) as session:
            told = changed_months(session, 1, READ, before=date(2026, 3, 1))
        assert [month.start for month in told] == ([date(2026, 1, 1), date(2026, 2, 1)] if first else [])
    _read(engine, 12_000)
    with reading(engine) as session:
        assert changed_months(session, 1, READ, before=date(2026, 3, 1)) == [JANUARY]
