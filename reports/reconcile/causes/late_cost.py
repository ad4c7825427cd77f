"""A cost that came, or changed, after its goods were sold."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**late_cost**: Cin7 spread a later cost (freight, duty, a bill's price) on goods that were sold already.

    How seen: Cin7's movements call it a COGS change, or the sale has an earlier cost. Where both sides post it, it is
    told with 0.00; where QuickBooks has it not, with its money.
    Remedy: let it sync; accrue an estimate at receipt, so that later changes are small. No manual journal.
    When it is wrong: a second shipment of the sale was taken for a change.
    """
    if len(view.case.cin7) != 1 or not is_change(view) or (view.case.qbo and view.case.difference):
        return
    missing = not view.case.qbo
    for control in view.controls:
        if view.amount(control) or (not missing and view.case.cin7[0].day in view.known.period):
            yield view.finding(
                "late_cost",
                control,
                f"The cost of {view.case.cin7[0].number} changed on {view.case.cin7[0].day}, after its goods were sold"
                + (", and QuickBooks has no journal for it." if missing else "."),
                "Sync the change from Cin7; a journal by hand would count it twice." if missing else "Nothing to do.",
                nature="error" if missing else "policy",
            )


def is_change(view: View) -> bool:
    """Whether the event is a change of cost and not the cost itself."""
    event = view.case.cin7[0]
    if event.role != "cost":
        return False
    keys = {(word, event.day) for word in (event.id, event.number, *event.also)}
    return bool(keys & view.known.changes)
