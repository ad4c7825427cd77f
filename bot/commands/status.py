"""`tieout status`: last runs, age of each figure, API calls used and left."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Request:
    """All of it."""


def arguments(parser: Parser) -> None:
    """None of its own."""


def parse(args: argparse.Namespace) -> Request:
    return Request()
