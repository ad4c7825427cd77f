"""How an alert looks in Slack: pure, from the alert to text, blocks, metadata and buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.alert_life import Move
from bot.blocks import cut_mrkdwn, escape, mention, one_line, when
from sync.domain.alerts import Alert, AlertEvent, AlertState, Link
from sync.domain.letters import Letter

ACKNOWLEDGE, SNOOZE, RETRY, DETAILS = "alert_acknowledge", "alert_snooze", "alert_retry", "alert_details"
EVENT, NOTE_EVENT = "tieout_alert", "tieout_alert_note"
_HISTORY = 15  # lines of history in Details

_SIGNS = {
    AlertState.OPEN: ":red_circle:",
    AlertState.REOPENED: ":red_circle:",
    AlertState.ACKNOWLEDGED: ":large_yellow_circle:",
    AlertState.SNOOZED: ":zzz:",
    AlertState.RESOLVED: ":white_check_mark:",
}


def letter_key(alert_id: str) -> str:
    """The key of an alert's one message in the outbox."""
    return f"alert:{alert_id}"


def message(alert: Alert, channel: str, *, figures: bool) -> Letter:
    """The alert's message as it shall look now; `figures` False where people of other organisations read it."""
    trouble = alert.trouble
    blocks = [
        _section(f"{_SIGNS[alert.state]} *{escape(trouble.title)}*{_stake(alert, figures)}", f"{_block(alert)}-head"),
        *_body(alert, figures),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": _state(alert)}]},
        *_buttons(alert),
    ]
    return Letter(
        key=letter_key(alert.id),
        channel=channel,
        text=one_line(f"{trouble.title} ({alert.state.value})"),
        blocks=blocks,
        event=EVENT,
        payload={"alert": alert.id, "state": alert.state.value},
        identity=("alert",),
        repost=alert.state is not AlertState.RESOLVED,
    )


def note(move: Move, channel: str) -> Letter:
    """What is said in the alert's thread about one move."""
    alert = move.alert
    called = f"{mention(move.mention)} " if move.mention else ""
    text = f"{called}{escape(move.loud)}"
    # Life, count or reminders go up with every move that is loud, so that no two notes of an alert are the same.
    number = f"{alert.life}.{alert.count}.{alert.reminders}.{move.what}"
    return Letter(
        key=f"alert:{alert.id}:{number}",
        channel=channel,
        text=text,
        blocks=[_section(text, "")],
        event=NOTE_EVENT,
        payload={"alert": alert.id, "note": number},
        identity=("alert", "note"),
        thread_of=letter_key(alert.id),
        broadcast=move.broadcast,
        repost=False,
    )


def details(alert: Alert, history: Sequence[AlertEvent]) -> str:
    """Everything about one alert as mrkdwn text: what it says now, and who did what, when."""
    trouble = alert.trouble
    told = [f"*{escape(trouble.title)}* ({alert.state.value}, {alert.id})", *(escape(line) for line in trouble.lines)]
    told += [f"At stake: {escape(trouble.at_stake)}"] if trouble.at_stake else []
    told += [f"What to do: {escape(trouble.remedy)}"] if trouble.remedy else []
    told += [_link(link) for link in trouble.links]
    newest = [event for event in history if event.what != "repeated"][-_HISTORY:]
    for event in newest:
        who = f" by {mention(event.who)}" if event.who else ""
        said = f": {escape(event.note)}" if event.note else ""
        told.append(f"• {when(event.at)} {event.what}{who}{said}")
    return cut_mrkdwn("\n".join(told))


def button_value(alert: Alert) -> str:
    """What a button carries: the id and the life that it was drawn for, nothing else."""
    return f"{alert.id}:{alert.life}"


def read_value(value: str) -> tuple[str, int]:
    """Id and life of a button's value; ValueError for one that is not ours."""
    id_, mark, life = value.partition(":")
    if not (mark and id_.isalnum() and life.isdigit()):
        raise ValueError("that button is not one of ours")
    return id_, int(life)


def _body(alert: Alert, figures: bool) -> Iterable[dict[str, Any]]:
    trouble = alert.trouble
    # What a finding says names documents and amounts.
    lines = trouble.lines if figures or not trouble.at_stake else ("Ask /sync alerts where only we read.",)
    text = "\n".join(escape(line) for line in lines)
    if text:
        yield _section(text, f"{_block(alert)}-what")
    if alert.state is not AlertState.RESOLVED:
        todo = f"*What to do:* {escape(trouble.remedy)}" if trouble.remedy else ""
        links = " · ".join(_link(link) for link in trouble.links)
        if todo or links:
            yield _section("\n".join(filter(None, (todo, links))), f"{_block(alert)}-do")


def _stake(alert: Alert, figures: bool) -> str:
    return f" · {escape(alert.trouble.at_stake)} at stake" if figures and alert.trouble.at_stake else ""


def _state(alert: Alert) -> str:
    """Who and when, in the words of the state."""
    by = f" by {mention(alert.by)}" if alert.by else ""
    parts = [f"*{alert.state.value.capitalize()}*{by} {when(alert.changed_at if alert.by else alert.since)}"]
    if alert.state is AlertState.ACKNOWLEDGED:
        parts += [f"owner {mention(alert.owner)}"] if alert.owner else []
        parts += [escape(alert.reason)] if alert.reason else []
        parts += [f"due {alert.due}"] if alert.due else []
    if alert.state is AlertState.SNOOZED and alert.snoozed_until:
        parts.append(f"until {when(alert.snoozed_until)}")
    if alert.state is AlertState.RESOLVED and alert.resolved_at:
        parts = [f"*Resolved*{by} {when(alert.resolved_at)}"]
    parts += [f"opened {when(alert.opened_at)}"] if alert.since != alert.opened_at else []
    parts += [f"seen {alert.count} times"] if alert.count > 1 else []
    return cut_mrkdwn(" · ".join(parts))


def _buttons(alert: Alert) -> Iterable[dict[str, Any]]:
    buttons = [("Details", DETAILS)]
    if alert.state is not AlertState.RESOLVED:
        buttons = [("Acknowledge", ACKNOWLEDGE), ("Snooze", SNOOZE), ("Details", DETAILS)]
        buttons += [("Retry now", RETRY)] if alert.trouble.retry else []
    elements = [
        {
            "type": "button",
            "action_id": action,
            "text": {"type": "plain_text", "text": words},
            "value": button_value(alert),
            **({"style": "primary"} if action == ACKNOWLEDGE and alert.state is not AlertState.ACKNOWLEDGED else {}),
        }
        for words, action in buttons
    ]
    yield {"type": "actions", "block_id": f"{_block(alert)}-actions", "elements": elements}


def _block(alert: Alert) -> str:
    # Slack docs: a block_id should be new after each update of a message.
    return f"{alert.id}-{alert.life}-{alert.count}-{alert.reminders}"


def _section(text: str, block_id: str) -> dict[str, Any]:
    named = {"block_id": block_id} if block_id else {}
    return {"type": "section", **named, "text": {"type": "mrkdwn", "text": cut_mrkdwn(text)}}


def _link(link: Link) -> str:
    words = escape(link.words).replace("|", "/")
    return f"<{escape(link.address)}|{words}>"
