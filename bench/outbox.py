"""A thousand posts to a Slack that throttles, breaks off and loses answers: how many are lost, how many seen twice."""

from __future__ import annotations

import logging
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Goal, told
from bench.syncing import new_cache
from tests.bot.desks import Desk, letter
from tests.bot.fake_slack import Fault, copies, running

_POSTS, _CHANNELS, _SHARE = 1_000, 10, 0.3
_FAULTS = (
    Fault("throttle", 3),
    Fault("html_before"),
    Fault("drop_before"),
    Fault("fatal_error"),
    Fault("drop_after"),
    Fault("html_after"),
    Fault("truncate"),
)
_NONE = Goal("<=", 0)


def measure() -> Iterator[Figure]:
    """Time is skipped where the outbox would wait, so the seconds that Slack asks for are not among the figures."""
    logging.getLogger("tieout.outbox").setLevel(logging.ERROR)
    rng, met = random.Random(1), Counter[str]()

    def chaos(method: str, number: int) -> Fault | None:
        if rng.random() >= _SHARE:
            return None
        fault = rng.choice(_FAULTS)
        met[fault.kind] += 1
        return fault

    with tempfile.TemporaryDirectory() as folder, running() as slack:
        engine = new_cache(Path(folder))
        desk = Desk(engine, slack)
        channels = [slack.channel(f"C{number:04d}") for number in range(_CHANNELS)]
        slack.chaos = chaos
        for number in range(_POSTS):
            desk.outbox.put(letter(f"report:{number}", str(number), channel=channels[number % _CHANNELS]))
        desk.run(360_000, steps=_POSTS * 40)
        shown = copies([message for channel in channels for message in slack.shown(channel)], "report")
        tries = slack.count("chat.postMessage")
        engine.dispose()
    yield Figure("outbox: posts lost", _POSTS - len(shown), _NONE, f"of {_POSTS:,} to {_CHANNELS} channels")
    yield Figure("outbox: posts seen twice", sum(count - 1 for count in shown.values()), _NONE)
    yield told("outbox: faults met", met.total(), ", ".join(f"{kind} {count}" for kind, count in sorted(met.items())))
    yield told("outbox: tries of a post", tries / _POSTS, "an unknown outcome is looked up before it", digits=2)
