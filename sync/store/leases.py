"""Leases: a named right that one process holds at a time, free again when its time is over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, text

from sync.store.db import reading, writing


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease, until when (seconds since 1970), and what for."""

    holder: str
    until: float
    note: str


def take(engine: Engine, name: str, holder: str, seconds: float, now: float, note: str = "") -> str | None:
    """Takes the lease for `seconds` from `now`: `holder` when it is ours, None while another holds it.

    Taking what one holds already prolongs it. Atomic across processes.
    """
    # One statement, so that of two processes one inserts or updates and the other finds it taken.
    query = text(
        "INSERT INTO lease (name, holder, until, note) VALUES (:name, :holder, :until, :note)"
        " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, note = excluded.note"
        " WHERE lease.until <= :now OR lease.holder = excluded.holder RETURNING holder"
    )
    values = {"name": name, "holder": holder, "until": now + seconds, "note": note, "now": now}
    with writing(engine) as session:
        return session.execute(query, values).scalar()


def renew(engine: Engine, name: str, holder: str, seconds: float, now: float) -> bool:
    """Prolongs our lease to `seconds` from `now`; False when it was lost to another, or released."""
    query = text("UPDATE lease SET until = :until WHERE name = :name AND holder = :holder RETURNING holder")
    with writing(engine) as session:
        found = session.execute(query, {"name": name, "holder": holder, "until": now + seconds}).scalar()
    return found is not None


def release(engine: Engine, name: str, holder: str) -> None:
    """Gives our lease back; that of another holder is left alone."""
    query = text("DELETE FROM lease WHERE name = :name AND holder = :holder")
    with writing(engine) as session:
        session.execute(query, {"name": name, "holder": holder})


def holder_of(engine: Engine, name: str, now: float) -> Holder | None:
    """Who holds the lease at `now`; None when it is free."""
    query = text("SELECT holder, until, note FROM lease WHERE name = :name AND until > :now")
    with reading(engine) as session:
        row = session.execute(query, {"name": name, "now": now}).first()
    return None if row is None else Holder(row.holder, row.until, row.note)


def told(engine: Engine, name: str) -> str:
    """What the holder said the lease is for, as the end of a sentence: " (by Ann)", or "" when nothing was said."""
    query = text("SELECT note FROM lease WHERE name = :name")
    with reading(engine) as session:
        note = session.execute(query, {"name": name}).scalar()
    return f" ({note})" if note else ""
