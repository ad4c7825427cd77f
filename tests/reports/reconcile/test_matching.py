"""Matching: what is the same document in both ledgers, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers
from reports.books import Config
from reports.reconcile.alike import fits_alike
from reports.reconcile.documents import Doc, Header
from reports.reconcile.match import match
from sync.domain.accounts import Source
from sync.store.tables import DocumentRow
from tests.reports.ledgers import JANUARY, READ, TODAY, books, cache
from tests.reports.reconcile.pictures import examined, ledgers, told

INVOICE = """
2026-01-05 Sale t1 INV-1 610 200 100.00
2026-01-05 Sale t1 INV-1 610 820 8.00
"""
MIRROR = "qbo 2026-01-05 Invoice 7 INV-1 84:108.00 79:-100.00 88:-8.00"
TWO = """
2026-01-05 Sale t1 INV-1 610 200 100.00
2026-01-05 Sale t2 INV-2 610 200 {}
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
qbo 2026-01-05 Invoice 8 INV-2 84:{} 79:-{}
"""
HEADERS = (Header(Source.QBO, "Invoice", "7", "INV-1"), Header(Source.QBO, "Invoice", "8", "INV-2"))


def test_equal_books_have_nothing_to_tell() -> None:
    found = examined(INVOICE + MIRROR)
    assert told(found) == []
    assert found.ambiguous == ()
    assert found.matched == {"receivables": 1, "revenue": 1, "tax": 1}


def test_a_number_in_another_case_is_the_same_number() -> None:
    assert told(examined(INVOICE + MIRROR.replace("INV-1", "inv-1"))) == []


def test_a_cost_journal_is_found_by_the_end_of_its_number() -> None:
    text = """
    2026-01-05 Sale t2 INV-1 310 630 60.00
    qbo 2026-01-05 JournalEntry 8 COGS-INV-1 82:60.00 85:-60.00
    """
    assert told(examined(text)) == []


def test_a_payment_is_found_by_the_invoice_that_it_is_linked_to() -> None:
    text = (
        INVOICE
        + MIRROR
        + """
    2026-01-20 Sale t1 INV-1 090 610 108.00
    qbo 2026-01-22 Payment 9 PMT-1 35:108.00 84:-108.00
    """
    )
    payment = Header(Source.QBO, "Payment", "9", "PMT-1", links=(("Invoice", "7"),))
    assert told(examined(text, HEADERS[0], payment)) == []


def test_a_payment_of_two_invoices_is_the_sum_of_both() -> None:
    text = (
        TWO.format("50.00", "50.00", "50.00")
        + """
    2026-01-20 Sale t1 INV-1 090 610 100.00
    2026-01-20 Sale t2 INV-2 090 610 50.00
    qbo 2026-01-20 Payment 9 - 35:150.00 84:-150.00
    """
    )
    payment = Header(Source.QBO, "Payment", "9", "", links=(("Invoice", "7"), ("Invoice", "8")))
    found = examined(text, *HEADERS, payment)
    assert (told(found), found.ambiguous) == ([], ())


def test_a_refund_receipt_is_the_credit_and_its_refund_in_one() -> None:
    text = """
    2026-01-09 Sale t3 CR-1 200 610 40.00
    2026-01-09 Sale t3 CR-1 610 090 40.00
    qbo 2026-01-09 RefundReceipt 9 CR-1 79:40.00 35:-40.00
    """
    assert told(examined(text)) == []


def test_two_things_of_one_task_on_one_day_are_told_apart_by_their_transactions() -> None:
    text = """
    2026-01-05 Sale t2 INV-1 310 630 60.00
    2026-01-05 Sale t2 INV-1 310 630 7.00
    qbo 2026-01-05 JournalEntry 8 COGS-INV-1 82:60.00 85:-60.00
    """
    found = examined(text)
    assert told(found) == [("missing_in_qbo", "cogs", 700), ("missing_in_qbo", "inventory", -700)]


def test_two_customers_with_equal_amounts_on_one_day_are_two_sales() -> None:
    assert told(examined(TWO.format("100.00", "100.00", "100.00"))) == []


def test_a_number_that_differs_by_leading_zeros_is_another_bill() -> None:
    text = """
    2026-01-05 Purchase p1 70001 630 800 100.00
    2026-01-05 Purchase p2 0070001 630 800 90.00
    qbo 2026-01-05 Bill 7 70001 85:100.00 86:-100.00
    qbo 2026-01-05 Bill 8 0070001 85:90.00 86:-90.00
    """
    assert told(examined(text)) == []


def test_documents_that_take_each_other_back_need_no_counterpart() -> None:
    text = """
    qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
    qbo 2026-01-05 JournalEntry 8 INV-1R 84:-100.00 79:100.00
    """
    assert told(examined(text)) == []


def test_a_document_without_a_number_is_found_by_amount_and_day_where_only_one_fits() -> None:
    text = """
    2026-01-05 Sale t2 INV-1 310 630 60.00
    qbo 2026-01-07 JournalEntry 8 - 82:60.00 85:-60.00
    """
    assert told(examined(text)) == []


def test_one_of_two_that_fit_alike_is_not_guessed() -> None:
    text = """
    2026-01-05 Sale t2 INV-1 310 630 60.00
    2026-01-06 Sale t3 INV-2 310 630 60.00
    qbo 2026-01-07 JournalEntry 8 - 82:60.00 85:-60.00
    """
    found = match(ledgers(text, books(text)))
    assert [(len(case.cin7), len(case.qbo), case.how) for case in found.cases] == [(2, 1, "ambiguous")]


def test_a_channels_costs_that_another_took_back_that_day_are_two_journals_and_no_reversal() -> None:
    text = """
