"""`tieout reconcile`: ties Cin7 to QuickBooks for a period, control by control."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Request:
    """The period in the words of the person, understood in the company's calendar."""

    period: str


def arguments(parser: Parser) -> None:
    parser.add_argument("period", nargs="*", metavar="PERIOD", help="like 2026-01 or this-quarter; default: last-month")


def parse(args: argparse.Namespace) -> Request:
    return Request(" ".join(args.period) or "last-month")
