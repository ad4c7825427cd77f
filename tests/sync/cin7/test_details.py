"""Documents read whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.cin7 import details
from sync.cin7.lines import section_of
from sync.domain.documents import Document, Line, Link


def sale(**more: Any) -> dict[str, Any]:
    return {
        "ID": "S1",
        "Customer": "Smith",
        "CustomerCurrency": "EUR",
        "CurrencyRate": Decimal("1.1"),
        "Status": "COMPLETED",
        "Order": {"SaleOrderNumber": "SO-1"},
        **more,
    }


def invoice(status: str = "AUTHORISED", **more: Any) -> dict[str, Any]:
    return {
        "TaskID": "I1",
        "InvoiceNumber": "INV-1",
        "Status": status,
        "InvoiceDate": "2026-01-05T00:00:00",
        "InvoiceDueDate": "2026-02-04T00:00:00",
        "Lines": [
            {
                "ProductID": "P1",
                "SKU": "A",
                "Name": "Bread",
                "Quantity": 2,
                "Price": Decimal("5.5"),
                "Tax": Decimal("1.1"),
                "Total": 11,
                "Account": "200",
            }
        ],
        "AdditionalCharges": [
            {"Description": "Shipping", "Quantity": 1, "Price": 4, "Tax": 0, "Total": 4, "Account": "201"}
        ],
        "Payments": [
            {"Amount": Decimal("10.10"), "DatePaid": "2026-01-09T00:00:00", "Account": "718", "Reference": "pay"}
        ],
        "Tax": Decimal("1.1"),
        "Total": Decimal("16.1"),
        **more,
    }


def section(found: Document, name: str) -> list[Line]:
    return [line for line in found.lines if line.section == name]


def test_a_sales_invoice_lines_charges_and_payments() -> None:
    found = details.sale(sale(Invoices=[invoice()]), "USD")
    goods, shipping = section(found, "Invoice")
    assert (goods.amount, goods.tax, goods.sku, goods.item, goods.account) == (1100, 110, "A", "p1", "200")
    assert (goods.quantity, goods.price, goods.document, goods.day) == (
        Decimal(2),
        Decimal("5.5"),
        "INV-1",
        date(2026, 1, 5),
    )
    assert (shipping.name, shipping.amount, shipping.sku, shipping.account) == ("Shipping", 400, "", "201")
    paid = section(found, "Payment")[0]
    assert (paid.amount, paid.day, paid.account, paid.document) == (1010, date(2026, 1, 9), "718", "INV-1")
    assert (found.number, found.invoice, found.day, found.due) == ("SO-1", "INV-1", date(2026, 1, 5), date(2026, 2, 4))
    assert (found.currency, found.rate, found.total, found.tax, found.balance) == (
        "EUR",
        Decimal("1.1"),
        1610,
        110,
        600,
    )
    assert found.links == (Link("Invoice", "i1"),)


def test_tax_is_taken_out_of_totals_that_hold_it() -> None:
    payload = sale(Invoices=[invoice()], TaxCalculation="Inclusive")
    assert section(details.sale(payload, "USD"), "Invoice")[0].amount == 990


def test_a_voided_invoice_stays_beside_its_replacement_and_counts_for_nothing() -> None:
    old, new = invoice("Voided", InvoiceNumber="INV-0", Total=99), invoice()
    found = details.sale(sale(Invoices=[old, new, invoice("DRAFT", InvoiceNumber="INV-2")]), "USD")
    assert (found.invoice, found.total) == ("INV-1", 1610)
    assert [len(section(found, name)) for name in ("Invoice", "Invoice voided", "Invoice draft")] == [2, 2, 2]


@pytest.mark.parametrize(
    ("status", "name"),
    [
        ("AUTHORISED", "Invoice"),
        ("Paid", "Invoice"),
        ("PARTIALLY PAID", "Invoice"),
        ("", "Invoice"),
        ("SOMETHING NEW", "Invoice"),
        ("DRAFT", "Invoice draft"),
        ("Not Available", "Invoice draft"),
        ("VOIDED", "Invoice voided"),
    ],
)
def test_which_parts_count(status: str, name: str) -> None:
    assert section_of("Invoice", status) == name


def test_credit_notes_with_refund_and_restock() -> None:
    note = {
        "TaskID": "N1",
        "CreditNoteNumber": "CR-1",
        "Status": "AUTHORISED",
        "CreditNoteDate": "2026-01-20T00:00:00",
        "Lines": [{"ProductID": "P1", "SKU": "A", "Quantity": 1, "Total": Decimal("5.5"), "Tax": 0}],
        "Refunds": [{"Amount": Decimal("5.5"), "DatePaid": "2026-01-21T00:00:00"}],
        "Restock": [{"ProductID": "P1", "SKU": "A", "Quantity": 1, "LocationID": "L1", "Location": "Main"}],
        "Total": Decimal("5.5"),
    }
    found = details.sale(sale(Invoices=[invoice()], CreditNotes=[note]), "USD")
    assert (found.credit, found.balance) == ("CR-1", 1610 - 1010 - 550 + 550)
    assert section(found, "CreditNote")[0].day == date(2026, 1, 20)
    assert section(found, "Refund")[0].amount == 550
    back = section(found, "Restock")[0]
    assert (back.quantity, back.location, back.day) == (Decimal(1), "l1", date(2026, 1, 20))
    assert Link("CreditNote", "n1") in found.links


def fulfilment(ship: dict[str, Any], **more: Any) -> dict[str, Any]:
    line = {"ProductID": "P1", "SKU": "A", "Quantity": 2, "Location": "Main", "LocationID": "L1"}
    return {"TaskID": "F1", "LinkedInvoiceNumber": "INV-1", "Pick": {"Lines": [line]}, "Ship": ship, **more}


@pytest.mark.parametrize(
    ("ship", "more", "name"),
    [
        ({"Status": "AUTHORISED"}, {}, "Fulfilment"),
        ({"Status": "Partially Shipped"}, {}, "Fulfilment"),
        ({"Status": ""}, {}, "Fulfilment"),
        ({"Status": "NOT SHIPPED"}, {}, "Pick"),
        ({"Status": "NOT AVAILABLE"}, {}, "Pick"),
        ({"Status": "DRAFT"}, {}, "Pick"),
        ({"Status": "VOIDED"}, {}, "Fulfilment voided"),
        ({"Status": "AUTHORISED"}, {"FulFilmentStatus": "VOIDED"}, "Fulfilment voided"),
        ({"Status": "AUTHORISED"}, {"FulfillmentStatus": "Voided"}, "Fulfilment voided"),
    ],
)
def test_a_fulfilment_is_shipped_once_its_shipment_is_authorised(
    ship: dict[str, Any], more: dict[str, Any], name: str
) -> None:
    sent = {**ship, "Lines": [{"ShipmentDate": "2026-01-07T00:00:00", "IsShipped": True}]}
    (line,) = details.sale(sale(Fulfilments=[fulfilment(sent, **more)]), "USD").lines
    assert (line.section, line.quantity, line.location) == (name, Decimal(2), "l1")
    assert (line.document, line.description) == ("f1", "INV-1")
    assert line.day == (date(2026, 1, 7) if name == "Fulfilment" else None)


def test_costs_get_the_sku_that_another_line_told() -> None:
    movement = {"TaskID": "F1", "ProductID": "P1", "Date": "2026-01-07T00:00:00", "COGS": Decimal("7.125")}
    stranger = {"TaskID": "F1", "ProductID": "P9", "Date": "2026-01-07T00:00:00", "COGS": 1}
    found = details.sale(sale(Invoices=[invoice()], InventoryMovements=[movement, stranger]), "USD")
    known, unknown = section(found, "Movement")
    assert (known.cost, known.sku, known.name, known.document) == (713, "A", "Bread", "f1")
    assert (unknown.cost, unknown.sku, unknown.item) == (100, "", "p9")


def test_a_sales_own_ledger_pairs_name_their_sub_document() -> None:
    pair = {"TaskID": "I1", "Debit": "610", "Credit": "200", "Amount": -2, "EffectiveDate": "2026-01-05T00:00:00"}
    debit, credit = section(details.sale(sale(Transactions=[pair]), "USD"), "Transaction")
    assert (debit.account, debit.debit, debit.cost, debit.document) == ("610", True, -200, "i1")
    assert (credit.account, credit.debit, credit.cost) == ("200", False, -200)


def test_positions_are_unique_and_in_order() -> None:
    found = details.sale(sale(Invoices=[invoice(), invoice()], Fulfilments=[fulfilment({"Status": ""})]), "USD")
    assert [line.position for line in found.lines] == list(range(len(found.lines)))


def purchase(**more: Any) -> dict[str, Any]:
    return {
        "ID": "PU1",
        "Supplier": "Mill",
        "SupplierCurrency": "USD",
        "OrderNumber": "PO-1",
        "Status": "RECEIVED",
        **more,
    }


def test_a_purchase_received_put_away_and_billed() -> None:
    line = {
        "Date": "2026-01-02T00:00:00",
        "Quantity": 3,
        "ProductID": "P1",
        "SKU": "A",
        "LocationID": "L1",
        "Received": True,
    }
    payload = purchase(
        StockReceived=[{"TaskID": "R1", "Status": "AUTHORISED", "Lines": [line, {**line, "Received": False}]}],
        PutAway=[{"TaskID": "R1", "Status": "AUTHORISED", "Lines": [line]}],
        Invoice=[invoice(InvoiceNumber="B-7")],
        InventoryMovements=[{"TaskID": "R1", "ProductID": "P1", "Date": "2026-01-02T00:00:00", "COGS": -280}],
    )
    found = details.purchase(payload, "USD")
    assert (found.number, found.invoice, found.total) == ("PO-1", "B-7", 1610)
    received, put_away = section(found, "Received")[0], section(found, "PutAway")[0]
    assert (received.quantity, received.day, received.document) == (Decimal(3), date(2026, 1, 2), "r1")
    assert (put_away.quantity, put_away.location) == (Decimal(3), "l1")
    assert len(section(found, "Received draft")) == 1
    assert section(found, "Movement")[0].cost == -28000
    assert Link("Received", "r1") in found.links


@pytest.mark.parametrize("wrapped", [True, False])
def test_goods_sent_back_come_bare_or_with_their_own_status(wrapped: bool) -> None:
    line = {"Date": "2026-01-03T00:00:00", "Quantity": 1, "ProductID": "P1", "SKU": "A", "Location": "Main"}
    unstock: object = {"Status": "AUTHORISED", "Lines": [line]} if wrapped else [line]
    note = {"CreditNoteNumber": "CR-1", "Status": "AUTHORISED", "Unstock": unstock, "Total": 5}
    found = details.purchase(purchase(CreditNote=[note]), "USD")
    (back,) = section(found, "Unstock")
    assert (back.quantity, back.location, back.day, back.document) == (Decimal(1), "Main", date(2026, 1, 3), "CR-1")


def test_a_purchases_own_journals_are_pairs() -> None:
    journal = {
        "TaskID": "R1",
        "Lines": [{"Debit": "715", "Credit": "716", "Amount": 840, "Date": "2026-01-02T00:00:00"}],
    }
    debit, credit = section(details.purchase(purchase(ManualJournals=[journal]), "USD"), "Journal")
    assert (debit.account, debit.cost, debit.day, debit.document) == ("715", 84000, date(2026, 1, 2), "r1")
    assert (credit.account, credit.debit) == ("716", False)
