"""The pieces of Block Kit that every message is made of, pure, and kept inside Slack's limits.

Limits: Slack docs, Block Kit reference. What comes from data stands in plain_text, raw_text or rich_text, which neither
mention nor link nor format; where it must stand in mrkdwn, `escape` takes the power from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

Block = dict[str, Any]

MOST_BLOCKS, MOST_TEXT = 48, 11_000  # Slack: 50 blocks; a message failed at 13,200 characters in all
_HEADER, _SECTION, _CELL, _BUTTON, _CONTEXT = 150, 2_900, 60, 75, 10
_ROWS = 20  # of a table in a conversation; Slack takes 100, people read fewer
VALUE = 2_000  # of a button
_SYSTEMS = {"cin7": "Cin7", "qbo": "QuickBooks"}
NOTHING = "–"  # a cell may not be empty


def plain(text: object) -> str:
    """Text of data for plain_text and its like: no control characters, and none that turn the direction of others."""
    return "".join(" " if c in "\n\t" else c for c in str(text) if c in "\n\t" or not _turns(c))


def _turns(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def escape(text: str) -> str:
    """Data in mrkdwn text: it can neither mention, nor link, nor format (Slack docs: formatting text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mention(who: str) -> str:
    """A user or user group as Slack calls it, anybody else by name."""
    if re.fullmatch(r"[UWS](?=.*\d)[A-Z0-9]{2,20}", who):
        return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"
    return escape(who)


def when(instant: datetime) -> str:
    """An instant that each reader sees in their own time zone."""
    shown = f"{instant:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}} {{time}}|{shown}>"


def cut(text: str, most: int) -> str:
    """At most `most` characters, with a sign where something is missing."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def cut_mrkdwn(text: str, most: int = _SECTION) -> str:
    """The same for escaped mrkdwn: never ends inside an entity or a link."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    for opened, closed in (("&", ";"), ("<", ">")):
        if kept.rfind(opened) > kept.rfind(closed):
            kept = kept[: kept.rfind(opened)]
    return f"{kept}…"


def one_line(text: str) -> str:
    """The top-level text of a message: it is read aloud and shown in notifications, and Slack parses it."""
    return cut_mrkdwn(escape(plain(text)), _SECTION) or NOTHING


def text_object(text: object, most: int) -> Block:
    return {"type": "plain_text", "text": cut(plain(text), most) or NOTHING, "emoji": False}


def header(text: str) -> Block:
    return {"type": "header", "text": text_object(text, _HEADER)}


def section(mrkdwn: str) -> Block:
    """Words of ours; data in them is escaped by whoever put it there."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut_mrkdwn(mrkdwn) or NOTHING}}


def said(text: str) -> Block:
    """Plain words, data and all."""
    kept = cut("\n".join(plain(line) for line in text.splitlines()).strip(), _SECTION)
    return {"type": "section", "text": {"type": "plain_text", "text": kept or NOTHING, "emoji": False}}


def context(*mrkdwn: str) -> Block:
    told = [text for text in mrkdwn if text][:_CONTEXT] or [NOTHING]
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut_mrkdwn(text, 1_000)} for text in told]}


def table(head: Sequence[str], rows: Sequence[Sequence[object]], words: int = 1, most: int = _ROWS) -> Block:
    """A table of at most `most` rows; the first `words` columns are words, the others figures."""
    cells = [[_cell(cell) for cell in row] for row in (head, *rows[:most])]
    settings = [{"align": "left" if n < words else "right", "is_wrapped": n < words} for n in range(len(head))]
    return {"type": "table", "rows": cells, "column_settings": settings}


def shows_all(rows: Sequence[object], most: int = _ROWS) -> bool:
    """Whether `table` has room for all of them."""
    return len(rows) <= most


def _cell(cell: object) -> Block:
    return {"type": "raw_text", "text": cut(plain("" if cell is None else cell).strip(), _CELL) or NOTHING}


def paragraph(*parts: Block) -> Block:
    """One paragraph of rich text; parts come from `words` and `link`."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def listed(items: Iterable[Sequence[Block]]) -> Block:
    """Bullets of rich text."""
    elements = [{"type": "rich_text_section", "elements": list(parts)} for parts in items]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": elements}]}


def words(text: object, *, bold: bool = False, italic: bool = False, code: bool = False, most: int = 500) -> Block:
    """A piece of rich text, which may hold anything."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return {"type": "text", "text": cut(plain(text), most) or NOTHING, **({"style": style} if style else {})}


def link(text: str, address: str) -> Block:
    return {"type": "link", "text": cut(plain(text), 200) or NOTHING, "url": address}


def button(text: str, action: str, value: str, *, style: str = "") -> Block:
    return {
        "type": "button",
        "action_id": action,
        "text": text_object(text, _BUTTON),
        "value": value[:VALUE],
        **({"style": style} if style else {}),
    }


def actions(*elements: Block, block_id: str = "") -> Block:
    named = {"block_id": block_id[:255]} if block_id else {}
    return {"type": "actions", **named, "elements": list(elements)[:25]}


def ages(document: Mapping[str, Any]) -> Block:
    """When each side of a document with figures was last read, and why it may not be whole."""
    told = document.get("as_of") or {}
    read = [f"{name} as of {when(instant_of(told[key]))}" for key, name in _SYSTEMS.items() if told.get(key)]
    lines = ["; ".join(read) or "Nothing is cached yet."]
    reasons = [f"{each['source']} {each['entity']}: {each['reason']}" for each in document.get("incomplete") or ()]
    if reasons:
        more = f" and {len(reasons) - 4} more" if len(reasons) > 4 else ""
        lines.append(f":warning: Not complete: {escape(plain('; '.join(reasons[:4])))}{more}")
    return context(*lines)


def age_words(document: Mapping[str, Any]) -> str:
    """The same in plain words, for the notification."""
    told = document.get("as_of") or {}
    read = [f"{name} as of {told[key]}" for key, name in _SYSTEMS.items() if told.get(key)]
    return "; ".join([*read, *([] if document.get("complete", True) else ["not complete"])])


def instant_of(text: str) -> datetime:
    """The instant that a document names."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def fitted(blocks: Sequence[Mapping[str, Any]]) -> tuple[list[Block], bool]:
    """The blocks with which a message stays inside Slack's limits, and whether any was left out.

    What comes first matters most; age and buttons, at the end, stay too.
    """
    at_end = [n for n, block in enumerate(blocks) if block["type"] in ("context", "actions")][-3:]
    room, seats = MOST_TEXT - sum(size(blocks[n]) for n in at_end), MOST_BLOCKS - len(at_end)
    kept: list[Block] = []
    whole = True
    for n, block in enumerate(blocks):
        fits = whole and size(block) <= room and seats > 0
        if n in at_end:
            kept.append(dict(block))
        elif fits:
            kept.append(dict(block))
            room, seats = room - size(block), seats - 1
        else:
            whole = False
    return kept, not whole


def size(block: object) -> int:
    """The characters of all texts in a block."""
    if isinstance(block, Mapping):
        return sum(
            len(value) if key in ("text", "alt_text") and isinstance(value, str) else size(value)
            for key, value in block.items()
        )
    if isinstance(block, (list, tuple)):
        return sum(map(size, block))
    return 0


def spoken(name: str) -> str:
    """A control or a cause in words."""
    return re.sub(
        r"\bqbo\b", "QuickBooks", re.sub(r"\bcin7\b", "Cin7", name.replace("_", " ").replace("account:", "account "))
    )
