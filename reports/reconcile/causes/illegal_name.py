"""A product's name is one that QuickBooks refuses."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Finding
from reports.reconcile.standing import Facts

_LONGEST = 100  # characters of an item's name (Intuit docs: Item, Name)
_FORBIDDEN = (":", "\\", "\t", "\n")


def find(facts: Facts) -> Iterator[Finding]:
    """**illegal_name**: the name of a product that was sold has a colon, a backslash, or more than 100 characters.

    How seen: the list of products.
    Remedy: rename the product in Cin7.
    When it is wrong: the integration was taught to shorten names.
    """
    for product in facts.sold_products():
        faults = [mark for mark in _FORBIDDEN if mark in product.name]
        if faults or len(product.name) > _LONGEST:
            why = f"holds {faults[0]!r}" if faults else f"has {len(product.name)} characters"
            yield facts.finding(
                "illegal_name",
                None,
                product.sku,
                f"The name of {product.sku} {why}; QuickBooks refuses it.",
                f"Rename the product in Cin7: at most {_LONGEST} characters, no colon, no backslash.",
            )
