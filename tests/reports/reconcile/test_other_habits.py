"""Ledgers of houses with other habits: numbers, notes, journals, voids and deposits of every kind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.reconcile.documents import Header
from sync.domain.accounts import Source
from sync.domain.period import Period
from tests.reports.ledgers import JANUARY
from tests.reports.reconcile.pictures import examined, one, told

SALE = """
2026-01-05 Sale t1 INV-00012 610 200 100.00
2026-01-05 Sale t1 INV-00012 610 820 8.00
"""
COST = "2026-01-05 Sale t2 INV-00012 310 630 60.00\n"
JOURNAL = "qbo 2026-01-05 JournalEntry 8 {} 82:60.00 85:-60.00\n"
BILL = Header(Source.QBO, "Bill", "21", "00069")


@pytest.mark.parametrize("number", ["inv 12", "INV12", "INV/00012", "INV-12", "inv_00012"])
def test_zeros_dashes_and_case_make_no_other_number(number: str) -> None:
    text = f"qbo 2026-01-05 Invoice 7 {number.replace(' ', '~')} 84:108.00 79:-100.00 88:-8.00"
    assert told(examined(SALE + text)) == []


@pytest.mark.parametrize("number", ["inv 12", "INV12"])
def test_a_loosely_equal_number_is_the_document_even_where_its_amount_differs(number: str) -> None:
    text = f"qbo 2026-01-05 Invoice 7 {number.replace(' ', '~')} 84:98.00 79:-90.00 88:-8.00"
    found = told(examined(SALE + text))
    assert found == [("amount_differs", "receivables", 1000), ("amount_differs", "revenue", 1000)]


@pytest.mark.parametrize("number", ["COGS-INV-00012", "INV-00012-COGS", "JE/INV-00012/2", "COGSINV00012", "C:INV-12"])
def test_a_cost_journal_is_found_by_the_number_wherever_it_stands(number: str) -> None:
    text = COST + JOURNAL.format(number).replace("60.00", "61.00")
    assert told(examined(text)) == [("amount_differs", "cogs", -100), ("amount_differs", "inventory", 100)]


@pytest.mark.parametrize("note", ["Cost of goods for INV-00012.", "Shipment [INV-00012] of Harbor", "cin7:INV-00012#2"])
def test_a_cost_journal_is_found_by_its_private_note(note: str) -> None:
    header = Header(Source.QBO, "JournalEntry", "8", "", memo=note)
    text = COST + JOURNAL.format("-").replace("60.00", "61.00")
    assert told(examined(text, header)) == [("amount_differs", "cogs", -100), ("amount_differs", "inventory", 100)]


def test_a_companys_own_pattern_finds_what_nothing_else_does() -> None:
    header = Header(Source.QBO, "JournalEntry", "8", "", memo="ref(INV_x_00012)")
    text = COST.replace("INV-00012", "x_00012") + JOURNAL.format("-").replace("60.00", "61.00")
    pattern = re.compile(r"INV_(x_\d+)", re.IGNORECASE)
    assert {cause for cause, _, _ in told(examined(text, header, patterns=(pattern,)))} == {"amount_differs"}


def test_a_prefix_that_no_document_of_the_kind_has_makes_another_document() -> None:
    text = "".join(
        f"2026-01-0{n} Purchase p{n} 7000{n} 630 800 1{n}0.00\n"
        f"qbo 2026-01-0{n} Bill {n} 7000{n} 85:1{n}0.00 86:-1{n}0.00\n"
        for n in range(1, 5)
    )
    text += "2026-01-09 Purchase p9 70009 630 800 90.00\nqbo 2026-01-10 Bill 9 A-70009 85:44.00 86:-44.00\n"
    found = told(examined(text))
    assert {cause for cause, _, _ in found} == {"missing_in_qbo", "missing_in_cin7"}


def test_a_check_number_like_another_bills_number_is_not_that_bills_payment() -> None:
    text = """
    2026-01-02 Purchase p1 00069 630 800 50.00
    2026-01-03 Purchase p2 00060 630 800 50.00
    2026-01-20 Purchase p1 00069 800 090 50.00
    2026-01-20 Purchase p2 00060 800 090 50.00
    qbo 2026-01-02 Bill 21 00069 85:50.00 86:-50.00
    qbo 2026-01-03 Bill 22 00060 85:50.00 86:-50.00
    qbo 2026-01-20 BillPayment 31 CHK-00069 86:50.00 35:-50.00
    qbo 2026-01-20 BillPayment 32 CHK-00071 86:50.00 35:-50.00
    """
    headers = (
        BILL,
        replace(BILL, id="22", number="00060"),
        Header(Source.QBO, "BillPayment", "31", "CHK-00069", links=(("Bill", "22"),)),
        Header(Source.QBO, "BillPayment", "32", "CHK-00071", links=(("Bill", "21"),)),
    )
    found = examined(text, *headers)
    assert (told(found), found.ambiguous) == ([], ())


def test_one_journal_for_two_equal_costs_stays_open_and_accuses_nobody() -> None:
    text = """
    2026-01-05 Sale t2 INV-00012 310 630 60.00
    2026-01-06 Sale t3 INV-00013 310 630 60.00
    qbo 2026-01-07 JournalEntry 8 - 82:60.00 85:-60.00
    """
    found = examined(text)
    assert told(found) == []
    assert {(each.control, each.amount) for each in found.ambiguous} == {("cogs", 6000), ("inventory", -6000)}
    (first, *_) = found.ambiguous
    assert ([d.reference for d in first.cin7], [d.id for d in first.qbo]) == (["INV-00012", "INV-00013"], ["8"])


def test_as_many_equal_journals_as_costs_on_other_days_are_theirs() -> None:
    text = """
    2026-01-05 Sale t2 INV-00012 310 630 60.00
    2026-01-06 Sale t3 INV-00013 310 630 60.00
    qbo 2026-01-07 JournalEntry 8 - 82:60.00 85:-60.00
    qbo 2026-01-08 JournalEntry 9 - 82:60.00 85:-60.00
    """
    found = examined(text)
    assert (told(found), found.ambiguous) == ([], ())


def test_a_void_that_reverses_its_rows_on_a_later_day_is_a_void() -> None:
    text = (
        SALE
        + """
    2026-01-09 Sale t1 INV-00012 200 610 100.00
    2026-01-09 Sale t1 INV-00012 820 610 8.00
    qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00
    """
    )
    finding = one(examined(text), "voided_in_cin7", "revenue")
    assert (finding.amount, [d.amount for d in finding.cin7]) == (-10000, [10000, -10000])
    assert {cause for cause, _, _ in told(examined(text))} == {"voided_in_cin7"}
    first = Period(date(2026, 1, 1), date(2026, 1, 7))
    assert told(examined(text, period=first)) == []


def test_a_void_that_both_sides_reversed_is_nothing() -> None:
    text = (
        SALE
        + """
    2026-01-09 Sale t1 INV-00012 200 610 100.00
    2026-01-09 Sale t1 INV-00012 820 610 8.00
    qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00
    qbo 2026-01-10 JournalEntry 9 VOID-INV-00012 84:-108.00 79:100.00 88:8.00
    """
    )
    assert told(examined(text)) == []


def test_a_journal_for_a_day_without_channel_is_the_sum_of_its_documents() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 310 630 60.00
    2026-01-05 Sale t2 INV-2 310 630 50.00
    2026-01-05 Sale t3 INV-3 310 630 7.00
    qbo 2026-01-05 JournalEntry 7 JE-1001 82:117.00 85:-117.00
    """
    assert told(examined(text)) == []


