"""Files that go with a letter: brought to Slack, shared in its thread, and shown in its picture blocks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from bot.slack import Slack
from bot.slack_faults import SlackBusy, SlackFault, SlackRefused, SlackUnreachable, SlackUnsure
from sync.domain.letters import Blocks, FileParcel, Parcel

log = logging.getLogger("tieout.outbox")

_MARK = "file:"
_TRIES = 8  # of one file; then the words stand alone


class FileBox(Protocol):
    """Where enclosures are kept."""

    def next_file(self, key: str) -> FileParcel | None: ...
    def uploaded(self, key: str, position: int, slack_id: str) -> None: ...
    def sharing(self, key: str, position: int) -> None: ...
    def file_shared(self, key: str, position: int) -> None: ...
    def not_shared(self, key: str, position: int, fault: str, *, give_up: bool, unsure: bool) -> None: ...


def send_file(box: FileBox, slack: Slack, parcel: Parcel) -> float:
    """Takes the letter's next file as far as it goes; gives the seconds after which to go on.

    Bytes that nobody sees may be brought twice; sharing is noted before it is tried, and asked about before it is
    tried again. SlackBusy goes to the caller; any other fault is kept with the file, which is given up in the end.
    """
    file = box.next_file(parcel.key)
    if file is None:
        return 0.0
    unsure = file.unsure
    try:
        id_ = file.slack_id or slack.upload(file.enclosure.name, file.enclosure.content)
        if not file.slack_id:
            box.uploaded(parcel.key, file.position, id_)
        if not (unsure and slack.shared(id_)):
            box.sharing(parcel.key, file.position)
            unsure = True
            slack.share(id_, file.enclosure.title, parcel.letter.channel, parcel.ts)
        box.file_shared(parcel.key, file.position)
    except SlackBusy:
        raise
    except SlackFault as fault:
        give_up = isinstance(fault, SlackRefused) or file.tries + 1 >= _TRIES
        lost = unsure and isinstance(fault, (SlackUnsure, SlackUnreachable))
        box.not_shared(parcel.key, file.position, str(fault), give_up=give_up, unsure=lost)
        log.warning("file %s of letter %s: %s", file.enclosure.name, parcel.key, fault)
        return float(2 ** min(file.tries, 6))
    return 0.0


def with_files(blocks: Blocks, slack_files: Mapping[str, str]) -> Blocks:
    """The blocks with Slack's ids in the place of "file:NAME"; a picture that is not there yet is left out."""
    return list(_shown(blocks, slack_files))


def _shown(blocks: Blocks, slack_files: Mapping[str, str]) -> Iterable[Mapping[str, Any]]:
    for block in blocks:
        wanted = str((block.get("slack_file") or {}).get("id", ""))
        if not wanted.startswith(_MARK):
            yield block
        elif found := slack_files.get(wanted.removeprefix(_MARK)):
            yield {**block, "slack_file": {"id": found}}
