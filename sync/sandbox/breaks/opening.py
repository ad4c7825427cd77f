"""Opening balances that were never agreed: the gap from before every period."""

from __future__ import annotations

from sync.sandbox.breaks import editing
from sync.sandbox.breaks.controls import has_balance
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene, event_of


def _stock(scene: Scene) -> Expected:
    """The opening stock of one place stands in QBO with another value; later periods open with the gap."""
    company = scene.company
    choice = [
        fact for fact in company.facts
        if fact.part == "adjustment" and fact.day == company.opening and scene.stands(fact)
    ]  # fmt: skip
    if not choice:
        raise NoSuchCase("no opening stock left that agrees")
    fact = scene.pick([scene.random.choice(choice)], "opening stock")
    first, *rest = fact.pairs
    gap = scene.money(30, 400)
    editing.rejournalled(scene, fact, [first._replace(amount=first.amount + gap), *rest])
    then = scene.findings("amount_differs", "error", [fact], scene.txns(fact))
    later = tuple(
        Finding("opening_difference", "policy", each.control, f"opening {event_of(fact)}", str(each.control),
                money=False, size=each.amount(), on=company.today)
        for each in then if each.control and has_balance(each.control)
    )  # fmt: skip
    return Expected("opening_difference", "opening stock", (*later, *then))


OPENING_DIFFERENCE: dict[str, Injector] = {"opening stock": _stock}
