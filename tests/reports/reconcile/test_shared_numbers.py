"""Numbers that several documents share: cut ones, ends of longer ones, and invoices that no list names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reports.reconcile.documents import Header
from reports.reconcile.explain import Explained
from reports.reconcile.numbers import ends_another
from sync.domain.accounts import Source
from tests.reports.reconcile.pictures import examined, one, told

CUT = "Inventory~write-off~W"  # "Inventory write-off WO-00001" in a field of 21 characters
WRITE_OFFS = f"""
2026-01-09 InventoryWriteOff w3 WO-00003 320 630 26.56
qbo 2026-01-05 JournalEntry 8 {CUT} 89:26.56 85:-26.56
qbo 2026-01-09 JournalEntry 9 {CUT} 89:26.56 85:-26.56
"""
UNDONE = """
2026-01-05 InventoryWriteOff w1 WO-00001 320 630 26.56
2026-01-05 InventoryWriteOff w1 WO-00001 630 320 26.56
"""
FIRST = Header(Source.QBO, "JournalEntry", "8", CUT, memo="Inventory write-off WO-00001")
THIRD = replace(FIRST, id="9", memo="Inventory write-off WO-00003")


def test_a_number_that_was_cut_makes_no_duplicate_of_a_journal_that_says_another_number() -> None:
    found = examined(UNDONE + WRITE_OFFS, FIRST, THIRD)
    assert {cause for cause, _, _ in told(found)} == {"voided_in_cin7"}
    finding = one(found, "voided_in_cin7", "inventory")
    assert ([d.reference for d in finding.cin7], [d.id for d in finding.qbo]) == (["WO-00001"], ["8"])


@pytest.mark.parametrize("memos", [("", "Inventory write-off WO-00003"), ("by hand", "Inventory write-off WO-00003")])
def test_a_number_that_was_cut_makes_no_duplicate_where_only_one_says_whose_it_is(memos: tuple[str, str]) -> None:
    headers = (replace(FIRST, memo=memos[0]), replace(THIRD, memo=memos[1]))
    assert "duplicate_in_qbo" not in {cause for cause, _, _ in told(examined(WRITE_OFFS, *headers))}


def test_a_whole_number_is_no_duplicate_either_where_the_texts_say_two_numbers() -> None:
    text = WRITE_OFFS.replace(CUT, "ADJ-5")
    assert {cause for cause, _, _ in told(examined(UNDONE + text, FIRST, THIRD))} == {"voided_in_cin7"}


def test_a_summary_posted_again_under_another_batch_is_a_duplicate() -> None:
    text = """
    2026-01-05 Sale t1 INV-1 610 200 100.00
    2026-01-05 Sale t2 INV-2 610 200 50.00
    qbo 2026-01-05 JournalEntry 8 SHOPIFY-260105 84:150.00 79:-150.00
    qbo 2026-01-05 JournalEntry 9 SHOPIFY-260105 84:150.00 79:-150.00
    """
    headers = (replace(FIRST, memo="Batch B-1001"), replace(FIRST, id="9", memo="Batch B-1002"))
    found = examined(text, *headers, channels={"INV-1": "Shopify", "INV-2": "Shopify"})
    assert {cause for cause, _, _ in told(found)} == {"duplicate_in_qbo"}


def test_a_journal_that_says_the_same_number_again_is_a_duplicate_though_its_own_was_cut() -> None:
    again = replace(FIRST, memo=THIRD.memo)
    found = examined(WRITE_OFFS, again, THIRD)
    assert {cause for cause, _, _ in told(found)} == {"duplicate_in_qbo"}


# A receipt that a supplier's number names, and a write-off that Cin7 voided and removed and QuickBooks reversed.
REVERSED = """
2026-01-04 Purchase p1 00003 630 801 193.97
2026-01-06 InventoryWriteOff w4 WO-00004 320 630 5.00
qbo 2026-01-06 JournalEntry 6 WO-00004 89:5.00 85:-5.00
qbo 2026-01-18 JournalEntry 8 - 89:16.14 85:-16.14
qbo 2026-01-18 JournalEntry 9 - 89:-16.14 85:16.14
"""
MEMO = Header(Source.QBO, "JournalEntry", "8", "", memo="Inventory write-off WO-00003")
BACK = replace(MEMO, id="9", memo="Reversal of Inventory write-off WO-00003")


@pytest.mark.parametrize("said", ["{}", "{}/2", "{} (Damaged)"])
def test_the_end_of_a_number_of_cin7s_names_no_suppliers_bill(said: str) -> None:
    headers = tuple(replace(each, memo=said.format(each.memo)) for each in (MEMO, BACK))
    found = examined(REVERSED, *headers)
    assert {cause for cause, _, _ in told(found)} == {"missing_in_qbo"}


def test_an_end_is_told_from_a_whole_number_by_the_numbers_that_cin7_gives_out() -> None:
    shapes = frozenset({"WO-99999", "99999"})
    assert ends_another("00003", "Reversal of WO-00003", shapes)
    assert ends_another("00003", "JE-WO-00003/2", shapes)
    assert not ends_another("00003", "Bill 00003, WO-00003", shapes)
    assert not ends_another("00003", "BILL-00003", shapes)
    assert not ends_another("WO-00003", "WO-00003", shapes)


IN_PARTS = """
2026-01-05 Sale s1 INV-1 610 200 100.00
2026-01-06 Sale s1 INV-1 310 630 60.00
2026-01-20 Sale s2 INV-2 610 200 50.00
2026-01-20 Sale s2 INV-2 610 820 4.00
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
qbo 2026-01-06 JournalEntry 8 COGS-INV-1 82:60.00 85:-60.00
qbo 2026-01-20 Invoice 9 INV-2 84:55.00 79:-50.00 88:-5.00
"""


ORDER = Header(Source.CIN7, "Sale", "o1", "SO-1", invoice="INV-1", name="Harbor Home", currency="USD", total=15400,
               version="type=Advanced Sale; ship=PARTIALLY SHIPPED", day=date(2026, 1, 5))  # fmt: skip
OTHER = replace(ORDER, id="o2", number="SO-2", invoice="", total=99900)
TAXED = Header(Source.QBO, "Invoice", "9", "INV-2", currency="USD", total=5500, name="Harbor Home")


def test_an_invoice_of_an_order_in_parts_waits_for_its_goods_though_quickbooks_taxes_it_otherwise() -> None:
    found = examined(IN_PARTS, ORDER, OTHER, TAXED)
    assert _waiting(found) == ["INV-2"]
    assert {cause for cause, _, _ in told(found)} == {"tax_differs"}


@pytest.mark.parametrize(("others", "waiting"), [((), ["INV-2"]), ((OTHER,), [])])
def test_in_a_foreign_currency_its_order_is_then_the_only_one_that_waits_or_not_told(
    others: tuple[Header, ...], waiting: list[str]
) -> None:
    foreign = (replace(each, currency="EUR") for each in (ORDER, *others, TAXED))
    assert _waiting(examined(IN_PARTS, *foreign)) == waiting


def test_an_invoice_is_of_no_order_that_began_after_it() -> None:
    later = replace(ORDER, total=20000, day=date(2026, 1, 21))
    assert _waiting(examined(IN_PARTS, replace(later, day=date(2026, 1, 20)), TAXED)) == ["INV-2"]
    assert _waiting(examined(IN_PARTS, later, TAXED)) == []


def _waiting(found: Explained) -> list[str]:
    return [each.subject for each in found.findings if each.cause == "invoiced_not_shipped"]
