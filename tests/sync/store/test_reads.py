"""What a sync asks of the cache."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from sync.domain.accounts import Posting, Source
from sync.domain.documents import Document, Line
from sync.domain.period import Period
from sync.store import reads
from sync.store.db import reading, writing
from sync.store.ledger import WindowReading, replace_window
from sync.store.reads import _parts
from sync.store.tables import Company
from sync.store.writes import upsert_documents

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
FIRST = date(2026, 1, 1)
NUMBERS = ["INV-1", "INV-10", "INV-1/CR-2", "Invoice # 00 7", "PO_1", "", "50%_off"]


@pytest.fixture
def numbered(engine: Engine, company: int) -> int:
    """A ledger with NUMBERS[n] as the number of document `n` on the n-th day of January."""
    postings = [
        Posting(Source.CIN7, "500", FIRST + timedelta(days=n), amount, str(n), "Sale", number)
        for n, number in enumerate(NUMBERS)
        for amount in (5, -5)
    ]
    january = WindowReading(FIRST, date(2026, 1, 31), len(NUMBERS), True, "", NOON)
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, january, postings)
    return company


@pytest.mark.parametrize(
    ("documents", "numbers", "found"),
    [
        (set(), set(), set()),
        ({"1", "4", "none"}, set(), {1, 4}),
        (set(), {"INV-1"}, {0, 2}),
        (set(), {"CR-2"}, {2}),
        (set(), {"INV-1/CR-2"}, {2}),
        (set(), {"00 7", "PO_1"}, {3, 4}),
        (set(), {"POX1", "50%_off"}, {6}),
        (set(), {""}, set()),
        ({"5"}, {"INV-10"}, {1, 5}),
        (set(), {f"SO-{n}" for n in range(60)} | {"CR-2"}, {2}),
    ],
)
def test_the_days_of_documents_are_found_by_id_and_by_number(
    engine: Engine, numbered: int, documents: set[str], numbers: set[str], found: set[int]
) -> None:
    with reading(engine) as session:
        days = reads.posting_days(session, numbered, Source.CIN7, documents, numbers)
        assert {(day - FIRST).days for day in days} == found
        assert reads.posting_days(session, numbered, Source.QBO, documents, numbers) == set()


words = st.text("AB1", min_size=1, max_size=3)
borders = st.sampled_from(["/", " ", "-", " - ", ", "])


@given(before=st.lists(st.tuples(words, borders)), number=words, after=st.lists(st.tuples(borders, words)))
def test_a_whole_word_of_a_reference_is_always_found(
    before: list[tuple[str, str]], number: str, after: list[tuple[str, str]]
) -> None:
    reference = "".join(map("".join, before)) + number + "".join(map("".join, after))
    assert number in _parts(reference)


def test_documents_are_chosen_by_kind_and_day(engine: Engine, company: int) -> None:
    told = [
        Document(Source.CIN7, kind, f"{kind} {n}", "", "", FIRST + timedelta(days=n))
        for kind in ("Sale", "Purchase")
        for n in (0, 9)
    ]
    with writing(engine) as session:
        upsert_documents(session, company, [*told, Document(Source.CIN7, "Sale", "undated", "", "")], NOON)
    with reading(engine) as session:

        def ids(kinds: set[str] | None = None, period: Period | None = None) -> list[str]:
            return [document.id for document in reads.documents(session, company, Source.CIN7, kinds, period)]

        assert ids() == ["Purchase 0", "Purchase 9", "Sale 0", "Sale 9", "Sale undated"[5:]]
        assert ids({"Sale"}) == ["Sale 0", "Sale 9", "undated"]
        assert ids(set()) == []
        assert ids(None, Period(FIRST, date(2026, 1, 9))) == ["Purchase 0", "Sale 0"]


def test_a_reader_that_stops_early_leaves_nothing_open(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [Document(Source.CIN7, "Sale", str(n), "", "") for n in range(9)], NOON)
    with reading(engine) as session:
        assert next(reads.documents(session, company, Source.CIN7)).id == "0"


def test_lines_are_given_for_every_document_asked(engine: Engine, company: int) -> None:
    bill = Document(Source.QBO, "Bill", "7", "B-7", "", lines=(Line(2, 5), Line(1, 4)))
    with writing(engine) as session:
        upsert_documents(session, company, [bill], NOON)
        found = reads.document_lines(session, company, Source.QBO, "Bill", ["7", "8"])
    assert found == {"7": (Line(1, 4), Line(2, 5)), "8": ()}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("", date(2026, 3, 31)),
        ("Australia/Sydney", date(2026, 4, 1)),
        ("America/New_York", date(2026, 3, 31)),
        ("Pacific/Kiritimati", date(2026, 4, 1)),
        ("AUS Eastern Standard Time", date(2026, 3, 31)),
        ("../zone", date(2026, 3, 31)),
    ],
)
def test_the_day_is_the_companys_own(zone: str, day: date) -> None:
    company = Company(cin7_account="a", qbo_realm="b", time_zone=zone)
    assert reads.local_day(company, datetime(2026, 3, 31, 14, 30, tzinfo=UTC)) == day
