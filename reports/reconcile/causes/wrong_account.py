"""The same document and money on another account than the one that is mapped."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.causes.exchange_rate_differs import on_gains_alone
from reports.reconcile.documents import Legs, summed, turnover
from reports.reconcile.findings import Finding
from reports.reconcile.view import View

_TOTALS = ("receivables", "payables")


def find(view: View) -> Iterable[Finding]:
    """**wrong_account**: both sides post the same document for the same total, QuickBooks on another account.

    How seen: debits in total are equal, account by account they are not.
    Remedy: correct the mapping or the item's account, and move what the open period posted.
    When it is wrong: two amounts of one document changed against each other by chance.
    """
    if not view.pair or view.case.surplus or not view.case.difference or on_gains_alone(view):
        return
    ours, theirs = summed(view.case.cin7), summed(view.qbo)
    totals = [(_on(view, control, ours), _on(view, control, theirs)) for control in _TOTALS]
    if any(left != right and left and right for left, right in totals):
        return  # then the document's own total is another
    # A currency's own account of receivables or payables is no other than the mapped one.
    equal = {control for control, (left, right) in zip(_TOTALS, totals, strict=True) if left == right}
    difference = [leg for leg in view.case.difference if view.known.slots.controls[leg[0]] not in equal]
    if not difference or turnover(ours) != (turnover(theirs) if theirs else sum(doc.gross for doc in view.qbo)):
        return
    # The money that moved: from slots where Cin7 has more to those where QuickBooks has it instead.
    right = {slot for slot, amount in difference if amount * dict(ours).get(slot, 0) > 0}
    controls = {view.known.slots.controls[slot] for slot, _ in difference}
    names = " and ".join(sorted(view.known.name(slot) for slot in right)) or "the mapped account"
    for control in view.controls:
        if control in controls:
            yield view.finding(
                "wrong_account",
                control,
                f"{view.case.cin7[0].number} posts the same total on both sides; in QuickBooks it is not on {names}.",
                "Correct the account mapping (or the item's own account) and reclassify what was posted.",
            )


def _on(view: View, control: str, legs: Legs) -> int:
    controls = view.known.slots.controls
    return sum(amount for slot, amount in legs if controls[slot] == control)
