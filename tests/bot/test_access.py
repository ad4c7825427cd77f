"""Who is answered: roles by list, user group and default; guests, strangers and shared channels see no figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.access import Access, Refused
from bot.slack import Slack
from sync.settings import RoleSettings
from tests.bot.desks import Clock
from tests.bot.fake_slack import FakeSlack
from tests.bot.front import Front, Talk

DEFAULT = RoleSettings(None, None, None)


def access(world: FakeSlack, roles: RoleSettings = DEFAULT, clock: Clock | None = None) -> Access:
    return Access(Slack("xoxb-test", world.api_url, timeout=30), roles, clock or Clock())


def test_by_default_admins_are_controllers_and_members_viewers(world: FakeSlack) -> None:
    asked = access(world)
    assert asked.standing("U0ADMIN", "C0ALERTS").role == "controller"
    assert asked.standing("U0ANN", "C0ALERTS").role == "viewer"


@pytest.mark.parametrize(
    ("roles", "user", "role"),
    [
        (RoleSettings(("U0ANN",), None, None), "U0ANN", "controller"),
        (RoleSettings(("U0ANN",), None, None), "U0ADMIN", "viewer"),
        (RoleSettings(None, ("S0OPS",), None), "U0OTTO", "operator"),
        (RoleSettings(None, ("*",), None), "U0ANN", "operator"),
        (RoleSettings(("S0OPS",), ("U0OTTO",), None), "U0OTTO", "controller"),
        (RoleSettings((), ("U0OTTO",), ("U0ANN",)), "U0ANN", "viewer"),
    ],
)
def test_the_highest_role_that_names_a_person_is_theirs(
    world: FakeSlack, roles: RoleSettings, user: str, role: str
) -> None:
    assert access(world, roles).standing(user, "C0ALERTS").role == role


@pytest.mark.parametrize("user", ["U0GUEST", "U0LONE", "U0THEM", "U0STRANGE", "U0BOT2", "U0LEFT", "U0NOBODY"])
def test_nobody_but_full_members_sees_figures_whatever_the_lists_say(world: FakeSlack, user: str) -> None:
    for roles in (DEFAULT, RoleSettings(("*",), ("*",), ("*",)), RoleSettings((user,), None, None)):
        with pytest.raises(Refused):
            access(world, roles).standing(user, "C0ALERTS")


def test_a_member_whom_no_list_names_is_told_where_roles_come_from(world: FakeSlack) -> None:
    with pytest.raises(Refused, match=r"\[roles\]"):
        access(world, RoleSettings((), (), ("U0BOSS",))).standing("U0ANN", "C0ALERTS")


def test_an_externally_shared_channel_is_refused_to_everybody(world: FakeSlack) -> None:
    with pytest.raises(Refused, match="other organisations"):
        access(world).standing("U0ADMIN", "C0SHARED")
    world.channel("C0SOON", is_pending_ext_shared=True)
    with pytest.raises(Refused):
        access(world).standing("U0ADMIN", "C0SOON")


def test_a_channel_is_looked_at_each_time(world: FakeSlack) -> None:
    asked = access(world)
    assert asked.standing("U0ANN", "C0ALERTS").unseen == ""
    world.channels["C0ALERTS"]["is_ext_shared"] = True
    with pytest.raises(Refused):
        asked.standing("U0ANN", "C0ALERTS")


def test_a_person_who_becomes_a_guest_is_one_at_the_next_click(world: FakeSlack) -> None:
    asked = access(world)
    asked.standing("U0ANN")
    world.users["U0ANN"]["is_restricted"] = True
    with pytest.raises(Refused):
        asked.standing("U0ANN")


def test_where_nobody_can_tell_who_reads_along_there_are_no_figures(world: FakeSlack) -> None:
    asked = access(world)
    assert "/invite" in asked.standing("U0ANN", "G0PRIVATE").unseen
    assert asked.standing("U0ANN", "D0ANN").unseen == ""
    assert "cannot see who reads" in asked.standing("U0ANN", "D0OTHERS").unseen
    for channel in ("G0PRIVATE", "C0SHARED", "C0ELSE"):
        with pytest.raises(Refused):
            asked.may_share(channel)


def test_a_user_group_is_asked_about_once_a_minute_and_anew_when_slack_says_it_changed(world: FakeSlack) -> None:
    clock = Clock()
    asked = access(world, RoleSettings(None, ("S0OPS",), None), clock)
    for _ in range(5):
        assert asked.standing("U0OTTO").role == "operator"
    assert world.count("usergroups.users.list") == 1
    world.groups["S0OPS"] = []
    asked.forget_groups()
    assert asked.standing("U0OTTO").role == "viewer"
    world.groups["S0OPS"] = ["U0OTTO"]
    clock.at += 61
    assert asked.standing("U0OTTO").role == "operator"


def test_a_group_that_cannot_be_read_gives_no_role_and_says_so(world: FakeSlack) -> None:
    with pytest.raises(Refused, match="S0GONE could not be read"):
        access(world, RoleSettings((), ("S0GONE",), ())).standing("U0ANN")
    assert access(world, RoleSettings(None, ("S0GONE",), None)).standing("U0ANN").role == "viewer"


def test_while_slack_asks_for_a_pause_its_last_answer_holds_for_some_minutes(world: FakeSlack) -> None:
    clock = Clock()
    asked = access(world, DEFAULT, clock)
    asked.standing("U0ANN", "C0ALERTS")
    world.fault("users.info", "throttle", 30, times=2)
    assert asked.standing("U0ANN", "C0ALERTS").role == "viewer"
    clock.at += 301
    with pytest.raises(Exception, match="pause"):
        asked.standing("U0ANN", "C0ALERTS")


def test_people_of_other_workspaces_of_one_enterprise_are_colleagues(world: FakeSlack) -> None:
    world.user("U0GRID", team_id="T0SISTER", enterprise_user={"enterprise_id": "E0001"})
    world.organisation = "E0001"
    assert access(world).standing("U0GRID").role == "viewer"


@pytest.mark.parametrize(("user", "channel"), [("U0GUEST", "C0ALERTS"), ("U0THEM", "C0ALERTS"), ("U0BOSS", "C0SHARED")])
@pytest.mark.parametrize(
    "line", ["/cogs last-month", "/stock shelf", "/recon", "/sync status", "/sync alerts", "/sync"]
)
def test_a_refusal_is_in_words_and_holds_no_figure(talk: Talk, line: str, user: str, channel: str) -> None:
    talk.command(line, user=user, channel=channel)
    told = talk.last()
    assert "Tieout gives" in told["text"]
    assert not any(character.isdigit() for character in json.dumps(told["blocks"]))
    assert talk.front.synced == []


@pytest.mark.parametrize(
    ("action", "value"),
    [("share", "/cogs last-month"), ("ask:by_product", "/cogs last-month"), ("alert_details", "x:1")],
)
def test_every_click_is_looked_at_again(talk: Talk, action: str, value: str) -> None:
    talk.press(action, value, user="U0GUEST")
    assert "guests" in talk.last()["text"]
    talk.press(action, value, user="U0ANN", channel="C0SHARED")
    assert "other organisations" in talk.last()["text"]
    assert talk.world.shown("C0ALERTS") == talk.world.shown("C0SHARED") == []


def test_a_sync_may_be_started_where_no_figures_may_be_shown(talk: Talk) -> None:
    talk.command("/sync", user="U0OTTO", channel="G0PRIVATE")
    assert talk.front.synced == [(None, "U0OTTO", "G0PRIVATE")]
    talk.command("/cogs", user="U0OTTO", channel="G0PRIVATE")
    assert "/invite" in talk.last()["text"]


def test_settings_without_roles_give_the_defaults(world: FakeSlack, practised: Path, tmp_path: Path) -> None:
    front = Front(world, tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}, config="")
    talk = Talk(front)
    talk.command("/sync", user="U0ADMIN")
    talk.command("/sync", user="U0ANN")
    assert [user for _, user, _ in front.synced] == ["U0ADMIN"]
    front.close()
