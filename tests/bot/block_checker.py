"""Slack's limits on what is sent to it, as data and one walk: blocks of messages and windows, their texts and elements.

Sources: Slack docs, Block Kit reference and "composition objects"; where they disagree the smaller number stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.bot.block_elements import element_faults, plain_faults

Block = Mapping[str, Any]

IN_MESSAGE, IN_VIEW, ALL_TEXT = 50, 100, 12_000
_TEXT, _ID = 3_000, 255
# block type -> the keys that it may have beside type and block_id
BLOCKS: Mapping[str, frozenset[str]] = {
    "section": frozenset({"text", "fields", "accessory", "expand"}),
    "header": frozenset({"text"}),
    "context": frozenset({"elements"}),
    "actions": frozenset({"elements"}),
    "divider": frozenset(),
    "image": frozenset({"image_url", "slack_file", "alt_text", "title"}),
    "input": frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
    "rich_text": frozenset({"elements"}),
    "table": frozenset({"rows", "column_settings"}),
}
_VIEW = frozenset(
    {"type", "title", "submit", "close", "blocks", "callback_id", "private_metadata", "external_id"}
    | {"clear_on_close", "notify_on_close"}
)
# What Slack would act on in mrkdwn: mentions, channels and special commands; ours are dates and links.
_POWER = re.compile(r"<(?!!date\^\d+\^)([!@#][^>]*)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


def message_faults(text: str, blocks: Sequence[Block], *, mentions: Iterable[str] = ()) -> list[str]:
    """What Slack would refuse, or act on, in a message; `mentions` are those that are meant, as "@U0ANN"."""
    found = [*_blocks(blocks, IN_MESSAGE, set(mentions))]
    if not 1 <= len(text) <= 4_000:
        found.append(f"top-level text of {len(text)} characters")
    found += _mrkdwn(text, "text", set(mentions))
    tables = sum(block.get("type") == "table" for block in blocks)
    found += ["a second table"] if tables > 1 else []
    found += ["an input in a message"] if any(block.get("type") == "input" for block in blocks) else []
    total = sum(len(each) for each in texts(blocks))
    found += [f"{total} characters in all"] if total > ALL_TEXT else []
    return found


def view_faults(view: Mapping[str, Any], *, mentions: Iterable[str] = ()) -> list[str]:
    """What Slack would refuse, or act on, in a modal or a Home tab."""
    blocks = view.get("blocks") or []
    found = [*_blocks(blocks, IN_VIEW, set(mentions))]
    found += [f"unknown key {key}" for key in view if key not in _VIEW]
    kind = view.get("type")
    if kind == "modal":
        for name in ("title", "submit", "close"):
            found += plain_faults(view[name], 24, name) if name in view else []
        found += ["no title"] if "title" not in view else []
        inputs = any(block.get("type") == "input" for block in blocks)
        found += ["inputs without submit"] if inputs and "submit" not in view else []
    elif kind != "home":
        found.append(f"view of type {kind}")
    found += [f"{name} too long" for name, most in _LONG.items() if len(view.get(name) or "") > most]
    return found


_LONG = {"private_metadata": 3_000, "callback_id": 255, "external_id": 255}


def texts(thing: object) -> Iterator[str]:
    """Every text that is shown."""
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(thing, Sequence) and not isinstance(thing, str):
        for each in thing:
            yield from texts(each)


def _blocks(blocks: Sequence[Block], most: int, mentions: set[str]) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {id_} twice" for id_, count in ids.items() if count > 1)
    for n, block in enumerate(blocks):
        kind = str(block.get("type"))
        where = f"{kind} {n}"
        if kind not in BLOCKS:
            yield f"{where}: unknown block"
            continue
        yield from (f"{where}: unknown key {k}" for k in block if k not in BLOCKS[kind] | {"type", "block_id"})
        if not 1 <= len(block.get("block_id", "x")) <= _ID:
            yield f"{where}: block_id"
        yield from (f"{where}: {fault}" for fault in _RULES[kind](block, mentions))


def _section(block: Block, mentions: set[str]) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], _TEXT, mentions)
    fields = block.get("fields")
    if fields is not None and not 1 <= len(fields) <= 10:
        yield f"{len(fields)} fields"
    for field in fields or ():
        yield from _text(field, 2_000, mentions)
    if "accessory" in block:
        yield from element_faults(block["accessory"])


def _header(block: Block, mentions: set[str]) -> Iterator[str]:
    yield from plain_faults(block.get("text"), 150, "header")


def _context(block: Block, mentions: set[str]) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 10:
        yield f"{len(elements)} elements"
    for element in elements:
        yield from _text(element, _TEXT, mentions)


def _actions(block: Block, mentions: set[str]) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 25:
        yield f"{len(elements)} elements"
    ids = Counter(element.get("action_id") for element in elements)
    yield from (f"action_id {id_} twice" for id_, count in ids.items() if count > 1)
    for element in elements:
        yield from element_faults(element)


def _image(block: Block, mentions: set[str]) -> Iterator[str]:
    if not 1 <= len(block.get("alt_text") or "") <= 2_000:
        yield "alt_text"
    if ("image_url" in block) == ("slack_file" in block):
        yield "one of image_url and slack_file"
    if "title" in block:
        yield from plain_faults(block["title"], 2_000, "title")


def _input(block: Block, mentions: set[str]) -> Iterator[str]:
    yield from plain_faults(block.get("label"), 2_000, "label")
    if "hint" in block:
        yield from plain_faults(block["hint"], 2_000, "hint")
    yield from element_faults(block.get("element") or {})


def _table(block: Block, mentions: set[str]) -> Iterator[str]:
    rows = block.get("rows") or []
    if not 1 <= len(rows) <= 100:
        yield f"{len(rows)} rows"
    if len({len(row) for row in rows}) > 1:
        yield "rows of different lengths"
    if len(block.get("column_settings") or ()) > 20:
        yield "column_settings"
    for row in rows:
        if not 1 <= len(row) <= 20:
            yield f"{len(row)} columns"
        for cell in row:
            if cell.get("type") == "rich_text":
                yield from _rich(cell, mentions)
            elif cell.get("type") != "raw_text" or not cell.get("text") or set(cell) != {"type", "text"}:
                yield f"cell {cell}"


def _rich(block: Block, mentions: set[str]) -> Iterator[str]:
    parts = block.get("elements") or []
    if not parts:
        yield "no elements"
    for part in parts:
        kind = part.get("type")
        if kind == "rich_text_list":
            if part.get("style") not in ("bullet", "ordered") or not part.get("elements"):
                yield "list"
            yield from _rich({"elements": part.get("elements")}, mentions)
        elif kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield from _runs(part.get("elements") or [])
        else:
            yield f"rich text part {kind}"


def _runs(elements: Sequence[Block]) -> Iterator[str]:
    if not elements:
        yield "empty rich text section"
    if sum(len(each.get("text") or "") for each in elements) > _TEXT:
        yield "rich text section too long"
    for each in elements:
        kind = each.get("type")
        if kind == "text":
            if not each.get("text"):
                yield "empty rich text"
        elif kind == "link":
            if not 1 <= len(each.get("url") or "") <= 3_000:
                yield "link"
        elif kind != "emoji" or not each.get("name"):
            yield f"rich text element {kind}"


def _text(text: object, most: int, mentions: set[str]) -> Iterator[str]:
    if not isinstance(text, Mapping) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"text object {text}"
    elif text["type"] == "plain_text":
        yield from plain_faults(text, most, "text")
    else:
        if not 1 <= len(text.get("text") or "") <= most:
            yield f"text of {len(text.get('text') or '')} characters"
        yield from _mrkdwn(str(text.get("text")), "mrkdwn", mentions)


def _mrkdwn(text: str, what: str, mentions: set[str]) -> list[str]:
    """Mentions that nobody meant, and entities or links that a cut has broken."""
    found = [f"{what}: mentions {power}" for power in _POWER.findall(text) if power not in mentions]
    bare = re.sub(r"<[^<>]*>", "", text)
    found += [f"{what}: a loose < or >"] if "<" in bare or ">" in bare else []
    found += [f"{what}: a broken entity"] if _ENTITY.search(re.sub(r"<[^<>]*>", "", text)) else []
    return found


_RULES = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": lambda block, mentions: iter(()),
    "image": _image,
    "input": _input,
    "rich_text": _rich,
    "table": _table,
}
