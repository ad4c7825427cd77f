"""One way out: every call to either system, with its timeout, its share of the allowance and its retries."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from typing import Literal, TypeVar

import httpx

from sync.errors import Rejected, Unavailable
from sync.retry import (
    Again,
    Refused,
    Stop,
    Throttled,
    Unauthorised,
    Unusable,
    Usable,
    Verdict,
    decide,
    seconds_asked,
)
from sync.throttle import Allowance, CallLog, Cancelled, Limit, MemoryCallLog, padded

__all__ = [
    "Again",
    "Answer",
    "Call",
    "CallLog",
    "Cancelled",
    "Limit",
    "MemoryCallLog",
    "Refused",
    "Stop",
    "Tally",
    "Throttled",
    "Transport",
    "Unauthorised",
    "Unusable",
    "Usable",
    "Verdict",
    "decide",
    "padded",
    "seconds_asked",
]

log = logging.getLogger("tieout.transport")

_CONNECT_SECONDS = 10.0
_DEAD_SECONDS = 15.0
_SLICE = 0.25
# Nothing of the request can have reached the other side.
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_Sent = TypeVar("_Sent")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, `path` relative to the base address; `limits` come on top of the transport's own."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    limits: tuple[Limit, ...] = ()
    timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, body whole; header names without regard to case. `value` is what the judge read from it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float
    path: str = ""
    value: object = None


class Tally:
    """How many calls a piece of work made, tries again included, and how many of them were throttled."""

    def __init__(self) -> None:
        self.calls = 0
        self.throttled = 0
        self._lock = threading.Lock()

    def count(self, *, calls: int = 0, throttled: int = 0) -> None:
        with self._lock:
            self.calls += calls
            self.throttled += throttled


@dataclass(slots=True)
class _Tries:
    """One call's bad luck so far: throttles and failures in a row, since when it fails, whether access was renewed."""

    throttles: int = 0
    failures: int = 0
    since: float | None = None
    renewed: bool = False


