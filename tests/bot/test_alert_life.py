"""The life of an alert as a table of moves, and as a machine that is driven at random against a plain model."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import select

from bot import alert_life
from bot.alert_blocks import ACKNOWLEDGE, EVENT, button_value, letter_key, read_value
from bot.alert_life import Move, Patience, Stale
from bot.alerts import Alerts, NotAllowed
from sync.domain.alerts import Alert, AlertKind, AlertState, Trouble
from sync.domain.letters import Letter
from sync.errors import UserError
from sync.store.alerts import AlertBook
from sync.store.bot_tables import OutboxRow
from sync.store.db import migrate, open_database, reading
from sync.store.outbox import from_json
from tests.bot.desks import MONDAY, Desk, company_of
from tests.bot.fake_slack import running

TROUBLE = Trouble(AlertKind.SYNC_FAILED, "sync:qbo", "QuickBooks could not be read", retry="sync", parts=("ledger",))
PATIENCE = Patience(timedelta(hours=4), timedelta(hours=24), "S0FINANCE1")
HOUR = timedelta(hours=1)
CHANNEL = "C0ALERTS"


def opened() -> Alert:
    move = alert_life.raised(None, TROUBLE, 1, MONDAY)
    assert move is not None
    return move.alert


def taken(alert: Alert, who: str = "U0ANN1", seen: int | None = None) -> Move:
    return alert_life.acknowledged(
        alert, MONDAY + HOUR, who, owner=who, reason="on it", due=date(2026, 11, 25), seen=seen
    )


def test_a_first_trouble_opens_and_the_same_again_is_counted() -> None:
    alert = opened()
    again = alert_life.raised(alert, TROUBLE, 1, MONDAY + HOUR)
    assert again is not None
    assert (alert.state, alert.count) == (AlertState.OPEN, 1)
    assert (again.what, again.alert.count, again.alert.life, again.loud) == ("repeated", 2, alert.life, "")


def test_a_trouble_that_comes_back_after_it_was_over_is_reopened_and_calls_its_former_owner() -> None:
    over = alert_life.resolved(taken(opened()).alert, MONDAY + 2 * HOUR)
    assert over is not None
    back = alert_life.raised(over.alert, TROUBLE, 1, MONDAY + 3 * HOUR)
    assert back is not None
    assert (back.what, back.alert.state, back.alert.count) == ("reopened", AlertState.REOPENED, 1)
    assert (back.mention, back.broadcast) == ("U0ANN1", True)
    assert back.alert.since == MONDAY + 3 * HOUR
    assert back.alert.opened_at == MONDAY
    assert (back.alert.reason, back.alert.due, back.alert.resolved_at) == ("", None, None)


def test_of_two_people_who_press_at_once_the_second_is_told_who_was_first() -> None:
    alert = opened()
    first = taken(alert, "U0ANN1", seen=alert.life)
    with pytest.raises(Stale, match="acknowledged by <@U0ANN1>"):
        taken(first.alert, "U0BOB1", seen=alert.life)
    other = taken(first.alert, "U0BOB1", seen=first.alert.life)
    assert other.alert.owner == "U0BOB1"


def test_a_button_from_before_it_was_over_and_back_is_stale() -> None:
    alert = opened()
    over = alert_life.resolved(alert, MONDAY + HOUR)
    assert over is not None
    with pytest.raises(Stale, match="resolved"):
        taken(over.alert, seen=None)
    back = alert_life.raised(over.alert, TROUBLE, 1, MONDAY + 2 * HOUR)
    assert back is not None
    with pytest.raises(Stale):
        taken(back.alert, seen=alert.life)


def test_a_resolved_alert_cannot_be_snoozed_nor_resolved_again() -> None:
    over = alert_life.resolved(opened(), MONDAY)
    assert over is not None
    assert alert_life.resolved(over.alert, MONDAY) is None
    with pytest.raises(Stale):
        alert_life.snoozed(over.alert, MONDAY, "U0ANN1", until=MONDAY + HOUR, seen=None)


def test_a_snooze_ends_in_the_future() -> None:
    with pytest.raises(UserError, match="future"):
        alert_life.snoozed(opened(), MONDAY, "U0ANN1", until=MONDAY, seen=None)


def _passed(alert: Alert, hours: float) -> Move | None:
    now = MONDAY + hours * HOUR
    return alert_life.swept(alert, now, now.date(), PATIENCE)


def test_an_alert_that_nobody_takes_on_is_reminded_then_escalated_then_told_once_a_day() -> None:
    alert, told = opened(), []
    for hour in range(1, 24 * 5):
        move = _passed(alert, hour)
        if move:
            alert = move.alert
            told.append((hour, move.what))
    assert told[:6] == [(hour, "reminded") for hour in (4, 8, 12, 16, 20)] + [(24, "escalated")]
    assert told[6:] == [(hour, "reminded") for hour in (48, 72, 96)]


def test_the_escalation_calls_the_group_and_says_how_long_nobody_came() -> None:
    move = _passed(opened(), 24)
    assert move is not None
    assert (move.mention, move.loud) == ("S0FINANCE1", "Nobody has taken this on for 24 h.")


def test_nobody_is_reminded_of_what_is_taken_on_asleep_or_over() -> None:
    over = alert_life.resolved(opened(), MONDAY)
    asleep = alert_life.snoozed(opened(), MONDAY, "U0ANN1", until=MONDAY + 40 * HOUR, seen=None)
    assert over is not None
    for alert in (taken(opened()).alert, over.alert, asleep.alert):
        assert _passed(alert, 30) is None


def test_when_a_snooze_is_over_the_alert_waits_anew() -> None:
    asleep = alert_life.snoozed(opened(), MONDAY, "U0ANN1", until=MONDAY + 6 * HOUR, seen=None)
    awake = _passed(asleep.alert, 6)
    assert awake is not None
    assert (awake.what, awake.alert.state) == ("woke", AlertState.OPEN)
    assert _passed(awake.alert, 9) is None
    again = _passed(awake.alert, 10)
    assert again is not None
    assert again.what == "reminded"


def test_a_promise_that_is_overdue_opens_the_alert_again() -> None:
    mine = taken(opened()).alert
    assert alert_life.swept(mine, MONDAY, date(2026, 11, 25), PATIENCE) is None
    late = alert_life.swept(mine, MONDAY + 72 * HOUR, date(2026, 11, 26), PATIENCE)
    assert late is not None
    assert (late.what, late.alert.state, late.mention) == ("overdue", AlertState.OPEN, "U0ANN1")


def test_what_grows_while_somebody_works_on_it_is_told_to_them() -> None:
    mine = taken(opened()).alert
    worse = Trouble(AlertKind.SYNC_FAILED, "sync:qbo", "…", parts=("ledger", "bills", "items"))
    move = alert_life.raised(mine, worse, 1, MONDAY + HOUR)
    assert move is not None
    assert (move.alert.state, move.loud, move.mention) == (AlertState.ACKNOWLEDGED, "2 more since.", "U0ANN1")


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="tieout-life-")) / "tieout.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    company_of(engine)
    engine.dispose()
    return path


PEOPLE = st.sampled_from(["U0ANN1", "U0BOB1"])
CAUSES = st.sampled_from(["sync:qbo", "sync:cin7"])
# What a person may have in front of them: the newest button, or one that was drawn earlier.
AGO = st.integers(0, 3)


class Life(RuleBasedStateMachine):
    """Drives alerts over the real store; the model knows the state per cause, and the buttons ever drawn."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(_template(), f"{self.folder.name}/tieout.db")
        self.engine = open_database(f"sqlite:///{self.folder.name}/tieout.db")
        self.open = ExitStack()
        self.slack = self.open.enter_context(running())
        self.desk = Desk(self.engine, self.slack)
        self.clock = self.desk.clock
        self.company = self.desk.company
        self.book = AlertBook(self.engine, self.company)
        self.alerts = Alerts(self.book, self.company, CHANNEL, PATIENCE, self.clock, lambda: self.clock.now().date())
        self.state: dict[str, AlertState] = {}
        self.buttons: dict[str, list[str]] = {}
        self.gone: set[str] = set()

    def _now(self, cause: str) -> Alert:
        found = self.book.alert(alert_life.alert_id(self.company, cause))
        assert found is not None
        return found

    def _drawn(self, cause: str) -> None:
        alert = self._now(cause)
        value = button_value(alert)
        drawn = self.buttons.setdefault(cause, [])
        if value not in drawn:
            drawn.append(value)

    @rule(cause=CAUSES)
    def it_fails(self, cause: str) -> None:
        self.alerts.trouble(Trouble(AlertKind.SYNC_FAILED, cause, "It failed", retry="sync"))
        before = self.state.get(cause)
        if before is None:
            self.state[cause] = AlertState.OPEN
        elif before is AlertState.RESOLVED:
            self.state[cause] = AlertState.REOPENED
        self._drawn(cause)

    @rule(cause=CAUSES)
    def it_succeeds(self, cause: str) -> None:
        self.alerts.over(cause)
        if cause in self.state:
            self.state[cause] = AlertState.RESOLVED
            self._drawn(cause)

    @rule(cause=CAUSES, who=PEOPLE, role=st.sampled_from(["operator", "controller", "viewer", ""]), ago=AGO)
    def somebody_acknowledges(self, cause: str, who: str, role: str, ago: int) -> None:
        def act(id_: str, life: int) -> Alert:
            return self.alerts.acknowledge(id_, who, role, owner=who, reason="on it", due=None, seen=life)

        self._press(cause, role, ago, AlertState.ACKNOWLEDGED, act)

    @rule(cause=CAUSES, who=PEOPLE, role=st.sampled_from(["operator", "viewer"]), ago=AGO, hours=st.integers(1, 30))
    def somebody_snoozes(self, cause: str, who: str, role: str, ago: int, hours: int) -> None:
        def act(id_: str, life: int) -> Alert:
            return self.alerts.snooze(id_, who, role, until=self.clock.now() + hours * HOUR, seen=life)

        self._press(cause, role, ago, AlertState.SNOOZED, act)

    def _press(self, cause: str, role: str, ago: int, goal: AlertState, act: Callable[[str, int], Alert]) -> None:
        if cause not in self.state:
            return
        drawn = self.buttons[cause]
        value = drawn[max(0, len(drawn) - 1 - ago)]
        before = self._now(cause)
        events = len(self.book.history(before.id))
        may = role in ("operator", "controller")
        fresh = value == drawn[-1] and before.state is not AlertState.RESOLVED
        try:
            act(*read_value(value))
        except NotAllowed:
            assert not may
        except Stale:
            assert may
            assert not fresh
        else:
            assert may
            assert fresh
            self.state[cause] = goal
            self._drawn(cause)
            return
        assert self._now(cause) == before
        assert len(self.book.history(before.id)) == events

    @rule(cause=CAUSES)
    def two_people_press_at_once(self, cause: str) -> None:
        if self.state.get(cause, AlertState.RESOLVED) is AlertState.RESOLVED:
            return
        id_, life = read_value(self.buttons[cause][-1])
        told, gate = {}, threading.Barrier(2)

        def press(who: str) -> None:
            gate.wait()
            try:
                self.alerts.acknowledge(id_, who, "operator", owner=who, reason="on it", seen=life)
                told[who] = "done"
            except Stale as fault:
                told[who] = str(fault)

        threads = [threading.Thread(target=press, args=(who,)) for who in ("U0ANN1", "U0BOB1")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = [who for who, words in told.items() if words == "done"]
        (words,) = [words for words in told.values() if words != "done"]
        assert f"acknowledged by <@{winner}>" in words
        assert self._now(cause).owner == winner
        self.state[cause] = AlertState.ACKNOWLEDGED
        self._drawn(cause)

    @rule(cause=CAUSES)
    def somebody_deletes_the_message(self, cause: str) -> None:
        found = self.desk.box.message(letter_key(alert_life.alert_id(self.company, cause)))
        if found:
            shown = self.slack.messages[CHANNEL]
            self.slack.messages[CHANNEL] = [m for m in shown if found[1] not in (m["ts"], m.get("thread_ts"))]
            self.gone.add(cause)

    @rule(closed=st.booleans())
    def the_channel_is_archived_or_opened(self, closed: bool) -> None:
        self.slack.channels[CHANNEL]["is_archived"] = closed

    @rule()
    def slack_is_told(self) -> None:
        """What waits is sent; in an open channel each alert that is not over is one message, which says how it is."""
        self.desk.run(3600)
        if self.slack.channels[CHANNEL].get("is_archived"):
            return
        shown: dict[str, list[str]] = {}
        for message in self.slack.shown(CHANNEL):
            if message["metadata"].get("event_type") == EVENT:
                payload = message["metadata"]["event_payload"]
                shown.setdefault(payload["alert"], []).append(payload["state"])
        for cause, state in self.state.items():
            told = shown.get(alert_life.alert_id(self.company, cause), [])
            if cause in self.gone:  # deleted, and maybe not changed since: then nothing is there to be told
                assert len(told) <= 1
            else:
                assert told == [state.value]
            if told == [state.value]:
                self.gone.discard(cause)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        asleep = {cause: self._now(cause).snoozed_until for cause in self.state}
        self.clock.at += hours * 3600
        quiet = {
            cause: self._now(cause).reminders
            for cause, state in self.state.items()
            if state in (AlertState.ACKNOWLEDGED, AlertState.RESOLVED)
        }
        self.alerts.sweep()
        for cause, state in self.state.items():
            until = asleep[cause]
            if state is AlertState.SNOOZED and until is not None and until <= self.clock.now():
                self.state[cause] = AlertState.OPEN
                self._drawn(cause)
        assert quiet == {cause: self._now(cause).reminders for cause in quiet}

    @invariant()
    def every_alert_is_as_the_model_says_and_so_is_its_one_message(self) -> None:
        for cause, state in getattr(self, "state", {}).items():
            alert = self._now(cause)
            assert alert.state is state
            assert (alert.state is AlertState.RESOLVED) == (alert.resolved_at is not None)
            assert (alert.state is AlertState.SNOOZED) == (alert.snoozed_until is not None)
            letter = self._letter(alert.id)
            assert letter.payload == {"alert": alert.id, "state": state.value}
            actions = [button["action_id"] for button in letter.blocks[-1]["elements"]]
            assert (ACKNOWLEDGE in actions) == (state is not AlertState.RESOLVED)
            assert {button["value"] for button in letter.blocks[-1]["elements"]} == {button_value(alert)}
            moves = [event.what for event in self.book.history(alert.id)]
            assert moves[0] == "opened"
            assert moves.count("opened") == 1
            assert 0 <= moves.count("resolved") - moves.count("reopened") <= 1
            assert (moves.count("resolved") > moves.count("reopened")) == (state is AlertState.RESOLVED)

    def _letter(self, id_: str) -> Letter:
        with reading(self.engine) as session:
            (row,) = session.exec(select(OutboxRow).where(OutboxRow.key == letter_key(id_))).all()
        return from_json(row.letter)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.open.close()
            self.engine.dispose()
            self.folder.cleanup()


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_button_of_somebody_else_is_no_button_of_ours() -> None:
    for value in ("", "abc", "abc:", "abc:x", "<!channel>:1", "a b:1"):
        with pytest.raises(ValueError, match="not one of ours"):
            read_value(value)
    assert read_value("0a1b:12") == ("0a1b", 12)


def test_the_instant_of_a_move_is_the_callers() -> None:
    move = alert_life.raised(None, TROUBLE, 1, datetime(2026, 1, 1, tzinfo=UTC))
    assert move is not None
    assert move.event.at == datetime(2026, 1, 1, tzinfo=UTC)