def test_what_journals_of_a_channel_are_called_is_learnt_from_those_that_add_up() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 7 SH-0105 84:150.00 79:-150.00
    2026-01-06 Sale t3 INV-3 610 200 70.00
    2026-01-06 Sale t4 INV-4 610 200 30.00
    qbo 2026-01-06 JournalEntry 8 SH-0106 84:70.00 79:-70.00
    """
    channels = {f"INV-{n}": "Web Store" for n in range(1, 5)}
    finding = one(examined(text, channels=channels), "consolidation_differs", "revenue")
    assert (finding.amount, [d.reference for d in finding.cin7]) == (3000, ["INV-3", "INV-4"])


def test_a_day_journal_posted_twice_is_a_duplicate() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 7 SHOPIFY-260105 84:150.00 79:-150.00
    qbo 2026-01-05 JournalEntry 8 SHOPIFY-260105 84:150.00 79:-150.00
    """
    finding = one(examined(text, channels={"INV-1": "Shopify", "INV-2": "Shopify"}), "duplicate_in_qbo", "revenue")
    assert (finding.amount, [d.id for d in finding.qbo]) == (-15000, ["8", "7"])


def test_a_deposit_of_undeposited_funds_is_nobodys_error() -> None:
    text = (
        SALE
        + """
    2026-01-08 Sale t1 INV-00012 404 610 108.00
    qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00
    qbo 2026-01-08 Payment 9 PMT-1 83:108.00 84:-108.00
    qbo 2026-01-10 Deposit 10 - 35:108.00 83:-108.00
    """
    )
    headers = (
        Header(Source.QBO, "Invoice", "7", "INV-00012"),
        Header(Source.QBO, "Payment", "9", "PMT-1", links=(("Invoice", "7"),)),
        Header(Source.QBO, "Deposit", "10", "", links=(("Payment", "9"),)),
    )
    assert {(each.cause, each.nature) for each in examined(text, *headers).findings} <= {("outside_cin7", "policy")}


