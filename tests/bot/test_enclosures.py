"""Files of a letter: the words go out first, each file is shared once, and pictures appear when Slack has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.enclosures import with_files
from sync.domain.letters import Enclosure
from tests.bot.desks import Desk, letter
from tests.bot.fake_slack import FakeSlack, running

CHANNEL = "C0ALERTS"
CHART = Enclosure("chart.png", "Margin", b"\x89PNG")
BOOK = Enclosure("week.xlsx", "The week", b"PK")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with running() as found:
        yield found


@pytest.fixture
def desk(engine: Engine, slack: FakeSlack) -> Desk:
    return Desk(engine, slack)


def _shares(slack: FakeSlack) -> dict[str, int]:
    """How often each file name stands in the channel."""
    found: dict[str, int] = {}
    for file in slack.files.values():
        count = len(file["shares"].get("public", {}).get(CHANNEL, []))
        found[file["name"]] = found.get(file["name"], 0) + count
    return found


def test_files_stand_in_the_thread_of_their_message_and_the_picture_in_the_message(
    desk: Desk, slack: FakeSlack
) -> None:
    desk.outbox.put(letter(files=[CHART, BOOK], pictures=["chart.png"]))
    desk.run(60)
    (message,) = slack.shown(CHANNEL)
    assert _shares(slack) == {"chart.png": 1, "week.xlsx": 1}
    chart, book = slack.files.values()
    assert chart["shares"]["public"][CHANNEL] == [{"thread_ts": message["ts"]}]
    assert (chart["content"], book["content"]) == (b"\x89PNG", b"PK")
    assert [block["type"] for block in message["blocks"]] == ["section", "image"]
    assert message["blocks"][1]["slack_file"] == {"id": chart["id"]}
    assert desk.box.counts() == {"done": 1}


def test_the_words_are_there_before_the_first_file_is_brought(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(letter(files=[CHART], pictures=["chart.png"]))
    desk.run(60)
    names = [name for name, _ in slack.calls]
    assert names.index("chat.postMessage") < names.index("files.getUploadURLExternal") < names.index("chat.update")


@pytest.mark.parametrize("kind", ["drop_after", "html_after", "truncate", "drop_before", "html_before"])
def test_a_file_whose_sharing_got_no_answer_is_shared_once(desk: Desk, slack: FakeSlack, kind: str) -> None:
    slack.fault("files.completeUploadExternal", kind, times=2)
    desk.outbox.put(letter(files=[BOOK]))
    desk.run(600)
    assert _shares(slack) == {"week.xlsx": 1}
    assert desk.box.counts() == {"done": 1}


def test_bytes_that_did_not_arrive_are_brought_again(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("files.getUploadURLExternal", "drop_after", times=2)
    desk.outbox.put(letter(files=[BOOK]))
    desk.run(600)
    assert sum(_shares(slack).values()) == 1


def test_a_throttled_file_waits_as_long_as_slack_says(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("files.getUploadURLExternal", "throttle", seconds=30)
    desk.outbox.put(letter(files=[BOOK]))
    desk.run(29)
    assert _shares(slack) == {}
    desk.run(60)
    assert _shares(slack) == {"week.xlsx": 1}


def test_without_the_right_to_files_the_words_stay(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("files.getUploadURLExternal", "missing_scope", times=99)
    desk.outbox.put(letter(files=[CHART], pictures=["chart.png"]))
    desk.run(3600)
    (message,) = slack.shown(CHANNEL)
    assert [block["type"] for block in message["blocks"]] == ["section"]
    assert desk.box.counts() == {"done": 1}
    assert slack.count("files.getUploadURLExternal") == 1


def test_a_file_that_never_gets_through_is_given_up_and_the_letter_is_done(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("files.getUploadURLExternal", "html_before", times=99)
    desk.outbox.put(letter(files=[BOOK]))
    desk.run(3600)
    assert desk.box.counts() == {"done": 1}
    assert slack.count("files.getUploadURLExternal") == 8


def test_a_picture_that_slack_has_not_looked_at_yet_is_shown_later(desk: Desk, slack: FakeSlack) -> None:
    slack.polls_until_processed = 99
    desk.outbox.put(letter(files=[CHART], pictures=["chart.png"]))
    desk.run(1)
    assert [block["type"] for block in slack.shown(CHANNEL)[0]["blocks"]] == ["section"]
    for file in slack.files.values():
        file["filetype"] = "png"
    desk.run(60)
    assert [block["type"] for block in slack.shown(CHANNEL)[0]["blocks"]] == ["section", "image"]


def test_a_picture_that_slack_never_takes_does_not_take_the_words_with_it(desk: Desk, slack: FakeSlack) -> None:
    slack.polls_until_processed = 99
    desk.outbox.put(letter(files=[CHART], pictures=["chart.png"]))
    desk.run(3600)
    (message,) = slack.shown(CHANNEL)
    assert [block["type"] for block in message["blocks"]] == ["section"]
    assert _shares(slack) == {"chart.png": 1}
    assert desk.box.counts() == {"done": 1}


def test_a_picture_block_without_its_file_is_left_out() -> None:
    words = {"type": "section"}
    shown = {"type": "image", "slack_file": {"id": "file:a.png"}, "alt_text": "a"}
    own = {"type": "image", "slack_file": {"id": "F0001"}}
    assert with_files([words, shown, own], {}) == [words, own]
    assert with_files([shown], {"a.png": "F0009"}) == [{**shown, "slack_file": {"id": "F0009"}}]
