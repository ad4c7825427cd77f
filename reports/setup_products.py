"""The set-up check of products: names that QuickBooks takes, one item for each, and nobody else posting their cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from sync.domain.accounts import Source
from sync.domain.stock import Product

_LONGEST = 100  # characters of a product's name (Intuit docs: Item, Name)
_FORBIDDEN = (":", "\\", "\t", "\n")


def names(setup: Setup) -> Iterator[Check]:
    """Names of at most 100 characters, without what QuickBooks refuses."""
    clean = True
    for product in _live(setup.products):
        faults = [f"“{mark}”" for mark in _FORBIDDEN if mark in product.name]
        faults += [f"{len(product.name)} characters"] if len(product.name) > _LONGEST else []
        if faults:
            clean = False
            yield Check(
                "product_name",
                ERROR,
                f"The name of {_shown(product)} has {' and '.join(faults)}; QuickBooks refuses that.",
                "illegal_name",
                product.sku,
                f"Rename the product in Cin7: at most {_LONGEST} characters, no colon, no backslash.",
                at_stake=setup.stocked.get(product.id),
                link=page(product),
            )
    if clean:
        yield Check("product_name", OK, "Product names are such as QuickBooks takes.")


def unique(setup: Setup) -> Iterator[Check]:
    """No two products with one name or SKU, and no SKU with two active items in QuickBooks."""
    told: dict[str, Check] = {}
    for by in ("sku", "name"):
        for same in _same(_live(setup.products), by).values():
            for product in same[1:]:
                others = f"{by.upper() if by == 'sku' else 'name'} of {same[0].sku or same[0].name}"
                told.setdefault(product.sku, _duplicate(product, f"{_shown(product)} has the {others} too."))
    items = _same(_live(setup.items), "sku")
    for product in _live(setup.products):
        twins = items.get(product.sku.casefold(), ()) if product.sku else ()
        if twins:
            ids = ", ".join(f"{item.name} ({item.id})" for item in twins)
            told.setdefault(product.sku, _duplicate(product, f"{_shown(product)} is two items in QuickBooks: {ids}."))
    yield from (told[sku] for sku in sorted(told))
    if not told:
        yield Check("product_unique", OK, "Every product has a name and SKU of its own.")


def linked(setup: Setup) -> Iterator[Check]:
    """Every product has an item in QuickBooks, by SKU or by name."""
    # An item that was made inactive is a fault of its own: see `inactive`.
    skus = {item.sku.casefold() for item in setup.items if item.sku}
    called = {item.name.casefold() for item in setup.items if item.active}
    lost = [p for p in _live(setup.products) if p.sku.casefold() not in skus and p.name.casefold() not in called]
    for product in lost:
        yield Check(
            "product_link",
            ERROR if product.id in setup.used else WARNING,
            f"{_shown(product)} has no active item in QuickBooks, neither by SKU nor by name.",
            "unmapped_product",
            product.sku,
            "Make the item in QuickBooks with this SKU, or link the product to one in Cin7.",
            at_stake=setup.stocked.get(product.id),
        )
    if not lost:
        yield Check("product_link", OK, "Every product has its item in QuickBooks.")


def renamed(setup: Setup) -> Iterator[Check]:
    """A product that is found by its SKU has the same name on both sides: Cin7 looks for an item by its name."""
    items: defaultdict[str, list[Product]] = defaultdict(list)
    for item in _live(setup.items):
        items[item.sku.casefold()].append(item)
    clean = True
    for product in _live(setup.products):
        same = items.get(product.sku.casefold(), []) if product.sku else []
        called = {_plain(item.name.rpartition(":")[2]) for item in same}
        if not same or _plain(product.name) in called or _illegal(product.name):
            continue
        clean = False
        yield Check(
            "product_name_differs",
            WARNING,
            f"{_shown(product)} is called “{same[0].name}” in QuickBooks.",
            "renamed_product",
            product.sku,
            "Give both the same name: the next sync may otherwise make a second item, or be refused.",
            link=page(product),
        )
    if clean:
        yield Check("product_name_differs", OK, "Products have the same names on both sides.")


def inactive(setup: Setup) -> Iterator[Check]:
    """Nothing that still lies in stock or is sold was made inactive on either side."""
    sleeping: dict[str, Product] = {}
    for item in sorted(setup.items, key=lambda each: each.id):
        if item.sku and not item.active:
            sleeping.setdefault(item.sku.casefold(), item)
    awake = {item.sku.casefold() for item in setup.items if item.sku and item.active}
    clean = True
    for product in sorted(setup.products, key=lambda p: (p.sku, p.id)):
        value = setup.stocked.get(product.id)
        if not product.active and value:
            message, fix = (
                f"{_shown(product)} is deprecated in Cin7, but lies in stock.",
                "Make it active again in Cin7, or sell or write off what is left of it first.",
            )
        elif product.active and product.id in setup.used and product.sku.casefold() in sleeping.keys() - awake:
            message, fix = (
                f"The item of {_shown(product)} was made inactive in QuickBooks, while Cin7 still uses the product.",
                "Make the item active again in QuickBooks (Products and services, Status: Inactive).",
            )
        else:
            continue
        clean = False
        link = page(product)
        yield Check("product_active", WARNING, message, "inactive_product", product.sku, fix, value, link)
    if clean:
        yield Check("product_active", OK, "No product that is in use was made inactive.")


def tracking(setup: Setup) -> Iterator[Check]:
    """QuickBooks must not track quantities of Cin7's products: it would post cost of its own, so cost twice."""
    ours = {key.casefold(): p for p in _live(setup.products) for key in (p.sku, p.name) if key}
    clean = True
    for item in sorted(_live(setup.items), key=lambda each: each.id):
        if not item.tracks_quantity:
            continue
        clean = False
        product = ours.get(item.sku.casefold()) or ours.get(item.name.casefold())
        yield Check(
            "quantity_tracking",
            ERROR if product else WARNING,
            f"QuickBooks tracks the quantity of {_shown(product or item)}, and posts cost of its own for it.",
            "quantity_tracking_on",
            (product or item).sku or item.name,
            "Turn quantity tracking off for the item in QuickBooks on an agreed day, and reverse the cost it posted.",
            at_stake=setup.stocked.get(product.id) if product else None,
        )
    if clean:
        yield Check("quantity_tracking", OK, "QuickBooks tracks no quantities, so it posts no cost of its own.")


