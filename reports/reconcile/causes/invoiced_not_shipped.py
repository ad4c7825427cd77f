"""Invoiced up to the period's end, and not shipped by then."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Entry, Finding
from reports.reconcile.open_orders import unshipped
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**invoiced_not_shipped**: revenue is posted, the cost of its goods is not, at the period's end.

    How seen: an invoice without the cost of its shipment by that day; the cost comes later, or the sale is not shipped.
    Remedy: defer the revenue until the goods are shipped; do not accrue the cost of goods that are still there.
    When it is wrong: the sale is a bill-and-hold that the customer asked for, or needs no shipment.
    """
    for each in unshipped(facts):
        if each.doc is not None and facts.has("cogs"):
            revenue = facts.account("revenue", each.doc)
            yield facts.finding(
                "invoiced_not_shipped",
                "cogs",
                each.doc.number,
                f"{each.doc.number} was invoiced on {each.doc.day} and not shipped by {facts.end};"
                f" {facts.clearing(each.clears)}.",
                "Defer the revenue until the goods leave; ship what is ready. No cost is due for goods still there.",
                cin7=[facts.document(each.doc, "cogs")],
                at_stake=each.at_stake,
                confidence="strong",
                clears=each.clears,
                entry=Entry.of(revenue, "Deferred revenue", each.at_stake, "when the goods leave"),
            )
