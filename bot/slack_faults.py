"""What may go wrong between us and Slack, told apart by what it means for a message that was on its way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from sync.errors import AppError


class Meaning(Enum):
    """What a refusal means for the message."""

    GONE = "gone"  # the message that was to be changed is not there, or cannot be changed any more
    BLOCKS = "blocks"  # Slack does not take the blocks; the text alone may pass
    MEND = "mend"  # a person can mend it: invite the app, unarchive the channel, renew the token
    FINAL = "final"  # nothing but another message can help


class SlackFault(AppError):
    """Slack did not do what was asked."""


class SlackBusy(SlackFault):
    """Slack asks for a pause; nothing was done. `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"Slack asks for a pause of {wait:.0f} s")
        self.wait = wait


class SlackUnreachable(SlackFault):
    """Slack could not be reached; nothing was sent."""


class SlackUnsure(SlackFault):
    """Slack gave no clear answer: what was asked may have been done, or not."""


class SlackRefused(SlackFault):
    """Slack refused; `code` is its own word for why."""

    def __init__(self, code: str, method: str, needed: str = "") -> None:
        self.code = code
        self.meaning, words = REFUSALS.get(code, (Meaning.FINAL, f"Slack refused ({code})"))
        super().__init__(f"{words} ({method}: {code}{f', needs {needed}' if needed else ''})")


_INVITE = "The app is not in the channel: type /invite and its name there"
_TOKEN = "The token of the Slack app is not valid any more: install the app again and set SLACK_BOT_TOKEN"  # noqa: S105  words
_SHAPE = "Slack does not take the form of the message"
_LONG = "The message is too long for Slack"
_OLD = "The message cannot be changed any more"

# Slack docs: the errors on the pages chat.postMessage, chat.update, conversations.history and of the file methods.
REFUSALS: Mapping[str, tuple[Meaning, str]] = {
    "message_not_found": (Meaning.GONE, "The message was deleted"),
    "cant_update_message": (Meaning.GONE, _OLD),
    "edit_window_closed": (Meaning.GONE, _OLD),
    "thread_not_found": (Meaning.GONE, "The thread was deleted"),
    "invalid_blocks": (Meaning.BLOCKS, _SHAPE),
    "invalid_blocks_format": (Meaning.BLOCKS, _SHAPE),
    "invalid_attachments": (Meaning.BLOCKS, _SHAPE),
    "too_many_attachments": (Meaning.BLOCKS, _SHAPE),
    "msg_blocks_too_long": (Meaning.BLOCKS, _LONG),
    "msg_too_long": (Meaning.BLOCKS, _LONG),
    "not_in_channel": (Meaning.MEND, _INVITE),
    "channel_not_found": (Meaning.MEND, "The channel is not known to the app: check its id, and invite the app there"),
    "is_archived": (Meaning.MEND, "The channel is archived: unarchive it, or name another in [slack] of tieout.toml"),
    "restricted_action": (Meaning.MEND, "The workspace does not let the app post there"),
    "restricted_action_read_only_channel": (Meaning.MEND, "The channel is read-only for the app"),
    "missing_scope": (Meaning.MEND, "The Slack app lacks a permission: install it again with the manifest's scopes"),
    "no_permission": (Meaning.MEND, "The Slack app lacks a permission: install it again with the manifest's scopes"),
    "ekm_access_denied": (Meaning.MEND, "The workspace's administrators have suspended posting"),
    "org_login_required": (Meaning.MEND, "The workspace is being migrated"),
    "team_access_not_granted": (Meaning.MEND, "The app is not allowed in that workspace"),
    "invalid_auth": (Meaning.MEND, _TOKEN),
    "not_authed": (Meaning.MEND, _TOKEN),
    "account_inactive": (Meaning.MEND, _TOKEN),
    "token_revoked": (Meaning.MEND, _TOKEN),
    "token_expired": (Meaning.MEND, _TOKEN),
    "plan_upgrade_required": (Meaning.FINAL, "User groups need a paid Slack plan: name users in tieout.toml"),
    "no_such_subteam": (Meaning.FINAL, "There is no such user group in the workspace"),
    "user_not_found": (Meaning.FINAL, "There is no such user in the workspace"),
    "expired_trigger_id": (Meaning.FINAL, "That took too long: press the button again"),
}

# The channel does not let us in: what a person waits for goes to that person instead.
SHUT = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})
_BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack docs: of a fatal_error some parts may have succeeded before it was raised.
_UNSURE = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_DEFAULT_PAUSE = 30.0


def from_answer(method: str, status: int, body: object, headers: Mapping[str, str]) -> SlackFault:
    """The fault in an answer of Slack that is not ok; a body that is no answer of Slack's API tells nothing."""
    said: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    code = str(said.get("error") or "")
    if status == 429 or code in _BUSY:
        return SlackBusy(_seconds(headers))
    if status >= 500 or code in _UNSURE or not re.fullmatch(r"[a-z][a-z0-9_]*", code):
        return SlackUnsure(f"Slack gave no clear answer to {method} (HTTP {status})")
    return SlackRefused(code, method, str(said.get("needed") or ""))


def _seconds(headers: Mapping[str, str]) -> float:
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    said = re.match(r"\s*(\d+(?:\.\d+)?)", str(found))
    return max(float(said[1]), 0.1) if said else _DEFAULT_PAUSE
