"""The retry decision, as a table."""

from __future__ import annotations

import pytest

from sync.errors import AuthExpired, QuotaSpent, RateLimited, Rejected, Unavailable, UpstreamError
from sync.retry import Again, Refused, Stop, Throttled, Unauthorised, Unusable, decide, seconds_asked

LIMITED = RateLimited("too many", system="test")
SPENT = QuotaSpent("month used up", system="test")
GONE = Unavailable("no answer", system="test")
NO = Rejected("no", system="test")
KEYS = AuthExpired("who are you", system="test")

Outcome = Throttled | Unusable | Refused | Unauthorised


@pytest.mark.parametrize(
    ("attempt", "outcome", "elapsed", "patience", "expected"),
    [
        # throttled: five seconds more each time, a minute at most, as many times as allowed
        (1, Throttled(LIMITED), 0.0, 120.0, 5.0),
        (2, Throttled(LIMITED), 0.0, 120.0, 10.0),
        (3, Throttled(LIMITED), 0.0, 120.0, 15.0),
        (12, Throttled(LIMITED), 0.0, 120.0, 60.0),
        (13, Throttled(LIMITED), 0.0, 120.0, LIMITED),
        (1, Throttled(LIMITED, retry_after=60.0), 0.0, 120.0, 60.0),
        (7, Throttled(LIMITED, retry_after=30.0), 0.0, 120.0, 30.0),
        (1, Throttled(LIMITED, retry_after=9999.0), 0.0, 120.0, 120.0),
        (1, Throttled(LIMITED, retry_after=0.0), 0.0, 120.0, 1.0),
        (1, Throttled(LIMITED), 9999.0, 0.0, 5.0),
        (1, Throttled(SPENT, step=60.0, most=3), 0.0, 120.0, 60.0),
        (3, Throttled(SPENT, step=60.0, most=3), 0.0, 120.0, 60.0),
        (4, Throttled(SPENT, step=60.0, most=3), 0.0, 120.0, SPENT),
        (1, Throttled(SPENT, retry_after=60.0, most=0), 0.0, 120.0, SPENT),
        # unusable: a growing pause until patience ends, the last try at its very end
        (1, Unusable(GONE), 0.0, 120.0, 0.5),
        (2, Unusable(GONE), 0.5, 120.0, 1.0),
        (3, Unusable(GONE), 1.5, 120.0, 2.0),
        (6, Unusable(GONE), 16.0, 120.0, 16.0),
        (7, Unusable(GONE), 32.0, 120.0, 30.0),
        (60, Unusable(GONE), 62.0, 120.0, 30.0),
        (9, Unusable(GONE), 110.0, 120.0, 10.0),
        (9, Unusable(GONE), 119.9, 120.0, 0.5),
        (9, Unusable(GONE), 120.0, 120.0, GONE),
        (1, Unusable(GONE), 120.0, 120.0, 0.5),
        (2, Unusable(GONE), 240.0, 120.0, GONE),
        (1, Unusable(GONE), 0.0, 0.0, GONE),
        # unusable, and not believed to pass after some tries
        (2, Unusable(GONE, most=3), 0.5, 120.0, 1.0),
        (3, Unusable(GONE, most=3), 1.5, 120.0, GONE),
        # refused: at once
        (1, Refused(NO), 0.0, 120.0, NO),
        (1, Refused(KEYS), 0.0, 120.0, KEYS),
        (1, Unauthorised(KEYS), 0.0, 120.0, KEYS),
    ],
)
def test_what_follows_an_outcome(
    attempt: int, outcome: Outcome, elapsed: float, patience: float, expected: float | UpstreamError
) -> None:
    step = decide(attempt, outcome, elapsed, patience)
    assert step == (Stop(expected) if isinstance(expected, UpstreamError) else Again(expected))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("60", 60.0),
        (" 7 ", 7.0),
        ("60 Seconds", 60.0),
        ("30 sec", 30.0),
        ("in 5 seconds", 5.0),
        ("12.7", 12.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_however_it_is_written(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header) == seconds
