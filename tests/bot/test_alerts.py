"""Alerts from what happens to what people see in the channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from sqlalchemy import Engine

from bot import alert_blocks, alert_texts
from bot.alert_life import Patience, alert_id, raised
from bot.alerts import Alerts, NotAllowed
from sync.domain.alerts import Alert, AlertKind, AlertState, Link, Trouble
from sync.domain.runs import RunReport, StepReport
from sync.errors import UserError
from sync.store.alerts import AlertBook
from tests.bot.desks import MONDAY, Desk
from tests.bot.fake_slack import FakeSlack, running

CHANNEL = "C0ALERTS"
HOUR = 3600


def _told(status: str, steps: Sequence[StepReport]) -> RunReport:
    """A sync's report."""
    return RunReport("r1", status, MONDAY, MONDAY, {}, {}, tuple(steps))


def _good(source: str, entity: str) -> StepReport:
    return StepReport(source, entity, "succeeded")


@dataclass(frozen=True)
class Paper:
    system: str
    id: str
    type: str
    number: str


@dataclass(frozen=True)
class Finding:
    id: str
    cause: str
    size: Decimal
    subject: str = "INV-1"
    explanation: str = "posted in Cin7, no counterpart"
    remedy: str = "Post it in QuickBooks."
    documents: Sequence[Paper] = field(default_factory=tuple)


GOOD = _told("succeeded", (_good("cin7", "transactions"), _good("qbo", "ledger"), _good("qbo", "bills")))
DOWN = "Cin7 did not answer for 120 s"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with running() as found:
        yield found


@pytest.fixture
def desk(sqlite_engine: Engine, slack: FakeSlack) -> Desk:
    return Desk(sqlite_engine, slack)


@pytest.fixture
def alerts(desk: Desk) -> Alerts:
    return _alerts(desk)


def _alerts(desk: Desk, channel: str = CHANNEL, *, figures: bool = True) -> Alerts:
    patience = Patience(timedelta(hours=4), timedelta(hours=24), "S0FINANCE1")
    book = AlertBook(desk.engine, desk.company)
    return Alerts(book, desk.company, channel, patience, desk.clock, lambda: desk.clock.now().date(), lambda: figures)


def _failed(*entities: str, source: str = "cin7", status: str = "partial") -> RunReport:
    other = _good("qbo", "ledger") if source == "cin7" else _good("cin7", "transactions")
    return _told(status, (*(StepReport(source, name, "failed", error=DOWN) for name in entities), other))


def _states(slack: FakeSlack) -> list[str]:
    """The state that each alert's message says in its metadata."""
    messages = [m for m in slack.shown(CHANNEL) if m["metadata"].get("event_type") == "tieout_alert"]
    return [message["metadata"]["event_payload"]["state"] for message in messages]


def _words(message: Any) -> str:
    return str(message["blocks"])


def test_a_failed_sync_is_one_message_that_follows_the_alert_through_its_life(
    desk: Desk, slack: FakeSlack, alerts: Alerts
) -> None:
    states = []
    for report in (_failed("transactions"), _failed("transactions", "products"), GOOD, _failed("products")):
        desk.clock.at += HOUR
        alerts.after_sync(report, whole=True)
        desk.run(30)
        states.append(_states(slack))
    assert states == [["open"], ["open"], ["resolved"], ["reopened"]]
    message = slack.shown(CHANNEL)[0]
    assert "Cin7 Core was read only in part" not in message["text"]  # nothing of it succeeded
    assert "Cin7 Core could not be read" in message["text"]
    assert DOWN in _words(message)
    assert "What to do" in _words(message)
    notes = [m["text"] for m in slack.shown(CHANNEL)[1:]]
    assert notes == ["A sync succeeded.", "This is back."]
    assert [m.get("broadcast") for m in slack.shown(CHANNEL)[1:]] == [False, True]


