"""Each cause on the smallest pair of ledgers that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reports.reconcile.causes import RULES, STATE_RULES
from reports.reconcile.documents import Header, added
from reports.reconcile.engine import Past
from reports.reconcile.view import NATURES
from sync.domain.accounts import Source
from sync.domain.period import Period
from tests.reports.ledgers import books
from tests.reports.reconcile.pictures import examined, ledgers, one, told

INVOICE = """
2026-01-05 Sale t1 INV-1 610 200 100.00
2026-01-05 Sale t1 INV-1 610 820 8.00
"""
MIRROR = "qbo 2026-01-05 Invoice 7 INV-1 84:108.00 79:-100.00 88:-8.00\n"
SECOND = MIRROR.replace(" 7 ", " 8 ")
DEARER = "qbo 2026-01-05 Invoice 7 INV-1 84:98.00 79:-90.00 88:-8.00\n"
HEADER = Header(Source.QBO, "Invoice", "7", "INV-1", currency="USD", day=date(2026, 1, 5))
CHANNELS = {"INV-1": "Shopify", "INV-2": "Shopify", "INV-3": "Shopify"}


def test_a_document_that_quickbooks_lacks_is_missing_on_every_control_with_one_root() -> None:
    found = examined(INVOICE)
    assert told(found) == [
        ("missing_in_qbo", "receivables", 10800),
        ("missing_in_qbo", "revenue", 10000),
        ("missing_in_qbo", "tax", 800),
    ]
    assert len({each.root for each in found.findings}) == 1
    assert len({each.id for each in found.findings}) == 3
    document = one(found, "missing_in_qbo", "revenue").cin7[0]
    assert (document.task_id, document.reference, document.type, document.amount) == ("t1", "INV-1", "Sale", 10000)


def test_an_invoice_and_its_payment_of_one_day_are_two_findings() -> None:
    found = examined(INVOICE + "2026-01-05 Sale t1 INV-1 090 610 108.00\n").findings
    assert [each.amount for each in found if each.control == "receivables"] in ([10800, -10800], [-10800, 10800])
    assert len({each.id for each in found}) == len(found) == 4


def test_sales_that_another_connector_posts_are_policy() -> None:
    found = examined(INVOICE, sales_elsewhere=True)
    assert {each.nature for each in found.findings} == {"policy"}


def test_a_voided_document_is_told_with_nothing_on_its_side() -> None:
    finding = one(examined(INVOICE, replace(HEADER, voided=True)), "voided_in_qbo", "revenue")
    assert (finding.amount, finding.qbo[0].id, finding.qbo[0].amount) == (10000, "7", 0)


def test_a_deleted_document_is_told_by_when_it_went() -> None:
    gone = replace(HEADER, deleted_at=datetime(2026, 1, 9, tzinfo=UTC))
    assert "2026-01-09" in one(examined(INVOICE, gone), "deleted_in_qbo", "revenue").explanation


def test_a_second_posting_is_a_duplicate_and_stands_before_the_kept_one() -> None:
    finding = one(examined(INVOICE + MIRROR + SECOND), "duplicate_in_qbo", "revenue")
    assert finding.amount == -10000
    assert [document.id for document in finding.qbo] == ["8", "7"]


def test_a_second_posting_with_a_suffix_is_a_duplicate_too() -> None:
    second = SECOND.replace("INV-1", "INV-1-2")
    assert one(examined(INVOICE + MIRROR + second), "duplicate_in_qbo", "revenue").amount == -10000


def test_the_duplicate_with_a_payment_is_the_one_that_is_kept() -> None:
    paid = replace(HEADER, id="8", links=(("Payment", "9"),))
    found = examined(INVOICE + MIRROR + SECOND, HEADER, paid)
    assert [document.id for document in one(found, "duplicate_in_qbo", "revenue").qbo] == ["7", "8"]


def test_another_amount_is_named_where_nothing_finer_fits() -> None:
    found = told(examined(INVOICE + DEARER))
    assert found == [("amount_differs", "receivables", 1000), ("amount_differs", "revenue", 1000)]


def test_a_cent_is_rounding_and_is_summed() -> None:
    found = examined(INVOICE + MIRROR.replace("108.00", "107.99").replace("-100.00", "-99.99"))
    assert told(found) == [("rounding", "receivables", 1), ("rounding", "revenue", 1)]
    assert one(found, "rounding", "revenue").cin7 == ()


def test_another_tax_with_the_same_net_is_a_tax_difference() -> None:
    found = told(examined(INVOICE + MIRROR.replace("108.00", "110.00").replace("88:-8.00", "88:-10.00")))
    assert found == [("tax_differs", "receivables", -200), ("tax_differs", "tax", -200)]


def test_the_same_total_on_another_account_of_one_control_is_a_finding_of_nothing() -> None:
    finding = one(examined(INVOICE + MIRROR.replace("79:", "80:")), "wrong_account", "revenue")
    assert (finding.amount, finding.cin7[0].amount, finding.qbo[0].amount) == (0, 10000, 10000)


def test_a_cost_on_an_account_that_is_not_compared_is_on_the_wrong_account() -> None:
    text = """
    2026-01-05 Sale t2 INV-1 310 630 60.00
    qbo 2026-01-05 JournalEntry 8 COGS-INV-1 91:60.00 85:-60.00
    """
    assert told(examined(text)) == [("wrong_account", "cogs", 6000)]


def test_a_document_dated_outside_is_told_by_the_side_inside() -> None:
    text = INVOICE + MIRROR.replace("2026-01-05", "2026-02-02")
    assert one(examined(text), "different_period", "revenue").amount == 10000
    february = examined(text, period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert one(february, "different_period", "revenue").amount == -10000
    assert told(examined(text, period=Period(date(2026, 1, 1), date(2026, 2, 28)))) == []


def test_foreign_amounts_at_another_rate_differ_by_one_ratio() -> None:
    header = replace(HEADER, currency="EUR", rate=Decimal("1.06"), total=10189)
    sale = Header(Source.CIN7, "Sale", "s1", "SO-1", invoice="INV-1", currency="EUR", total=10189)
    text = INVOICE + "qbo 2026-01-05 Invoice 7 INV-1 84:110.16 79:-102.00 88:-8.16\n"
    assert {cause for cause, _, _ in told(examined(text, header, sale))} == {"exchange_rate_differs"}
    other = replace(header, total=10393)
    assert {cause for cause, _, _ in told(examined(text, other, sale))} == {"amount_differs"}


def test_a_document_that_agreed_before_was_edited() -> None:
    slots = ledgers(INVOICE, books(INVOICE)).slots
    sides = (("84", 10800), ("79", -10000), ("88", -800))
    former = added((slots.of(Source.QBO, account), amount) for account, amount in sides)
    found = examined(INVOICE + DEARER, past=Past({("Invoice", "7"): (former,)}))
    assert {cause for cause, _, _ in told(found)} == {"edited_in_qbo"}


def test_a_task_whose_rows_come_to_nothing_was_voided_in_cin7() -> None:
    text = (
        INVOICE
        + MIRROR
        + """
    2026-01-05 Sale t1 INV-1 200 610 100.00
    2026-01-05 Sale t1 INV-1 820 610 8.00
    """
    )
    finding = one(examined(text), "voided_in_cin7", "revenue")
    assert (finding.amount, finding.cin7[0].reference, finding.cin7[0].amount) == (-10000, "INV-1", 0)


def test_a_task_whose_header_is_voided_was_voided_in_cin7() -> None:
    voided = Header(Source.CIN7, "InventoryWriteOff", "w1", "WO-1", status="VOIDED", voided=True, day=date(2026, 1, 8))
    finding = one(
        examined("qbo 2026-01-08 JournalEntry 9 WO-1 89:20.00 85:-20.00", voided), "voided_in_cin7", "inventory"
    )
    assert (finding.amount, finding.cin7[0].task_id) == (2000, "w1")


def test_a_journal_by_hand_on_inventory_is_accused() -> None:
    found = told(examined("qbo 2026-01-08 JournalEntry 9 GJ-9 82:20.00 85:-20.00"))
    assert found == [("manual_journal", "cogs", -2000), ("manual_journal", "inventory", 2000)]


def test_a_bill_for_stock_that_cin7_does_not_know_is_missing_there() -> None:
    found = told(examined("qbo 2026-01-08 Bill 9 D-9 85:20.00 86:-20.00"))
    assert found == [("missing_in_cin7", "inventory", -2000), ("missing_in_cin7", "payables", -2000)]


@pytest.mark.parametrize("sides", ["Bill 9 RENT-1 35:20.00 86:-20.00", "JournalEntry 9 - 84:20.00 35:-20.00"])
def test_what_only_quickbooks_needs_is_policy_and_one_sum(sides: str) -> None:
    found = examined(f"qbo 2026-01-31 {sides}")
    assert {(each.cause, each.nature, each.qbo) for each in found.findings} == {("outside_cin7", "policy", ())}


def test_a_payment_for_a_document_of_cin7s_is_not_outside() -> None:
    text = INVOICE + MIRROR + "qbo 2026-01-20 Payment 9 PMT-1 35:50.00 84:-50.00"
    payment = Header(Source.QBO, "Payment", "9", "PMT-1", links=(("Invoice", "7"),))
    assert told(examined(text, HEADER, payment)) == [("missing_in_cin7", "receivables", 5000)]


def test_a_summary_of_sales_that_cin7_posts_too_is_a_second_connector() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
    qbo 2026-01-05 Invoice 8 INV-2 84:50.00 79:-50.00
    qbo 2026-01-06 SalesReceipt 9 A2X-5 35:150.00 79:-150.00
    """
    assert told(examined(text, channels=CHANNELS)) == [("second_connector", "revenue", -15000)]
    two = {"INV-1": "Shopify", "INV-2": "Amazon"}
    assert told(examined(text, channels=two)) == [("second_connector", "revenue", -15000)]
    assert told(examined(text)) == [("second_connector", "revenue", -15000)]