def test_a_document_of_another_period_that_is_a_cent_off_is_still_timing() -> None:
    text = SALE + "qbo 2026-02-02 Invoice 7 INV-00012 84:108.01 79:-100.01 88:-8.00"
    assert {cause for cause, _, _ in told(examined(text))} == {"different_period"}
    whole = Period(JANUARY.start, date(2026, 2, 28))
    assert {cause for cause, _, _ in told(examined(text, period=whole))} == {"rounding"}


def test_an_item_that_quickbooks_counts_too_is_told_even_where_it_posts_no_cost() -> None:
    text = SALE + "qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00"
    found = examined(text, tracked={"7": ("SKU-1",)}).findings
    assert sorted((each.cause, str(each.control), each.amount, each.subject) for each in found) == [
        ("quantity_tracking_on", "cogs", 0, "SKU-1"),
        ("quantity_tracking_on", "inventory", 0, "SKU-1"),
    ]
    assert (found[0].cin7[0].reference, found[0].qbo[0].id, found[0].root) == ("INV-00012", "7", found[1].root)


def test_another_connectors_sums_are_its_own_and_not_cin7s() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 7 A2X-0105 84:150.00 79:-150.00
    """
    found = examined(text, channels={"INV-1": "Shopify", "INV-2": "Shopify"}, sales_elsewhere=True)
    assert {(each.cause, each.nature) for each in found.findings} == {
        ("missing_in_qbo", "policy"),
        ("outside_cin7", "policy"),
    }


def test_the_invoice_that_was_paid_is_kept_of_two_though_only_the_payment_tells_it() -> None:
    text = SALE + "".join(f"qbo 2026-01-05 Invoice {n} INV-00012 84:108.00 79:-100.00 88:-8.00\n" for n in (7, 8))
    payment = Header(Source.QBO, "Payment", "9", "P-1", links=(("Invoice", "8"),))
    invoices = [Header(Source.QBO, "Invoice", str(n), "INV-00012") for n in (7, 8)]
    finding = one(examined(text, *invoices, payment), "duplicate_in_qbo", "revenue")
    assert [d.id for d in finding.qbo] == ["7", "8"]


def test_a_deleted_invoice_is_known_by_its_number_however_its_customer_was_written() -> None:
    gone = Header(Source.QBO, "Invoice", "7", "INV-00012", name="Harbor Home, Inc.", voided=True)
    assert {cause for cause, _, _ in told(examined(SALE, gone))} == {"voided_in_qbo"}


def test_a_foreign_payment_at_another_rate_differs_on_what_it_relieves_too() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 110.00
    qbo 2026-01-05 Invoice 7 INV-1 84:110.00 79:-110.00
    2026-01-20 Sale t1 INV-1 090 610 110.00
    qbo 2026-01-20 Payment 9 P-1 35:112.00 84:-110.00 83:-2.00
    """
    headers = (
        Header(Source.QBO, "Invoice", "7", "INV-1", currency="EUR", rate=Decimal("1.1"), total=10000),
        Header(
            Source.QBO, "Payment", "9", "P-1", currency="EUR", rate=Decimal("1.12"), total=10000,
            links=(("Invoice", "7"),),
        ),
    )  # fmt: skip
    assert told(examined(text, *headers)) == [("exchange_rate_differs", "account:404", 200)]


