"""Alerts: what may be wrong, and the life of one that somebody has to own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class AlertState(StrEnum):
    """Contract: Slack and web, message metadata `tieout_alert`."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    REOPENED = "reopened"
    RESOLVED = "resolved"


class AlertKind(StrEnum):
    """What an alert is about."""

    SYNC_FAILED = "sync_failed"
    SYNC_LATE = "sync_late"
    RECONNECT = "reconnect"
    BUDGET = "budget"
    FINDING = "finding"
    CLOSED_PERIOD = "closed_period"
    REPORT_FAILED = "report_failed"
    SETUP = "setup_changed"


@dataclass(frozen=True, slots=True)
class Link:
    """An address in one of the two systems, or of our own, with the words that lead there."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, in plain words: the content of an alert.

    `cause` is what open alerts are grouped by: one open alert per cause. `at_stake` is money in words, like
    "1,250.00 USD", or "" where none is known. `parts` names what failed, so that a later success of the same
    parts can be told. `retry` says what *Retry now* does ("sync", "report:NAME"), "" where nothing can be retried.
    """

    kind: AlertKind
    cause: str
    title: str
    lines: tuple[str, ...] = ()
    remedy: str = ""
    at_stake: str = ""
    links: tuple[Link, ...] = ()
    parts: tuple[str, ...] = ()
    retry: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it stands; instants are aware and in UTC.

    `since` is when it last began to need somebody: opened, reopened, or woken from a snooze. `life` counts the
    changes of its state, so that a button drawn before such a change can be told. `count` is how often the cause
    was seen while it was not resolved. `due` is a company-local day, `by` who moved it to its state ("" is Tieout).
    """

    id: str
    trouble: Trouble
    state: AlertState
    opened_at: datetime
    since: datetime
    changed_at: datetime
    life: int = 1
    count: int = 1
    by: str = ""
    owner: str = ""
    reason: str = ""
    due: date | None = None
    snoozed_until: datetime | None = None
    reminded_at: datetime | None = None
    reminders: int = 0
    escalated_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One line of an alert's history: when, who ("" is Tieout itself), what, and what they said."""

    at: datetime
    who: str
    what: str
    note: str = field(default="")
