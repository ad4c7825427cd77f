"""Test syncs that somebody in Slack waits for: judged after each sync, and told to the person once they are done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from sync.domain.letters import Letter
from sync.errors import AppError

log = logging.getLogger("tieout.test_sync")

DAYS = 7  # for so long it is waited
OFTEN = 300.0  # seconds between two syncs while somebody waits
BY = "test sync"


class Told(Protocol):
    """The checklist: whether it is done, and its lines."""

    @property
    def done(self) -> bool: ...
    def to_text(self) -> list[str]: ...


class Waited(Protocol):
    """One that is waited for."""

    @property
    def user(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def since(self) -> float: ...
    @property
    def until(self) -> float: ...


class Book(Protocol):
    """Where they are kept; `end` is True for one caller alone."""

    def waiting(self) -> Sequence[Waited]: ...
    def end(self, user: str) -> bool: ...


def look(book: Book, judge: Callable[[str], Told | None], put: Callable[[Letter], None], now: float) -> None:
    """Judges each one anew, and writes to whoever waits for one that is done or has taken too long."""
    for waited in book.waiting():
        try:
            told = judge(waited.number)
        except AppError as fault:
            log.warning("the test sync %s could not be judged: %s", waited.number or "of the newest", fault)
            continue
        if told is not None and (told.done or now > waited.until) and book.end(waited.user):
            put(letter(waited, told))


def letter(waited: Waited, told: Told) -> Letter:
    """The message to the person who waits."""
    head = "Your test sync is done." if told.done else f"Your test sync is not done after {DAYS} days."
    lines = told.to_text()
    key = f"test_sync:{waited.user}:{waited.since:.0f}"
    blocks = [
        {"type": "section", "text": {"type": "plain_text", "text": head}},
        {"type": "section", "text": {"type": "plain_text", "text": "\n".join(lines)[:2900]}},
    ]
    return Letter(
        key=key,
        channel=waited.user,
        text="\n".join([head, *lines]),
        blocks=blocks,
        event="tieout_test_sync",
        payload={"test_sync": key},
        identity=("test_sync",),
    )
