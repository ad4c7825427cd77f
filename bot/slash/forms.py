"""What a slash command is made of: its forms, who may use each, and what a form works with."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.deps import Deps
from bot.replies import Reply
from bot.words import Parser, spoken
from sync.domain.alerts import Alert

if TYPE_CHECKING:
    from bot.desk import SyncTicket
    from sync.pull import Wants

VIEWER, OPERATOR, CONTROLLER = "viewer", "operator", "controller"
ROLES = (VIEWER, OPERATOR, CONTROLLER)  # each may what those before it may


class Service(Protocol):
    """What a form may ask of the running service; bot.desk.Desk has it, and so has the demo's prompt."""

    @property
    def zone(self) -> str: ...
    def alerts(self) -> Sequence[Alert]:
        """Every alert that is not resolved."""
        ...

    def upcoming(self) -> Sequence[tuple[str, datetime]]: ...
    def start_sync(self, wants: Wants | None, user: str, channel: str) -> SyncTicket: ...


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, in which role and where; `deps` are for the figures, `service` is for the rest.

    `unseen` says why no figures can be given where they ask, `name` is what Slack calls them.
    """

    deps: Deps
    service: Service
    user: str = ""
    role: str = VIEWER
    channel: str = ""
    unseen: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a command: it begins with `word`; "" is the command with anything else behind it.

    `parse` (pure; UserError for words that make no sense) makes the frozen Request of the words behind, `run` answers.
    `figures` False: its reply holds nothing of the books.
    """

    word: str
    usage: str
    help: str
    parse: Callable[[Sequence[str]], Any]
    run: Callable[[Any, Ask], Reply]
    role: str = VIEWER
    figures: bool = True


@dataclass(frozen=True, slots=True)
class Slash:
    """One slash command; `summary` and `hint` are what Slack shows while it is typed, `phrases` spoken options.

    `only_forms`: a first word that begins none of its forms is a slip, and no question.
    """

    name: str
    summary: str
    hint: str
    forms: tuple[Form, ...]
    phrases: dict[str, str]
    only_forms: bool = False

    def usage(self, form: Form) -> str:
        return " ".join(filter(None, (self.name, form.word, form.usage)))


def may(role: str, needed: str) -> bool:
    """Whether somebody in `role` ("" is none) may what needs `needed`."""
    return bool(role) and ROLES.index(role) >= ROLES.index(needed)


def a_role(role: str) -> str:
    """A role with its article."""
    return f"an {role}" if role == OPERATOR else f"a {role}"


def reads(usage: str, tell: Callable[[Parser], None], words: Sequence[str]) -> argparse.Namespace:
    """The arguments in `words`, by the command line's own parser; faults end with the usage as it is typed here."""
    parser = Parser(prog=usage.split(" ", maxsplit=1)[0], usage=usage, add_help=False, allow_abbrev=False)
    tell(parser)
    return parser.read(words)


def words_of(text: str, phrases: dict[str, str]) -> list[str]:
    """The words behind a command, quotes and dashes made plain, spoken options as the parser knows them.

    Slack writes &, < and > as entities.
    """
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return spoken(f"x {text}", phrases)[1:]


def nothing(words: Sequence[str]) -> None:
    """The request of a form that takes no words; more are left out, as a person at a bar would."""
