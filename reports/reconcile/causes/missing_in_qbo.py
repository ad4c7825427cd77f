"""A Cin7 document that never came to QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.roles import SALES
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**missing_in_qbo**: Cin7 posts the document, QuickBooks has nothing that could be it.

    How seen: no QuickBooks document has its number, names it, or posts the same within days.
    Remedy: cure the cause in Cin7's sync history and sync it again; do not key it in by hand.
    When it is wrong: somebody entered it by hand under another number and with other amounts.
    """
    if view.case.qbo or not view.case.cin7:
        return []
    event = view.case.cin7[0]
    elsewhere = view.known.sales_elsewhere and view.role() in SALES
    return view.all(
        "missing_in_qbo",
        f"{event.role.capitalize()} {event.number} of {event.day} is posted in Cin7;"
        " QuickBooks has no document of that number, none that names it, and none like it.",
        "Look for it in Cin7's sync history, cure what stopped it, and sync it again.",
        nature="policy" if elsewhere else "",
        confidence="strong",
    )