def test_both_systems_down_are_two_causes_and_each_reason_is_said_once(alerts: Alerts) -> None:
    steps = [StepReport(source, name, "failed", error=DOWN) for source in ("cin7", "qbo") for name in ("a", "b")]
    alerts.after_sync(_told("failed", steps), whole=True)
    found = {alert.trouble.cause: alert for alert in alerts.unresolved()}
    assert set(found) == {"sync:cin7", "sync:qbo"}
    assert found["sync:cin7"].trouble.lines[0] == f"a, b: {DOWN}"


def test_a_small_sync_resolves_only_what_it_has_read_well(alerts: Alerts) -> None:
    alerts.after_sync(_failed("bills", "items", source="qbo"), whole=True)
    alerts.after_sync(_told("succeeded", (_good("qbo", "bills"),)), whole=False)
    assert [alert.trouble.cause for alert in alerts.unresolved()] == ["sync:qbo"]
    alerts.after_sync(_told("succeeded", (_good("qbo", "bills"), _good("qbo", "items"))), whole=False)
    assert alerts.unresolved() == []


def test_a_sync_that_a_person_cancelled_raises_nothing_and_resolves_nothing(alerts: Alerts) -> None:
    alerts.after_sync(_failed("products"), whole=True, cancelled=True)
    assert alerts.unresolved() == []


def test_a_lost_connection_is_told_with_the_link_that_mends_it(desk: Desk, slack: FakeSlack, alerts: Alerts) -> None:
    address = "https://tieout.example/qbo/connect"
    alerts.after_sync(_failed("ledger", source="qbo"), whole=True, broken="Intuit refused", connect_url=address)
    desk.run(30)
    (message,) = slack.shown(CHANNEL)
    assert "QuickBooks must be reconnected" in message["text"]
    assert address in _words(message)
    assert "Retry now" not in _words(message)
    alerts.after_sync(GOOD, whole=True)
    assert alerts.unresolved() == []


@pytest.mark.parametrize(
    ("good", "first", "limit", "late"),
    [
        (None, None, 3, False),  # an empty cache is not late
        (1, 9, 3, False),
        (4, 9, 3, True),
        (None, 4, 3, True),
        (None, 2, 3, False),
        (99, 99, 0, False),  # "0s" is off
    ],
)
def test_a_sync_is_late_when_none_was_good_for_longer_than_allowed(
    alerts: Alerts, good: int | None, first: int | None, limit: int, late: bool
) -> None:
    def ago(hours: int | None) -> Any:
        return None if hours is None else MONDAY - timedelta(hours=hours)

    assert alerts.check_late(ago(good), ago(first), timedelta(hours=limit)) is late
    assert [alert.trouble.kind for alert in alerts.unresolved()] == [AlertKind.SYNC_LATE] * late


def test_being_late_is_told_once_and_again_only_after_it_was_over(desk: Desk, slack: FakeSlack, alerts: Alerts) -> None:
    for _ in range(5):
        alerts.check_late(MONDAY - timedelta(hours=9), None, timedelta(hours=3))
        desk.run(30)
    assert slack.count("chat.postMessage") == 1
    assert slack.count("chat.update") == 0
    alerts.after_sync(GOOD, whole=True)
    alerts.check_late(MONDAY - timedelta(hours=9), None, timedelta(hours=3))
    desk.run(30)
    assert _states(slack) == ["reopened"]


def test_the_months_calls_are_told_once_when_most_are_spent(alerts: Alerts) -> None:
    for used in (79, 80, 81, 99):
        alerts.check_budget({"qbo": (used, 100)})
    (alert,) = alerts.unresolved()
    assert (alert.trouble.kind, alert.count) == (AlertKind.BUDGET, 1)
    alerts.check_budget({"qbo": (0, 100)})
    assert alerts.unresolved() == []


