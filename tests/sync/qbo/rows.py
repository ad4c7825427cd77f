"""Rows as QuickBooks sends them, for the tests of the translators."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sync.domain.accounts import Source
from sync.domain.stock import Product


def ref(id: str, name: str = "") -> dict[str, str]:  # noqa: A002  # the key's own name
    return {"value": id, "name": name} if name else {"value": id}


def sold(item: str, amount: str, **more: Any) -> dict[str, Any]:
    detail = {"ItemRef": ref(item, f"Item {item}"), **more}
    return {"Amount": Decimal(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def product(id: str, **more: Any) -> Product:  # noqa: A002  # the key's own name
    return Product(Source.QBO, id, f"SKU-{id}", f"Item {id}", "Inventory", **more)
