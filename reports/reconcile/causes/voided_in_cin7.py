"""A document that was voided or undone in Cin7 and lives on in QuickBooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reports.reconcile.documents import ELSEWHERE, Doc, Header, turnover
from reports.reconcile.findings import Finding
from reports.reconcile.numbers import digits, inside, named, plain, shape, tokens
from reports.reconcile.roles import natural
from reports.reconcile.view import View, sided

_AGAIN = frozenset({"DRAFT", "ESTIMATING", "ESTIMATED", "ORDERING", "ORDERED"})
_BECOMES = {
    "Sale": ("Invoice", "JournalEntry", "Payment", "SalesReceipt"),
    "SaleCreditNote": ("CreditMemo", "RefundReceipt", "JournalEntry", "Purchase"),
    "Purchase": ("Bill", "JournalEntry", "BillPayment"),
    "PurchaseCreditNote": ("VendorCredit", "JournalEntry"),
    "MoneyTask": ("Purchase", "Deposit", "Transfer", "JournalEntry"),
}


def find(view: View) -> Iterable[Finding]:
    """**voided_in_cin7**: Cin7 voided or undid the document; what it had become in QuickBooks still posts.

    How seen: Cin7's rows of its number come to nothing, or its header is VOIDED, or its number is one that Cin7 gave
    out and has no more; without a number, rows of its day that come to nothing posted just that.
    Remedy: take its payment off, then void it in QuickBooks; credit it where the period is closed.
    When it is wrong: somebody in QuickBooks used a number of Cin7's.
    """
    if len(view.case.qbo) != 1 or view.case.surplus or (view.case.cin7 and view.case.how != "undone"):
        return []
    txn = view.case.qbo[0]
    told = ([], "certain") if view.case.cin7 else _undone(view, txn) or _voided(view, txn) or _alike(view, txn)
    if told is None:
        return []
    headers, sure = told
    view.case.undone = headers
    return view.all(
        "voided_in_cin7",
        f"{sided(txn)} posts in QuickBooks; in Cin7 the document was voided or undone and posts nothing.",
        "Take its payment off and void it in QuickBooks; in a closed period credit it instead.",
        confidence=sure,
    )


def _numbers(view: View, txn: Doc) -> list[str]:
    """The number and the texts of a transaction, as places that may name a Cin7 document."""
    header = view.header(txn)
    links = [view.known.headers[link].number for link in (header.links if header else ()) if link in view.known.headers]
    return [txn.number, *txn.texts, *([header.memo] if header else []), *links]


def _undone(view: View, txn: Doc) -> tuple[list[Header], str] | None:
    """An event of Cin7 whose rows come to nothing."""
    for text in _numbers(view, txn):
        for number, _ in named(text, view.known.undone):
            for doc in view.known.undone[number]:
                usual = txn.kind in natural(doc.role) or txn.kind in ("JournalEntry", "Payment", "BillPayment")
                # Rows and their reversals in one, or, where they are of different days, one of the two.
                told = sum(amount for _, _, amount in doc.pairs)
                if usual and told in (2 * turnover(txn.legs), turnover(txn.legs)):
                    return [_as_header(doc)], "certain"
    return None


def _alike(view: View, txn: Doc) -> tuple[list[Header], str] | None:
    """The only event that comes to nothing and posted just this on this day, for a transaction that names no other."""
    gone = {id(doc): doc for docs in view.known.undone.values() for doc in docs}.values()
    fits = [doc for doc in gone if doc.day == txn.day and txn.kind in natural(doc.role) and _twice(doc, txn)]
    same = [other for other in view.known.alone if (other.kind, other.day, other.legs) == (txn.kind, txn.day, txn.legs)]
    return ([_as_header(fits[0])], "likely") if len(fits) == 1 and len(same) == 1 else None


def _twice(doc: Doc, txn: Doc) -> bool:
    """Whether an event posts, and takes back, on every account what a transaction posts there."""
    moved: Counter[int] = Counter()
    for debit, credit, amount in doc.pairs:
        moved.update({debit: amount})
        moved.update({credit: amount})
    moved.pop(ELSEWHERE, None)
    return not doc.legs and moved == {slot: 2 * abs(amount) for slot, amount in txn.legs}


def _as_header(doc: Doc) -> Header:
    return Header(doc.side, doc.kind, doc.id, doc.number, day=doc.day)


def _voided(view: View, txn: Doc) -> tuple[list[Header], str] | None:
    known = view.known
    for text in _numbers(view, txn):
        for number in (*(told for told, _ in named(text, known.voided)), *inside(text, known.voided)):
            fitting = [h for h in known.voided[number] if txn.kind in _BECOMES.get(h.kind, ("JournalEntry",))]
            if fitting and number not in known.numbers:
                return [_with_invoice(view, fitting[0])], "certain"
    for text in _numbers(view, txn):
        for number in _lost(view, text):
            sale = _sale_of(view, txn, number)
            return ([sale], "strong") if sale else ([], "strong")
    return None


def _with_invoice(view: View, header: Header) -> Header:
    """A voided sale with the number of its invoice, where that lives on in QuickBooks alone."""
    if header.kind != "Sale" or header.invoice:
        return header
    for txn in view.known.alone:
        if txn.kind == "Invoice" and txn.name.casefold() == header.name.casefold():
            for number in _lost(view, txn.number):
                sale = _sale_of(view, txn, number)
                if sale is not None and sale.id == header.id:
                    return replace(header, invoice=number)
    return header


def _lost(view: View, text: str) -> Iterator[str]:
    """Numbers in a text that Cin7 must have given out, as they lie among its own, and that it has no more."""
    known = view.known
    for token in tokens(text):
        ends = [token, *(token[n + 1 :] for n, c in enumerate(token) if c == "-")]
        for end in ends:
            highest = known.shapes.get(shape(end), 0)
            order = known.orders.get(end)
            if 0 < digits(end) <= highest and end not in known.numbers and (order is None or order.voided):
                yield end
                break


def _sale_of(view: View, txn: Doc, number: str) -> Header | None:
    """The voided sale of the customer that lies nearest to the number; a journal has no customer, its invoice has.

    Cin7's list shows a voided sale without its invoice, so its order's place among the orders of the invoices beside
    it is what tells it from other voided sales.
    """
    known = view.known
    names = {txn.name.casefold()} - {""}
    names |= {h.name.casefold() for h in known.headers.values() if plain(h.number) == number and h.name}
    sales = [
        header
        for header in known.cin7_headers.values()
        if header.kind == "Sale" and header.name.casefold() in names and not header.invoice
    ]
    # Undone is a draft again; only where none was voided is it one of those.
    sales = [sale for sale in sales if sale.voided] or [sale for sale in sales if sale.status.upper() in _AGAIN]
    place = _place(view, number)
    ranked = sorted(sales, key=lambda sale: (abs(digits(sale.number) - place), sale.number))
    return replace(ranked[0], invoice=number, day=txn.day) if ranked else None


def _place(view: View, number: str) -> int:
    """About where in the run of orders the order of an invoice lies, by the invoices beside it."""
    near = sorted(
        (abs(digits(doc.number) - digits(number)), digits(order))
        for docs in view.known.numbers.values()
        for doc in docs
        if doc.role == "invoice" and shape(doc.number) == shape(number)
        for order in doc.also
    )
    places = sorted(order for _, order in near[:9])
    return places[len(places) // 2] if places else 0
