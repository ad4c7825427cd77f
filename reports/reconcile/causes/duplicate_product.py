"""One SKU is several items in QuickBooks, or several products in Cin7."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reports.reconcile.findings import Finding
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**duplicate_product**: the SKU of a product that was sold stands on two active items in QuickBooks, or on two in
    Cin7.

    How seen: the lists of products and items.
    Remedy: merge the items in QuickBooks, or make one inactive; link the one that stays.
    When it is wrong: the second item is a draft that nobody uses.
    """
    items = Counter(item.sku.casefold() for item in facts.state.items if item.active and item.sku)
    own = Counter(product.sku.casefold() for product in facts.state.products if product.active)
    told: set[str] = set()
    for product in facts.sold_products():
        key = product.sku.casefold()
        if (items[key] > 1 or own[key] > 1) and key not in told:
            told.add(key)
            where = f"{items[key]} items in QuickBooks" if items[key] > 1 else f"{own[key]} products in Cin7"
            yield facts.finding(
                "duplicate_product",
                None,
                product.sku,
                f"The SKU {product.sku} stands on {where}.",
                "Merge them or make one inactive, and link the one that stays.",
            )
