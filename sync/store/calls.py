"""The log of sent calls: every process of an installation claims its calls here, so that they share one allowance."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, Engine, text

from sync.store.db import reading, writing

# A stamp later than this from now was made by a clock that was since put back; it must not block us.
_CLOCK_SLACK = 60.0
_KEEP = 120.0  # seconds for which calls are kept at least
_PRUNE_EVERY = 50  # calls


class CallLimit(Protocol):
    """At most `calls` calls within any `seconds`, counted over everything logged against `bucket`."""

    @property
    def bucket(self) -> str: ...
    @property
    def calls(self) -> int: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Calls sent in a calendar month (UTC), and how many of them were throttled."""

    calls: int
    throttled: int


class StoredCallLog:
    """Calls in the cache's database; claims of all threads and processes come one after the other."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def claim(self, limits: Sequence[CallLimit], now: float) -> float:
        """0.0 when every limit has room: one call is then logged at `now` against each bucket; else seconds to wait."""
        buckets = sorted({limit.bucket for limit in limits})
        with writing(self._engine) as session:
            connection = session.connection()
            if connection.dialect.name == "postgresql":
                for bucket in buckets:  # in one order, so that two claims never wait for each other
                    connection.execute(_LOCK, {"bucket": bucket})
            wait = max((_wait(connection, limit, now) for limit in limits), default=0.0)
            if wait > 0.0:
                return wait
            for bucket in buckets:
                connection.execute(_LOG, {"bucket": bucket, "at": now})
                count = {"bucket": bucket, "month": _month(now), "calls": 1, "throttled": 0}
                if connection.execute(_COUNT, count).scalar_one() % _PRUNE_EVERY == 0:
                    keep = max([_KEEP, *(2 * limit.seconds for limit in limits)])
                    connection.execute(_PRUNE, {"bucket": bucket, "old": now - keep, "far": now + _CLOCK_SLACK})
        return 0.0

    def sent(self, limits: Sequence[CallLimit], claimed_at: float, sent_at: float) -> None:
        """Moves one call's stamp from when it was claimed to when its bytes really left."""
        with writing(self._engine) as session:
            for bucket in sorted({limit.bucket for limit in limits}):
                session.execute(_MOVE, {"bucket": bucket, "claimed": claimed_at, "sent": sent_at})

    def pause(self, bucket: str, until: float) -> None:
        """No call of the bucket leaves before `until` (seconds since 1970), whichever process asks; never shortened."""
        with writing(self._engine) as session:
            session.execute(_PAUSE, {"bucket": bucket, "until": until})

    def note_throttle(self, bucket: str) -> None:
        """Counts a call that the vendor refused because of its limits."""
        with writing(self._engine) as session:
            month = _month(self._clock())
            session.execute(_COUNT, {"bucket": bucket, "month": month, "calls": 0, "throttled": 1})

    def used(self, bucket: str, seconds: float, now: float) -> int:
        """Calls of the bucket in the `seconds` before `now`, at most the last 120."""
        with reading(self._engine) as session:
            values = {"bucket": bucket, "since": now - seconds, "far": now + _CLOCK_SLACK}
            return int(session.execute(_USED, values).scalar_one())

    def month(self, bucket: str, when: datetime) -> MonthCount:
        """Calls in the calendar month (UTC) of the aware instant `when`."""
        with reading(self._engine) as session:
            values = {"bucket": bucket, "month": _month(when.timestamp())}
            row = session.execute(_MONTH, values).first()
        return MonthCount(0, 0) if row is None else MonthCount(row.calls, row.throttled)


def _wait(connection: Connection, limit: CallLimit, now: float) -> float:
    """Until the bucket's pause is over and the `calls`-th newest call has left the window; 0.0 when both are so."""
    values = {"bucket": limit.bucket, "skip": limit.calls - 1, "seconds": limit.seconds, "far": now + _CLOCK_SLACK}
    free_at: list[float] = list(connection.execute(_FREE_AT, values).scalars())
    return max([0.0, *(moment - now for moment in free_at)])


def _month(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:bucket, 0))")
_PRUNE = text("DELETE FROM sent_call WHERE bucket = :bucket AND (sent_at < :old OR sent_at > :far)")
_FREE_AT = text(
    "SELECT sent_at + :seconds FROM (SELECT sent_at FROM sent_call WHERE bucket = :bucket AND sent_at <= :far"
    " ORDER BY sent_at DESC LIMIT 1 OFFSET :skip) AS nth"
    " UNION ALL SELECT until FROM call_pause WHERE bucket = :bucket"
)
_LOG = text("INSERT INTO sent_call (bucket, sent_at) VALUES (:bucket, :at)")
_MOVE = text(
    "UPDATE sent_call SET sent_at = :sent WHERE id ="
    " (SELECT min(id) FROM sent_call WHERE bucket = :bucket AND sent_at = :claimed)"
)
_USED = text("SELECT count(*) FROM sent_call WHERE bucket = :bucket AND sent_at > :since AND sent_at <= :far")
_COUNT = text(
    "INSERT INTO call_month (bucket, month, calls, throttled) VALUES (:bucket, :month, :calls, :throttled)"
    " ON CONFLICT (bucket, month) DO UPDATE"
    " SET calls = call_month.calls + excluded.calls, throttled = call_month.throttled + excluded.throttled"
    " RETURNING calls"
)
_MONTH = text("SELECT calls, throttled FROM call_month WHERE bucket = :bucket AND month = :month")
_PAUSE = text(
    "INSERT INTO call_pause (bucket, until) VALUES (:bucket, :until)"
    " ON CONFLICT (bucket) DO UPDATE SET until = excluded.until WHERE call_pause.until < excluded.until"
)
