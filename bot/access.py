"""Who may do what: roles from tieout.toml and user groups, asked of Slack anew at every command and click."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.slack import Slack
from bot.slack_faults import SlackBusy, SlackFault, SlackRefused
from bot.slack_told import Channel, Person
from bot.slash.forms import CONTROLLER, OPERATOR, ROLES, VIEWER
from sync.errors import UserError
from sync.settings import RoleSettings

_GROUPS_FOR = 60.0  # seconds for which a user group's members are remembered; Slack allows 20 such questions a minute
_BRIDGE = 300.0  # seconds for which an older answer of Slack's holds while Slack asks for a pause
EVERYONE = "*"
_ELSEWHERE = "Or ask it in your own messages with Tieout."

T = TypeVar("T")


class Refused(UserError):
    """No figures can be given here."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who may ask: `role` is viewer, operator or controller, `name` what Slack calls them.

    `unseen` says why no figures can be given in the conversation where they ask: Tieout cannot see who reads it.
    """

    user: str
    role: str
    name: str
    unseen: str = ""


class Access:
    """Decides for one workspace; nothing of it is decided by what a payload says of its sender."""

    def __init__(self, slack: Slack, roles: RoleSettings, clock: Callable[[], float]) -> None:
        self._slack = slack
        self._roles = roles
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, object]] = {}
        self._lock = threading.Lock()

    def standing(self, user: str, channel: str = "") -> Standing:
        """How `user` stands in `channel` ("" for none: App Home); Refused, in words for the person, where nothing is
        to be seen."""
        person = self._person(user)
        if person.bot or person.deleted:
            raise Refused("Only people of this workspace can ask Tieout.")
        if person.guest:
            raise Refused("Tieout gives figures to full members only; guests see none.")
        if self._stranger(person):
            raise Refused("Tieout gives figures to people of its own organisation only.")
        unseen = self._unseen(user, channel) if channel else ""
        return Standing(user, self._role(person), person.name, unseen)

    def may_share(self, channel: str) -> None:
        """Refused where not everybody who reads a channel is of the organisation, or nobody can tell, or where Tieout
        cannot post."""
        try:
            place = self._channel(channel)
        except SlackRefused:
            raise Refused("Tieout cannot see who reads this conversation, so it shares no figures here.") from None
        if place.shared:
            raise Refused("People of other organisations read this channel, so Tieout shares no figures here.")
        if not (place.member or place.direct):
            raise Refused("Tieout is not in this channel: type /invite and its name, then share again.")

    def forget_groups(self) -> None:
        """The members of user groups have changed."""
        with self._lock:
            self._known = {key: value for key, value in self._known.items() if key[0] != "group"}

    def _unseen(self, user: str, channel: str) -> str:
        """Why it cannot be seen who reads a conversation, "" where our own people do; Refused where others do too."""
        if channel.startswith("D"):
            # Slack shows a direct message between two people to no app; the one with the app itself is told by its id.
            ours = self._asked("room", user, lambda: self._slack.room(user)) == channel
            return "" if ours else f"Tieout cannot see who reads this conversation. {_ELSEWHERE}"
        try:
            shared = self._channel(channel).shared
        except SlackRefused as fault:
            return f"Tieout cannot see who reads this channel ({fault.code}): invite it with /invite. {_ELSEWHERE}"
        if shared:
            raise Refused("People of other organisations read this channel, so Tieout gives no figures here.")
        return ""

    def _role(self, person: Person) -> str:
        unread: list[str] = []
        listed = {CONTROLLER: self._roles.controller, OPERATOR: self._roles.operator, VIEWER: self._roles.viewer}
        defaults = {CONTROLLER: person.admin, OPERATOR: False, VIEWER: True}
        for role in reversed(ROLES):
            members = listed[role]
            if defaults[role] if members is None else self._among(person.id, members, unread):
                return role
        words = f" ({'; '.join(unread)})" if unread else ""
        raise Refused(f"You have no role in Tieout; an administrator gives one in [roles] of tieout.toml.{words}")

    def _among(self, user: str, members: tuple[str, ...], unread: list[str]) -> bool:
        if user in members or EVERYONE in members:
            return True
        for group in members:
            if group.startswith("S"):
                try:
                    if user in self._group(group):
                        return True
                except SlackFault as fault:
                    unread.append(f"user group {group} could not be read: {fault}")
        return False

    def _group(self, group: str) -> frozenset[str]:
        with self._lock:
            at, members = self._known.get(("group", group), (float("-inf"), None))
        if isinstance(members, frozenset) and self._clock() - at < _GROUPS_FOR:
            return members
        return self._asked("group", group, lambda: self._slack.group_members(group))

    def _stranger(self, person: Person) -> bool:
        if person.stranger:
            return True
        with self._lock:
            _, ours = self._known.get(("team", ""), (0.0, None))
        if ours is None:
            ours = self._asked("team", "", lambda: self._ours())
        team, organisation = ours if isinstance(ours, tuple) else ("", "")
        if organisation and person.organisation:
            return bool(person.organisation != organisation)
        return bool(person.team and team and person.team != team)

    def _ours(self) -> tuple[str, str]:
        said = self._slack.whoami()
        return str(said.get("team_id") or ""), str(said.get("enterprise_id") or "")

    def _person(self, user: str) -> Person:
        try:
            return self._asked("person", user, lambda: self._slack.person(user))
        except SlackRefused as fault:
            raise Refused(f"Tieout cannot see who you are, so it gives no figures. ({fault.code})") from None

    def _channel(self, channel: str) -> Channel:
        return self._asked("channel", channel, lambda: self._slack.channel(channel))

    def _asked(self, what: str, id_: str, ask: Callable[[], T]) -> T:
        """Slack's answer; while Slack asks for a pause, its last one."""
        try:
            found = ask()
        except SlackBusy:
            with self._lock:
                at, old = self._known.get((what, id_), (float("-inf"), None))
            if old is None or self._clock() - at > _BRIDGE:
                raise
            return old  # type: ignore[return-value]  # under one name stands one kind of answer
        with self._lock:
            self._known[what, id_] = (self._clock(), found)
        return found
