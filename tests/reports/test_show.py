"""One document on both sides, and the steps of a test sale made of it."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from reports.books import Config
from reports.load import books
from reports.load_show import shown
from reports.show import Shown
from reports.show_texts import to_json, to_text
from sync.domain.period import Period
from sync.errors import UserError
from sync.store.db import reading
from sync.store.tables import DocumentRow, LineRow, MovementRow
from tests.reports.ledgers import READ, TODAY, cache

LEDGER = """
2026-01-05 Sale i1 INV-1 610 200 100.00
2026-01-05 Sale i1 INV-1 610 820 10.00
2026-01-06 Sale f1 INV-1 310 630 40.00
2026-01-09 Sale i1 INV-1 090 610 110.00
2026-01-05 Sale i9 INV-10 610 200 7.00
qbo 2026-01-05 Invoice 7 INV-1 84:110.00 79:-100.00 88:-10.00
qbo 2026-01-06 JournalEntry 8 COGS-INV-1 82:40.00 85:-40.00
qbo 2026-01-09 Payment 9 P-1 84:-117.00 35:117.00
qbo 2026-01-05 Invoice 10 INV-10 84:7.00 79:-7.00
"""


def header(source: str, kind: str, id_: str, number: str, **more: Any) -> DocumentRow:
    told: dict[str, Any] = {"status": "", "counterparty": "Acme", "currency": "USD", "day": date(2026, 1, 5), **more}
    return DocumentRow(company=1, source=source, kind=kind, id=id_, number=number, seen_at=READ, **told)


def line(source: str, kind: str, id_: str, position: int, **more: Any) -> LineRow:
    return LineRow(company=1, source=source, kind=kind, id=id_, position=position, **more)


def rows() -> list[Any]:
    sale: dict[str, Any] = {"invoice": "INV-1", "status": "COMPLETED", "total": 11000, "balance": 0}
    both = json.dumps([["Invoice", "10"], ["Invoice", "7"]])
    return [
        header("cin7", "Sale", "s1", "SO-1", **sale),
        header("cin7", "Sale", "s9", "SO-9", invoice="INV-10", total=700, balance=0),
        header("qbo", "Invoice", "7", "INV-1", total=11000, balance=0, links='[["Payment", "9"]]'),
        header("qbo", "JournalEntry", "8", "COGS-INV-1", total=4000),
        header("qbo", "Payment", "9", "P-1", total=11700, balance=0, links=both, day=date(2026, 1, 9)),
        header("qbo", "Invoice", "10", "INV-10", total=700, balance=0, links='[["Payment", "9"]]'),
        line(
            "qbo", "Invoice", "7", 1, sku="LAMP", name="Lamp", quantity=Decimal(2), price=Decimal("50.00"), amount=10000
        ),
        line("qbo", "Payment", "9", 1, section="Payment", document="7", amount=11000),
        line("qbo", "Payment", "9", 2, section="Payment", document="10", amount=700),
    ]


def asked(engine: Engine, number: str) -> Shown:
    with reading(engine) as session:
        found = books(session, 1, Period(date(2026, 1, 1), date(2026, 1, 31)), Config(), today=TODAY)
        return shown(session, found, number)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    cache(engine, LEDGER, *rows())
    return engine


def test_a_document_is_shown_with_all_that_belongs_to_it_and_nothing_else(filled: Engine) -> None:
    found = asked(filled, "inv-1")
    assert (found.number, found.state) == ("INV-1", "agrees")
    assert [(paper.source.value, paper.kind, paper.id) for paper in found.papers] == [
        ("cin7", "Sale", "s1"),
        ("qbo", "Invoice", "7"),
        ("qbo", "JournalEntry", "8"),
        ("qbo", "Payment", "9"),
    ]
    assert {entry.document for entry in found.entries} == {"i1", "f1", "7", "8", "9"}


def test_of_a_payment_for_two_invoices_the_part_of_this_one_counts(filled: Engine) -> None:
    assert asked(filled, "INV-1").movement()["receivables"] == (0, 0)
    assert asked(filled, "INV-10").movement()["receivables"] == (700, 0)


def test_the_transaction_is_the_setup_guides(filled: Engine) -> None:
    assert to_json(asked(filled, "INV-1"))["transaction"] == {
        "transaction_id": "C7-QBO-20260105-001",
        "type": "Sale",
        "date": "2026-01-05",
        "customer_name": "Acme",
        "total_amount": "110.00",
        "cogs_amount": "40.00",
        "line_items": [{"sku": "LAMP", "quantity": "2", "price": "50.00"}],
        "currency": "USD",
        "document_total": "110.00",
    }


def test_an_order_number_and_a_payments_number_lead_to_the_same_sale(filled: Engine) -> None:
    assert asked(filled, "SO-1").movement() == asked(filled, "P-1").movement() | {}
    assert asked(filled, "SO-1").main.id == "s1"


def test_people_read_both_sides_and_what_each_control_got(filled: Engine) -> None:
    text = to_text(asked(filled, "INV-1"))
    assert text.startswith("INV-1: Sale, Acme, agrees")
    assert "QuickBooks: Invoice INV-1, JournalEntry COGS-INV-1, Payment P-1" in text
    assert "Cin7 as of" in text


def test_a_number_that_nothing_bears_is_told(filled: Engine) -> None:
    with pytest.raises(UserError, match="No document has the number INV-2"):
        asked(filled, "INV-2")


def test_what_is_missing_in_quickbooks_is_only_in_cin7(engine: Engine) -> None:
    cache(engine, "2026-01-05 Sale i1 INV-1 610 200 100.00", header("cin7", "Sale", "s1", "SO-1", invoice="INV-1"))
    assert asked(engine, "INV-1").state == "only in Cin7"


def test_all_shipments_of_an_order_are_found_by_its_movements(engine: Engine) -> None:
    moved: dict[str, Any] = {
        "company": 1,
        "quantity": Decimal(-1),
        "amount": Decimal(-30),
        "sku": "A",
        "kind": "Sale",
        "day": date(2026, 1, 8),
        "location": "",
    }
    cache(
        engine,
        """
        2026-01-05 Sale i1 INV-1 610 200 100.00
        2026-01-08 Sale f2 INV-2 310 630 30.00
        """,
        header("cin7", "Sale", "s1", "SO-1", invoice="INV-1"),
        MovementRow(product="p", position=1, task="f2", number="SO-1", **moved),
    )
    assert asked(engine, "SO-1").movement()["cogs"] == (3000, 0)


@pytest.mark.parametrize("known_by", ["its own movements", "the order's lines", "the order's id"])
def test_an_invoice_that_no_list_tells_leads_to_its_order(engine: Engine, known_by: str) -> None:
    task = "s1" if known_by == "the order's id" else "f2"
    links = json.dumps([["Fulfilment", "f2"]]) if known_by == "the order's lines" else "[]"
    moved = [
        MovementRow(company=1, product="p", position=1, task="f2", number="SO-1", quantity=Decimal(-1),
                    amount=Decimal(-30), sku="A", kind="SaleMultiple", day=date(2026, 1, 8), location="")
    ]  # fmt: skip
    cache(
        engine,
        f"""
        2026-01-05 Sale i1 INV-1 610 200 100.00
        2026-01-08 Sale {task} INV-2 310 630 30.00
        qbo 2026-01-08 JournalEntry 8 SO-1 82:30.00 85:-30.00
        """,
        header("cin7", "Sale", "s1", "SO-1", invoice="INV-1", links=links),
        header("cin7", "Sale", "s9", "SO-9", invoice="INV-20"),
        header("qbo", "JournalEntry", "8", "SO-1"),
        *(moved if known_by == "its own movements" else []),
    )
    told = asked(engine, "INV-2")
    assert (told.main.id, told.movement()["cogs"]) == ("s1", (3000, 3000))


def test_a_foreign_total_is_told_in_base_currency_by_its_rate(engine: Engine) -> None:
    sale: dict[str, Any] = {"invoice": "INV-1", "total": 10000, "currency": "EUR", "rate": Decimal("1.1")}
    cache(engine, "2026-01-05 Sale i1 INV-1 610 200 110.00", header("cin7", "Sale", "s1", "SO-1", **sale))
    told: Any = to_json(asked(engine, "INV-1"))["transaction"]
    assert (told["total_amount"], told["document_total"], told["currency"]) == ("110.00", "100.00", "EUR")


def test_a_transaction_id_is_the_day_and_the_place_in_it_and_leads_back_to_the_document(filled: Engine) -> None:
    found: Any = to_json(asked(filled, "INV-1"))["transaction"]
    assert re.fullmatch(r"C7-QBO-20260105-\d{3}", found["transaction_id"])
    again: Any = to_json(asked(filled, found["transaction_id"].lower()))["transaction"]
    assert again == found


def test_each_sale_and_purchase_of_a_day_has_an_id_of_its_own(engine: Engine) -> None:
    day = date(2026, 1, 8)
    cache(
        engine,
        "",
        *(header("cin7", "Sale", f"s{n}", f"SO-{n}", day=day) for n in (2, 1)),
        header("cin7", "Purchase", "p1", "PO-1", day=day),
    )
    ids = [asked(engine, number).transaction_id for number in ("SO-1", "SO-2", "PO-1")]
    assert ids == ["C7-QBO-20260108-001", "C7-QBO-20260108-002", "C7-QBO-20260108-003"]


def test_a_suppliers_number_with_a_slash_is_one_number(engine: Engine) -> None:
    bill: dict[str, Any] = {"invoice": "R-26/16", "status": "INVOICED", "day": date(2026, 1, 8)}
    cache(engine, "2026-01-08 Purchase b1 R-26/16 630 800 50.00", header("cin7", "Purchase", "p1", "PO-1", **bill))
    assert [asked(engine, number).main.id for number in ("R-26/16", "r-26/16", "PO-1")] == ["p1", "p1", "p1"]


def test_the_payment_of_a_bill_is_found_by_whatever_name_its_link_has(engine: Engine) -> None:
    paid = """
    2026-01-08 Purchase b1 BILL-1 630 800 50.00
    2026-01-09 Purchase b1 BILL-1 800 090 50.00
    qbo 2026-01-08 Bill 7 BILL-1 85:50.00 86:-50.00
    qbo 2026-01-09 BillPayment 9 - 86:50.00 35:-50.00
    """
    links = {"Bill": '[["BillPaymentCheck", "9"]]', "BillPayment": '[["Bill", "7"]]'}
    cache(
        engine,
        paid,
        header("cin7", "Purchase", "p1", "PO-1", invoice="BILL-1"),
        header("qbo", "Bill", "7", "BILL-1", links=links["Bill"]),
        header("qbo", "BillPayment", "9", "", links=links["BillPayment"]),
    )
    found = asked(engine, "BILL-1")
    assert [paper.kind for paper in found.papers] == ["Purchase", "Bill", "BillPayment"]
    assert found.movement()["payables"] == (0, 0)


def test_lines_of_cin7_are_shown_as_far_as_they_were_read(engine: Engine) -> None:
    ordered: dict[str, Any] = {"sku": "LAMP", "name": "Lamp", "quantity": Decimal(2)}
    cache(
        engine,
        LEDGER,
        *rows(),
        header("cin7", "Purchase", "p1", "PO-1", detail_at=READ),
        header("cin7", "Purchase", "p2", "PO-2"),
        line("cin7", "Purchase", "p1", 0, section="Invoice", document="B-1", amount=800, **ordered),
        line("cin7", "Purchase", "p1", 1, section="Received", **ordered),
        line("cin7", "Purchase", "p1", 2, section="PutAway", **ordered),
        line("cin7", "Purchase", "p1", 3, section="Payment", amount=800),
        line("cin7", "Purchase", "p1", 4, section="Movement", sku="LAMP", cost=750),
    )
    told: Any = to_json(asked(engine, "PO-1"))
    assert [(each["section"], each["quantity"], each["amount"], each["cost"]) for each in told["lines"]] == [
        ("Invoice", "2", "8.00", None),
        ("Received", "2", None, None),
        ("Movement", None, None, "7.50"),
    ]
    assert told["unread"] == []
    other = asked(engine, "PO-2")
    assert [paper.id for paper in other.unread] == ["p2"]
    assert "The lines of Purchase PO-2 are not read yet" in to_text(other)


def test_postings_without_a_document_are_shown_as_they_are(engine: Engine) -> None:
    cache(engine, "2026-01-08 Purchase b1 BILL-1 630 800 50.00")
    found = asked(engine, "BILL-1")
    assert (found.main.kind, found.transaction_id, len(found.entries)) == ("Purchase", "", 2)


@pytest.mark.parametrize("words", ["C7-QBO-20260105-099", "C7-QBO-20261399-001"])
def test_an_id_that_names_nothing_is_told(filled: Engine, words: str) -> None:
    with pytest.raises(UserError, match=r"names no sale|no day"):
        asked(filled, words)
