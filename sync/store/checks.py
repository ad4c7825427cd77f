"""What the daily set-up check said last, and the test syncs that somebody waits for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Engine
from sqlmodel import col, delete, select

from sync.store.db import reading, writing
from sync.store.run_tables import Learned

_SOURCE, _ENTITY, _DONE = "tieout", "check", ""
_WAITED_FOR = "test_sync"


@dataclass(frozen=True, slots=True)
class WaitedTrial:
    """A test sync that `user` waits for until `until` (seconds since 1970); `number` "" takes the newest documents."""

    user: str
    number: str
    since: float
    until: float


class TrialBook:
    """The test syncs of one company that are waited for; one for each person."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def begin(self, wanted: WaitedTrial) -> None:
        """Waits for it; another one of the same person is let go."""
        self.end(wanted.user)
        with writing(self._engine) as session:
            value = json.dumps(asdict(wanted))
            session.add(
                Learned(company=self._company, source=_SOURCE, entity=_WAITED_FOR, fact=wanted.user, value=value)
            )

    def waiting(self) -> list[WaitedTrial]:
        with reading(self._engine) as session:
            rows = session.exec(select(Learned).where(*_of(self._company, _WAITED_FOR))).all()
            return sorted((WaitedTrial(**json.loads(row.value)) for row in rows), key=lambda each: each.user)

    def end(self, user: str) -> bool:
        """Waits no longer; True for the one caller who ended it."""
        mine = (*_of(self._company, _WAITED_FOR), col(Learned.fact) == user)
        with writing(self._engine) as session:
            return bool(session.execute(delete(Learned).where(*mine).returning(col(Learned.fact))).all())


class CheckMemory:
    """The last daily check of one company."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def known(self) -> dict[str, str] | None:
        """Id -> status of what was not right at the last check, None before the first."""
        with reading(self._engine) as session:
            rows = session.exec(select(Learned).where(*_of(self._company, _ENTITY))).all()
            found = {row.fact: row.value for row in rows}
        return {id_: status for id_, status in found.items() if id_ != _DONE} if found else None

    def keep(self, faults: Mapping[str, str]) -> None:
        """Replaces what was known."""
        with writing(self._engine) as session:
            session.execute(delete(Learned).where(*_of(self._company, _ENTITY)))
            for id_, status in sorted({_DONE: "done", **faults}.items()):
                session.add(Learned(company=self._company, source=_SOURCE, entity=_ENTITY, fact=id_, value=status))


def _of(company: int, entity: str) -> tuple[ColumnElement[bool], ...]:
    return (col(Learned.company) == company, col(Learned.source) == _SOURCE, col(Learned.entity) == entity)
