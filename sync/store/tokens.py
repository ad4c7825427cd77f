"""The encrypted QuickBooks grant in the cache, and the lock under which it is exchanged."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Engine, update
from sqlmodel import col

from sync.errors import AppError, SettingsError
from sync.store import leases
from sync.store.db import reading, writing
from sync.store.run_tables import Token
from sync.store.upsert import table_of, upsert

_MAKE_ONE = 'Make one: python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
_UNREADABLE = (
    "TIEOUT_SECRET_KEY: no key given can read the stored QuickBooks token. Add the key that it was stored with"
    " (several are separated by commas), or connect again: tieout connect"
)
_LEASE = 15.0  # seconds for which a process that died in the middle of an exchange holds the others up
_ASK_AGAIN = 0.05


class Grant(Protocol):
    """The tokens of one QuickBooks company; what auth calls its stored grant."""

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
class KeptGrant:
    """A grant as it was stored, readable again; its secrets do not show."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    previous: str = field(repr=False)
    access_until: float
    refresh_until: float
    pasted: str
    broken: str


class TokenBox:
    """Keeps grants by realm, encrypted with Fernet: the first key writes, all keys read."""

    def __init__(self, engine: Engine, keys: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        """Raises SettingsError for a malformed key; having none is an error only once a token is to be kept or read."""
        self._engine = engine
        self._clock = clock
        self._fernet = _fernet([key.strip() for key in keys if key.strip()])

    def load(self, realm: str) -> KeptGrant | None:
        """The grant of a realm, None where none is kept; SettingsError when no key can read it."""
        table = table_of(Token)
        with reading(self._engine) as session:
            row = session.execute(table.select().where(table.c.realm == realm)).first()
        if row is None:
            return None
        open_ = self._open
        return KeptGrant(
            access=open_(row.access),
            refresh=open_(row.refresh),
            previous=open_(row.previous),
            access_until=row.access_until,
            refresh_until=row.refresh_until,
            pasted=row.pasted,
            broken=row.broken,
        )

    def save(self, realm: str, grant: Grant) -> None:
        """Keeps the grant in place of the one before; once this returns, it survives a crash and a loss of power."""
        row = {
            "realm": realm,
            "access": self._shut(grant.access),
            "refresh": self._shut(grant.refresh),
            "previous": self._shut(grant.previous),
            "access_until": grant.access_until,
            "refresh_until": grant.refresh_until,
            "pasted": grant.pasted,
            "broken": grant.broken,
            "saved_at": datetime.fromtimestamp(self._clock(), UTC),
        }
        with writing(self._engine, durable=True) as session:
            upsert(session, Token, [row])

    def mark_broken(self, realm: str, why: str) -> None:
        """Notes why the connection must be made again; nothing where no grant is kept."""
        with writing(self._engine) as session:
            session.execute(update(Token).where(col(Token.realm) == realm).values(broken=why))

    @contextmanager
    def lock(self, realm: str) -> Iterator[None]:
        """Excludes every other thread and process from exchanging the realm's tokens; a dead one for 15 s at most.

        No transaction is open meanwhile, so the rest of the program goes on.
        """
        name, holder, ended = f"token:{realm}", uuid.uuid4().hex, threading.Event()
        while not leases.take(self._engine, name, holder, _LEASE, self._clock(), note="exchanges tokens"):
            ended.wait(_ASK_AGAIN)
        keeper = threading.Thread(target=self._keep, args=(name, holder, ended), name="token-lock", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()
            leases.release(self._engine, name, holder)

    def _keep(self, name: str, holder: str, ended: threading.Event) -> None:
        while not ended.wait(_LEASE / 3):
            try:
                leases.renew(self._engine, name, holder, _LEASE, self._clock())
            except AppError:
                continue  # the database was busy; there is time for another try before the lease ends

    def _shut(self, secret: str) -> str:
        return self._needed().encrypt(secret.encode()).decode() if secret else ""

    def _open(self, stored: str) -> str:
        if not stored:
            return ""
        try:
            return self._needed().decrypt(stored.encode()).decode()
        except InvalidToken:
            raise SettingsError([_UNREADABLE]) from None

    def _needed(self) -> MultiFernet:
        if self._fernet is None:
            raise SettingsError([f"TIEOUT_SECRET_KEY is missing: it encrypts the stored QuickBooks token. {_MAKE_ONE}"])
        return self._fernet


def _fernet(keys: Sequence[str]) -> MultiFernet | None:
    """None without keys; a key is never shown, only its place."""
    found = []
    for place, key in enumerate(keys, 1):
        try:
            found.append(Fernet(key))
        except ValueError:
            fault = f"TIEOUT_SECRET_KEY: key {place} of {len(keys)} is not 32 bytes in URL-safe base64. {_MAKE_ONE}"
            raise SettingsError([fault]) from None
    return MultiFernet(found) if found else None
