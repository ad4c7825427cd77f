"""Second postings of one Cin7 document in QuickBooks: same number, or the number with a suffix."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.documents import Doc
from reports.reconcile.edges import LINK, NEAR, STEM, Edge
from reports.reconcile.numbers import is_copy
from reports.reconcile.working import Case, Work


def find_copies(work: Work, found: Iterable[Edge]) -> None:
    """Adds open transactions to the case of the event that they name, where they post what it posts once more."""
    for edge in sorted(found, key=lambda edge: (-edge.strength, edge.event.key, edge.txn.key)):
        case = work.case_of.get(edge.event)
        if edge.txn in work.qbo and case and case.qbo and edge.strength > NEAR and _is_copy(edge, case):
            work.double(case, edge.txn)
    for case in work.cases:
        if case.surplus:
            _keep_the_first(work, case)


def _is_copy(edge: Edge, case: Case) -> bool:
    txn = edge.txn
    for kept in case.qbo:
        same_kind = kept.kind == txn.kind
        same_name = not kept.name or not txn.name or kept.name.casefold() == txn.name.casefold()
        numbered = kept.plain == txn.plain or is_copy(txn.number, kept.number)
        if same_kind and same_name and kept.legs == txn.legs and (numbered or edge.strength > STEM):
            return True
        if same_kind and same_name and numbered and txn.number and edge.strength != LINK and _alike(kept, txn):
            return True
    return False


def _alike(kept: Doc, txn: Doc) -> bool:
    """Whether two documents post on the same accounts in the same direction."""
    ours, theirs = dict(kept.legs), dict(txn.legs)
    return ours.keys() == theirs.keys() and all((ours[slot] > 0) == (theirs[slot] > 0) for slot in ours)


def _keep_the_first(work: Work, case: Case) -> None:
    """Kept is the one with a linked payment, then with the exact number, then the oldest, then the lowest id."""
    wanted = {doc.plain for doc in case.cin7}

    def rank(txn: Doc) -> tuple[bool, bool, str, int, str]:
        header = work.header(txn)
        paid = bool(header and header.links)
        created = header.created.isoformat() if header and header.created else ""
        return (not paid, txn.plain not in wanted, created, len(txn.id), txn.id)

    if len(case.qbo) == 1:
        first, *rest = sorted([*case.qbo, *case.surplus], key=rank)
        case.qbo, case.surplus = [first], rest
