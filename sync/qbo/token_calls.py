"""The calls to Intuit's token endpoint and what they answer; apart from the API's calls, counts and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from sync.errors import AuthExpired, Unavailable
from sync.qbo.wire import SYSTEM, decode

_WAITS = (1.0, 3.0, 9.0)
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_ACCESS_SECONDS = 3600.0  # Intuit docs: an access token lives one hour, a refresh token 100 days
_REFRESH_SECONDS = 8_640_000.0
_LETTERS_SHOWN = 120


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """New tokens; `refresh` is "" when the endpoint did not repeat it, seconds count from now."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_seconds: float
    refresh_seconds: float


@dataclass(frozen=True, slots=True)
class InvalidGrant:
    """The endpoint called the code or the refresh token invalid (invalid_grant): useless from now on."""

    why: str
    request_id: str


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Intuit's token endpoint; a lost answer is asked for again with the same value, a few times."""

    url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    http: httpx.Client
    sleep: Callable[[float], None]

    def refresh(self, value: str) -> TokenAnswer | InvalidGrant:
        """New tokens for a refresh token.

        Raises Unavailable when no answer came, AuthExpired when the app's own keys are refused.
        """
        return self._ask({"grant_type": "refresh_token", "refresh_token": value}, again=httpx.TransportError)

    def exchange(self, code: str, redirect_uri: str) -> TokenAnswer | InvalidGrant:
        """First tokens for a consent's code; sent again only when it surely did not reach Intuit."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._ask(form, again=httpx.ConnectError)

    def _ask(self, form: Mapping[str, str], *, again: type[httpx.TransportError]) -> TokenAnswer | InvalidGrant:
        fault = "no answer"
        for wait in (*_WAITS, None):
            try:
                answer = self._post(form)
            except httpx.TransportError as error:
                fault = type(error).__name__
                if not isinstance(error, again):
                    break
            else:
                read = _read(answer)
                if not isinstance(read, str):
                    return read
                fault = read
            if wait is not None:
                self.sleep(wait)
        raise Unavailable(f"Intuit's token service gave no usable answer ({fault}). Try again later.", system=SYSTEM)

    def _post(self, form: Mapping[str, str]) -> httpx.Response:
        return self.http.post(
            self.url,
            data=form,
            auth=(self.client_id, self.client_secret),
            headers={"Accept": "application/json", "x-include-refresh-token-hard-expires-in": "true"},
            timeout=_TIMEOUT,
            follow_redirects=False,
        )


def _read(answer: httpx.Response) -> TokenAnswer | InvalidGrant | str:
    """Tokens, a refusal, or in words why the answer is of no use."""
    try:
        body = decode(answer.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return f"HTTP {answer.status_code} without JSON"
    request_id = answer.headers.get("intuit_tid", "")
    fault = body.get("error")
    if fault == "invalid_grant":
        return InvalidGrant(_shown(body.get("error_description") or fault), request_id)
    if fault in ("invalid_client", "unauthorized_client"):
        raise AuthExpired(
            f"Intuit refused the app's own keys ({fault}). Check QBO_CLIENT_ID and QBO_CLIENT_SECRET.",
            system=SYSTEM,
            request_id=request_id,
        )
    # A 200 without tokens must never be stored as one (node-quickbooks#171).
    access, refresh = body.get("access_token"), body.get("refresh_token", "")
    if answer.status_code != 200 or fault or not isinstance(access, str) or not access or not isinstance(refresh, str):
        return f"HTTP {answer.status_code} {_shown(fault or 'without tokens')}"
    return TokenAnswer(access, refresh, _seconds(body, "expires_in", _ACCESS_SECONDS), _life(body))


def _life(body: Mapping[str, object]) -> float:
    """Seconds the refresh token still has: the rolling 100 days, never past the five-year end."""
    rolling = _seconds(body, "x_refresh_token_expires_in", _REFRESH_SECONDS)
    return min(rolling, _seconds(body, "x_refresh_token_hard_expires_in", rolling))


def _seconds(body: Mapping[str, object], key: str, default: float) -> float:
    value = body.get(key)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default


def _shown(value: object) -> str:
    return str(value)[:_LETTERS_SHOWN]
