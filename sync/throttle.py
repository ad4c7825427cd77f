"""Call limits over sliding windows, and the log of sent calls from which the next free moment follows."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sync.errors import AppError

_MARGIN_MOST = 1.5
_MARGIN_SHARE = 0.2
_KEEP = 600.0
_SLICE = 0.25


class Cancelled(AppError):
    """The work was cancelled; what had arrived is kept."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` calls in any `seconds` seconds on `bucket` ("cin7", "qbo reports", ...).

    Several limits may share a bucket (500 a minute and 10 a second); a call is logged once per bucket.
    """

    bucket: str
    calls: int
    seconds: float


def padded(limit: Limit) -> Limit:
    """`limit` with its window made longer by a fifth, one and a half seconds at most.

    Our stamps are the moments at which requests leave; the other side counts when they arrive, and some
    travel, or wait for a busy server, longer than others. On a minute this costs 2.4 % of the allowance.
    """
    return replace(limit, seconds=limit.seconds + min(_MARGIN_MOST, limit.seconds * _MARGIN_SHARE))


class CallLog(Protocol):
    """Where the moments of sent calls are kept; shared by every process that uses the same access."""

    def claim(self, limits: Sequence[Limit], now: float) -> float:
        """0.0 when every limit had room: one call is then logged at `now` on each bucket. Else the seconds to wait."""

    def sent(self, limits: Sequence[Limit], claimed_at: float, sent_at: float) -> None:
        """Moves the call that was logged at `claimed_at` to the moment at which its bytes left."""

    def pause(self, bucket: str, until: float) -> None:
        """Lets nobody claim on `bucket` before `until`; an earlier pause is never shortened."""

    def note_throttle(self, bucket: str) -> None:
        """Counts one refusal of the other side."""


class MemoryCallLog:
    """A call log of one process, for where no store is at hand."""

    def __init__(self) -> None:
        self.throttled: dict[str, int] = {}
        self._sent: dict[str, list[float]] = {}
        self._paused: dict[str, float] = {}
        self._lock = threading.Lock()

    def claim(self, limits: Sequence[Limit], now: float) -> float:
        with self._lock:
            wait = max((self._wait(limit, now) for limit in limits), default=0.0)
            if wait <= 0.0:
                for bucket in _buckets(limits):
                    insort(self._sent.setdefault(bucket, []), now)
            return max(wait, 0.0)

    def sent(self, limits: Sequence[Limit], claimed_at: float, sent_at: float) -> None:
        with self._lock:
            for bucket in _buckets(limits):
                stamps = self._sent.setdefault(bucket, [])
                place = bisect_left(stamps, claimed_at)
                if place < len(stamps) and stamps[place] == claimed_at:
                    del stamps[place]
                insort(stamps, sent_at)

    def pause(self, bucket: str, until: float) -> None:
        with self._lock:
            self._paused[bucket] = max(until, self._paused.get(bucket, until))

    def note_throttle(self, bucket: str) -> None:
        with self._lock:
            self.throttled[bucket] = self.throttled.get(bucket, 0) + 1

    def _wait(self, limit: Limit, now: float) -> float:
        paused = self._paused.get(limit.bucket, now) - now
        stamps = self._sent.get(limit.bucket, [])
        del stamps[: bisect_right(stamps, now - max(_KEEP, limit.seconds))]
        # A clock that was set back leaves stamps far ahead; they would block for as long as it was set back.
        del stamps[bisect_right(stamps, now + limit.seconds) :]
        inside = len(stamps) - bisect_right(stamps, now - limit.seconds)
        if inside < limit.calls:
            return paused
        return max(paused, stamps[-limit.calls] + limit.seconds - now)


def _buckets(limits: Sequence[Limit]) -> list[str]:
    return list(dict.fromkeys(limit.bucket for limit in limits))


class Turn:
    """The right to send one call now, as logged."""

    def __init__(self, log: CallLog, limits: Sequence[Limit], claimed_at: float, clock: Callable[[], float]) -> None:
        self._log, self._limits, self._stamp, self._clock = log, limits, claimed_at, clock

    def left(self) -> None:
        """The bytes are on their way: the log's stamp is moved to now."""
        now = self._clock()
        self._log.sent(self._limits, self._stamp, now)
        self._stamp = now


class Allowance:
    """Waits for turns; `sleep` waits seconds, and anything set in `cancel` or a batch's `stop` ends a wait."""

    def __init__(
        self, log: CallLog, clock: Callable[[], float], sleep: Callable[[float], object], cancel: threading.Event
    ) -> None:
        self._log, self._clock, self._sleep, self._cancel = log, clock, sleep, cancel

    def take(self, limits: Sequence[Limit], stop: threading.Event) -> Turn:
        """The next turn under all `limits`; raises Cancelled."""
        limits = tuple(padded(limit) for limit in limits)
        while True:
            self.check(stop)
            now = self._clock()
            wait = self._log.claim(limits, now)
            if wait <= 0.0:
                return Turn(self._log, limits, now, self._clock)
            self.rest(wait, stop)

    def refused(self, limits: Sequence[Limit], wait: float) -> None:
        """Books a throttle and holds everybody, in every process, on these buckets for `wait` seconds."""
        for bucket in _buckets(limits):
            self._log.note_throttle(bucket)
            if wait > 0.0:
                self._log.pause(bucket, self._clock() + wait)

    def rest(self, seconds: float, stop: threading.Event) -> None:
        """Waits in slices, so that a cancelled batch does not sit out its minute; raises Cancelled."""
        while seconds > 0.0:
            self.check(stop)
            self._sleep(min(seconds, _SLICE))
            seconds -= _SLICE
        self.check(stop)

    def check(self, stop: threading.Event) -> None:
        if stop.is_set() or self._cancel.is_set():
            raise Cancelled
