"""Revision 0003: alerts and their history, the outbox, due times, seen events, and consents under way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Written as in revision 0001: name, type after a colon, "!" in the primary key, "?" where it may be null.
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": sa.String(),
    "text": sa.Text(),
    "day": sa.String(10),
    "instant": sa.String(32),
    "int": sa.Integer(),
    "float": sa.Float(),
    "bool": sa.Boolean(),
    "bytes": sa.LargeBinary(),
    "rowid": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}

_TABLES = {
    "alert": """
        company:int! id! cause kind state trouble:text opened_at:instant since:instant changed_at:instant life:int
        count:int by owner reason due:day? snoozed_until:instant? reminded_at:instant? reminders:int
        escalated_at:instant? resolved_at:instant?
    """,
    "alert_event": "id:rowid! company:int alert at:instant who what note",
    "consent": "state! realm until:float",
    "job": "company:int! name! rule since:instant",
    "job_run": """
        company:int! job! due! at:instant state claimed_by claimed_until:float tries:int note started_at:instant
        finished_at:instant?
    """,
    "outbox": """
        id:rowid! company:int key channel parent letter:text state version:int sent:int tried:int ts unsure:bool
        recheck:bool plain:bool attempted_at:float shown_at:float not_before:float claimed_by claimed_until:float
        tries:int fault created_at:instant
    """,
    "outbox_file": """
        company:int! key! position:int! name title content:bytes slack_id state unsure:bool tries:int fault
    """,
    "seen_event": "source! id! at:instant",
}

_UNIQUE = {"alert": ("company", "cause"), "outbox": ("company", "key")}

_INDEXES = (
    ("ix_alert_event", "alert_event", "company alert"),
    ("ix_job_run_at", "job_run", "company job at"),
    ("ix_outbox_channel", "outbox", "company channel claimed_until"),
    ("ix_outbox_due", "outbox", "company state not_before"),
    ("ix_seen_event_at", "seen_event", "at"),
)


def upgrade() -> None:
    for name, columns in _TABLES.items():
        unique = [sa.UniqueConstraint(*_UNIQUE[name])] if name in _UNIQUE else []
        op.create_table(name, *(_column(column) for column in columns.split()), *unique)
    for index, name, columns in _INDEXES:
        op.create_index(index, name, columns.split())


def _column(text: str) -> sa.Column[Any]:
    name, _, kind = text.rstrip("!?").partition(":")
    references = [sa.ForeignKey("company.id")] if name == "company" else []
    return sa.Column(name, _TYPES[kind], *references, primary_key=text.endswith("!"), nullable=text.endswith("?"))
