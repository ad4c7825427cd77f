"""What an answer is worth, and whether and when to ask again: pure decisions, no clock and no network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.errors import UpstreamError

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_LONGEST_THROTTLE = 60.0
_LONGEST_ASKED = 120.0


@dataclass(frozen=True, slots=True)
class Usable:
    """The answer is good; `value` is what the judge already read from it, if anything."""

    value: object = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many calls: wait as asked, else `step` seconds longer each time; `error` is raised after `most` waits."""

    error: UpstreamError
    retry_after: float | None = None
    step: float = 5.0
    most: int = 12


@dataclass(frozen=True, slots=True)
class Unusable:
    """No answer, or none that can be read, for a reason that may pass; `error` is raised once patience ends.

    `most`: tries after which the reason is not believed to pass, 0 for as many as patience allows.
    """

    error: UpstreamError
    most: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """The system understood and refused, or asking again is useless: `error` is raised at once."""

    error: UpstreamError


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """The access was refused and may be renewed once; `error` is raised when that did not help."""

    error: UpstreamError


Verdict = Usable | Throttled | Unusable | Refused | Unauthorised


@dataclass(frozen=True, slots=True)
class Again:
    """Ask again after `wait` seconds."""

    wait: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Raise `error`."""

    error: UpstreamError


def decide(
    attempt: int, outcome: Throttled | Unusable | Refused | Unauthorised, elapsed: float, patience: float
) -> Again | Stop:
    """What to do after the `attempt`-th outcome (from 1) of its kind in a row.

    `elapsed` are the seconds since the first of a run of unusable answers, `patience` how many of them
    are borne; patience 0 means one try. An answer that never came is tried a second time even when the
    first try alone used up the patience. Calls go to reading interfaces only, so each may be repeated.
    """
    if isinstance(outcome, Throttled):
        return _after_throttle(attempt, outcome)
    if isinstance(outcome, Unusable):
        if patience <= 0 or (elapsed >= patience and attempt >= 2) or attempt == outcome.most:
            return Stop(outcome.error)
        pause = min(_FIRST_PAUSE * 2 ** min(attempt - 1, 10), _LONGEST_PAUSE)
        return Again(min(pause, max(patience - elapsed, _FIRST_PAUSE)))
    return Stop(outcome.error)


def _after_throttle(attempt: int, outcome: Throttled) -> Again | Stop:
    if attempt > outcome.most:
        return Stop(outcome.error)
    if outcome.retry_after is not None:
        return Again(min(max(outcome.retry_after, 1.0), _LONGEST_ASKED))
    return Again(min(outcome.step * attempt, _LONGEST_THROTTLE))


def seconds_asked(retry_after: str | None) -> float | None:
    """The first whole number in a Retry-After header, in seconds; None where there is none.

    Cin7 sends "60 Seconds" and "30 sec" beside plain numbers. A date in the header (RFC 9110) is not
    taken for a number of seconds.
    """
    text = (retry_after or "").strip()
    found = re.match(r"\D{0,12}?(\d{1,6})(?!\d)", text)
    if not found or "GMT" in text.upper():
        return None
    return float(found.group(1))
