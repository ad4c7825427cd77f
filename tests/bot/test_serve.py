"""`tieout serve` as a person runs it: a process of its own, real signed HTTP in, a real Web API out."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.signature import Clock

from sync.sandbox.serve import Served as Company
from sync.sandbox.serve import serve
from tests.bot.fake_slack import FakeSlack, running
from tests.bot.fake_slack_http import AppCaller
from tests.bot.offices import Gate, buttons, open_gate, small_company, words
from tests.bot.served import PROMPTLY, SECRET, Served, serving, settings, until

ANN, BOB = "U0ANN1", "U0BOB1"
TOML = '[sync]\nevery = "manual"\nlease = "3s"\n[slack]\nalerts = "C0ALERTS"\n'


class _Ticking(Clock):
    """A clock on which a second ends between any two readings, as it does between some of fifty at once."""

    def __init__(self) -> None:
        self._read = itertools.count(int(time.time()))

    def now(self) -> float:
        return float(next(self._read))


@dataclass
class Place:
    """A folder with its settings, a practice company, and a Slack: where processes of one installation run."""

    folder: Path
    company: Company
    slack: FakeSlack
    environ: dict[str, str] = field(default_factory=dict)

    def states(self) -> list[str]:
        shown = [m for m in self.slack.shown("C0ALERTS") if m["metadata"].get("event_type") == "tieout_sync"]
        return [m["metadata"]["event_payload"]["state"] for m in shown]

    def message(self) -> dict[str, Any]:
        return [m for m in self.slack.shown("C0ALERTS") if m["metadata"].get("event_type") == "tieout_sync"][-1]

    def gate(self) -> Gate:
        made = Gate()
        self.company.calls = made
        return made


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with running() as slack, serve(small_company(), limits=False) as company:
        slack.user(ANN, is_admin=True)
        slack.user(BOB)
        (tmp_path / "tieout.toml").write_text(TOML)
        try:
            yield Place(tmp_path, company, slack, settings(tmp_path, slack.api_url, company.environ))
        finally:
            open_gate(company)


def _sync(served: Served, place: Place) -> None:
    """Somebody types /sync, and its message shows that it runs."""
    assert served.caller(place.slack).command("/sync", "", ANN).status_code == 200
    until(lambda: place.states()[-1:] == ["running"])


def test_it_takes_requests_on_an_empty_cache_and_answers_only_what_slack_signed(place: Place) -> None:
    with serving(place.folder, place.environ) as served:
        assert (served.get("/readyz").status_code, served.get("/healthz").status_code) == (200, 200)
        caller = served.caller(place.slack)
        body = "command=%2Fsync&text=&user_id=U0ANN1"
        kind = "application/x-www-form-urlencoded"
        assert caller.send(body, kind, X_Slack_Signature="v0=00").status_code == 401
        assert caller.send(body, kind, X_Slack_Request_Timestamp=str(int(time.time()) - 400)).status_code == 401
        assert caller.send(body, kind, X_Slack_Request_Timestamp="now").status_code == 401
        each_reading_a_second_on = AppCaller(place.slack, f"{served.address}/slack/events", SECRET, _Ticking())
        assert each_reading_a_second_on.command("/sync", "help").status_code == 200
        challenge = caller.send('{"type": "url_verification", "challenge": "c4"}', "application/json")
        assert (challenge.status_code, challenge.json()) == (200, {"challenge": "c4"})
        assert served.get("/slack/events").status_code == 405
    assert place.slack.messages == {}


def test_a_sync_typed_in_slack_is_told_in_the_channel(place: Place) -> None:
    with serving(place.folder, place.environ) as served:
        answer = served.caller(place.slack).command("/sync", "", ANN)
        assert answer.status_code == 200
        until(lambda: place.states() == ["succeeded"])
        assert place.slack.count("chat.postMessage") == 1
        for secret in ("xoxb-of-the-tests", "signing-secret-of-the-tests", place.environ["QBO_CLIENT_SECRET"]):
            assert secret not in served.log
        assert served.end() < PROMPTLY
        assert served.process.returncode == 0


def test_fifty_commands_at_once_are_acknowledged_while_a_sync_is_held_up_and_all_answered(place: Place) -> None:
    with serving(place.folder, place.environ) as served:
        gate = place.gate()
        caller = served.caller(place.slack)
        _sync(served, place)
        with ThreadPoolExecutor(50) as crowd:
            answers = list(crowd.map(lambda n: caller.command("/sync", "status", (ANN, BOB)[n % 2]), range(50)))
        assert {answer.status_code for answer in answers} == {200}
        until(lambda: len([said for said in place.slack.responses.values() if said]) >= 50)
        assert place.states() == ["running"]
        gate.opened.set()
        until(lambda: place.states() == ["succeeded"])


def test_a_signal_in_the_middle_of_a_sync_ends_it_in_time_and_the_next_start_goes_on(place: Place) -> None:
    gate = place.gate()
    with serving(place.folder, place.environ) as served:
        _sync(served, place)
        assert served.end() < PROMPTLY  # although the vendor does not answer
        assert place.states() == ["interrupted"]
        assert buttons(place.message()).keys() == {"Retry now"}
    gate.opened.set()
    with serving(place.folder, place.environ):
        until(lambda: place.states() == ["succeeded"])
    assert place.slack.count("chat.postMessage") == 1


def test_a_killed_process_leaves_a_message_that_the_next_one_picks_up(place: Place) -> None:
    gate = place.gate()
    with serving(place.folder, place.environ) as served:
        _sync(served, place)
        # Killed in the middle of a post, the next process waits until that one's claim on the letter is over.
        until(lambda: 'tieout_outbox_letters{state="done"} 1' in served.get("/metrics").text)
        served.end(signal.SIGKILL)
    assert place.states() == ["running"]
    gate.opened.set()
    with serving(place.folder, place.environ):
        until(lambda: place.states() == ["succeeded"])
    assert place.slack.count("chat.postMessage") == 1
    assert "joined" not in words(place.message())


def test_of_two_processes_on_one_cache_one_does_what_is_due(place: Place) -> None:
    (place.folder / "tieout.toml").write_text(TOML.replace('"manual"', '"1h"'))
    with serving(place.folder, place.environ) as first, serving(place.folder, place.environ) as second:
        until(lambda: 'tieout_sync_runs{status="succeeded"} 1' in first.get("/metrics").text)
        assert 'tieout_sync_runs{status="succeeded"} 1' in second.get("/metrics").text
    assert len(place.company.seen("cin7", "/me")) == 1


def test_every_fault_of_the_settings_is_told_at_once_and_the_status_is_2(tmp_path: Path) -> None:
    environ = settings(tmp_path, "http://127.0.0.1:9/api/", {}, PORT="many", SLACK_BOT_TOKEN="", HOST="two words")
    del environ["SLACK_SIGNING_SECRET"]
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=tmp_path,
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 2
    missing = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "CIN7_ACCOUNT_ID", "QBO_CLIENT_ID", "QBO_REALM_ID")
    for name in ("PORT", "HOST", *missing):
        assert f"{name}: " in ran.stderr, name


def test_an_address_that_is_taken_is_told_in_words(place: Place) -> None:
    with serving(place.folder, place.environ) as served:
        port = served.address.rpartition(":")[2]
        ran = subprocess.run(
            [sys.executable, "-m", "bot", "serve"],
            cwd=place.folder,
            env={**place.environ, "PORT": port, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ran.returncode == 2
    assert "cannot be listened on" in ran.stderr
