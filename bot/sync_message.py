"""The one message of a sync: pure, from how the sync stands to text, blocks, metadata and buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.blocks import cut_mrkdwn, escape, mention, when
from bot.commands.sync import SYSTEMS, spoken
from sync.domain.letters import Letter

CANCEL, RETRY = "sync_cancel", "sync_retry"  # what their buttons carry is the run's id
EVENT = "tieout_sync"
RUNNING, INTERRUPTED, CANCELLED = "running", "interrupted", "cancelled"

_SIGNS = {
    RUNNING: ":hourglass_flowing_sand:",
    "succeeded": ":white_check_mark:",
    "partial": ":warning:",
    "failed": ":x:",
    CANCELLED: ":black_square_for_stop:",
    INTERRUPTED: ":warning:",
}
_PARTS = 6  # of one system that are named in a line


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a sync: running, or how it ended; `expected` None where nobody knows how many rows will come."""

    source: str
    entity: str
    status: str
    fetched: int = 0
    expected: int | None = None
    changed: int = 0
    calls: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the tie-out after a sync says, without any money: everybody in the channel may read it."""

    new: int
    cleared: int
    open: int


@dataclass(frozen=True, slots=True)
class View:
    """How a sync stands; `run` is the one that the message was made for, `now_run` the one that its buttons mean.

    `why` says why it ended without a result, or what it is at beside reading. `going_on`: it was interrupted, and
    another run goes on from there, whose parts are shown; `waits`: that will be so after a restart. `next_at` is when
    the schedule starts the next one.
    """

    run: str
    state: str
    started_by: str
    started_at: datetime
    now_run: str = ""
    finished_at: datetime | None = None
    parts: Sequence[Part] = ()
    calls: Mapping[str, int] | None = None
    joined: Sequence[str] = ()
    stopped_by: str = ""
    why: str = ""
    going_on: bool = False
    waits: bool = False
    findings: Findings | None = None
    next_at: datetime | None = None


def letter_key(run: str) -> str:
    """The key of a sync's one message in the outbox."""
    return f"sync:{run}"


def letter(view: View, channel: str, person: str) -> Letter:
    """The message as it shall look now; where the app is not in the channel its end goes to `person`."""
    head, lines = _head(view), [line for line in _lines(view) if line]
    blocks: list[dict[str, Any]] = [{"type": "section", "text": _text(f"{_SIGNS[view.state]} {head}")}]
    if lines:
        blocks.append({"type": "section", "text": _text("\n".join(lines))})
    blocks += [{"type": "context", "elements": [_text(tail)]}] if (tail := _tail(view)) else []
    blocks += _buttons(view)
    return Letter(
        key=letter_key(view.run),
        channel=channel,
        text=cut_mrkdwn("\n".join([head, *lines, tail])),
        blocks=blocks,
        event=EVENT,
        payload={"run": view.run, "state": view.state},
        identity=("run",),
        repost=False,  # whoever deleted it did not want to see it
        instead=person,
        over=view.state != RUNNING and not view.going_on and not view.waits,
    )


def run_of(kept: Letter) -> str:
    """The run whose state a message shows: its own, or the one that goes on from there."""
    return str(_button(kept).get("value") or kept.payload["run"])


def is_waiting(kept: Letter) -> bool:
    """True for the message of a sync that was stopped in good order, to go on after a restart."""
    return not kept.over and _button(kept).get("action_id") == RETRY


def _button(kept: Letter) -> Mapping[str, Any]:
    return next((block["elements"][0] for block in kept.blocks if block["type"] == "actions"), {})


def _head(view: View) -> str:
    who = f"started by {mention(view.started_by)}" if view.started_by else ""
    if view.state == RUNNING:
        told = f"*Sync running* {when(view.started_at)}"
    elif view.going_on:
        told = f"*Sync interrupted by a restart, and going on* {when(view.started_at)}"
    else:
        told = f"*Sync {view.state}*{_after(view)}"
    by = f"stopped by {mention(view.stopped_by)}" if view.stopped_by else ""
    also = f"joined by {', '.join(map(mention, view.joined))}" if view.joined else ""
    return " · ".join(filter(None, (told, who, also, by)))


