"""QuickBooks on the web: the pages that connect a company, and the webhook whose changes are hints to sync."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from bot.pages import sheet
from bot.web import Answer, Request, Route, text
from sync.errors import UpstreamError, UserError
from sync.settings import Secret

log = logging.getLogger("tieout.web")

_AGAIN = ("Try again", "/qbo/connect")
_PATIENCE = 600.0  # seconds for a person at Intuit's consent page


class Consent(Protocol):
    """What comes back from Intuit: a code, and the company that was chosen."""

    @property
    def realm(self) -> str: ...


class Connection(Protocol):
    """The right to call QuickBooks, and how it is got."""

    def consent_link(self) -> tuple[str, str]: ...
    def read_redirect(self, query: Mapping[str, str], state: str) -> Any: ...
    def exchange(self, found: Any) -> None: ...


class States(Protocol):
    """Where the states of consents under way are kept; `end` uses one up."""

    def begin(self, state: str, realm: str, until: float, now: float) -> None: ...
    def end(self, state: str, now: float) -> str | None: ...


class Seen(Protocol):
    """Remembers delivered events."""

    def first_time(self, source: str, id_: str, now: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class Connecting:
    """The two pages of a consent.

    Anybody who knows the address may open them, so they let in one company only: the one that QBO_REALM_ID names.
    A state is made by us, good for one redirect within ten minutes, and kept as a hash. No cookie ties it to a browser:
    there is no session to protect, and the link may be opened on another machine than the one that asked for it.
    """

    realm: str
    states: States
    connection: Callable[[], AbstractContextManager[Connection]]
    connected: Callable[[], None]
    clock: Callable[[], float]

    def routes(self) -> Iterable[Route]:
        return Route("GET", "/qbo/connect", self.connect), Route("GET", "/qbo/callback", self.callback)

    def connect(self, request: Request) -> Answer:
        """Sends the browser to Intuit's consent page."""
        if request.method == "HEAD":
            return text(200, "")
        if not self.realm:
            raise UserError("QBO_REALM_ID is not set. Run `tieout connect` once: it finds the id of your company.")
        with self.connection() as connection:
            link, state = connection.consent_link()
        self.states.begin(state, self.realm, self.clock() + _PATIENCE, self.clock())
        return Answer(302, headers=[("Location", link)])

    def callback(self, request: Request) -> Answer:
        """Takes Intuit's redirect and stores the connection."""
        if request.method == "HEAD":
            return text(200, "")
        try:
            self._take(request.query)
        except UserError as fault:
            return _told(400, "QuickBooks is not connected", str(fault), _AGAIN)
        except UpstreamError as fault:
            log.warning("QuickBooks was not connected: %s", fault)
            return _told(502, "QuickBooks is not connected", str(fault), _AGAIN)
        self.connected()
        words = "You may close this window. Tieout reads on by itself."
        return _told(200, "QuickBooks is connected", words, ("See how everything stands", "/connect"))

    def _take(self, query: Mapping[str, str]) -> None:
        state = query.get("state", "")
        expected = self.states.end(state, self.clock()) if state else None
        if expected is None:
            raise UserError("This link was used already, or is too old, or was not made here. Open /qbo/connect again.")
        with self.connection() as connection:
            found = connection.read_redirect(query, state)
            if found.realm != expected:
                raise UserError(
                    "Another company was chosen at Intuit than the one that Tieout reads (QBO_REALM_ID). "
                    "Open /qbo/connect again and choose that one."
                )
            connection.exchange(found)


def _told(status: int, title: str, words: str, button: tuple[str, str]) -> Answer:
    return Answer(status, sheet(title, [words], button=button), "text/html; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Webhook:
    """POST /webhooks/qbo: changes in our company, told by Intuit; `hint` gets the names of what changed.

    Nothing of a hint is believed but that it is worth while to look: the sync asks QuickBooks itself.
    """

    realm: str
    verifier: Secret
    seen: Seen
    hint: Callable[[frozenset[str]], None]
    clock: Callable[[], float]

    def routes(self) -> Iterable[Route]:
        return (Route("POST", "/webhooks/qbo", self.take),)

    def take(self, request: Request) -> Answer:
        """200 at once for whatever Intuit signed, 401 for all else; Intuit repeats what is not answered within 3 s."""
        if not self.verifier:
            return text(404, "QBO_WEBHOOK_VERIFIER is not set.")
        if not signed(request.body, request.headers.get("intuit-signature", ""), self.verifier):
            return text(401, "The signature does not fit.")
        try:
            payload = json.loads(request.body)
        except ValueError:
            return text(400, "That is not JSON.")
        changed = {entity for id_, realm, entity in changes(payload) if realm == self.realm and self._new(id_)}
        if changed:
            self.hint(frozenset(changed))
        return text(200, "thanks")

    def _new(self, id_: str) -> bool:
        return not id_ or self.seen.first_time("qbo", id_, self.clock())


def signed(body: bytes, signature: str, verifier: Secret) -> bool:
    """True where `signature` is base64 of the HMAC-SHA256 of the raw bytes (Intuit docs: webhooks); constant time."""
    wanted = base64.b64encode(hmac.new(verifier.reveal().encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))


def changes(payload: object) -> Iterator[tuple[str, str, str]]:
    """Event id ("" where it has none), company, and entity in lower case of each change, from both payload forms.

    An array holds CloudEvents (`type` is "qbo.invoice.updated.v1"), an object the older notifications. What does not
    fit is left out: Intuit would repeat a payload that we refuse, for hours.
    """
    if isinstance(payload, list):
        for event in payload:
            words = str(event.get("type", "")).lower().split(".") if isinstance(event, dict) else []
            if len(words) >= 3 and words[0] == "qbo":
                yield str(event.get("id") or ""), str(event.get("intuitaccountid") or ""), words[1]
        return
    notices = payload.get("eventNotifications") if isinstance(payload, dict) else None
    for notice in notices if isinstance(notices, list) else ():
        told = notice.get("dataChangeEvent") if isinstance(notice, dict) else None
        entities = told.get("entities") if isinstance(told, dict) else None
        for entity in entities if isinstance(entities, list) else ():
            if isinstance(entity, dict) and entity.get("name"):
                yield "", str(notice.get("realmId") or ""), str(entity["name"]).lower()
