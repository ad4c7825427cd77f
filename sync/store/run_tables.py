"""The tables of the sync itself: runs, ages of figures, what it learnt, calls, leases and tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

import sync.store.tables  # noqa: F401  declares the company, to which rows refer
from sync.store.columns import ROW_NUMBER, Instant


class Run(SQLModel, table=True):
    """One sync of a company: running, then succeeded, partial, failed or interrupted."""

    id: str = Field(primary_key=True)
    company: int = Field(foreign_key="company.id", index=True)
    status: str
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    started_by: str = ""
    stage: str = ""
    calls_cin7: int = 0
    calls_qbo: int = 0
    throttled_cin7: int = 0
    throttled_qbo: int = 0


class Step(SQLModel, table=True):
    """What one run did for one entity."""

    run: str = Field(primary_key=True, foreign_key="run.id")
    source: str = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    status: str
    fetched: int = 0
    changed: int = 0
    calls: int = 0
    fewest: int = 0
    error: str | None = None
    finished_at: datetime = Field(sa_type=Instant)


class Figure(SQLModel, table=True):
    """How old each entity is: when its last good reading began; None while there was none."""

    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    as_of: datetime | None = Field(default=None, sa_type=Instant)
    complete: bool = True
    reason: str = ""


class Learned(SQLModel, table=True):
    """Cursors and learned facts of a feed: last change seen, page size, date bounds, rotation place."""

    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    value: str


class SentCall(SQLModel, table=True):
    """A call sent to a vendor in the last minutes; bot and command line share one allowance through it."""

    __tablename__ = "sent_call"
    __table_args__ = (Index("ix_sent_call", "bucket", "sent_at"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_NUMBER)
    bucket: str
    sent_at: float


class CallPause(SQLModel, table=True):
    """A vendor that throttled one process is left alone by all of them until then (seconds since 1970)."""

    __tablename__ = "call_pause"
    bucket: str = Field(primary_key=True)
    until: float


class CallMonth(SQLModel, table=True):
    """Calls per bucket and calendar month (UTC), for the monthly allowance."""

    __tablename__ = "call_month"
    bucket: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    calls: int = 0
    throttled: int = 0


class Lease(SQLModel, table=True):
    """The right to sync a company, or to refresh a token; free again once `until` has passed."""

    name: str = Field(primary_key=True)
    holder: str
    until: float
    note: str = ""


class Token(SQLModel, table=True):
    """The QBO grant of a realm, encrypted; `pasted` is a fingerprint of the environment's first token."""

    realm: str = Field(primary_key=True)
    access: str = ""
    refresh: str = ""
    previous: str = ""
    access_until: float = 0.0
    refresh_until: float = 0.0
    pasted: str = ""
    broken: str = ""
    saved_at: datetime = Field(sa_type=Instant)