def _after(view: View) -> str:
    if view.finished_at is None:
        return ""
    seconds = max(0, int((view.finished_at - view.started_at).total_seconds()))
    return f" after {seconds} s" if seconds < 120 else f" after {seconds // 60} min"


def _lines(view: View) -> Iterable[str]:
    working = view.state == RUNNING or view.going_on
    for source in SYSTEMS:
        mine = [part for part in view.parts if part.source == source]
        if mine:
            yield _working(source, mine) if working else _brought(source, mine)
    yield from _troubles(view.parts)
    yield escape(view.why)
    if view.findings is not None:
        told = view.findings
        found = f"Tied out: {told.new} new finding{'' if told.new == 1 else 's'}, {told.cleared} cleared"
        yield f"{found}, {told.open} open. /recon shows them."


def _working(source: str, parts: Sequence[Part]) -> str:
    done = [part for part in parts if part.status != RUNNING]
    now = [part for part in parts if part.status == RUNNING]
    rows = [f"{spoken(part.entity)} {_rows(part)}".strip() for part in now[:_PARTS]]
    at = f"; reading {', '.join(rows)}" if rows else ""
    return f"*{SYSTEMS[source]}*: {len(done)} part{'' if len(done) == 1 else 's'} read{at}"


def _rows(part: Part) -> str:
    if not part.fetched:
        return ""
    return f"{part.fetched:,} of {part.expected:,}" if part.expected else f"{part.fetched:,}"


def _brought(source: str, parts: Sequence[Part]) -> str:
    changed = sorted((part for part in parts if part.changed), key=lambda part: (-part.changed, part.entity))
    told = ", ".join(f"{part.changed:,} {spoken(part.entity)}" for part in changed[:_PARTS])
    more = f" and {len(changed) - _PARTS} more kinds" if len(changed) > _PARTS else ""
    if changed:
        return f"*{SYSTEMS[source]}*: changed {told}{more}"
    read = any(part.status == "succeeded" for part in parts)
    return f"*{SYSTEMS[source]}*: nothing changed" if read else f"*{SYSTEMS[source]}*: nothing could be read"


def _troubles(parts: Iterable[Part]) -> Iterable[str]:
    """One line for each reason, naming every part that it stopped."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for part in parts:
        if part.error:
            reasons.setdefault((part.source, part.status, part.error), []).append(spoken(part.entity))
    for (source, status, error), names in reasons.items():
        more = f" and {len(names) - _PARTS} more" if len(names) > _PARTS else ""
        yield f":warning: {SYSTEMS[source]} {', '.join(names[:_PARTS])}{more} {status}: {escape(error)}"


def _tail(view: View) -> str:
    calls = view.calls or {}
    used = ", ".join(f"{SYSTEMS[source]} {calls[source]:,}" for source in SYSTEMS if source in calls)
    parts = [f"Calls used: {used}"] if used else []
    if view.state != RUNNING and not view.going_on:
        parts.append(f"Next sync {when(view.next_at)}" if view.next_at else "No sync is scheduled ([sync] every)")
    return " · ".join(parts)


def _buttons(view: View) -> list[dict[str, Any]]:
    run = view.now_run or view.run
    if view.state == RUNNING or view.going_on:
        return [_actions("Cancel", CANCEL, run, "danger")]
    return [] if view.state == "succeeded" else [_actions("Retry now", RETRY, run, "primary")]


def _actions(words: str, action: str, run: str, style: str) -> dict[str, Any]:
    button = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": words}, "value": run}
    return {"type": "actions", "elements": [button | {"style": style}]}


def _text(words: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": cut_mrkdwn(words)}
