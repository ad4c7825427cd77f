"""Purchases as Cin7 shows them: the rows of its lists, and the whole purchase with all its parts."""

from __future__ import annotations

from typing import Any

from sync.sandbox import chart
from sync.sandbox.cin7_reference import terms
from sync.sandbox.cin7_sale_detail import paid, totals
from sync.sandbox.company import Company
from sync.sandbox.records import Invoice, Line, Purchase, Receipt
from sync.sandbox.shapes import ATTRIBUTES, EXTRA, address, day, money, number, stamp, words


def state(purchase: Purchase) -> dict[str, str]:
    """The combined statuses of a purchase, in upper case."""
    ordered = sum(line.quantity for line in purchase.lines if line.good)
    came = sum(quantity for each in purchase.receipts for _, quantity, *_ in each.lines)
    received = "NOT AVAILABLE" if purchase.service else _part(came, ordered, "RECEIVED", full="FULLY RECEIVED")
    billed = sum(line.quantity for each in purchase.bills for line in each.lines if line.good)
    whole = purchase.bills if purchase.service else _part(billed, ordered, "INVOICED") == "INVOICED"
    invoice = "INVOICED" if whole else "PARTIALLY INVOICED" if purchase.bills else "NOT INVOICED"
    settled = sum(each.amount for bill in purchase.bills for each in bill.settlements)
    owed = sum(bill.open for bill in purchase.bills)
    money_state = "PAID" if purchase.bills and not owed else "PARTIALLY PAID" if settled else "UNPAID"
    if invoice == "INVOICED" and money_state == "PAID" and received in ("FULLY RECEIVED", "NOT AVAILABLE"):
        status = "COMPLETED"
    elif purchase.credits:
        status = "RECEIVED / CREDITED"
    else:
        status = {"FULLY RECEIVED": "RECEIVED", "PARTIALLY RECEIVED": "RECEIVING"}.get(received, "ORDERED")
        status = "INVOICED" if invoice == "INVOICED" else status
    combined = f"{invoice} / CREDITED" if purchase.credits else invoice
    return {"received": received, "invoice": combined, "payment": money_state, "whole": status}


def _part(done: Any, wanted: Any, word: str, full: str = "") -> str:
    if not done:
        return f"NOT {word}"
    return full or word if done >= wanted else f"PARTIALLY {word}"


def row(company: Company, purchase: Purchase, note: Invoice | None = None) -> dict[str, Any]:
    """The row in purchaseList; or in purchaseCreditNoteList for one of its credit notes."""
    case, currency, state_of = company.switches, purchase.party.currency, state(purchase)
    first = purchase.bills[0] if purchase.bills else None
    credited = sum(each.total for each in purchase.credits)
    number_of = (note or purchase.credits[0]).number if purchase.credits else None
    return {
        "ID": purchase.id, "BlindReceipt": False, "OrderNumber": purchase.number,
        "Status": words(state_of["whole"], case), "OrderDate": day(purchase.day),
        "InvoiceDate": day(first.day if first else None), "Supplier": purchase.party.name,
        "SupplierID": purchase.party.id, "InvoiceNumber": first.number if first else None,
        "InvoiceAmount": money(sum(each.total for each in purchase.bills) - credited, currency),
        "PaidAmount": money(sum(each.amount for bill in purchase.bills for each in bill.settlements), currency),
        "InvoiceDueDate": day(first.due if first else None), "RequiredBy": None, "BaseCurrency": company.currency,
        "SupplierCurrency": currency, "CreditNoteNumber": number_of, "OrderStatus": words("AUTHORISED", case),
        "StockReceivedStatus": words("AUTHORISED" if purchase.receipts else "NOT AVAILABLE", case),
        "UnstockStatus": words("AUTHORISED" if purchase.credits else "NOT AVAILABLE", case),
        "InvoiceStatus": words(_bill_status(first) if first else "NOT AVAILABLE", case),
        "CreditNoteStatus": words("AUTHORISED" if purchase.credits else "NOT AVAILABLE", case),
        "LastUpdatedDate": stamp(purchase.updated, case, zone="" if note else "Z"), "Type": purchase.kind,
        "CombinedInvoiceStatus": words(state_of["invoice"], case),
        "CombinedPaymentStatus": words(state_of["payment"], case),
        "CombinedReceivingStatus": words(state_of["received"], case), "IsServiceOnly": purchase.service,
        "DropShipTaskID": None,
    }  # fmt: skip


