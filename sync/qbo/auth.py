"""OAuth 2 with Intuit: making a connection, and one live access token for every thread and process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import httpx

from sync.errors import AuthExpired
from sync.qbo.token_calls import InvalidGrant, TokenAnswer, TokenEndpoint
from sync.qbo.tokens import GrantRecord, MemoryTokenStore, StoredGrant, TokenStore, fingerprint, short
from sync.qbo.wire import SYSTEM

__all__ = ["Grant", "GrantRecord", "MemoryTokenStore", "QboAccess", "StoredGrant", "TokenStore", "fingerprint"]

log = logging.getLogger("tieout.qbo")

_EARLY_SECONDS = 60.0
_NOT_CONNECTED = "QuickBooks is not connected. Run: tieout connect"


@dataclass(frozen=True, slots=True)
class QboAccess:
    """Addresses and keys of one QuickBooks company; `refresh_token` is the first one, pasted, or ""."""

    base_url: str
    token_url: str
    authorize_url: str
    redirect_uri: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    realm_id: str
    refresh_token: str = field(default="", repr=False)


class Grant:
    """The right to call one company: gives access tokens, and renews them one at a time.

    A new refresh token is stored before the new access token is used, beside the value that it replaced.
    Raises AuthExpired when the connection must be made again, Unavailable when Intuit does not answer.
    """

    def __init__(
        self,
        access: QboAccess,
        store: TokenStore,
        http: httpx.Client,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._access = access
        self._store = store
        self._clock = clock
        self._endpoint = TokenEndpoint(
            url=access.token_url,
            client_id=access.client_id,
            client_secret=access.client_secret,
            http=http,
            sleep=sleep,
        )
        self._held: StoredGrant | None = None
        self._unsaved: StoredGrant | None = None
        self._one_thread = threading.RLock()

    def bearer(self) -> str:
        """An access token that lives for another minute at least."""
        held = self._held
        return held.access if held and self._fresh(held) else self._live(lambda grant: not self._fresh(grant))

    def renew(self, after: str) -> str:
        """Another access token than `after`, which was refused with 401; renewed only if nobody else has done so."""
        return self._live(lambda grant: grant.access == after or not self._fresh(grant))

    def exchange(self, code: str, realm: str) -> None:
        """Turns the code of a consent into a stored connection of `realm`; a code can be used once."""
        with self._one_thread, self._store.lock(realm):
            answer = self._endpoint.exchange(code, self._access.redirect_uri)
            if isinstance(answer, InvalidGrant):
                raise AuthExpired(
                    f"Intuit did not accept the code ({answer.why}); it can be used once and for a few minutes. "
                    "Run: tieout connect",
                    system=SYSTEM,
                    request_id=answer.request_id,
                )
            blank = StoredGrant(pasted=fingerprint(self._access.refresh_token))
            self._store.save(realm, self._granted(blank, "", answer))
            self._held = self._unsaved = None
        log.info("QuickBooks company %s connected", realm)

    def _live(self, stale: Callable[[StoredGrant], bool]) -> str:
        with self._one_thread:
            grant = self._stored()
            if stale(grant):
                with self._store.lock(self._access.realm_id):
                    # Another process may have renewed it while this one waited for the lock.
                    grant = self._stored()
                    if stale(grant):
                        grant = self._renewed(grant)
            self._held = grant
            return grant.access

    def _stored(self) -> StoredGrant:
        """The connection as it is kept now; a pasted token that changed replaces it."""
        if self._unsaved is not None:
            self._keep(self._unsaved)
        record = self._store.load(self._access.realm_id)
        pasted = self._access.refresh_token
        if pasted and (record is None or record.pasted != fingerprint(pasted)):
            return StoredGrant(refresh=pasted, pasted=fingerprint(pasted))
        if record is None:
            raise AuthExpired(_NOT_CONNECTED, system=SYSTEM)
        if record.broken:
            raise AuthExpired(_lost(record.broken), system=SYSTEM)
        return StoredGrant.of(record)

    def _renewed(self, grant: StoredGrant) -> StoredGrant:
        """Called under the lock. An invalid_grant is terminal for that value: each value is tried once."""
        record = self._store.load(self._access.realm_id)
        if record is None or record.pasted != grant.pasted:
            # A store that cannot keep tokens must say so before the pasted one is spent.
            self._store.save(self._access.realm_id, grant)
        refused: dict[str, InvalidGrant] = {}
        for value in self._values(grant):
            if not value or value in refused:
                continue
            answer = self._endpoint.refresh(value)
            if isinstance(answer, TokenAnswer):
                renewed = self._granted(grant, value, answer)
                self._keep(renewed)
                return renewed
            refused[value] = answer
        return self._break(grant, list(refused.values()))

    def _values(self, grant: StoredGrant) -> Iterable[str]:
        yield grant.refresh
        # Somebody may have connected again meanwhile without the lock; read only once the first value failed.
        record = self._store.load(self._access.realm_id)
        if record is not None and record.pasted == grant.pasted:
            yield record.refresh
        yield grant.previous

    def _granted(self, grant: StoredGrant, used: str, answer: TokenAnswer) -> StoredGrant:
        now = self._clock()
        refresh = answer.refresh or used
        return replace(
            grant,
            access=answer.access,
            refresh=refresh,
            previous=used if refresh != used else grant.previous,
            access_until=now + answer.access_seconds,
            refresh_until=now + answer.refresh_seconds,
            broken="",
        )

    def _keep(self, grant: StoredGrant) -> None:
        # Should the store fail now, the new value lives here and is saved before anything else is done.
        self._unsaved = grant
        self._store.save(self._access.realm_id, grant)
        self._unsaved = None
        log.info("QuickBooks token of company %s renewed (%s)", self._access.realm_id, short(grant.refresh))

    def _break(self, grant: StoredGrant, refused: list[InvalidGrant]) -> StoredGrant:
        why = refused[-1].why if refused else "there is no refresh token"
        # Saved whole, so that a pasted token that never worked is not tried again at every call.
        self._store.save(self._access.realm_id, replace(grant, access="", access_until=0.0, broken=why))
        self._store.mark_broken(self._access.realm_id, why)
        log.warning("QuickBooks connection of company %s is broken: %s", self._access.realm_id, why)
        raise AuthExpired(_lost(why), system=SYSTEM, request_id=refused[-1].request_id if refused else "")

    def _fresh(self, grant: StoredGrant) -> bool:
        return bool(grant.access) and self._clock() < grant.access_until - _EARLY_SECONDS


def _lost(why: str) -> str:
    return f"QuickBooks ended the connection ({why}). Reconnect: run tieout connect"
