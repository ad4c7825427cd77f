"""What Slack tells of people and conversations, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Channel:
    """What Slack says of a conversation; `shared`: people of other organisations read it."""

    id: str
    name: str
    shared: bool
    private: bool
    archived: bool
    member: bool
    direct: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says of a user; `guest`: restricted, `stranger`: of another organisation or workspace.

    `organisation` is the id of their Enterprise Grid, "" where there is none: its workspaces are one organisation.
    """

    id: str
    name: str
    admin: bool
    guest: bool
    stranger: bool
    bot: bool
    deleted: bool
    time_zone: str
    team: str
    organisation: str = ""


def channel_of(id_: str, said: Mapping[str, Any]) -> Channel:
    """What conversations.info or conversations.list says of one."""
    return Channel(
        id=id_,
        name=str(said.get("name") or ""),
        shared=any(said.get(name) for name in ("is_ext_shared", "is_pending_ext_shared")),
        private=bool(said.get("is_private")),
        archived=bool(said.get("is_archived")),
        member=bool(said.get("is_member")),
        direct=any(said.get(name) for name in ("is_im", "is_mpim")),
    )


def person_of(id_: str, said: Mapping[str, Any]) -> Person:
    """What users.info says of one."""
    return Person(
        id=id_,
        name=str((said.get("profile") or {}).get("display_name") or said.get("real_name") or said.get("name") or ""),
        admin=any(said.get(name) for name in ("is_admin", "is_owner", "is_primary_owner")),
        guest=any(said.get(name) for name in ("is_restricted", "is_ultra_restricted")),
        stranger=bool(said.get("is_stranger")),
        bot=bool(said.get("is_bot")),
        deleted=bool(said.get("deleted")),
        time_zone=str(said.get("tz") or ""),
        team=str(said.get("team_id") or ""),
        organisation=str((said.get("enterprise_user") or {}).get("enterprise_id") or ""),
    )
