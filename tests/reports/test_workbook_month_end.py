"""The month-end workbook, read back: it begins with what closes the month, and each of its sheets ties."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from reports import workbook
from reports.month_end import MonthEnd
from tests.reports.months import month_end
from tests.reports.sheets import opened, rows, under


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> MonthEnd:
    return month_end(tmp_path_factory.mktemp("month"))


@pytest.fixture(scope="module")
def book(month: MonthEnd) -> Any:
    out = io.BytesIO()
    workbook.write_month_end(month, out)
    return opened(out.getvalue())


def money(cell: object) -> Decimal:
    return Decimal(str(cell))


def test_it_begins_with_what_closes_the_month_and_goes_on_as_the_weekly_one(book: Any) -> None:
    names = [
        "Sign-off",
        "Roll-forward",
        "GRNI",
        "Open receivables",
        "Open payables",
        "Findings by owner",
        "Summary",
        "Weeks",
    ]
    assert book.sheetnames[:8] == names
    assert book.sheetnames[-1] == "Evidence"
    assert "receivables" in book.sheetnames


def test_the_roll_forward_adds_up_and_ties_to_the_control(month: MonthEnd, book: Any) -> None:
    shown = under(book["Roll-forward"], "Movement")
    *moves, closing, check = shown
    for system in ("Cin7", "QuickBooks", "Difference"):
        assert sum(money(row[system]) for row in moves) == money(closing[system])
        assert money(check[system]) == 0
    control = next(row for row in under(book["Summary"], "Control") if row["Control"] == "inventory")
    moved = sum(money(row["Cin7"]) for row in moves[1:])
    assert moved == money(control["Cin7"])
    assert [row["Number"] for row in under(book["Roll-forward"], "System")] == ["JR-1", "BY-HAND"]


def test_goods_received_come_to_the_accrued_purchases_by_supplier_and_by_order(book: Any) -> None:
    by_supplier = under(book["GRNI"], "Supplier")
    assert [(row["Supplier"], money(row["0-30 days"]), money(row["Total"])) for row in by_supplier] == [
        ("no supplier", Decimal("219"), Decimal("219"))
    ]
    assert any(row[:2] == ["no supplier", "PO-1"] for row in rows(book["GRNI"]))


def test_open_items_tie_to_the_ledger_per_document(book: Any) -> None:
    sums = {row["In the ledger"]: row for row in under(book["Open payables"], "In the ledger")}
    ledger = sums["Payables in the ledger"]
    assert money(ledger["QuickBooks"]) == 40
    assert money(sums["Open documents"]["Cin7"]) + money(sums["Other (revaluation, rounding)"]["Cin7"]) == money(
        ledger["Cin7"]
    )


def test_the_sign_off_page_has_preparer_and_reviewer_and_what_stands_against_it(month: MonthEnd, book: Any) -> None:
    people = [row["Person"] for row in under(book["Sign-off"], "Person")]
    assert people == ["Prepared by", "Reviewed by"]
    against = [row["why"] for row in under(book["Sign-off"], "What stands against it")]
    assert against == [reason.message for reason in month.against]
    checked = {row["Checked"]: row["Result"] for row in under(book["Sign-off"], "Checked")}
    assert checked["The roll-forward classes every movement"] == "no"
    assert checked["Every error has an owner"] == "no"


def test_findings_stand_under_their_owner(month: MonthEnd, book: Any) -> None:
    (owner,) = under(book["Findings by owner"], "Owner")
    assert (owner["Owner"], owner["Errors"]) == ("nobody", month.owners[0].count("error"))