def income(setup: Setup) -> Iterator[Check]:
    """An item's own income account overrides the one that Cin7 names: it must be one of revenue."""
    revenue = set(setup.map.accounts(Source.QBO, "revenue"))
    ours = {key.casefold() for product in _live(setup.products) for key in (product.sku, product.name) if key}
    clean = True
    for item in sorted(_live(setup.items), key=lambda each: each.id):
        if not {item.sku.casefold(), item.name.casefold()} & ours or item.revenue_account in revenue | {""}:
            continue
        clean = False
        yield Check(
            "item_income",
            WARNING,
            f"Sales of {_shown(item)} go to {setup.name(Source.QBO, item.revenue_account)}, which no Cin7 revenue"
            " account is mapped to.",
            "wrong_account",
            item.sku or item.name,
            "Change the item's income account in QuickBooks to the one that Cin7's revenue account is mapped to.",
        )
    if clean:
        yield Check("item_income", OK, "Items sell to accounts that Cin7's revenue is mapped to.")


def page(product: Product) -> str:
    """Where the product's own system shows it."""
    if product.source is Source.CIN7:
        return f"https://inventory.dearsystems.com/Product#{product.id}"
    return "https://app.qbo.intuit.com/app/items"


def _illegal(name: str) -> bool:
    return len(name) > _LONGEST or any(mark in name for mark in _FORBIDDEN)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _live(products: Iterable[Product]) -> list[Product]:
    """Active ones, by SKU; deprecated products are no longer synced."""
    return sorted((p for p in products if p.active), key=lambda p: (p.sku, p.id))


def _same(products: Iterable[Product], by: str) -> dict[str, list[Product]]:
    found: defaultdict[str, list[Product]] = defaultdict(list)
    for product in products:
        if key := str(getattr(product, by)).strip().casefold():
            found[key].append(product)
    return {key: some for key, some in found.items() if len(some) > 1}


def _duplicate(product: Product, message: str) -> Check:
    fix = "Rename or merge them, so that each product has one name, one SKU and one item."
    return Check("product_unique", ERROR, message, "duplicate_product", product.sku, fix)


def _shown(product: Product) -> str:
    return f"{product.sku} {product.name}".strip()
