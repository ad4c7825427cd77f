"""An item whose quantity QuickBooks Online tracks too, so that its invoices post a cost of sales of their own."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sync.domain.money import to_minor
from sync.sandbox.breaks import editing
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.listed import item_of, saved
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.catalogue import Good
from sync.sandbox.company import Fact
from sync.sandbox.qbo_txn import Side
from sync.sandbox.shapes import number

_MOST = 3


def _tracked(scene: Scene) -> Expected:
    """Tracking goes on just before the last invoices of a product; each then posts cost at the item's price."""
    choice = _last_invoices(scene)
    if not choice:
        raise NoSuchCase("no product whose last invoices stand alone in QBO")
    good, facts = scene.random.choice(choice)
    scene.reserve(f"sku {good.sku}", *(fact.whole for fact in facts))
    item = item_of(scene, good)
    item |= {
        "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": number(Decimal(100)),
        "InvStartDate": facts[0].day.isoformat(), "AssetAccountRef": scene.book.lists.account(good.stock),
    }  # fmt: skip
    saved(scene, item)
    found: tuple[Finding, ...] = ()
    for fact in facts:
        _post_cost(scene, good, fact)
        found += scene.findings("quantity_tracking_on", "error", [fact], scene.txns(fact)[:1], subject=good.sku,
                                only=("cogs", "inventory"))  # fmt: skip
    return Expected("quantity_tracking_on", "invoice posts cost", found)


def _post_cost(scene: Scene, good: Good, fact: Fact) -> None:
    txn, made = scene.txns(fact)[0], fact.part_of
    assert made is not None  # noqa: S101 - an invoice
    quantity = sum((row.quantity for row in made.lines if row.good is good), Decimal(0))
    cost = max(to_minor(good.cost * quantity, scene.company.currency), 1)
    cogs, stock = scene.book.lists.account(good.cogs), scene.book.lists.account(good.stock)
    txn.sides = [*txn.sides, Side(cogs, cost, text=good.name), Side(stock, -cost, text=good.name)]
    editing.show(scene, txn)


def _last_invoices(scene: Scene) -> list[tuple[Good, list[Fact]]]:
    """Products with their last one to three invoices, where each of those stands alone, in home currency."""
    posted: dict[str, list[Fact]] = defaultdict(list)
    for fact in scene.company.facts:
        if fact.part in ("invoice", "credit") and fact.part_of and id(fact) in scene.book.made:
            for own in {row.good.id for row in fact.part_of.lines if row.good and not row.good.service}:
                posted[own].append(fact)
    found = []
    for own, facts in sorted(posted.items()):
        last = sorted(facts, key=lambda fact: (fact.day, fact.at))
        first_day = last[-min(_MOST, len(last))].day
        last = [fact for fact in last if fact.day >= first_day]
        good = scene.company.goods[own]
        if f"sku {good.sku}" not in scene.taken and all(_fits(scene, fact) for fact in last):
            found.append((good, last))
    return found


def _fits(scene: Scene, fact: Fact) -> bool:
    return fact.part == "invoice" and scene.stands(fact) and scene.txns(fact)[0].currency == scene.company.currency


QUANTITY_TRACKING_ON: dict[str, Injector] = {"invoice posts cost": _tracked}
