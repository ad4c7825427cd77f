"""Faults of the product map, and what stock can look like: unmapped, twice, illegal names, negative, without cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sync.sandbox.breaks import editing
from sync.sandbox.breaks.expected import Cin7Doc, Expected, Finding
from sync.sandbox.breaks.listed import add_item, item_of, product_changed
from sync.sandbox.breaks.listed import saved as saved_item
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene, event_of, own_number
from sync.sandbox.catalogue import Good
from sync.sandbox.company import Fact
from sync.sandbox.records import Fulfilment, Sale
from sync.sandbox.stock_flow import Layer, Lot

_LATELY = timedelta(days=45)


def sold(scene: Scene) -> list[tuple[Good, Fact]]:
    """Products that were invoiced lately, each with such an invoice, in random order."""
    since, found = scene.world.today - _LATELY, {}
    for fact in scene.company.facts:
        if fact.part == "invoice" and not fact.voided and fact.pairs and fact.day > since and fact.part_of:
            for row in fact.part_of.lines:
                if row.good and not row.good.service and f"sku {row.good.sku}" not in scene.taken:
                    found[row.good.id] = (row.good, fact)
    goods = list(found.values())
    scene.random.shuffle(goods)
    return goods


def _fault(cause: str, scene: Scene) -> tuple[Good, Expected]:
    goods = sold(scene)
    if not goods:
        raise NoSuchCase("no product that was sold lately")
    good, fact = goods[0]
    scene.reserve(f"sku {good.sku}")
    found = Finding(cause, "error", None, f"{cause} {good.sku}", good.sku, money=False, on=fact.day)
    return good, Expected(cause, "product", (found,))


def _unmapped(scene: Scene) -> Expected:
    """The QBO item was renamed and lost its SKU."""
    good, expected = _fault("unmapped_product", scene)
    item = item_of(scene, good)
    name = f"Old stock no. {item['Id']}"
    item.pop("Sku")
    item |= {"Name": name, "FullyQualifiedName": name, "Description": name}
    saved_item(scene, item)
    return expected


def _twice(scene: Scene) -> Expected:
    """A second QBO item with the same SKU."""
    good, expected = _fault("duplicate_product", scene)
    name = f"{good.name} (new)"
    add_item(scene, item_of(scene, good), Name=name, FullyQualifiedName=name)
    return expected


def _illegal(scene: Scene) -> Expected:
    """A name that QBO refuses."""
    good, expected = _fault("illegal_name", scene)
    name = scene.random.choice((f"Sale: {good.name}", f"{good.name} 20\\30", f"{good.name} " + "extra long " * 10))
    product_changed(scene, good, Name=name)
    return expected


def _negative(scene: Scene) -> Expected:
    """Goods were booked out of a place that had none, while they left from another: value in all is unchanged."""
    stock, places = scene.company.stock, scene.company.catalogue.places
    choice = [
        (good, layer, place, other.name)
        for good in scene.company.catalogue.goods if f"sku {good.sku}" not in scene.taken
        for place in (places[0].name,) for layer in stock.layers.get((good.id, place), ())
        for other in places[1:] if not stock.on_hand(good.id, other.name)
    ]  # fmt: skip
    if not choice:
        raise NoSuchCase("no product that lies in one place and not in another")
    good, layer, place, other = scene.random.choice(choice)
    scene.reserve(f"sku {good.sku}")
    quantity = good.step
    cost = max(int((layer.cost * quantity / layer.quantity).to_integral_value()), 1)
    for where, way in ((place, 1), (other, -1)):
        lot = Lot(good.id, where, way * quantity, way * cost, good.stock)
        made = Layer(lot, way * quantity, way * cost, scene.world.today, card=scene.company.new_id())
        stock.put(made, good.id, where)
    found = Finding("negative_stock", "error", "inventory", f"negative {good.sku} {other}", f"{good.sku} @ {other}",
                    money=False, on=scene.world.today)  # fmt: skip
    return Expected("negative_stock", "wrong place", (found,))


def _no_cost(scene: Scene) -> Expected:
    """A shipment went out before its goods had a cost: nothing posts on either side."""

    def whole(fact: Fact) -> bool:
        sale, shipment = fact.source, _shipment(fact)
        assert isinstance(sale, Sale)  # noqa: S101 - cost is a sale's
        layers = scene.company.stock.layers
        return not sale.credits and not shipment.late and all(
            layers.get((good.id, shipment.place.name)) for good, _ in shipment.picked
        )  # fmt: skip

    fact = scene.pick(scene.facts("cost", test=whole), "shipment whose goods still lie there")
    shipment = _shipment(fact)
    for n, (good, taken) in enumerate(shipment.picked):
        scene.company.stock.layers[good.id, shipment.place.name][-1].cost += taken.cost
        shipment.picked[n] = (good, replace(taken, cost=0))
    for move in scene.company.movements[shipment.task]:
        move.cost = 0
        scene.company.moved_products.add(move.product)
    editing.forgotten(scene, fact)
    fact.pairs = []
    scene.company.touch(fact.source)  # type: ignore[arg-type]  # a sale
    doc = Cin7Doc(fact.task.lower(), own_number(fact), fact.kind, fact.day, 0)
    found = Finding("zero_cost_shipment", "error", "cogs", event_of(fact), doc.reference, (doc,), money=False)
    return Expected("zero_cost_shipment", "no cost yet", (found,))


def _shipment(fact: Fact) -> Fulfilment:
    sale = fact.source
    assert isinstance(sale, Sale)  # noqa: S101 - cost is a sale's
    return next(each for each in sale.fulfilments if each.task == fact.document)


UNMAPPED_PRODUCT: dict[str, Injector] = {"renamed in QBO": _unmapped}
DUPLICATE_PRODUCT: dict[str, Injector] = {"second item": _twice}
ILLEGAL_NAME: dict[str, Injector] = {"renamed in Cin7": _illegal}
NEGATIVE_STOCK: dict[str, Injector] = {"wrong place": _negative}
ZERO_COST_SHIPMENT: dict[str, Injector] = {"no cost yet": _no_cost}
