"""Which of Cin7's documents were not read in detail: asked for, named by findings, or simply there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.domain.accounts import Source
from sync.domain.documents import Document, Line, Link
from sync.domain.period import Period
from sync.store import unread
from sync.store.db import reading, writing
from sync.store.findings import Told, remember
from sync.store.tables import MovementRow
from sync.store.unread import Unread
from sync.store.writes import mark_deleted, upsert_documents

MORNING = datetime(2026, 2, 1, 8, tzinfo=UTC)
NOON = MORNING + timedelta(hours=4)
DAY = date(2026, 1, 30)
JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
SALE = Document(Source.CIN7, "Sale", "s1", "SO-1", "INVOICED", DAY, invoice="INV-1")
ORDER = Document(Source.CIN7, "Purchase", "p1", "PO-1", "RECEIVED", DAY, invoice="BILL-7")
MOVED = Document(Source.CIN7, "StockTransfer", "t1", "TR-1", "IN TRANSIT", DAY)
NOTE = Document(Source.CIN7, "SaleCreditNote", "s2/cr-1", "CR-1", "AUTHORISED", links=(Link("Sale", "s2"),))
CREDITED = replace(SALE, id="s2", number="SO-2", invoice="INV-2")
POSTS = {"Sale": ("Sale", "SaleCreditNote"), "Purchase": ("Purchase",), "StockTransfer": ("StockTransfer",)}


@pytest.fixture(autouse=True)
def documents(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [SALE, CREDITED, ORDER, MOVED, NOTE], MORNING)


def find(engine: Engine, company: int, *documents: tuple[str, str, str], at: datetime = MORNING) -> None:
    """One finding that names these documents of Cin7's by (TaskID, number, word of its postings)."""
    rows = json.dumps({"cin7": [[*each, "2026-01-30", 1250] for each in documents], "qbo": []})
    texts = {"subject": "x", "confidence": "certain", "explanation": "x", "remedy": "x"}
    told = Told("f1", "f1", "missing_in_qbo", "error", "revenue", 1250, None, 1, **texts, documents=rows, days=(DAY,))
    with writing(engine) as session:
        remember(session, company, JANUARY, [told] if documents else [], at=at, whole=True)


def called_for(engine: Engine, company: int) -> list[Unread]:
    with reading(engine) as session:
        return sorted(unread.called_for(session, company, POSTS), key=repr)


def read(engine: Engine, company: int, document: Document) -> None:
    """Keeps a document as a sync that read it whole does."""
    with writing(engine) as session:
        unread.forget(session, company, (document.kind, document.id))
        upsert_documents(session, company, [replace(document, lines=(Line(0),))], NOON, detail=True)


def test_each_wish_counts_until_the_document_is_read(engine: Engine, company: int) -> None:
    for _ in range(2):
        with writing(engine) as session:
            unread.wish(session, company, [("Sale", "s1"), ("Sale", "s1")])
    with writing(engine) as session:
        unread.wish(session, company, [("Purchase", "p1"), ("Sale", "nowhere")])
    assert called_for(engine, company) == [Unread("Purchase", "p1", DAY, 1), Unread("Sale", "s1", DAY, 2)]
    read(engine, company, SALE)
    assert called_for(engine, company) == [Unread("Purchase", "p1", DAY, 1)]
    with writing(engine) as session:
        upsert_documents(session, company, [replace(SALE, status="PAID")], NOON + timedelta(hours=1))
    assert called_for(engine, company) == [Unread("Purchase", "p1", DAY, 1)]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (("s1", "", "Sale"), ("Sale", "s1")),
        (("part of it", "INV-1", "Sale"), ("Sale", "s1")),
        (("", "SO-1", "Sale"), ("Sale", "s1")),
        (("shipment", "", "Sale"), ("Sale", "s1")),
        (("the note's", "CR-1", "Sale"), ("Sale", "s2")),
        (("", "BILL-7", "Purchase"), ("Purchase", "p1")),
        (("t1", "TR-1", "StockTransfer"), ("StockTransfer", "t1")),
        (("t1", "TR-1", "a word that nobody knows"), ("StockTransfer", "t1")),
    ],
    ids=["TaskID", "invoice", "order", "shipment", "credit note", "bill", "transfer", "unknown word"],
)
def test_an_open_finding_calls_for_its_documents(
    engine: Engine, company: int, named: tuple[str, str, str], found: tuple[str, str]
) -> None:
    moved: dict[str, Any] = {"sku": "A", "task": "shipment", "kind": "Sale", "number": "SO-1", "day": DAY}
    moved |= {"quantity": Decimal(-1), "amount": Decimal(-5)}
    with writing(engine) as session:
        session.add(MovementRow(company=company, product="p", position=0, **moved))
    find(engine, company, named)
    assert called_for(engine, company) == [Unread(*found, DAY, found=True)]


