"""`/cogs [PERIOD] [by GROUP] [vs PERIOD]`: sales, cost and margin in both systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot import blocks
from bot.asking import ask_button, share_buttons
from bot.blocks import cogs as drawing
from bot.commands import cogs
from bot.replies import Reply
from bot.slash.enclosing import file_buttons, split, with_files
from bot.slash.forms import Ask, Form, Slash, reads
from reports.periods import add_months
from sync.domain.period import Period

_USAGE = "/cogs [PERIOD] [by GROUP] [vs PERIOD] [chart|workbook]"
_PHRASES = {"by": "--by", "vs": "--compare", "versus": "--compare"}


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line's command is asked, and whether a chart or a workbook goes with it ("" for neither)."""

    figures: cogs.Request
    file: str = ""


def parse(words: Sequence[str]) -> Request:
    words, file = split(words)
    return Request(cogs.parse(reads(_USAGE, cogs.arguments, words)), file)


def run(request: Request, ask: Ask) -> Reply:
    reply = cogs.run(request.figures, ask.deps)
    document: Any = reply.document
    told, left_out = drawing.draw(document)
    again = _again(document, compare=bool(request.figures.compare))
    told.append(blocks.actions(*_next(document), *file_buttons(again), *share_buttons(again)))
    reply = replace(reply, line=drawing.line(document), blocks=told, again=again, cut=left_out)
    if request.file:
        return with_files(reply, ask.deps, "cogs", span(document["period"]), request.file)
    return reply


def _again(document: Any, *, compare: bool, by: str | None = None) -> str:
    """The command that asks the same on any later day."""
    period, by = document["period"], by or document["by"]
    parts = ["/cogs", span(period), *(["by", by] if by else [])]
    if compare and document["previous"]:
        parts += ["vs", span(document["previous"]["period"])]
    return " ".join(parts)


def span(period: Any) -> str:
    """A document's period as words that mean the same on any day."""
    return f"{period['start']}..{period['end']}"


def _next(document: Any) -> list[blocks.Block]:
    """The next questions: by what it is not grouped yet, and beside the year before."""
    groups = [group for group in ("product", "customer", "channel") if group != document["by"]]
    buttons = [ask_button(f"By {group}", _again(document, compare=False, by=group)) for group in groups]
    start, end = (date.fromisoformat(document["period"][name]) for name in ("start", "end"))
    before = Period(add_months(start, -12), add_months(end, -12))
    compared = f"{_again(document, compare=False)} vs {before.start}..{before.end}"
    return [*buttons, ask_button("Compare with last year", compared)]


COMMAND = Slash(
    "/cogs",
    "Sales, COGS and margin, in both systems",
    "[PERIOD] [by product|category|location|channel|customer] [vs PERIOD] [chart|workbook]",
    (
        Form(
            "",
            "[PERIOD] [by GROUP] [vs PERIOD] [chart|workbook]",
            "Sales, COGS and margin; in all or by GROUP",
            parse,
            run,
        ),
    ),
    _PHRASES,
)
