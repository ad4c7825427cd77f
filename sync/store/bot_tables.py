"""The tables of the bot: alerts with their history, the outbox, due times, and what was seen or handed out once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

import sync.store.tables  # noqa: F401  declares the company, to which rows refer
from sync.store.columns import ROW_NUMBER, Day, Instant


class AlertRow(SQLModel, table=True):
    """One row per cause, for ever: what came back is the same alert, reopened. `trouble` is JSON."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("company", "cause"),)
    company: int = Field(primary_key=True, foreign_key="company.id")
    id: str = Field(primary_key=True)
    cause: str
    kind: str
    state: str
    trouble: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Instant)
    since: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    life: int = 1
    count: int = 1
    by: str = ""
    owner: str = ""
    reason: str = ""
    due: date | None = Field(default=None, sa_type=Day)
    snoozed_until: datetime | None = Field(default=None, sa_type=Instant)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)
    reminders: int = 0
    escalated_at: datetime | None = Field(default=None, sa_type=Instant)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)


class AlertEventRow(SQLModel, table=True):
    """One line of an alert's history: who did what, when; `who` is "" where Tieout did it."""

    __tablename__ = "alert_event"
    __table_args__ = (Index("ix_alert_event", "company", "alert"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_NUMBER)
    company: int = Field(foreign_key="company.id")
    alert: str
    at: datetime = Field(sa_type=Instant)
    who: str
    what: str
    note: str = ""


class OutboxRow(SQLModel, table=True):
    """A message of ours and how far Slack shows it: `sent` is the version it shows, `version` the one it shall show.

    `state` is due, done, failed or dropped. `ts` is Slack's name for the message. `unsure`: a post whose outcome is
    not known, tried at `attempted_at` with version `tried`. Times are seconds since 1970.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("company", "key"),
        Index("ix_outbox_due", "company", "state", "not_before"),
        Index("ix_outbox_channel", "company", "channel", "claimed_until"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_NUMBER)
    company: int = Field(foreign_key="company.id")
    key: str
    channel: str
    parent: str = ""
    letter: str = Field(sa_type=Text)
    state: str
    version: int = 1
    sent: int = 0
    tried: int = 0
    ts: str = ""
    unsure: bool = False
    recheck: bool = False
    plain: bool = False
    attempted_at: float = 0.0
    shown_at: float = 0.0
    not_before: float = 0.0
    claimed_by: str = ""
    claimed_until: float = 0.0
    tries: int = 0
    fault: str = ""
    created_at: datetime = Field(sa_type=Instant)


class OutboxFileRow(SQLModel, table=True):
    """A file of a letter; its bytes are let go once Slack has shared it."""

    __tablename__ = "outbox_file"
    company: int = Field(primary_key=True, foreign_key="company.id")
    key: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    name: str
    title: str
    content: bytes = Field(sa_type=LargeBinary)
    slack_id: str = ""
    state: str = "due"
    unsure: bool = False
    tries: int = 0
    fault: str = ""


class JobRow(SQLModel, table=True):
    """A scheduled job: its rule in words, and since when that rule holds; due times before it never were."""

    __tablename__ = "job"
    company: int = Field(primary_key=True, foreign_key="company.id")
    name: str = Field(primary_key=True)
    rule: str
    since: datetime = Field(sa_type=Instant)


class JobRunRow(SQLModel, table=True):
    """One due time of a job, claimed by one process: running until its lease ends, then done or failed.

    `due` is the local wall-clock time, so that an hour which the clocks repeat is one due time.
    """

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_run_at", "company", "job", "at"),)
    company: int = Field(primary_key=True, foreign_key="company.id")
    job: str = Field(primary_key=True)
    due: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    state: str
    claimed_by: str
    claimed_until: float
    tries: int = 1
    note: str = ""
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)


class SeenEventRow(SQLModel, table=True):
    """An event that was delivered to us, so that a second delivery can be told; pruned after days."""

    __tablename__ = "seen_event"
    __table_args__ = (Index("ix_seen_event_at", "at"),)
    source: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)


class ConsentRow(SQLModel, table=True):
    """A consent that a browser was sent away for: the hash of its state, the company it is for, good for once."""

    __tablename__ = "consent"
    state: str = Field(primary_key=True)
    realm: str
    until: float
