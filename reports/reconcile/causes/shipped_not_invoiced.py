"""Shipped up to the period's end, and not invoiced by then."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Entry, Finding
from reports.reconcile.open_orders import uninvoiced
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**shipped_not_invoiced**: the cost of a shipment is posted, its revenue is not, at the period's end.

    How seen: a cost without an invoice by that day.
    Remedy: accrue the revenue and reverse it on invoicing; where the terms pass control on delivery, move the cost to
    goods in transit instead.
    When it is wrong: the shipment is a sample or a replacement that is never invoiced.
    """
    for each in uninvoiced(facts):
        if each.doc is not None and facts.has("revenue"):
            cost = facts.account("cogs", each.doc)
            yield facts.finding(
                "shipped_not_invoiced",
                "revenue",
                each.doc.number,
                f"{each.doc.number} was shipped on {each.doc.day} and not invoiced by {facts.end};"
                f" {facts.clearing(each.clears)}.",
                "Invoice it. Until then accrue the revenue at the order's price (Dr Unbilled receivables, Cr Revenue);"
                " where control passes on delivery, and they are under way, keep their cost in transit.",
                cin7=[facts.document(each.doc, "revenue")],
                at_stake=each.at_stake,
                confidence="strong",
                clears=each.clears,
                entry=Entry.of("Goods in transit to customers", cost, each.at_stake, "on the day of the invoice"),
            )
