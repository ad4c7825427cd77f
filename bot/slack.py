"""The only caller of Slack's Web API: one try per call, and every failure told by what it means."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.slack_faults import SlackUnreachable, SlackUnsure, from_answer
from bot.slack_sent import sent
from bot.slack_told import Channel, Person, channel_of, person_of
from sync.domain.letters import Blocks
from sync.errors import UserError

_TIMEOUT = 20  # seconds for one call; what takes longer counts as unsure
_PAGE, _PAGES = 200, 50
_HOOKS = "hooks.slack.com"

_quiet = logging.getLogger("tieout.slack.sdk")
_quiet.setLevel(logging.CRITICAL)  # the SDK logs bodies and addresses; what matters of them is in our own words


class Slack:
    """Slack's Web API for one bot token. Each method raises a SlackFault where Slack did not do it."""

    def __init__(self, token: str, api_url: str, timeout: int = _TIMEOUT) -> None:
        self._api_url = api_url
        self._timeout = timeout
        # No retries of the SDK's: one on a dropped connection would post a message twice.
        self._client = WebClient(token, api_url, timeout, retry_handlers=[], logger=_quiet)
        self._rooms: dict[str, str] = {}

    def whoami(self) -> Mapping[str, Any]:
        """What auth.test says: user_id, bot_id, team_id, and the scopes as "scopes"."""
        answer = sent("auth.test", self._client.auth_test)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return {**answer.data, "scopes": headers.get("x-oauth-scopes", "")}

    def post(
        self,
        channel: str,
        text: str,
        blocks: Blocks = (),
        *,
        event: str = "",
        payload: Mapping[str, str] | None = None,
        thread: str = "",
        broadcast: bool = False,
    ) -> str:
        """Posts a message, direct where `channel` is a user, and gives its ts. SlackUnsure: it may be there."""
        send = partial(
            self._client.chat_postMessage,
            channel=self.room(channel),
            text=text,
            blocks=_wire(blocks) or None,
            metadata=_metadata(event, payload),
            unfurl_links=False,
            unfurl_media=False,
            thread_ts=thread or None,
            reply_broadcast=broadcast if thread else None,
        )
        return str(sent("chat.postMessage", send)["ts"])

    def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: Blocks = (),
        *,
        event: str = "",
        payload: Mapping[str, str] | None = None,
    ) -> None:
        """Makes a message of ours say something else; may be repeated."""
        send = partial(
            self._client.chat_update,
            channel=self.room(channel),
            ts=ts,
            text=text,
            blocks=_wire(blocks),
            metadata=_metadata(event, payload),
        )
        sent("chat.update", send)

    def delete(self, channel: str, ts: str) -> None:
        """Takes back a message of ours."""
        sent("chat.delete", partial(self._client.chat_delete, channel=self.room(channel), ts=ts))

    def ephemeral(self, channel: str, user: str, text: str, blocks: Blocks = (), thread: str = "") -> None:
        """Shows a message to one person in a channel; Slack does not promise that it is seen."""
        send = partial(
            self._client.chat_postEphemeral,
            channel=channel,
            user=user,
            text=text,
            blocks=_wire(blocks) or None,
            thread_ts=thread or None,
        )
        sent("chat.postEphemeral", send)

    def find(self, channel: str, event: str, fields: Mapping[str, str], since: float, thread: str = "") -> list[str]:
        """The messages since `since` (seconds since 1970) whose metadata is `event` with these fields, oldest first."""
        found = []
        for message in self._messages(self.room(channel), since, thread):
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == event and all(payload.get(name) == fields[name] for name in fields):
                found.append(str(message["ts"]))
        return sorted(set(found), key=float)

    def _messages(self, room: str, since: float, thread: str) -> Iterator[Mapping[str, Any]]:
        name = "conversations.replies" if thread else "conversations.history"
        read = self._client.conversations_replies if thread else self._client.conversations_history
        more: dict[str, Any] = {"ts": thread} if thread else {}
        for _ in range(_PAGES):
            page = partial(read, channel=room, oldest=f"{since:.6f}", limit=_PAGE, include_all_metadata=True, **more)
            answer = sent(name, page)
            yield from answer.get("messages") or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            more["cursor"] = cursor
        raise SlackUnsure(f"The channel has more than {_PAGES * _PAGE} messages since our try; it was not read whole")

    def room(self, channel: str) -> str:
        """The conversation of a channel's or a user's id: a direct message has an id of its own."""
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._rooms:
            answer = sent("conversations.open", partial(self._client.conversations_open, users=channel))
            self._rooms[channel] = str(answer["channel"]["id"])
        return self._rooms[channel]

    def upload(self, name: str, content: bytes) -> str:
        """Brings a file's bytes to Slack and gives its id; nobody sees it before it is shared."""
        ask = partial(self._client.files_getUploadURLExternal, filename=name, length=len(content))
        answer = sent("files.getUploadURLExternal", ask)
        try:
            put = httpx.post(str(answer["upload_url"]), content=content, timeout=self._timeout)
        except httpx.HTTPError as error:
            raise SlackUnreachable(f"The file {name} could not be brought to Slack ({type(error).__name__})") from None
        if put.status_code != 200:
            raise SlackUnreachable(f"The file {name} could not be brought to Slack (HTTP {put.status_code})")
        return str(answer["file_id"])

    def share(self, file: str, title: str, channel: str, thread: str = "") -> None:
        """Shares an uploaded file in a conversation."""
        send = partial(
            self._client.files_completeUploadExternal,
            files=[{"id": file, "title": title}],
            channel_id=self.room(channel),
            thread_ts=thread or None,
        )
        sent("files.completeUploadExternal", send)

    def shared(self, file: str) -> bool:
        """True where the file stands in some conversation already."""
        facts = sent("files.info", partial(self._client.files_info, file=file))["file"]
        places = [facts.get(name) for name in ("channels", "groups", "ims")]
        return any(places) or any((facts.get("shares") or {}).values())

    def open_view(self, trigger: str, view: Mapping[str, Any]) -> str:
        """Opens a modal and gives its id; `trigger` is good for three seconds and once."""
        send = partial(self._client.views_open, trigger_id=trigger, view=dict(view))
        return str(sent("views.open", send)["view"]["id"])

    def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Shows a person's App Home."""
        sent("views.publish", partial(self._client.views_publish, user_id=user, view=dict(view)))

    def channel(self, id_: str) -> Channel:
        said = sent("conversations.info", partial(self._client.conversations_info, channel=id_))["channel"]
        return channel_of(id_, said)

    def channels(self) -> list[Channel]:
        """Every channel that the app sees and that is not archived."""
        found, more = list[Channel](), dict[str, Any]()
        for _ in range(_PAGES):
            ask = partial(
                self._client.conversations_list,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=_PAGE,
                **more,
            )
            answer = sent("conversations.list", ask)
            found += [channel_of(str(said["id"]), said) for said in answer.get("channels") or ()]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            more["cursor"] = cursor
        return found

    def join(self, channel: str) -> None:
        """Makes the app a member of a public channel."""
        sent("conversations.join", partial(self._client.conversations_join, channel=channel))

    def try_app_token(self, token: str) -> None:
        """Slack gives an address for a socket, which is not opened."""
        sent("apps.connections.open", partial(self._client.apps_connections_open, app_token=token))

    def person(self, id_: str) -> Person:
        return person_of(id_, sent("users.info", partial(self._client.users_info, user=id_))["user"])

    def outsiders(self, id_: str) -> bool:
        """True where people of other organisations, or guests, read a conversation; SlackUnreachable: not known."""
        try:
            if id_.startswith(("U", "W")):
                person = self.person(id_)
                return person.stranger or person.guest
            return self.channel(id_).shared
        except SlackUnsure as fault:  # nothing was posted by asking
            raise SlackUnreachable(str(fault)) from None

    def group_members(self, group: str) -> frozenset[str]:
        """The users of a user group."""
        ask = partial(self._client.usergroups_users_list, usergroup=group)
        return frozenset(sent("usergroups.users.list", ask).get("users") or ())

    def respond(self, url: str, text: str, blocks: Blocks = (), *, public: bool = False, replace: bool = False) -> None:
        """Answers through a response_url (at most five times within 30 minutes); UserError for one that is not Slack's.

        `replace` puts the answer in the place of the message whose button was pressed.
        """
        if not self.is_slacks(url):
            raise UserError("The request named an address to answer at that is not Slack's; nothing was sent there")
        hook = WebhookClient(url, self._timeout, retry_handlers=[], logger=_quiet)
        send = partial(
            hook.send,
            text=text,
            blocks=_wire(blocks) or None,
            response_type="in_channel" if public else "ephemeral",
            replace_original=replace,
            delete_original=False,
        )
        answer = sent("response_url", send)
        if answer.status_code != 200:
            raise from_answer("response_url", answer.status_code, {"error": answer.body}, answer.headers)

    def is_slacks(self, url: str) -> bool:
        """True for https on hooks.slack.com, or the scheme, host and port of SLACK_API_URL."""
        try:
            asked, own = urlsplit(url), urlsplit(self._api_url)
            same = (asked.scheme, asked.hostname, asked.port) == (own.scheme, own.hostname, own.port)
            hooks = asked.scheme == "https" and asked.hostname == _HOOKS and asked.port in (None, 443)
        except ValueError:
            return False
        return (same or hooks) and asked.username is None and asked.password is None


def _metadata(event: str, payload: Mapping[str, str] | None) -> dict[str, Any] | None:
    return {"event_type": event, "event_payload": dict(payload or {})} if event else None


def _wire(blocks: Blocks) -> list[dict[str, Any]]:
    return [dict(block) for block in blocks]
