"""Sales that a supplier delivers: their goods come by the purchase that Cin7 links to them, their cost by its bill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from reports.reconcile.documents import Doc, Header
from reports.reconcile.numbers import plain
from reports.reconcile.standing import Facts

# Cin7 id of a sale -> bills with cost of goods sold of each purchase that delivers it; none where none came yet
Delivered = Mapping[str, Sequence[Sequence[Doc]]]


def delivered(facts: Facts) -> Delivered:
    """The purchases that go from the supplier to the customer of a sale (Cin7 docs: DropShipTaskID), by their bills."""
    purchases = [(header, sale) for header in facts.known.cin7_headers.values() for sale in _sales(header)]
    if not purchases:
        return {}
    bills: defaultdict[str, list[Doc]] = defaultdict(list)
    for doc in facts.live_of("bill"):
        if facts.known.slots.amount(doc, "cogs") > 0:
            for order in {doc.plain, *doc.near}:
                bills[order].append(doc)
    found: defaultdict[str, list[Sequence[Doc]]] = defaultdict(list)
    for header, sale in purchases:
        found[sale].append(bills[plain(header.number)])
    return found


def _sales(header: Header) -> tuple[str, ...]:
    if header.kind != "Purchase" or header.voided:
        return ()
    return tuple(id_ for kind, id_ in header.links if kind == "Sale")
