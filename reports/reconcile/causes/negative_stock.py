"""Stock below zero."""

from __future__ import annotations

from collections.abc import Iterator

from reports.books import plain
from reports.reconcile.findings import Finding
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**negative_stock**: a product's quantity at a location is below zero.

    How seen: the last snapshot of stock inside the period.
    Remedy: find the receipt that was not booked, the wrong location or unit; receive or adjust in Cin7, never in the
    ledger.
    When it is wrong: a receipt of the same day was booked after the snapshot.
    """
    for (sku, location), quantity in sorted(facts.state.negative.items()):
        if facts.has("inventory"):
            yield facts.finding(
                "negative_stock",
                "inventory",
                f"{sku} @ {location}",
                f"{sku} at {location} is at {plain(quantity)}. It may also be a case taken for a piece, a transfer"
                " booked in one step while its goods were on their way, or a warehouse whose own count differs.",
                "Look for an unbooked receipt, a wrong location or unit of measure; correct it in Cin7.",
            )
