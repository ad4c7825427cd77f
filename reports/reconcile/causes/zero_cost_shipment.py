"""Stock was shipped at no cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reports.reconcile.findings import Cin7Document, Finding
from reports.reconcile.numbers import plain
from reports.reconcile.standing import Facts, Moved


def find(facts: Facts) -> Iterator[Finding]:
    """**zero_cost_shipment**: goods left before they had any cost, so the sale shows a margin of 100%.

    How seen: the movements of the shipment, or else the lines of its sale, have no cost, and no later change has given
    them one.
    Remedy: authorise the purchase, and Cin7 restates the cost; a manual journal would count it twice.
    When it is wrong: the goods are free samples or consigned.
    """
    shipped: defaultdict[tuple[str, str], list[Moved]] = defaultdict(list)
    for each in facts.state.moved:
        if each.kind.startswith("Sale") and each.day <= facts.end:
            shipped[each.task, each.sku].append(each)
    tasks: dict[str, Moved] = {}
    for (task, _), moves in sorted(shipped.items()):
        first = min(moves, key=lambda move: (move.day, move.kind))
        if first.quantity and first.day in facts.books.period and not sum(move.cost for move in moves):
            tasks.setdefault(task, first)
    costly = {each.number for each in facts.state.moved if each.kind.startswith("Sale") and each.cost}
    for move in tasks.values():
        task, number = facts.sale_document(move)
        if move.number not in costly and _posted(facts, move, number):
            continue  # the ledger has its cost: here movements tell no cost at all
        yield facts.finding(
            "zero_cost_shipment",
            "cogs",
            number,
            f"The shipment of {number} on {move.day} has no cost ({move.sku}). It may also be the parent of a kit,"
            " whose cost stands with its components.",
            "Authorise the purchase of these goods in Cin7; it then restates the cost. No manual journal.",
            cin7=[Cin7Document(task, number, "Sale", move.day, 0)],
        )


def _posted(facts: Facts, move: Moved, number: str) -> bool:
    docs = [doc for each in (number, move.number) for doc in facts.known.numbers.get(plain(each), ())]
    return any(doc.role == "cost" and facts.known.slots.amount(doc, "cogs") for doc in docs)
