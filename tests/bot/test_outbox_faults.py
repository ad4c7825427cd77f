"""Never lost, never twice: the outbox over drawn faults, in several threads, and killed at every step."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.outbox import Outbox
from tests.bot.desks import Desk, letter
from tests.bot.fake_slack import Fault, copies, running

ROOT = Path(__file__).parents[2]
_DRAWN = [Fault("throttle", 3), Fault("html_before"), Fault("drop_before"), Fault("fatal_error")] + [
    Fault("drop_after"),
    Fault("html_after"),
    Fault("truncate"),
] * 2


def _over_faults(engine: Engine, posts: int, seed: int) -> None:
    rng = random.Random(seed)
    with running() as slack:
        desk = Desk(engine, slack)
        channels = [slack.channel(f"C{number:04d}") for number in range(10)]
        slack.chaos = lambda method, number: rng.choice(_DRAWN) if rng.random() < 0.3 else None
        for number in range(posts):
            desk.outbox.put(letter(f"report:{number}", str(number), channel=channels[number % len(channels)]))
        desk.run(36_000, steps=posts * 40)
        assert desk.box.counts() == {"done": posts}
        shown = [message for channel in channels for message in slack.shown(channel)]
        counted = copies(shown, "report")
        assert len(counted) == posts, "lost"
        assert set(counted.values()) == {1}, "twice"
        assert slack.count("chat.postMessage") > posts  # the faults did happen


@pytest.mark.parametrize("seed", [1, 2])
def test_no_post_is_lost_or_doubled_over_drawn_faults(sqlite_engine: Engine, seed: int) -> None:
    _over_faults(sqlite_engine, 60, seed)


@pytest.mark.postgres
def test_no_post_is_lost_or_doubled_over_drawn_faults_on_postgresql(postgres_engine: Engine) -> None:
    _over_faults(postgres_engine, 60, 3)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(3))
def test_of_a_thousand_posts_over_drawn_faults_none_is_lost_or_doubled(sqlite_engine: Engine, seed: int) -> None:
    _over_faults(sqlite_engine, 1000, seed)


def test_senders_that_share_a_box_send_each_letter_once(engine: Engine) -> None:
    with running() as slack:
        desk = Desk(engine, slack)
        channels = [slack.channel(f"C{number:04d}") for number in range(5)]
        for number in range(40):
            desk.outbox.put(letter(f"report:{number}", str(number), channel=channels[number % 5]))
        senders = [Outbox(desk.box, desk.api, desk.pace, desk.clock) for _ in range(4)]

        def work(sender: Outbox) -> None:
            idle = 0
            while idle < 3:  # a letter of a channel that is busy is not due at this moment
                idle = 0 if sender.step() else idle + 1

        threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        while desk.outbox.step():
            pass
        assert set(copies([m for c in channels for m in slack.shown(c)], "report").values()) == {1}
        assert slack.count("chat.postMessage") == 40
        for channel in channels:  # and in the order in which they came
            assert slack.texts(channel) == sorted(slack.texts(channel), key=int)


def test_killed_at_any_step_a_letter_is_shown_once_after_the_next_start(tmp_path: Path) -> None:
    with running() as slack:
        words = [sys.executable, "-m", "tests.bot.outbox_process", str(tmp_path / "tieout.db"), slack.api_url]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)  # noqa: S603  our own words
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["killed"] >= 20  # before each step of a post, an update and a file
        counted = copies(slack.shown("C0ALERTS"), "report")
        assert counted == {(f"report:{number}",): 1 for number in range(told["letters"])}
        assert {message["text"] for message in slack.shown("C0ALERTS")} == {"second"}
        shares = [sum(map(len, file["shares"].get("public", {}).values())) for file in slack.files.values()]
        assert sorted(share for share in shares if share) == [1] * told["letters"]
        assert told["counts"] == {"done": told["letters"]}
