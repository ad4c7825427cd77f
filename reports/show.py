"""One document as both systems have it: headers, postings by account, whether they agree, and its findings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from reports.books import Books, money_of, plain
from reports.memory import Remembered
from reports.show_lines import Part, price_of
from sync.domain.accounts import AccountClass, Source
from sync.domain.documents import READ_WHOLE
from sync.domain.money import text, to_minor

_SALES = ("revenue", "tax")
_NAMES = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of goods or services as it was invoiced; `price` for one, in the document's currency."""

    sku: str
    name: str
    quantity: Decimal | None
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document's header as its system tells it; money in minor units of `currency`.

    `detail_at` is when it was read whole, `refused` why Cin7 did not give it when it was asked for.
    """

    source: Source
    kind: str
    id: str
    number: str
    status: str
    day: date | None
    party: str
    currency: str
    total: int | None
    balance: int | None
    rate: Decimal | None
    memo: str = ""
    invoice: str = ""
    credit: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    voided: bool = False
    deleted_at: datetime | None = None
    detail_at: datetime | None = None
    refused: str = ""

    @property
    def unread(self) -> bool:
        """Whether its lines are still to be read, which only Cin7's own document tells."""
        whole = self.detail_at is not None or self.deleted_at is not None
        return self.source is Source.CIN7 and self.kind in READ_WHOLE and not whole


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What one document posts on one account on one day, minor units of base currency, debit positive."""

    source: Source
    day: date
    kind: str
    document: str
    number: str
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer: both sides of what `number` names, oldest first, and the findings in which it stands.

    `main` is the Cin7 document that bears the number (QuickBooks' where Cin7 has none); `items` are its lines, `parts`
    all lines of goods of Cin7's documents as far as they were read whole. `transaction_id` is the setup guide's, ""
    where `main` is neither a sale nor a purchase of Cin7.
    """

    number: str
    books: Books
    main: Paper
    papers: tuple[Paper, ...]
    entries: tuple[Entry, ...]
    items: tuple[Item, ...] = ()
    parts: tuple[Part, ...] = ()
    findings: tuple[Remembered, ...] = ()
    transaction_id: str = ""

    def movement(self) -> dict[str, tuple[int, int]]:
        """Control -> (Cin7, QuickBooks) of these documents, in the control's own direction."""
        sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for entry in self.entries:
            control = control_of(self.books, entry)
            if control:
                sums[control][entry.source is Source.QBO] += self.books.map.sign(control) * entry.amount
        order = self.books.map.controls()
        return {name: (sums[name][0], sums[name][1]) for name in sorted(sums, key=order.index)}

    @property
    def currency(self) -> str:
        """The document's own."""
        return self.main.currency or self.books.currency

    @property
    def unread(self) -> tuple[Paper, ...]:
        """Cin7's documents among them whose lines are still to be read."""
        return tuple(paper for paper in self.papers if paper.unread)

    @property
    def state(self) -> str:
        """In words: "agrees", "differs", "only in Cin7", "only in QuickBooks", "voided", or "not posted"."""
        sides = {entry.source for entry in self.entries}
        if self.main.voided and not any(cin7 or qbo for cin7, qbo in self.movement().values()):
            return "voided"
        if not sides:
            return "not posted"
        if len(sides) == 1:
            return f"only in {_NAMES[next(iter(sides))]}"
        return "agrees" if all(cin7 == qbo for cin7, qbo in self.movement().values()) else "differs"


def control_of(books: Books, entry: Entry) -> str:
    """The control of a posting's account, "" where it is not compared."""
    side = books.map.cin7_control if entry.source is Source.CIN7 else books.map.qbo_control
    return side.get(entry.account, "")


def transaction(shown: Shown) -> dict[str, object]:
    """The setup guide's view of one transaction; money in base currency, prices in the document's (`currency`)."""
    currency, main, own = shown.books.currency, shown.main, shown.currency
    cost = sum(shown.movement().get("cogs", (0, 0))[:1])
    return {
        "transaction_id": shown.transaction_id or shown.number,
        "type": main.kind,
        "date": main.day and main.day.isoformat(),
        "customer_name": main.party,
        "total_amount": money_of(_total(shown), currency),
        "cogs_amount": money_of(cost, currency),
        "line_items": [
            {
                "sku": item.sku,
                "quantity": plain(item.quantity),
                "price": price_of(item.price, main.currency or currency),
            }
            for item in shown.items
        ],
        "currency": own,
        "document_total": money_of(main.total, own),
    }


def _total(shown: Shown) -> int | None:
    """The document's total in base currency: as told where it is in base, else by its rate, else from what it sold."""
    main, currency = shown.main, shown.books.currency
    if main.total is not None and main.currency in ("", currency):
        return main.total
    if main.total is not None and main.rate is not None:
        return to_minor(Decimal(text(main.total, main.currency)) * main.rate, currency)
    sold = [entry for entry in shown.entries if entry.source is main.source and _sells(shown.books, entry)]
    return -sum(entry.amount for entry in sold) if sold else None


def _sells(books: Books, entry: Entry) -> bool:
    account = books.accounts.get((entry.source, entry.account))
    return control_of(books, entry) in _SALES or bool(account and account.klass is AccountClass.REVENUE)
