"""Syncs in one message each: started, joined, stopped, gone on with, and told to the person where nobody lets us in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.service import Service
from bot.sync_message import Part, View, letter
from sync.errors import UserError
from sync.pull import Wants, pull
from sync.sandbox.faults import Faults, Kind, Rule
from sync.store.db import writing
from sync.store.leases import release, take
from sync.store.runs import start_run
from tests.bot.offices import Office, buttons, office, words
from tests.bot.served import until

ANN, BOB = "U0ANN1", "U0BOB1"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as made:
        yield made


def test_a_sync_is_told_in_one_message_from_its_beginning_to_its_end(here: Office) -> None:
    with here.open() as service:
        gate = here.gate()
        ticket = service.start_sync(None, ANN, "C0REPORTS")
        assert (ticket.joined, ticket.started_by, ticket.channel) == (False, ANN, "C0REPORTS")
        shown = here.wait_for("running", "C0REPORTS")
        assert buttons(shown) == {"Cancel": ticket.run}
        assert f"<@{ANN}>" in words(shown)
        gate.opened.set()
        ended = here.wait_for("succeeded", "C0REPORTS")
    assert ended["ts"] == shown["ts"]
    assert here.slack.count("chat.postMessage") == 1
    assert ended["metadata"] == {
        "event_type": "tieout_sync",
        "event_payload": {"run": ticket.run, "state": "succeeded"},
    }
    told = words(ended)
    assert "*Cin7*: changed" in told
    assert "Calls used: Cin7" in told
    assert "Tied out: " in told
    assert "No sync is scheduled" in told
    assert buttons(ended) == {}


def test_a_second_sync_joins_the_one_that_runs_and_is_told_who_started_it(here: Office) -> None:
    with here.open() as service:
        gate = here.gate()
        first = service.start_sync(None, ANN, "C0REPORTS")
        here.wait_for("running", "C0REPORTS")
        second = service.start_sync(None, BOB, "C0ALERTS")
        assert (second.joined, second.run, second.started_by) == (True, first.run, ANN)
        assert (second.channel, bool(second.ts)) == ("C0REPORTS", True)
        gate.opened.set()
        ended = here.wait_for("succeeded", "C0REPORTS")
    assert f"joined by <@{BOB}>" in words(ended)
    assert here.slack.count("chat.postMessage") == 1


def test_who_joins_a_sync_of_the_schedule_sees_its_message(here: Office) -> None:
    with here.open() as service:
        gate = here.gate()
        thread = threading.Thread(target=service.syncs.run, args=(Wants(), "schedule"))
        thread.start()
        assert gate.reached.wait(30)
        ticket = service.start_sync(None, ANN, "C0ALERTS")
        assert (ticket.joined, ticket.started_by) == (True, "schedule")
        assert f"joined by <@{ANN}>" in words(here.wait_for("running"))
        gate.opened.set()
        here.wait_for("succeeded")
        thread.join(30)


def test_a_sync_that_is_cancelled_says_by_whom_and_offers_to_go_on(here: Office) -> None:
    with here.open() as service:
        gate = here.gate()
        ticket = service.start_sync(None, ANN, "C0ALERTS")
        here.wait_for("running")
        service.cancel_sync(ticket.run, BOB)
        gate.opened.set()
        ended = here.wait_for("cancelled")
        assert f"stopped by <@{BOB}>" in words(ended)
        assert buttons(ended) == {"Retry now": ticket.run}
        with pytest.raises(UserError, match="has ended already"):
            service.cancel_sync(ticket.run, BOB)
        service.retry(f"sync:{ticket.run}", ANN, "C0ALERTS")
        until(lambda: here.states() == ["cancelled", "succeeded"])
    assert here.messages("tieout_alert") == []


def test_a_sync_of_another_process_is_joined_followed_and_cancelled_through_the_cache(here: Office) -> None:
    with here.open() as service, here.open() as other:
        gate = here.gate()
        thread = threading.Thread(target=other.syncs.run, args=(Wants(), "command line"))
        thread.start()
        assert gate.reached.wait(30)
        ticket = service.start_sync(None, ANN, "C0ALERTS")
        assert (ticket.joined, ticket.started_by) == (True, "command line")
        here.wait_for("running")
        service.cancel_sync(ticket.run, ANN)
        until(lambda: all(live.stopped_by == ANN for live in other.syncs.lives()))
        gate.opened.set()
        thread.join(60)
        until(lambda: here.states()[-1] != "running")
    assert here.slack.count("chat.postMessage") == 1


def test_what_failed_is_named_and_only_that_is_tried_again(here: Office) -> None:
    here.company.faults = Faults((Rule(Kind.XML_FAULT, "cin7", "location"),))
    with here.open() as service:
        ticket = service.start_sync(None, ANN, "C0ALERTS")
        ended = here.wait_for("partial")
        assert "Cin7 locations failed" in words(ended)
        (alert,) = service.room.alerts.unresolved()
        assert alert.trouble.parts == ("locations",)
        here.company.faults = Faults()
        here.company.calls.clear()
        again = service.retry(f"sync:{ticket.run}", BOB, "C0ALERTS")
        assert again is not None
        until(lambda: here.states() == ["partial", "succeeded"])
        assert {call.path.rpartition("/")[2] for call in here.company.seen("cin7")} <= {"location", "me"}
        assert service.room.alerts.unresolved() == []


def test_where_the_app_is_not_in_the_channel_the_end_goes_to_the_person(here: Office) -> None:
    here.slack.channel("C0FOREIGN", is_member=False)
    with here.open() as service:
        gate = here.gate()
        service.start_sync(None, ANN, "C0FOREIGN")
        assert gate.reached.wait(30)
        until(lambda: service.room.box.counts() == {"done": 1})
        gate.opened.set()
        here.wait_for("succeeded", "D0ANN1")
    assert here.states("D0ANN1") == ["succeeded"]
    assert here.slack.shown("C0FOREIGN") == []


def test_a_stop_in_the_middle_leaves_no_message_running_and_the_next_start_goes_on_in_it(here: Office) -> None:
    with here.open() as service:
        gate = here.gate()
        ticket = service.start_sync(None, ANN, "C0ALERTS")
        here.wait_for("running")
        stopper = threading.Thread(target=service.stop)
        stopper.start()
        until(lambda: service.stopping)
        gate.opened.set()
        stopper.join(30)
        assert here.states() == ["interrupted"]
    with here.open():
        ended = here.wait_for("succeeded")
    assert ended["metadata"]["event_payload"]["run"] == ticket.run
    assert here.slack.count("chat.postMessage") == 1
    assert here.messages("tieout_alert") == []


def test_a_sync_whose_process_was_killed_is_gone_on_with_once(here: Office) -> None:
    with here.open() as service:
        _killed(service, "dead00000001")
        ended = here.wait_for("succeeded")
        assert ended["metadata"]["event_payload"]["run"] == "dead00000001"
        told = service.room.runs.told("dead00000001")
        assert told is not None
        assert told.status == "interrupted"
    assert here.slack.count("chat.postMessage") == 1


def test_a_sync_that_dies_again_is_left_interrupted(here: Office) -> None:
    with here.open() as service:
        assert service.room.seen.first_time("sync-continued", "dead00000001", datetime.now(UTC).timestamp())
        _killed(service, "dead00000001")
        ended = here.wait_for("interrupted")
        until(lambda: buttons(here.messages("tieout_sync")[-1]).keys() == {"Retry now"})
        assert "stopped in the middle" in words(ended)


def test_a_sync_that_another_process_still_runs_is_left_alone(here: Office) -> None:
    with here.open() as service, here.open():
        now = datetime.now(UTC).timestamp()
        name = f"sync:{service.company}"
        assert take(service.engine, name, "alive0000001", 60, now)
        assert service.room.runs.follow("alive0000001", "another", now, 60)
        with writing(service.engine) as session:
            start_run(session, "alive0000001", service.company, at=datetime.now(UTC), started_by=ANN)
        service.room.outbox.put(letter(View("alive0000001", "running", ANN, datetime.now(UTC)), "C0ALERTS", ANN))
        here.wait_for("running")
        service.syncs.look()
        assert here.states() == ["running"]
        release(service.engine, name, "alive0000001")


def test_a_sync_by_the_command_line_is_not_in_the_way_of_its_message(here: Office) -> None:
    """The cache of a service may be synced by others; what they find is found by the next tie-out."""
    with here.open() as service:
        with closing(service.connection()) as connection:
            pull(
                service.engine,
                service.company,
                connection.cin7,
                connection.qbo,
                Wants(),
                now=lambda: datetime.now(UTC),
                started_by="command line",
            )
        service.start_sync(None, ANN, "C0ALERTS")
        ended = here.wait_for("succeeded")
    assert "*QuickBooks*: nothing changed" in words(ended)


def test_no_money_is_in_the_message_of_a_sync() -> None:
    view = View("r1", "partial", ANN, datetime(2026, 11, 27, tzinfo=UTC), parts=[Part("cin7", "sales", "failed")])
    made = letter(view, "C0ALERTS", ANN)
    assert made.payload == {"run": "r1", "state": "partial"}


def test_hostile_names_and_long_reasons_stay_inside_what_slack_takes() -> None:
    parts = [Part("cin7", f"part_{n}", "failed", error=f"<!channel> & {'x' * 900}") for n in range(40)]
    began = datetime(2026, 11, 27, tzinfo=UTC)
    view = View("r1", "failed", "<@U0EVIL1>", began, finished_at=began + timedelta(hours=3), parts=parts)
    made = letter(view, "C0ALERTS", ANN)
    texts = [block["text"]["text"] for block in made.blocks if "text" in block]
    assert all(len(text) <= 3000 for text in texts)
    assert "<!channel>" not in "".join(texts)
    assert "<@U0EVIL1>" not in "".join(texts)
    assert len(made.text) <= 3000


def _killed(service: Service, run: str) -> None:
    """A sync as a killed process leaves it: its run and its message say that it runs, and nobody holds it."""
    now = datetime.now(UTC)
    with writing(service.engine) as session:
        start_run(session, run, service.company, at=now, started_by=ANN)
    service.room.outbox.put(letter(View(run, "running", ANN, now), "C0ALERTS", ANN))