def test_a_summary_that_leaves_some_sales_of_its_day_out_is_still_a_second_connector() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    2026-01-05 Sale t3 INV-3 610 200 31.00
    qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
    qbo 2026-01-05 Invoice 8 INV-2 84:50.00 79:-50.00
    qbo 2026-01-05 Invoice 9 INV-3 84:31.00 79:-31.00
    qbo 2026-01-06 JournalEntry 10 P-5 35:131.00 79:-131.00
    """
    finding = one(examined(text, channels=CHANNELS), "second_connector", "revenue")
    assert (finding.amount, finding.confidence) == (-13100, "likely")
    assert {cause for cause, _, _ in told(examined(text.replace("131.00", "132.00")))} == {"manual_journal"}


def test_a_day_journal_that_lacks_a_document_is_a_consolidation_difference() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 7 SHOPIFY-260105 84:100.00 79:-100.00
    2026-01-06 Sale t3 INV-3 610 200 70.00
    qbo 2026-01-06 JournalEntry 8 SHOPIFY-260106 84:70.00 79:-70.00
    """
    finding = one(examined(text, channels=CHANNELS), "consolidation_differs", "revenue")
    assert finding.amount == 5000
    assert [document.reference for document in finding.cin7] == ["INV-1", "INV-2"]


def test_cost_on_the_invoice_itself_is_quickbooks_own_tracking() -> None:
    text = INVOICE + "qbo 2026-01-05 Invoice 7 INV-1 84:108.00 79:-100.00 88:-8.00 82:60.00 85:-60.00"
    found = told(examined(text))
    assert found == [("quantity_tracking_on", "cogs", -6000), ("quantity_tracking_on", "inventory", 6000)]


