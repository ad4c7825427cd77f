"""The tables of the memory: findings over runs, sign-offs, former states of documents, closed days, who did what."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

import sync.store.tables  # noqa: F401  declares the company, to which rows refer
from sync.store.columns import ROW_NUMBER, Day, Instant


class FindingRow(SQLModel, table=True):
    """What the tie-out found, kept over runs: what it says is the newest run's, the rest is people's and history.

    `documents` is JSON of both sides ("cin7": [[TaskID, number, word of its postings, day, amount], ...], "qbo" alike),
    and of the day and the entry that should clear it; `first_day` and `last_day` are the documents' days, None where it
    names none.
    `resolved_at` is None while it is open; `came_back` counts how often it was resolved and seen again.
    """

    __tablename__ = "finding"
    company: int = Field(primary_key=True, foreign_key="company.id")
    id: str = Field(primary_key=True)
    root: str
    cause: str
    nature: str
    control: str | None = None
    subject: str
    confidence: str
    explanation: str
    remedy: str
    documents: str = "{}"
    first_day: date | None = Field(default=None, sa_type=Day)
    last_day: date | None = Field(default=None, sa_type=Day)
    first_seen: datetime = Field(sa_type=Instant)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)
    came_back: int = 0
    owner: str = ""
    due: date | None = Field(default=None, sa_type=Day)
    note: str = ""


class SightingRow(SQLModel, table=True):
    """A finding in one period's tie-out: its money there (minor units of base currency), and whether it still is."""

    __tablename__ = "sighting"
    company: int = Field(primary_key=True, foreign_key="company.id")
    finding: str = Field(primary_key=True)
    start: date = Field(sa_type=Day, primary_key=True)
    end: date = Field(sa_type=Day, primary_key=True)
    amount: int = Field(sa_type=BigInteger)
    at_stake: int | None = Field(default=None, sa_type=BigInteger)
    count: int = 1
    open: bool = True


class SignOffRow(SQLModel, table=True):
    """A period that somebody signed off: the tie-out as it was (JSON), and hashes of what it was computed from."""

    __tablename__ = "sign_off"
    company: int = Field(primary_key=True, foreign_key="company.id")
    start: date = Field(sa_type=Day, primary_key=True)
    end: date = Field(sa_type=Day, primary_key=True)
    signed_at: datetime = Field(sa_type=Instant, primary_key=True)
    signed_by: str
    inputs: str
    evidence: str


class FormerRow(SQLModel, table=True):
    """What a document posted on an account before a later reading of its ledger said otherwise.

    `seen_at` is when the former state was read, `replaced_at` when the reading that differs began. A document that
    is new in days which were read before, and closed, has one row without account and amount.
    """

    __tablename__ = "former"
    __table_args__ = (Index("ix_former_day", "company", "source", "day"),)
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    document: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    day: date = Field(sa_type=Day, primary_key=True)
    replaced_at: datetime = Field(sa_type=Instant, primary_key=True)
    seen_at: datetime = Field(sa_type=Instant)
    amount: int = Field(sa_type=BigInteger)


class ClosingDayRow(SQLModel, table=True):
    """A day up to which a system said that its books are closed, and when a sync first read so."""

    __tablename__ = "closing_day"
    company: int = Field(primary_key=True, foreign_key="company.id")
    source: str = Field(primary_key=True)
    day: date = Field(sa_type=Day, primary_key=True)
    seen_at: datetime = Field(sa_type=Instant)


class AuditRow(SQLModel, table=True):
    """Who did what, and when; `who` is "" where Tieout itself noted something."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "company", "subject"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_NUMBER)
    company: int = Field(foreign_key="company.id")
    at: datetime = Field(sa_type=Instant)
    who: str
    what: str
    subject: str
    detail: str = ""
