"""A document that Cin7 still has was voided in QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**voided_in_qbo**: the QuickBooks document is there with amounts of zero, marked as voided; Cin7 still posts it.

    How seen: the note begins with "Voided" and total and lines are zero.
    Remedy: void or credit the document in Cin7; take goods back into stock only if they came back.
    When it is wrong: the document was entered again by hand under another number.
    """
    if len(view.case.cin7) != 1 or view.case.qbo:
        return []
    gone = view.known.faded.of_event(view.case.cin7[0], deleted=False)
    if gone is None:
        return []
    header, sure = gone
    view.case.faded = [header]
    return view.all(
        "voided_in_qbo",
        f"{view.case.cin7[0].number} stands in Cin7; its {header.kind} {header.number or header.id} is voided in"
        " QuickBooks.",
        "Void or credit the document in Cin7 as well, or sync it again if the void was a mistake.",
        confidence=sure,
    )
