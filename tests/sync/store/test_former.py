"""Former states of documents, kept when a later reading of the ledger says otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, select

from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from sync.store.db import reading, writing
from sync.store.findings import sign_off
from sync.store.former import note_closing
from sync.store.ledger import WindowReading, replace_window
from sync.store.memory_tables import ClosingDayRow, FormerRow
from sync.store.upsert import table_of

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
MONDAY = datetime(2026, 2, 2, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
CLOSED = date(2026, 1, 10)


def posting(account: str, amount: int, document: str = "7", day: int = 5, source: Source = Source.QBO) -> Posting:
    return Posting(source, account, date(2026, 1, day), amount, document, "Invoice", f"INV-{document}")


def invoice(amount: int, document: str = "7", day: int = 5, source: Source = Source.QBO) -> list[Posting]:
    return [posting("84", amount, document, day, source), posting("79", -amount, document, day, source)]


def read(
    engine: Engine,
    company: int,
    postings: list[Posting],
    *,
    at: datetime,
    source: Source = Source.QBO,
    days: Period = JANUARY,
    complete: bool = True,
) -> None:
    told = WindowReading(days.start, days.end, len(postings), complete, "" if complete else "broken off", at)
    with writing(engine) as session:
        replace_window(session, company, source, told, postings)


def former(engine: Engine) -> list[tuple[object, ...]]:
    columns = ("document", "number", "account", "day", "amount", "seen_at", "replaced_at")
    table = table_of(FormerRow)
    with reading(engine) as session:
        return sorted(tuple(row) for row in session.execute(select(*(table.c[name] for name in columns))))


def test_an_edited_document_keeps_what_it_posted_before(engine: Engine, company: int) -> None:
    read(engine, company, [*invoice(100), *invoice(30, "8")], at=MONDAY)
    read(engine, company, [*invoice(120), *invoice(30, "8")], at=TUESDAY)
    day = date(2026, 1, 5)
    assert former(engine) == [
        ("7", "INV-7", "79", day, -100, MONDAY, TUESDAY),
        ("7", "INV-7", "84", day, 100, MONDAY, TUESDAY),
    ]


def test_a_deleted_document_keeps_what_it_posted_before(engine: Engine, company: int) -> None:
    read(engine, company, invoice(100), at=MONDAY)
    read(engine, company, [], at=TUESDAY)
    assert [row[4] for row in former(engine)] == [-100, 100]


def test_a_document_that_moved_to_another_day_keeps_its_day_before(engine: Engine, company: int) -> None:
    read(engine, company, invoice(100, day=5), at=MONDAY)
    read(engine, company, invoice(100, day=9), at=TUESDAY)
    assert {row[3] for row in former(engine)} == {date(2026, 1, 5)}


def test_a_first_reading_and_new_documents_leave_nothing(engine: Engine, company: int) -> None:
    read(engine, company, invoice(100), at=MONDAY)
    read(engine, company, [*invoice(100), *invoice(5, "9")], at=TUESDAY)
    assert former(engine) == []


def test_other_words_with_the_same_money_leave_nothing(engine: Engine, company: int) -> None:
    read(engine, company, invoice(100), at=MONDAY)
    same = [Posting(p.source, p.account, p.day, p.amount, p.document, p.kind, p.number, memo="x") for p in invoice(100)]
    read(engine, company, same, at=TUESDAY)
    assert former(engine) == []


def test_a_document_new_in_closed_days_is_noted(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        note_closing(session, company, Source.QBO, CLOSED, MONDAY)
    read(engine, company, invoice(100), at=MONDAY)
    read(engine, company, [*invoice(100), *invoice(5, "8", 9), *invoice(6, "9", 12)], at=TUESDAY)
    assert former(engine) == [("8", "INV-8", "", date(2026, 1, 9), 0, MONDAY, TUESDAY)]


def test_closed_days_that_were_not_read_whole_before_prove_nothing(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        note_closing(session, company, Source.QBO, CLOSED, MONDAY)
    read(engine, company, [], at=MONDAY, complete=False)
    read(engine, company, invoice(100), at=TUESDAY)
    assert former(engine) == []


def test_closed_days_that_were_empty_before_tell_of_a_new_document(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        note_closing(session, company, Source.QBO, CLOSED, MONDAY)
    read(engine, company, [], at=MONDAY)
    read(engine, company, invoice(100), at=TUESDAY)
    assert [row[2] for row in former(engine)] == [""]


def test_cin7s_former_states_are_kept_for_closed_days_alone(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        sign_off(session, company, Period(JANUARY.start, CLOSED), by="Grace", at=MONDAY, inputs={}, evidence="{}")
    read(
        engine,
        company,
        [*invoice(1, "a", 5, Source.CIN7), *invoice(2, "b", 20, Source.CIN7)],
        at=MONDAY,
        source=Source.CIN7,
    )
    read(
        engine,
        company,
        [*invoice(3, "a", 5, Source.CIN7), *invoice(4, "b", 20, Source.CIN7)],
        at=TUESDAY,
        source=Source.CIN7,
    )
    assert {(row[0], row[4]) for row in former(engine)} == {("a", -1), ("a", 1)}


def test_a_part_of_a_window_read_again_keeps_that_parts_former_states(engine: Engine, company: int) -> None:
    read(engine, company, [*invoice(100, "7", 5), *invoice(30, "8", 20)], at=MONDAY)
    read(engine, company, invoice(90, "7", 5), at=TUESDAY, days=Period(date(2026, 1, 5), date(2026, 1, 5)))
    assert {(row[0], row[4]) for row in former(engine)} == {("7", -100), ("7", 100)}


def test_a_closing_day_keeps_when_it_was_first_read(engine: Engine, company: int) -> None:
    for at in (MONDAY, TUESDAY):
        with writing(engine) as session:
            note_closing(session, company, Source.QBO, CLOSED, at)
            note_closing(session, company, Source.CIN7, None, at)
    with reading(engine) as session:
        rows = [tuple(row) for row in session.execute(select(table_of(ClosingDayRow)))]
    assert rows == [(company, "qbo", CLOSED, MONDAY)]
