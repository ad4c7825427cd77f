"""A journal that stands for a day's or a month's documents of a channel is not their sum."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**consolidation_differs**: the journal of a channel's sales, payments or costs is not the sum of its documents.

    How seen: the journal names the channel and is dated in their day or month; the sums of the accounts differ.
    Remedy: have the integration write the journal again; find the document that came late or was changed since.
    When it is wrong: some of the channel's documents are posted one by one under numbers that nobody recognises.
    """
    if view.case.how != "summary" or not view.case.qbo or not view.case.difference:
        return []
    journal = view.case.qbo[0]
    return view.all(
        "consolidation_differs",
        f"Journal {journal.number or journal.id} of {journal.day} stands for {len(view.case.cin7)} Cin7 documents and"
        " is not their sum.",
        "Sync the day's journal again, or correct it by the difference after finding the document that it lacks.",
        subject=journal.number or journal.id,
    )
