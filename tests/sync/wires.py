"""A clock that moves only when somebody sleeps on it, and transports that talk to a function instead of a network."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx

from sync.errors import AuthExpired, RateLimited, Rejected, Unavailable
from sync.throttle import CallLog, Limit
from sync.transport import (
    Answer,
    MemoryCallLog,
    Refused,
    Throttled,
    Transport,
    Unauthorised,
    Unusable,
    Usable,
    Verdict,
    seconds_asked,
)


class Clock:
    """Seconds since 1970, standing still between sleeps."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now
        self.slept = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept += seconds


def judge(answer: Answer) -> Verdict:
    """A plain system's answers by their status alone."""
    if answer.status == 200:
        return Usable(answer.body.decode())
    if answer.status == 429:
        return Throttled(
            RateLimited("too many", system="test"), seconds_asked(answer.headers.get("retry-after")), most=3
        )
    if answer.status == 401:
        return Unauthorised(AuthExpired("not you", system="test"))
    if answer.status >= 500:
        return Unusable(Unavailable(f"HTTP {answer.status}", system="test"))
    return Refused(Rejected("no", system="test", status=answer.status))


def transport(
    handler: Callable[[httpx.Request], httpx.Response],
    clock: Clock,
    *,
    limits: tuple[Limit, ...] = (),
    log: CallLog | None = None,
    patience: float = 120.0,
    most: int = 4,
    cancel: threading.Event | None = None,
    renew: Callable[[object], None] | None = None,
    headers: Callable[[], dict[str, str]] = dict,
    sleep: Callable[[float], object] | None = None,
) -> Transport:
    return Transport(
        "Test",
        "http://127.0.0.1/api/",
        httpx.Client(transport=httpx.MockTransport(handler)),
        log or MemoryCallLog(),
        limits,
        system="test",
        judge=judge,
        headers=headers,
        renew=renew,
        clock=clock,
        sleep=sleep or clock.sleep,
        spread=lambda: 0.5,
        give_up_after=patience,
        max_in_flight=most,
        cancel=cancel,
    )
