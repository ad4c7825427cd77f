"""What the integration does in QBO when Cin7 takes an event back: delete, void, reverse or credit."""

from __future__ import annotations

from datetime import datetime

from sync.sandbox.company import Fact
from sync.sandbox.qbo_book import LAG, Book
from sync.sandbox.qbo_buying import purchase_document
from sync.sandbox.qbo_documents import journal_lines
from sync.sandbox.qbo_selling import sales_document
from sync.sandbox.qbo_txn import Side, Txn

_CAN_VOID = ("Invoice", "Payment", "BillPayment", "SalesReceipt")  # QBO docs: operations per entity
_OPPOSITE = {"Invoice": "CreditMemo", "Bill": "VendorCredit"}


def take_back(book: Book, fact: Fact) -> None:
    """Undoes in QBO what an event had become there.

    What cannot be voided is deleted; what has no credit document is reversed by a journal; what is in a foreign
    currency is deleted under "reverse" and "credit" alike, for a journal can hold only one foreign currency side.
    """
    way = book.company.switches.voids_to_qbo
    at = book.company.now()
    for txn in book.made.pop(id(fact), []):
        abroad = txn.currency != txn.home
        if way == "void" and txn.entity in _CAN_VOID:
            txn.voided, txn.links = True, []
            book.touch(txn, at)
        elif way in ("delete", "void") or abroad or not txn.sides:
            book.delete(txn, at)
        elif way == "credit" and txn.entity in _OPPOSITE:
            _credit(book, fact, txn, at)
        else:
            _reverse(book, fact, txn, at)


def _credit(book: Book, fact: Fact, txn: Txn, at: datetime) -> None:
    """The opposite document for the same lines and day; the old one is settled by it."""
    opposite = _OPPOSITE[txn.entity]
    made = (sales_document if opposite == "CreditMemo" else purchase_document)(book, fact, opposite)
    made.number, made.note, made.created = f"{txn.number}-V"[:21], f"Void of {txn.number}", at + LAG
    made.lines, made.tax, made.total, made.home_total = txn.lines, txn.tax, txn.total, txn.home_total
    made.sides = _opposite(txn.sides)
    made.day, made.updated = txn.day, at + LAG
    _settled(book, fact, txn, made, at)


def _reverse(book: Book, fact: Fact, txn: Txn, at: datetime) -> None:
    """A journal on the same day with every side turned."""
    made = book.new("JournalEntry", at, day=txn.day, number=f"{txn.number}R"[:21] if txn.number else "",
                      note=f"Reversal of {txn.number or txn.note}")  # fmt: skip
    journal_lines(made, _opposite(txn.sides))
    _settled(book, fact, txn, made, at)


def _opposite(sides: list[Side]) -> list[Side]:
    return [
        Side(side.account, -side.home, None if side.foreign is None else -side.foreign, side.text, side.entity)
        for side in sides
        if side.home
    ]


def _settled(book: Book, fact: Fact, txn: Txn, made: Txn, at: datetime) -> None:
    fact.qbo.append((made.entity, made.id))
    txn.settles = None
    book.touch(txn, at)
