"""Documents of one side that take each other back: they need no counterpart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from reports.reconcile.documents import Doc, Legs, turned
from reports.reconcile.numbers import named
from reports.reconcile.working import Case, Work
from sync.domain.accounts import Source

_WORDS = re.compile(r"\b(revers|void|cancel|storno|correct)", re.IGNORECASE)


def join_reversals(work: Work, steps: Collection[Doc]) -> None:
    """Adds an event that takes another of its task and number back to that one's case: the document was undone.

    A credit note has a number of its own, so the same number with opposite postings is no credit. `steps` are events
    that others of their task go on with, as goods arrive that were sent.
    """
    matched: defaultdict[tuple[str, str, Legs], list[Doc]] = defaultdict(list)
    waiting = {(event.id, event.number) for event in work.cin7}
    for case in work.cases if waiting else ():
        event = case.cin7[0] if case.cin7 else None
        if event and len(case.cin7) == 1 and case.qbo and (event.id, event.number) in waiting:
            matched[event.id, event.number, turned(event.legs)].append(event)
    for event in [doc for doc in work.cin7 if doc not in steps]:
        for first in matched.get((event.id, event.number, event.legs), ()):
            case = work.case_of[first]
            if len(case.cin7) == 1 and first.day <= event.day and event.number:
                work.join(case, event)
                case.how = "undone"
                _join_theirs(work, case)
                break


def _join_theirs(work: Work, case: Case) -> None:
    """The transaction by which QuickBooks undid its own, where that names it or is of the same day."""
    (txn,) = case.qbo[:1]
    for other in list(work.qbo):
        related = _of_one_day(work, txn, other) or _told(work, txn, other) or _names(work, other, case.cin7[0].plain)
        if other.legs == turned(txn.legs) and related:
            work.join(case, other)
            case.how = "reversed"
            return


def _names(work: Work, txn: Doc, number: str) -> bool:
    return any(named(text, {number}) for text in _texts(work, txn))


def net_out(work: Work, steps: Collection[Doc]) -> None:
    """Sets open documents aside that are undone by another of their own side.

    In QuickBooks one must name the other or say that it reverses (see `net_out_days` for the rest); in Cin7 they must
    be of the same task and number, and none of the `steps` that go on with one another.
    """
    _net_out_theirs(work, _told)
    for event, other in _opposites(list(work.cin7)):
        same = (event.id, event.number) == (other.id, other.number)
        if event in work.cin7 and other in work.cin7 and same and event not in steps:
            work.put([event, other], [], "reversed")


def net_out_days(work: Work) -> None:
    """Sets open QuickBooks documents aside that another of the same day undoes.

    Not before summaries are found: a channel's costs of a day may be just what another channel took back that day.
    """
    _net_out_theirs(work, _of_one_day)


def _net_out_theirs(work: Work, belong: Callable[[Work, Doc, Doc], bool]) -> None:
    for txn, other in _opposites(list(work.qbo)):
        if txn in work.qbo and other in work.qbo and belong(work, txn, other):
            work.put([], [txn, other], "reversed")


def _opposites(docs: Iterable[Doc]) -> list[tuple[Doc, Doc]]:
    """Pairs of documents with opposite postings, the nearest in time first."""
    waiting: defaultdict[Legs, list[Doc]] = defaultdict(list)
    found = []
    for doc in docs:
        found += [(other, doc) for other in waiting.get(turned(doc.legs), ())]
        waiting[doc.legs].append(doc)
    found.sort(key=lambda two: (abs((two[0].day - two[1].day).days), two[0].key, two[1].key))
    return found


def _of_one_day(work: Work, txn: Doc, other: Doc) -> bool:
    return txn.day == other.day


def _told(work: Work, txn: Doc, other: Doc) -> bool:
    texts = [_texts(work, doc) for doc in (txn, other)]
    for doc, said in ((txn, texts[1]), (other, texts[0])):
        if doc.number and any(named(text, {doc.plain}) for text in said):
            return True
    return any(_WORDS.search(text) for said in texts for text in said)


def _texts(work: Work, doc: Doc) -> list[str]:
    header = work.header(doc)
    assert doc.side is Source.QBO  # noqa: S101 - only QuickBooks' documents are asked
    return [doc.number, *doc.texts, *([header.memo] if header else [])]