def test_a_reference_of_invoice_and_credit_is_the_one_that_the_row_is_about() -> None:
    text = """
    2026-01-05 Sale t1 INV-00012/CR-00003 610 200 100.00
    2026-01-08 Sale t1 INV-00012/CR-00003 200 610 40.00
    2026-01-09 Sale t1 INV-00012/CR-00003 090 610 60.00
    2026-01-05 Sale t1 INV-00012/CR-00003 310 630 30.00
    """
    sale = Header(Source.CIN7, "Sale", "t1", "SO-1", invoice="INV-00012", credit="CR-00003")
    found = examined(text, sale, text_of="{name} - SO-1")
    named = {(d.reference, d.day.day, d.amount) for f in found.findings for d in f.cin7 if f.control == "receivables"}
    assert named == {("INV-00012", 5, 10000), ("CR-00003", 8, -4000), ("INV-00012", 9, -6000)}


def test_a_longer_number_is_no_copy_of_a_shorter_one() -> None:
    text = """
    2026-01-05 Sale t1 INV-100 610 200 100.00
    qbo 2026-01-05 Invoice 7 INV-100 84:100.00 79:-100.00
    qbo 2026-01-25 Invoice 8 INV-1002 84:35.00 79:-35.00
    """
    assert {cause for cause, _, _ in told(examined(text))} == {"missing_in_cin7"}


def test_a_second_cost_of_a_sale_shipped_in_one_came_late() -> None:
    text = COST + JOURNAL.format("COGS-INV-00012") + "2026-01-20 Sale t2 INV-00012 310 630 5.00\n"
    sale = Header(Source.CIN7, "Sale", "s1", "SO-1", invoice="INV-00012", version="type=Simple Sale; ship=SHIPPED")
    finding = one(examined(text, sale), "late_cost", "cogs")
    assert (finding.amount, finding.nature) == (500, "error")


def test_a_number_that_fills_its_field_was_cut_and_is_no_shorter_number() -> None:
    text = """
    2026-01-05 Sale t2 INV-00003 310 630 60.00
    2026-01-05 Sale t3 INV-00031 310 630 45.00
    qbo 2026-01-05 JournalEntry 8 Cost~of~sale~INV-0003 82:45.00 85:-45.00
    """
    assert {(cause, amount) for cause, _, amount in told(examined(text))} == {
        ("missing_in_qbo", 6000),
        ("missing_in_qbo", -6000),
    }


