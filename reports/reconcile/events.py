"""Makes documents of ledger rows: one for each event of a Cin7 task, one for each QuickBooks transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from reports.reconcile.documents import ELSEWHERE, Doc, Pair, Slots, added
from reports.reconcile.numbers import plain
from reports.reconcile.roles import Ways, attach, role
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


@dataclass(slots=True)
class _Event:
    row: Cin7Row
    number: str
    pairs: list[Pair] = field(default_factory=list)
    touches: bool = False


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
    groups: dict[tuple[str, str, str, date], dict[str, _Event]] = defaultdict(dict)
    numbers: dict[tuple[str, str], tuple[str, str]] = {}
    parts: dict[tuple[str, str, str], tuple[str, int, int, bool]] = {}
    debited: dict[tuple[str, str, str], bool] = {}
    for row in rows:
        told = numbers.get((row.reference, row.text))
        if told is None:
            told = numbers[row.reference, row.text] = own_number(row.reference, row.text)
        way = parts.get((row.kind, row.debit, row.credit))
        if way is None:
            part, debited[row.kind, row.debit, row.credit] = ways.part(row.kind, row.debit, row.credit)
            debit, credit = slots.of(Source.CIN7, row.debit), slots.of(Source.CIN7, row.credit)
            way = parts[row.kind, row.debit, row.credit] = (part, debit, credit, debit >= 0 or credit >= 0)
        part, debit, credit, touches = way
        number = told[0]
        if "/" in number:
            number = _one_of(number, part, also, debited[row.kind, row.debit, row.credit])
        events = groups[row.document, row.kind, number, row.day]
        event = events.get(part)
        if event is None:
            event = events[part] = _Event(row, number)
        event.pairs.append((debit, credit, row.amount))
        event.touches = event.touches or touches
    live: list[Doc] = []
    gone: list[Doc] = []
    while groups:
        _, events = groups.popitem()
        for part, event in _attached(events).items():
            if event.touches:
                doc = _document(part, event, slots, numbers, also)
                (live if doc.legs else gone).append(doc)
    return sorted(live, key=lambda doc: doc.key), sorted(gone, key=lambda doc: doc.key)


def _attached(events: dict[str, _Event]) -> dict[str, _Event]:
    if "attached" not in events:
        return events
    rest = events.pop("attached")
    part = attach("attached", events)
    if part in events:
        events[part].pairs += rest.pairs
        events[part].touches = events[part].touches or rest.touches
    else:
        events[part] = rest
    return events


def _document(
    part: str,
    event: _Event,
    slots: Slots,
    numbers: Mapping[tuple[str, str], tuple[str, str]],
    also: Mapping[str, tuple[str, ...]],
) -> Doc:
    row = event.row
    pairs = tuple(sorted(event.pairs))
    legs = legs_of(pairs)
    control = "receivables" if row.kind.strip().lower() == "sale" else "payables"
    net = sum(amount for slot, amount in legs if slots.controls[slot] == control)
    beside = numbers[row.reference, row.text][1]
    own = plain(event.number)
    others = (*also.get(row.document, ()), *also.get(own, ()))
    return Doc(
        side=Source.CIN7,
        id=row.document,
        kind=row.kind,
        number=event.number,
        day=row.day,
        role=role(row.kind, part, net),
        legs=legs,
        rows=len(pairs),
        name=row.name,
        texts=(row.text,),
        also=tuple(sorted({plain(other) for other in others if other} - {own})) if others else (),
        near=(plain(beside),) if beside else (),
        plain=own,
        pairs=pairs,
    )


def legs_of(pairs: Iterable[Pair]) -> tuple[tuple[int, int], ...]:
    """What ledger rows post, slot by slot."""
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
    return sorted(heard, key=lambda doc: doc.key), sorted(quiet, key=lambda doc: doc.key)


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
