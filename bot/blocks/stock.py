"""Stock in Slack: the same figures as the document `tieout/stock/1`, and a choice where several products fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot import blocks
from bot.blocks import Block

Document = Mapping[str, Any]
PICK = "stock_pick"
_FIGURES = ("on_hand", "allocated", "available", "on_order", "in_transit", "value")
_HEAD = ("on hand", "allocated", "available", "on order", "in transit")
_OPTIONS, _OPTION = 100, 75  # of a menu


def line(document: Document) -> str:
    """The answer in one sentence."""
    products = document["products"]
    if len(products) != 1:
        return f"{len(products)} products fit “{document['query']}”. {blocks.age_words(document)}"
    product = products[0]
    totals = product["totals"]
    return (
        f"{product['sku']} {blocks.cut(product['name'], 200)}: {totals['on_hand']} on hand, "
        f"{totals['available']} available, value {totals['value']} {document['currency']}. {blocks.age_words(document)}"
    )


def draw(document: Document, location: str = "") -> tuple[list[Block], bool]:
    """Blocks without buttons, and whether rows were left out; `location` is the one that was asked for."""
    products = document["products"]
    return _one(document) if len(products) == 1 else _several(document, location)


def _one(document: Document) -> tuple[list[Block], bool]:
    product = document["products"][0]
    rows = [(_where(place), *_cells(place)) for place in product["locations"]]
    rows = [*rows[:19], ("Total", *_cells(product["totals"]))] if len(rows) != 1 else rows
    told = [
        blocks.header(f"Stock of {product['sku']}"),
        blocks.said(product["name"]),
        blocks.table(("location", *_HEAD, f"value {document['currency']}"), rows),
        blocks.ages(document),
    ]
    return told, len(product["locations"]) > 19


def _several(document: Document, location: str) -> tuple[list[Block], bool]:
    products = document["products"]
    rows = [(product["sku"], product["name"], *_cells(product["totals"])) for product in products]
    where = f" at {location}" if location else ""
    told = [
        blocks.header(f"{len(products)} products{where}"),
        *(
            [blocks.said(f"These fit “{document['query']}”; choose one for its locations.")]
            if document["query"]
            else []
        ),
        blocks.table(("SKU", "name", *_HEAD, f"value {document['currency']}"), rows, words=2),
        *_choice(document, location),
        blocks.ages(document),
    ]
    return told, not blocks.shows_all(rows)


def _choice(document: Document, location: str) -> list[Block]:
    """A menu of the products; a SKU that does not fit into an option must be typed."""
    options = [
        {"text": blocks.text_object(f"{product['sku']} {product['name']}", _OPTION), "value": product["sku"]}
        for product in document["products"]
        if 0 < len(product["sku"]) <= _OPTION
    ][:_OPTIONS]
    if not options:
        return []
    menu = {
        "type": "static_select",
        "action_id": PICK,
        "placeholder": blocks.text_object("Choose a product", 150),
        "options": options,
    }
    return [blocks.actions(menu, block_id=f"at:{location}")]


def _cells(figures: Document) -> tuple[str, ...]:
    return tuple(figures[name] for name in _FIGURES)


def _where(place: Document) -> str:
    return ", ".join(part for part in (place["location"], place["bin"], place["batch"]) if part) or "no location"
