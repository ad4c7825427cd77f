"""Makes documents of ledger rows: one for each event of a Cin7 task, one for each QuickBooks transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from reports.reconcile.documents import ELSEWHERE, Doc, Legs, Pair, Slots, added
from reports.reconcile.numbers import plain
from reports.reconcile.roles import ATTACHED, PARTS, Ways, attach, role
from sync.domain.accounts import Source

_TAIL = " - "


class Cin7Row(NamedTuple):
    """A row of Cin7's ledger as the account that it debits, the one that it credits, and minor units above zero."""

    document: str
    kind: str
    reference: str
    text: str
    name: str
    day: date
    debit: str
    credit: str
    amount: int


class QboRow(NamedTuple):
    """What a QuickBooks transaction posts on one account, debit positive."""

    document: str
    kind: str
    number: str
    name: str
    memo: str
    day: date
    account: str
    amount: int


# TaskID, Type, number, day and part
_Key: TypeAlias = tuple[str, str, str, date, str]
# The order of Doc.key among documents of one side.
_ORDER = attrgetter("id", "number", "day", "role", "legs")


@dataclass(slots=True)
class _Event:
    row: Cin7Row
    pairs: list[Pair]
    touches: bool


def own_number(reference: str, text: str) -> tuple[str, str]:
    """(own number, number beside it) of a ledger row.

    A sale's reference names the invoice and its credit notes, "INV-00004/CR-00002"; its text ends with the one that
    is meant. A purchase's text ends with the order, its reference is the bill (Cin7 docs: /transactions).
    """
    tail = text.rpartition(_TAIL)[2].strip() if _TAIL in text else ""
    if not tail or tail == reference:
        return reference or tail, ""
    if tail in reference.split("/"):
        return tail, ""
    return (reference, tail) if reference else (tail, "")


def _one_of(reference: str, part: str, also: Collection[str], debited: bool) -> str:
    """Of "INV-00004/CR-00002" the number that is meant where the text names neither, by what the row posts.

    Only of what the lists know as an invoice; other numbers may have a slash of their own.
    """
    first, _, last = reference.partition("/")
    if plain(reference) in also or plain(first) not in also:
        return reference
    credited = debited if part == "settling" else not debited
    return last if credited else first


def cin7_documents(
    rows: Iterable[Cin7Row], slots: Slots, ways: Ways, also: Mapping[str, tuple[str, ...]]
) -> tuple[list[Doc], list[Doc]]:
    """(events, events that come to nothing) of Cin7's ledger, in a fixed order.

    Rows of one TaskID, number, day and role are one event; those on no compared account are left out. `also`: TaskID
    or number in plain form -> further numbers of it.
    """
    events: dict[_Key, _Event] = {}
    numbers: dict[tuple[str, str], tuple[str, str]] = {}
    parts: dict[tuple[str, str, str], tuple[str, int, int, bool, bool]] = {}
    for row in rows:
        told = numbers.get((row.reference, row.text))
        if told is None:
            told = numbers[row.reference, row.text] = own_number(row.reference, row.text)
        way = parts.get((row.kind, row.debit, row.credit))
        if way is None:
            part, debited = ways.part(row.kind, row.debit, row.credit)
            debit, credit = slots.of(Source.CIN7, row.debit), slots.of(Source.CIN7, row.credit)
            way = parts[row.kind, row.debit, row.credit] = (part, debit, credit, debit >= 0 or credit >= 0, debited)
        part, debit, credit, touches, debited = way
        number = told[0]
        if "/" in number:
            number = _one_of(number, part, also, debited)
        key = (row.document, row.kind, number, row.day, part)
        event = events.get(key)
        if event is None:
            events[key] = _Event(row, [(debit, credit, row.amount)], touches)
        else:
            event.pairs.append((debit, credit, row.amount))
            event.touches = event.touches or touches
    _attach(events)
    live: list[Doc] = []
    gone: list[Doc] = []
    made = _Making(slots, {told: beside for told, (_, beside) in numbers.items() if beside}, also)
    while events:  # the rows of each go as its document comes
        key, event = events.popitem()
        if event.touches:
            doc = made.document(key, event)
            (live if doc.legs else gone).append(doc)
    return sorted(live, key=_ORDER), sorted(gone, key=_ORDER)


def _attach(events: dict[_Key, _Event]) -> None:
    """Puts the rows that belong to another part of their document there."""
    for key in [key for key in events if key[-1] == ATTACHED]:
        rest = events.pop(key)
        beside = [part for part in PARTS if (*key[:-1], part) in events]
        own = (*key[:-1], attach(ATTACHED, beside))
        event = events.setdefault(own, rest)
        if event is not rest:
            event.pairs += rest.pairs
            event.touches = event.touches or rest.touches


