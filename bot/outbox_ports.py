"""What the outbox needs of the cache: a box that keeps letters, and the shared pace of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.enclosures import FileBox
from sync.domain.letters import Letter, Parcel


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `calls` calls within any `seconds`, for all processes together."""

    bucket: str
    calls: int
    seconds: float


def to_post(channel: str) -> Allowance:
    """Slack docs: about one message a second per channel."""
    return Allowance(f"slack:post:{channel}", 1, 1.0)


# Slack docs, rate limits: chat.update and conversations.history are tier 3, 50 and more a minute.
TO_UPDATE = Allowance("slack:update", 50, 60.0)
TO_LOOK = Allowance("slack:look", 50, 60.0)


class Pace(Protocol):
    """The shared log of sent calls; `claim` gives 0.0, or how long to wait."""

    def claim(self, limits: Sequence[Allowance], now: float) -> float: ...
    def pause(self, bucket: str, until: float) -> None: ...


class Box(FileBox, Protocol):
    """Where letters are kept."""

    def put(self, letter: Letter, now: float, debounce: float = 0.0) -> None: ...
    def claim(self, who: str, now: float, lease: float) -> Parcel | None: ...
    def trying(self, parcel: Parcel, now: float, lease: float) -> bool: ...
    def shown(self, parcel: Parcel, ts: str, version: int, now: float, recheck_at: float = 0.0) -> bool: ...
    def later(
        self, parcel: Parcel, at: float, fault: str, *, unsure: bool | None = None, plain: bool | None = None
    ) -> None: ...
    def release(self, parcel: Parcel, at: float) -> None: ...
    def rechecked(self, parcel: Parcel) -> None: ...
    def post_anew(self, parcel: Parcel) -> None: ...
    def end(self, parcel: Parcel, state: str, fault: str) -> None: ...
    def park(self, parcel: Parcel) -> None: ...
    def readdress(self, parcel: Parcel, channel: str) -> None: ...
    def known(self, channel: str) -> frozenset[str]: ...
    def message(self, key: str) -> tuple[str, str] | None: ...
