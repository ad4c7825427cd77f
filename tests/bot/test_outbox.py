"""The outbox against a Slack that answers late, not at all, or no: every letter is shown, and once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from bot.outbox import SETTLE
from bot.outbox_ports import TO_UPDATE, to_post
from tests.bot.desks import Desk, letter
from tests.bot.fake_slack import FakeSlack, running
from tests.bot.served import until

CHANNEL = "C0ALERTS"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with running() as found:
        yield found


@pytest.fixture
def desk(engine: Engine, slack: FakeSlack) -> Desk:
    return Desk(engine, slack)


def test_a_letter_is_posted_once_with_its_metadata(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(letter())
    desk.outbox.put(letter())
    desk.run(600)
    (message,) = slack.shown(CHANNEL)
    assert message["text"] == "The week ties out"
    assert message["metadata"]["event_type"] == "tieout_report"
    assert message["metadata"]["event_payload"] == {"report": "report:1", "period": "2026-W47", "channel": CHANNEL}
    assert desk.box.counts() == {"done": 1}
    assert desk.box.message("report:1") == (CHANNEL, message["ts"])
    assert slack.count("conversations.history") == 0


@pytest.mark.parametrize("kind", ["drop_after", "html_after", "truncate", "hang_after"])
def test_a_lost_answer_is_settled_by_looking_and_not_by_posting_again(desk: Desk, slack: FakeSlack, kind: str) -> None:
    desk = replace(desk, patience=1) if kind.startswith("hang") else desk
    slack.fault("chat.postMessage", kind)
    desk.outbox.put(letter())
    desk.run(600)
    assert slack.texts(CHANNEL) == ["The week ties out"]
    assert slack.count("chat.postMessage") == 1
    assert desk.box.counts() == {"done": 1}


@pytest.mark.parametrize("kind", ["drop_before", "html_before", "fatal_error", "internal_error"])
def test_a_post_that_never_arrived_is_made_again_only_after_it_had_time_to_arrive(
    desk: Desk, slack: FakeSlack, kind: str
) -> None:
    slack.fault("chat.postMessage", kind)
    desk.outbox.put(letter())
    began = desk.clock.at
    desk.run(SETTLE - 1)
    assert slack.texts(CHANNEL) == []
    assert slack.count("conversations.history") >= 1
    desk.run(600)
    assert slack.texts(CHANNEL) == ["The week ties out"]
    assert float(slack.shown(CHANNEL)[0]["ts"]) >= int(began + SETTLE)
    assert desk.box.counts() == {"done": 1}


def test_a_post_that_arrives_after_we_gave_up_waiting_is_found(desk: Desk, slack: FakeSlack) -> None:
    desk = replace(desk, patience=1)
    slack.fault("chat.postMessage", "hang_before")
    desk.outbox.put(letter())
    desk.run(0)
    assert slack.texts(CHANNEL) == []
    slack.released.set()
    until(lambda: slack.texts(CHANNEL))
    desk.run(600)
    assert slack.count("chat.postMessage") == 1
    assert slack.texts(CHANNEL) == ["The week ties out"]


def test_a_first_post_that_arrives_even_after_the_second_is_taken_back(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "drop_before")
    desk.outbox.put(letter())
    desk.run(SETTLE + 1)
    (second,) = slack.shown(CHANNEL)
    slack.messages[CHANNEL].append({**second, "ts": f"{int(desk.clock.at)}.999999"})
    desk.run(600)
    assert [message["ts"] for message in slack.shown(CHANNEL)] == [second["ts"]]
    assert desk.box.counts() == {"done": 1}


def test_two_copies_that_slack_made_of_one_post_become_one(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "drop_after")
    desk.outbox.put(letter())
    desk.run(0)
    (first,) = slack.shown(CHANNEL)
    slack.messages[CHANNEL].append({**first, "ts": f"{int(desk.clock.at)}.999999"})
    desk.run(600)
    assert [message["ts"] for message in slack.shown(CHANNEL)] == [first["ts"]]


def test_no_call_leaves_before_the_pause_that_slack_asked_for_is_over(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "throttle", seconds=17)
    desk.outbox.put(letter())
    desk.run(0)
    asked = desk.clock.at
    assert desk.pace.until[to_post(CHANNEL).bucket] == asked + 17
    desk.run(16.5)
    assert slack.count("chat.postMessage") == 1
    desk.run(600)
    assert slack.texts(CHANNEL) == ["The week ties out"]
    assert slack.count("conversations.history") == 0


def test_a_throttled_look_keeps_what_it_was_to_settle(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "drop_after")
    slack.fault("conversations.history", "throttle", seconds=40)
    slack.fault("conversations.history", "html_before")
    desk.outbox.put(letter())
    desk.run(600)
    assert slack.count("chat.postMessage") == 1
    assert slack.texts(CHANNEL) == ["The week ties out"]
    assert desk.box.counts() == {"done": 1}


def test_without_the_right_to_look_nothing_is_posted_a_second_time(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "drop_after")
    slack.fault("conversations.history", "missing_scope", times=5)
    desk.outbox.put(letter())
    desk.run(60)
    assert slack.count("chat.postMessage") == 1
    ((key, channel, fault),) = desk.box.faults()
    assert (key, channel) == ("report:1", CHANNEL)
    assert "lacks a permission" in fault
    desk.run(3600)
    assert slack.texts(CHANNEL) == ["The week ties out"]


def test_a_letter_that_changes_updates_its_message_once_for_many_changes(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(letter(text="0 of 9"))
    desk.run(0)
    for done in range(1, 10):
        desk.outbox.put(letter(text=f"{done} of 9"), debounce=3)
    assert desk.outbox.step() is False
    desk.run(10)
    assert slack.texts(CHANNEL) == ["9 of 9"]
    assert slack.count("chat.update") == 1
    assert TO_UPDATE.bucket in desk.pace.asked


def test_a_change_before_the_post_is_posted_as_it_is_by_then(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(letter(text="first"))
    desk.outbox.put(letter(text="second"))
    desk.run(10)
    assert slack.texts(CHANNEL) == ["second"]
    assert slack.count("chat.update") == 0


def test_a_change_while_the_first_post_is_unsure_is_shown_by_an_update(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "drop_after")
    desk.outbox.put(letter(text="first"))
    desk.run(0)
    desk.outbox.put(letter(text="second"))
    desk.run(600)
    assert slack.texts(CHANNEL) == ["second"]
    assert slack.count("chat.postMessage") == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_before", "throttle"])
def test_an_update_is_repeated_until_it_is_shown(desk: Desk, slack: FakeSlack, kind: str) -> None:
    desk.outbox.put(letter(text="first"))
    desk.run(0)
    slack.fault("chat.update", kind, seconds=5, times=3)
    desk.outbox.put(letter(text="second"))
    desk.run(600)
    assert slack.texts(CHANNEL) == ["second"]
    assert desk.box.counts() == {"done": 1}


def test_a_deleted_message_is_posted_anew_where_it_still_matters(desk: Desk, slack: FakeSlack) -> None:
    for key, repost in (("report:1", True), ("report:2", False)):
        desk.outbox.put(letter(key, repost=repost))
    desk.run(10)
    slack.messages[CHANNEL].clear()
    for key, repost in (("report:1", True), ("report:2", False)):
        desk.outbox.put(letter(key, "changed", repost=repost))
    desk.run(600)
    (message,) = slack.shown(CHANNEL)
    assert message["metadata"]["event_payload"]["report"] == "report:1"
    assert desk.box.counts() == {"done": 1, "dropped": 1}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_archived": True}, "archived"),
        ({"is_member": False}, "/invite"),
    ],
)
def test_a_channel_that_is_closed_keeps_its_letters_until_somebody_opens_it(
    desk: Desk, slack: FakeSlack, facts: dict[str, bool], words: str
) -> None:
    slack.channel(CHANNEL, **facts)
    desk.outbox.put(letter())
    desk.run(3600)
    ((_, _, fault),) = desk.box.faults()
    assert words in fault
    assert slack.count("chat.postMessage") < 15
    slack.channel(CHANNEL)
    desk.run(600)
    assert slack.texts(CHANNEL) == ["The week ties out"]
    assert desk.box.faults() == []


def test_a_letter_moves_to_the_channel_that_the_settings_name_now(desk: Desk, slack: FakeSlack) -> None:
    slack.channel(CHANNEL, is_archived=True)
    desk.outbox.put(letter())
    desk.run(60)
    desk.outbox.put(letter(channel="C0REPORTS"))
    desk.run(60)
    assert slack.texts("C0REPORTS") == ["The week ties out"]
    desk.outbox.put(letter(text="and still does", channel="C0REPORTS"))
    desk.run(60)
    assert slack.texts("C0REPORTS") == ["and still does"]


@pytest.mark.parametrize("facts", [{"is_archived": True}, {"is_member": False}])
def test_where_the_channel_is_closed_only_the_end_goes_to_the_person(
    desk: Desk, slack: FakeSlack, facts: dict[str, bool]
) -> None:
    slack.user("U0ANN1")
    slack.channel(CHANNEL, **facts)
    for words, over in (("it runs", False), ("it still runs", False), ("it is done", True)):
        desk.outbox.put(replace(letter(text=words), instead="U0ANN1", over=over))
        desk.run(60)
    assert slack.texts("D0ANN1") == ["it is done"]
    assert slack.shown(CHANNEL) == []
    assert desk.box.counts() == {"done": 1}


def test_a_message_that_is_in_the_channel_already_stays_there(desk: Desk, slack: FakeSlack) -> None:
    slack.user("U0ANN1")
    desk.outbox.put(replace(letter(text="it runs"), instead="U0ANN1", over=False))
    desk.run(60)
    desk.outbox.put(replace(letter(text="it is done"), instead="U0ANN1"))
    desk.run(60)
    assert slack.texts(CHANNEL) == ["it is done"]
    assert slack.shown("D0ANN1") == []


def test_a_closed_channel_does_not_hold_up_another(desk: Desk, slack: FakeSlack) -> None:
    slack.channel(CHANNEL, is_archived=True)
    desk.outbox.put(letter("report:1"))
    desk.outbox.put(letter("report:2", channel="C0REPORTS"))
    desk.run(5)
    assert slack.texts("C0REPORTS") == ["The week ties out"]


def test_blocks_that_slack_refuses_are_left_out_and_the_words_go(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(letter(text="x" * 3001))
    desk.run(60)
    (message,) = slack.shown(CHANNEL)
    assert (message["text"], message["blocks"]) == ("x" * 3001, [])
    assert desk.box.counts() == {"done": 1}


def test_what_no_other_try_can_help_is_failed_and_told(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "metadata_too_large")
    desk.outbox.put(letter())
    desk.run(600)
    assert desk.box.counts() == {"failed": 1}
    assert "metadata_too_large" in desk.box.faults()[0][2]
    desk.outbox.put(letter(text="shorter"))
    desk.run(10)
    assert slack.texts(CHANNEL) == ["shorter"]


def test_an_answer_waits_for_its_message_and_stands_in_its_thread(desk: Desk, slack: FakeSlack) -> None:
    slack.fault("chat.postMessage", "throttle", seconds=20)
    desk.outbox.put(letter("report:1", "message"))
    desk.outbox.put(letter("report:2", "answer", thread_of="report:1"))
    desk.run(10)
    assert slack.texts(CHANNEL) == []
    desk.run(600)
    message, answer = slack.shown(CHANNEL)
    assert (message["text"], answer["text"]) == ("message", "answer")
    assert answer["thread_ts"] == message["ts"]


def test_a_lost_answer_in_a_thread_is_looked_for_in_the_thread(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(letter("report:1", "message"))
    desk.run(5)
    slack.fault("chat.postMessage", "drop_after")
    desk.outbox.put(letter("report:2", "answer", thread_of="report:1"))
    desk.run(600)
    assert slack.texts(CHANNEL) == ["message", "answer"]
    assert slack.count("conversations.replies") >= 1


def test_letters_of_a_channel_leave_in_the_order_in_which_they_came(desk: Desk, slack: FakeSlack) -> None:
    for number in range(5):
        desk.outbox.put(letter(f"report:{number}", f"{number}"))
    desk.run(60)
    assert slack.texts(CHANNEL) == ["0", "1", "2", "3", "4"]


def test_a_letter_to_a_person_goes_to_the_direct_message_and_is_found_there(desk: Desk, slack: FakeSlack) -> None:
    slack.user("U0ANN")
    slack.fault("chat.postMessage", "drop_after")
    desk.outbox.put(letter(channel="U0ANN"))
    desk.run(60)
    assert slack.texts("D0ANN") == ["The week ties out"]
    assert slack.count("chat.postMessage") == 1


def test_a_process_that_comes_back_after_its_claim_was_taken_over_removes_its_own_second_copy(
    desk: Desk, slack: FakeSlack
) -> None:
    desk.outbox.put(letter())
    sleeper = desk.box.claim("sleeper", desk.clock.at, 30)
    assert sleeper is not None
    assert desk.box.trying(sleeper, desk.clock.at, 30)
    desk.clock.at += 60
    desk.run(10)
    (kept,) = slack.texts(CHANNEL)
    assert kept == "The week ties out"
    assert desk.box.shown(sleeper, "1.0", 1, desk.clock.at) is False
    assert desk.box.message("report:1") != (CHANNEL, "1.0")


def test_old_letters_are_forgotten_but_not_those_of_alerts(desk: Desk) -> None:
    for key in ("report:1", "alert:1"):
        desk.outbox.put(letter(key))
    desk.run(60)
    desk.box.prune(desk.clock.at + 1)
    assert desk.box.message("report:1") is None
    assert desk.box.message("alert:1") is not None
