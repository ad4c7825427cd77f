"""Second postings of one Cin7 document in QuickBooks: same number, or the number with a suffix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from reports.reconcile.alike import fits_alike
from reports.reconcile.documents import Doc, Legs
from reports.reconcile.edges import Edge
from reports.reconcile.naming import LINK, NEAR, STEM, Names
from reports.reconcile.numbers import MOST_CHARACTERS, is_copy, shape, stems, tokens
from reports.reconcile.working import Case, Work

_PAYMENTS = frozenset({"Payment", "BillPayment", "BillPaymentCheck", "BillPaymentCreditCard"})


def find_copies(work: Work, found: Iterable[Edge], names: Names) -> None:
    """Adds open transactions to the case of the event that they name, where they post what it posts once more."""
    waiting: defaultdict[Legs, list[Doc]] = defaultdict(list)
    for event in work.cin7 if work.qbo else ():
        waiting[event.legs].append(event)
    for edge in sorted(found, key=_order):
        for piece in work.pieces(edge.event):
            case = work.case_of.get(piece)
            if edge.txn not in work.qbo or not case or not case.qbo or edge.strength <= NEAR:
                continue
            if _is_copy(edge, case) and not _is_anothers(work, edge.txn, case, waiting):
                work.double(case, edge.txn)
    _again(work, names, waiting)
    paid = {link for header in work.headers.values() if header.kind in _PAYMENTS for link in header.links}
    for case in work.cases:
        if case.surplus:
            _keep_the_first(work, case, paid)


def _order(edge: Edge) -> tuple[object, ...]:
    """What posts the same comes first, then the nearest day: documents of one order may share its number."""
    apart = abs((edge.txn.day - edge.event.day).days)
    return (edge.txn.legs != edge.event.legs, -edge.strength, apart, edge.event.key, edge.txn.key)


def _again(work: Work, names: Names, waiting: Mapping[Legs, Iterable[Doc]]) -> None:
    """Adds open transactions that repeat a matched one's number and postings: of a summary no single event tells."""
    known: defaultdict[tuple[str, str, Legs], list[Doc]] = defaultdict(list)
    for case in work.cases if work.qbo else ():
        for txn in case.qbo if case.cin7 else ():
            if txn.plain:
                known[txn.kind, txn.plain, txn.legs].append(txn)
            elif case.how == "summary":
                known[txn.kind, _unnumbered(txn), txn.legs].append(txn)
    for txn in list(work.qbo):
        if not txn.plain and any(event in work.cin7 and fits_alike(event, txn) for event in waiting.get(txn.legs, ())):
            continue
        for number in (txn.plain or _unnumbered(txn), *stems(txn.number)):
            alike = (doc for doc in known.get((txn.kind, number, txn.legs), ()) if _same_name(doc, txn))
            if not txn.plain or number == txn.plain or is_copy(txn.number, number):
                told = (doc for doc in alike if not _say_others(_said(work, doc), _said(work, txn), number, names))
                first = next(told, None)
                if first is not None and not _is_anothers(work, txn, work.case_of[first], waiting):
                    work.double(work.case_of[first], txn)
                    break


def _unnumbered(txn: Doc) -> str:
    """What stands for the number of a summary that has none: its day and what it says."""
    return f"{txn.day} {' '.join(txn.texts)}"


def _say_others(kept: set[str], said: set[str], number: str, names: Names) -> bool:
    """Whether the texts of two documents of one number say that they are two: WO-00003 there, WO-00001 here.

    A number that fills its field was cut, so that only the texts tell what it was.
    """
    if len(number) >= MOST_CHARACTERS and (kept or said) and not kept & said:
        return True
    others = {shape(word) for word in kept} & {shape(word) for word in said} - {shape(word) for word in kept & said}
    return any(kind.lower() != kind and kind in names.shapes for kind in others)


def _said(work: Work, txn: Doc) -> set[str]:
    """The words of a transaction's texts that may be numbers."""
    header = work.header(txn)
    return {word for text in (*txn.texts, *([header.memo] if header else [])) for word in tokens(text)}


def _same_name(kept: Doc, txn: Doc) -> bool:
    return not kept.name or not txn.name or kept.name.casefold() == txn.name.casefold()


def _is_copy(edge: Edge, case: Case) -> bool:
    txn = edge.txn
    for kept in case.qbo:
        same_kind = kept.kind == txn.kind
        same_name = _same_name(kept, txn)
        numbered = kept.plain == txn.plain or is_copy(txn.number, kept.number)
        if same_kind and same_name and kept.legs == txn.legs and (numbered or edge.strength > STEM):
            return True
        if same_kind and same_name and numbered and txn.number and edge.strength != LINK and _alike(kept, txn):
            return True
    return False


def _is_anothers(work: Work, txn: Doc, case: Case, waiting: Mapping[Legs, Iterable[Doc]]) -> bool:
    """Whether it posts just what another open event posts: any, where it posts otherwise than the document whose number
    it has; else one of its own day, where that document's event is of another (two shipments of one order)."""
    others = [event for event in waiting.get(txn.legs, ()) if event in work.cin7 and fits_alike(event, txn)]
    if not any(kept.legs == txn.legs for kept in case.qbo):
        return bool(others)
    return any(event.day == txn.day for event in others) and all(event.day != txn.day for event in case.cin7)


def _alike(kept: Doc, txn: Doc) -> bool:
    """Whether two documents post on the same accounts in the same direction."""
    ours, theirs = dict(kept.legs), dict(txn.legs)
    return ours.keys() == theirs.keys() and all((ours[slot] > 0) == (theirs[slot] > 0) for slot in ours)


def _keep_the_first(work: Work, case: Case, paid: Collection[tuple[str, str]]) -> None:
    """Kept is the one with a linked payment, then with the exact number, then the oldest, then the lowest id."""
    wanted = {doc.plain for doc in case.cin7}

    def rank(txn: Doc) -> tuple[bool, bool, str, int, str]:
        header = work.header(txn)
        links = header.links if header else ()
        settled = (txn.kind, txn.id) in paid or any(kind in _PAYMENTS for kind, _ in links)
        created = header.created.isoformat() if header and header.created else ""
        return (not settled, txn.plain not in wanted, created, len(txn.id), txn.id)

    if len(case.qbo) == 1:
        first, *rest = sorted([*case.qbo, *case.surplus], key=rank)
        case.qbo, case.surplus = [first], rest
