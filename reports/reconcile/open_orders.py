"""Sales that were invoiced or shipped but not both, purchases that were billed or received but not both, at a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, combinations

from reports.reconcile.documents import Doc, Header, words
from reports.reconcile.drop_ship import delivered
from reports.reconcile.numbers import plain
from reports.reconcile.order_parts import Split, in_turn, waits
from reports.reconcile.standing import Facts, Moved

_MOST = 12  # receipts of one order that are tried in every combination
_USUAL = 14  # days, where the company's own past tells nothing
_ENOUGH = 5  # cases that make a habit


@dataclass(frozen=True, slots=True)
class Open:
    """One document whose other half is not there yet, what is at stake, and the day by which it should be."""

    doc: Doc | None
    at_stake: int
    clears: date
    move: Moved | None = None


def unshipped(facts: Facts) -> Iterator[Open]:
    """Invoices of goods up to the period's end whose shipment's cost is not posted by then; where a supplier delivers,
    his bill's."""
    lag, split, turns, others = _lag(facts), Split.of(facts), in_turn(facts, _goods), delivered(facts)
    shipped = {doc.plain for doc in _upto(facts, "cost") if _cogs(facts, doc) > 0}
    for doc in _upto(facts, "invoice"):
        if doc.plain in shipped:
            continue
        header = _header(facts, doc) or split.order(doc)
        theirs = others.get(header.id, ()) if header else ()
        costs = [*_same(facts, doc, "cost"), *filter(None, [turns.get(doc)]), *chain(*theirs)]
        if any(cost.day <= facts.end and _cogs(facts, cost) > 0 for cost in costs):
            continue
        later = any(_cogs(facts, cost) > 0 for cost in costs)
        waiting = header is not None and (waits(header) or not all(theirs))
        goods = _goods(facts, doc)
        if (later or waiting) and goods and not (header and words(header).get("type", "").startswith("SERVICE")):
            yield Open(doc, goods, doc.day + timedelta(days=lag))


def uninvoiced(facts: Facts) -> Iterator[Open]:
    """Shipments up to the period's end, with all their cost by then, whose invoice is not authorised by then."""
    lag, turns, told = _lag(facts), in_turn(facts, _goods), set()
    invoiced = {doc.plain for doc in _upto(facts, "invoice")}
    for doc in _upto(facts, "cost"):
        if doc.plain in invoiced or _cogs(facts, doc) <= 0 or (doc.id, doc.number) in told:
            continue
        invoices = [*_same(facts, doc, "invoice"), *filter(None, [turns.get(doc)])]
        if any(other.day <= facts.end for other in invoices):
            continue
        told.add((doc.id, doc.number))
        same = [other for other in _upto(facts, "cost") if (other.id, other.number) == (doc.id, doc.number)]
        same = [other for other in same if other not in turns or turns[other].day > facts.end]
        first, *further = [other for other in same if not _changed(facts, other)] or same[:1]
        rest = sum(_cogs(facts, other) for other in further)
        # What changed is the first one's, as nothing tells whose it is; a further shipment is one of its own.
        yield Open(first, sum(_cogs(facts, other) for other in same) - rest, first.day + timedelta(days=lag))
        for other in further:
            if _cogs(facts, other) > 0:
                yield Open(other, _cogs(facts, other), other.day + timedelta(days=lag))


def unbilled(facts: Facts) -> Iterator[Open]:
    """Receipts up to the period's end that no bill has met by then."""
    lag = _purchase_lag(facts)
    for order, left in _purchases(facts):
        if left > 0:
            yield from _receipts(facts, order, left, lag)


def unreceived(facts: Facts) -> Iterator[Open]:
    """Bills up to the period's end for goods that had not come by then."""
    lag = _purchase_lag(facts)
    for order, left in _purchases(facts):
        bills = [doc for doc in _upto(facts, "bill") if order in doc.near]
        if left < 0 and bills:
            yield Open(bills[0], -left, bills[0].day + lag)


def _upto(facts: Facts, role: str) -> list[Doc]:
    end = facts.end
    return [doc for doc in facts.live_of(role) if doc.day <= end]


def _same(facts: Facts, doc: Doc, role: str) -> list[Doc]:
    """Events of the same sale by number; of an order in parts only those of this part."""
    number = doc.plain
    own = [other for other in facts.known.numbers.get(number, ()) if other.role == role and other in facts.live]
    header = _header(facts, doc)
    if header is not None and words(header).get("type", "").startswith("ADVANCED"):
        return [other for other in own if other.plain == number]
    return own


def _cogs(facts: Facts, doc: Doc) -> int:
    return facts.known.slots.amount(doc, "cogs")


def _header(facts: Facts, doc: Doc) -> Header | None:
    numbers = (doc.plain, *doc.also)
    return next((facts.known.orders[number] for number in numbers if number in facts.known.orders), None)


def _goods(facts: Facts, doc: Doc) -> int:
    """The net sales of goods on an invoice: without shipping and services, where accounts or lines tell them apart."""
    txns = facts.partners.get(doc, ())
    if len(txns) == 1 and txns[0].id in facts.state.goods and _revenue(facts, txns[0]) == _revenue(facts, doc):
        return facts.state.goods[txns[0].id]
    return -sum(amount for slot, amount in doc.legs if slot in facts.goods)


def _changed(facts: Facts, cost: Doc) -> bool:
    return any((word, cost.day) in facts.known.changes for word in (cost.id, cost.number, *cost.also))


