"""How a pack looks in its channel: pure, from what was made to one letter with its files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from bot import blocks
from bot.asking import SIGN_OFF, ask_button
from bot.blocks import Block
from reports.books import ages
from reports.sign_off import hashed
from sync.domain.letters import Enclosure, Letter
from sync.domain.period import Period

if TYPE_CHECKING:  # they bring plotly and the Excel writer, which take most of a second
    from reports.handouts import Handouts
    from reports.headline import Headline
    from reports.local import Local
    from reports.pack import Pack

EVENT = "tieout_report"
ACKNOWLEDGE = "pack_acknowledge"
_KEY, _MARK, _TAKEN = "pack", "pack", "pack-taken"
_ALT = 2_000  # characters; Slack's limit
_SHOWN = 2  # pictures in the message itself; all of them stand in its thread


@dataclass(frozen=True, slots=True)
class Posting:
    """Where and when a pack goes: `due` is None where nothing but a person asked for it; instants are aware."""

    report: str
    period: Period
    channel: str
    made_at: datetime
    due: datetime | None = None
    late: bool = False
    edition: int = 1

    @property
    def span(self) -> str:
        """The period in words that mean the same on any day."""
        return f"{self.period.start}..{self.period.end}"

    @property
    def key(self) -> str:
        """The letter's key: one message for a report, a period and a channel."""
        return f"{_KEY}:{self.report}:{self.span}:{self.channel}"


def is_pack(key: str) -> bool:
    return key.startswith(f"{_KEY}:")


def period_of(key: str) -> str:
    """The period of a letter's key, as words that mean the same on any day."""
    return key.split(":")[2]


def message(posting: Posting, told: Headline, pack: Pack, local: Local, found: Handouts) -> Letter:
    """The one message of a pack, with its files; the same pack makes the same letter."""
    named = {each.name: _named(each.name, posting.edition) for each in found.files}
    pictures = [
        {
            "type": "image",
            "alt_text": blocks.cut(each.alt or each.title, _ALT),
            "slack_file": {"id": f"file:{named[each.name]}"},
        }
        for each in found.of("png")[:_SHOWN]
    ]
    failure = _lacking(found)
    head = blocks.header(told.title) | {"block_id": f"{_MARK}-{posting.edition}-{digest(told, pack, found)}"}
    shown, _ = blocks.fitted(
        [
            head,
            blocks.listed([(blocks.words(line),) for line in told.lines]),
            _table(pack, local),
            *pictures,
            *(blocks.context(f":warning: {blocks.escape(blocks.plain(line))}") for line in failure),
            *_notes(posting),
            blocks.ages(ages(pack.as_of, pack.incomplete)),
            _buttons(posting),
        ]
    )
    return Letter(
        key=posting.key,
        channel=posting.channel,
        text=blocks.one_line(" ".join([f"{told.title}.", *told.lines, *failure])),
        blocks=shown,
        event=EVENT,
        payload={"report": posting.report, "period": posting.span, "channel": posting.channel},
        identity=("report", "period", "channel"),
        inside=True,
        enclosures=tuple(Enclosure(named[each.name], each.title, each.content) for each in found.files),
    )


def digest(told: Headline, pack: Pack, found: Handouts) -> str:
    """What tells one state of the books from another: the evidence's hashes, the ages, and what was made of them."""
    read = {source.value: str(at) for source, at in pack.as_of.items()}
    return hashed([dict(pack.evidence.hashes), read, told.title, told.lines, found.failure])[:12]


def edition_of(letter: Letter) -> tuple[int, str]:
    """Edition and digest of a pack's letter; (1, "") where it does not say."""
    marks = (re.fullmatch(rf"{_MARK}-(\d+)-([0-9a-f]+)", str(block.get("block_id", ""))) for block in letter.blocks)
    found = next(filter(None, marks), None)
    return (int(found[1]), found[2]) if found else (1, "")


def taken(letter: Letter, user: str, owner: str, reason: str, due: date | None, at: datetime) -> Letter:
    """The same letter, which now says who has acknowledged it; the last one stands."""
    words = [f":white_check_mark: Acknowledged by {blocks.mention(user)} {blocks.when(at)}"]
    words += [f"owner {blocks.mention(owner)}"] if owner != user else []
    words += [f"due {due}"] if due else []
    words += [blocks.escape(blocks.plain(reason))] if reason else []
    mark = {**blocks.context(" · ".join(words)), "block_id": f"{_TAKEN}-{int(at.timestamp())}"}
    kept = [block for block in letter.blocks if not str(block.get("block_id", "")).startswith(_TAKEN)]
    return replace(letter, blocks=[*kept[:-1], mark, *kept[-1:]])


def _lacking(found: Handouts) -> list[str]:
    """One line about the files that are missing and why; their names are in the alert."""
    by_reason: dict[str, list[str]] = {}
    for each in found.failed:
        by_reason.setdefault(each.reason, []).append(each.name)
    told = []
    for reason, names in by_reason.items():
        pictures = sum(name.endswith(".png") for name in names)
        several = f"{pictures} pictures" if pictures == len(names) > 1 else ", ".join(names)
        told.append(f"without {several}: {reason}")
    line = "; ".join(told)
    return [f"{line[:1].upper()}{line[1:]}."] if line else []


def _named(name: str, edition: int) -> str:
    """A file's name; a later edition's says so, and so does not meet the earlier one in the thread."""
    path = PurePath(name)
    return name if edition == 1 else f"{path.stem}-edition-{edition}{path.suffix}"


def _table(pack: Pack, local: Local) -> Block:
    """The controls that moved, as the tie-out has them; what differs comes first."""
    from reports.words import control_label

    moved = [c for c in pack.tied.controls if c.cin7 or c.qbo]
    ordered = sorted(moved, key=lambda control: not control.difference)
    rows = [
        (
            control_label(control.name, pack.books),
            local.money(control.cin7),
            local.money(control.qbo),
            local.signed(control.difference),
            local.money(control.unexplained),
        )
        for control in ordered
    ]
    return blocks.table((pack.currency, "Cin7", "QuickBooks", "Difference", "Unexplained"), rows)


def _notes(posting: Posting) -> list[Block]:
    told = []
    if posting.late and posting.due:
        made = blocks.when(posting.made_at)
        told.append(f":hourglass: Late: it was due {blocks.when(posting.due)} and was made {made}.")
    if posting.edition > 1:
        told.append(f"Sent again: edition {posting.edition}, made {blocks.when(posting.made_at)}.")
    return [blocks.context(" ".join(told))] if told else []


def _buttons(posting: Posting) -> Block:
    return blocks.actions(
        blocks.button("Acknowledge", ACKNOWLEDGE, posting.key, style="primary"),
        ask_button("Details", f"/recon {posting.span} details"),
        blocks.button("Sign off", SIGN_OFF, posting.span),
        block_id=f"{_MARK}-actions-{posting.edition}",
    )


def title_of(letter: Letter) -> str:
    """The headline of a pack's letter, as its window says it."""
    head = next((block for block in letter.blocks if block["type"] == "header"), None)
    return str(head["text"]["text"]) if head else f"The pack of {period_of(letter.key)}"
