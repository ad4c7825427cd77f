"""Received up to the period's end, and not billed by then."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Cin7Document, Entry, Finding
from reports.reconcile.open_orders import Open, unbilled
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**received_not_billed**: goods came in, their bill did not, at the period's end (GRNI).

    How seen: with accrual, what receipts credited to accrued purchases and no bill has cleared; without, what came in
    against what bills put on stock.
    Remedy: with accrual none while young; without, Dr Inventory, Cr Accrued purchases, reversed on the bill's day.
    When it is wrong: the bill has another price and a residual is left (see amount differences).
    """
    control = facts.accrual
    for each in unbilled(facts):
        if facts.has(control):
            doc = _document(facts, each, control)
            entry, remedy = None, "Nothing to post: accrual is on. Chase the bill."
            if control == "inventory":
                remedy = "Accrue the purchase until its bill comes, and chase the bill; or turn accrual on in Cin7."
                stock = facts.account("inventory")
                entry = Entry.of(stock, "Accrued purchases", each.at_stake, "on the day of the bill")
            yield facts.finding(
                "received_not_billed",
                control,
                doc.reference,
                f"{doc.reference} was received on {doc.day} and not billed by {facts.end};"
                f" {facts.clearing(each.clears)}.",
                remedy,
                cin7=[doc],
                at_stake=each.at_stake,
                confidence="strong",
                clears=each.clears,
                entry=entry,
            )


def _document(facts: Facts, each: Open, control: str) -> Cin7Document:
    if each.doc is not None:
        return facts.document(each.doc, control)
    assert each.move is not None  # noqa: S101 - one of the two is there
    header = facts.known.orders.get(each.move.number.upper())
    task = header.id if header and facts.known.whole_sales else each.move.task
    return Cin7Document(task, each.move.number, "Purchase", each.move.day, 0)
