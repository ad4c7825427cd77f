"""`tieout config`: the settings in force and where each one came from, secrets hidden."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Request:
    """All of them."""


def arguments(parser: Parser) -> None:
    """None of its own."""


def parse(args: argparse.Namespace) -> Request:
    return Request()


def run(request: Request, deps: Deps) -> Reply:
    settings = deps.settings
    widths = [max(len(getattr(one, name)) for one in settings.shown) for name in ("name", "value")]
    width = min(widths[1], 60)
    lines = [f"{one.name:<{widths[0]}}  {one.value or '-':<{width}}  {one.source}" for one in settings.shown]
    lines.append(f"\nConfig file: {settings.config}{'' if settings.config.is_file() else ' (not there: defaults)'}")
    document = {
        "schema": "tieout/config/1",
        "config": str(settings.config),
        "settings": [asdict(one) for one in settings.shown],
    }
    return Reply("\n".join(lines), document)