def test_every_cause_of_the_contract_has_its_nature_and_a_rule_that_explains_itself() -> None:
    rules = {rule.__module__.rsplit(".", 1)[1]: rule.__doc__ or "" for rule in (*RULES, *STATE_RULES)}
    assert rules.keys() | {"opening_difference"} == set(NATURES)
    for name, words in rules.items():
        assert f"**{name}**" in words
        assert all(part in words for part in ("How seen:", "Remedy:", "When it is wrong:"))


def test_a_supplier_payment_that_lies_on_another_account_than_payables_is_on_the_wrong_account() -> None:
    text = """
    2026-01-05 Purchase p1 B-1 630 800 60.00
    2026-01-09 Purchase p1 B-1 800 090 60.00
    qbo 2026-01-05 Bill 7 B-1 85:60.00 86:-60.00
    qbo 2026-01-09 BillPayment 8 B-1 83:60.00 35:-60.00
    """
    assert told(examined(text)) == [("wrong_account", "account:404", -6000), ("wrong_account", "payables", -6000)]


UNDONE = """
2026-01-05 Sale t1 INV-1 310 630 60.00
2026-01-05 Sale t1 INV-1 630 310 60.00
"""
NAMELESS = "qbo 2026-01-05 JournalEntry 8 1044 82:60.00 85:-60.00\n"


