"""What the rules see that look at a state and not at a pair of documents: stock, products, accounts, open orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from reports.books import Books
from reports.reconcile.documents import Doc, Header
from reports.reconcile.findings import Cin7Document, Entry, Finding
from reports.reconcile.match import Ledgers, Matched
from reports.reconcile.numbers import plain
from reports.reconcile.view import NATURES, Known, cin7_document, identity
from sync.domain.accounts import Source
from sync.domain.stock import Product


class Moved(NamedTuple):
    """What one task moved of one product on one day: Cin7's word for it, quantity, and cost in minor units."""

    task: str
    number: str
    kind: str
    day: date
    sku: str
    quantity: Decimal
    cost: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A document dated in closed days that was new, changed or gone later; `accounts` are Cin7 codes or QBO ids."""

    source: str
    document: str
    kind: str
    number: str
    day: date
    closed_by: str
    closed_day: date
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class State:
    """What was loaded beside the ledgers.

    `negative`: (SKU, location) below zero in the last snapshot of the period, with its quantity. `sold`: SKUs with
    sales in the period. `moved`: movements of purchases and transfers, of any day,
    and of sales that may have shipped at no cost. `goods`: id of a QuickBooks
    invoice -> net sales of goods on it, where its lines are known; `goods_accounts`: Cin7 accounts on which goods are
    sold, "" for the company's own.
    """

    products: tuple[Product, ...] = ()
    items: tuple[Product, ...] = ()
    sold: frozenset[str] = frozenset()
    negative: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    late: tuple[Changed, ...] = ()
    goods: Mapping[str, int] = field(default_factory=dict)
    goods_accounts: frozenset[str] = frozenset()

    def named(self) -> Iterator[str]:
        """Ids and numbers, in plain form, of the documents that rules look up because of it."""
        for move in self.moved:
            yield move.task
            yield plain(move.number)
        for change in self.late:
            yield change.document
            yield plain(change.number)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that such a rule may ask for."""

    books: Books
    ledgers: Ledgers
    matched: Matched
    known: Known
    state: State
    live: dict[Doc, None]
    accrued: frozenset[int]
    goods: frozenset[int]
    partners: Mapping[Doc, Sequence[Doc]] = field(default_factory=dict)
    of_role: Mapping[str, Sequence[Doc]] = field(default_factory=dict)

    @classmethod
    def of(cls, books: Books, ledgers: Ledgers, matched: Matched, known: Known, state: State) -> Facts:
        """`live`: Cin7's events that were not taken back; `accrued`: the slots on which receipts wait for their bills;
        `goods`: those on which goods are sold; `partners`: Cin7 event -> the QuickBooks documents that it is;
        `of_role`: role -> the live events."""
        live = dict.fromkeys(known.live)
        of_role: defaultdict[str, list[Doc]] = defaultdict(list)
        for doc in live:
            of_role[doc.role].append(doc)
        roles = dict(of_role)
        accrued = _accrued(roles.get("receipt", ()), known, state)
        goods = _goods(roles.get("invoice", ()), ledgers.aside.turned, known, state)
        partners = {case.cin7[0]: case.qbo for case in matched.cases if len(case.cin7) == 1}
        return cls(books, ledgers, matched, known, state, live, accrued, goods, partners, roles)

    def live_of(self, *roles: str) -> Iterator[Doc]:
        """The live events of these roles."""
        return (doc for role in roles for doc in self.of_role.get(role, ()))

    @property
    def accrual(self) -> str:
        """The control on which received goods stand that no bill has met."""
        return "accrued_purchases" if self.accrued else "inventory"

    @property
    def end(self) -> date:
        return self.books.period.end

    def has(self, control: str) -> bool:
        return control in self.books.map.controls()

    def finding(
        self,
        cause: str,
        control: str | None,
        subject: str,
        explanation: str,
        remedy: str,
        *,
        cin7: Iterable[Cin7Document] = (),
        at_stake: int | None = None,
        confidence: str = "certain",
        clears: date | None = None,
        entry: Entry | None = None,
    ) -> Finding:
        """A finding of 0.00: its documents carry what they post, its money stands elsewhere or nowhere."""
        documents = tuple(cin7)
        id_ = identity(self.known.company, cause, control, documents, (), subject)
        return Finding(
            id=id_,
            root=id_,
            cause=cause,
            nature=NATURES[cause],
            control=control,
            amount=0,
            subject=subject,
            confidence=confidence,
            explanation=explanation,
            remedy=f"{remedy} Entry: {entry.words(self.known.currency)}" if entry else remedy,
            at_stake=at_stake,
            cin7=documents,
            clears=clears,
            entry=entry,
        )

    def clearing(self, by: date) -> str:
        """ "it should clear by ...", or that this day went by before the period's end."""
        return f"it should clear by {by}" if by > self.end else f"it should have cleared by {by} and is overdue"

    def account(self, control: str, doc: Doc | None = None) -> str:
        """QuickBooks' name of an account of the control: the one that `doc` posts most on, else the first."""
        slots, turned = self.known.slots, {slot: abs(amount) for slot, amount in (doc.legs if doc else ())}
        held = [self.books.accounts.get((Source.QBO, id_)) for id_ in self.books.map.accounts(Source.QBO, control)]
        named = [account for account in held if account is not None]
        named.sort(key=lambda account: (-turned.get(slots.of(Source.QBO, account.code), 0), account.code))
        return named[0].name if named else control.replace("_", " ").capitalize()

    def document(self, doc: Doc, control: str) -> Cin7Document:
        return cin7_document(self.known.slots, doc, control)

    def sold_products(self) -> tuple[Product, ...]:
        """Cin7's own products that were sold in the period, goods before services, by SKU."""
        return tuple(product for product in self.state.products if product.active and product.sku in self.state.sold)

    def sale_document(self, move: Moved) -> tuple[str, str]:
        """(TaskID, number) by which Cin7's ledger calls the sale that a movement belongs to.

        The ledger names a shipment's own task, or the whole sale (Cin7 docs leave that open), and its invoice where
        there is one.
        """
        header = self.known.orders.get(plain(move.number))
        if header is None:
            return move.task, move.number
        task = header.id if self.known.whole_sales else move.task
        # Invoices whose number no cost bears, and shipments whose cost bears no invoice's: the first is the first's.
        invoices = [doc for doc in self.live_of("invoice") if self._may_be_of(header, doc)]
        invoices = [doc for doc in invoices if any(slot in self.goods for slot, _ in doc.legs)]
        costs = [doc for doc in self.known.numbers.get(plain(header.number), ()) if doc.role == "cost"]
        named = {plain(doc.number) for doc in costs} | {doc.plain for doc in self.live_of("cost")}
        lone = sorted((doc.day, doc.number) for doc in invoices if doc.plain not in named)
        billed = {doc.day for doc in costs if doc.plain != plain(header.number)}
        first: dict[str, date] = {}
        for each in self.state.moved:
            if each.kind.startswith("Sale") and each.number == move.number and each.day not in billed:
                first[each.task] = min(each.day, first.get(each.task, each.day))
        place = sorted((day, own) for own, day in first.items()).index((first[move.task], move.task))
        if not lone:
            return task, move.number if plain(header.invoice) in named else header.invoice or move.number
        return task, lone[place][1] if place < len(lone) else move.number

    def _may_be_of(self, header: Header, doc: Doc) -> bool:
        if doc.id == header.id or plain(header.number) in doc.also:
            return True
        # A later invoice of an order is not dated before its first, whose day is what the list shows.
        if self.known.whole_sales or doc.also or (header.day and doc.day < header.day):
            return False
        return doc.name.casefold() == header.name.casefold()


