"""The second step of matching: which Cin7 events a QuickBooks document names, and the best pairs among them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from reports.reconcile.documents import Doc, Slots, turnover
from reports.reconcile.naming import LINK, LOOSE, NEAR, PART, STEM, WORD, Names, targets
from reports.reconcile.numbers import is_copy
from reports.reconcile.roles import SETTLING, natural
from reports.reconcile.working import Work

# (entity, role) -> the prefixes that its numbers have before Cin7's
Habits: TypeAlias = Mapping[tuple[str, str], Collection[str]]
_SURE = WORD
_BOTH = frozenset({"SalesReceipt", "RefundReceipt", "Purchase"})
_LEARNT = 3  # documents from which the prefix of a kind of document is known


class Edge(NamedTuple):
    """A QuickBooks document names a Cin7 event, so strongly."""

    txn: Doc
    event: Doc
    strength: int


def edges(txns: Iterable[Doc], work: Work, names: Names) -> list[Edge]:
    """Every naming of a Cin7 event by these documents."""
    found = []
    for txn in txns:
        for number, strength in targets(txn, work, names).items():
            named_here = names.own.get(number, []) if strength > NEAR else names.near.get(number, [])
            found += [Edge(txn, event, strength) for event in named_here]
    return found


def match_named(work: Work, found: Collection[Edge]) -> None:
    """Pairs the open documents, the best fitting first; an event and a transaction are in one pair at most.

    What repeats number and postings of a paired transaction waits for `find_copies`, unless an event posts just that.
    """
    habits = _habits(work) if found else {}
    scored = [(score, edge) for edge in found if (score := fit(edge, work.slots, habits)) > 0]
    scored.sort(key=lambda each: (-each[0], each[1].event.key, each[1].txn.key))
    done = {_posted(txn) for case in work.cases for txn in case.qbo} if scored else set()
    for _, edge in scored:
        again = edge.txn.legs != edge.event.legs and edge.txn.plain and _posted(edge.txn) in done
        if edge.event in work.cin7 and edge.txn in work.qbo and not again:
            done.add(_posted(edge.txn))
            how = "link" if edge.strength == LINK else "number" if edge.strength >= PART else "text"
            sure = edge.strength >= PART or edge.txn.legs == edge.event.legs
            work.put([edge.event], [edge.txn], how, "certain" if sure else "strong")


def _posted(txn: Doc) -> tuple[object, ...]:
    """What two postings of one document have in common, so that the second is no other document's."""
    return (txn.kind, txn.plain, txn.legs, txn.name.casefold())


def fit(edge: Edge, slots: Slots, habits: Habits) -> int:
    """How well a transaction fits an event that it names; 0 where it cannot be the same document."""
    txn, event = edge.txn, edge.event
    usual = txn.kind in natural(event.role)
    score = 10 * edge.strength + 60 * usual + max(0, 50 - abs((txn.day - event.day).days))
    if txn.name and event.name:
        score += 20 if txn.name.casefold() == event.name.casefold() else -20
    if txn.legs == event.legs:
        return score + 1000
    if edge.strength < _SURE and not (usual and (_copied(edge) or edge.strength == LOOSE)):
        return 0
    if edge.strength == PART and _strange(edge, habits):
        return 0
    common = _common(txn, event)
    if usual and edge.strength >= _SURE and _elsewhere(txn, event):
        return score
    if not common or not (usual or _same_controls(txn, event, slots)):
        return 0
    return score + 300 * (turnover(txn.legs) == turnover(event.legs)) + 100 * len(common) // len(event.legs)


def _copied(edge: Edge) -> bool:
    return edge.strength == STEM and is_copy(edge.txn.number, edge.event.number)


def _habits(work: Work) -> Habits:
    """What the company's integration puts before Cin7's numbers, as the documents show that agree to the cent."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    count: Counter[tuple[str, str]] = Counter()
    for key, settled in work.habits.items():
        found[key].add("")
        count[key] += settled
    for case in work.cases:
        event, txn = case.cin7[0], case.qbo[0]
        # Journals say before a number what they are for, each kind in its way; that makes none of them a stranger.
        if event.plain and txn.kind != "JournalEntry" and txn.plain.endswith(event.plain):
            found[txn.kind, event.role].add(_prefix(txn, event))
            count[txn.kind, event.role] += 1
    return {key: prefixes for key, prefixes in found.items() if count[key] >= _LEARNT}


def _prefix(txn: Doc, event: Doc) -> str:
    return txn.plain[: len(txn.plain) - len(event.plain)]


def _strange(edge: Edge, habits: Habits) -> bool:
    """Whether a document that posts otherwise only shares the end of its number: with another prefix than documents of
    its kind have, it is another document."""
    txn, event = edge.txn, edge.event
    usual = habits.get((txn.kind, event.role))
    return bool(usual) and txn.plain.endswith(event.plain) and _prefix(txn, event) not in (usual or ())


def _common(txn: Doc, event: Doc) -> list[int]:
    """The slots on which both post; none where most of what they share has opposite signs."""
    ours, theirs = dict(txn.legs), dict(event.legs)
    both = sorted(ours.keys() & theirs.keys())
    agree = sum(min(abs(ours[s]), abs(theirs[s])) * (1 if (ours[s] > 0) == (theirs[s] > 0) else -1) for s in both)
    return both if agree > 0 else []


def _elsewhere(txn: Doc, event: Doc) -> bool:
    """Whether two documents join the same money with accounts that are not compared, on other accounts each.

    A receipt, which is a sale and its payment in one, posts on other accounts than the payment anyway.
    """
    if txn.kind in _BOTH and event.role in SETTLING:
        return False
    nets = [sum(amount for _, amount in doc.legs) for doc in (txn, event)]
    apart = not {slot for slot, _ in txn.legs} & {slot for slot, _ in event.legs}
    return apart and nets[0] == nets[1] != 0 and turnover(txn.legs) == turnover(event.legs)


def _same_controls(txn: Doc, event: Doc, slots: Slots) -> bool:
    return {slots.controls[slot] for slot, _ in txn.legs} == {slots.controls[slot] for slot, _ in event.legs}
