"""The same document and money, dated in different periods."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.causes.rounding import within
from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**different_period**: both sides post the same, one of them on a day outside of the period.

    How seen: matched documents with equal amounts; only one side's date lies in the period. It vanishes in a period
    that holds both dates.
    Remedy: correct the date at the source while the period is open; else leave it, it clears by itself.
    When it is wrong: two documents of equal amount were taken for one.
    """
    if view.case.surplus or (view.case.difference and not (view.pair and within(view) and _apart(view))):
        return []
    docs = [*view.case.cin7, *view.qbo]
    days = sorted({str(doc.day) for doc in docs})
    return view.all(
        "different_period",
        f"{docs[0].number or docs[0].id} posts the same on both sides, dated {' and '.join(days)}.",
        "Date both alike while the periods are open; otherwise it clears by itself in the other period.",
    )


def _apart(view: View) -> bool:
    """Whether one side lies in the period and the other does not; what rounds between them is not worth a word."""
    inside = [[doc.day in view.known.period for doc in side] for side in (view.case.cin7, view.qbo)]
    return (all(inside[0]) and not any(inside[1])) or (all(inside[1]) and not any(inside[0]))