def _bill_status(made: Invoice) -> str:
    return "PAID" if made.total and not made.open else made.status


def detail(company: Company, purchase: Purchase) -> dict[str, Any]:
    """The whole purchase as GET advanced-purchase?ID= shows it."""
    case, state_of, party = company.switches, state(purchase), purchase.party
    return {
        **_head(company, purchase), "Type": purchase.kind,
        "CombinedInvoiceStatus": words(state_of["invoice"], case),
        "CombinedReceivingStatus": words(state_of["received"], case),
        "CombinedPaymentStatus": words(state_of["payment"], case), "IsServiceOnly": purchase.service,
        "Order": _order(company, purchase),
        "StockReceived": [_received(company, purchase, each, False) for each in purchase.receipts],
        "PutAway": [_received(company, purchase, each, True) for each in purchase.receipts],
        "Invoice": [_bill(company, purchase, each) for each in purchase.bills],
        "CreditNote": [_credit(company, purchase, each) for each in purchase.credits],
        "ManualJournals": [{"TaskID": purchase.receipts[0].task if purchase.receipts else purchase.id,
                            "InvoicingAndReceivingNumber": 1, **_journals(company, purchase)}],
        "AdditionalAttributes": dict(ATTRIBUTES), "Attachments": [],
        "InventoryMovements": [
            {"TaskID": task, "ProductID": product, "Date": day(when), "COGS": money(cost, company.currency), **EXTRA}
            for task, product, when, cost in purchase.moves
        ],
    } | {"SupplierID": party.id}  # fmt: skip


def simple(company: Company, purchase: Purchase) -> dict[str, Any]:
    """The same as the deprecated GET purchase?ID= shows it: one receipt, one bill, one credit note."""
    whole = detail(company, purchase)
    for key in ("Type", "CombinedInvoiceStatus", "CombinedReceivingStatus", "CombinedPaymentStatus", "IsServiceOnly",
                "PutAway"):  # fmt: skip
        whole.pop(key)
    lines = [line for each in purchase.receipts for line in _received(company, purchase, each, True)["Lines"]]
    empty = {"Status": words("NOT AVAILABLE", company.switches), "Lines": []}
    bill = dict(whole["Invoice"][0]) if whole["Invoice"] else {}
    if bill:
        bill = {"InvoiceDate": bill["InvoiceDate"], "InvoiceDueDate": bill["InvoiceDueDate"],
                "InvocieNumber": bill.pop("InvoiceNumber"), **bill}  # fmt: skip
    note = dict(whole["CreditNote"][0]) if whole["CreditNote"] else {}
    if note:
        note["Unstock"] = {"Status": note["Status"], "Lines": note["Unstock"]}
    drop = ("TaskID", "InvoicingAndReceivingNumber", "CreditNoteInvoiceNumber")
    return whole | {
        "StockReceived": {"Status": words("AUTHORISED", company.switches), "Lines": lines} if lines else empty,
        "Invoice": {key: value for key, value in bill.items() if key not in drop} or empty,
        "CreditNote": {key: value for key, value in note.items() if key not in drop} or empty,
        "ManualJournals": _journals(company, purchase),
    }


def _head(company: Company, purchase: Purchase) -> dict[str, Any]:
    case, party = company.switches, purchase.party
    return {
        "ID": purchase.id, "SupplierID": party.id, "Supplier": party.name, "Contact": "", "Phone": "",
        "InventoryAccount": chart.STOCK, "BlindReceipt": False,
        "Approach": "STOCK" if purchase.stock_first else "INVOICE", "BillingAddress": address(country="USA"),
        "ShippingAddress": address(country="USA", more=True), "BaseCurrency": company.currency,
        "SupplierCurrency": party.currency,
        "TaxRule": company.catalogue.tax_name if company.catalogue.purchase_tax and party.taxed else "Tax Exempt",
        "TaxCalculation": "Exclusive", "Terms": terms(party.terms), "RequiredBy": None,
        "Location": purchase.place.name, "Note": "", "OrderNumber": purchase.number, "OrderDate": day(purchase.day),
        "Status": words(state(purchase)["whole"], case), "RelatedDropShipSaleTask": None,
        "CurrencyRate": number(purchase.rate), "LastUpdatedDate": stamp(purchase.updated, case),
    }  # fmt: skip


