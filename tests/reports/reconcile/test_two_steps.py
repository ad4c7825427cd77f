"""What happens in two steps, what settles itself, and documents that were voided or booked elsewhere as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports.reconcile.documents import Header
from sync.domain.accounts import Source
from sync.domain.period import Period
from tests.reports.ledgers import CHART
from tests.reports.reconcile.pictures import examined, told

TRANSIT = CHART + "635 In_Transit ASSET CURRENT | 92 Other_Current_Asset OtherCurrentAssets 635\n"
TRANSFER = """
2026-01-06 StockTransfer t1 TR-1 635 630 66.00
2026-01-10 StockTransfer t1 TR-1 630 635 66.00
qbo 2026-01-06 JournalEntry 7 TR-1 92:66.00 85:-66.00
"""
ARRIVED = Header(Source.CIN7, "StockTransfer", "t1", "TR-1", status="COMPLETED", day=date(2026, 1, 6))
SALE = """
2026-01-05 Sale t1 INV-00012 610 200 100.00
2026-01-05 Sale t1 INV-00012 090 610 100.00
"""


def test_goods_that_arrived_are_no_void_of_their_sending() -> None:
    missing = [("missing_in_qbo", "account:635", -6600), ("missing_in_qbo", "inventory", 6600)]
    assert told(examined(TRANSFER, ARRIVED, chart=TRANSIT)) == missing


def test_a_transfer_that_both_sides_have_or_neither_is_told_by_its_two_journals() -> None:
    both = TRANSFER + "qbo 2026-01-10 JournalEntry 8 TR-1 92:-66.00 85:66.00\n"
    assert told(examined(both, ARRIVED, chart=TRANSIT)) == []
    neither = "".join(line + "\n" for line in TRANSFER.splitlines() if not line.startswith("qbo"))
    found = told(examined(neither, ARRIVED, chart=TRANSIT))
    assert [(cause, amount) for cause, _, amount in found] == [("missing_in_qbo", n) for n in (-6600, 6600)] * 2


def test_freight_of_a_transfer_that_has_another_amount_differs_though_its_goods_arrived_that_day() -> None:
    both = (
        TRANSFER
        + "2026-01-10 StockTransfer t1 TR-1 630 801 3.60\nqbo 2026-01-10 JournalEntry 8 TR-1 92:-66.00 85:66.00\n"
    )
    freight = "qbo 2026-01-10 JournalEntry 9 TR-1 85:3.42 87:-3.42\n"
    differs = [("amount_differs", "account:801", 18), ("amount_differs", "inventory", 18)]
    assert told(examined(both + freight, ARRIVED, chart=TRANSIT)) == differs
    elsewhere = [("missing_in_qbo", "account:801", 360), ("missing_in_qbo", "inventory", 360)]
    assert told(examined(both, ARRIVED, chart=TRANSIT)) == elsewhere


def test_a_transfer_that_was_voided_by_opposite_rows_is_a_void() -> None:
    voided = Header(Source.CIN7, "StockTransfer", "t1", "TR-1", status="VOIDED", day=date(2026, 1, 6), voided=True)
    assert {cause for cause, _, _ in told(examined(TRANSFER, voided, chart=TRANSIT))} == {"voided_in_cin7"}


def test_two_payments_of_a_day_are_it_and_not_the_payment_of_their_sum_that_was_taken_back() -> None:
    paid = """
    2026-01-05 Sale t1 INV-00012 610 200 100.00
    2026-01-15 Sale t1 INV-00012 090 610 40.00
    2026-01-15 Sale t1 INV-00012 090 610 60.00
    qbo 2026-01-05 Invoice 7 INV-00012 84:100.00 79:-100.00
    qbo 2026-01-10 Payment 8 PMT-1 84:-100.00 35:100.00
    qbo 2026-01-10 JournalEntry 9 VOID-PMT-1 84:100.00 35:-100.00
    qbo 2026-01-15 Payment 10 PMT-2 84:-40.00 35:40.00
    qbo 2026-01-15 Payment 11 PMT-3 84:-60.00 35:60.00
    """
    links = (("Invoice", "7"),)
    known = [Header(Source.QBO, "Payment", str(n), f"PMT-{n - 7}", links=links) for n in (8, 10, 11)]
    known.append(Header(Source.QBO, "Invoice", "7", "INV-00012"))
    assert told(examined(paid, *known)) == []


def test_a_sales_receipt_of_another_amount_still_settles_itself() -> None:
    found = examined(SALE + "qbo 2026-01-05 SalesReceipt 7 INV-00012 35:104.00 79:-104.00")
    assert told(found) == [("amount_differs", "revenue", -400)]


def test_a_receipt_that_was_entered_twice_is_a_duplicate_and_nobodys_payment() -> None:
    twice = "".join(f"qbo 2026-01-05 SalesReceipt {n} INV-00012 35:100.00 79:-100.00\n" for n in (7, 8))
    assert told(examined(SALE + twice)) == [("duplicate_in_qbo", "revenue", -10000)]


def test_a_deposit_that_names_its_order_and_is_booked_to_income_is_on_the_wrong_account() -> None:
    chart = CHART + "830 Customer_Credits LIABILITY CURRLIAB | 93 Other_Current_Liability OtherCurrentLiabilities 830\n"
    text = "2026-01-07 Sale t9 SO-9 090 830 36.00\nqbo 2026-01-07 JournalEntry 7 - 35:36.00 79:-36.00\n"
    note = Header(Source.QBO, "JournalEntry", "7", "", memo="Prepayment Harbor Home SO-9")
    found = examined(text, note, chart=chart)
    assert told(found) == [("wrong_account", "account:830", 3600), ("wrong_account", "revenue", -3600)]


def test_a_voided_payment_is_known_by_its_customer_though_cin7_calls_the_row_a_payment() -> None:
    text = SALE + "qbo 2026-01-05 Invoice 7 INV-00012 84:100.00 79:-100.00"
    gone = Header(Source.QBO, "Payment", "8", "", name="Harbor Home", day=date(2026, 1, 5), voided=True)
    found = examined(text, gone, text_of="Payment {name} - {number}", customer="Payment Harbor Home")
    assert told(found) == [("voided_in_qbo", "receivables", -10000)]


def test_the_cost_of_a_voided_sale_is_known_by_the_orders_number_inside_a_longer_one() -> None:
    text = """
    2026-01-05 Sale t1 INV-00012 310 630 60.00
    qbo 2026-01-05 JournalEntry 7 CG-INV-00012 82:60.00 85:-60.00
    qbo 2026-01-06 JournalEntry 8 CIN7-COGS-SO-0013-INV 82:9.00 85:-9.00
    """
    sale = Header(Source.CIN7, "Sale", "t2", "SO-0013", status="VOIDED", voided=True)
    assert {cause for cause, _, _ in told(examined(text, sale))} == {"voided_in_cin7"}


def test_a_receipt_posted_twice_is_not_the_orders_other_receipt() -> None:
    text = """
    2026-01-03 Purchase p1 PO-1 630 801 31.00
    2026-01-06 Purchase p1 PO-1 630 801 88.00
    qbo 2026-01-03 JournalEntry 7 PO-1-R1 85:31.00 87:-31.00
    qbo 2026-01-03 JournalEntry 8 PO-1-R1 85:31.00 87:-31.00
    """
    found = told(examined(text))
    assert [(cause, amount) for cause, control, amount in found if control == "inventory"] == [
        ("duplicate_in_qbo", -3100),
        ("missing_in_qbo", 8800),
    ]


def test_a_summary_without_number_that_is_entered_twice_is_a_duplicate() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 7 - 84:150.00 79:-150.00
    qbo 2026-01-05 JournalEntry 8 - 84:150.00 79:-150.00
    """
    notes = [Header(Source.QBO, "JournalEntry", str(n), "", memo="Shopify - daily summary") for n in (7, 8)]
    found = examined(text, *notes, channels={"INV-1": "Shopify", "INV-2": "Shopify"})
    assert {cause for cause, _, _ in told(found)} == {"duplicate_in_qbo"}


