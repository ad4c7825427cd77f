"""Intuit's sign-in as the practice company plays it: consent, codes, refresh tokens that rotate, access tokens."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

from sync.sandbox.faults import Faults
from sync.sandbox.payload import as_json
from sync.sandbox.web import Answer, Call

AUTHORIZE_PATH = "/connect/oauth2"
TOKEN_PATH = "/oauth2/v1/tokens/bearer"  # noqa: S105 - an address, not a token
CLIENT_ID = "practice-client"
CLIENT_SECRET = "practice-client-secret"  # noqa: S105 - of a company that does not exist
REALM_ID = "9130357992221046"
FIRST_REFRESH_TOKEN = "practice-refresh-0"  # noqa: S105 - of a company that does not exist
_REFRESH_SECONDS = 8_640_000
_HARD_SECONDS = 157_680_000
_SCOPE = "com.intuit.quickbooks.accounting"


@dataclass
class _State:
    """Where the one grant of the practice company stands."""

    refresh: str = FIRST_REFRESH_TOKEN
    replaced: dict[str, int] = field(default_factory=dict)
    access: dict[str, float] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    used_codes: set[str] = field(default_factory=set)
    refreshes: int = 0
    alive: bool = True


class Grants:
    """Codes and tokens in force; safe to use from many threads."""

    def __init__(self, faults: Callable[[], Faults], clock: Callable[[], float]) -> None:
        self._faults = faults
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._state = _State()

    @property
    def refresh_token(self) -> str:
        """The refresh token that is good now."""
        return self._state.refresh

    @property
    def alive(self) -> bool:
        return self._state.alive

    def accepts(self, bearer: str) -> bool:
        """Whether an access token is known and not expired."""
        with self._lock:
            return self._state.alive and self._state.access.get(bearer, float("-inf")) > self._clock()

    def expire(self) -> None:
        """Every access token given so far is worth nothing from now on."""
        with self._lock:
            self._state.access.clear()

    def revoke(self) -> None:
        """The grant is dead until somebody connects again."""
        with self._lock:
            self._kill()

    def authorize(self, call: Call) -> Answer:
        """The consent page: redirects at once, as if the user had clicked, or shows the page and waits for a click."""
        given = call.params
        target = urlsplit(given.get("redirect_uri", ""))
        if given.get("client_id") != CLIENT_ID or not target.scheme or target.query:
            return Answer(400, b"<html><body>The redirect_uri or client_id is not valid</body></html>", "text/html")
        back = {"state": given.get("state", "")}
        if not given.get("state") or given.get("response_type") != "code":
            back["error"] = "invalid_request"
        elif _SCOPE not in given.get("scope", "").split():
            back["error"] = "invalid_scope"
        elif self._faults().consent == "asked" and "answer" not in given:
            return _screen(given)
        elif "refused" in (self._faults().consent, given.get("answer")):
            back["error"] = "access_denied"
        else:
            with self._lock:
                code = f"practice-code-{next(self._numbers)}"
                self._state.codes[code] = given["redirect_uri"]
            back |= {"code": code, "realmId": REALM_ID}
        return Answer(302, headers=(("Location", f"{given['redirect_uri']}?{urlencode(back)}"),))

    def token(self, call: Call) -> Answer:
        """The token endpoint: Basic client authentication, form body, two grant types."""
        if call.method != "POST" or not _is_form(call):
            return _failure("invalid_request")
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if call.headers.get("authorization", "") != f"Basic {pair}":
            return replace(_failure("invalid_client"), status=401)
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        with self._lock:
            if form.get("grant_type") == "refresh_token":
                granted = self._refreshed(form.get("refresh_token", ""))
            elif form.get("grant_type") == "authorization_code":
                granted = self._exchanged(form.get("code", ""), form.get("redirect_uri", ""))
            else:
                return _failure("unsupported_grant_type")
            if not granted:
                return _failure("invalid_grant", "Incorrect or invalid refresh token")
            return self._tokens(call.headers.get("x-include-refresh-token-hard-expires-in") == "true")

    def _refreshed(self, given: str) -> bool:
        """A replaced token that comes back kills the grant, as Intuit reads it as abuse (intuit/oauth-jsclient#138)."""
        state, faults = self._state, self._faults()
        if not state.alive:
            return False
        if given in state.replaced and not faults.overlap:
            state.replaced[given] += 1
            if faults.reuse_kills and state.replaced[given] >= faults.reuse_kills:
                self._kill()
            return False
        if given != state.refresh and given not in state.replaced:
            return False
        state.refreshes += 1
        if given == state.refresh and faults.rotate_every and state.refreshes % faults.rotate_every == 0:
            self._rotate()
        return True

    def _exchanged(self, code: str, redirect: str) -> bool:
        state = self._state
        if code in state.used_codes:  # the same code twice: everything made of it is revoked
            self._kill()
            return False
        if state.codes.pop(code, None) != redirect:
            return False
        state.used_codes.add(code)
        state.alive = True
        state.access.clear()
        self._rotate()
        return True

    def _rotate(self) -> None:
        self._state.replaced[self._state.refresh] = 0
        self._state.refresh = f"practice-refresh-{next(self._numbers)}"

    def _kill(self) -> None:
        self._state.alive = False
        self._state.access.clear()

    def _tokens(self, hard: bool) -> Answer:
        access = f"practice-access-{next(self._numbers)}"
        life = self._faults().access_seconds
        self._state.access[access] = self._clock() + life
        body: dict[str, object] = {
            "token_type": "bearer",
            "expires_in": life,
            "refresh_token": self._state.refresh,
            "x_refresh_token_expires_in": _REFRESH_SECONDS,
            "access_token": access,
        }
        if hard:
            body["x_refresh_token_hard_expires_in"] = _HARD_SECONDS
        return Answer(200, as_json(body))


def _screen(given: Mapping[str, str]) -> Answer:
    """The page on which the user says yes or no; both lead back here with the answer."""
    ways = {
        answer: escape(f"{AUTHORIZE_PATH}?{urlencode({**given, 'answer': answer})}") for answer in ("given", "refused")
    }
    page = (
        '<!doctype html><html lang="en"><title>Practice sign-in</title><h1>Connect Tieout to Alder &amp; Finch?</h1>'
        f'<p><a id="connect" href="{ways["given"]}">Connect</a> <a id="cancel" href="{ways["refused"]}">Cancel</a></p>'
    )
    return Answer(200, page.encode(), "text/html")


def _is_form(call: Call) -> bool:
    return call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _failure(error: str, description: str = "") -> Answer:
    told = {"error": error, "error_description": description} if description else {"error": error}
    return Answer(400, as_json(told))
