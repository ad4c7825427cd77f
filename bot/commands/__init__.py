"""The table of commands: help, the README and the parser are made from it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.commands import (
    check,
    cogs,
    config,
    connect,
    demo,
    findings,
    open_items,
    reconcile,
    report,
    serve,
    show,
    sign_off,
    status,
    stock,
    sync,
)
from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words in, its reply out.

    `arguments` tells a parser the command's words, `parse` makes the frozen Request of them (pure; UserError
    for words that make no sense), `run` answers. `phrases` are the spoken forms of options ("by" for "--by"),
    `needs` the groups of settings without which it cannot start.
    """

    name: str
    usage: str
    help: str
    arguments: Callable[[Parser], None]
    parse: Callable[[argparse.Namespace], Any]
    run: Callable[[Any, Deps], Reply]
    phrases: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


COMMANDS = (
    Command(
        "sync",
        "[--full] [--since DATE] [--only ENTITY…]",
        "Brings the cache up to date",
        sync.arguments,
        sync.parse,
        sync.run,
        {"full": "--full", "since": "--since", "only": "--only"},
        ("cin7", "qbo"),
    ),
    Command(
        "status",
        "",
        "Last runs, age of each figure, API calls used and left, open alerts, next due times",
        status.arguments,
        status.parse,
        status.run,
    ),
    Command(
        "stock",
        "[QUERY] [--location NAME]",
        "Stock by location: a SKU, words of a name, or everything",
        stock.arguments,
        stock.parse,
        stock.run,
        {"at": "--location", "in": "--location"},
    ),
    Command(
        "cogs",
        "[PERIOD] [--by GROUP] [--compare PERIOD]",
        "Sales, COGS and margin in both systems; by product, category, location, channel or customer",
        cogs.arguments,
        cogs.parse,
        cogs.run,
        {"by": "--by", "vs": "--compare", "versus": "--compare"},
    ),
    Command(
        "reconcile",
        "[PERIOD]",
        "Ties Cin7 to QuickBooks, control by control",
        reconcile.arguments,
        reconcile.parse,
        reconcile.run,
    ),
    Command(
        "findings",
        "[--open] [--cause C]",
        "The findings' memory; `findings assign ID --owner O [--due DATE] [--note TEXT]` gives one an owner",
        findings.arguments,
        findings.parse,
        findings.run,
        {"open": "--open", "cause": "--cause", "owner": "--owner", "due": "--due", "note": "--note"},
    ),
    Command(
        "sign-off",
        "PERIOD --by NAME",
        "Freezes the evidence of a period; refused while errors have no owner or anything is unexplained",
        sign_off.arguments,
        sign_off.parse,
        sign_off.run,
        {"by": "--by"},
    ),
    Command(
        "open-items",
        "receivables|payables [--at DATE]",
        "Open documents per customer or supplier, in both systems, in their own currency",
        open_items.arguments,
        open_items.parse,
        open_items.run,
        {"at": "--at"},
    ),
    Command(
        "report",
        "weekly|month-end|cogs|stock [PERIOD] --output DIR",
        "The reconciliation pack as files: PNG charts, one interactive HTML page, XLSX workbook",
        report.arguments,
        report.parse,
        report.run,
        {"output": "--output"},
    ),
    Command(
        "show",
        "NUMBER",
        "One document: both sides, postings, lines, state, findings",
        show.arguments,
        show.parse,
        show.run,
    ),
    Command(
        "check",
        "[--test-sync [NUMBER]]",
        "The set-up check: accounts, products, currencies, closing dates; a test sale's way through both systems",
        check.arguments,
        check.parse,
        check.run,
        {"test-sync": "--test-sync"},
    ),
    Command(
        "connect",
        "[--no-browser]",
        "First set-up, and QuickBooks' consent",
        connect.arguments,
        connect.parse,
        connect.run,
    ),
    Command(
        "config",
        "[--example]",
        "The settings in force and where each came from, secrets hidden; or a commented example of tieout.toml",
        config.arguments,
        config.parse,
        config.run,
    ),
    Command(
        "serve",
        "",
        "The Slack bot, the schedule and the web endpoints, until it is stopped",
        serve.arguments,
        serve.parse,
        serve.run,
        needs=("slack", "cin7", "qbo"),
    ),
    Command(
        "demo",
        "[--once]",
        "All of it on a practice company; needs no account anywhere",
        demo.arguments,
        demo.parse,
        demo.run,
    ),
)