def _revenue(facts: Facts, doc: Doc) -> int:
    return facts.known.slots.amount(doc, "revenue")


def _lag(facts: Facts) -> int:
    """Days within which nineteen of twenty sales of the company have both halves."""
    first: dict[str, date] = {}
    for doc in facts.live_of("cost"):
        first[doc.plain] = min(doc.day, first.get(doc.plain, doc.day))
    told = (abs((first[doc.plain] - doc.day).days) for doc in facts.live_of("invoice") if doc.plain in first)
    return usual(told, facts.ledgers.aside.lags)


def usual(days: Iterable[int], settled: Mapping[int, int] | None = None) -> int:
    """The days that nineteen of twenty of these cases took, at least one; two weeks where they are too few.

    `settled`: days -> how many more took them.
    """
    told = Counter(days)
    told.update(settled)
    place = told.total() * 19 // 20
    for taken in sorted(told) if told.total() >= _ENOUGH else ():
        place -= told[taken]
        if place < 0:
            return max(1, taken)
    return _USUAL


def _purchase_lag(facts: Facts) -> timedelta:
    """The time within which nineteen of twenty purchases of the company have both halves."""
    first: dict[tuple[str, str], date] = {}
    for doc in facts.live_of("receipt", "bill"):
        for order in {doc.plain, *doc.near} & facts.known.orders.keys():
            first[doc.role, order] = min(doc.day, first.get((doc.role, order), doc.day))
    for move in facts.state.moved:
        if move.kind.endswith("Purchase") and (order := plain(move.number)) in facts.known.orders:
            first["receipt", order] = min(move.day, first.get(("receipt", order), move.day))
    both = [order for role, order in first if role == "bill" and ("receipt", order) in first]
    return timedelta(days=usual(abs((first["bill", order] - first["receipt", order]).days) for order in both))


def _purchases(facts: Facts) -> list[tuple[str, int]]:
    """(order, what came of it less what was billed of it, at cost) at the period's end, where that is not settled.

    With accrual the ledger tells it; without, what the movements brought stands against what bills put on stock.
    """
    sums: defaultdict[str, int] = defaultdict(int)
    slots, control = facts.known.slots, facts.accrual
    for doc in facts.live_of("receipt", "bill", "supplier credit", "goods"):
        if doc.day <= facts.end and doc.kind.strip().lower() == "purchase":
            for order in {doc.plain, *doc.near} & facts.known.orders.keys():
                if facts.accrued and doc.role in ("receipt", "bill", "supplier credit"):
                    sums[order] -= sum(amount for slot, amount in doc.legs if slot in facts.accrued)
                elif control == "inventory" and doc.role in ("bill", "supplier credit", "goods", "receipt"):
                    sums[order] -= slots.amount(doc, control)
    if control == "inventory":
        for move in facts.state.moved:
            if ("Purchase" in move.kind or "Unstock" in move.kind) and move.day <= facts.end:
                sums[_order_of(facts, move)] += move.cost
    end = facts.end
    after = (doc for doc in facts.live if doc.day > end) if any(sums.values()) else ()
    later = {number for doc in after for number in (doc.plain, *doc.near)}
    later.update(plain(move.number) for move in facts.state.moved if move.day > facts.end)
    return [(order, left) for order, left in sorted(sums.items()) if left and _is_open(facts, order, later)]


def _order_of(facts: Facts, move: Moved) -> str:
    """The purchase that a movement belongs to; goods that went back go by the number of their credit note."""
    number = plain(move.number)
    if number in facts.known.orders:
        return number
    near = [order for doc in facts.known.numbers.get(number, ()) for order in doc.near]
    return next((order for order in near if order in facts.known.orders), number)


def _is_open(facts: Facts, order: str, later: Collection[str]) -> bool:
    """Whether the two halves of a purchase are apart: by what came later, or by what its header says now."""
    header = facts.known.orders.get(order)
    if header is None or header.voided:
        return False
    told = words(header)
    if told.get("received", "").startswith("NOT AVAIL"):
        return False
    whole = told.get("received", "").startswith("FULLY") and told.get("invoice", "").startswith("INVOICED")
    return not whole or order in later


def _receipts(facts: Facts, order: str, left: int, lag: timedelta) -> Iterator[Open]:
    """The receipts that together are what is left; none where no bill can have met just the others."""
    if facts.accrual == "accrued_purchases":
        docs = sorted((doc for doc in _upto(facts, "receipt") if doc.plain == order), key=lambda doc: doc.day)
        costs = [-sum(amount for slot, amount in doc.legs if slot in facts.accrued) for doc in docs]
        for n in _making(costs, left):
            yield Open(docs[n], costs[n], docs[n].day + lag)
        return
    moves: defaultdict[str, list[Moved]] = defaultdict(list)
    for move in facts.state.moved:
        if plain(move.number) == order and move.kind.endswith("Purchase") and move.day <= facts.end:
            moves[move.task].append(move)
    tasks = sorted(moves, key=lambda task: (moves[task][0].day, task))
    costs = [sum(move.cost for move in moves[task]) for task in tasks]
    for n in _making(costs, left):
        first = moves[tasks[n]][0]
        yield Open(None, costs[n], first.day + lag, first)


def _making(amounts: Sequence[int], wanted: int) -> tuple[int, ...]:
    places = range(min(len(amounts), _MOST))
    for count in range(1, len(places) + 1):
        for some in combinations(reversed(places), count):
            if sum(amounts[n] for n in some) == wanted:
                return tuple(sorted(some))
    return ()