2026-01-05 Sale s1 INV-1 310 630 60.00
2026-01-05 Sale s2 CR-2 630 310 60.00
qbo 2026-01-05 JournalEntry 8 - 82:60.00 85:-60.00
qbo 2026-01-05 JournalEntry 9 - 82:-60.00 85:60.00
"""
    assert told(examined(text, channels={"INV-1": "Shopify", "CR-2": "Amazon"})) == []


def test_a_cost_that_was_changed_twice_on_its_day_is_three_journals() -> None:
    text = """
2026-01-05 Sale s1 INV-1 310 630 60.00
2026-01-05 Sale s1 INV-1 310 630 3.32
2026-01-05 Sale s1 INV-1 310 630 6.36
qbo 2026-01-05 JournalEntry 8 INV-1 82:60.00 85:-60.00
qbo 2026-01-05 JournalEntry 9 INV-1 82:3.32 85:-3.32
qbo 2026-01-05 JournalEntry 10 INV-1 82:6.36 85:-6.36
"""
    found = examined(text)
    assert (told(found), found.ambiguous) == ([], ())


def test_a_channels_day_journal_is_the_sum_of_its_documents() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 7 SHOPIFY-260105 84:150.00 79:-150.00
    """
    assert told(examined(text, channels={"INV-1": "Shopify", "INV-2": "Shopify"})) == []


PAYMENT = Doc(Source.CIN7, "t1", "Purchase", "PO-1", date(2026, 1, 20), "supplier payment", ((1, -500), (2, 500)))
PAID = Doc(Source.QBO, "9", "BillPayment", "", date(2026, 1, 21), "BillPayment", PAYMENT.legs, name="Nylon Mills")


@pytest.mark.parametrize(
    ("said", "same"),
    [("Nylon Mills", True), ("Payment Nylon Mills", True), ("Nylon Mills East", True), ("Canvas", False)],
)
def test_cin7s_text_may_say_more_than_the_counterpartys_name(said: str, same: bool) -> None:
    assert fits_alike(replace(PAYMENT, name=said), PAID) is same


def test_a_payment_of_a_bill_is_found_where_the_ledger_calls_the_purchase_by_its_order(engine: Engine) -> None:
    text = """
    2026-01-05 Purchase p1 PO-1 630 800 500.00
    2026-01-06 Purchase p1 PO-1 800 090 500.00
    qbo 2026-01-05 Bill 7 A-77 85:500.00 86:-500.00
    qbo 2026-01-20 BillPayment 9 - 86:500.00 35:-500.00
    """
    purchase: dict[str, Any] = {"number": "PO-1", "invoice": "A-77", "counterparty": "Nylon"}
    cache(
        engine,
        text,
        _row("cin7", "Purchase", "p1", **purchase),
        _row("qbo", "Bill", "7", number="A-77"),
        _row("qbo", "BillPayment", "9", links='[["Bill", "7"]]'),
    )
    with Session(engine) as session:
        result = answers.reconcile(session, 1, JANUARY, Config(), today=TODAY)
    assert [found.cause for found in result.findings if found.nature == "error"] == []


def _row(source: str, kind: str, id_: str, **more: Any) -> DocumentRow:
    row: dict[str, Any] = {"number": "", "status": "AUTHORISED", "day": date(2026, 1, 5), "seen_at": READ}
    return DocumentRow(company=1, source=source, kind=kind, id=id_, **(row | more))