def test_sales_from_before_quickbooks_counted_an_item_are_innocent() -> None:
    text = (
        SALE
        + """
    2026-01-06 Sale t2 INV-00013 610 200 100.00
    qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00
    qbo 2026-01-06 Invoice 8 INV-00013 84:100.00 79:-100.00 82:60.00 85:-60.00
    """
    )
    found = examined(text, tracked={"7": ("SKU-1",), "8": ("SKU-1",)}).findings
    assert {(each.cause, each.qbo[0].id) for each in found} == {("quantity_tracking_on", "8")}


def test_a_payment_of_a_dozen_invoices_is_the_sum_of_all() -> None:
    lines, headers = [], []
    for n in range(1, 13):
        lines += [
            f"2026-01-05 Sale t{n} INV-{n:05} 610 200 {n}.00",
            f"2026-01-20 Sale t{n} INV-{n:05} 090 610 {n}.00",
            f"qbo 2026-01-05 Invoice {n} INV-{n:05} 84:{n}.00 79:-{n}.00",
        ]
        headers.append(Header(Source.QBO, "Invoice", str(n), f"INV-{n:05}"))
    links = tuple(("Invoice", str(n)) for n in range(1, 13))
    headers.append(Header(Source.QBO, "Payment", "99", "P-1", links=links))
    found = examined("\n".join([*lines, "qbo 2026-01-21 Payment 99 P-1 35:78.00 84:-78.00"]), *headers)
    assert (told(found), found.ambiguous) == ([], ())


def test_of_two_payments_of_an_invoice_on_one_day_the_one_that_lacks_is_named() -> None:
    text = (
        SALE
        + """
    2026-01-20 Sale t1 INV-00012 090 610 60.00
    2026-01-20 Sale t1 INV-00012 090 610 48.00
    qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00
    qbo 2026-01-20 Payment 9 P-1 35:60.00 84:-60.00
    """
    )
    headers = (
        Header(Source.QBO, "Invoice", "7", "INV-00012"),
        Header(Source.QBO, "Payment", "9", "P-1", links=(("Invoice", "7"),)),
    )
    assert told(examined(text, *headers)) == [("missing_in_qbo", "receivables", -4800)]


def test_a_sales_receipt_is_an_invoice_and_its_payment_in_one() -> None:
    text = (
        SALE
        + """
    2026-01-05 Sale t1 INV-00012 090 610 108.00
    qbo 2026-01-05 SalesReceipt 7 INV-00012 35:108.00 79:-100.00 88:-8.00
    """
    )
    assert told(examined(text)) == []


def test_a_sale_that_was_undone_lives_on_in_quickbooks() -> None:
    text = "".join(
        f"2026-01-0{n} Sale t{n} INV-0000{n} 610 200 1{n}.00\n"
        f"qbo 2026-01-0{n} Invoice {n} INV-0000{n} 84:1{n}.00 79:-1{n}.00\n"
        for n in (1, 2, 4, 5)
    )
    text += "qbo 2026-01-03 Invoice 3 INV-00003 84:13.00 79:-13.00\n"
    assert {cause for cause, _, _ in told(examined(text))} == {"voided_in_cin7"}


