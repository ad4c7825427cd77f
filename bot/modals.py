"""The windows that Tieout opens over Slack, and what a filled one says; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot import blocks
from bot.blocks import Block
from sync.domain.alerts import Alert
from sync.errors import UserError

ACKNOWLEDGE, SNOOZE, SIGN_OFF = "acknowledge_modal", "snooze_modal", "sign_off_modal"
_OWNER, _REASON, _DUE, _LONG = "owner", "reason", "due", "for"
_INPUT = "input"
SNOOZES = {"1 hour": 1, "4 hours": 4, "1 day": 24, "3 days": 72, "1 week": 168}  # words -> hours
_REASON_MOST = 500

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a window is about, as its private_metadata carries it: an alert and its life, or a period; and where."""

    subject: str
    life: int = 0
    channel: str = ""

    def packed(self) -> str:
        return json.dumps({"subject": self.subject, "life": self.life, "channel": self.channel})


def read_about(view: Mapping[str, Any]) -> About:
    """What a window that comes back is about; UserError where it is none of ours."""
    try:
        said = json.loads(view["private_metadata"])
        return About(str(said["subject"]), int(said["life"]), str(said["channel"]))
    except (KeyError, TypeError, ValueError):
        raise UserError("That window is not one of ours; press the button again") from None


def acknowledge(alert: Alert, user: str, channel: str) -> View:
    """Who takes an alert on, why, and until when."""
    given = alert.owner if alert.owner.startswith(("U", "W")) else user
    return _taking(About(alert.id, alert.life, channel), _title(alert), given)


def acknowledge_pack(key: str, title: str, user: str, channel: str) -> View:
    """Who takes a pack on: its errors that nobody owns, why, and until when. `key` is that of its letter."""
    return _taking(About(key, 0, channel), blocks.said(title), user)


def _taking(about: About, title: Block, owner: str) -> View:
    given = {"initial_user": owner}
    inputs = [
        _asked(_OWNER, "Owner", {"type": "users_select", "action_id": _INPUT, **given}),
        _asked(
            _REASON,
            "Reason",
            {
                "type": "plain_text_input",
                "action_id": _INPUT,
                "multiline": True,
                "max_length": _REASON_MOST,
                "placeholder": blocks.text_object("What is known, or what will be done", 150),
            },
            optional=True,
        ),
        _asked(_DUE, "Due", {"type": "datepicker", "action_id": _INPUT}, optional=True),
    ]
    return _modal(ACKNOWLEDGE, "Acknowledge", "Acknowledge", about, [title, *inputs])


def snooze(alert: Alert, channel: str) -> View:
    """For how long nobody is reminded."""
    options = [{"text": blocks.text_object(words, 75), "value": str(hours)} for words, hours in SNOOZES.items()]
    chosen = {"type": "static_select", "action_id": _INPUT, "options": options, "initial_option": options[1]}
    about = About(alert.id, alert.life, channel)
    return _modal(SNOOZE, "Snooze", "Snooze", about, [_title(alert), _asked(_LONG, "For how long", chosen)])


def sign_off(period: str, name: str, channel: str) -> View:
    """Whether a period shall be frozen in somebody's name."""
    told = [
        blocks.said(f"Sign off {period} as {name}?"),
        blocks.said(
            "The tie-out is made once more, and frozen with its inputs as evidence. It is refused while an error has "
            "no owner or anything is unexplained beyond the tolerance."
        ),
    ]
    return _modal(SIGN_OFF, "Sign off", "Sign off", About(period, 0, channel), told)


@dataclass(frozen=True, slots=True)
class Taken:
    """A filled *Acknowledge*."""

    owner: str
    reason: str
    due: date | None


def read_acknowledge(view: Mapping[str, Any], user: str, today: date) -> tuple[Taken | None, dict[str, str]]:
    """What was filled in, or the faults by input; whoever names nobody takes it on. `today` in the company's zone."""
    owner, reason, due = (_value(view, name) for name in (_OWNER, _REASON, _DUE))
    try:
        day = date.fromisoformat(due) if due else None
    except ValueError:
        return None, {_DUE: "That is not a day; choose one."}
    if day is not None and day < today:
        return None, {_DUE: "That day has passed already; choose a later one."}
    return Taken(owner or user, reason.strip()[:_REASON_MOST], day), {}


def read_snooze(view: Mapping[str, Any], now: datetime) -> datetime:
    """Until when; four hours where nothing that we offer was chosen."""
    chosen = _value(view, _LONG)
    hours = int(chosen) if chosen.isdigit() and int(chosen) in SNOOZES.values() else 4
    return now + timedelta(hours=hours)


def _value(view: Mapping[str, Any], name: str) -> str:
    """What one input holds, whichever kind of element it is."""
    held = next(iter(((view.get("state") or {}).get("values") or {}).get(name, {}).values()), None) or {}
    chosen = held.get("selected_option") or {}
    for value in (held.get("value"), held.get("selected_user"), held.get("selected_date"), chosen.get("value")):
        if value:
            return str(value)
    return ""


def _title(alert: Alert) -> Block:
    return blocks.said(alert.trouble.title)


def _asked(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": blocks.text_object(label, 2_000),
        "element": element,
        "optional": optional,
    }


def _modal(callback: str, title: str, submit: str, about: About, told: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": blocks.text_object(title, 24),
        "submit": blocks.text_object(submit, 24),
        "close": blocks.text_object("Close", 24),
        "private_metadata": about.packed(),
        "blocks": told,
    }
