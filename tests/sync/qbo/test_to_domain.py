from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sync.domain.accounts import AccountClass, Source
from sync.domain.documents import Link
from sync.domain.names import Rate
from sync.errors import UnexpectedPayload
from sync.qbo import to_domain
from sync.qbo.resources import RESOURCES, entity_of

from .rows import product, ref, sold

INVOICE: dict[str, Any] = {
    "Id": "130",
    "SyncToken": "4",
    "DocNumber": "INV-00004",
    "TxnDate": "2026-01-31",
    "DueDate": "2026-03-02",
    "CustomerRef": ref("24", "Sonnenschein"),
    "CurrencyRef": ref("USD"),
    "PrivateNote": "SO-00004",
    "TotalAmt": Decimal("362.07"),
    "Balance": Decimal("100"),
    "TxnTaxDetail": {"TotalTax": Decimal("26.82")},
    "Line": [
        sold("5", "275", Qty=1, UnitPrice=275),
        sold("11", "60.25", Qty=Decimal("2.5"), UnitPrice=Decimal("24.10"), ItemAccountRef=ref("79")),
        {"Amount": Decimal("335.25"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ],
    "LinkedTxn": [{"TxnId": "100", "TxnType": "Estimate"}],
    "MetaData": {"CreateTime": "2026-01-31T23:30:00-08:00", "LastUpdatedTime": "2026-02-01T08:00:00-08:00"},
}


def test_an_invoice_is_read_whole() -> None:
    found = to_domain.document("Invoice", INVOICE, "USD", {"5": "ROCK"}, {"5": product("5", revenue_account="45")})
    assert (found.source, found.kind, found.id, found.number, found.version) == (
        Source.QBO,
        "Invoice",
        "130",
        "INV-00004",
        "4",
    )
    assert (found.day, found.due) == (date(2026, 1, 31), date(2026, 3, 2))
    assert (found.total, found.tax, found.balance, found.rate) == (36207, 2682, 10000, Decimal(1))
    assert (found.counterparty, found.counterparty_id, found.memo) == ("Sonnenschein", "24", "SO-00004")
    assert found.created == datetime(2026, 2, 1, 7, 30, tzinfo=UTC)
    assert found.links == (Link("Estimate", "100"),)
    assert not found.voided
    first, second = found.lines
    assert (first.amount, first.item, first.sku, first.account, first.quantity) == (
        27500,
        "5",
        "ROCK",
        "45",
        Decimal(1),
    )
    assert (second.amount, second.account, second.quantity, second.price) == (
        6025,
        "79",
        Decimal("2.5"),
        Decimal("24.10"),
    )
    assert sum(line.amount or 0 for line in found.lines) + (found.tax or 0) == found.total


def test_a_foreign_document_keeps_its_currency_and_rate() -> None:
    row = {
        "Id": "1",
        "CurrencyRef": ref("JPY"),
        "ExchangeRate": Decimal("0.0066930"),
        "TotalAmt": 1500,
        "Line": [sold("1", "1500")],
    }
    found = to_domain.document("Invoice", row, "USD")
    assert (found.currency, found.rate, found.total, found.lines[0].amount) == ("JPY", Decimal("0.0066930"), 1500, 1500)
    unrated = to_domain.document("Invoice", {"Id": "1", "CurrencyRef": ref("EUR")}, "USD")
    assert unrated.rate is None, "a rate that nobody told is not 1"


@pytest.mark.parametrize(
    ("part", "account"),
    [
        ({"CheckPayment": {"BankAccountRef": ref("35")}}, "35"),
        ({"CreditCardPayment": {"CCAccountRef": ref("41")}}, "41"),
        ({"APAccountRef": ref("33"), "CheckPayment": {"BankAccountRef": ref("35")}}, "33"),
    ],
)
def test_a_bill_payment_names_the_account_behind_it(part: dict[str, Any], account: str) -> None:
    assert to_domain.document("BillPayment", {"Id": "1", **part}, "USD").account == account


@pytest.mark.parametrize(
    ("note", "total", "line", "voided"),
    [
        ("Voided", 0, 0, True),
        ("Voided - SO-00004", 0, 0, True),
        ("Voided", 5, 5, False),
        ("Voided", 0, 5, True),
        ("SO-00004", 0, 0, False),
        ("not Voided", 0, 0, False),
    ],
)
def test_a_void_is_known_by_zeros_and_its_note(note: str, total: int, line: int, voided: bool) -> None:
    row = {"Id": "1", "PrivateNote": note, "TotalAmt": total, "Line": [sold("1", str(line), Qty=0)]}
    assert to_domain.document("Invoice", row, "USD").voided is voided


def test_a_note_makes_no_void_of_goods_that_were_given_away() -> None:
    lines = [sold("1", "5"), {"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}]
    row = {"Id": "1", "PrivateNote": "Voided at the till", "TotalAmt": 0, "Line": lines}
    assert not to_domain.document("Invoice", row, "USD").voided


def test_a_deletion_is_no_document() -> None:
    stub = {"domain": "QBO", "status": "Deleted", "Id": "979", "MetaData": {"LastUpdatedTime": "2026-01-01T00:00:00Z"}}
    assert to_domain.is_deletion(stub)
    assert not to_domain.is_deletion(INVOICE)
    assert to_domain.deletion("Bill", stub) == to_domain.Deletion("Bill", "979", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_row_without_id_is_refused() -> None:
    with pytest.raises(UnexpectedPayload, match="a row of Bill has no Id"):
        to_domain.document("Bill", {"DocNumber": "1"}, "USD")


def test_an_account_is_read() -> None:
    row = {
        "Id": "80",
        "Name": "Cost of Goods Sold",
        "FullyQualifiedName": "Costs:Cost of Goods Sold",
        "Classification": "Expense",
        "AccountType": "Cost of Goods Sold",
        "AccountSubType": "SuppliesMaterialsCogs",
        "AcctNum": "500",
        "CurrencyRef": ref("USD"),
        "ParentRef": ref("7"),
        "Active": False,
    }
    found = to_domain.account(row)
    assert (found.code, found.number, found.klass, found.parent, found.active) == (
        "80",
        "500",
        AccountClass.EXPENSE,
        "7",
        False,
    )
    assert (found.type, found.subtype, found.full_name) == (
        "Cost of Goods Sold",
        "SuppliesMaterialsCogs",
        "Costs:Cost of Goods Sold",
    )


def test_a_class_follows_from_the_type_where_it_is_not_told() -> None:
    assert to_domain.account({"Id": "1", "AccountType": "Credit Card"}).klass is AccountClass.LIABILITY
    assert to_domain.account({"Id": "1", "AccountType": "Non-Posting"}).klass is AccountClass.UNKNOWN


def test_an_item_knows_its_accounts() -> None:
    accounts = {"IncomeAccountRef": ref("79"), "ExpenseAccountRef": ref("80"), "AssetAccountRef": ref("81")}
    stocked = to_domain.item(
        {"Id": "5", "Type": "Inventory", "Name": "Rock", "Sku": "R", "TrackQtyOnHand": True, **accounts}
    )
    assert (stocked.sku, stocked.revenue_account, stocked.cogs_account, stocked.inventory_account) == (
        "R",
        "79",
        "80",
        "81",
    )
    assert (stocked.tracks_quantity, stocked.expense_account) == (True, "")
    service = to_domain.item({"Id": "6", "Type": "NonInventory", "Name": "Job", "Active": False, **accounts})
    assert (service.expense_account, service.cogs_account, service.status) == ("80", "", "Inactive")


def test_names_and_rates_are_read() -> None:
    found = to_domain.name("Customer", {"Id": "2", "DisplayName": "Bill", "CurrencyRef": ref("EUR")})
    assert (found.kind, found.name, found.full_name, found.currency, found.active) == (
        "Customer",
        "Bill",
        "Bill",
        "EUR",
        True,
    )
    rate = {
        "SourceCurrencyCode": "GBP",
        "TargetCurrencyCode": "USD",
        "Rate": Decimal("1.310264"),
        "AsOfDate": "2026-01-31",
    }
    assert to_domain.rate(rate) == Rate("GBP", date(2026, 1, 31), Decimal("1.310264"))
    with pytest.raises(UnexpectedPayload, match="an exchange rate needs"):
        to_domain.rate({"SourceCurrencyCode": "GBP"})


@pytest.mark.parametrize(
    ("words", "entity"),
    [
        ("Bill Payment (Check)", "BillPayment"),
        ("bill payment  (credit card)", "BillPayment"),
        ("Cash Expense", "Purchase"),
        ("Credit Card Credit", "Purchase"),
        ("Supplier Credit", "VendorCredit"),
        ("Refund", "RefundReceipt"),
        ("Inventory Qty Adjust", "InventoryAdjustment"),
        ("Journal Entry", "JournalEntry"),
        ("Sales Tax Payment", "Sales Tax Payment"),
        (" Hologram ", "Hologram"),
    ],
)
def test_the_words_of_reports_become_entities_and_unknown_ones_stay(words: str, entity: str) -> None:
    assert entity_of(words) == entity


def test_every_resource_has_its_own_names() -> None:
    assert (
        len({resource.name for resource in RESOURCES})
        == len({resource.api for resource in RESOURCES})
        == len(RESOURCES)
    )
