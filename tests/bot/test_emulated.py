"""What Tieout posts, seen in a Slack that this project did not write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.alert_life import Patience
from bot.alerts import Alerts
from bot.due_times import Due
from bot.outbox import Outbox
from bot.pack_post import post_pack
from bot.slack import Slack
from sync.domain.alerts import AlertKind, Trouble
from sync.domain.letters import Enclosure
from sync.sandbox.serve import serve
from sync.store.alerts import AlertBook
from sync.store.outbox import StoredOutbox
from tests.bot.desks import HOURS, Clock, OpenPace, company_of, letter
from tests.bot.emulated import TOKEN, Emulated, emulating, installed
from tests.bot.fake_slack import FakeSlack
from tests.bot.offices import Office, small_company
from tests.bot.served import PROMPTLY, serving, settings, until
from tests.conftest import missing


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    if not installed():
        missing("needs npm's emulate and a Node for it: .ci/run installs both; TIEOUT_EMULATE names their folder")
    with emulating(tmp_path_factory.mktemp("emulate")) as running:
        yield running


@pytest.fixture
def outbox(sqlite_engine: Engine, slack: Emulated) -> Outbox:
    clock = Clock()
    box = StoredOutbox(sqlite_engine, company_of(sqlite_engine))
    return Outbox(box, Slack(TOKEN, slack.api_url), OpenPace(clock), clock)


def _send(outbox: Outbox) -> None:
    while outbox.step():
        pass


def test_a_sync_typed_in_slack_is_one_message_that_ends_with_its_result(slack: Emulated, tmp_path: Path) -> None:
    with serve(small_company(), limits=False) as company:
        (tmp_path / "tieout.toml").write_text('[sync]\nevery = "manual"\n')
        environ = settings(tmp_path, slack.api_url, company.environ, SLACK_BOT_TOKEN=TOKEN)
        with serving(tmp_path, environ) as served:
            caller = served.caller(FakeSlack(api_url=slack.api_url))
            answer = caller.command("/sync", "", slack.people["ann"], slack.channels["alerts"])
            assert answer.status_code == 200
            until(lambda: [m["metadata"]["event_payload"]["state"] for m in _syncs(slack)] == ["succeeded"])
            (shown,) = _syncs(slack)
            assert "Sync succeeded" in shown["text"]
            assert f"<@{slack.people['ann']}>" in shown["text"]
            assert shown["blocks"]
            assert served.end() < PROMPTLY


def _syncs(slack: Emulated) -> list[dict[str, Any]]:
    return slack.shown("alerts", "tieout_sync")


def test_a_scheduled_pack_is_one_message_with_its_files_in_the_thread(slack: Emulated, tmp_path: Path) -> None:
    alerts, reports = slack.channels["general"], slack.channels["random"]
    toml = f'[sync]\nevery = "manual"\n[slack]\nalerts = "{alerts}"\n[[schedule]]\nname = "weekly"\nreport = "weekly"\n'
    toml += f'cron = "0 9 * * mon"\nchannel = "{reports}"\n'
    more = {"SLACK_BOT_TOKEN": TOKEN, "BROWSER_PATH": "/no/browser"}
    with serve(small_company(), limits=False) as company:
        made = Office(tmp_path, company, FakeSlack(api_url=slack.api_url), toml=toml, more=more)
        with made.open() as service:
            service.start_sync(None, slack.people["ann"], alerts)
            until(lambda: service.room.health.pulse().good_at)
            service.retry("report:weekly", slack.people["ann"], alerts)
            until(lambda: service.room.box.counts().get("due", 0) == 0 and slack.shown("random", "tieout_report"))
            # The same due time once more, as after a crash between posting and noting it.
            post_pack(service, service.settings.schedules[0], Due("report:weekly", "again", service.outside.now()))
            until(lambda: service.room.box.counts().get("due", 0) == 0)
        (message,) = slack.shown("random", "tieout_report")
        assert set(message["metadata"]["event_payload"]) == {"report", "period", "channel"}
        assert message["blocks"][0]["type"] == "header"
        shared = [file["name"] for reply in slack.replies("random", message["ts"]) for file in reply.get("files", [])]
        assert sorted(name.rpartition(".")[2] for name in shared if "edition" not in name) == ["html", "xlsx"]
        assert len(set(shared)) == len(shared)  # what is known of earlier periods may have grown: then a next edition


def test_a_letter_its_changes_and_its_file_stand_where_people_look(outbox: Outbox, slack: Emulated) -> None:
    file = Enclosure("week.csv", "The week", b"a,b\n1,2\n")
    outbox.put(letter("report:1", "The week ties out", slack.channels["reports"], files=[file]))
    _send(outbox)
    outbox.put(letter("report:1", "The week ties out, corrected", slack.channels["reports"], files=[file]))
    outbox.put(letter("report:1:note", "A note", slack.channels["reports"], thread_of="report:1"))
    _send(outbox)
    (shown,) = slack.shown("reports", "tieout_report")
    assert shown["text"] == "The week ties out, corrected"
    replies = slack.replies("reports", str(shown["ts"]))
    assert [reply["text"] for reply in replies if reply.get("metadata")] == ["A note"]
    files = [name["name"] for reply in replies for name in reply.get("files", [])]
    assert files == ["week.csv"]


def test_a_post_whose_answer_was_lost_is_found_by_its_metadata_and_not_made_again(
    sqlite_engine: Engine, outbox: Outbox, slack: Emulated
) -> None:
    """As after a kill between the post and its note: the letter is unsure, and the message is there."""
    channel = slack.channels["reports"]
    made = letter("report:2", "Once", channel)
    outbox.put(made)
    box = StoredOutbox(sqlite_engine, company_of(sqlite_engine))
    now = Clock()()
    parcel = box.claim("dead", now, 0.0)
    assert parcel is not None
    assert box.trying(parcel, now, 0.0)
    Slack(TOKEN, slack.api_url).post(channel, made.text, made.blocks, event=made.event, payload=made.payload)
    _send(outbox)
    shown = [m for m in slack.shown("reports", "tieout_report") if m["text"] == "Once"]
    assert len(shown) == 1
    assert box.message("report:2") == (channel, shown[0]["ts"])


def test_an_alert_is_one_message_through_its_life(sqlite_engine: Engine, outbox: Outbox, slack: Emulated) -> None:
    clock, company = Clock(), company_of(sqlite_engine)
    alerts = Alerts(
        AlertBook(sqlite_engine, company, debounce=0.0),
        company,
        slack.channels["alerts"],
        Patience(4 * HOURS, 24 * HOURS),
        clock,
        lambda: clock.now().date(),
    )
    alerts.trouble(Trouble(AlertKind.SYNC_FAILED, "sync:cin7", "Cin7 could not be read", retry="sync"))
    _send(outbox)
    (opened,) = slack.shown("alerts", "tieout_alert")
    alerts.over("sync:cin7", "A sync succeeded.")
    _send(outbox)
    (over,) = slack.shown("alerts", "tieout_alert")
    assert over["ts"] == opened["ts"]
    assert over["metadata"]["event_payload"]["state"] == "resolved"
    assert [reply["text"] for reply in slack.replies("alerts", str(over["ts"]))] == ["A sync succeeded."]
