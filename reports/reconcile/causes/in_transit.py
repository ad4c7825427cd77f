"""A transfer that was sent and not received at the period's end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reports.reconcile.documents import Header
from reports.reconcile.findings import Cin7Document, Finding
from reports.reconcile.numbers import plain
from reports.reconcile.open_orders import usual
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**in_transit**: stock left one location and had not reached the other at the period's end.

    How seen: the transfer's departure and completion dates, and its status.
    Remedy: none while young; count, receive or write off what is old.
    When it is wrong: the receiver forgot to complete the transfer.
    """
    if not facts.has("in_transit"):
        return
    days = _days(facts)
    for header in sorted(facts.known.cin7_headers.values(), key=lambda h: (h.number, h.id)):
        left = header.day
        if header.kind != "StockTransfer" or left is None or left > facts.end or not _sent(header, facts):
            continue
        doc, cost = _document(facts, header)
        by = left + timedelta(days=days)
        if cost or header.account:
            yield facts.finding(
                "in_transit",
                "in_transit",
                header.number,
                f"{header.number} left on {left} and had not arrived by {facts.end}; {facts.clearing(by)}.",
                "Nothing while it is young; later count it, receive it, or write it off.",
                cin7=[doc],
                at_stake=cost or None,
                clears=by,
            )


def _days(facts: Facts) -> int:
    """Days within which nineteen of twenty transfers of the company have arrived."""
    every = (h for h in facts.known.cin7_headers.values() if h.kind == "StockTransfer" and not h.voided)
    return usual((h.due - h.day).days for h in every if h.due and h.day and h.due <= facts.books.today)


def _sent(header: Header, facts: Facts) -> bool:
    """Whether it was on its way at the period's end; a draft has not left, a completed one may arrive later."""
    status = header.status.upper()
    if header.voided or header.deleted_at or status in ("DRAFT", "ORDERED"):
        return False
    return header.due > facts.end if header.due else status == "IN TRANSIT"


def _document(facts: Facts, header: Header) -> tuple[Cin7Document, int]:
    """The transfer as it posted when it left, or as its movements tell it where transfers do not post."""
    events = [doc for doc in facts.known.numbers.get(plain(header.number), ()) if doc.id == header.id]
    sent = [doc for doc in events if facts.known.slots.amount(doc, "in_transit") > 0 and doc.day <= facts.end]
    if sent:
        cost = sum(facts.known.slots.amount(doc, "in_transit") for doc in sent)
        return facts.document(sent[0], "in_transit"), cost
    moved = -sum(move.cost for move in facts.state.moved if move.task == header.id and move.quantity < 0)
    assert header.day is not None  # noqa: S101 - the caller asked
    return Cin7Document(header.id, header.number, header.kind, header.day, 0), moved
