"""Questions in Slack while a sync runs: how soon each is acknowledged, and how many are answered in a second."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import SignatureVerifier

from bench.figures import Figure, Goal, percentile, told
from reports import periods
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from tests.bot.fake_slack import FakeSlack, running
from tests.bot.served import SECRET, Served, serving, settings, until

_ZONE = "America/New_York"
_MONTHS = 6
_LATENCY = 0.5  # seconds; so the sync that runs beside is a long one
_ASKERS = (1, 10, 50)
_ROUNDS = 4  # questions of each asker
_SECOND = Goal("<=", 1_000, " ms")
_NONE = Goal("<=", 0)
_LINES = ("cogs last-week", "stock shelf", "sync status", "cogs last-month by product")


def measure() -> Iterator[Figure]:
    world = build(2026, today=periods.today(datetime.now(UTC), _ZONE), months=_MONTHS, time_zone=_ZONE)
    with (
        tempfile.TemporaryDirectory() as name,
        running() as slack,
        serve(world, limits=True, latency=_LATENCY) as company,
    ):
        folder = Path(name)
        slack.user("U0BENCH1", is_admin=True)
        (folder / "tieout.toml").write_text('[sync]\nevery = "manual"\n', encoding="utf-8")
        with serving(folder, settings(folder, slack.api_url, company.environ)) as served:
            _sync(served, slack)
            until(lambda: _states(slack) == ["succeeded"] and _answers(slack) == 1, 600)
            for askers in _ASKERS:
                _syncing(served, slack)
                yield from _asked(served, slack, askers)


def _sync(served: Served, slack: FakeSlack, words: str = "") -> None:
    served.caller(slack).command("/sync", words, "U0BENCH1")


def _syncing(served: Served, slack: FakeSlack) -> None:
    """Returns when a sync runs, and whoever started it has been answered."""
    if _states(slack)[-1] != "running":
        before = _answers(slack)
        _sync(served, slack, "full")
        until(lambda: _states(slack)[-1] == "running" and _answers(slack) > before)


def _states(slack: FakeSlack) -> list[str]:
    shown = [m for m in slack.shown("C0ALERTS") if m["metadata"].get("event_type") == "tieout_sync"]
    return [m["metadata"]["event_payload"]["state"] for m in shown]


def _answers(slack: FakeSlack) -> int:
    with slack.lock:
        return sum(len(said) for said in slack.responses.values())


def _signed(slack: FakeSlack, command: str, text: str) -> tuple[str, dict[str, str]]:
    """A command as Slack sends it."""
    stamp = str(int(time.time()))
    url = slack.api_url.replace("/api/", f"/response/{next(slack.numbers)}")
    facts = {"command": command, "text": text, "user_id": "U0BENCH1", "channel_id": "C0ALERTS", "response_url": url}
    body = urlencode(facts)
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
    kind = "application/x-www-form-urlencoded"
    return body, {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}


def _asked(served: Served, slack: FakeSlack, askers: int) -> Iterator[Figure]:
    """Every asker asks _ROUNDS questions, each as soon as the one before was acknowledged."""
    before, asked = _answers(slack), askers * _ROUNDS
    where = urlsplit(served.address)

    def ask(n: int) -> list[float]:
        times = []
        # A bare connection, kept open as Slack keeps its own: a heavy client would be measured with the server.
        line = HTTPConnection(where.hostname or "", where.port, timeout=60)
        for turn in range(_ROUNDS):
            command, _, text = _LINES[(n + turn) % len(_LINES)].partition(" ")
            body, headers = _signed(slack, f"/{command}", text)
            began = time.perf_counter()
            line.request("POST", "/slack/events", body, headers)
            response = line.getresponse()
            told_ = response.read()
            times.append((time.perf_counter() - began) * 1_000)
            assert (response.status, told_) == (200, b"")
        line.close()
        return times

    began = time.perf_counter()
    with ThreadPoolExecutor(askers) as pool:
        times = sorted(each for some in pool.map(ask, range(askers)) for each in some)
    beside = "a sync ran beside" if _states(slack)[-1] == "running" else "NO SYNC RAN BESIDE"
    until(lambda: _answers(slack) - before >= asked, 600)
    seconds = time.perf_counter() - began
    yield told(f"asking: acknowledged, {askers} at once, p50", percentile(times, 0.5), unit=" ms")
    longest = f"the longest {times[-1]:.0f} ms; {beside}"
    yield Figure(f"asking: acknowledged, {askers} at once, p99", percentile(times, 0.99), _SECOND, longest)
    apart = abs(asked - (_answers(slack) - before))
    yield Figure(f"asking: lost or doubled of {asked}", float(apart), _NONE)
    yield told(f"asking: answers with {askers} askers", asked / seconds, unit=" a second", digits=1)
