"""The conversation with a Slack that this project did not write: what it takes, shows and keeps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.block_checker import message_faults
from tests.bot.emulated import TOKEN, Emulated, emulating, installed
from tests.bot.fake_slack import FakeSlack
from tests.bot.front import Front, Talk
from tests.bot.test_conversation import buttons, cli, words
from tests.conftest import missing


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    if not installed():
        missing("needs npm's emulate and a Node for it: .ci/run installs both; TIEOUT_EMULATE names their folder")
    with emulating(tmp_path_factory.mktemp("emulate")) as running:
        yield running


@pytest.fixture
def talk(slack: Emulated, practised: Path, tmp_path: Path) -> Iterator[Talk]:
    shutil.copy(practised, tmp_path / "cache.db")
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/cache.db"}
    front = Front(FakeSlack(api_url=slack.api_url), tmp_path, environ, config="", token=TOKEN)
    yield Talk(front, slack.channels["alerts"])
    front.close()


def test_an_answer_that_is_shared_stands_in_the_channel_with_its_figures(talk: Talk, slack: Emulated) -> None:
    ann = slack.people["ann"]
    assert talk.press("share", "/cogs last-month", user=ann, ts="1764000000.000100").status == 200
    shown = slack.shown("alerts")[-1]
    assert message_faults(shown["text"], shown["blocks"], mentions=[f"@{ann}"]) == []
    assert f"Shared by <@{ann}>" in words(shown)
    assert cli(talk.front, "cogs last-month")["total"]["sales"] in words(shown)
    assert "By product" in buttons(shown)


def test_a_command_is_answered_by_a_member_and_leaves_nothing_in_the_channel(talk: Talk, slack: Emulated) -> None:
    before = len(slack.shown("alerts"))
    assert talk.command("/cogs last-month", user=slack.people["bob"]).status == 200
    assert talk.front.room.audit.recent(1)[0].what == "asked"
    assert len(slack.shown("alerts")) == before
    assert talk.command("/sync", user=slack.people["bob"]).status == 200
    assert talk.front.synced == []
    talk.command("/sync", user=slack.people["ann"])
    assert [who for _, who, _ in talk.front.synced] == [slack.people["ann"]]


def test_app_home_is_taken(talk: Talk, slack: Emulated, caplog: pytest.LogCaptureFixture) -> None:
    talk.event("Ev-emulated", {"type": "app_home_opened", "user": slack.people["ann"], "tab": "home"})
    assert [record for record in caplog.records if record.name == "tieout.bot"] == []


def test_a_workbook_reaches_the_person_who_asked(talk: Talk, slack: Emulated) -> None:
    talk.command("/recon last-month workbook", user=slack.people["bob"])  # the token is Ann's
    files = slack.call("files.list").get("files") or []
    assert [file["name"] for file in files if file["name"].endswith(".xlsx")]
