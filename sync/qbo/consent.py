"""The browser's part of a connection: the link to Intuit's consent page, and what its redirect brings back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sync.errors import AuthExpired, UserError
from sync.qbo.auth import QboAccess
from sync.qbo.wire import SYSTEM

_SCOPE = "com.intuit.quickbooks.accounting"  # Intuit has one accounting scope, and no read-only one
_STATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Consent:
    """What the redirect brings: a code that can be used once, and the company that was chosen."""

    code: str = field(repr=False)
    realm: str


def new_state() -> str:
    """A random text that ties a redirect to the person who was sent away; to be used once."""
    return secrets.token_urlsafe(_STATE_BYTES)


def authorize_link(access: QboAccess, state: str) -> str:
    """The address at Intuit where a person allows the connection (Intuit docs: OAuth 2.0)."""
    query = {
        "client_id": access.client_id,
        "response_type": "code",
        "scope": _SCOPE,
        "redirect_uri": access.redirect_uri,
        "state": state,
    }
    joint = "&" if "?" in access.authorize_url else "?"
    return f"{access.authorize_url}{joint}{urlencode(query)}"


def read_redirect(query: Mapping[str, str], state: str) -> Consent:
    """The consent in the redirect's query parameters; `state` is the one that was sent.

    Raises AuthExpired when the person or Intuit refused, UserError for a redirect that is not ours.
    """
    if not state or not hmac.compare_digest(query.get("state", "").encode(), state.encode()):
        raise UserError("That redirect does not belong to this connection (its state differs). Run: tieout connect")
    refusal = query.get("error", "")
    if refusal == "access_denied":
        raise AuthExpired("The connection to QuickBooks was not allowed. Run: tieout connect", system=SYSTEM)
    if refusal:
        raise AuthExpired(f"Intuit refused the connection ({refusal[:60]}). Run: tieout connect", system=SYSTEM)
    missing = [key for key in ("code", "realmId") if not query.get(key)]
    if missing:
        raise UserError(f"The redirect from Intuit lacks {' and '.join(missing)}. Run: tieout connect")
    return Consent(code=query["code"], realm=query["realmId"])
