"""`tieout config`: the settings in force and where each one came from, secrets hidden; or a commented example."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser
from sync.settings import Settings
from sync.settings.example import example


@dataclass(frozen=True, slots=True)
class Request:
    """All of them; `example` asks for a commented tieout.toml instead."""

    example: bool = False


def arguments(parser: Parser) -> None:
    parser.add_argument("--example", action="store_true", help="print a commented tieout.toml with every key")


def parse(args: argparse.Namespace) -> Request:
    return Request(args.example)


def run(request: Request, deps: Deps) -> Reply:
    if request.example:
        return Reply(example().rstrip(), {"schema": "tieout/config-example/1", "text": example()})
    settings = deps.settings
    widths = [max(len(getattr(one, name)) for one in settings.shown) for name in ("name", "value")]
    width = min(widths[1], 60)
    lines = [f"{one.name:<{widths[0]}}  {one.value or '-':<{width}}  {one.source}" for one in settings.shown]
    lines.append(f"\n{sync_words(settings)}")
    lines.append(f"Config file: {settings.config}{'' if settings.config.is_file() else ' (not there: defaults)'}")
    document = {
        "schema": "tieout/config/1",
        "config": str(settings.config),
        "sync": sync_words(settings),
        "settings": [asdict(one) for one in settings.shown],
    }
    return Reply("\n".join(lines), document)


def sync_words(settings: Settings) -> str:
    """How often both systems are read, and what of them, in words."""
    every, chosen = settings.sync.every, settings.sync.entities
    how = "Syncs start by hand only" if every is None else f"A sync starts every {_span(every)}"
    return f"{how}, and reads {', '.join(chosen) if chosen else 'every entity of both systems'}."


def _span(seconds: int) -> str:
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds % size == 0:
            count = seconds // size
            return unit if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"
