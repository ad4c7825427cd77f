"""How the syncs of a company are doing, for readiness, metrics and the alert of a late sync."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select

from sync.store.bot_tables import AlertRow
from sync.store.db import reading
from sync.store.run_tables import CallMonth, Run, Step, Token
from sync.store.upsert import table_of

_RUN, _STEP, _ALERT = table_of(Run), table_of(Step), table_of(AlertRow)
_MONTH, _TOKEN = table_of(CallMonth), table_of(Token)
_GOOD = "succeeded"


@dataclass(frozen=True, slots=True)
class Pulse:
    """`good_at`: end of the last good whole sync, `first_at`: start of the first sync; None where there is none."""

    good_at: datetime | None
    first_at: datetime | None


class SyncHealth:
    """Reads what the syncs of one company left behind.

    `core` are the parts (source, entity) without which a sync is a small one, that says nothing of how fresh the
    figures are.
    """

    def __init__(self, engine: Engine, company: int, realm: str, core: Iterable[tuple[str, str]] = ()) -> None:
        self._engine = engine
        self._company = company
        self._realm = realm
        self._core = tuple(core)

    def pulse(self) -> Pulse:
        """When syncs were good; a sync is good when all of it succeeded and the core was among it."""
        mine = select(func.max(_RUN.c.finished_at), func.min(_RUN.c.started_at)).where(_RUN.c.company == self._company)
        whole = [
            select(_STEP.c.run).where(_STEP.c.run == _RUN.c.id, _STEP.c.source == source, _STEP.c.entity == entity)
            for source, entity in self._core
        ]
        with reading(self._engine) as session:
            good, _ = session.execute(mine.where(_RUN.c.status == _GOOD, *(step.exists() for step in whole))).one()
            _, first = session.execute(mine).one()
        return Pulse(good, first)

    def answers(self) -> None:
        """Returns where the database can be read; AppError where not."""
        with reading(self._engine) as session:
            session.execute(select(func.count()).select_from(_RUN).where(_RUN.c.id == ""))

    def broken(self) -> str:
        """Why the QuickBooks connection must be made again, "" where it need not."""
        with reading(self._engine) as session:
            why = session.execute(select(_TOKEN.c.broken).where(_TOKEN.c.realm == self._realm)).scalar()
        return why or ""

    def runs(self) -> dict[str, int]:
        """How many syncs ended in each status."""
        query = select(_RUN.c.status, func.count()).where(_RUN.c.company == self._company).group_by(_RUN.c.status)
        with reading(self._engine) as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def alerts(self) -> dict[str, int]:
        """How many alerts are in each state."""
        query = select(_ALERT.c.state, func.count()).where(_ALERT.c.company == self._company).group_by(_ALERT.c.state)
        with reading(self._engine) as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def calls(self, now: float) -> dict[str, tuple[int, int]]:
        """Calls and throttled calls of this calendar month (UTC) per source."""
        month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
        query = select(_MONTH).where(_MONTH.c.month == month, _MONTH.c.bucket.in_(("cin7", "qbo")))
        with reading(self._engine) as session:
            return {row.bucket: (row.calls, row.throttled) for row in session.execute(query)}
