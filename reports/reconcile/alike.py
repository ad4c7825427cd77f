"""The last step of matching: documents that post the same within a few days, where only one fits the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from reports.reconcile.documents import Doc, Legs, turnover
from reports.reconcile.roles import JOURNALS, natural
from reports.reconcile.working import Work

_DAYS = 10
_Key = tuple[Legs, str]


def match_alike(work: Work) -> None:
    """Pairs open documents by postings, day and counterparty, where each is the other's only fit.

    As many alike on either side on one day are the same, whichever is which. What could fit in more than one way is
    put together and stays open: nobody can say which of them lacks its counterpart.
    """
    events: defaultdict[Legs, list[Doc]] = defaultdict(list)
    for doc in work.cin7:
        events[doc.legs].append(doc)
    txns: defaultdict[Legs, list[Doc]] = defaultdict(list)
    for doc in work.qbo:
        txns[doc.legs].append(doc)
    for legs in sorted(events.keys() & txns.keys()):
        _equal_numbers(work, events[legs], txns[legs])
        _only_fits(work, events[legs], txns[legs])
        _leave_open(work, events[legs], txns[legs])
    _on_another_account(work)


def _on_another_account(work: Work) -> None:
    """Pairs what is still open where one account has the same on both sides and the rest is the same money on another
    account: journals of one day, where each is the other's only fit, and journals of their kind bear no number."""
    named, alike = _by_role(work)
    txns: defaultdict[tuple[date, int], list[Doc]] = defaultdict(list)
    for txn in work.qbo:
        if txn.kind == "JournalEntry":
            txns[txn.day, txn.gross].append(txn)
    events: defaultdict[tuple[date, int], list[Doc]] = defaultdict(list)
    for doc in work.cin7:
        if doc.role in JOURNALS and alike[doc.role] >= named[doc.role]:
            events[doc.day, turnover(doc.legs)].append(doc)
    for key, ours in sorted(events.items()):
        theirs = txns.get(key, ())
        if len(ours) == 1 and len(theirs) == 1 and set(ours[0].legs) & set(theirs[0].legs):
            work.put(ours, theirs, "alike", "likely")


def _by_role(work: Work) -> tuple[Counter[str], Counter[str]]:
    """Role -> how many of its events were found by a number or text, and how many as all that posts the same."""
    named, alike = Counter[str](), Counter[str]()
    for (_, role), settled in work.habits.items():
        named[role] += settled
    for case in work.cases:
        if case.cin7 and case.how in ("number", "text", "link", "alike"):
            (alike if case.how == "alike" else named)[case.cin7[0].role] += 1
    return named, alike


def _leave_open(work: Work, events: list[Doc], txns: list[Doc]) -> None:
    """One case for each group of documents that fit one another in several ways."""
    for event in events:
        ours, theirs = [event] if event in work.cin7 else [], list[Doc]()
        for _ in range(len(events) + len(txns)):
            theirs = [txn for txn in txns if txn in work.qbo and any(fits_alike(doc, txn) for doc in ours)]
            more = [doc for doc in events if doc in work.cin7 and any(fits_alike(doc, txn) for txn in theirs)]
            if len(more) <= len(ours):
                break
            ours = more
        if ours and theirs:
            work.put(ours, theirs, "ambiguous" if len(ours) != len(theirs) else "alike", "likely")


def _equal_numbers(work: Work, events: list[Doc], txns: list[Doc]) -> None:
    """The same count of each side on one day for one counterparty: they are the same documents."""
    days = sorted({doc.day for doc in events})
    for day in days:
        for name in sorted({_name(doc) for doc in events if doc.day == day}):
            ours = [doc for doc in events if doc.day == day and _name(doc) == name and doc in work.cin7]
            theirs = [doc for doc in txns if doc.day == day and _may_be(work, ours, doc) and doc in work.qbo]
            if ours and len(ours) == len(theirs):
                for event, txn in zip(ours, theirs, strict=True):
                    work.put([event], [txn], "alike", "likely")


def _only_fits(work: Work, events: list[Doc], txns: list[Doc]) -> None:
    for event in events:
        if event not in work.cin7:
            continue
        fits = [txn for txn in txns if txn in work.qbo and fits_alike(event, txn)]
        if len(fits) == 1:
            back = [other for other in events if other in work.cin7 and fits_alike(other, fits[0])]
            if len(back) == 1:
                work.put([event], fits, "alike", "likely")


def fits_alike(event: Doc, txn: Doc) -> bool:
    """Whether two documents with the same postings may be the same one."""
    usual = txn.kind in natural(event.role) or (txn.kind == "JournalEntry" and event.role in JOURNALS)
    near = abs((event.day - txn.day).days) <= _DAYS
    return usual and near and (not event.name or not txn.name or one_party(event.name, txn.name))


def one_party(said: str, name: str) -> bool:
    """Whether a row of Cin7's is about a counterparty: it may say more than a name ("Payment Harbor Home")."""
    return f" {_folded(name)} " in f" {_folded(said)} "


def _may_be(work: Work, events: list[Doc], txn: Doc) -> bool:
    return txn in work.qbo and any(fits_alike(event, txn) for event in events)


def _name(doc: Doc) -> str:
    return _folded(doc.name)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
