"""The door of the Slack app: who may knock, what is acknowledged, and what happens when something behind it fails."""

from __future__ import annotations

import json
import time

import pytest

from bot.app import EVENTS
from bot.desk import Busy
from bot.slash import SLASHES
from tests.bot.front import Talk


@pytest.mark.parametrize("command", [slash.name for slash in SLASHES])
def test_a_signed_command_is_acknowledged_with_nothing_and_answered(talk: Talk, command: str) -> None:
    response = talk.command(f"{command} help")
    assert (response.status, response.body) == (200, "")
    assert command in json.dumps(talk.last())


def test_a_wrong_signature_is_refused_and_nothing_happens(talk: Talk) -> None:
    body = "command=%2Fsync&text=help&user_id=U0ANN"
    assert talk.send(body, signature="v0=" + "0" * 64).status == 401
    assert talk.answers() == []


def test_a_signature_of_400_seconds_ago_is_refused(talk: Talk) -> None:
    old = str(int(time.time()) - 400)
    assert talk.send("command=%2Fsync&text=help&user_id=U0ANN", stamp=old).status == 401
    assert talk.answers() == []


def test_an_unknown_button_is_acknowledged_and_told(talk: Talk) -> None:
    assert talk.press("of_an_older_version", "x").status == 200
    assert "not known any more" in talk.last()["text"]


def test_an_unknown_command_is_no_business_of_ours(talk: Talk) -> None:
    assert talk.command("/weather today").status == 404


def test_slacks_check_of_the_address_is_answered(talk: Talk) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    response = talk.send(body, "application/json")
    assert response.status == 200
    assert "abc" in response.body


def test_what_fails_behind_the_acknowledgement_is_told_by_reference_and_loses_nothing(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk.front.trouble = RuntimeError("customer Miller owes 12.00")
    assert talk.command("/sync", user="U0BOSS").status == 200
    told = json.dumps(talk.last())
    assert "failed on our side, ref" in told
    assert "Miller" not in told


def test_a_full_house_is_acknowledged_and_says_so(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(task: object) -> None:
        raise Busy

    monkeypatch.setattr(talk.front, "work", full)
    response = talk.command("/stock shelf")
    assert response.status == 200
    assert "Ask again in a minute" in response.body


def test_a_listener_that_breaks_keeps_the_acknowledgement(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(task: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(talk.front, "work", broken)
    assert talk.command("/stock shelf").status == 200


def test_an_event_that_is_delivered_again_does_its_work_once(talk: Talk) -> None:
    for _ in range(3):
        assert talk.event("Ev1", {"type": "app_home_opened", "user": "U0ANN", "tab": "home"}).status == 200
    assert talk.world.count("views.publish") == 1
    talk.event("Ev2", {"type": "app_home_opened", "user": "U0ANN", "tab": "home"})
    assert talk.world.count("views.publish") == 2


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_that_we_subscribe_to_is_acknowledged(talk: Talk, event: str) -> None:
    assert talk.event(f"Ev-{event}", {"type": event}).status == 200


def test_no_request_asks_slack_who_we_are_before_it_is_acknowledged(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk.front, "work", lambda task: None)
    for _ in range(3):
        assert talk.command("/stock shelf").status == 200
    assert talk.world.calls == []
