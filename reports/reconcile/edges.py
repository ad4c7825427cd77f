"""The second step of matching: which Cin7 events a QuickBooks document names, and the best pairs among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reports.reconcile.documents import Doc, Slots, turnover
from reports.reconcile.numbers import is_copy, named, plain, stems
from reports.reconcile.roles import natural
from reports.reconcile.working import Work

# How a document names another: its number is the other's; it is linked to it; a part of its number; a word of its
# texts; a number with a suffix or an order beside the document.
EXACT, LINK, PART, WORD, STEM, NEAR = 6, 5, 4, 3, 2, 1
_SURE = WORD


class Edge(NamedTuple):
    """A QuickBooks document names a Cin7 event, so strongly."""

    txn: Doc
    event: Doc
    strength: int


@dataclass(frozen=True, slots=True)
class Names:
    """Cin7's events by number: their own, further ones, and numbers beside them."""

    own: Mapping[str, list[Doc]]
    near: Mapping[str, list[Doc]]

    @classmethod
    def of(cls, events: Iterable[Doc]) -> Names:
        own: defaultdict[str, list[Doc]] = defaultdict(list)
        near: defaultdict[str, list[Doc]] = defaultdict(list)
        for doc in events:
            for number in (doc.plain, *doc.also):
                if number:
                    own[number].append(doc)
            for number in doc.near:
                near[number].append(doc)
        return cls(own, near)


def targets(txn: Doc, work: Work, names: Names) -> dict[str, int]:
    """Cin7 number -> how strongly a QuickBooks document names it."""
    found: dict[str, int] = {}
    for number, strength in _told(txn, work, names):
        found[number] = max(strength, found.get(number, 0))
    return found


def _told(txn: Doc, work: Work, names: Names) -> Iterator[tuple[str, int]]:
    known = names.own
    number = txn.plain
    if number in known:
        yield number, EXACT
    else:
        yield from ((found, PART if prefix else WORD) for found, prefix in named(number, known))
        yield from ((found, STEM) for stem in stems(number) for found, _ in named(stem, known))
    header = work.header(txn)
    for text in (*txn.texts, *((header.memo,) if header else ())):
        yield from ((found, WORD) for found, _ in named(text, known))
        yield from ((found, NEAR) for found, _ in named(text, names.near))
    yield from ((found, NEAR) for found, _ in named(number, names.near))
    yield from ((linked, LINK) for linked in linked_numbers(txn, work))


def linked_numbers(txn: Doc, work: Work) -> Iterator[str]:
    """The Cin7 numbers of the documents that a payment or credit is linked to."""
    header = work.header(txn)
    for kind, id_ in header.links if header else ():
        other = work.headers.get((kind, id_))
        if other is not None and other.number:
            yield plain(other.number)


def edges(txns: Iterable[Doc], work: Work, names: Names) -> list[Edge]:
    """Every naming of a Cin7 event by these documents."""
    found = []
    for txn in txns:
        for number, strength in targets(txn, work, names).items():
            named_here = names.own.get(number, []) if strength > NEAR else names.near.get(number, [])
            found += [Edge(txn, event, strength) for event in named_here]
    return found


def match_named(work: Work, found: Iterable[Edge]) -> None:
    """Pairs the open documents, the best fitting first; an event and a transaction are in one pair at most."""
    scored = [(score, edge) for edge in found if (score := fit(edge, work.slots)) > 0]
    scored.sort(key=lambda each: (-each[0], each[1].event.key, each[1].txn.key))
    for _, edge in scored:
        if edge.event in work.cin7 and edge.txn in work.qbo:
            how = "link" if edge.strength == LINK else "number" if edge.strength >= PART else "text"
            sure = edge.strength >= PART or edge.txn.legs == edge.event.legs
            work.put([edge.event], [edge.txn], how, "certain" if sure else "strong")


def fit(edge: Edge, slots: Slots) -> int:
    """How well a transaction fits an event that it names; 0 where it cannot be the same document."""
    txn, event = edge.txn, edge.event
    usual = txn.kind in natural(event.role)
    score = 10 * edge.strength + 60 * usual + max(0, 50 - abs((txn.day - event.day).days))
    if txn.name and event.name:
        score += 20 if txn.name.casefold() == event.name.casefold() else -20
    if txn.legs == event.legs:
        return score + 1000
    if edge.strength < _SURE and not (edge.strength == STEM and is_copy(txn.number, event.number) and usual):
        return 0
    common = _common(txn, event)
    if not common or not (usual or _same_controls(txn, event, slots)):
        return 0
    return score + 300 * (turnover(txn.legs) == turnover(event.legs)) + 100 * len(common) // len(event.legs)


def _common(txn: Doc, event: Doc) -> list[int]:
    """The slots on which both post; none where most of what they share has opposite signs."""
    ours, theirs = dict(txn.legs), dict(event.legs)
    both = sorted(ours.keys() & theirs.keys())
    agree = sum(min(abs(ours[s]), abs(theirs[s])) * (1 if (ours[s] > 0) == (theirs[s] > 0) else -1) for s in both)
    return both if agree > 0 else []


def _same_controls(txn: Doc, event: Doc, slots: Slots) -> bool:
    return {slots.controls[slot] for slot, _ in txn.legs} == {slots.controls[slot] for slot, _ in event.legs}
