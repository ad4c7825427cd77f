"""What else a difference may be, where the true reason has no cause of its own and shows as the nearest one."""

from __future__ import annotations

from typing import NamedTuple

from reports.reconcile.view import View

_WORKS = frozenset({"FinishedGoods", "ProductionOrder", "Disassembly"})
_LACKING = frozenset({"missing_in_qbo", "deleted_in_qbo", "voided_in_qbo", "amount_differs", "wrong_account"})
_DATED = _LACKING | {"different_period"}
_STRANGE = frozenset({"manual_journal", "missing_in_cin7"})


class _Reason(NamedTuple):
    """`causes` under which it shows; `roles` and `kinds` of Cin7's event, or `kinds` of QuickBooks' document alone, and
    a control that it posts on; empty where any will do."""

    causes: frozenset[str]
    roles: frozenset[str]
    kinds: frozenset[str]
    control: str
    words: str


_REASONS = (
    _Reason(
        _LACKING,
        frozenset({"applied"}),
        frozenset({"Purchase"}),
        "",
        "It may also be a supplier's deposit that was not applied to its bill: compare the open deposits.",
    ),
    _Reason(
        _DATED,
        frozenset({"applied", "prepayment"}),
        frozenset({"Sale"}),
        "",
        "It may also be a customer's deposit that was taken for revenue or left as a credit of receivables; it is owed"
        " to him until his goods are shipped.",
    ),
    _Reason(
        _LACKING,
        frozenset({"payment", "supplier payment"}),
        frozenset(),
        "",
        "It may also be larger than what it pays, which the sync refuses, or lie unapplied: compare the open items.",
    ),
    _Reason(
        _LACKING,
        frozenset(),
        _WORKS,
        "",
        "It may also be work that was not completed, or labour and overhead that Cin7 absorbed and nobody posted.",
    ),
    _Reason(
        _STRANGE,
        frozenset(),
        frozenset({"Invoice", "SalesReceipt"}),
        "revenue",
        "It may also be goods on consignment that were invoiced on delivery; in Cin7 they are a transfer until sold.",
    ),
    _Reason(
        _STRANGE,
        frozenset(),
        frozenset({"JournalEntry", "InventoryAdjustment"}),
        "inventory",
        "It may also be a count of a warehouse, or a valuation at average cost, that was booked in QuickBooks alone.",
    ),
)


def otherwise(view: View, cause: str) -> str:
    """A sentence with what else a finding of this cause may be about, "" where nothing else shows so."""
    event = view.case.cin7[0] if view.case.cin7 else None
    role, kind = (event.role, event.kind) if event else ("", view.qbo[0].kind)
    for reason in _REASONS:
        fits = (not reason.roles or role in reason.roles) and (not reason.kinds or kind in reason.kinds)
        if cause in reason.causes and fits and (not reason.control or reason.control in view.controls):
            return reason.words
    return ""
