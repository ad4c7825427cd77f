"""What QuickBooks keeps alone and Cin7 need not know; one sum per control."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.causes.missing_in_cin7 import in_scope
from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**outside_cin7**: QuickBooks documents that touch no goods control and no mapped revenue, and settle nothing of
    Cin7's: rent through payables, the month-end revaluation, fees.

    How seen: only QuickBooks has them, on accounts that both sides use.
    Remedy: none; the sum is shown so that a stranger in it is noticed.
    When it is wrong: a payment for a Cin7 document was entered without a link.
    """
    if view.case.cin7 or in_scope(view):
        return []
    return view.all(
        "outside_cin7",
        "QuickBooks documents that Cin7 need not know.",
        "Nothing to do; look at the sum when it changes.",
        confidence="strong",
    )
