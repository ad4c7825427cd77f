"""What the daily set-up check said last: the ids of what was not right, each with how bad it was."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Engine
from sqlmodel import col, delete, select

from sync.store.db import reading, writing
from sync.store.tables import Learned

_SOURCE, _ENTITY, _DONE = "tieout", "check", ""


class CheckMemory:
    """The last daily check of one company."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def known(self) -> dict[str, str] | None:
        """Id -> status of what was not right at the last check, None before the first."""
        with reading(self._engine) as session:
            rows = session.exec(select(Learned).where(*self._mine())).all()
            found = {row.fact: row.value for row in rows}
        return {id_: status for id_, status in found.items() if id_ != _DONE} if found else None

    def keep(self, faults: Mapping[str, str]) -> None:
        """Replaces what was known."""
        with writing(self._engine) as session:
            session.execute(delete(Learned).where(*self._mine()))
            for id_, status in sorted({_DONE: "done", **faults}.items()):
                session.add(Learned(company=self._company, source=_SOURCE, entity=_ENTITY, fact=id_, value=status))

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(Learned.company) == self._company,
            col(Learned.source) == _SOURCE,
            col(Learned.entity) == _ENTITY,
        )