def test_a_journal_of_no_number_is_of_the_only_event_of_its_day_that_was_taken_back() -> None:
    found = examined(UNDONE + NAMELESS)
    assert told(found) == [("voided_in_cin7", "cogs", -6000), ("voided_in_cin7", "inventory", 6000)]
    finding = one(found, "voided_in_cin7", "cogs")
    assert (finding.cin7[0].reference, finding.cin7[0].amount, finding.confidence) == ("INV-1", 0, "likely")


@pytest.mark.parametrize(
    "more",
    [
        NAMELESS.replace(" 8 1044", " 9 1045"),
        UNDONE.replace("INV-1", "INV-2").replace("t1", "t2"),
    ],
)
def test_of_two_that_it_may_be_a_journal_is_none(more: str) -> None:
    assert {cause for cause, _, _ in told(examined(UNDONE + NAMELESS + more))} == {"manual_journal"}


@pytest.mark.parametrize(
    ("text", "cause", "words"),
    [
        ("2026-01-05 Sale t1 INV-1 090 610 100.00\n", "missing_in_qbo", "lie unapplied"),
        ("2026-01-05 FinishedGoods f1 FG-1 630 404 7.00\n", "missing_in_qbo", "absorbed"),
        ("qbo 2026-01-05 Invoice 7 X-1 84:9.00 79:-9.00\n", "missing_in_cin7", "consignment"),
        ("qbo 2026-01-05 JournalEntry 7 X-1 82:9.00 85:-9.00\n", "manual_journal", "average cost"),
        (INVOICE, "missing_in_qbo", ""),
    ],
)
def test_an_explanation_says_what_else_it_may_be(text: str, cause: str, words: str) -> None:
    (explanation,) = {found.explanation for found in examined(text).findings if found.cause == cause}
    assert ("It may also be" in explanation) is bool(words)
    assert words in explanation


SUMMED = """
2026-01-30 Sale t1 INV-1 610 200 100.00
2026-01-30 Sale t2 INV-2 610 200 50.00
2026-01-29 Sale t3 INV-3 610 200 70.00
2026-01-29 Sale t4 INV-4 610 200 30.00
qbo 2026-01-29 JournalEntry 7 98 84:100.00 79:-100.00
"""


