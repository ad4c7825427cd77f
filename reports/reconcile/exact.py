"""The first step of matching: documents of one number and day that post the same; nearly all of a sound company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from reports.reconcile.documents import Doc, Legs
from reports.reconcile.naming import linked_numbers
from reports.reconcile.numbers import named
from reports.reconcile.working import Work

_Key = tuple[str, date, Legs]


def match_exact(work: Work) -> None:
    """Pairs documents with the same number, day and postings; where more are alike than needed, the first ones.

    A document's own number goes before the further ones, which it may share with others of its order.
    """
    for further in (False, True):
        index: defaultdict[_Key, list[Doc]] = defaultdict(list)
        known: dict[str, None] = {}
        for doc in work.cin7:
            for number in doc.also if further else (doc.plain,):
                if number:
                    index[number, doc.day, doc.legs].append(doc)
                    known[number] = None
        for txn in list(work.qbo):
            event = _open(index.get((txn.plain, txn.day, txn.legs)), work)
            if event is None:
                places = (index.get((number, txn.day, txn.legs)) for number in _numbers(txn, known, work))
                event = next((found for place in places if (found := _open(place, work))), None)
            if event is not None:
                work.put([event], [txn], "number").agreed = True
                txn.legs = event.legs  # equal, and of a million documents one copy is enough


def _open(waiting: Iterable[Doc] | None, work: Work) -> Doc | None:
    for doc in waiting or ():
        if doc in work.cin7:
            return doc
    return None


def _numbers(txn: Doc, known: Collection[str], work: Work) -> Iterator[str]:
    """The numbers that a transaction tells, the surest first; what is linked settles that and not its number's like."""
    number = txn.plain
    if number in known:
        yield number
    linked = [found for found in linked_numbers(txn, work, known) if found in known]
    yield from linked
    if not linked and number not in known:
        yield from (found for found, _ in named(txn.number, known))
    for text in txn.texts:
        yield from (found for found, _ in named(text, known))
