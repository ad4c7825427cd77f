"""What the integration does in QBO when Cin7 takes an event back: delete, void, reverse or credit, as the switch says."""

from __future__ import annotations

from datetime import datetime

from sync.sandbox.company import Fact
from sync.sandbox.qbo_documents import journal_lines
from sync.sandbox.qbo_posting import LAG, Ledger, purchase_document, sales_document
from sync.sandbox.qbo_txn import Side, Txn

_CAN_VOID = ("Invoice", "Payment", "BillPayment", "SalesReceipt")  # QBO docs: operations per entity
_OPPOSITE = {"Invoice": "CreditMemo", "Bill": "VendorCredit"}


def take_back(ledger: Ledger, fact: Fact) -> None:
    """Undoes in QBO what an event had become there.

    What cannot be voided is deleted; what has no credit document is reversed by a journal; what is in a foreign
    currency is deleted under "reverse" and "credit" alike, for a journal can hold only one foreign currency side.
    """
    way = ledger.company.switches.voids_to_qbo
    at = fact.source.updated if fact.source else fact.at
    for txn in ledger.made.pop(id(fact), []):
        abroad = txn.currency != txn.home
        if way == "void" and txn.entity in _CAN_VOID:
            txn.voided, txn.links = True, []
            txn.change(at + LAG)
            ledger.touched[txn.id] = txn
        elif way in ("delete", "void") or abroad or not txn.sides:
            delete(ledger, txn, at)
        elif way == "credit" and txn.entity in _OPPOSITE:
            _credit(ledger, fact, txn, at)
        else:
            _reverse(ledger, fact, txn, at)


def delete(ledger: Ledger, txn: Txn, at: datetime) -> None:
    """Removes a transaction; what it was applied to loses the link."""
    txn.change(at + LAG)
    ledger.txns.pop(txn.id)
    ledger.touched[txn.id] = txn
    ledger.deleted.append(txn)
    for line in txn.lines:
        for link in line.get("LinkedTxn", ()):
            other = ledger.txns.get(link["TxnId"])
            if other:
                other.links = [each for each in other.links if each[1] != txn.id]
                other.change(at + LAG)
                ledger.touched[other.id] = other


def _credit(ledger: Ledger, fact: Fact, txn: Txn, at: datetime) -> None:
    """The opposite document for the same lines and day; the old one is settled by it."""
    opposite = _OPPOSITE[txn.entity]
    made = (sales_document if opposite == "CreditMemo" else purchase_document)(ledger, fact, opposite)
    made.number, made.note, made.created = f"{txn.number}-V"[:21], f"Void of {txn.number}", at + LAG
    made.lines, made.tax, made.total, made.home_total = txn.lines, txn.tax, txn.total, txn.home_total
    made.sides = _opposite(txn.sides)
    made.day, made.updated = txn.day, at + LAG
    if opposite == "CreditMemo":
        made.open = lambda: 0
    _settled(ledger, fact, txn, made, at)


def _reverse(ledger: Ledger, fact: Fact, txn: Txn, at: datetime) -> None:
    """A journal on the same day with every side turned."""
    made = ledger.new("JournalEntry", at, day=txn.day, number=f"{txn.number}R"[:21] if txn.number else "",
                      note=f"Reversal of {txn.number or txn.note}")  # fmt: skip
    journal_lines(made, _opposite(txn.sides))
    _settled(ledger, fact, txn, made, at)


def _opposite(sides: list[Side]) -> list[Side]:
    return [
        Side(side.account, -side.home, None if side.foreign is None else -side.foreign, side.text, side.entity)
        for side in sides
        if side.home
    ]


def _settled(ledger: Ledger, fact: Fact, txn: Txn, made: Txn, at: datetime) -> None:
    fact.qbo.append((made.entity, made.id))
    if txn.open:
        txn.open = lambda: 0
    txn.change(at + LAG)
    ledger.touched[txn.id] = txn
