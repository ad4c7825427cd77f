"""Sales in the rows of Cin7's lists, and the statuses that Cin7 combines for them."""

from __future__ import annotations

from typing import Any

from sync.sandbox.company import Company
from sync.sandbox.records import Invoice, Sale
from sync.sandbox.shapes import day, money, stamp, words


def state(sale: Sale) -> dict[str, str]:
    """The combined statuses of a sale, in upper case."""
    live = [each for each in sale.invoices if each.status != "VOIDED"]
    shipped = [each.status == "SHIPPED" for each in sale.fulfilments]
    goods = "NOT AVAILABLE" if not shipped else "" if all(shipped) else "PARTIALLY " if any(shipped) else "NOT "
    parts = len(sale.fulfilments) if sale.kind == "Advanced Sale" else 1
    billed = "NOT INVOICED" if not live else "INVOICED" if len(live) >= parts else "PARTIALLY INVOICED"
    paid = sum(paid.amount for each in live for paid in each.settlements)
    owed = sum(each.open for each in live)
    money_state = "PAID" if live and not owed else "PARTIALLY PAID" if paid else "PREPAID" if sale.prepaid else "UNPAID"
    if sale.status == "VOIDED":
        return dict.fromkeys(("goods", "invoice", "payment", "whole", "order"), "VOIDED") | {"fulfilment": "VOIDED"}
    done = not goods.startswith(("PART", "NOT ")) or not shipped
    whole = "COMPLETED" if done and billed == "INVOICED" and money_state == "PAID" else _open_status(sale, billed, done)
    return {
        "goods": goods,
        "invoice": f"{billed} / CREDITED" if sale.credits and live else billed,
        "payment": money_state,
        "whole": "CREDITED" if whole == "COMPLETED" and sale.credits and sale.kind == "Simple Sale" else whole,
        "order": "FULFILLED" if done and shipped else "AUTHORISED",
        "fulfilment": "NOT AVAILABLE" if goods == "NOT AVAILABLE" else f"{goods}FULFILLED",
    }


def _open_status(sale: Sale, billed: str, done: bool) -> str:
    if sale.status == "BACKORDERED":
        return "BACKORDERED"
    return "INVOICED" if billed == "INVOICED" and done and sale.kind == "Simple Sale" else "ORDERED"


def goods_state(state_of: dict[str, str], word: str) -> str:
    prefix = state_of["goods"]
    return prefix if prefix in ("VOIDED", "NOT AVAILABLE") else prefix + word


def row(company: Company, sale: Sale) -> dict[str, Any]:
    """The sale's row in saleList."""
    live = [each for each in sale.invoices if each.status != "VOIDED"]
    invoices = sum(each.total for each in live)
    credited = sum(each.total for each in sale.credits)
    return _row(company, sale, live[0] if live else None, invoices, credited)


def credit_row(company: Company, sale: Sale, note: Invoice) -> dict[str, Any]:
    """A credit note's row in saleCreditNoteList."""
    made = _row(company, sale, note.against, note.against.total if note.against else 0, note.total)
    made.pop("SaleInvoicesTotalAmount")
    made.pop("CombinedPaymentTotal")
    return made | {
        "CreditNoteNumber": note.number,
        "RestockStatus": words("AUTHORISED" if note.returned else "NOT AVAILABLE", company.switches),
    }


def _row(company: Company, sale: Sale, first: Invoice | None, invoices: int, credited: int) -> dict[str, Any]:
    case, currency, state_of = company.switches, sale.party.currency, state(sale)
    paid = sum(paid.amount for each in sale.invoices for paid in each.settlements)
    back = sum(paid.amount for each in sale.credits for paid in each.refunds)
    return {
        "SaleID": sale.id, "OrderNumber": sale.number, "Status": words(state_of["whole"], case),
        "OrderDate": day(sale.day), "InvoiceDate": day(first.day if first else None), "Customer": sale.party.name,
        "CustomerID": sale.party.id, "InvoiceNumber": first.number if first else None,
        "CustomerReference": "", "InvoiceAmount": money(invoices - credited, currency),
        "PaidAmount": money(paid - back, currency), "SaleInvoicesTotalAmount": money(invoices, currency),
        "InvoiceDueDate": day(first.due if first else None), "ShipBy": None, "BaseCurrency": company.currency,
        "CustomerCurrency": currency, "CreditNoteNumber": sale.credits[0].number if sale.credits else None,
        "Updated": stamp(sale.updated, case), "QuoteStatus": words("NOT AVAILABLE", case),
        "OrderStatus": words(state_of["order"], case),
        "CombinedPickingStatus": words(goods_state(state_of, "PICKED"), case),
        "CombinedPaymentStatus": words(state_of["payment"], case), "CombinedTrackingNumbers": "",
        "CombinedPackingStatus": words(goods_state(state_of, "PACKED"), case),
        "CombinedShippingStatus": words(goods_state(state_of, "SHIPPED"), case),
        "CombinedInvoiceStatus": words(state_of["invoice"], case), "CombinedPaymentTotal": money(paid, currency),
        "CreditNoteStatus": words("AUTHORISED" if sale.credits else "NOT AVAILABLE", case),
        "FulFilmentStatus": words(state_of["fulfilment"], case), "Type": sale.kind,
        "SourceChannel": sale.party.channel or None, "ExternalID": external(sale), "OrderLocationID": sale.place.id,
    }  # fmt: skip


def external(sale: Sale) -> str | None:
    return f"{sale.party.channel[:4].upper()}{sale.number[3:]}" if sale.party.channel else None