def _priced(company: Company, purchase: Purchase, line: Line) -> dict[str, Any]:
    currency = purchase.party.currency
    return {
        "Quantity": number(line.quantity), "Price": number(line.price), "Discount": number(line.discount),
        "Tax": money(line.tax, currency), "TaxRule": company.catalogue.tax_name if line.tax else "Tax Exempt",
        "Total": money(line.shown, currency),
    }  # fmt: skip


def _lines(company: Company, purchase: Purchase, lines: list[Line], **more: Any) -> list[dict[str, Any]]:
    return [
        {"ProductID": line.good.id, "SKU": line.good.sku, "Name": line.good.name, **_priced(company, purchase, line),
         "Comment": "", **more, **({} if more else {"Account": line.account}), **EXTRA}
        for line in lines if line.good
    ]  # fmt: skip


def _charges(company: Company, purchase: Purchase, lines: list[Line]) -> list[dict[str, Any]]:
    return [
        {"Description": line.description, "Reference": "", **_priced(company, purchase, line), "Account": line.account}
        for line in lines
        if not line.good
    ]


def _order(company: Company, purchase: Purchase) -> dict[str, Any]:
    return {
        "Memo": "", "Status": words("AUTHORISED", company.switches),
        "Lines": _lines(company, purchase, purchase.lines, SupplierSKU=""), "AdditionalCharges": [],
        "Prepayments": [paid(company, each) for each in purchase.prepaid],
        **totals(purchase.lines, purchase.party.currency),
    }  # fmt: skip


def _received(company: Company, purchase: Purchase, receipt: Receipt, shelved: bool) -> dict[str, Any]:
    """What came in; only the put-away half of it tells the place."""
    place = purchase.place
    return {
        "TaskID": receipt.task, "InvoicingAndReceivingNumber": receipt.run,
        "Status": words(receipt.status, company.switches),
        "Lines": [
            {"Date": day(receipt.day), "Quantity": number(quantity), "ProductID": line.good.id, "SKU": line.good.sku,
             "Name": line.good.name, "Location": place.name if shelved else None,
             "LocationID": place.id if shelved else None, "Received": True, "BatchSN": batch or None,
             "SupplierSKU": "", "ExpiryDate": day(expiry), "CardID": card, **EXTRA}
            for line, quantity, _, _, batch, expiry, card in receipt.lines if line.good
        ],
    }  # fmt: skip


def _bill(company: Company, purchase: Purchase, made: Invoice) -> dict[str, Any]:
    currency = purchase.party.currency
    return {
        "TaskID": made.task, "InvoicingAndReceivingNumber": made.run, "InvoiceDate": day(made.day),
        "InvoiceDueDate": day(made.due), "InvoiceNumber": made.number,
        "Status": words(_bill_status(made), company.switches), "Lines": _lines(company, purchase, made.lines),
        "AdditionalCharges": _charges(company, purchase, made.lines),
        "Payments": [paid(company, each, currency) for each in made.settlements], **totals(made.lines, currency),
        "Paid": money(sum(each.amount for each in made.settlements), currency),
    }  # fmt: skip


def _credit(company: Company, purchase: Purchase, note: Invoice) -> dict[str, Any]:
    back = [
        {"CardID": taken.layer.card, "Date": day(when), "Quantity": number(taken.quantity),
         "ProductID": taken.layer.lot.product, "SKU": company.goods[taken.layer.lot.product].sku,
         "Name": company.goods[taken.layer.lot.product].name, "Location": purchase.place.name,
         "BatchSN": taken.layer.batch or None, "ExpiryDate": day(taken.layer.expiry), **EXTRA}
        for taken, when in note.returned
    ]  # fmt: skip
    return {
        "TaskID": note.task, "CreditNoteInvoiceNumber": note.against.number if note.against else "",
        "CreditNoteNumber": note.number, "CreditNoteDate": day(note.day),
        "Status": words(note.status, company.switches), "Lines": _lines(company, purchase, note.lines),
        "AdditionalCharges": [], "Refunds": [], "Unstock": back, **totals(note.lines, purchase.party.currency),
    }  # fmt: skip


def _journals(company: Company, purchase: Purchase) -> dict[str, Any]:
    rows = [
        {"Reference": text, "Amount": money(amount, company.currency), "Date": day(when), "Debit": debit,
         "Credit": credit, "IsSystem": False}
        for text, when, debit, credit, amount in purchase.journals
    ]  # fmt: skip
    return {"Status": words("AUTHORISED" if rows else "NOT AVAILABLE", company.switches), "Lines": rows}
