"""A pack in its channel: one message with its figures, its files in the thread, once for each period and channel."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from bot import pack_message
from bot.due_times import Due
from bot.outbox import OUTSIDERS
from bot.pack_post import post_pack, scheduled_period
from bot.replies import DONE
from sync.domain.period import Period
from sync.errors import UserError
from sync.settings import Schedule
from tests.bot.block_checker import message_faults
from tests.bot.desks import Clock
from tests.bot.fake_slack import FakeSlack, copies
from tests.bot.front import Front, Talk
from tests.bot.offices import office
from tests.bot.outsides import Desk as Terminal
from tests.bot.served import until
from tests.reports.sheets import under

CHANNEL = "C0REPORTS"
WEEKLY = Schedule("weekly", "weekly", "0 9 * * mon", CHANNEL)
MONDAY = Due("report:weekly", "2026-11-23T09:00", datetime(2026, 11, 23, 14, tzinfo=UTC))
WEEK = "2026-11-16..2026-11-22"
STEM = "weekly-2026-11-16_2026-11-22"
NO_BROWSER = "there is no browser at BROWSER_PATH="


@pytest.fixture
def front(world: FakeSlack, practised: Path, tmp_path: Path) -> Iterator[Front]:
    """The desk at the due time, on a machine without a browser."""
    shutil.copy(practised, tmp_path / "cache.db")
    with closing(_desk(world, tmp_path)) as made:
        yield made


def _desk(world: FakeSlack, folder: Path, **environ: str) -> Front:
    environ["DATABASE_URL"] = f"sqlite:///{folder}/cache.db"
    made = Front(world, folder, environ, clock=Clock(MONDAY.at.timestamp()))
    made.outside = replace(made.outside, clock=made.clock)
    world.clock = made.clock
    return made


def send(front: Front, seconds: float = 120) -> None:
    """Lets the outbox work, and time pass, until everything is sent."""
    end = front.clock.at + seconds
    while front.clock.at < end:
        while front.room.outbox.step():
            pass
        front.clock.at += 1


def posted(front: Front, due: Due = MONDAY, schedule: Schedule = WEEKLY) -> dict[str, Any]:
    post_pack(front, schedule, due)
    send(front)
    (message,) = shown(front.slack_world)
    return message


def shown(world: FakeSlack, channel: str = CHANNEL) -> list[dict[str, Any]]:
    return [message for message in world.shown(channel) if "thread_ts" not in message]


def files(world: FakeSlack) -> dict[str, bytes]:
    """The files that stand in the thread, by name."""
    return {file["name"]: file["content"] for file in world.files.values() if file.get("shares")}


def answer(front: Front, *words: str) -> dict[str, Any]:
    desk = Terminal(front.folder, front.environ, began=front.clock.at)
    assert desk.run(*words, "--json") == DONE
    return desk.document()


def money(words: str) -> Decimal:
    """ "+$1,204.50" as a number."""
    return Decimal(re.sub(r"[^0-9.\-]", "", words.replace("\u2212", "-")))


def cells(message: dict[str, Any]) -> list[list[str]]:
    (table,) = [block for block in message["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in table["rows"]]


def change(front: Front, amount: int = 12345) -> None:
    """Somebody enters a journal on inventory in QuickBooks; the next sync has read it."""
    with front.room.box._engine.begin() as connection:  # the cache itself, as a sync would leave it
        for account, signed in (("50", amount), ("46", -amount)):
            connection.execute(
                text(
                    "INSERT INTO posting (company, source, account, day, amount, document, kind, number, counter, name,"
                    " memo) VALUES (1, 'qbo', :account, '2026-11-18', :amount, '990001', 'JournalEntry', 'HAND-1', '',"
                    " '', '')"
                ),
                {"account": account, "amount": signed},
            )


def test_without_a_browser_the_message_and_the_other_files_go_out_with_one_line_and_an_alert(front: Front) -> None:
    message = posted(front)
    assert message["metadata"] == {
        "event_type": "tieout_report",
        "event_payload": {"report": "weekly", "period": WEEK, "channel": CHANNEL},
    }
    assert re.match(r"(Tied|Not tied): ", message["blocks"][0]["text"]["text"])
    assert "gross margin" in json.dumps(message["blocks"]).lower()
    assert sorted(files(front.slack_world)) == [
        "weekly-2026-11-16_2026-11-22.html",
        "weekly-2026-11-16_2026-11-22.xlsx",
    ]
    words = [e["text"]["text"] for block in message["blocks"] if block["type"] == "actions" for e in block["elements"]]
    assert words == ["Acknowledge", "Details", "Sign off"]
    assert message_faults(message["text"], message["blocks"]) == []
    told = [block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"]
    assert sum(NO_BROWSER in line for line in told) == 1
    assert re.search(rf"Without \d+ pictures: {NO_BROWSER}", message["text"])
    (alert,) = front.room.alerts.unresolved()
    assert (alert.trouble.cause, alert.trouble.retry) == ("files:weekly", "report:weekly")
    assert NO_BROWSER in alert.trouble.lines[0]


def test_every_figure_of_the_message_and_of_the_workbook_is_that_of_the_tie_out_and_of_cogs(front: Front) -> None:
    message = posted(front)
    tied, margin = answer(front, "reconcile", WEEK), answer(front, "cogs", WEEK)
    moved = [c for c in tied["controls"] if Decimal(c["cin7"]) or Decimal(c["qbo"])]
    _, *rows = cells(message)
    assert len(rows) == len(moved) > 8
    figures = sorted(tuple(map(money, row[1:])) for row in rows)
    assert figures == sorted(
        tuple(Decimal(c[name]) for name in ("cin7", "qbo", "difference", "unexplained")) for c in moved
    )
    assert f"{margin['total']['margin_pct']}%" in json.dumps(message["blocks"])
    content = files(front.slack_world)[f"weekly-{WEEK.replace('..', '_')}.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    listed = [(each["Cin7"], each["QuickBooks"], each["Difference"]) for each in under(book["Summary"], "Control")]
    shown_there = [tuple(f"{Decimal(str(number)):.2f}" for number in row) for row in listed]
    assert shown_there == [(c["cin7"], c["qbo"], c["difference"]) for c in tied["controls"]]


def test_a_pack_that_is_made_twice_is_one_message_with_its_files_once(front: Front) -> None:
    posted(front)
    post_pack(front, Schedule("also weekly", "weekly", "30 9 * * mon", CHANNEL), MONDAY)
    send(front)
    assert len(shown(front.slack_world)) == 1
    assert copies(shown(front.slack_world), "report", "period") == {("weekly", WEEK): 1}
    assert len(front.slack_world.files) == 2


def test_after_the_books_changed_the_same_message_has_a_new_edition_of_its_files(front: Front) -> None:
    before = posted(front)["text"]
    change(front)
    post_pack(front, WEEKLY, MONDAY)
    send(front)
    (message,) = shown(front.slack_world)
    assert message["text"] != before
    assert "Not tied" in message["text"]
    assert "Sent again: edition 2" in json.dumps(message["blocks"])
    assert sorted(files(front.slack_world)) == [
        f"{STEM}-edition-2.html",
        f"{STEM}-edition-2.xlsx",
        f"{STEM}.html",
        f"{STEM}.xlsx",
    ]
    inventory = next(row for row in cells(message) if row[0] == "Inventory")
    assert money(inventory[3]) == Decimal("-123.45")


def test_a_pack_whose_message_was_deleted_comes_again_when_it_is_asked_for(front: Front) -> None:
    first = posted(front)
    front.slack_world.messages[CHANNEL].clear()
    post_pack(front, WEEKLY, MONDAY)
    send(front)
    (message,) = shown(front.slack_world)
    assert message["ts"] != first["ts"]
    assert "edition 2" in json.dumps(message["blocks"])


def test_a_pack_that_was_given_up_comes_when_it_is_asked_for_again(front: Front) -> None:
    front.slack_world.fault("chat.postMessage", "too_many_members", times=1)
    post_pack(front, WEEKLY, MONDAY)
    send(front)
    assert shown(front.slack_world) == []
    assert posted(front)["metadata"]["event_payload"]["period"] == WEEK


def test_a_late_pack_says_when_it_was_due_and_is_about_the_period_of_its_due_time(front: Front) -> None:
    front.clock.at += timedelta(days=3).total_seconds()
    message = posted(front)
    assert message["metadata"]["event_payload"]["period"] == WEEK
    assert f"Late: it was due <!date^{int(MONDAY.at.timestamp())}^" in json.dumps(message["blocks"])


def test_no_figure_goes_where_people_of_other_organisations_read(front: Front) -> None:
    with pytest.raises(UserError, match="other organisations"):
        post_pack(front, Schedule("weekly", "weekly", WEEKLY.cron, "C0SHARED"), MONDAY)
    send(front)
    assert front.slack_world.shown("C0SHARED") == []
    assert front.slack_world.files == {}


def test_where_slack_did_not_tell_who_reads_the_outbox_asks_before_it_posts(front: Front) -> None:
    front.slack_world.fault("conversations.info", "html_before", times=2)
    post_pack(front, Schedule("weekly", "weekly", WEEKLY.cron, "C0SHARED"), MONDAY)
    send(front)
    assert front.slack_world.shown("C0SHARED") == []
    assert [fault for _, _, fault in front.room.box.faults()] == [OUTSIDERS]


def test_a_channel_of_our_own_gets_it_once_slack_tells_who_reads(front: Front) -> None:
    front.slack_world.fault("conversations.info", "html_before", times=3)
    front.slack_world.fault("chat.postMessage", "drop_after", times=1)
    posted(front)
    assert front.room.box.faults() == []


def test_acknowledge_gives_errors_an_owner_and_the_message_says_so(front: Front, talk: Talk) -> None:
    change(front)
    message = posted(front)
    (actions,) = [block for block in message["blocks"] if block["type"] == "actions"]
    button = actions["elements"][0]
    talk.press(button["action_id"], button["value"], user="U0ANN", channel=CHANNEL)
    talk.quiet()
    assert "operators and controllers" in talk.last()["text"]
    assert front.slack_world.views == {}
    talk.press(button["action_id"], button["value"], user="U0OTTO", channel=CHANNEL)
    talk.quiet()
    (view,) = front.slack_world.views.values()
    filled = {"owner": {"selected_user": "U0BOSS"}, "reason": {"value": "Vendor <!channel> credit"},
              "due": {"selected_date": "2026-12-01"}}  # fmt: skip
    talk.submit(view, filled, user="U0OTTO")
    send(front)
    (after,) = shown(front.slack_world)
    said = [block["elements"][0]["text"] for block in after["blocks"] if block["type"] == "context"]
    assert any("Acknowledged by <@U0OTTO>" in line and "owner <@U0BOSS>" in line for line in said)
    assert all("<!channel>" not in line for line in said)
    post_pack(front, WEEKLY, MONDAY)
    send(front)
    assert shown(front.slack_world) == [after]
    owners = {f["owner"] for f in answer(front, "reconcile", WEEK)["findings"] if f["nature"] == "error"}
    assert owners == {"Bea (U0BOSS)"}
    assert message_faults(after["text"], after["blocks"], mentions=["@U0OTTO", "@U0BOSS"]) == []


def test_details_and_sign_off_ask_for_the_packs_own_period(front: Front, talk: Talk) -> None:
    message = posted(front)
    (actions,) = [block for block in message["blocks"] if block["type"] == "actions"]
    _, details, sign_off = actions["elements"]
    talk.press(details["action_id"], details["value"], channel=CHANNEL)
    assert WEEK.split("..", maxsplit=1)[0] in talk.last()["text"]
    talk.press(sign_off["action_id"], sign_off["value"], user="U0OTTO", channel=CHANNEL)
    talk.quiet()
    assert "controllers" in talk.last()["text"]
    talk.press(sign_off["action_id"], sign_off["value"], user="U0BOSS", channel=CHANNEL)
    talk.quiet()
    (view,) = front.slack_world.views.values()
    assert WEEK in json.dumps(view)


def test_a_month_end_pack_has_the_months_own_workbook(front: Front) -> None:
    month = Schedule("close", "month-end", "0 9 3 * *", CHANNEL)
    message = posted(front, Due("report:close", "2026-11-03T09:00", datetime(2026, 11, 3, 14, tzinfo=UTC)), month)
    assert message["metadata"]["event_payload"]["period"] == "2026-10-01..2026-10-31"
    name = "month-end-2026-10-01_2026-10-31.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(files(front.slack_world)[name]), read_only=True)
    assert book.sheetnames[0] == "Sign-off"


@pytest.mark.parametrize(
    ("report", "cron", "start", "end"),
    [
        ("weekly", "0 9 * * *", date(2026, 11, 16), date(2026, 11, 22)),
        ("month-end", "0 9 * * *", date(2026, 10, 1), date(2026, 10, 31)),
        ("cogs", "0 9 * * 1", date(2026, 11, 16), date(2026, 11, 22)),
        ("cogs", "0 9 1 * *", date(2026, 10, 1), date(2026, 10, 31)),
        ("stock", "0 9 * * *", date(2026, 11, 22), date(2026, 11, 22)),
    ],
)
def test_a_due_time_is_about_the_last_period_that_was_over_then(
    front: Front, report: str, cron: str, start: date, end: date
) -> None:
    row = Schedule("r", report, cron, CHANNEL)
    assert scheduled_period(row, MONDAY, "America/New_York", front.settings) == Period(start, end)


def test_the_letter_key_tells_the_period() -> None:
    posting = pack_message.Posting("weekly", Period(date(2026, 11, 16), date(2026, 11, 22)), CHANNEL, MONDAY.at)
    assert pack_message.is_pack(posting.key)
    assert pack_message.period_of(posting.key) == WEEK


@pytest.mark.browser
def test_two_pictures_stand_in_the_message_and_all_in_its_thread_with_words_that_say_the_same(
    world: FakeSlack, practised: Path, tmp_path: Path, browser: str
) -> None:
    shutil.copy(practised, tmp_path / "cache.db")
    with closing(_desk(world, tmp_path, BROWSER_PATH=browser)) as front:
        message = posted(front)
        assert [alert.trouble.lines for alert in front.room.alerts.unresolved()] == []
        pictures = [block for block in message["blocks"] if block["type"] == "image"]
        named = [world.files[block["slack_file"]["id"]]["name"] for block in pictures]
        assert named == sorted(files(world), key=list(files(world)).index)[:2]
        assert all(name.endswith(".png") for name in named)
        assert all(content.startswith(b"\x89PNG") for name, content in files(world).items() if name.endswith(".png"))
        assert len(files(world)) >= 6
        title = world.files[pictures[0]["slack_file"]["id"]]["title"]
        assert pictures[0]["alt_text"].startswith(title)
        assert message_faults(message["text"], message["blocks"]) == []


def test_the_running_service_posts_a_scheduled_report_when_it_is_asked_to_retry_it(tmp_path: Path) -> None:
    toml = '[sync]\nevery = "manual"\n[slack]\nalerts = "C0ALERTS"\n[[schedule]]\nname = "weekly"\nreport = "weekly"\n'
    toml += f'cron = "0 9 * * mon"\nchannel = "{CHANNEL}"\n'
    with office(tmp_path, toml=toml, more={"BROWSER_PATH": "/no/browser"}) as made, made.open() as service:
        service.start_sync(None, "U0ANN1", "C0ALERTS")
        made.wait_for("succeeded")
        service.retry("report:weekly", "U0ANN1", "C0ALERTS")
        until(lambda: len(files(made.slack)) == 2)
        until(lambda: service.room.box.counts().get("due", 0) == 0)
        (message,) = shown(made.slack)
    assert message["metadata"]["event_payload"]["report"] == "weekly"
    assert message["blocks"][0]["type"] == "header"
