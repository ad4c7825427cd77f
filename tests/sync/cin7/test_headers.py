"""Rows of document lists into headers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sync.cin7 import to_domain
from sync.cin7.resources import BY_KIND, BY_NAME, RESOURCES
from sync.domain.documents import Document, Line, Link


def document(name: str, row: dict[str, Any], currency: str = "USD") -> Document:
    return to_domain.document(BY_NAME[name], row, currency)


def test_a_sale() -> None:
    sale = document(
        "sales",
        {
            "SaleID": "AA",
            "OrderNumber": "SO-1",
            "Status": "Voided",
            "InvoiceDate": "2026-01-05T00:00:00",
            "InvoiceNumber": "INV-1",
            "Customer": "Smith",
            "CustomerID": "C1",
            "CustomerCurrency": "JPY",
            "InvoiceAmount": 900,
            "SaleInvoicesTotalAmount": 1000,
            "PaidAmount": 300,
            "CreditNoteNumber": "CR-1",
            "Updated": "2026-01-06T01:02:03.45Z",
            "Type": "Simple Sale",
            "CombinedShippingStatus": "SHIPPED",
            "SourceChannel": "Shop",
            "OrderLocationID": "L1",
        },
    )
    assert (sale.id, sale.kind, sale.number, sale.invoice, sale.credit) == ("aa", "Sale", "SO-1", "INV-1", "CR-1")
    assert (sale.status, sale.voided, sale.day) == ("Voided", True, date(2026, 1, 5))
    assert (sale.currency, sale.total, sale.balance) == ("JPY", 1000, 600)
    assert (sale.channel, sale.location, sale.version) == ("Shop", "l1", "type=Simple Sale; ship=SHIPPED")
    assert sale.updated == datetime(2026, 1, 6, 1, 2, 3, 450000, UTC)


def test_a_credit_note_points_to_its_sale() -> None:
    row = {
        "SaleID": "AA",
        "OrderNumber": "SO-1",
        "Status": "CREDITED",
        "CreditNoteStatus": "AUTHORISED",
        "CreditNoteNumber": "CR-1",
    }
    note = document("sale_credit_notes", row)
    assert (note.id, note.number, note.status, note.voided) == ("aa/cr-1", "CR-1", "AUTHORISED", False)
    assert note.links == (Link("Sale", "aa"),)
    assert document("sale_credit_notes", {**row, "Status": "VOIDED"}).voided


def test_a_purchase_and_its_credit_note() -> None:
    row = {
        "ID": "PP",
        "OrderNumber": "PO-1",
        "InvocieNumber": "B-77",
        "Supplier": "Mill",
        "SupplierCurrency": "EUR",
        "InvoiceAmount": Decimal("54.31"),
        "PaidAmount": 50,
        "LastUpdatedDate": "2026-02-01T10:00:00.12",
        "CreditNoteNumber": "CR-9",
        "DropShipTaskID": "AA",
    }
    purchase, note = document("purchases", row), document("purchase_credit_notes", row)
    assert (purchase.id, purchase.invoice, purchase.total, purchase.balance) == ("pp", "B-77", 5431, 431)
    assert purchase.links == (Link("Sale", "aa"),)
    assert (note.id, note.number, note.total, note.links) == ("pp/cr-9", "CR-9", None, (Link("Purchase", "pp"),))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("stock_adjustments", "StocktakeNumber"),
        ("stock_takes", "StocktakeNumber"),
        ("write_offs", "InventoryWriteOffNumber"),
        ("finished_goods", "AssemblyNumber"),
        ("disassemblies", "DisassemblyNumber"),
    ],
)
def test_stock_tasks_have_a_number_a_day_and_a_place(name: str, field: str) -> None:
    row = {"TaskID": "T1", field: "N-1", "Status": "COMPLETED", "Date": "2026-01-09T07:29:33.457Z", "LocationID": "L1"}
    found = document(name, row)
    assert (found.id, found.number, found.day, found.location) == ("t1", "N-1", date(2026, 1, 9), "l1")
    assert found.kind == BY_NAME[name].kind


@pytest.mark.parametrize(
    ("departed", "arrived", "day", "due"),
    [
        ("2026-01-30T00:00:00", None, date(2026, 1, 30), None),
        ("2026-01-30T00:00:00", "2026-02-02T00:00:00", date(2026, 1, 30), date(2026, 2, 2)),
        (None, "2026-02-02T00:00:00", date(2026, 2, 2), date(2026, 2, 2)),
    ],
)
def test_a_transfer_knows_when_it_left_and_arrived(
    departed: str | None, arrived: str | None, day: date, due: date | None
) -> None:
    row = {
        "TaskID": "T1",
        "From": "L1",
        "To": "L2",
        "Number": "TR-1",
        "Status": "IN TRANSIT",
        "DepartureDate": departed,
    }
    found = document("stock_transfers", {**row, "CompletionDate": arrived, "InTransitAccount": "715"})
    assert (found.day, found.due, found.location, found.links) == (day, due, "l1", (Link("To", "l2"),))
    assert (found.status, found.account) == ("IN TRANSIT", "715")


def test_a_journals_pairs_become_two_lines_each() -> None:
    row = {
        "TaskID": "J1",
        "JournalNumber": "JR-1",
        "Currency": "TOP",
        "CurrencyConversionRate": Decimal("25.2803"),
        "EffectiveDate": "2026-01-19T00:00:00",
        "Lines": [{"Debit": "260", "Credit": "270", "Reference": "r", "Amount": 2, "BaseAmount": Decimal("50.5606")}],
    }
    found = document("journals", row)
    assert (found.currency, found.rate) == ("TOP", Decimal("25.2803"))
    assert found.lines == (
        Line(0, 200, "Journal", account="260", cost=5056, debit=True, description="r"),
        Line(1, 200, "Journal", account="270", cost=5056, debit=False, description="r"),
    )


def test_a_money_task_keeps_its_type_in_words() -> None:
    row = {"TaskID": "M1", "TaskType": "Transfer Money", "SupplierCustomer": "Bank", "TotalAmount": Decimal("1.8")}
    found = document("money_tasks", row)
    assert (found.version, found.counterparty, found.total) == ("type=Transfer Money", "Bank", 180)


def test_a_production_order_names_the_sales_it_serves() -> None:
    row = {
        "ProductionOrderID": "O1",
        "OrderNumber": "MO-1",
        "SourceTaskID": "S2",
        "SourceTasks": [{"SourceTaskID": "S1"}],
    }
    assert document("production_orders", row).links == (Link("Sale", "s1"), Link("Sale", "s2"))


def test_every_kind_of_document_has_one_list() -> None:
    assert len(BY_KIND) == len([resource for resource in RESOURCES if resource.kind])
    for kind, resource in BY_KIND.items():
        row = dict.fromkeys(resource.ids, "X1")
        found = to_domain.document(resource, row, "USD")
        assert (found.kind, found.id) == (kind, resource.key(row))


@pytest.mark.parametrize("resource", list(BY_KIND.values()), ids=lambda resource: str(resource.name))
@pytest.mark.parametrize("status", ["VOIDED", "Voided", "A NEW STATUS", "draft"])
def test_statuses_stay_the_vendors_words(resource: Any, status: str) -> None:
    row = {**dict.fromkeys(resource.ids, "X1"), "Status": status}
    found = to_domain.document(resource, row, "USD")
    assert (found.status, found.voided) == (status, status.upper() == "VOIDED")
