"""A document that agreed at an earlier sync was changed in QuickBooks since."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.documents import summed
from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**edited_in_qbo**: an earlier sync saw both sides agree; QuickBooks' document was changed since.

    How seen: the document's former postings, kept when a later reading differed, equal Cin7's.
    Remedy: restore Cin7's figures in QuickBooks; or correct the document in Cin7, if the change was right.
    When it is wrong: the integration itself wrote the document again and Cin7's change has not been read yet.
    """
    wanted = summed(view.case.cin7)
    changed = [doc for doc in view.case.qbo if wanted in view.known.former.get((doc.kind, doc.id), ())]
    if not view.pair or not view.case.difference or not changed:
        return []
    return view.all(
        "edited_in_qbo",
        f"{changed[0].kind} {changed[0].number or changed[0].id} agreed with Cin7 when it was read before, and was"
        " changed in QuickBooks since.",
        "Restore Cin7's figures in QuickBooks, or make the same change in Cin7.",
    )
