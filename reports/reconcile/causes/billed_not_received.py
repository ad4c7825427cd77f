"""Billed up to the period's end, and not received by then."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Entry, Finding
from reports.reconcile.open_orders import unreceived
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**billed_not_received**: a supplier's bill is posted, its goods have not come, at the period's end.

    How seen: the order's bills exceed its receipts at cost.
    Remedy: where title has passed, goods in transit; else a prepayment to the supplier. Never an expense.
    When it is wrong: the rest of the order was cancelled and the bill awaits its credit note.
    """
    for each in unreceived(facts):
        if each.doc is not None and facts.has("inventory"):
            stock = facts.account("inventory", each.doc)
            yield facts.finding(
                "billed_not_received",
                "inventory",
                each.doc.number,
                f"{each.doc.number} was billed on {each.doc.day}; goods of {facts.known.money(each.at_stake)} had not"
                f" come by {facts.end}; {facts.clearing(each.clears)}.",
                "Where title has passed, show it as goods in transit; else as a prepayment to the supplier. Never as an"
                " expense.",
                cin7=[facts.document(each.doc, "inventory")],
                at_stake=each.at_stake,
                confidence="strong",
                clears=each.clears,
                entry=Entry.of("Goods in transit from suppliers", stock, each.at_stake, "on receipt"),
            )
