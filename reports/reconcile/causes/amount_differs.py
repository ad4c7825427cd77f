"""The same document with another amount, and no finer cause."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**amount_differs**: both sides have the document, and no finer cause explains that its amounts differ.

    How seen: matched by number (or link), amounts unequal on at least one account.
    Remedy: find which side is right; correct the other at its source. It may be a changed price, a lost line, a
    discount or shipping that is not mapped, a bill whose price is not that of the receipt.
    When it is wrong: two documents share a number.
    """
    if not view.pair or not view.case.difference:
        return []
    ours = " and ".join(sorted({doc.number for doc in view.case.cin7}))
    return view.all(
        "amount_differs",
        f"{ours} is on both sides with different amounts.",
        "Compare the lines of both documents; correct the one that is wrong, and sync again.",
    )
