"""Documents and their lines in the cache."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from sync.domain.accounts import Source
from sync.domain.documents import Document, Line, Link
from sync.errors import InvariantBroken
from sync.store import reads, unread
from sync.store.db import writing
from sync.store.tables import DocumentRow
from sync.store.writes import mark_deleted, mark_missing, upsert_documents

MORNING = datetime(2026, 2, 1, 8, tzinfo=UTC)
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
EVENING = datetime(2026, 2, 1, 20, tzinfo=UTC)
CHANGED = datetime(2026, 1, 31, 9, 0, 0, 123456, tzinfo=UTC)

SALE = Document(
    Source.CIN7, "Sale", "s1", "SO-1", "ORDERED", date(2026, 1, 30), counterparty="Ann", total=10_000, updated=CHANGED
)
INVOICE = Document(
    Source.QBO,
    "Invoice",
    "77",
    "INV-1",
    "",
    date(2026, 1, 30),
    currency="EUR",
    rate=Decimal("1.084500"),
    total=11_000,
    tax=0,
    links=(Link("Payment", "9"), Link("Estimate", "3")),
    updated=CHANGED,
    version="0",
    lines=(Line(1, 6_000, sku="CHAIR", quantity=Decimal("2.50")), Line(2, 5_000, debit=False)),
)
LINES = (Line(1, 6_000, section="Invoice", cost=4_000), Line(2, 4_000, section="Invoice"))


def row(session: Session, kind: str = "Sale", id_: str = "s1") -> DocumentRow:
    query = select(DocumentRow).where(DocumentRow.kind == kind, DocumentRow.id == id_)
    return session.exec(query, execution_options={"populate_existing": True}).one()


def lines(session: Session, company: int, document: Document) -> tuple[Line, ...]:
    return reads.document_lines(session, company, document.source, document.kind, [document.id])[document.id]


def test_a_document_comes_back_as_it_was_told(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        assert upsert_documents(session, company, [SALE, INVOICE], NOON) == 2
        assert list(reads.documents(session, company, Source.CIN7)) == [SALE]
        sorted_links = tuple(sorted(INVOICE.links, key=lambda link: link.kind))
        assert list(reads.documents(session, company, Source.QBO)) == [replace(INVOICE, lines=(), links=sorted_links)]
        assert lines(session, company, INVOICE) == INVOICE.lines
        assert str(row(session, "Invoice", "77").rate) == "1.084500"


def test_the_same_again_changes_nothing_and_a_later_sight_is_noted(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [SALE, INVOICE], NOON)
        assert upsert_documents(session, company, [INVOICE, SALE], EVENING) == 0
        assert row(session).seen_at == EVENING


@pytest.mark.parametrize(
    "after",
    [
        replace(INVOICE, total=1),
        replace(INVOICE, lines=INVOICE.lines[:1]),
        replace(INVOICE, lines=(replace(INVOICE.lines[0], amount=1), INVOICE.lines[1])),
        replace(INVOICE, lines=(*INVOICE.lines, Line(3, 1))),
        replace(INVOICE, lines=()),
    ],
    ids=["header", "a line gone", "a line edited", "a line more", "no line left"],
)
def test_a_quickbooks_document_is_always_whole(engine: Engine, company: int, after: Document) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [INVOICE], NOON)
        assert upsert_documents(session, company, [after], EVENING) == 1
        assert lines(session, company, INVOICE) == after.lines


def test_a_list_leaves_the_lines_of_an_earlier_detail(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [SALE], MORNING)
        assert row(session).detail_at is None
        assert upsert_documents(session, company, [replace(SALE, lines=LINES)], NOON, detail=True) == 1
        assert upsert_documents(session, company, [SALE], EVENING) == 0
        assert lines(session, company, SALE) == LINES
        assert row(session).detail_at == NOON


@pytest.mark.parametrize(
    "moved", [{"updated": CHANGED + timedelta(seconds=1)}, {"status": "INVOICED"}, {"version": "2"}], ids=str
)
def test_a_document_that_moved_keeps_its_lines_until_they_are_read_again(
    engine: Engine, company: int, moved: dict[str, Any]
) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [replace(SALE, lines=LINES)], MORNING, detail=True)
        assert upsert_documents(session, company, [replace(SALE, **moved)], NOON) == 1
        assert lines(session, company, SALE) == LINES
        assert row(session).detail_at is None
        assert [each.id for each in unread.every(session, company, ["Sale"])] == ["s1"]


def test_a_detail_without_lines_empties_the_document(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [replace(SALE, lines=LINES)], MORNING, detail=True)
        assert upsert_documents(session, company, [SALE], NOON, detail=True) == 1
        assert lines(session, company, SALE) == ()


def test_a_detail_fills_what_the_list_left_blank_and_overrules_nothing(engine: Engine, company: int) -> None:
    listed = replace(SALE, total=0)
    detail = replace(SALE, total=9_999, memo="by truck", location="Main", updated=CHANGED - timedelta(seconds=9))
    with writing(engine) as session:
        upsert_documents(session, company, [listed], MORNING)
        assert upsert_documents(session, company, [detail], NOON, detail=True) == 1
        assert upsert_documents(session, company, [listed], EVENING) == 0
        assert next(reads.documents(session, company, Source.CIN7)) == replace(listed, memo="by truck", location="Main")
        emptied = replace(listed, updated=CHANGED + timedelta(days=1))
        upsert_documents(session, company, [emptied], EVENING)
        assert next(reads.documents(session, company, Source.CIN7)) == emptied


def test_within_one_reading_an_older_state_never_replaces_a_newer_one(engine: Engine, company: int) -> None:
    newer = replace(INVOICE, updated=CHANGED + timedelta(minutes=1), version="1", total=5, lines=(Line(1, 5),))
    with writing(engine) as session:
        upsert_documents(session, company, [newer], NOON)
        assert upsert_documents(session, company, [INVOICE], NOON) == 0
        assert (row(session, "Invoice", "77").total, lines(session, company, INVOICE)) == (5, newer.lines)
        # A reading that began later is believed: their clock may have been wrong.
        assert upsert_documents(session, company, [INVOICE], EVENING) == 1
        assert row(session, "Invoice", "77").total == INVOICE.total


def test_a_detail_counts_even_where_its_stamp_is_older_than_the_lists(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [SALE], NOON)
        detail = replace(SALE, updated=CHANGED - timedelta(hours=1), lines=LINES)
        assert upsert_documents(session, company, [detail], NOON, detail=True) == 1
        assert (lines(session, company, SALE), row(session).detail_at, row(session).updated) == (LINES, NOON, CHANGED)


def test_two_lines_at_one_position_are_refused(engine: Engine, company: int) -> None:
    with writing(engine) as session, pytest.raises(InvariantBroken, match="INV-1"):
        upsert_documents(session, company, [replace(INVOICE, lines=(Line(1, 1), Line(1, 2)))], NOON)


def test_a_deleted_document_stays_as_evidence_and_comes_back_when_seen(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [INVOICE], MORNING)
        assert mark_deleted(session, company, Source.QBO, "Invoice", ["77", "unknown"], NOON) == 1
        assert mark_deleted(session, company, Source.QBO, "Invoice", ["77"], EVENING) == 0
        assert row(session, "Invoice", "77").deleted_at == NOON
        assert list(reads.documents(session, company, Source.QBO)) == []
        assert [document.id for document in reads.documents(session, company, Source.QBO, deleted=True)] == ["77"]
        assert lines(session, company, INVOICE) == INVOICE.lines
        assert upsert_documents(session, company, [INVOICE], EVENING) == 1
        assert row(session, "Invoice", "77").deleted_at is None


def test_what_a_whole_reading_did_not_show_is_gone(engine: Engine, company: int) -> None:
    sales = [replace(SALE, id=f"s{n}") for n in range(1_200)]
    with writing(engine) as session:
        upsert_documents(session, company, [*sales, replace(SALE, kind="Purchase")], MORNING)
        seen = {sale.id for sale in sales[3:]}
        assert mark_missing(session, company, Source.CIN7, "Sale", seen, NOON) == 3
        assert mark_missing(session, company, Source.CIN7, "Sale", seen, NOON) == 0
        assert set(reads.known_ids(session, company, Source.CIN7, "Sale")) == seen
        assert list(reads.known_ids(session, company, Source.CIN7, "Purchase")) == ["s1"]


moments = st.sampled_from([None, CHANGED, CHANGED + timedelta(hours=1)])
documents_ = st.lists(
    st.builds(
        Document,
        source=st.sampled_from(Source),
        kind=st.sampled_from(["Sale", "Bill"]),
        id=st.sampled_from("ab"),
        number=st.sampled_from(["", "N-1", "N-2"]),
        status=st.sampled_from(["OPEN", "DONE"]),
        total=st.sampled_from([None, 0, 7]),
        rate=st.sampled_from([None, Decimal("1.50"), Decimal(2)]),
        updated=moments,
        voided=st.booleans(),
        lines=st.sampled_from([(), LINES, LINES[:1]]),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(told=documents_, data=st.data())
def test_the_order_of_documents_does_not_matter_and_the_same_again_changes_nothing(
    engine: Engine, company: int, told: list[Document], data: st.DataObject
) -> None:
    kept = []
    for order in (told, data.draw(st.permutations(told))):
        with Session(engine.execution_options(tieout_begin="IMMEDIATE")) as session:
            upsert_documents(session, company, order, NOON)
            assert upsert_documents(session, company, order, NOON) == 0
            tables = [session.execute(text(f"SELECT * FROM {name}")).all() for name in ("document", "line")]  # noqa: S608  ours
            kept.append([sorted(map(repr, rows)) for rows in tables])
            session.rollback()
    assert kept[0] == kept[1]


@settings(max_examples=40)
@given(steps=st.lists(st.sampled_from(["list", "detail"]), min_size=1, max_size=5))
def test_lists_and_details_in_any_order_end_alike(engine: Engine, company: int, steps: list[str]) -> None:
    """Once both were read the document is the same, and reading either again changes nothing and asks for no detail."""
    detail = replace(SALE, total=1, memo="by truck", lines=LINES)
    with Session(engine.execution_options(tieout_begin="IMMEDIATE")) as session:
        for step in [*steps, "list", "detail", "list"]:
            upsert_documents(session, company, [SALE if step == "list" else detail], NOON, detail=step == "detail")
        assert upsert_documents(session, company, [SALE], EVENING) == 0
        assert upsert_documents(session, company, [detail], EVENING, detail=True) == 0
        assert next(reads.documents(session, company, Source.CIN7)) == replace(SALE, memo="by truck")
        assert unread.every(session, company, ["Sale"]) == []
        session.rollback()
