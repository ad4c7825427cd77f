"""Faults of the lists of both systems: products, their accounts, items, customers and suppliers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.sandbox import chart
from sync.sandbox.breaks.listed import item_of, product_changed, saved
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.catalogue import Good


@dataclass(frozen=True, slots=True)
class Wrong:
    """What the set-up check must say: which rule, how bad, the cause and its subject."""

    rule: str
    status: str
    cause: str
    subject: str


def _stocked(scene: Scene) -> Good:
    """A product that lies in stock."""
    held = {product for product, _, layer in scene.company.stock.everything() if layer.quantity and layer.cost}
    goods = [
        good
        for good in scene.company.catalogue.goods
        if good.id in held and not good.service and f"sku {good.sku}" not in scene.taken
    ]
    if not goods:
        raise NoSuchCase("no product in stock")
    good = scene.random.choice(goods)
    scene.reserve(f"sku {good.sku}")
    return good


def _renamed(scene: Scene) -> Wrong:
    good = _stocked(scene)
    item, name = item_of(scene, good), f"{good.name} (2nd generation)"
    item |= {"Name": name, "FullyQualifiedName": name}
    saved(scene, item)
    return Wrong("product_name_differs", "warning", "renamed_product", good.sku)


def _deprecated(scene: Scene) -> Wrong:
    good = _stocked(scene)
    product_changed(scene, good, Status="Deprecated")
    return Wrong("product_active", "warning", "inactive_product", good.sku)


def _inactive_item(scene: Scene) -> Wrong:
    good = _stocked(scene)
    item = item_of(scene, good)
    item |= {"Active": False, "Name": f"{item['Name']} (deleted)"}
    saved(scene, item)
    return Wrong("product_active", "warning", "inactive_product", good.sku)


def _same_sku(scene: Scene) -> Wrong:
    """Two products of one name in Cin7."""
    first, second = sorted(scene.company.catalogue.goods[:2], key=lambda good: good.sku)
    product_changed(scene, second, Name=first.name)
    item = item_of(scene, second)
    item |= {"Name": first.name, "FullyQualifiedName": first.name}
    saved(scene, item)
    return Wrong("product_unique", "error", "duplicate_product", second.sku)


def _account(field: str, code: str) -> Callable[[Scene], Wrong]:
    """A product names an account that cannot play the role."""

    def fault(scene: Scene) -> Wrong:
        good = _stocked(scene)
        product_changed(scene, good, **{field: code})
        return Wrong("product_account", "error", "product_account", good.sku)

    return fault


def _category(scene: Scene) -> Wrong:
    """A whole category names an account that there is not."""
    good = _stocked(scene)
    for row in scene.world.cin7.lists["product"]:
        if row["Category"] == good.category:
            row["COGSAccount"] = "399"
    return Wrong("product_account", "error", "product_account", good.category)


def _odd(scene: Scene) -> Wrong:
    """One product of a category names an income account that no other does."""
    rows = scene.world.cin7.lists["product"]
    for good in scene.company.catalogue.goods:
        same = [row for row in rows if (row["Category"], row["Type"]) == (good.category, "Stock")]
        if len(same) > 3 and len({row["RevenueAccount"] for row in same}) == 1:
            product_changed(scene, good, RevenueAccount=chart.INTEREST)
            return Wrong("odd_override", "warning", "odd_override", good.sku)
    raise NoSuchCase("no category of four products that agree")


def _income(scene: Scene) -> Wrong:
    good = _stocked(scene)
    item = item_of(scene, good)
    item["IncomeAccountRef"] = scene.book.lists.account(chart.CONSULTING)
    saved(scene, item)
    return Wrong("item_income", "warning", "wrong_account", good.sku)


def _both(scene: Scene) -> Wrong:
    """A supplier bears the name of a customer."""
    name = scene.random.choice(scene.company.catalogue.customers).name
    _first(scene, "supplier")["Name"] = name
    return Wrong("contact_name", "error", "name_collision", name)


def _twins(scene: Scene) -> Wrong:
    """Two customers bear one name."""
    rows = scene.world.cin7.lists["customer"]
    rows[1] = rows[1] | {"Name": rows[0]["Name"].upper()}
    return Wrong("contact_name", "error", "name_collision", min(rows[0], rows[1], key=lambda row: row["ID"])["Name"])


def _colon(scene: Scene) -> Wrong:
    row = _first(scene, "customer")
    row["Name"] = f"Retail: {row['Name']}"
    return Wrong("contact_name", "warning", "illegal_contact", row["Name"])


def _first(scene: Scene, path: str) -> dict[str, Any]:
    rows = scene.world.cin7.lists[path]
    rows[0] = dict(rows[0])
    return rows[0]


FAULTS: Mapping[str, Callable[[Scene], Wrong]] = {
    "product_account: cost on revenue": _account("COGSAccount", chart.SALES),
    "product_account: stock on no account": _account("InventoryAccount", "999"),
    "product_account: a whole category": _category,
    "odd_override: one product": _odd,
    "product_unique: two of one name": _same_sku,
    "product_name_differs: renamed": _renamed,
    "product_active: deprecated in stock": _deprecated,
    "product_active: item inactive": _inactive_item,
    "item_income: another income": _income,
    "contact_name: customer and supplier": _both,
    "contact_name: two customers": _twins,
    "contact_name: a colon": _colon,
}