def test_a_number_that_another_kind_of_document_bears_as_well_is_not_taken_for_it(engine: Engine, company: int) -> None:
    find(engine, company, ("", "INV-1", "Purchase"))
    assert called_for(engine, company) == []


def test_a_finding_that_is_resolved_calls_for_nothing(engine: Engine, company: int) -> None:
    find(engine, company, ("s1", "INV-1", "Sale"))
    find(engine, company, at=NOON)
    assert called_for(engine, company) == []


def test_a_document_that_changed_is_called_for_again_while_its_finding_is_open(engine: Engine, company: int) -> None:
    find(engine, company, ("p1", "PO-1", "Purchase"))
    read(engine, company, ORDER)
    assert called_for(engine, company) == []
    with writing(engine) as session:
        upsert_documents(session, company, [replace(ORDER, status="COMPLETED")], NOON + timedelta(hours=1))
    assert called_for(engine, company) == [Unread("Purchase", "p1", DAY, found=True)]


def test_what_is_deleted_is_not_called_for(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        unread.wish(session, company, [("Sale", "s1")])
        mark_deleted(session, company, Source.CIN7, "Sale", ["s1"], NOON)
    assert called_for(engine, company) == []


def test_a_refusal_is_kept_with_its_reason_until_the_document_is_read(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        unread.note_refusal(session, company, ("Sale", "s1"), "Cin7 refused sale: not found", MORNING)
        unread.note_refusal(session, company, ("Sale", "s1"), "Cin7 refused sale: gone for good", NOON)
    with reading(engine) as session:
        assert unread.refusals(session, company) == {("Sale", "s1"): (NOON, "Cin7 refused sale: gone for good")}
    read(engine, company, SALE)
    with reading(engine) as session:
        assert unread.refusals(session, company) == {}


def test_sales_that_an_invoice_of_quickbooks_tells_are_left_out_and_the_newest_come_first(
    engine: Engine, company: int
) -> None:
    told = Document(Source.QBO, "Invoice", "7", "INV-1", "", DAY)
    older = replace(SALE, id="s0", invoice="INV-0", day=date(2026, 1, 2))
    with writing(engine) as session:
        upsert_documents(session, company, [told, older, replace(older, id="quote", invoice="")], MORNING)
    with reading(engine) as session:
        assert [each.id for each in unread.sales(session, company, 9)] == ["s2", "s0"]
        assert [each.id for each in unread.sales(session, company, 1)] == ["s2"]
        early = Period(date(2026, 1, 1), date(2026, 1, 15))
        assert unread.sales(session, company, 9, early) == [Unread("Sale", "s0", early.start + timedelta(days=1))]


def test_of_all_documents_of_a_kind_void_and_deleted_ones_need_no_detail(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        upsert_documents(session, company, [replace(ORDER, id="void", voided=True), replace(ORDER, id="gone")], MORNING)
        mark_deleted(session, company, Source.CIN7, "Purchase", ["gone"], NOON)
    with reading(engine) as session:
        assert unread.every(session, company, ["Purchase", "StockTake"]) == [Unread("Purchase", "p1", DAY)]
