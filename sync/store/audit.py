"""The log of who did what: written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from sync.store import findings
from sync.store.db import reading, writing
from sync.store.memory_tables import AuditRow
from sync.store.upsert import table_of

_AUDIT = table_of(AuditRow)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who ("" is Tieout itself) did what to which subject, when; `detail` in their words or as JSON."""

    at: datetime
    who: str
    what: str
    subject: str
    detail: str


class AuditLog:
    """Who did what in one company."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def note(self, at: datetime, who: str, what: str, subject: str, detail: str = "") -> None:
        """Keeps one deed; `at` is an aware instant."""
        with writing(self._engine) as session:
            findings.audit(session, self._company, at=at, who=who, what=what, subject=subject, detail=detail)

    def recent(self, n: int = 50, subject: str = "") -> Sequence[Deed]:
        """The newest deeds, newest first; of one subject where it is named."""
        query = select(_AUDIT).where(_AUDIT.c.company == self._company)
        query = query.where(_AUDIT.c.subject == subject) if subject else query
        with reading(self._engine) as session:
            rows = session.execute(query.order_by(_AUDIT.c.id.desc()).limit(n)).all()
        return [Deed(row.at, row.who, row.what, row.subject, row.detail) for row in rows]
