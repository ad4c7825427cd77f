"""What is kept of a QuickBooks connection, and what a keeper of it must be able to do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

_FINGERPRINT_LETTERS = 8


class GrantRecord(Protocol):
    """A kept connection, whoever keeps it; the fields are StoredGrant's."""

    @property
    def access(self) -> str: ...
    @property
    def refresh(self) -> str: ...
    @property
    def previous(self) -> str: ...
    @property
    def access_until(self) -> float: ...
    @property
    def refresh_until(self) -> float: ...
    @property
    def pasted(self) -> str: ...
    @property
    def broken(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """The tokens of one company: the access token, the refresh token and the value it replaced.

    `access_until` and `refresh_until` are seconds since 1970; `pasted` is the SHA-256 of the first token
    from the environment, so that a changed one is noticed; `broken` says why the connection must be
    made again, "" while it works.
    """

    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    previous: str = field(default="", repr=False)
    access_until: float = 0.0
    refresh_until: float = 0.0
    pasted: str = ""
    broken: str = ""

    @classmethod
    def of(cls, record: GrantRecord) -> StoredGrant:
        """The same facts, whatever class the keeper uses."""
        return cls(
            access=record.access,
            refresh=record.refresh,
            previous=record.previous,
            access_until=record.access_until,
            refresh_until=record.refresh_until,
            pasted=record.pasted,
            broken=record.broken,
        )


class TokenStore(Protocol):
    """Keeps connections; `lock` excludes every other thread and process while tokens are exchanged."""

    def load(self, realm: str) -> GrantRecord | None: ...

    def save(self, realm: str, grant: StoredGrant) -> None: ...

    def mark_broken(self, realm: str, why: str) -> None: ...

    def lock(self, realm: str) -> AbstractContextManager[object]: ...


class MemoryTokenStore:
    """A TokenStore for one process that forgets with it: for trying a connection out, and for tests."""

    def __init__(self) -> None:
        self._grants: dict[str, StoredGrant] = {}
        self._exclusive = threading.RLock()

    def load(self, realm: str) -> StoredGrant | None:
        return self._grants.get(realm)

    def save(self, realm: str, grant: StoredGrant) -> None:
        self._grants[realm] = grant

    def mark_broken(self, realm: str, why: str) -> None:
        self._grants[realm] = replace(self._grants.get(realm, StoredGrant()), broken=why)

    @contextmanager
    def lock(self, realm: str) -> Iterator[None]:
        with self._exclusive:
            yield


def fingerprint(token: str) -> str:
    """The SHA-256 of a token in hexadecimal, "" for none: enough to see a change, useless to sign in."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def short(token: str) -> str:
    """A token's name in the log."""
    return fingerprint(token)[:_FINGERPRINT_LETTERS]
