"""App Home: how both connections stand, how old the figures are, whose alerts wait, and what runs next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import blocks
from bot.alert_texts import SYSTEMS
from bot.asking import ask_button
from bot.blocks import Block
from bot.blocks.service import job_words
from bot.slash.forms import a_role
from sync.domain.alerts import Alert, AlertState

_ALERTS, _JOBS = 10, 8
_LEDGERS = {"cin7": "transactions", "qbo": "ledger"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says to one person.

    `status` is the document of `tieout status`; `broken` why QuickBooks must be connected again, "" where it need not,
    `connect_url` where; `connected` says of each source whether its settings are there.
    """

    user: str
    role: str
    status: Mapping[str, Any]
    broken: str
    connect_url: str
    connected: Mapping[str, bool]
    alerts: Sequence[Alert]
    upcoming: Sequence[tuple[str, datetime]]


def view(facts: Facts) -> Block:
    """The page."""
    told = [blocks.header("Tieout"), *_connections(facts), *_alerts(facts), *_next(facts)]
    told += [
        blocks.actions(
            ask_button("Status", "/sync status"),
            ask_button("Margin last month", "/cogs last-month"),
            ask_button("Tie-out last month", "/recon last-month"),
        ),
        blocks.context(
            f"You are {a_role(facts.role)} here. `/sync help`, `/stock help`, `/cogs help` and `/recon help` say more."
        ),
    ]
    return {"type": "home", "blocks": told}


def refusal(words: str) -> Block:
    """The page of somebody who may see nothing."""
    return {"type": "home", "blocks": [blocks.header("Tieout"), blocks.said(words)]}


def _connections(facts: Facts) -> list[Block]:
    ages = {(each["source"], each["entity"]): each for each in facts.status["figures"]}
    lines = []
    for source, entity in _LEDGERS.items():
        figure = ages.get((source, entity))
        lines.append(f"{_sign(facts, source, figure)} *{SYSTEMS[source]}*: {_words(facts, source, figure)}")
    return [blocks.section("\n".join(lines))]


def _sign(facts: Facts, source: str, figure: Mapping[str, Any] | None) -> str:
    if not facts.connected[source] or (source == "qbo" and facts.broken):
        return ":x:"
    return ":warning:" if figure is None or figure["error"] else ":white_check_mark:"


def _words(facts: Facts, source: str, figure: Mapping[str, Any] | None) -> str:
    if not facts.connected[source]:
        return "not connected; run `tieout connect`"
    read = figure["as_of"] if figure else None
    age = f"ledger as of {blocks.when(blocks.instant_of(read))}" if read else "nothing is cached yet"
    if source == "qbo" and facts.broken:
        where = f" <{blocks.escape(facts.connect_url)}|Reconnect>" if facts.connect_url else ""
        return f"must be connected again ({blocks.escape(blocks.plain(facts.broken))});{where} {age}"
    failed = blocks.escape(blocks.plain(figure["error"])) if figure and figure["error"] else ""
    return f"{age}; the last reading failed: {failed}" if failed else age


def _alerts(facts: Facts) -> list[Block]:
    """Whose they are first: the reader's own, then those that nobody has taken on."""
    own = [alert for alert in facts.alerts if alert.owner == facts.user]
    free = [a for a in facts.alerts if a.owner != facts.user and a.state in (AlertState.OPEN, AlertState.REOPENED)]
    told = []
    for title, alerts in (("Your open alerts", own), ("Nobody has taken these on", free)):
        lines = [
            f"• {blocks.escape(blocks.cut(blocks.plain(a.trouble.title), 150))}{_due(a)}" for a in alerts[:_ALERTS]
        ]
        more = [f"and {len(alerts) - _ALERTS} more"] if len(alerts) > _ALERTS else []
        if alerts:
            told.append(blocks.section("\n".join([f"*{title}*", *lines, *more])))
    told = told or [blocks.section("*No open alerts for you.*")]
    return [*told, *([blocks.actions(ask_button("Alerts", "/sync alerts"))] if facts.alerts else [])]


def _due(alert: Alert) -> str:
    return f" (due {alert.due})" if alert.due else f" ({alert.state.value})"


def _next(facts: Facts) -> list[Block]:
    lines = [f"• {blocks.escape(job_words(job))}: {blocks.when(at)}" for job, at in facts.upcoming[:_JOBS]]
    return [blocks.section("\n".join(["*Next runs*", *(lines or ["Nothing is scheduled."])]))]
