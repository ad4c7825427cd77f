"""The transactions of the practice company in QuickBooks Online, and how a fresh one comes into being."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sync.sandbox.books import Pair
from sync.sandbox.company import Company, Fact
from sync.sandbox.qbo_chart import QboChart, Ref
from sync.sandbox.qbo_documents import control, journal_lines
from sync.sandbox.qbo_numbers import journal_number
from sync.sandbox.qbo_txn import Side, Txn
from sync.sandbox.records import Invoice, Purchase, Sale

LAG = timedelta(minutes=3)


class Book:
    """The transactions in QBO, and which of them each event of Cin7 became."""

    def __init__(self, company: Company, lists: QboChart) -> None:
        self.company = company
        self.lists = lists
        self.txns: dict[str, Txn] = {}
        self.made: dict[int, list[Txn]] = {}
        self.invoices: dict[int, Txn] = {}
        self.touched: dict[str, Txn] = {}
        self.deleted: list[Txn] = []
        self.last_id = 100

    def new(self, entity: str, fact_at: datetime, **fields: Any) -> Txn:
        """A fresh transaction, saved a few minutes after the event."""
        self.last_id += 1
        at = fact_at + LAG
        home = self.company.currency
        fields.setdefault("currency", home)
        txn = Txn(entity, str(self.last_id), home=home, created=at, updated=at, **fields)
        self.txns[txn.id] = self.touched[txn.id] = txn
        return txn

    def touch(self, txn: Txn, at: datetime) -> None:
        """A later write to a transaction: newer stamp, higher token."""
        txn.change(at + LAG)
        self.touched[txn.id] = txn

    def link(self, txn: Txn, kind: str, own: str, at: datetime) -> None:
        """A payment was applied: the paid document changes too."""
        txn.links.append((kind, own))
        self.touch(txn, at)

    def delete(self, txn: Txn, at: datetime) -> None:
        """Removes a transaction; what it was applied to loses the link."""
        self.touch(txn, at)
        self.txns.pop(txn.id)
        self.deleted.append(txn)
        for line in txn.lines:
            for link in line.get("LinkedTxn", ()):
                other = self.txns.get(link["TxnId"])
                if other:
                    other.links = [each for each in other.links if each[1] != txn.id]
                    self.touch(other, at)


def party_of(book: Book, fact: Fact) -> tuple[Ref, str]:
    source = fact.source
    assert isinstance(source, Sale | Purchase)  # noqa: S101 - only these have a party
    kind = "Customer" if isinstance(source, Sale) else "Vendor"
    return book.lists.of(kind, source.party.name), source.party.currency


def made_of(fact: Fact) -> Invoice:
    assert fact.part_of is not None  # noqa: S101 - documents and their money belong to an invoice or bill
    return fact.part_of


def journal(book: Book, fact: Fact, pairs: Iterable[Pair] | None = None) -> Txn:
    """A journal of the event's pairs, numbered as the switch says."""
    number_of, note, text = journal_number(book.company.switches.journal_numbers, fact.part, fact.number)
    txn = book.new("JournalEntry", fact.at, day=fact.day, number=number_of, note=note)
    txn.department = book.lists.refs.get(("Department", fact.location))
    party: Ref = {}
    if isinstance(fact.source, Sale | Purchase):
        party = party_of(book, fact)[0]
    sides = []
    for pair in fact.pairs if pairs is None else pairs:
        for code, amount in ((pair.debit, pair.amount), (pair.credit, -pair.amount)):
            account, who = control(book.lists, code, party, "")
            sides.append(Side(account, amount, text=text, entity=who))
    source = fact.source
    channel = (source.party.channel or "Wholesale") if isinstance(source, Sale) else ""
    journal_lines(txn, sides, book.lists.of("Class", channel) if channel else None)
    return txn
