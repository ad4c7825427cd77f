"""Which order a later invoice belongs to, where Cin7's list names only the first invoice of an order in parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from reports.reconcile.documents import Doc, Header, words
from reports.reconcile.numbers import plain
from reports.reconcile.standing import Facts

_WAITING = ("NOT SHIP", "NOT FULF", "PARTIALLY", "SHIPPING")  # Cin7 docs: CombinedShippingStatus, FulFilmentStatus
_MOST = 8  # invoices of one customer that are tried in every combination


def waits(header: Header) -> bool:
    """Whether goods of a sale have yet to leave, as its list tells; a shipment that nobody began is NOT AVAILABLE."""
    told = words(header)
    states = (told.get("ship", ""), told.get("fulfilment", ""))
    return states[0] != "SHIPPED" and any(state.startswith(_WAITING) for state in states)


def in_turn(facts: Facts, goods: Callable[[Facts, Doc], int]) -> dict[Doc, Doc]:
    """Costs that bear the number of an order in parts alone, and its invoices of `goods`, each with the other of its
    turn: the first shipment is the first invoice's. Invoices that a cost names have theirs already."""
    orders = facts.known.orders
    split = {number: header for number, header in orders.items() if _in_parts(header)}
    costs: defaultdict[str, list[Doc]] = defaultdict(list)
    named = set()
    for doc in facts.live_of("cost"):
        if doc.plain not in split:
            named.add(doc.plain)
        elif (doc.id, doc.day) not in facts.known.changes and facts.known.slots.amount(doc, "cogs") > 0:
            costs[doc.plain].append(doc)
    of_task = {split[number].id: number for number in costs}
    invoices: defaultdict[str, list[Doc]] = defaultdict(list)
    for doc in facts.live_of("invoice") if costs else ():
        number = next((number for number in (of_task.get(doc.id, ""), *doc.also) if number in costs), "")
        if number and doc.plain not in named and goods(facts, doc):
            invoices[number].append(doc)
    found: dict[Doc, Doc] = {}
    for number, docs in costs.items():
        sides = (sorted(side, key=lambda doc: (doc.day, doc.number, doc.legs)) for side in (docs, invoices[number]))
        for cost, invoice in zip(*sides, strict=False):
            found |= {cost: invoice, invoice: cost}
    return found


def _in_parts(header: Header) -> bool:
    return header.kind == "Sale" and words(header).get("type", "").startswith("ADVANCED")


@dataclass(frozen=True, slots=True)
class Split:
    """By customer: the orders in parts, and the invoices that no header names."""

    facts: Facts
    orders: Mapping[str, Sequence[Header]]
    unlisted: Mapping[str, Sequence[Doc]]

    @classmethod
    def of(cls, facts: Facts) -> Split:
        orders: defaultdict[str, list[Header]] = defaultdict(list)
        for header in facts.known.orders.values():
            if _in_parts(header):
                orders[header.name.casefold()].append(header)
        known = facts.known.orders
        unlisted: defaultdict[str, list[Doc]] = defaultdict(list)
        for doc in facts.live_of("invoice") if orders else ():
            name = doc.name.casefold()
            if name in orders and not any(number in known for number in (doc.plain, *doc.also)):
                unlisted[name].append(doc)
        return cls(facts, orders, unlisted)

    def order(self, doc: Doc) -> Header | None:
        """The order whose total lacks just this invoice and perhaps others; else the customer's only one that waits.

        A later invoice of an order is not dated before its first, whose day is what the list shows.
        """
        every = self.orders.get(doc.name.casefold(), ())
        own = [header for header in every if header.day is None or header.day <= doc.day]
        lacking = [header for header in own if self._lacks(header, doc)]
        if len(lacking) == 1:
            return lacking[0]
        some = [header for header in lacking or own if waits(header)]
        return some[0] if len(some) == 1 else None

    def _lacks(self, header: Header, doc: Doc) -> bool:
        first = self._total(header, plain(header.invoice), None)
        mine = self._total(header, doc.plain, doc)
        if header.total is None or first is None or mine is None:
            return False
        rest = header.total - first - mine
        others = [each for each in self.unlisted[doc.name.casefold()] if each is not doc][:_MOST]
        sums = [self._total(header, each.plain, each) or 0 for each in others]
        return not rest or any(sum(some) == rest for n in (1, 2) for some in combinations(sums, n))

    def _total(self, header: Header, number: str, doc: Doc | None) -> int | None:
        """An invoice's total in the order's currency: what Cin7 posts if that is base, else QuickBooks' word."""
        known = self.facts.known
        if header.currency in ("", known.currency):
            docs = [doc] if doc else [each for each in known.numbers.get(number, ()) if each.role == "invoice"]
            owed = [known.slots.amount(each, "receivables") for each in docs]
            if owed:
                return sum(owed)
        return known.foreign.get(("Invoice", number))