@pytest.mark.parametrize(("day", "cause"), [("2026-01-31", ""), ("2026-02-01", "different_period")])
def test_a_day_journal_that_is_dated_beside_its_day_is_still_that_days(day: str, cause: str) -> None:
    found = examined(SUMMED + f"qbo {day} JournalEntry 8 99 84:150.00 79:-150.00\n", channels=CHANNELS)
    assert {told for told, _, _ in told(found)} == ({cause} if cause else set())
    for finding in found.findings:
        assert ([doc.reference for doc in finding.cin7], finding.amount) == (["INV-1", "INV-2"], 15000)


def test_a_journal_beside_two_days_of_one_sum_is_of_neither() -> None:
    text = """
    2026-01-10 Sale t1 INV-1 610 200 100.00
    2026-01-10 Sale t2 INV-2 610 200 50.00
    2026-01-12 Sale t3 INV-4 610 200 90.00
    2026-01-12 Sale t4 INV-5 610 200 60.00
    qbo 2026-01-11 JournalEntry 8 99 84:150.00 79:-150.00
    """
    lacking = [f.amount for f in examined(text).findings if (f.cause, f.control) == ("missing_in_qbo", "revenue")]
    assert sorted(lacking) == [5000, 6000, 9000, 10000]


def test_a_journal_of_a_months_last_day_is_of_that_days_event_before_a_channels_only_one_of_the_month() -> None:
    text = """
    2026-01-17 Sale t1 INV-1 310 630 16.00
    2026-01-31 Sale t9 INV-9 310 630 16.00
    qbo 2026-01-31 JournalEntry 7 1041 82:16.00 85:-16.00
    qbo 2026-01-17 JournalEntry 8 1057 82:16.00 85:-16.00
    """
    assert told(examined(text, channels=CHANNELS)) == []


def test_a_journal_of_no_number_on_another_account_is_the_only_one_of_its_day_and_money() -> None:
    cost = "2026-01-05 Sale t1 INV-1 310 630 60.00\n"
    strange = "qbo 2026-01-05 JournalEntry 8 1044 91:60.00 85:-60.00\n"
    found = examined(cost + strange)
    assert told(found) == [("wrong_account", "cogs", 6000)]
    assert found.findings[0].confidence == "likely"
    two = examined(cost + cost.replace("t1 INV-1", "t2 INV-2") + strange)
    assert "wrong_account" not in {cause for cause, _, _ in told(two)}
    numbered = "2026-01-04 Sale t3 INV-3 310 630 7.00\nqbo 2026-01-04 JournalEntry 9 INV-3 82:7.00 85:-7.00\n"
    assert "wrong_account" not in {cause for cause, _, _ in told(examined(cost + strange + numbered))}


def test_equal_costs_of_one_day_in_journals_without_numbers_are_nobodys_duplicates() -> None:
    text = """
    2026-01-13 Sale t1 INV-1 310 630 10.00
    2026-01-13 Sale t9 INV-9 310 630 10.00
    2026-01-13 Sale t8 INV-8 310 630 20.00
    qbo 2026-01-13 JournalEntry 7 - 82:10.00 85:-10.00
    qbo 2026-01-13 JournalEntry 8 - 82:10.00 85:-10.00
    qbo 2026-01-13 JournalEntry 9 - 82:20.00 85:-20.00
    """
    assert told(examined(text, channels=CHANNELS)) == []
    assert told(examined(text, channels=CHANNELS | {"INV-9": "Shopify"})) == []


def test_two_shipments_of_one_order_at_one_cost_are_two_journals_of_its_number() -> None:
    text = """
    2026-01-08 Sale t1 INV-1 310 630 20.00
    2026-01-17 Sale t2 INV-2 310 630 20.00
    qbo 2026-01-08 JournalEntry 7 INV-1 82:20.00 85:-20.00
    qbo 2026-01-17 JournalEntry 8 INV-1 82:20.00 85:-20.00
    """
    assert told(examined(text)) == []
    assert told(examined(text.replace("2026-01-17 Sale", "2026-01-20 Sale")))[0][0] == "duplicate_in_qbo"
