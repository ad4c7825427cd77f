from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.domain.documents import Line, Link
from sync.qbo import to_domain

from .rows import product, ref, sold


@given(st.lists(st.integers(-(10**9), 10**9), max_size=6), st.integers(0, 10**6), st.integers(0, 3))
def test_lines_less_discount_plus_tax_are_the_total_whatever_groups_and_subtotals_repeat(
    amounts: list[int], tax: int, grouped: int
) -> None:
    lines = [sold("1", f"{amount / Decimal(100)}") for amount in amounts]
    group = {"DetailType": "GroupLineDetail", "Amount": 999, "GroupLineDetail": {"Line": lines[:grouped]}}
    discount = {
        "DetailType": "DiscountLineDetail",
        "Amount": Decimal("1.50"),
        "DiscountLineDetail": {"DiscountAccountRef": ref("86")},
    }
    subtotal = {"DetailType": "SubTotalLineDetail", "Amount": 12345, "SubTotalLineDetail": {}}
    row = {
        "Id": "1",
        "Line": [group, *lines[grouped:], subtotal, discount],
        "TotalAmt": (sum(amounts) - 150 + tax) / Decimal(100),
        "TxnTaxDetail": {"TotalTax": tax / Decimal(100)},
    }
    found = to_domain.document("Invoice", row, "USD")
    assert sum(line.amount or 0 for line in found.lines) + (found.tax or 0) == found.total
    assert [line.position for line in found.lines] == list(range(1, len(amounts) + 2))
    assert found.lines[-1].account == "86"


def test_journal_lines_know_their_side_and_the_total_is_the_debits() -> None:
    def line(side: str, account: str, amount: str) -> dict[str, Any]:
        entity = {"Type": "Vendor", "EntityRef": ref("2", "IDX")}
        detail = {
            "PostingType": side,
            "AccountRef": ref(account, "x"),
            "Entity": entity,
            "DepartmentRef": ref("1", "East"),
        }
        return {
            "Amount": Decimal(amount),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": detail,
            "Description": "d",
        }

    row = {"Id": "227", "TotalAmt": 0, "Line": [line("Debit", "65", "25.54"), line("Credit", "44", "25.54")]}
    found = to_domain.document("JournalEntry", row, "USD")
    assert [(one.debit, one.account, one.amount, one.name, one.location) for one in found.lines] == [
        (True, "65", 2554, "IDX", "East"),
        (False, "44", 2554, "IDX", "East"),
    ]
    assert found.total == 2554


def test_a_payment_line_names_what_it_settles() -> None:
    row = {
        "Id": "163",
        "TotalAmt": Decimal("65"),
        "UnappliedAmt": Decimal("10"),
        "DepositToAccountRef": ref("4"),
        "Line": [{"Amount": Decimal("55"), "LinkedTxn": [{"TxnId": "70", "TxnType": "Invoice"}]}],
    }
    found = to_domain.document("Payment", row, "USD")
    assert found.lines == (Line(1, 5500, section="Payment", document="70"),)
    assert (found.links, found.balance, found.account) == ((Link("Invoice", "70"),), 1000, "4")


def test_a_card_refund_is_negative() -> None:
    expense = {
        "Amount": 900,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": ref("8")},
    }
    found = to_domain.document("Purchase", {"Id": "139", "Credit": True, "TotalAmt": 900, "Line": [expense]}, "USD")
    assert (found.total, found.lines[0].amount, found.lines[0].account) == (-90000, -90000, "8")


def test_a_bought_item_goes_to_stock_or_to_expense() -> None:
    def bought(item: str) -> dict[str, Any]:
        return {
            "Amount": 1,
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": {"ItemRef": ref(item)},
        }

    products = {
        "1": product("1", inventory_account="81", cogs_account="80", tracks_quantity=True),
        "2": product("2", expense_account="57"),
    }
    found = to_domain.document(
        "Bill", {"Id": "1", "Line": [bought("1"), bought("2"), bought("3")]}, "USD", {}, products
    )
    assert [line.account for line in found.lines] == ["81", "57", ""]
    assert [line.sku for line in found.lines] == ["SKU-1", "SKU-2", ""]


def test_a_transfer_moves_its_amount_from_one_account_to_another() -> None:
    row = {
        "Id": "170",
        "Amount": Decimal("120"),
        "FromAccountRef": ref("35", "Checking"),
        "ToAccountRef": ref("36", "Savings"),
    }
    found = to_domain.document("Transfer", row, "USD")
    assert [(line.account, line.debit, line.amount) for line in found.lines] == [
        ("36", True, 12000),
        ("35", False, 12000),
    ]
    assert (found.total, found.account) == (12000, "35")


def test_tax_within_a_price_is_told() -> None:
    row = {"Id": "1", "Line": [sold("1", "100", TaxInclusiveAmt=Decimal("120"))]}
    assert to_domain.document("Invoice", row, "GBP").lines[0].tax == 2000


def test_an_unknown_kind_of_line_is_kept() -> None:
    row = {
        "Id": "1",
        "Line": [
            {
                "Amount": 5,
                "DetailType": "HologramLineDetail",
                "HologramLineDetail": {"AccountRef": ref("9")},
                "Description": "new",
            }
        ],
    }
    assert to_domain.document("Invoice", row, "USD").lines == (Line(1, 500, account="9", description="new"),)
