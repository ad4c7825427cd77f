"""Buttons and windows that change something: alerts get owners or sleep, syncs stop, periods are signed off."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from bot.alert_blocks import button_value
from bot.cli import answer
from sync.domain.alerts import Alert, AlertKind, AlertState
from tests.bot.block_checker import message_faults, view_faults
from tests.bot.front import Talk
from tests.bot.test_conversation import words

OWNER = {"type": "users_select", "selected_user": "U0ANN"}
REASON = {"type": "plain_text_input", "value": "Cin7 is down, they know"}
DUE = {"type": "datepicker", "selected_date": "2026-11-27"}


@pytest.fixture
def alert(talk: Talk) -> Alert:
    return talk.front.alert()


def opened(talk: Talk) -> dict[str, Any]:
    """The window that was opened last."""
    return dict(list(talk.world.views.values())[-1])


def pressed(talk: Talk, action: str, alert: Alert, user: str = "U0OTTO") -> None:
    talk.press(action, button_value(alert), user=user)
    talk.quiet()


def state(talk: Talk, alert: Alert) -> Alert:
    return talk.front.room.alerts.alert(alert.id)


def test_acknowledge_opens_a_window_with_owner_reason_and_due(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_acknowledge", alert)
    view = opened(talk)
    assert view_faults(view) == []
    assert [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"] == [
        "Owner",
        "Reason",
        "Due",
    ]
    assert state(talk, alert).state is AlertState.OPEN


def test_a_filled_acknowledge_gives_the_alert_its_owner_and_is_in_the_audit_log(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_acknowledge", alert)
    response = talk.submit(opened(talk), {"owner": OWNER, "reason": REASON, "due": DUE}, "U0OTTO")
    assert (response.status, response.body) == (200, "")
    after = state(talk, alert)
    assert (after.state, after.owner, after.by) == (AlertState.ACKNOWLEDGED, "U0ANN", "U0OTTO")
    assert (after.reason, after.due) == ("Cin7 is down, they know", date(2026, 11, 27))
    newest = talk.front.room.audit.recent(1)[0]
    assert (newest.who, newest.what, newest.subject) == ("U0OTTO", "acknowledged", f"alert:{alert.id}")
    (told,) = talk.world.ephemeral
    assert told["user"] == "U0OTTO"
    assert message_faults(told["text"], told["blocks"], mentions=["@U0ANN"]) == []


def test_a_day_that_has_passed_is_told_in_the_window(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_acknowledge", alert)
    past = {"type": "datepicker", "selected_date": "2026-11-01"}
    response = talk.submit(opened(talk), {"owner": OWNER, "due": past}, "U0OTTO")
    assert json.loads(response.body) == {
        "response_action": "errors",
        "errors": {"due": "That day has passed already; choose a later one."},
    }
    assert state(talk, alert).state is AlertState.OPEN


def test_of_two_who_acknowledge_at_once_the_first_has_it_and_the_second_is_told(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_acknowledge", alert, "U0OTTO")
    pressed(talk, "alert_acknowledge", alert, "U0BOSS")
    first, second = list(talk.world.views.values())
    talk.submit(first, {"owner": OWNER}, "U0OTTO")
    talk.submit(second, {"owner": {"selected_user": "U0BOSS"}}, "U0BOSS")
    assert state(talk, alert).owner == "U0ANN"
    told = talk.world.ephemeral[-1]
    assert told["user"] == "U0BOSS"
    assert "already acknowledged" in told["text"]


def test_a_button_of_an_older_state_opens_nothing_and_says_how_it_stands(talk: Talk, alert: Alert) -> None:
    talk.front.room.alerts.over(alert.trouble.cause)
    pressed(talk, "alert_acknowledge", alert)
    assert talk.world.views == {}
    assert "already resolved" in talk.last()["text"]


@pytest.mark.parametrize("action", ["alert_acknowledge", "alert_snooze", "alert_retry", "sync_cancel", "sync_retry"])
def test_a_viewer_changes_nothing_and_is_told_why(talk: Talk, alert: Alert, action: str) -> None:
    talk.press(action, button_value(alert), user="U0ANN")
    talk.quiet()
    assert "you are a viewer here" in talk.last()["text"]
    assert talk.world.views == {}
    assert (talk.front.retried, talk.front.cancelled) == ([], [])
    assert state(talk, alert) == alert


def test_a_role_that_is_lost_while_the_window_is_open_counts(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_acknowledge", alert)
    talk.world.users["U0OTTO"]["is_restricted"] = True
    talk.submit(opened(talk), {"owner": OWNER}, "U0OTTO")
    assert state(talk, alert).state is AlertState.OPEN
    assert "guests" in talk.world.ephemeral[-1]["text"]


@pytest.mark.parametrize(("hours", "slept"), [("1", 1), ("24", 24), ("168", 168), ("9999", 4)])
def test_snooze_sleeps_for_what_was_chosen_and_for_nothing_else(
    talk: Talk, alert: Alert, hours: str, slept: int
) -> None:
    pressed(talk, "alert_snooze", alert)
    assert view_faults(opened(talk)) == []
    talk.submit(opened(talk), {"for": {"selected_option": {"value": hours}}}, "U0OTTO")
    after = state(talk, alert)
    assert after.state is AlertState.SNOOZED
    assert after.snoozed_until is not None
    asked = after.snoozed_until - talk.front.outside.now()
    assert abs(asked - timedelta(hours=slept)) < timedelta(minutes=5)


def test_retry_tries_again_and_says_where_it_is_seen(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_retry", alert)
    assert talk.front.retried == [("sync", "U0OTTO", "C0ALERTS")]
    assert talk.front.room.audit.recent(1)[0].what == "retried"


def test_details_tell_all_to_any_viewer(talk: Talk, alert: Alert) -> None:
    pressed(talk, "alert_details", alert, "U0ANN")
    assert "opened" in words(talk.last())


def test_a_sync_is_stopped_and_its_failed_parts_are_tried_again(talk: Talk) -> None:
    talk.press("sync_cancel", "run1", user="U0OTTO")
    assert talk.front.cancelled == [("run1", "U0OTTO")]
    talk.press("sync_cancel", "run0", user="U0OTTO")
    assert "ended already" in talk.last()["text"]
    talk.press("sync_retry", "run1", user="U0OTTO")
    assert talk.front.retried == [("sync:run1", "U0OTTO", "C0ALERTS")]


@pytest.mark.parametrize("value", ["", "x", "x:y", "<!channel>:1", "0" * 500, "none:1"])
def test_values_that_are_not_ours_do_nothing(talk: Talk, value: str) -> None:
    for action in ("alert_acknowledge", "alert_snooze", "alert_retry", "alert_details", "sign_off"):
        assert talk.press(action, value, user="U0BOSS").status == 200
        talk.quiet()
        assert message_faults(talk.last()["text"], talk.last()["blocks"]) == []
    assert talk.front.retried == []


def test_whoever_takes_on_an_alert_of_findings_owns_the_findings(talk: Talk) -> None:
    talk.command("/recon last-month", user="U0BOSS")
    open_ = answer(["findings", "--open", "--json"], talk.front.outside).document["findings"]
    assert isinstance(open_, list)
    id_ = open_[0]["id"]
    alert = talk.front.alert(
        "1 new finding", retry="", cause="finding:in_transit", kind=AlertKind.FINDING, parts=(id_,)
    )
    pressed(talk, "alert_acknowledge", alert)
    talk.submit(opened(talk), {"owner": OWNER, "reason": REASON, "due": DUE}, "U0OTTO")
    after = answer(["findings", "--json"], talk.front.outside).document["findings"]
    assert isinstance(after, list)
    (mine,) = [found for found in after if found["id"] == id_]
    assert (mine["owner"], mine["due"], mine["note"]) == ("Ann (U0ANN)", "2026-11-27", "Cin7 is down, they know")


def test_only_controllers_see_and_press_sign_off(talk: Talk) -> None:
    talk.command("/recon last-month", user="U0OTTO")
    assert "Sign off" not in words(talk.last())
    talk.press("sign_off", "2026-10-01..2026-10-31", user="U0OTTO")
    talk.quiet()
    assert "for controllers; you are an operator" in talk.last()["text"]
    assert talk.world.views == {}


def test_a_controller_signs_off_or_reads_what_stands_against_it(talk: Talk) -> None:
    talk.press("sign_off", "2026-10-01..2026-10-31", user="U0BOSS")
    talk.quiet()
    view = opened(talk)
    assert view_faults(view) == []
    assert talk.submit(view, {}, "U0BOSS").status == 200
    told = talk.world.ephemeral[-1]
    assert "was signed off by Bea (U0BOSS)" in told["text"]
    assert message_faults(told["text"], told["blocks"]) == []
    newest = talk.front.room.audit.recent(1)[0]
    assert (newest.who, newest.what, newest.subject) == ("U0BOSS", "signed off", "2026-10-01..2026-10-31")
    talk.submit(view, {}, "U0ANN")
    assert "for controllers" in talk.world.ephemeral[-1]["text"]


def test_a_window_that_is_not_ours_is_acknowledged_and_does_nothing(talk: Talk, alert: Alert) -> None:
    view = {"callback_id": "acknowledge_modal", "private_metadata": "{}", "type": "modal"}
    assert talk.submit(view, {"owner": OWNER}, "U0OTTO").status == 200
    assert state(talk, alert) == alert
