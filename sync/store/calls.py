"""The log of sent calls: every process of an installation claims its calls here, so that they share one allowance."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine, text
from sqlmodel import Session

from sync.store.db import reading, writing

# A stamp later than this from now was made by a clock that was since put back; it must not block us.
_CLOCK_SLACK = 60.0
_KEEP = 120.0  # seconds for which calls are kept at least


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
            if session.get_bind().dialect.name == "postgresql":
                for bucket in buckets:  # in one order, so that two claims never wait for each other
                    session.execute(_LOCK, {"bucket": bucket})
            keep = max([_KEEP, *(2 * limit.seconds for limit in limits)])
            for bucket in buckets:
                times = {"bucket": bucket, "old": now - keep, "far": now + _CLOCK_SLACK}
                session.execute(_PRUNE, times)
            wait = max((_wait(session, limit, now) for limit in limits), default=0.0)
            wait = max([wait, *(_paused(session, bucket, now) for bucket in buckets)])
            if wait > 0.0:
                return wait
            for bucket in buckets:
                session.execute(_LOG, {"bucket": bucket, "at": now})
                session.execute(_COUNT, {"bucket": bucket, "month": _month(now), "calls": 1, "throttled": 0})
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
            return int(session.execute(_USED, {"bucket": bucket, "since": now - seconds}).scalar_one())

    def month(self, bucket: str, when: datetime) -> MonthCount:
        """Calls in the calendar month (UTC) of the aware instant `when`."""
        with reading(self._engine) as session:
            values = {"bucket": bucket, "month": _month(when.timestamp())}
            row = session.execute(_MONTH, values).first()
        return MonthCount(0, 0) if row is None else MonthCount(row.calls, row.throttled)


def _wait(session: Session, limit: CallLimit, now: float) -> float:
    """The call that must grow old first is the `calls`-th newest."""
    oldest = session.execute(_NTH, {"bucket": limit.bucket, "skip": limit.calls - 1}).scalar()
    return 0.0 if oldest is None else max(0.0, oldest + limit.seconds - now)


def _paused(session: Session, bucket: str, now: float) -> float:
    until = session.execute(_PAUSED, {"bucket": bucket}).scalar()
    return 0.0 if until is None else max(0.0, until - now)


def _month(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:bucket, 0))")
_PRUNE = text("DELETE FROM sent_call WHERE bucket = :bucket AND (sent_at < :old OR sent_at > :far)")
_NTH = text("SELECT sent_at FROM sent_call WHERE bucket = :bucket ORDER BY sent_at DESC LIMIT 1 OFFSET :skip")
_LOG = text("INSERT INTO sent_call (bucket, sent_at) VALUES (:bucket, :at)")
_MOVE = text(
    "UPDATE sent_call SET sent_at = :sent WHERE id ="
    " (SELECT min(id) FROM sent_call WHERE bucket = :bucket AND sent_at = :claimed)"
)
_USED = text("SELECT count(*) FROM sent_call WHERE bucket = :bucket AND sent_at > :since")
_COUNT = text(
    "INSERT INTO call_month (bucket, month, calls, throttled) VALUES (:bucket, :month, :calls, :throttled)"
    " ON CONFLICT (bucket, month) DO UPDATE"
    " SET calls = call_month.calls + excluded.calls, throttled = call_month.throttled + excluded.throttled"
)
_MONTH = text("SELECT calls, throttled FROM call_month WHERE bucket = :bucket AND month = :month")
_PAUSE = text(
    "INSERT INTO call_pause (bucket, until) VALUES (:bucket, :until)"
    " ON CONFLICT (bucket) DO UPDATE SET until = excluded.until WHERE call_pause.until < excluded.until"
)
_PAUSED = text("SELECT until FROM call_pause WHERE bucket = :bucket")
