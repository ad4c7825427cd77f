"""A document that Cin7 still has was deleted in QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**deleted_in_qbo**: an earlier sync saw the QuickBooks document; now it is gone, and Cin7 still posts it.

    How seen: QuickBooks tells deletions for 30 days; later ones show when its whole list is read.
    Remedy: sync the Cin7 document again, or void it in Cin7 where deleting was right.
    When it is wrong: the document was entered again under another number, on another day and with other amounts.
    """
    if len(view.case.cin7) != 1 or view.case.qbo:
        return []
    gone = view.known.faded.of_event(view.case.cin7[0], deleted=True)
    if gone is None:
        return []
    header, sure = gone
    view.case.faded = [header]
    when = f" on {header.deleted_at.date()}" if header.deleted_at else ""
    return view.all(
        "deleted_in_qbo",
        f"{view.case.cin7[0].number} stands in Cin7; its {header.kind} {header.number or header.id} was deleted in"
        f" QuickBooks{when}.",
        "Sync the document from Cin7 again; or void it in Cin7, if deleting it was right.",
        confidence=sure,
    )
