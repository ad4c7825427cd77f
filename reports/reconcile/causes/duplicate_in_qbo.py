"""One Cin7 document stands in QuickBooks more than once."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View, sided


def find(view: View) -> Iterable[Finding]:
    """**duplicate_in_qbo**: several QuickBooks documents have one Cin7 document's number, or it with a suffix.

    How seen: same entity, counterparty and number (or number and suffix), one source in Cin7. Kept is the one with a
    linked payment, then with the exact number, then the oldest.
    Remedy: void the second posting; move its payment to the one that is kept.
    When it is wrong: QuickBooks users number their own documents like Cin7 does.
    """
    if not view.case.surplus or not view.case.cin7:
        return []
    second, kept = view.case.surplus[0], view.case.qbo[0]
    return view.all(
        "duplicate_in_qbo",
        f"{view.case.cin7[0].number} is one document in Cin7 and {1 + len(view.case.surplus)} in QuickBooks:"
        f" {sided(second)} (id {second.id}) repeats {sided(kept)} (id {kept.id}).",
        f"Void {second.kind} {second.number or second.id} (id {second.id}) in QuickBooks; in a closed period reverse it"
        " today instead.",
    )
