"""`/stock SKU-or-words [at LOCATION]`: stock by location, or a choice where several products fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.asking import quoted, shared
from bot.blocks import stock as drawing
from bot.commands import stock
from bot.replies import Reply
from bot.slash.forms import Ask, Form, Slash, reads

_USAGE = "/stock SKU-or-words [at LOCATION]"


def parse(words: Sequence[str]) -> stock.Request:
    return stock.parse(reads(_USAGE, stock.arguments, words))


def run(request: stock.Request, ask: Ask) -> Reply:
    reply = stock.run(request, ask.deps)
    document: Any = reply.document
    told, left_out = drawing.draw(document, request.location)
    again = command_of(request.query, request.location)
    told += shared(again)
    return replace(reply, line=drawing.line(document), blocks=told, again=again, cut=left_out)


def command_of(query: str, location: str) -> str:
    """The command that asks for a product at a location ("" for all)."""
    at = f" at {quoted(location)}" if location else ""
    return f"/stock {quoted(query)}{at}" if query else f"/stock{at}"


COMMAND = Slash(
    "/stock",
    "Stock by location",
    "SKU-or-words [at LOCATION]",
    (Form("", "SKU-or-words [at LOCATION]", "Stock by location; several products offer a choice", parse, run),),
    {"at": "--location", "in": "--location"},
)
