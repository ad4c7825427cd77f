"""Changes to the lists of both systems: accounts and items of QuickBooks Online, products of Cin7."""

from __future__ import annotations

from typing import Any

from sync.sandbox.breaks.scene import Scene
from sync.sandbox.catalogue import Good
from sync.sandbox.qbo_chart import when
from sync.sandbox.shapes import stamp


def saved(scene: Scene, payload: dict[str, Any]) -> None:
    """Someone saved this list entry of QBO just now."""
    payload["SyncToken"] = str(int(payload["SyncToken"]) + 1)
    payload["MetaData"] = payload["MetaData"] | {"LastUpdatedTime": when(scene.company.now())}


def item_of(scene: Scene, good: Good) -> dict[str, Any]:
    own = scene.book.lists.of("Item", good.id)["value"]
    return next(row for row in scene.integration.lists.entities["Item"] if row["Id"] == own)


def add_item(scene: Scene, like: dict[str, Any], **changes: Any) -> None:
    """A second item, made just now."""
    items = scene.integration.lists.entities["Item"]
    at = when(scene.company.now())
    own = str(max(int(row["Id"]) for row in items) + 1)
    fresh = like | changes | {"Id": own, "SyncToken": "0", "MetaData": {"CreateTime": at, "LastUpdatedTime": at}}
    scene.integration.lists.entities["Item"] = [*items, fresh]


def product_changed(scene: Scene, good: Good, **changes: Any) -> None:
    """Someone changed a product in Cin7 just now."""
    rows = scene.world.cin7.lists["product"]
    at = stamp(scene.company.now(), scene.world.switches)
    scene.world.cin7.lists["product"] = [
        row | changes | {"LastModifiedOn": at} if row["ID"] == good.id else row for row in rows
    ]
