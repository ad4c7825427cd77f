"""The third step of matching: one document here that is several there, and events that were one row too many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from reports.reconcile.documents import Doc, Legs, Pair, added, less, summed
from reports.reconcile.edges import Edge, match_named
from reports.reconcile.events import legs_of
from reports.reconcile.naming import NEAR
from reports.reconcile.roles import SETTLING, natural
from reports.reconcile.working import Case, Work
from sync.domain.accounts import Source

_MOST_ROWS = 14  # of an event whose rows are tried in every combination
_MOST_DOCS = 8  # of one number that are tried in every combination
# What may happen to one task more than once on one day, and the tasks that post once only.
_SEVERAL = frozenset({"cost", "receipt", "goods", "task", "payment", "refund", "supplier payment", "supplier refund"})
_SINGLE = frozenset({"stockadjustment", "stocktake", "inventorywriteoff", "disassembly"})


def complete(work: Work, found: Iterable[Edge]) -> None:
    """Gives pairs that do not agree the further documents of their numbers that make them agree, or takes rows away."""
    near: defaultdict[Doc, dict[Doc, None]] = defaultdict(dict)
    for edge in found:
        near[edge.txn][edge.event] = None
        near[edge.event][edge.txn] = None
    for case in list(work.cases):
        if case.difference and len(case.cin7) == len(case.qbo) == 1:
            _settle(work, case, [doc for doc in near.get(case.qbo[0], ()) if doc in work.cin7])
        if case.difference and len(case.cin7) == len(case.qbo) == 1:
            _take_apart(work, case, [doc for doc in near.get(case.cin7[0], ()) if doc in work.qbo])
        if case.difference and len(case.cin7) == len(case.qbo) == 1:
            _add(work, case, near)
    _groups(work, near)


def of_one_day(work: Work, found: Iterable[Edge]) -> None:
    """Where a transaction of another day posts just what an event does, pairs those of the event's own day that name it
    and together post that: payments of a day are one event, and one that was taken back before may be their sum."""
    rivals: set[Doc] = set()
    near: defaultdict[Doc, dict[Doc, None]] = defaultdict(dict)
    for edge in found:
        if edge.strength > NEAR and edge.event.role in _SEVERAL and edge.txn.kind in natural(edge.event.role):
            if edge.txn.day == edge.event.day:
                near[edge.event][edge.txn] = None
            elif edge.txn.legs == edge.event.legs:
                rivals.add(edge.event)
    for event in sorted(near.keys() & rivals, key=lambda doc: doc.key):
        others = sorted((txn for txn in near[event] if txn in work.qbo), key=lambda doc: doc.key)
        some = _making(others[:_MOST_DOCS], event.legs) if event in work.cin7 and len(others) > 1 else ()
        if some:
            work.put([event], [*some], "number")


def rest_of(work: Work, found: Collection[Edge]) -> None:
    """Pairs what is left of events that were taken apart with transactions that post that, exactly before nearly."""
    for edge in sorted(found, key=lambda edge: (-edge.strength, edge.event.key, edge.txn.key)):
        if edge.txn not in work.qbo or edge.strength <= NEAR:
            continue
        rest = [doc for doc in work.cin7 if doc.id == edge.event.id and doc.number == edge.event.number]
        same = [doc for doc in rest if doc.legs == edge.txn.legs]
        if same:
            work.put([same[0]], [edge.txn], "number")
            continue
        left = {piece for _, piece in work.parts.values()}
        for doc in rest:
            rows = _rows_making(doc.pairs, edge.txn.legs) if doc in left else None
            if rows:
                kept, further = _parts(doc, rows)
                work.divide(doc, kept, further)
                work.put([kept], [edge.txn], "number")
                break
    match_named(work, list(_of_rests(work, found)))


def _of_rests(work: Work, found: Iterable[Edge]) -> Iterator[Edge]:
    """What names an event that was taken apart names what is left of it."""
    left = {piece for _, piece in work.parts.values()} & work.cin7.keys()
    for edge in found if left else ():
        if edge.txn in work.qbo and edge.strength > NEAR:
            event = (edge.event.id, edge.event.number, edge.event.day)
            yield from (edge._replace(event=doc) for doc in left if (doc.id, doc.number, doc.day) == event)


def _settle(work: Work, case: Case, others: Sequence[Doc]) -> None:
    """A receipt is an invoice and its payment in one, whatever it comes to: it leaves nothing owed."""
    event, txn = case.cin7[0], case.qbo[0]
    both = [doc for doc in others if doc.role in SETTLING and txn.kind in natural(doc.role)]
    if not both or txn.kind not in natural(event.role):
        return
    theirs = {slot for slot, _ in txn.legs}
    for some in (both, *([doc] for doc in both)):
        paid = dict(summed(some))
        owed = [slot for slot, amount in event.legs if slot not in theirs and paid.get(slot) == -amount]
        if owed and not paid.keys() - {slot for slot, _ in event.legs}:
            work.join(case, *some)
            return


def _add(work: Work, case: Case, near: dict[Doc, dict[Doc, None]]) -> None:
    """Further open documents named by the same number, of either side, that make up the whole difference."""
    event, txn = case.cin7[0], case.qbo[0]
    txns = [doc for doc in near.get(event, ()) if doc in work.qbo]
    events = [doc for doc in near.get(txn, ()) if doc in work.cin7]
    for docs in (txns, events):
        wanted = case.difference if docs is txns else less((), case.difference)
        some = _likely(docs, txn.kind, txn.day, wanted) or _making(docs[:_MOST_DOCS], wanted)
        if some:
            work.join(case, *some)
            return


def _likely(docs: Sequence[Doc], kind: str, day: date, wanted: Legs) -> tuple[Doc, ...]:
    """All events of the day that such a transaction usually is, be they many, where they post exactly `wanted`."""
    usual = [doc for doc in docs if doc.side is Source.CIN7 and kind in natural(doc.role)]
    for some in (usual, [doc for doc in usual if doc.day == day]):
        if some and summed(some) == wanted:
            return tuple(some)
    return ()


def _making(docs: Sequence[Doc], wanted: Legs) -> tuple[Doc, ...]:
    """The fewest of these documents that together post exactly `wanted`."""
    for count in range(1, len(docs) + 1):
        for some in combinations(docs, count):
            if summed(some) == wanted:
                return some
    return ()


def _take_apart(work: Work, case: Case, others: Sequence[Doc]) -> None:
    """An event holds more rows than its transaction posts: those that it does post are its document, the rest another.

    Two things that happened to one task on one day (work begun and finished, cost and its change) look like one. Where
    another transaction of the number (`others`) posts some of the rows exactly, those are that one's.
    """
    event, txn = case.cin7[0], case.qbo[0]
    if event.role not in _SEVERAL or event.kind.strip().lower() in _SINGLE:
        return
    for each in (txn, *others):
        rows = _rows_making(event.pairs, each.legs)
        kept, left = _parts(event, rows) if rows else (event, event)
        if not rows or not left.legs:
            continue
        if each is txn:
            work.split(case, event, kept, left)
        else:
            work.split(case, event, left, kept)
            work.put([kept], [each], case.how, case.confidence)
        return


def _parts(event: Doc, rows: tuple[Pair, ...]) -> tuple[Doc, Doc]:
    """The event with these rows, and with the rest of its rows."""
    rest = list(event.pairs)
    for row in rows:
        rest.remove(row)
    kept = replace(event, pairs=rows, legs=legs_of(rows), rows=len(rows))
    return kept, replace(event, pairs=tuple(rest), legs=legs_of(rest), rows=len(rest))


def _rows_making(rows: Sequence[Pair], wanted: Legs) -> tuple[Pair, ...] | None:
    if not 1 < len(rows) <= _MOST_ROWS:
        return None
    slots = {slot for slot, _ in wanted}
    fitting = [row for row in rows if {row[0], row[1]} - {-1} <= slots]
    for count in range(1, min(len(fitting), len(rows) - 1) + 1):
        for some in combinations(fitting, count):
            if added(leg for debit, credit, amount in some for leg in ((debit, amount), (credit, -amount))) == wanted:
                return some
    return None


def _groups(work: Work, near: dict[Doc, dict[Doc, None]]) -> None:
    """Transactions that are the sum of the open events they name (a payment of several invoices), or the reverse."""
    for doc in [*work.qbo, *work.cin7]:
        ours, theirs = (work.qbo, work.cin7) if doc.side is Source.QBO else (work.cin7, work.qbo)
        others = [other for other in near.get(doc, ()) if other in theirs]
        if doc not in ours or len(others) < 2:
            continue
        some = _likely(others, doc.kind, doc.day, doc.legs) or _making(others[:_MOST_DOCS], doc.legs)
        if some:
            sides = ([*some], [doc]) if doc.side is Source.QBO else ([doc], [*some])
            work.put(*sides, "number")
