"""The way back to one person: five uses of a response_url, then the channel for them alone, then their own messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import said
from bot.slack import Slack
from bot.slack_faults import SlackFault
from bot.way import Way
from tests.bot.fake_slack import FakeSlack, running


@pytest.fixture
def world() -> Iterator[FakeSlack]:
    with running() as slack:
        slack.user("U0ANN")
        yield slack


def way(world: FakeSlack, channel: str = "C0ALERTS", path: str = "/response/1") -> Way:
    slack = Slack("xoxb-test", world.api_url, timeout=30)
    return Way(slack, "U0ANN", channel, world.api_url.replace("/api/", path) if path else "")


def test_a_response_url_is_used_five_times_and_then_the_channel(world: FakeSlack) -> None:
    back = way(world)
    for n in range(7):
        back.say(f"answer {n}")
    assert [said_["text"] for said_ in world.responses["/response/1"]] == [f"answer {n}" for n in range(5)]
    assert [said_["text"] for said_ in world.ephemeral] == ["answer 5", "answer 6"]


def test_where_the_app_is_not_in_the_channel_it_writes_to_the_person(world: FakeSlack) -> None:
    world.channel("C0ELSE", is_member=False)
    way(world, "C0ELSE", "").say("answer")
    assert world.texts("D0ANN") == ["answer"]


def test_blocks_that_slack_refuses_become_words_by_the_same_way(world: FakeSlack) -> None:
    world.fault("chat.postEphemeral", "invalid_blocks")
    way(world, path="").say("a < b", [said("a < b")])
    (told,) = world.ephemeral
    assert (told["text"], told["blocks"]) == ("a &lt; b", [])


def test_the_last_refusal_is_raised_where_no_way_is_open(world: FakeSlack) -> None:
    world.fault("chat.postEphemeral", "not_in_channel")
    world.fault("chat.postMessage", "restricted_action")
    with pytest.raises(SlackFault, match="restricted_action"):
        way(world, path="").say("answer")
