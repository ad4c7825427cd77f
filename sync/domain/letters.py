"""Letters: messages that nobody is waiting for, kept until Slack shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Blocks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of a letter; it is shared in the letter's thread. `name` is how blocks refer to it."""

    name: str
    title: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one message of ours shall say.

    `key` is the message's identity on our side: a letter that is put again under its key replaces what the message
    says. `event` and `payload` are the metadata that Slack keeps with the message; the payload's fields in
    `identity` tell it from every other message of the channel. `thread_of` is the key of the letter in whose thread
    it goes, `broadcast` shows it in the channel too. `repost` says what happens when the message was deleted:
    it is posted anew, or let go. `instead` is a person who gets it where the channel does not let us in, once it is
    `over` (what it says is final). `inside`: it is not for people of other organisations, and is not shown where they
    read. An image block whose slack_file id is "file:NAME" shows the enclosure NAME.
    """

    key: str
    channel: str
    text: str
    blocks: Blocks
    event: str
    payload: Mapping[str, str]
    identity: tuple[str, ...]
    thread_of: str = ""
    broadcast: bool = False
    repost: bool = True
    instead: str = ""
    over: bool = True
    inside: bool = False
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter that `holder`, one thread of one process, has claimed, with what is known of its delivery.

    `ts` is Slack's name for the message, "" while it is not known to be there; `unsure` says that an earlier
    try, at `attempted_at` (seconds since 1970) with version `tried`, may have arrived. `thread` is the `ts` of the
    thread. `recheck` asks for one look at the channel for a second copy. `plain` says that Slack refused the
    blocks, so that the text goes alone. `slack_files` are the Slack ids of shared enclosures by name.
    """

    key: str
    holder: str
    letter: Letter
    version: int
    sent: int
    tried: int
    ts: str
    thread: str
    unsure: bool
    recheck: bool
    plain: bool
    attempted_at: float
    tries: int
    slack_files: Mapping[str, str] = field(default_factory=dict)
    files_left: int = 0


@dataclass(frozen=True, slots=True)
class FileParcel:
    """An enclosure on its way: `slack_id` is "" until its bytes are at Slack; `unsure`: it may be shared already."""

    position: int
    enclosure: Enclosure
    slack_id: str
    unsure: bool
    tries: int