def test_new_large_findings_are_told_by_cause_with_their_money_and_their_documents(
    desk: Desk, slack: FakeSlack, alerts: Alerts
) -> None:
    paper = Paper("qbo", "145", "Invoice", "1037")
    found = [
        Finding("f1", "missing_in_qbo", Decimal("1500.00"), "INV-1"),
        Finding("f2", "missing_in_qbo", Decimal("2500.50"), "INV-2", documents=[paper]),
        Finding("f3", "missing_in_qbo", Decimal("10.00"), "INV-3"),
        Finding("f4", "manual_journal", Decimal("9999.00"), "JE-1"),
    ]
    alerts.after_tie_out(found, frozenset({"f1", "f2", "f3"}), "USD", Decimal("1000.00"))
    desk.run(30)
    (message,) = slack.shown(CHANNEL)
    assert "2 new findings: missing in QuickBooks" in message["text"]
    assert "4,000.50 USD at stake" in _words(message)
    assert _words(message).index("INV-2") < _words(message).index("INV-1")
    assert "https://app.qbo.intuit.com/app/invoice?txnId=145" in _words(message)
    assert "amount" not in message["metadata"]["event_payload"]
    assert "4,000" not in str(message["metadata"])


def test_findings_are_over_when_none_of_them_is_open_and_new_ones_join(alerts: Alerts) -> None:
    one, two = (Finding(id_, "amount_differs", Decimal("5000")) for id_ in ("f1", "f2"))
    limit = Decimal("1000")
    alerts.after_tie_out([one], frozenset({"f1"}), "USD", limit)
    alerts.after_tie_out([one], frozenset(), "USD", limit)
    assert [alert.count for alert in alerts.unresolved()] == [1]
    alerts.after_tie_out([one, two], frozenset({"f2"}), "USD", limit)
    assert [alert.trouble.parts for alert in alerts.unresolved()] == [("f1", "f2")]
    alerts.after_tie_out([two], frozenset(), "USD", limit)
    assert [alert.trouble.parts for alert in alerts.unresolved()] == [("f2",)]
    alerts.after_tie_out([], frozenset(), "USD", limit)
    assert alerts.unresolved() == []


def test_a_change_in_a_closed_period_is_told_whatever_its_size(alerts: Alerts) -> None:
    small = Finding("f1", "backdated_after_close", Decimal("0.00"))
    alerts.after_tie_out([small], frozenset({"f1"}), "USD", Decimal("1000"))
    (alert,) = alerts.unresolved()
    assert (alert.trouble.kind, alert.trouble.at_stake) == (AlertKind.CLOSED_PERIOD, "")


def test_where_people_of_other_organisations_read_no_figure_is_shown(desk: Desk, slack: FakeSlack) -> None:
    alerts = _alerts(desk, figures=False)
    found = [Finding("f1", "missing_in_qbo", Decimal("2500.50"), explanation="2500.50 is missing")]
    alerts.after_tie_out(found, frozenset({"f1"}), "USD", Decimal("1000"))
    desk.run(30)
    assert "500.50" not in str(slack.shown(CHANNEL))
    assert "1 new finding" in slack.texts(CHANNEL)[0]


def test_without_a_channel_alerts_are_kept_and_nothing_is_posted(desk: Desk, slack: FakeSlack) -> None:
    alerts = _alerts(desk, channel="")
    alerts.after_sync(_failed("products"), whole=True)
    desk.run(30)
    assert len(alerts.unresolved()) == 1
    assert slack.calls == []


def test_acknowledging_shows_owner_reason_and_due_day_in_the_message(
    desk: Desk, slack: FakeSlack, alerts: Alerts
) -> None:
    alerts.after_sync(_failed("products"), whole=True)
    desk.run(30)
    (alert,) = alerts.unresolved()
    due = MONDAY.date() + timedelta(days=2)
    alerts.acknowledge(alert.id, "U0ANN1", "operator", owner="U0BOB1", reason="vendor <down>", due=due, seen=alert.life)
    desk.run(30)
    (message,) = slack.shown(CHANNEL)
    words = _words(message)
    assert _states(slack) == ["acknowledged"]
    assert all(part in words for part in ("<@U0ANN1>", "<@U0BOB1>", "vendor &lt;down&gt;", "due 2026-11-25"))


