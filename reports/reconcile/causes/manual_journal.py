"""A journal that somebody wrote by hand on accounts that Cin7 keeps."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.causes.missing_in_cin7 import in_scope
from reports.reconcile.findings import Finding
from reports.reconcile.view import View, sided


def find(view: View) -> Iterable[Finding]:
    """**manual_journal**: a journal entry on a goods control or on mapped revenue that has no source in Cin7.

    How seen: a JournalEntry that names no Cin7 document and posts like none.
    Remedy: reverse it and correct the source; if it cannot be avoided, post to a variance account with an owner.
    When it is wrong: the integration numbers its journals in a way that was not learnt yet.
    """
    if view.case.cin7 or any(doc.kind != "JournalEntry" for doc in view.qbo) or not in_scope(view):
        return []
    txn = view.case.qbo[0]
    return view.all(
        "manual_journal",
        f"{sided(txn)} (id {txn.id}) posts on accounts that Cin7 keeps and has no source in Cin7.",
        "Reverse the journal and correct the document in Cin7 that it was meant to mend.",
        confidence="strong",
    )