def test_a_channels_currencies_have_journals_of_their_own() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    2026-01-05 Sale t3 INV-3 610 200 70.00
    qbo 2026-01-05 JournalEntry 7 SHOPIFY-0105 84:150.00 79:-150.00
    qbo 2026-01-05 JournalEntry 8 SHOPIFY-0105E 84:70.00 79:-70.00
    """
    sales = [
        Header(Source.CIN7, "Sale", f"t{n}", f"SO-{n}", invoice=f"INV-{n}", currency="EUR" if n == 3 else "USD")
        for n in (1, 2, 3)
    ]
    channels = {f"INV-{n}": "Shopify" for n in (1, 2, 3)}
    assert told(examined(text, *sales, channels=channels)) == []


def test_a_journal_may_have_a_prefix_that_others_of_its_account_have_not() -> None:
    text = "".join(
        f"2026-01-0{n} StockAdjustment a{n} ST-0000{n} 320 630 1{n}.00\n"
        f"qbo 2026-01-0{n} JournalEntry {n} ADJ-ST-0000{n} 89:1{n}.00 85:-1{n}.00\n"
        for n in range(1, 5)
    )
    text += "2026-01-09 InventoryWriteOff w1 WO-00001 320 630 8.42\n"
    text += "qbo 2026-01-09 JournalEntry 9 WRITEOFF-WO-00001 89:7.40 85:-7.40\n"
    assert {cause for cause, _, _ in told(examined(text))} == {"amount_differs"}


def test_a_connectors_settlement_that_adds_up_to_nothing_of_cin7s_is_still_its_own() -> None:
    text = (
        SALE
        + """
    qbo 2026-01-05 Invoice 7 INV-00012 84:108.00 79:-100.00 88:-8.00
    qbo 2026-01-09 JournalEntry 8 A2X-US-0109 35:91.00 83:6.00 79:-97.00
    """
    )
    finding = one(examined(text), "second_connector", "revenue")
    assert (finding.amount, finding.confidence) == (-9700, "likely")


def test_a_note_about_an_order_that_is_not_invoiced_yet_makes_no_void() -> None:
    text = """
    2026-01-05 Sale f1 SO-00020 310 630 60.00
    qbo 2026-01-05 JournalEntry 7 COGS-SO-00020 82:60.00 85:-60.00
    qbo 2026-01-09 JournalEntry 8 GJ-1 82:4.00 85:-4.00
    """
    header = Header(Source.QBO, "JournalEntry", "8", "GJ-1", memo="Correction for SO-00015")
    order = Header(Source.CIN7, "Sale", "s15", "SO-00015", status="ORDERED")
    assert {cause for cause, _, _ in told(examined(text, header, order))} == {"manual_journal"}


def test_another_voided_invoice_of_that_customer_and_day_is_not_the_missing_one() -> None:
    gone = Header(Source.QBO, "Invoice", "7", "INV-00099", name="Harbor Home", voided=True, day=date(2026, 1, 5))
    assert {cause for cause, _, _ in told(examined(SALE, gone))} == {"missing_in_qbo"}


def test_a_copy_is_of_the_shipment_of_its_own_day_where_two_share_a_number_and_an_amount() -> None:
    text = """
    2026-01-05 Sale f1 SO-00010 310 630 60.00
    2026-01-12 Sale f2 SO-00010 310 630 60.00
    qbo 2026-01-05 JournalEntry 7 COGS-SO-00010 82:60.00 85:-60.00
    qbo 2026-01-12 JournalEntry 8 COGS-SO-00010 82:60.00 85:-60.00
    qbo 2026-01-12 JournalEntry 9 COGS-SO-00010 82:60.00 85:-60.00
    """
    finding = one(examined(text), "duplicate_in_qbo", "cogs")
    assert ([d.task_id for d in finding.cin7], [d.id for d in finding.qbo]) == (["f2"], ["9", "8"])


def test_a_copy_of_one_of_two_things_that_happened_to_a_task_on_one_day_is_a_duplicate() -> None:
    text = """
    2026-01-22 Transfer t1 TR-00036 630 801 36.00
    2026-01-22 Transfer t1 TR-00036 630 320 23.00
    qbo 2026-01-22 JournalEntry 7 - 85:23.00 89:-23.00
    qbo 2026-01-22 JournalEntry 8 - 85:36.00 87:-36.00
    qbo 2026-01-23 JournalEntry 9 - 85:36.00 87:-36.00
    """
    notes = [Header(Source.QBO, "JournalEntry", id_, "", memo="Transfer TR-00036") for id_ in ("7", "8", "9")]
    finding = one(examined(text, *notes), "duplicate_in_qbo", "inventory")
    assert (finding.amount, {d.id for d in finding.qbo}) == (-3600, {"8", "9"})