def test_reminder_and_escalation_are_said_in_the_thread_and_call_the_group(
    desk: Desk, slack: FakeSlack, alerts: Alerts
) -> None:
    alerts.after_sync(_failed("products"), whole=True)
    for _ in range(25):
        desk.run(HOUR)
        alerts.sweep()
    desk.run(60)
    message, *notes = slack.shown(CHANNEL)
    assert {note["thread_ts"] for note in notes} == {message["ts"]}
    assert [note["text"][:22] for note in notes[:-1]] == ["Nobody has taken this "] * 5
    assert notes[-1]["text"].startswith("<!subteam^S0FINANCE1> Nobody has taken this on for")


@pytest.mark.parametrize("role", ["viewer", "", "guest"])
def test_a_person_without_the_role_changes_nothing(alerts: Alerts, role: str) -> None:
    alerts.after_sync(_failed("products"), whole=True)
    (alert,) = alerts.unresolved()
    with pytest.raises(NotAllowed):
        alerts.acknowledge(alert.id, "U0EVE1", role, owner="U0EVE1", reason="")
    with pytest.raises(NotAllowed):
        alerts.snooze(alert.id, "U0EVE1", role, until=MONDAY + timedelta(days=1))
    with pytest.raises(NotAllowed):
        alerts.retry(alert.id, role)
    assert alerts.unresolved() == [alert]


def test_an_alert_of_another_installation_is_told_as_such(alerts: Alerts) -> None:
    with pytest.raises(UserError, match="another installation"):
        alerts.acknowledge("0123456789ab", "U0ANN1", "operator", owner="U0ANN1", reason="")
    with pytest.raises(UserError, match="another installation"):
        alerts.details("0123456789ab")


def test_a_due_day_in_the_past_is_refused(alerts: Alerts) -> None:
    alerts.after_sync(_failed("products"), whole=True)
    (alert,) = alerts.unresolved()
    with pytest.raises(UserError, match="passed already"):
        alerts.acknowledge(
            alert.id, "U0ANN1", "operator", owner="U0ANN1", reason="", due=MONDAY.date() - timedelta(days=1)
        )


def test_retry_says_what_to_do_again_and_refuses_where_nothing_can_be(alerts: Alerts) -> None:
    alerts.trouble(alert_texts.report_failed("weekly", "2026-W47", "the disk is full"))
    alerts.trouble(alert_texts.reconnect("", ""))
    by_kind = {alert.trouble.kind: alert for alert in alerts.unresolved()}
    assert alerts.retry(by_kind[AlertKind.REPORT_FAILED].id, "operator") == "report:weekly"
    with pytest.raises(UserError, match="nothing that Tieout could try"):
        alerts.retry(by_kind[AlertKind.RECONNECT].id, "operator")
    alerts.over("report:weekly")
    with pytest.raises(UserError, match="nothing to try again"):
        alerts.retry(by_kind[AlertKind.REPORT_FAILED].id, "controller")


def test_details_tell_who_did_what(alerts: Alerts) -> None:
    alerts.after_sync(_failed("products"), whole=True)
    (alert,) = alerts.unresolved()
    alerts.acknowledge(alert.id, "U0ANN1", "operator", owner="U0ANN1", reason="calling them")
    told = alerts.details(alert.id)
    assert "opened" in told
    assert "acknowledged by <@U0ANN1>: owner U0ANN1; calling them" in told


def test_a_message_that_was_deleted_comes_back_while_the_alert_is_open_and_stays_away_when_it_is_over(
    desk: Desk, slack: FakeSlack, alerts: Alerts
) -> None:
    alerts.after_sync(_failed("products"), whole=True)
    desk.run(30)
    slack.messages[CHANNEL].clear()
    alerts.after_sync(_failed("products"), whole=True)
    desk.run(60)
    assert _states(slack) == ["open"]
    slack.messages[CHANNEL].clear()
    alerts.after_sync(GOOD, whole=True)
    desk.run(600)
    assert slack.texts(CHANNEL) == []
    alerts.after_sync(_failed("products"), whole=True)
    desk.run(600)
    assert _states(slack) == ["reopened"]


