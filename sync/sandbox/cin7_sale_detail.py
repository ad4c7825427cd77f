"""The whole sale as Cin7 shows it: order, shipments, invoices, credit notes, movements, ledger rows."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sync.sandbox import chart
from sync.sandbox.cin7_reference import terms
from sync.sandbox.cin7_sales import external, goods_state, state
from sync.sandbox.company import Company
from sync.sandbox.records import Fulfilment, Invoice, Line, Sale, Settlement
from sync.sandbox.shapes import ATTRIBUTES, EXTRA, address, day, money, number, stamp, words


def detail(company: Company, sale: Sale) -> dict[str, Any]:
    """The whole sale as GET sale?ID= with IncludeTransactions shows it."""
    case, party, state_of = company.switches, sale.party, state(sale)
    cost = sum(taken.cost for each in sale.fulfilments for _, taken in each.picked)
    cost += sum(part for each in sale.fulfilments for _, _, part in each.late)
    return {
        "ID": sale.id, "Customer": party.name, "CustomerID": party.id, "Contact": party.name, "Phone": "", "Email": "",
        "DefaultAccount": chart.SALES, "SkipQuote": True, "BillingAddress": address(country="USA"),
        "ShippingAddress": address(country="USA", company=party.name, more=True), "ShippingNotes": "",
        "BaseCurrency": company.currency, "CustomerCurrency": party.currency,
        "TaxRule": company.catalogue.tax_name if party.taxed else "Tax Exempt",
        "TaxCalculation": "Inclusive" if party.inclusive else "Exclusive", "Terms": terms(party.terms),
        "PriceTier": "Tier 1", "ShipBy": None, "Location": sale.place.name, "SaleOrderDate": day(sale.day),
        "LastModifiedOn": stamp(sale.updated, case), "Note": "", "CustomerReference": "",
        "COGSAmount": money(cost, company.currency), "Status": words(state_of["whole"], case),
        "CombinedPickingStatus": words(goods_state(state_of, "PICKED"), case),
        "CombinedPackingStatus": words(goods_state(state_of, "PACKED"), case),
        "CombinedShippingStatus": words(goods_state(state_of, "SHIPPED"), case),
        "FulFilmentStatus": words(state_of["fulfilment"], case),
        "CombinedInvoiceStatus": words(state_of["invoice"], case),
        "CombinedPaymentStatus": words(state_of["payment"], case), "CombinedTrackingNumbers": "",
        "Carrier": "Road carrier", "CurrencyRate": number(sale.rate), "SalesRepresentative": "",
        "ServiceOnly": sale.kind == "Service Sale", "Type": sale.kind, "SourceChannel": party.channel or None,
        "Quote": _quote(company, sale), "Order": _order(company, sale),
        "Fulfilments": [_fulfilment(company, sale, each) for each in sale.fulfilments],
        "Invoices": [_invoice(company, sale, each) for each in sale.invoices],
        "CreditNotes": [_credit(company, sale, each) for each in sale.credits],
        "ManualJournals": {"Status": words("NOT AVAILABLE", case), "Lines": []}, "ExternalID": external(sale),
        "AdditionalAttributes": dict(ATTRIBUTES), "Attachments": [], "InventoryMovements": _moves(company, sale),
        "Transactions": transactions(company, sale),
    }  # fmt: skip


def _priced(company: Company, sale: Sale, line: Line) -> dict[str, Any]:
    currency = sale.party.currency
    return {
        "Quantity": number(line.quantity), "Price": number(line.price), "Discount": number(line.discount),
        "Tax": money(line.tax, currency), "Total": money(line.shown, currency),
        "TaxRule": company.catalogue.tax_name if line.tax else "Tax Exempt", "Comment": "",
    }  # fmt: skip


def _lines(company: Company, sale: Sale, lines: list[Line], **more: Any) -> list[dict[str, Any]]:
    return [
        {"ProductID": line.good.id, "SKU": line.good.sku, "Name": line.good.name, **_priced(company, sale, line),
         "AverageCost": number(line.good.cost), **more, **EXTRA}
        for line in lines if line.good
    ]  # fmt: skip


def _charges(company: Company, sale: Sale, lines: list[Line]) -> list[dict[str, Any]]:
    return [{"Description": line.description, **_priced(company, sale, line)} for line in lines if not line.good]


def totals(lines: list[Line], currency: str) -> dict[str, Any]:
    net, tax = sum(line.net for line in lines), sum(line.tax for line in lines)
    return {"TotalBeforeTax": money(net, currency), "Tax": money(tax, currency), "Total": money(net + tax, currency)}


def _quote(company: Company, sale: Sale) -> dict[str, Any]:
    return {
        "Memo": "", "Status": words("NOT AVAILABLE", company.switches),
        "Prepayments": [paid(company, each) for each in sale.prepaid], "Lines": [], "AdditionalCharges": [],
        "TotalBeforeTax": 0, "Tax": 0, "Total": 0,
    }  # fmt: skip


def _order(company: Company, sale: Sale) -> dict[str, Any]:
    short = sale.status == "BACKORDERED"
    return {
        "SaleOrderNumber": sale.number, "Memo": "", "Status": words(state(sale)["order"], company.switches),
        "Lines": _lines(company, sale, sale.lines, DropShip=False, Backorder=short, BackorderQuantity=0),
        "AdditionalCharges": _charges(company, sale, sale.lines), **totals(sale.lines, sale.party.currency),
    }  # fmt: skip


def _fulfilment(company: Company, sale: Sale, each: Fulfilment) -> dict[str, Any]:
    case, gone = company.switches, each.status == "SHIPPED"
    status = {"SHIPPED": "AUTHORISED"}.get(each.status, each.status)
    lines = [
        {"ProductID": good.id, "SKU": good.sku, "Name": good.name, "Location": each.place.name,
         "LocationID": each.place.id, "Quantity": number(taken.quantity), "BatchSN": taken.layer.batch or None,
         "ExpiryDate": day(taken.layer.expiry), **EXTRA}
        for good, taken in each.picked
    ]  # fmt: skip
    ship = [{"ID": each.task[:-4] + "5417", "ShipmentDate": day(each.day), "Carrier": "Road carrier", "Boxes": "Box 1",
             "TrackingNumber": "", "TrackingURL": "", "IsShipped": True}] if gone else []  # fmt: skip
    word = "FULFILLED" if gone else "VOIDED" if each.status == "VOIDED" else "NOT FULFILLED"
    return {
        "TaskID": each.task, "FulfillmentNumber": each.number,
        "LinkedInvoiceNumber": each.invoice.number if each.invoice else "",
        "FulFilmentStatus": words(word, case),
        "Pick": {"Status": words(status, case), "Lines": lines},
        "Pack": {"Status": words(status, case), "Lines": [{**line, "Box": "Box 1"} for line in lines]},
        "Ship": {"Status": words(status, case), "RequireBy": None,
                 "ShippingAddress": address(country="USA", company=sale.party.name, more=True), "ShippingNotes": "",
                 "Lines": ship},
    }  # fmt: skip


def _invoice(company: Company, sale: Sale, made: Invoice) -> dict[str, Any]:
    currency, case = sale.party.currency, company.switches
    linked = next((str(each.number) for each in sale.fulfilments if each.invoice is made), "")
    status = "PAID" if made.status != "VOIDED" and not made.open and made.total else made.status
    return {
        "TaskID": made.task, "InvoiceNumber": made.number, "Memo": "", "Status": words(status, case),
        "InvoiceDate": day(made.day), "InvoiceDueDate": day(made.due), "CurrencyConversionRate": number(made.rate),
        "BillingAddressLine1": "14 Wharf Street", "BillingAddressLine2": "Portland 04101",
        "LinkedFulfillmentNumber": linked, "Lines": _accounted(company, sale, made),
        "AdditionalCharges": _charged(company, sale, made),
        "Payments": [paid(company, each, currency) for each in made.settlements], **totals(made.lines, currency),
        "Paid": money(sum(each.amount for each in made.settlements), currency),
    }  # fmt: skip


def _accounted(company: Company, sale: Sale, made: Invoice) -> list[dict[str, Any]]:
    goods = [line for line in made.lines if line.good]
    shown = _lines(company, sale, made.lines)
    return [{**row, "Account": line.account} for row, line in zip(shown, goods, strict=True)]


def _charged(company: Company, sale: Sale, made: Invoice) -> list[dict[str, Any]]:
    charges = [line for line in made.lines if not line.good]
    shown = _charges(company, sale, made.lines)
    return [{**row, "Account": line.account} for row, line in zip(shown, charges, strict=True)]


def _credit(company: Company, sale: Sale, note: Invoice) -> dict[str, Any]:
    place = note.place or sale.place
    back = [
        {"ProductID": taken.layer.lot.product, "SKU": company.goods[taken.layer.lot.product].sku,
         "Name": company.goods[taken.layer.lot.product].name, "Location": place.name, "LocationID": place.id,
         "Quantity": number(taken.quantity), "BatchSN": taken.layer.batch or None,
         "ExpiryDate": day(taken.layer.expiry)}
        for taken, _ in note.returned
    ]  # fmt: skip
    return {
        "TaskID": note.task, "CreditNoteInvoiceNumber": note.against.number if note.against else "", "Memo": "",
        "Status": words(note.status, company.switches), "CreditNoteDate": day(note.day),
        "CreditNoteNumber": note.number, "CreditNoteConversionRate": number(note.rate),
        "Lines": _accounted(company, sale, note), "AdditionalCharges": _charged(company, sale, note),
        "Refunds": [paid(company, each, sale.party.currency) for each in note.refunds], "Restock": back,
        **totals(note.lines, sale.party.currency),
    }  # fmt: skip


def paid(company: Company, each: Settlement, currency: str = "") -> dict[str, Any]:
    return {
        "ID": each.id, "Reference": each.reference, "Amount": money(each.amount, currency or company.currency),
        "DatePaid": day(each.day), "Account": each.account, "CurrencyRate": number(each.rate),
        "DateCreated": stamp(each.made, company.switches),
    }  # fmt: skip


def _moves(company: Company, sale: Sale) -> list[dict[str, Any]]:
    """What each shipment, late cost and restock cost, per product."""
    rows = [(each.task, good.id, each.day, taken.cost) for each in sale.fulfilments for good, taken in each.picked]
    rows += [(each.task, good.id, when, part) for each in sale.fulfilments for good, when, part in each.late]
    rows += [(note.task, taken.layer.lot.product, when, -taken.cost) for note in sale.credits
             for taken, when in note.returned]  # fmt: skip
    return [
        {"TaskID": task, "ProductID": product, "Date": day(when), "COGS": money(cost, company.currency), **EXTRA}
        for task, product, when, cost in rows
    ]


def transactions(company: Company, sale: Sale) -> list[dict[str, Any]]:
    """The sale's part of the ledger; ids are derived, so that they stay the same."""
    rows = []
    for n, fact in enumerate(company.facts_of[sale.id]):
        for k, pair in enumerate(fact.pairs):
            rows.append(
                {
                    "TaskID": fact.task, "TransactionID": str(uuid5(NAMESPACE_OID, f"{sale.id} {n} {k}")),
                    "Debit": pair.debit, "Credit": pair.credit, "Description": fact.number,
                    "Amount": money(pair.amount, company.currency), "EffectiveDate": day(pair.day),
                }
            )  # fmt: skip
    return rows