class Transport:
    """Sends calls to one system; threads may share it.

    `judge` says what an answer is worth; `headers` gives the access headers of each try, and `renew` makes
    new ones, given those that were refused. `give_up_after` are the seconds for which a system that gives
    no usable answer is tried. `clock` is wall time in seconds, for the log is shared between processes;
    `sleep` waits, by default until `cancel` is set at the latest.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        http: httpx.Client,
        log: CallLog,
        limits: Sequence[Limit],
        *,
        system: str,
        judge: Callable[[Answer], Verdict],
        headers: Callable[[], Mapping[str, str]] = dict,
        renew: Callable[[Mapping[str, str]], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
        spread: Callable[[], float] = random.random,
        give_up_after: float = 120.0,
        max_in_flight: int = 10,
        cancel: threading.Event | None = None,
    ) -> None:
        self.sent = Tally()
        self.name = name
        self.system = system
        self._base = base_url.rstrip("/")
        self._http = http
        self._limits = tuple(limits)
        self._judge, self._headers, self._renew = judge, headers, renew
        self._cancel = cancel or threading.Event()
        self._allowance = Allowance(log, clock, sleep or self._cancel.wait, self._cancel)
        self._clock, self._spread = clock, spread
        self._patience = give_up_after
        self._most = max_in_flight
        self._slots = threading.BoundedSemaphore(max_in_flight)
        self._pool = ThreadPoolExecutor(max_in_flight, thread_name_prefix=system)
        self._answered_at = float("-inf")
        self._dead = False

    def send(self, call: Call, tally: Tally) -> Answer:
        """The usable answer to one call.

        Raises RateLimited, QuotaSpent, Unavailable, AuthExpired or Rejected as the judge words them, and
        Cancelled. A system that was found dead gets one try a call until it answers again.
        """
        return self._send(call, self._cancel, tally)

    def send_all(self, calls: Iterable[Call], tally: Tally, ahead: int | None = None) -> Iterator[Answer]:
        """The answers in the order of `calls`, which may be endless: they are taken as answers are consumed.

        Calls overlap, so that slow answers do not eat the allowance; `ahead` of the consumer are so many at most
        (all that may be in flight where it is None), for answers that are large. The first error is raised at its
        place; what was not sent by then, or when the consumer stops, never is.
        """
        return self._overlapping(partial(self._send, tally=tally), calls, min(ahead or self._most, self._most))

    def send_each(self, calls: Iterable[Call], tally: Tally) -> Iterator[Answer | Rejected]:
        """As `send_all`, but a call that the system refuses gives its refusal at its place, and the others go on."""

        def sent(call: Call, stop: threading.Event) -> Answer | Rejected:
            try:
                return self._send(call, stop, tally)
            except Rejected as refusal:
                return refusal

        return self._overlapping(sent, calls, self._most)

    def _overlapping(
        self, send: Callable[[Call, threading.Event], _Sent], calls: Iterable[Call], most: int
    ) -> Iterator[_Sent]:
        stop, source, waiting = threading.Event(), iter(calls), deque[Future[_Sent]]()
        try:
            while True:
                while len(waiting) < most and (call := next(source, None)) is not None:
                    waiting.append(self._pool.submit(send, call, stop))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            stop.set()
            for left in waiting:
                left.cancel()

    def close(self) -> None:
        """Sends nothing more and closes the connections."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def _send(self, call: Call, stop: threading.Event, tally: Tally) -> Answer:
        tries = _Tries()
        while True:
            began, access = self._clock(), self._headers()
            outcome = self._exchange(call, access, tally, stop)
            verdict = self._judge(outcome) if isinstance(outcome, Answer) else Unusable(outcome)
            if isinstance(verdict, Usable):
                self._heard()
                assert isinstance(outcome, Answer)  # noqa: S101  (only answers are judged)
                return replace(outcome, value=verdict.value)
            if isinstance(verdict, Unauthorised) and self._renew and not tries.renewed:
                tries.renewed = True
                self._renew(access)
                continue
            step = self._next(call, verdict, tries, began, tally)
            if isinstance(step, Stop):
                raise step.error
            log.warning("%s %s: %s; again in %.1f s", self.system, call.path, verdict.error, step.wait)
            self._allowance.rest(step.wait, stop)

    def _next(
        self,
        call: Call,
        verdict: Throttled | Unusable | Refused | Unauthorised,
        tries: _Tries,
        began: float,
        tally: Tally,
    ) -> Again | Stop:
        """Books the outcome on the call's record and decides; a throttle holds everybody on its buckets."""
        now = self._clock()
        if isinstance(verdict, Unusable):
            tries.throttles, tries.failures = 0, tries.failures + 1
            tries.since = began if tries.since is None else tries.since
            step = decide(tries.failures, verdict, now - tries.since, 0.0 if self._dead else self._patience)
            if isinstance(step, Stop):
                # Who says that there is no such page is not dead.
                self._dead = not verdict.most and self._answered_at < tries.since
                return step
            return Again(step.wait * (0.8 + 0.4 * self._spread()))
        self._heard()
        if not isinstance(verdict, Throttled):
            return decide(1, verdict, 0.0, self._patience)
        tries.throttles, tries.failures, tries.since = tries.throttles + 1, 0, None
        step = decide(tries.throttles, verdict, 0.0, self._patience)
        self._count(tally, throttled=1)
        self._allowance.refused(self._limits + call.limits, step.wait if isinstance(step, Again) else 0.0)
        return step

    def _exchange(
        self, call: Call, access: Mapping[str, str], tally: Tally, stop: threading.Event
    ) -> Answer | Unavailable:
        """One request over the wire, in its turn: an answer, or in words why none came."""
        while not self._slots.acquire(timeout=_SLICE):
            self._allowance.check(stop)
        try:
            turn = self._allowance.take(self._limits + call.limits, stop)

            def trace(event: str, info: object) -> None:
                # Connection set-up and scheduling come between claim and sending; what counts is when it leaves.
                if event.endswith("send_request_headers.complete"):
                    turn.left()

            return self._request(call, access, trace, tally)
        finally:
            self._slots.release()

    def _request(
        self, call: Call, access: Mapping[str, str], trace: Callable[[str, object], None], tally: Tally
    ) -> Answer | Unavailable:
        # A system that was found dead is not waited for as long as one that is slow.
        longest = max(self._patience, 1.0)
        seconds = min(call.timeout, longest, _DEAD_SECONDS if self._dead else longest)
        began, body = self._clock(), BytesIO()
        try:
            with self._http.stream(
                call.method,
                f"{self._base}/{call.path.lstrip('/')}",
                params=call.params or None,
                headers={**call.headers, **access},
                content=call.content,
                timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
                follow_redirects=False,
                extensions={"trace": trace},
            ) as answer:
                # httpx itself holds a body twice at its end: in pieces and joined.
                for piece in answer.iter_bytes():
                    body.write(piece)
        except httpx.RequestError as error:
            if not isinstance(error, _NEVER_SENT):
                self._count(tally, calls=1)
            words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            return Unavailable(f"{self.name} gave no answer ({words})", system=self.system)
        self._count(tally, calls=1)
        elapsed = self._clock() - began
        log.debug("%s %s %s %d in %.2f s", self.system, call.method, call.path, answer.status_code, elapsed)
        return Answer(answer.status_code, answer.headers, body.getvalue(), elapsed, call.path)

    def _heard(self) -> None:
        self._answered_at, self._dead = self._clock(), False

    def _count(self, tally: Tally, *, calls: int = 0, throttled: int = 0) -> None:
        tally.count(calls=calls, throttled=throttled)
        self.sent.count(calls=calls, throttled=throttled)
