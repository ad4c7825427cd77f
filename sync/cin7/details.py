"""Translates sales and purchases read whole into documents with their lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sync.cin7.headers import PURCHASE_WORDS, SALE_WORDS, is_voided, status_words
from sync.cin7.lines import Lines, section_of
from sync.cin7.resources import Resource
from sync.cin7.tasks import task
from sync.cin7.wire import Row, day, find, flag, guid, instant, minor, number, part, required, rows, text
from sync.domain.accounts import Source
from sync.domain.documents import Document, Line, Link

__all__ = ["detail", "purchase", "sale"]

_SHIPPED = ("AUTHORISED", "SHIPPED", "FULFILLED")


def detail(resource: Resource, payload: Row, currency: str) -> Document:
    """Any document read whole; `currency` is the base currency. A credit note's detail is its sale or purchase."""
    if resource.kind in ("Sale", "SaleCreditNote"):
        return sale(payload, currency)
    if resource.kind in ("Purchase", "PurchaseCreditNote"):
        return purchase(payload, currency)
    return task(resource, payload, currency)


def sale(payload: Row, currency: str) -> Document:
    """A sale read whole (Cin7 docs: /sale): invoices, credit notes, fulfilments, payments, costs, its ledger pairs.

    Sections: Order or Invoice, CreditNote, Payment, Refund, Restock, Fulfilment (shipped) or Pick (not yet), Journal,
    Movement, Transaction; " voided" or " draft" follows where a part does not count. Links name the ids of
    its parts, by which the ledger may call it.
    """
    money = text(payload, "CustomerCurrency").upper() or currency
    invoices, notes = rows(payload, "Invoices"), rows(payload, "CreditNotes")
    found, status = _sale_lines(payload, money, currency), text(payload, "Status")
    sums = _summed(invoices, notes, found, money)
    return Document(
        source=Source.CIN7,
        kind="Sale",
        id=required(payload, "ID").lower(),
        number=text(part(payload, "Order"), "SaleOrderNumber"),
        status=status,
        day=sums.day,
        invoice=sums.invoice,
        credit=sums.credit,
        counterparty=text(payload, "Customer"),
        counterparty_id=guid(payload, "CustomerID"),
        currency=money,
        rate=number(payload, "CurrencyRate"),
        total=sums.total,
        tax=sums.tax,
        balance=sums.balance,
        due=sums.due,
        location=text(payload, "Location"),
        channel=text(payload, "SourceChannel"),
        memo=text(payload, "CustomerReference"),
        updated=instant(payload, "LastModifiedOn"),
        version=status_words(payload, SALE_WORDS),
        voided=is_voided(status),
        links=_links(("Invoice", invoices), ("CreditNote", notes), ("Fulfilment", rows(payload, "Fulfilments"))),
        lines=found,
    )


def purchase(payload: Row, currency: str) -> Document:
    """A purchase read whole (Cin7 docs: /advanced-purchase, /purchase).

    Sections: Order or Invoice, CreditNote, Payment, Refund, Received, PutAway, Unstock, Journal, Movement. Quantities
    of advanced purchases may stand under PutAway alone; a Movement's cost may be negative (Cin7 docs: examples).
    """
    money = text(payload, "SupplierCurrency").upper() or currency
    invoices, notes = rows(payload, "Invoice", "Invoices"), rows(payload, "CreditNote", "CreditNotes")
    found, status = _purchase_lines(payload, money, currency), text(payload, "Status")
    sums = _summed(invoices, notes, found, money)
    return Document(
        source=Source.CIN7,
        kind="Purchase",
        id=required(payload, "ID").lower(),
        number=text(payload, "OrderNumber"),
        status=status,
        day=sums.day,
        invoice=sums.invoice,
        credit=sums.credit,
        counterparty=text(payload, "Supplier"),
        counterparty_id=guid(payload, "SupplierID"),
        currency=money,
        rate=number(payload, "CurrencyRate"),
        total=sums.total,
        tax=sums.tax,
        balance=sums.balance,
        due=sums.due,
        location=text(payload, "Location"),
        account=text(payload, "InventoryAccount"),
        memo=text(payload, "Note"),
        updated=instant(payload, "LastUpdatedDate"),
        version=status_words(payload, PURCHASE_WORDS),
        voided=is_voided(status),
        links=_links(
            ("Invoice", invoices),
            ("CreditNote", notes),
            ("Received", rows(payload, "StockReceived")),
            ("Sale", [{"TaskID": find(payload, "RelatedDropShipSaleTask")}]),
        ),
        lines=found,
    )


def _sale_lines(payload: Row, money: str, currency: str) -> tuple[Line, ...]:
    lines = Lines(money, currency, inclusive=text(payload, "TaxCalculation").lower() == "inclusive")
    order_number = text(part(payload, "Order"), "SaleOrderNumber")
    lines.paid("Payment", part(payload, "Quote"), order_number, "Prepayments")
    for invoice in rows(payload, "Invoices"):
        _invoice(lines, invoice)
    if not rows(payload, "Invoices"):
        _ordered(lines, payload, order_number, day(payload, "SaleOrderDate"))
    for note in rows(payload, "CreditNotes"):
        _credit_note(lines, note)
        section = section_of("Restock", text(note, "Status"))
        lines.moved(section, rows(note, "Restock"), text(note, "CreditNoteNumber"), day(note, "CreditNoteDate"))
    for fulfilment in rows(payload, "Fulfilments"):
        _fulfilment(lines, fulfilment)
    journals = part(payload, "ManualJournals")
    lines.pairs(section_of("Journal", text(journals, "Status")), rows(journals, "Lines"))
    lines.costs(payload)
    lines.pairs("Transaction", rows(payload, "Transactions"))
    return lines.done()


