"""The commented example of tieout.toml, made from the tables of settings: it cannot say anything else than they do."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sync.settings.keys import CONTROLS, KEYS, SCHEDULE_KEYS, Key

# What a key without default may look like.
_SAMPLES: dict[str, object] = {
    "company.name": "Practice Ltd",
    "company.time_zone": "America/New_York",
    "matching.patterns": [r"shipment of (\S+)"],
    "sync.entities": ["transactions", "sales", "purchases", "ledger", "invoices", "bills"],
    "slack.alerts": "C0123",
    "slack.reports": "C0456",
    "roles.controller": ["U0001", "S0002"],
    "roles.operator": ["S0003"],
    "roles.viewer": ["*"],
    "alerts.escalate_to": "S0002",
    "schedule.name": "weekly",
    "schedule.report": "weekly",
    "schedule.cron": "0 9 * * mon",
    "schedule.channel": "C0456",
}
_SECTIONS = {
    "company": "The company: how answers name it, and its calendar.",
    "tolerance": "What counts as rounding.",
    "matching": "How Cin7's number is found in QuickBooks.",
    "posting": "Who posts sales to QuickBooks.",
    "sync": "How often both systems are read, and what of them.",
    "limits": "Calls that Tieout allows itself.",
    "slack": "Channels, by id and never by name.",
    "roles": 'Who may do what: users, user groups, "*" for every full member.',
    "alerts": "When an alert is raised, repeated and handed on.",
}


def example() -> str:
    """The text of a tieout.toml that says what every key means; what has no default stands there as a comment."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Business settings of Tieout. Every key is optional: what you leave out has the default that stands here."
    yield "# Secrets and addresses do not belong here: they are read from the environment or from .env."
    for section, words in _SECTIONS.items():
        yield ""
        yield f"[{section}]  # {words}"
        for key in KEYS:
            if key.section == section:
                yield _line(key)
    yield from _tables()
    yield ""
    yield "# [[schedule]]  # reports that are posted by themselves; one table for each"
    yield from (f"# {_said(key)}" for key in SCHEDULE_KEYS)


def _tables() -> Iterator[str]:
    yield ""
    yield "[accounts]  # Cin7 code = QuickBooks account id, where equal numbers or names do not already say so"
    yield '# "500" = "80"'
    yield ""
    yield f"[controls]  # Cin7 codes that a control claims; any of: {', '.join(CONTROLS[:6])},"
    yield f"            # {', '.join(CONTROLS[6:])}"
    yield '# clearing = ["660"]'


def _line(key: Key) -> str:
    return f"# {_said(key)}" if key.default is None else _said(key)


def _said(key: Key) -> str:
    name = f"{key.section}.{key.name}"
    value = _SAMPLES[name] if key.default is None else key.default
    return f"{key.name} = {json.dumps(value)}  # {key.meaning}"