def test_in_an_archived_channel_the_alert_lives_on_and_is_shown_as_it_is_when_that_is_opened(
    desk: Desk, slack: FakeSlack, alerts: Alerts
) -> None:
    slack.channel(CHANNEL, is_archived=True)
    alerts.after_sync(_failed("products"), whole=True)
    desk.run(HOUR)
    (alert,) = alerts.unresolved()
    alerts.acknowledge(alert.id, "U0ANN1", "operator", owner="U0ANN1", reason="on it")
    desk.run(HOUR)
    slack.channel(CHANNEL)
    desk.run(HOUR)
    assert _states(slack) == ["acknowledged"]


TEXT = st.text(max_size=200) | st.sampled_from(
    ["<!channel>", "<@U0ANN1>", "&amp;<", "=cmd()", "مرحبا", "🧾" * 50, "x" * 5000, "&" * 3000, "a|b>c", "```"]
)


@given(
    title=TEXT,
    lines=st.lists(TEXT, max_size=30),
    remedy=TEXT,
    reason=TEXT,
    owner=TEXT,
    words=TEXT,
    state=st.sampled_from(AlertState),
)
def test_whatever_the_words_are_slack_takes_the_blocks_and_nobody_is_called(
    title: str, lines: list[str], remedy: str, reason: str, owner: str, words: str, state: AlertState
) -> None:
    trouble = Trouble(
        AlertKind.FINDING,
        "finding:x",
        title,
        tuple(lines),
        remedy,
        "1.00 USD",
        (Link(words, "https://a.example/?b&c"),),
    )
    move = raised(None, trouble, 1, MONDAY)
    assert move is not None
    alert = Alert(
        alert_id(1, "x"), trouble, state, MONDAY, MONDAY, MONDAY, by="U0ANN1", owner=owner, reason=reason,
        snoozed_until=MONDAY, resolved_at=MONDAY,
    )  # fmt: skip
    letter = alert_blocks.message(alert, CHANNEL, figures=True)
    assert len(letter.blocks) <= 50
    for block in Block.parse_all([dict(block) for block in letter.blocks]):
        block.validate_json()
    texts = [block["text"]["text"] for block in letter.blocks if "text" in block]
    texts += [element["text"] for block in letter.blocks if block["type"] == "context" for element in block["elements"]]
    for text in texts:
        assert 1 <= len(text) <= 3000
        # The one person who is called is the one who moved it, and the only commands are dates.
        assert text.count("<@") == text.count("<@U0ANN1>") <= 1
        assert text.count("<!") == text.count("<!date^")


@pytest.mark.parametrize(
    ("paper", "address"),
    [
        (Paper("qbo", "7", "JournalEntry", "JE-7"), "https://app.qbo.intuit.com/app/journal?txnId=7"),
        (Paper("qbo", "7&x=1", "Invoice", "1"), None),
        (Paper("qbo", "7", "TimeActivity", "1"), None),
        (Paper("cin7", "0a-1b", "Sale invoice", "INV-1"), "https://inventory.dearsystems.com/Sale#0a-1b"),
        (Paper("cin7", "0a-1b", "Purchase", "PO-1"), "https://inventory.dearsystems.com/Purchase#0a-1b"),
        (Paper("cin7", "0a-1b", "Stock take", "ST-1"), "https://inventory.dearsystems.com/Stocktake#0a-1b"),
        (Paper("cin7", "0a-1b", "Journal", "MJ-1"), None),
    ],
)
def test_documents_are_linked_where_their_system_shows_them(paper: Paper, address: str | None) -> None:
    found = alert_texts.document_link(paper)
    assert (found.address if found else None) == address