def _accrued(receipts: Iterable[Doc], known: Known, state: State) -> frozenset[int]:
    """Slots of accrued purchases that receipts credit with what their movements brought; a clearing account for
    freight is credited too, but with other amounts."""
    came: defaultdict[tuple[str, date], int] = defaultdict(int)
    for move in state.moved:
        if move.kind.endswith("Purchase"):
            came[plain(move.number), move.day] += move.cost
    told: defaultdict[int, list[bool]] = defaultdict(list)
    sums: defaultdict[tuple[int, str, date], int] = defaultdict(int)
    for doc in receipts:
        for slot, amount in doc.legs:
            if known.slots.controls[slot] == "accrued_purchases":
                sums[slot, doc.plain, doc.day] -= amount
    for (slot, number, day), amount in sums.items():
        told[slot].append(not came or came.get((number, day)) == amount)
    return frozenset(slot for slot, equal in told.items() if 2 * sum(equal) >= len(equal))


def _goods(invoices: Iterable[Doc], settled: Mapping[int, int], known: Known, state: State) -> frozenset[int]:
    """Revenue slots on which goods are sold; the company's own is the one with the largest turnover."""
    turned = defaultdict(int, settled)
    for doc in invoices:
        for slot, amount in doc.legs:
            if known.slots.controls[slot] == "revenue":
                turned[slot] += abs(amount)
    own = {max(turned, key=lambda slot: (turned[slot], -slot))} if turned and "" in state.goods_accounts else set()
    named = {known.slots.of(Source.CIN7, code) for code in state.goods_accounts}
    return frozenset(own | (named & turned.keys())) or frozenset(turned)
