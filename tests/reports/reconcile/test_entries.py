"""The entries that would cure findings: in words, balanced, and only where no document could do it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.reconcile.documents import Header, slots
from reports.reconcile.entries import asked, with_entries
from reports.reconcile.findings import Entry, Finding, finding_json
from sync.domain.accounts import Source
from tests.reports.ledgers import books, postings
from tests.reports.reconcile.pictures import examined

COST = "2026-01-06 Sale t1 INV-1 310 630 40.00\n"
SALE = "2026-01-05 Sale t1 INV-1 610 200 100.00\n" + COST
INVOICE = "qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00\n"
JOURNAL = "qbo 2026-01-06 JournalEntry 8 INV-1 82:40.00 85:-40.00\n"
SOUND = SALE + INVOICE + JOURNAL


def suggested(text: str, *headers: Header) -> list[Finding]:
    """What the tie-out of a text ledger finds, with entries."""
    of, found = books(text), examined(text, *headers)
    sides: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for posting in postings(text):
        if posting.source is Source.QBO and (posting.kind, posting.document) in asked(found.findings):
            sides[posting.kind, posting.document][posting.account] = posting.amount
    return list(with_entries(found.findings, found.gaps, slots(of.map), of, sides))


def words(found: list[Finding], cause: str) -> set[str]:
    return {each.entry.words("USD") if each.entry else "" for each in found if each.cause == cause}


def test_a_journal_by_hand_is_taken_back_on_every_account_that_it_posts_on() -> None:
    told = suggested(SOUND + "qbo 2026-01-09 JournalEntry 9 - 85:25.00 90:-25.00\n")
    assert words(told, "manual_journal") == {"Dr Capital 25.00, Cr Inventory 25.00 USD."}


def test_what_stands_on_another_account_is_moved_to_the_mapped_one() -> None:
    told = suggested(SALE + INVOICE + "qbo 2026-01-06 JournalEntry 8 INV-1 89:40.00 85:-40.00\n")
    assert words(told, "wrong_account") == {"Dr Cost of Goods Sold 40.00, Cr Shrinkage 40.00 USD."}
    assert all("Entry: Dr" in each.remedy for each in told if each.cause == "wrong_account")


def test_a_cost_journal_of_another_amount_is_corrected_by_the_difference() -> None:
    told = suggested(SALE + INVOICE + "qbo 2026-01-06 JournalEntry 8 INV-1 82:45.00 85:-45.00\n")
    assert words(told, "amount_differs") == {"Dr Inventory 5.00, Cr Cost of Goods Sold 5.00 USD."}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (SALE + JOURNAL, "missing_in_qbo"),
        (SALE + JOURNAL + "qbo 2026-01-05 Invoice 7 INV-1 84:90.00 79:-90.00\n", "amount_differs"),
        (SOUND + INVOICE.replace(" 7 ", " 77 "), "duplicate_in_qbo"),
    ],
)
def test_what_a_document_cures_gets_no_entry(text: str, cause: str) -> None:
    assert words(suggested(text), cause) == {""}


def test_a_second_posting_of_a_journal_is_taken_back_once() -> None:
    told = suggested(SOUND + JOURNAL.replace(" 8 ", " 88 "))
    assert words(told, "duplicate_in_qbo") == {"Dr Inventory 40.00, Cr Cost of Goods Sold 40.00 USD."}


def test_goods_that_only_quickbooks_has_go_to_a_variance_account() -> None:
    told = suggested(SOUND + "qbo 2026-01-09 Purchase 9 - 85:25.00 35:-25.00\n")
    assert words(told, "missing_in_cin7") == {"Dr Inventory variance 25.00, Cr Inventory 25.00 USD."}


def test_an_adjustment_of_stock_that_only_quickbooks_has_is_taken_back_on_both_its_accounts() -> None:
    told = suggested(
        SOUND
        + "qbo 2026-01-09 InventoryAdjustment 9 - 85:-25.00 89:25.00\n"
        + "2026-01-02 StockAdjustment a1 SA-1 320 630 5.00\nqbo 2026-01-02 JournalEntry 10 SA-1 89:5.00 85:-5.00\n"
    )
    assert words(told, "missing_in_cin7") == {"Dr Inventory 25.00, Cr Shrinkage 25.00 USD."}


def test_rounding_goes_to_an_account_of_its_own() -> None:
    told = suggested(SALE + JOURNAL + "qbo 2026-01-05 Invoice 7 INV-1 84:99.99 79:-99.99\n")
    assert words(told, "rounding") == {
        "Dr Receivable 0.01, Cr Rounding differences 0.01 USD.",
        "Dr Rounding differences 0.01, Cr Sales 0.01 USD.",
    }


def test_an_entry_says_its_currency_sides_and_when_to_take_it_back() -> None:
    entry = Entry.of("Sales", "Deferred revenue", 1250, "when the goods leave")
    found = Finding("f", "f", "invoiced_not_shipped", "timing", "cogs", 0, "INV-1", "strong", "", "", entry=entry)
    told = finding_json(replace(found, clears=date(2026, 2, 3)), "USD")
    assert told["clears"] == "2026-02-03"
    assert told["entry"] == {
        "currency": "USD",
        "lines": [
            {"account": "Sales", "debit": "12.50", "credit": None},
            {"account": "Deferred revenue", "debit": None, "credit": "12.50"},
        ],
        "reverse": "when the goods leave",
        "words": "Dr Sales 12.50, Cr Deferred revenue 12.50 USD; reverse it when the goods leave.",
    }


@given(st.integers(-(10**12), 10**12).filter(bool))
def test_the_lines_of_an_entry_add_up_to_nothing_whichever_way_it_points(amount: int) -> None:
    entry = Entry.of("A", "B", amount)
    assert sum(minor for _, minor in entry.lines) == 0
    assert entry.lines[0][1] > 0 > entry.lines[1][1]
    assert dict(entry.lines)["A"] == amount
