"""The native integration at work: each event of Cin7 goes to QuickBooks Online at once, alone or in a summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.domain.money import from_minor
from sync.sandbox import chart, qbo_buying, qbo_chart, qbo_selling
from sync.sandbox.books import QboBooks, QboPosting
from sync.sandbox.company import Company, Fact
from sync.sandbox.qbo_book import Book, journal
from sync.sandbox.qbo_chart import QboChart, when
from sync.sandbox.qbo_consolidated import Consolidation
from sync.sandbox.qbo_numbers import NAMES
from sync.sandbox.qbo_own import OwnBusiness
from sync.sandbox.qbo_taken_back import take_back
from sync.sandbox.qbo_txn import WORDS, Txn
from sync.sandbox.records import Invoice


def _journal(book: Book, fact: Fact) -> list[Txn]:
    return [journal(book, fact)]


# part of an event -> what it becomes; everything that has a journal's name but no document of its own is a journal
POSTERS: dict[str, Callable[[Book, Fact], list[Txn]]] = {
    **dict.fromkeys(NAMES, _journal),
    "invoice": qbo_selling.post_invoice,
    "credit": qbo_selling.post_credit,
    "payment": qbo_selling.post_payment,
    "refund": qbo_selling.post_refund,
    "prepayment applied": qbo_selling.post_use,
    "deposit applied": qbo_selling.post_use,
    "bill": qbo_buying.post_bill,
    "supplier credit": qbo_buying.post_supplier_credit,
    "supplier payment": qbo_buying.post_supplier_payment,
    "deposit": qbo_buying.post_deposit,
    "money spent": qbo_buying.post_money,
    "money received": qbo_buying.post_money,
    "bank transfer": qbo_buying.post_money,
}


class Integration:
    """Listens to the business, writes QBO, and publishes QBO's books."""

    def __init__(self, company: Company, books: QboBooks, seed: int) -> None:
        self.company = company
        self.books = books
        self.lists = QboChart(company)
        self.book = Book(company, self.lists)
        self.summaries = Consolidation(self.book)
        self.own = OwnBusiness(self.book, seed)
        self.shown: dict[str, dict[str, dict[str, Any]]] = {entity: {} for entity in WORDS}
        self.postings: dict[str, list[QboPosting]] = {}
        self.refused: dict[int, Invoice] = {}  # QBO lacks these, and takes nothing that settles them

    def posted(self, fact: Fact) -> None:
        if self.summaries.takes(fact):
            self.summaries.add(fact)
            return
        made = fact.part_of
        if made and (id(made) in self.refused or id(made.against) in self.refused):
            return
        txns = POSTERS[fact.part](self.book, fact)
        for txn in txns:
            txn.department = self.lists.refs.get(("Department", fact.location))
            fact.qbo.append((txn.entity, txn.id))
        self.book.made[id(fact)] = txns

    def taken_back(self, fact: Fact) -> None:
        self.summaries.changed(fact)
        take_back(self.book, fact)

    def day_ended(self) -> None:
        self.summaries.write()
        self.own.day_ended()

    def publish(self) -> None:
        """Brings QBO's books to the state of the integration. New lists take the place of old ones at once."""
        self.summaries.write()
        book, books = self.book, self.books
        touched = book.touched
        for txn in touched.values():
            if txn.id in book.txns:
                self.shown[txn.entity][txn.id] = txn.payload()
                self.postings[txn.id] = txn.postings()
            else:
                self.shown[txn.entity].pop(txn.id, None)
                self.postings.pop(txn.id, None)
        kept = [row for row in books.postings if row.txn_id not in touched]
        fresh = [row for own in touched for row in self.postings.get(own, ())]
        books.postings = kept + fresh
        books.entities |= {entity: list(rows.values()) for entity, rows in self.shown.items()}
        books.entities |= self.lists.entities
        books.deleted = books.deleted + [_stub(txn) for txn in book.deleted]
        books.company_info = qbo_chart.company_info(self.company)
        books.preferences = qbo_chart.preferences(self.company, self.company.today)
        self._balances()
        book.touched, book.deleted = {}, []

    def _balances(self) -> None:
        """Balances of now: of accounts in home currency, of customers and vendors in their own."""
        sums = dict.fromkeys(self.lists.accounts, 0)
        owed: dict[str, int] = {}
        receivable = {ref["value"] for (kind, key), ref in self.lists.refs.items()
                      if kind == "Account" and key.split(" ")[0] in (chart.RECEIVABLE, chart.PAYABLE)}  # fmt: skip
        for posting in self.books.postings:
            sums[posting.account_id] += posting.amount
            if posting.account_id in receivable:
                own = posting.amount if posting.foreign is None else posting.foreign
                owed[posting.name] = owed.get(posting.name, 0) + own
        for account, amount in sums.items():
            self.lists.balance(account, amount)
        for kind, sign in (("Customer", 1), ("Vendor", -1)):
            for name in self.lists.entities[kind]:
                value = sign * owed.get(name["DisplayName"], 0)
                name["Balance"] = from_minor(value, name["CurrencyRef"]["value"])
                if kind == "Customer":
                    name["BalanceWithJobs"] = name["Balance"]


def _stub(txn: Txn) -> dict[str, Any]:
    """What CDC tells of a deleted transaction (QBO docs: change data capture)."""
    return {
        "entity": txn.entity, "domain": "QBO", "status": "Deleted", "Id": txn.id,
        "MetaData": {"LastUpdatedTime": when(txn.updated)},
    }  # fmt: skip
