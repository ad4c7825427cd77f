"""The book of alerts: each change is decided and kept in one transaction, with its history and its message."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, Protocol

from sqlalchemy import Engine, select, text
from sqlmodel import Session

from sync.domain.alerts import Alert, AlertEvent, AlertKind, AlertState, Link, Trouble
from sync.domain.letters import Letter
from sync.store import outbox
from sync.store.bot_tables import AlertEventRow, AlertRow
from sync.store.db import reading, writing
from sync.store.upsert import table_of, upsert

_ALERTS, _EVENTS = table_of(AlertRow), table_of(AlertEventRow)
_LIFE = tuple(field.name for field in fields(Alert) if field.name != "trouble")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:book, 0))")


class Change(Protocol):
    """What was decided: the alert as it is from now on, the lines of its history, and what Slack shall show."""

    @property
    def alert(self) -> Alert: ...
    @property
    def events(self) -> Sequence[AlertEvent]: ...
    @property
    def letters(self) -> Sequence[Letter]: ...


class AlertBook:
    """The alerts of one company."""

    def __init__(self, engine: Engine, company: int, debounce: float = 1.0) -> None:
        """`debounce`: the least seconds between two updates of one message."""
        self._engine = engine
        self._company = company
        self._debounce = debounce

    def change(
        self, decide: Callable[[Alert | None], Change | None], now: float, *, cause: str = "", id_: str = ""
    ) -> Alert | None:
        """Hands the alert of `cause`, or with the id, to `decide` and keeps what that decided; gives the alert after.

        `decide` must be quick and call nothing outside: it runs inside the transaction, alone in its company. What
        it raises leaves everything as it was. None from it means no change.
        """
        column, value = ("id", id_) if id_ else ("cause", cause)
        with writing(self._engine, durable=True) as session:
            self._alone(session)
            query = select(_ALERTS).where(_ALERTS.c.company == self._company, _ALERTS.c[column] == value)
            row = session.execute(query).first()
            before = None if row is None else _to_alert(row)
            decided = decide(before)
            if decided is None:
                return before
            self._keep(session, decided, now)
        return decided.alert

    def unresolved(self) -> list[Alert]:
        """Every alert that is not resolved, the oldest first."""
        query = select(_ALERTS).where(_ALERTS.c.company == self._company, _ALERTS.c.state != AlertState.RESOLVED.value)
        with reading(self._engine) as session:
            return [_to_alert(row) for row in session.execute(query.order_by(_ALERTS.c.opened_at, _ALERTS.c.id))]

    def alert(self, id_: str) -> Alert | None:
        """The alert with the id."""
        query = select(_ALERTS).where(_ALERTS.c.company == self._company, _ALERTS.c.id == id_)
        with reading(self._engine) as session:
            row = session.execute(query).first()
        return None if row is None else _to_alert(row)

    def history(self, id_: str) -> list[AlertEvent]:
        """All that happened to an alert, the oldest first."""
        mine = (_EVENTS.c.company == self._company, _EVENTS.c.alert == id_)
        query = select(_EVENTS).where(*mine).order_by(_EVENTS.c.id)
        with reading(self._engine) as session:
            return [AlertEvent(row.at, row.who, row.what, row.note) for row in session.execute(query)]

    def _alone(self, session: Session) -> None:
        # SQLite has one writer anyway; on PostgreSQL two processes would both find no alert of the cause, and add one.
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_LOCK, {"book": f"alerts:{self._company}"})

    def _keep(self, session: Session, decided: Change, now: float) -> None:
        upsert(session, AlertRow, [_to_row(self._company, decided.alert)])
        rows = [{"company": self._company, "alert": decided.alert.id, **asdict(event)} for event in decided.events]
        if rows:
            session.execute(_EVENTS.insert(), rows)
        for letter in decided.letters:
            outbox.put(session, self._company, letter, now=now, debounce=self._debounce)


def _to_row(company: int, alert: Alert) -> dict[str, Any]:
    trouble = alert.trouble
    return {
        "company": company,
        "cause": trouble.cause,
        "kind": trouble.kind.value,
        "trouble": json.dumps(asdict(trouble), sort_keys=True, ensure_ascii=False),
        **{name: getattr(alert, name) for name in _LIFE},
        "state": alert.state.value,
    }


def _to_alert(row: Any) -> Alert:
    words = json.loads(row.trouble)
    trouble = Trouble(
        kind=AlertKind(words["kind"]),
        cause=words["cause"],
        title=words["title"],
        lines=tuple(words["lines"]),
        remedy=words["remedy"],
        at_stake=words["at_stake"],
        links=tuple(Link(**link) for link in words["links"]),
        parts=tuple(words["parts"]),
        retry=words["retry"],
    )
    life = {name: getattr(row, name) for name in _LIFE}
    return Alert(trouble=trouble, **(life | {"state": AlertState(row.state)}))
