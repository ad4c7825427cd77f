"""A QuickBooks document on accounts that Cin7 keeps, without a source in Cin7."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.roles import GOODS
from reports.reconcile.view import View, sided

_MONEY = frozenset({"Payment", "BillPayment", "SalesReceipt", "RefundReceipt", "Deposit"})


def find(view: View) -> Iterable[Finding]:
    """**missing_in_cin7**: QuickBooks posts on a goods control, on mapped revenue, or settles a document of Cin7's.

    How seen: no Cin7 document has its number, is named by it or linked to it, or posts the same within days.
    Remedy: void it and enter it in Cin7; or move it to an account of its own.
    When it is wrong: Cin7's document is not posted yet.
    """
    if view.case.cin7 or not in_scope(view):
        return []
    txn = view.case.qbo[0]
    return view.all(
        "missing_in_cin7",
        f"{sided(txn)} (id {txn.id}) posts on accounts that Cin7 keeps; Cin7 has no such document.",
        "Void it in QuickBooks and enter it in Cin7, or move it to an account that Cin7 does not keep.",
        confidence="strong",
    )


def in_scope(view: View) -> bool:
    """Whether Cin7 would have to know these QuickBooks documents."""
    known = view.known
    touched = {known.slots.controls[slot] for doc in view.qbo for slot, _ in doc.legs}
    if touched & GOODS or ("revenue" in touched and not known.sales_elsewhere):
        return True
    return any(_settles(view, link) for doc in view.qbo for link in _links(view, doc))


def _links(view: View, doc: object) -> Iterable[tuple[str, str]]:
    header = view.header(doc)  # type: ignore[arg-type]  # documents of the case
    return header.links if header else ()


def _settles(view: View, link: tuple[str, str]) -> bool:
    """Whether the link is to a document of Cin7's; that money received was banked settles nothing."""
    return link in view.known.in_scope and link[0] not in _MONEY
