"""Slack's limits on what stands inside blocks: buttons, menus, inputs and their plain texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Block = Mapping[str, Any]

_ID = 255
ELEMENTS: Mapping[str, frozenset[str]] = {
    "button": frozenset({"text", "action_id", "value", "url", "style", "confirm", "accessibility_label"}),
    "static_select": frozenset(
        {"action_id", "placeholder", "options", "option_groups", "initial_option", "confirm", "focus_on_load"}
    ),
    "users_select": frozenset({"action_id", "placeholder", "initial_user", "confirm", "focus_on_load"}),
    "datepicker": frozenset({"action_id", "placeholder", "initial_date", "confirm", "focus_on_load"}),
    "plain_text_input": frozenset(
        {"action_id", "placeholder", "initial_value", "multiline", "min_length", "max_length", "focus_on_load"}
    ),
}


def element_faults(element: Block) -> Iterator[str]:
    kind = str(element.get("type"))
    if kind not in ELEMENTS:
        yield f"element {kind}"
        return
    yield from (f"{kind}: unknown key {key}" for key in element if key not in ELEMENTS[kind] | {"type"})
    if not 1 <= len(element.get("action_id") or "") <= _ID:
        yield f"{kind}: action_id"
    if "placeholder" in element:
        yield from plain_faults(element["placeholder"], 150, "placeholder")
    yield from _OF_ELEMENT.get(kind, _nothing)(element)


def _nothing(element: Block) -> Iterator[str]:
    return iter(())


def _button(element: Block) -> Iterator[str]:
    yield from plain_faults(element.get("text"), 75, "button")
    if len(element.get("value") or "") > 2_000 or len(element.get("url") or "") > 3_000:
        yield "button: value or url too long"
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"button: style {element['style']}"


def _select(element: Block) -> Iterator[str]:
    options = element.get("options") or []
    if not 1 <= len(options) <= 100:
        yield f"select: {len(options)} options"
    for option in options:
        yield from plain_faults(option.get("text"), 75, "option")
        if not 1 <= len(option.get("value") or "") <= 75:
            yield "option: value"
    if "initial_option" in element and element["initial_option"] not in options:
        yield "select: the initial option is none of its options"


def _typed(element: Block) -> Iterator[str]:
    if not 1 <= element.get("max_length", 3_000) <= 3_000:
        yield "max_length"


def plain_faults(text: object, most: int, what: str) -> list[str]:
    if not isinstance(text, Mapping) or text.get("type") != "plain_text" or set(text) - {"type", "text", "emoji"}:
        return [f"{what}: no plain_text"]
    length = len(text.get("text") or "")
    return [] if 1 <= length <= most else [f"{what}: {length} characters"]


_OF_ELEMENT = {"button": _button, "static_select": _select, "plain_text_input": _typed}
