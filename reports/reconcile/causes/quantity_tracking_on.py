"""QuickBooks tracks a product's quantity too, and posts cost of its own on the sale."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View, sided

_OWN = ("cogs", "inventory")
_SALES = ("invoice", "credit", "refund")


def find(view: View) -> Iterable[Finding]:
    """**quantity_tracking_on**: QuickBooks counts an item's quantity too, so its invoice itself posts cost and
    inventory, which Cin7 posts by journal; where it posted none yet, the finding is of 0.00.

    How seen: cost of goods sold and inventory on a matched sales document; the item's type is Inventory.
    Remedy: turn quantity tracking off for Cin7's items, by a dated plan, and reverse the cost that QuickBooks made.
    When it is wrong: a sales item is mapped to the inventory account.
    """
    if not view.pair or view.role() not in _SALES or view.case.qbo[0].kind == "JournalEntry":
        return
    slots = view.known.slots
    skus = view.known.tracked.get(view.case.qbo[0].id, ())
    quiet = [sku for sku in skus if sku not in view.known.costed]  # of the others, older sales are innocent
    posts = any(slots.controls[slot] in _OWN for doc in view.qbo for slot, _ in doc.legs)
    for control in _OWN if posts or quiet else ():
        ours = any(slots.amount(doc, control) for doc in view.case.cin7)
        theirs = any(slots.controls[slot] == control for doc in view.qbo for slot, _ in doc.legs)
        if not posts and control in slots.controls and view.case.qbo[0].day in view.known.period:
            yield view.finding(
                "quantity_tracking_on",
                control,
                f"QuickBooks counts the quantity of {quiet[0]}, which {sided(view.case.qbo[0])} sells, and may post a"
                " cost of its own.",
                "Turn quantity tracking off in QuickBooks for the items of Cin7, before it posts cost.",
                subject=quiet[0],
            )
        elif theirs and not ours:
            yield view.finding(
                "quantity_tracking_on",
                control,
                f"{sided(view.case.qbo[0])} posts {control} of its own, beside the journal that Cin7 makes.",
                "Turn quantity tracking off in QuickBooks for the items of Cin7, and reverse the cost that it posted.",
                subject=skus[0] if skus else "",
            )