def test_a_month_of_sales_is_one_journal_though_payments_are_journals_of_a_day() -> None:
    text, headers = "", []
    for month, short in (("01", 0), ("02", 30), ("03", 0)):
        for day in ("05", "09"):
            number = f"INV-{month}{day}"
            text += f"2026-{month}-{day} Sale t{number} {number} 610 200 100.00\n"
            text += f"2026-{month}-{int(day) + 2:02} Sale t{number} {number} 090 610 100.00\n"
            text += (
                f"qbo 2026-{month}-{int(day) + 2:02} JournalEntry {month}{day} PAY-{month}{day} 35:100.00 84:-100.00\n"
            )
        sold = f"{200 - short}.00"
        text += f"qbo 2026-{month}-28 JournalEntry 9{month} CJ-{month} 84:{sold} 79:-{sold}\n"
        headers.append(Header(Source.QBO, "JournalEntry", f"9{month}", f"CJ-{month}", memo="Consolidated Shopify"))
    channels = {f"INV-{month}{day}": "Shopify" for month in ("01", "02", "03") for day in ("05", "09")}
    found = examined(text, *headers, channels=channels, period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert told(found) == [("consolidation_differs", "receivables", 3000), ("consolidation_differs", "revenue", 3000)]


def test_a_journal_entered_twice_is_not_the_months_only_sale_of_a_channel() -> None:
    text = """
    2026-01-06 Sale t1 INV-1 310 630 26.00
    2026-01-17 Sale t2 INV-2 310 630 26.00
    qbo 2026-01-06 JournalEntry 7 CG-1 82:26.00 85:-26.00
    qbo 2026-01-06 JournalEntry 8 CG-1 82:26.00 85:-26.00
    """
    notes = [Header(Source.QBO, "JournalEntry", str(n), "CG-1", memo="COGS for INV-1") for n in (7, 8)]
    found = told(examined(text, *notes, channels={"INV-2": "Shopify"}))
    assert [cause for cause, control, _ in found if control == "cogs"] == ["duplicate_in_qbo", "missing_in_qbo"]


def test_a_payment_of_two_invoices_that_quickbooks_numbered_itself_is_theirs() -> None:
    text, headers, links = "", [], []
    for n, amount in ((1, "60.00"), (2, "40.00")):
        text += f"2026-01-05 Sale t{n} INV-{n} 610 200 {amount}\n2026-01-20 Sale t{n} INV-{n} 090 610 {amount}\n"
        text += f"qbo 2026-01-05 Invoice 7{n} 100{n} 84:{amount} 79:-{amount}\n"
        headers.append(Header(Source.QBO, "Invoice", f"7{n}", f"100{n}", memo=f"Cin7 INV-{n}"))
        links.append(("Invoice", f"7{n}"))
    headers.append(Header(Source.QBO, "Payment", "9", "", links=tuple(links)))
    found = examined(text + "qbo 2026-01-20 Payment 9 - 35:100.00 84:-100.00", *headers)
    assert (told(found), found.ambiguous) == ([], ())


PAID_ABROAD = """
2026-01-05 Purchase p1 BILL-1 630 800 245.00
2026-01-15 Purchase p1 BILL-1 800 090 245.00
2026-01-15 Purchase p1 BILL-1 404 090 8.00
"""
ABROAD = Header(Source.QBO, "Bill", "7", "BILL-1", currency="EUR", rate=Decimal("0.94"), total=26630)
FOREIGN = (
    Header(Source.CIN7, "Purchase", "p1", "PO-1", invoice="BILL-1", currency="EUR", total=26630),
    ABROAD,
    replace(ABROAD, id="5", number="BILL-0", rate=Decimal("0.92"), day=date(2026, 1, 6)),
    Header(Source.QBO, "BillPayment", "9", "", currency="EUR", rate=Decimal("0.95"), total=26630,
           links=(("Bill", "7"),)),
)  # fmt: skip


def test_what_a_payment_loses_by_the_rate_is_part_of_it_though_cin7_posts_it_apart() -> None:
    text = PAID_ABROAD + "qbo 2026-01-05 Bill 7 BILL-1 85:245.00 86:-245.00\n"
    assert told(examined(text + "qbo 2026-01-15 BillPayment 9 - 86:245.00 83:8.00 35:-253.00", *FOREIGN)) == []


def test_another_rate_of_a_bill_makes_its_payment_gain_otherwise() -> None:
    text = PAID_ABROAD + "qbo 2026-01-05 Bill 7 BILL-1 85:250.33 86:-250.33\n"
    found = examined(text + "qbo 2026-01-15 BillPayment 9 - 86:250.33 83:2.67 35:-253.00", *FOREIGN)
    assert [(cause, amount) for cause, _, amount in told(found)] == [
        ("exchange_rate_differs", amount) for amount in (533, -533, -533, 533)
    ]
