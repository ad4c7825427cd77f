"""The share of Cin7's allowance (60 calls in any 60 seconds) that a sync uses while there is work, by the server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet

from bench.calls import NOON, TODAY
from bench.figures import Figure, Goal, busiest, share_of_allowance, told
from bench.syncing import new_cache, refuse_partial, sync, ticking
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from sync.sandbox.switches import Switches

_CALLS, _SECONDS = 60, 60.0
_LATENCY = 2.0
_SHARE = Goal(">=", 0.95, digits=3)
_NONE = Goal("<=", 0)
_MOST = Goal("<=", _CALLS)


def measure() -> Iterator[Figure]:
    world = build(2026, today=TODAY, size=1, switches=Switches(page_cap=100))
    key = Fernet.generate_key().decode()
    with tempfile.TemporaryDirectory() as folder, serve(world, limits=True, latency=_LATENCY) as served:
        engine = new_cache(Path(folder))
        report = sync(engine, served.environ, key, limits=True, now=ticking(NOON))
        engine.dispose()
    refuse_partial(report)
    moments = sorted(call.at for call in served.seen("cin7"))
    refused = sum(call.status in (429, 503) for call in served.calls)
    share = share_of_allowance(moments, _CALLS, _SECONDS)
    whole = (len(moments) - 1) // _CALLS
    waited = moments[whole * _CALLS] - moments[0]
    note = f"{whole * _CALLS} calls in {waited:.1f} s, every answer {_LATENCY:.0f} s late; {len(moments)} calls in all"
    yield Figure("rate: share of Cin7's allowance used", share, _SHARE, note)
    yield Figure("rate: throttled, both systems", refused + sum(report.throttled.values()), _NONE)
    yield Figure("rate: most calls in any 60 s", busiest(moments, _SECONDS), _MOST)
    yield told("rate: whole sync", (report.finished_at - report.started_at).total_seconds(), unit=" s", digits=1)
