"""The same net amount, another tax."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.causes.rounding import within
from reports.reconcile.findings import Finding
from reports.reconcile.view import View

_TAXED = frozenset({"tax", "receivables", "payables", "clearing"})


def find(view: View) -> Iterable[Finding]:
    """**tax_differs**: both sides have the same net amount; the tax, and with it what is owed, differ beyond rounding.

    How seen: the difference stands on tax and on receivables or payables alone.
    Remedy: correct the tax code; the tax return follows the invoice that was issued.
    When it is wrong: a charge was booked to the tax account.
    """
    touched = {view.known.slots.controls[slot] for slot, _ in view.case.difference}
    if not view.pair or "tax" not in touched or not touched <= _TAXED or within(view):
        return []
    return view.all(
        "tax_differs",
        f"{view.case.cin7[0].number} has the same net amount on both sides and another tax in QuickBooks.",
        "Correct the tax code of the QuickBooks document to the one that Cin7 used.",
    )