def _purchase_lines(payload: Row, money: str, currency: str) -> tuple[Line, ...]:
    lines = Lines(money, currency, inclusive=text(payload, "TaxCalculation").lower() == "inclusive")
    lines.paid("Payment", part(payload, "Order"), text(payload, "OrderNumber"), "Prepayments")
    for invoice in rows(payload, "Invoice", "Invoices"):
        _invoice(lines, invoice)
    if not rows(payload, "Invoice", "Invoices"):
        _ordered(lines, payload, text(payload, "OrderNumber"), day(payload, "OrderDate"))
    for note in rows(payload, "CreditNote", "CreditNotes"):
        _credit_note(lines, note)
        _unstock(lines, note)
    for key, section in (("StockReceived", "Received"), ("PutAway", "PutAway")):
        for receipt in rows(payload, key):
            for row in rows(receipt, "Lines"):
                there = flag(row, "Received") or find(row, "Received") is None
                status = text(receipt, "Status") if there else "DRAFT"
                lines.moved(section_of(section, status), [row], guid(receipt, "TaskID"), None)
    for journal in rows(payload, "ManualJournals"):
        lines.pairs("Journal", rows(journal, "Lines"), guid(journal, "TaskID"))
    lines.costs(payload)
    return lines.done()


def _ordered(lines: Lines, payload: Row, number_: str, when: date | None) -> None:
    """What was ordered, as long as nothing of it is invoiced: later the invoices say it better."""
    order = part(payload, "Order")
    lines.priced(section_of("Order", text(order, "Status")), order, number_, when)


def _invoice(lines: Lines, invoice: Row) -> None:
    number_ = text(invoice, "InvoiceNumber")
    lines.priced(section_of("Invoice", text(invoice, "Status")), invoice, number_, day(invoice, "InvoiceDate"))
    lines.paid("Payment", invoice, number_, "Payments")


def _credit_note(lines: Lines, note: Row) -> None:
    number_ = text(note, "CreditNoteNumber")
    lines.priced(section_of("CreditNote", text(note, "Status")), note, number_, day(note, "CreditNoteDate"))
    lines.paid("Refund", note, number_, "Refunds")


def _unstock(lines: Lines, note: Row) -> None:
    """Goods that went back: an array of lines, or an object with its own status (Cin7 docs: /purchase)."""
    for row in rows(note, "Unstock"):
        inner = rows(row, "Lines") if "Lines" in row else [row]
        status = text(row, "Status") or text(note, "Status")
        number_ = text(note, "CreditNoteNumber")
        lines.moved(section_of("Unstock", status), inner, number_, day(note, "CreditNoteDate"))


def _fulfilment(lines: Lines, fulfilment: Row) -> None:
    """Its picked lines, as shipped once the shipment is authorised: that is when cost posts (Cin7 help 9982480207375).

    `description` is the invoice it belongs to.
    """
    ship, pick = part(fulfilment, "Ship"), part(fulfilment, "Pick")
    sent = [row for row in rows(ship, "Lines") if flag(row, "IsShipped") or find(row, "IsShipped") is None]
    when = max((shipped for row in sent if (shipped := day(row, "ShipmentDate"))), default=None)
    word = text(ship, "Status")
    if is_voided(text(fulfilment, "FulFilmentStatus", "FulfillmentStatus")) or is_voided(word):
        section = "Fulfilment voided"
    else:
        section = "Fulfilment" if (word.upper().endswith(_SHIPPED) if word else sent) and not _open(word) else "Pick"
    lines.moved(
        section,
        rows(pick, "Lines"),
        guid(fulfilment, "TaskID"),
        when if section == "Fulfilment" else None,
        text(fulfilment, "LinkedInvoiceNumber"),
    )


def _open(status: str) -> bool:
    return status.upper().startswith(("NOT ", "DRAFT"))


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a header says of its invoices and credit notes, over those that count."""

    day: date | None
    due: date | None
    invoice: str
    credit: str
    total: int | None
    tax: int | None
    balance: int | None


def _summed(invoices: list[Row], notes: list[Row], lines: tuple[Line, ...], money: str) -> _Sums:
    live = [row for row in invoices if _counts(row)]
    back = [row for row in notes if _counts(row)]
    paid = sum(line.amount or 0 for line in lines if line.section == "Payment")
    paid -= sum(line.amount or 0 for line in lines if line.section == "Refund")
    total = _sum(live, money, "Total")
    return _Sums(
        day=_first(live, "InvoiceDate"),
        due=_first(live, "InvoiceDueDate"),
        invoice=", ".join(dict.fromkeys(text(row, "InvoiceNumber") for row in live)),
        credit=", ".join(dict.fromkeys(text(row, "CreditNoteNumber") for row in back)),
        total=total,
        tax=_sum(live, money, "Tax"),
        balance=None if total is None else total - (_sum(back, money, "Total") or 0) - paid,
    )


def _counts(part_: Row) -> bool:
    return section_of("", text(part_, "Status")) == ""


def _sum(parts: list[Row], money: str, key: str) -> int | None:
    return sum(minor(row, money, key) or 0 for row in parts) if parts else None


def _first(parts: list[Row], key: str) -> date | None:
    return min((when for row in parts if (when := day(row, key))), default=None)


def _links(*named: tuple[str, list[Row]]) -> tuple[Link, ...]:
    found = (Link(kind, guid(row, "TaskID")) for kind, parts in named for row in parts)
    return tuple(dict.fromkeys(link for link in found if link.id))