@dataclass(slots=True)
class _Making:
    """What documents are made with; what is told of one number or kind is told once."""

    slots: Slots
    beside: Mapping[tuple[str, str], str]
    also: Mapping[str, tuple[str, ...]]
    plains: dict[str, str] = field(default_factory=dict)
    further: dict[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)
    roles: dict[tuple[str, str, int], str] = field(default_factory=dict)
    own_slots: dict[str, frozenset[int]] = field(default_factory=dict)

    def document(self, key: _Key, event: _Event) -> Doc:
        id_, kind, number, day, part = key
        row, pairs = event.row, tuple(sorted(event.pairs))
        legs = legs_of(pairs)
        own = self.plains.get(number)
        if own is None:
            own = self.plains[number] = plain(number)
        beside = self.beside.get((row.reference, row.text)) if self.beside else None
        return Doc(
            side=Source.CIN7,
            id=id_,
            kind=kind,
            number=number,
            day=day,
            role=self._role(kind, part, legs),
            legs=legs,
            rows=len(pairs),
            name=row.name,
            texts=(row.text,),
            also=self._further(own, self.also.get(id_, ()), self.also.get(own, ())),
            near=(plain(beside),) if beside else (),
            plain=own,
            pairs=pairs,
        )

    def _role(self, kind: str, part: str, legs: Legs) -> str:
        own = self.own_slots.get(kind)
        if own is None:
            control = "receivables" if kind.strip().lower() == "sale" else "payables"
            own = frozenset(slot for slot, name in enumerate(self.slots.controls) if name == control)
            self.own_slots[kind] = own
        net = 0
        for slot, amount in legs:
            if slot in own:
                net += amount
        sign = (net > 0) - (net < 0)
        found = self.roles.get((kind, part, sign))
        if found is None:
            found = self.roles[kind, part, sign] = role(kind, part, sign)
        return found

    def _further(self, own: str, *told: tuple[str, ...]) -> tuple[str, ...]:
        if not any(told):
            return ()
        found = self.further.get((own, *told))  # type: ignore[arg-type]
        if found is None:
            others = {plain(other) for some in told for other in some if other}
            found = self.further[own, *told] = tuple(sorted(others - {own}))  # type: ignore[index]
        return found


def legs_of(pairs: Sequence[Pair]) -> Legs:
    """What ledger rows post, slot by slot."""
    if len(pairs) == 1 and pairs[0][0] != pairs[0][1] and pairs[0][2]:  # as nearly all events have
        debit, credit, amount = pairs[0]
        both = ((debit, amount), (credit, -amount)) if debit < credit else ((credit, -amount), (debit, amount))
        return both if both[0][0] != ELSEWHERE else both[1:]
    legs: list[tuple[int, int]] = []
    for debit, credit, amount in pairs:
        legs += ((debit, amount), (credit, -amount))
    return added(legs)


def qbo_documents(rows: Iterable[QboRow], slots: Slots) -> tuple[list[Doc], list[Doc]]:
    """(transactions that post on a compared account, those that do not), in a fixed order."""
    groups: defaultdict[tuple[str, str], list[QboRow]] = defaultdict(list)
    for row in rows:
        groups[row.kind, row.document].append(row)
    heard: list[Doc] = []
    quiet: list[Doc] = []
    while groups:  # the rows of each go as its document comes
        (kind, id_), own = groups.popitem()
        doc = _transaction(kind, id_, own, slots)
        (heard if doc.legs else quiet).append(doc)
    return sorted(heard, key=_ORDER), sorted(quiet, key=_ORDER)


def _transaction(kind: str, id_: str, own: list[QboRow], slots: Slots) -> Doc:
    first = min(own)
    nets: dict[tuple[str, str, str], int] = {}
    for row in own:
        key = (row.account, row.memo, row.name)
        nets[key] = nets.get(key, 0) + row.amount
    place = slots.qbo.get
    return Doc(
        side=Source.QBO,
        id=id_,
        kind=kind,
        number=first.number,
        day=first.day,
        role=kind,
        legs=added([(place(account, ELSEWHERE), amount) for (account, _, _), amount in nets.items()]),
        rows=len(own),
        name=max([row.name for row in own]),
        texts=tuple(sorted({memo for _, memo, _ in nets if memo})),
        plain=plain(first.number),
        gross=sum([amount for amount in nets.values() if amount > 0]),
    )
