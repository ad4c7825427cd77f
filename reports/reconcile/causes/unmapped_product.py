"""A product that was sold has no item in QuickBooks."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Finding
from reports.reconcile.standing import Facts


def find(facts: Facts) -> Iterator[Finding]:
    """**unmapped_product**: a product that was sold in the period has no active item in QuickBooks, by SKU or name.

    How seen: the lists of products and items.
    Remedy: give the item its SKU again, or let the integration make one.
    When it is wrong: the item is linked inside the integration under another name.
    """
    skus = {item.sku.casefold() for item in facts.state.items if item.active and item.sku}
    names = {item.name.casefold() for item in facts.state.items if item.active}
    if not facts.state.items:
        return
    for product in facts.sold_products():
        if product.sku.casefold() not in skus and product.name.casefold() not in names:
            yield facts.finding(
                "unmapped_product",
                None,
                product.sku,
                f"{product.sku} {product.name} was sold in the period and is no item in QuickBooks.",
                "Give the QuickBooks item its SKU again, or link it in the integration.",
            )
