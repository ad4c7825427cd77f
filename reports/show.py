"""One document as both systems have it: headers, postings by account, whether they agree, and its findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from reports.books import Books, ages, instant, money_of, plain
from reports.layout import age_lines, table
from reports.memory import Remembered
from reports.reconcile.findings import finding_json
from reports.show_lines import Part, part_json, part_table, price_of
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


def to_json(shown: Shown) -> dict[str, object]:
    """The document `tieout/show/1`."""
    books = shown.books
    return {
        "schema": "tieout/show/1",
        "number": shown.number,
        "currency": books.currency,
        "state": shown.state,
        "transaction": transaction(shown),
        **{source.value: _side(shown, source) for source in Source},
        "controls": [
            {
                "control": name,
                "cin7": money_of(cin7, books.currency),
                "qbo": money_of(qbo, books.currency),
                "difference": money_of(cin7 - qbo, books.currency),
            }
            for name, (cin7, qbo) in shown.movement().items()
        ],
        "lines": [part_json(part, shown.currency, books.currency) for part in shown.parts],
        "unread": [
            {"id": paper.id, "type": paper.kind, "number": paper.number, "reason": _why_unread(shown, paper)}
            for paper in shown.unread
        ],
        "findings": [
            finding_json(each.finding, books.currency) | {"state": "open" if each.is_open else "resolved"}
            for each in shown.findings
        ],
        **ages(books.as_of, books.incomplete),
    }


def _side(shown: Shown, source: Source) -> dict[str, object]:
    currency = shown.books.currency
    return {
        "documents": [_paper(paper, currency) for paper in shown.papers if paper.source is source],
        "postings": [
            {
                "date": entry.day.isoformat(),
                "type": entry.kind,
                "document": entry.document,
                "number": entry.number,
                "account": entry.account,
                "account_name": _account(shown.books, entry),
                "control": control_of(shown.books, entry) or None,
                "debit": money_of(max(entry.amount, 0), currency),
                "credit": money_of(max(-entry.amount, 0), currency),
            }
            for entry in shown.entries
            if entry.source is source
        ],
    }


def _paper(paper: Paper, base: str) -> dict[str, object]:
    currency = paper.currency or base
    return {
        "id": paper.id,
        "type": paper.kind,
        "number": paper.number,
        "invoice": paper.invoice or None,
        "credit_note": paper.credit or None,
        "status": paper.status or None,
        "date": paper.day and paper.day.isoformat(),
        "name": paper.party or None,
        "currency": currency,
        "total": money_of(paper.total, currency),
        "balance": money_of(paper.balance, currency),
        "rate": plain(paper.rate),
        "memo": paper.memo or None,
        "created": instant(paper.created),
        "updated": instant(paper.updated),
        "voided": paper.voided,
        "deleted_at": instant(paper.deleted_at),
    }


def _account(books: Books, entry: Entry) -> str:
    account = books.accounts.get((entry.source, entry.account))
    return account.name if account else entry.account


def to_text(shown: Shown) -> str:
    """Both sides below each other, what each control got from either, and the findings."""
    books = shown.books
    lines = [f"{shown.number}: {shown.main.kind}, {shown.main.party or 'no name'}, {shown.state}", ""]
    for source in Source:
        mine = [paper for paper in shown.papers if paper.source is source]
        lines += [f"{_NAMES[source]}: {', '.join(map(_words, mine)) or 'no document'}"]
        rows = [_row(books, entry) for entry in shown.entries if entry.source is source]
        lines += [*table(("date", "document", "account", "debit", "credit"), rows), ""] if rows else [""]
    moved = [(name, cin7, qbo) for name, (cin7, qbo) in shown.movement().items()]
    rows = [(name.replace("_", " "), *_money((cin7, qbo, cin7 - qbo), books.currency)) for name, cin7, qbo in moved]
    lines += [*table(("control", "Cin7", "QuickBooks", "difference"), rows), ""] if rows else []
    lines += [*part_table(shown.parts, shown.currency, books.currency), ""] if shown.parts else []
    lines += [_why_unread(shown, paper) for paper in shown.unread]
    lines += [f"{e.finding.cause} ({e.finding.id}): {e.finding.explanation}" for e in shown.findings if e.is_open]
    return "\n".join([*lines, *age_lines(books.as_of, books.incomplete)])


def _why_unread(shown: Shown, paper: Paper) -> str:
    """In a sentence, why the lines of a document are not shown as they are now."""
    name = f"{paper.kind} {paper.number or paper.id}"
    if paper.refused:
        return f"The lines of {name} could not be read: {paper.refused.rstrip('.')}. They are asked for again."
    if any(part.owner == paper.id for part in shown.parts):
        return f"{name} changed after its lines were read; the next sync reads them anew, before others."
    return f"The lines of {name} are not read yet; the next sync reads them, before others."


def _words(paper: Paper) -> str:
    gone = " deleted" if paper.deleted_at else " voided" if paper.voided else ""
    status = f" {paper.status}" if paper.status else ""
    return f"{paper.kind} {paper.number or paper.id}{status}{gone}"


def _row(books: Books, entry: Entry) -> tuple[str, ...]:
    debit, credit = (
        "" if not side else text(side, books.currency) for side in (max(entry.amount, 0), max(-entry.amount, 0))
    )
    account = f"{_account(books, entry)}"
    return (str(entry.day), f"{entry.kind} {entry.number or entry.document}", account, debit, credit)


def _money(amounts: Iterable[int], currency: str) -> tuple[str, ...]:
    return tuple(text(amount, currency) for amount in amounts)
