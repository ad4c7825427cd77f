"""What may happen only once: events that were delivered to us, and consents that a browser was sent away for."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, text

from sync.store.bot_tables import ConsentRow, SeenEventRow
from sync.store.db import writing
from sync.store.upsert import table_of, upsert

_SEEN, _CONSENT = table_of(SeenEventRow), table_of(ConsentRow)
_NOTE = text("INSERT INTO seen_event (source, id, at) VALUES (:source, :id, :at) ON CONFLICT DO NOTHING RETURNING id")
_KEEP = timedelta(days=7)  # QuickBooks repeats an event for some days, Slack for minutes


class SeenEvents:
    """Remembers the ids of events over restarts, for every process of the installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def first_time(self, source: str, id_: str, now: float) -> bool:
        """True for the first delivery of the event, whichever process asks; False for every other one."""
        at = datetime.fromtimestamp(now, UTC)
        with writing(self._engine) as session:
            session.execute(delete(_SEEN).where(_SEEN.c.at < at - _KEEP))
            # One statement: of two processes one inserts, and the other finds the row there.
            return (
                session.execute(
                    _NOTE, {"source": source, "id": id_, "at": at.isoformat(timespec="microseconds")}
                ).first()
                is not None
            )


class Consents:
    """States of consents under way; kept as hashes, so that the database alone lets nobody in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, state: str, realm: str, until: float, now: float) -> None:
        """Keeps a state that was sent with a browser, until `until` (seconds since 1970)."""
        with writing(self._engine) as session:
            session.execute(delete(_CONSENT).where(_CONSENT.c.until <= now))
            upsert(session, ConsentRow, [{"state": _hash(state), "realm": realm, "until": until}])

    def end(self, state: str, now: float) -> str | None:
        """Uses the state up: the company that it was for, None where it is unknown, used or too old."""
        mine = delete(_CONSENT).where(_CONSENT.c.state == _hash(state), _CONSENT.c.until > now)
        with writing(self._engine) as session:
            found: str | None = session.execute(mine.returning(_CONSENT.c.realm)).scalar()
        return found


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
