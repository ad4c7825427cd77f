"""Differences of single minor units that come from rounding; summed per control."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**rounding**: a matched pair differs by no more than the tolerance for each ledger row of its larger side.

    How seen: the amounts; they are shown as one sum per control.
    Remedy: none; a sum that grows to one side is a sign of a rule, not of chance.
    When it is wrong: an edit of a cent or two hides among it.
    """
    if not view.pair or not view.case.difference or not within(view):
        return []
    return view.all("rounding", "Matched documents differ by rounding.", "Nothing to do while the sum does not drift.")


def within(view: View) -> bool:
    """Whether every account's difference is within the tolerance times the rows of the larger side."""
    rows = max(sum(doc.rows for doc in view.case.cin7), sum(doc.rows for doc in view.qbo))
    return all(abs(amount) <= view.known.tolerance * rows for _, amount in view.case.difference)
