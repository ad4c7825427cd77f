"""Slack at set-up: whose token it is, which rights it lacks, and the channels found, joined, or to be invited to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.slack import Slack
from bot.slack_faults import SlackFault
from bot.slack_told import Channel
from sync.errors import UserError
from sync.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that tieout.toml names for `key` (alerts, reports); `fault` says in words what is wrong, "" nothing."""

    key: str
    id: str
    name: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What Slack said. `missing`: scope -> what it is needed for; `socket`: "", or why the app token does not work."""

    team: str
    bot: str
    missing: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    socket: str = ""

    @property
    def good(self) -> bool:
        return not (self.missing or self.socket or any(place.fault for place in self.places))

    def lines(self) -> list[str]:
        """The same for people, with what to do."""
        said = [f"Slack: {self.team}, as {self.bot}."]
        if self.missing:
            said.append("  The token lacks rights that the manifest asks for; install the app again from manifest.yml:")
            said += [f"    {scope}: {why}" for scope, why in sorted(self.missing.items())]
        said += [f"  App token: {self.socket}"] if self.socket else []
        for place in self.places:
            said.append(
                f"  {place.key}: #{place.name} ({place.id}){f': {place.fault}' if place.fault else ', joined.'}"
            )
        return said

    def to_json(self) -> dict[str, object]:
        return {
            "team": self.team,
            "bot": self.bot,
            "missing_scopes": sorted(self.missing),
            "app_token": self.socket or "ok",
            "channels": [
                {"key": place.key, "id": place.id, "name": place.name, "fault": place.fault or None}
                for place in self.places
            ],
        }


def looked(slack: Slack, wanted: Mapping[str, str], channels: Mapping[str, str], app_token: str) -> Workspace:
    """Asks Slack who we are, compares rights, tries the app token, and joins the channels that can be joined.

    `wanted`: scope -> why, as the manifest has them; `channels`: key of [slack] -> id. SlackFault where the token
    itself does not work.
    """
    told = slack.whoami()
    held = {scope.strip() for scope in str(told.get("scopes") or "").split(",")}
    missing = {scope: why for scope, why in wanted.items() if scope not in held}
    places = tuple(_place(slack, key, id_) for key, id_ in channels.items() if id_)
    return Workspace(
        str(told.get("team") or told.get("team_id")), str(told.get("user")), missing, places, _socket(slack, app_token)
    )


def chosen(words: str, channels: Iterable[Channel]) -> Channel:
    """The channel that a person means by a name or an id; UserError with near names where there is none."""
    plain = words.strip().lstrip("#").lower()
    known = list(channels)
    for channel in known:
        if plain in (channel.name.lower(), channel.id.lower()):
            return channel
    near = sorted(channel.name for channel in known if plain[:3] and plain[:3] in channel.name.lower())[:5]
    hint = f"; there are {', '.join(f'#{name}' for name in near)}" if near else "; invite the app to it first"
    raise UserError(f"Slack shows no channel {words.strip()!r}{hint}")


def _place(slack: Slack, key: str, id_: str) -> Place:
    try:
        channel = slack.channel(id_)
    except SlackFault as fault:
        return Place(key, id_, id_, str(fault))
    if channel.archived:
        return Place(key, id_, channel.name, "is archived; choose another one")
    if channel.shared:
        note = "is shared with another organisation: figures will not be posted there"
        return Place(key, id_, channel.name, note)
    if not channel.member:
        return Place(key, id_, channel.name, _joined(slack, channel))
    return Place(key, id_, channel.name)


def _joined(slack: Slack, channel: Channel) -> str:
    """Joins a public channel; what to do where that is not possible, "" where it went well."""
    if channel.private:
        return "is private: type /invite @Tieout there"
    try:
        slack.join(channel.id)
    except SlackFault:
        return "could not be joined: type /invite @Tieout there"
    return ""


def _socket(slack: Slack, app_token: str) -> str:
    try:
        if app_token:
            slack.try_app_token(app_token)
    except SlackFault as fault:
        return str(fault)
    return ""


def names(channels: Sequence[Channel]) -> str:
    """Some channel names, for a question."""
    return ", ".join(f"#{channel.name}" for channel in sorted(channels, key=lambda one: one.name)[:8])


def of_settings(settings: Settings) -> tuple[Slack, Callable[[Settings], Workspace]]:
    """The workspace's Web API, and what looks at it with the rights of the manifest."""
    own = settings.slack
    slack = Slack(own.bot_token.reveal(), own.api_url)

    from bot.manifest import SCOPES  # brings the whole desk

    def look(now: Settings) -> Workspace:
        channels = {"alerts": now.slack.alerts, "reports": now.slack.reports}
        return looked(slack, SCOPES, channels, now.slack.app_token.reveal())

    return slack, look
