"""From the words of a slash command to its reply: find, look whether the role may, parse, run, all inside one guard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot import blocks
from bot.replies import Reply, error_reply
from bot.slash import SLASHES
from bot.slash.forms import Ask, Form, Slash, a_role, may, words_of
from bot.words import did_you_mean
from sync.errors import UserError


class NotAllowed(UserError):
    """Your role does not allow that."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that was understood: its form, and the request that its words make."""

    slash: Slash
    form: Form
    request: Any


def answer(command: str, text: str, ask: Ask) -> Reply:
    """The reply to a slash command; every failure becomes one."""
    try:
        slash = find(command)
        wanted = wants_help(slash, text)
        if wanted:
            return help_reply(slash)
        asked = understood(slash, text)
        if not may(ask.role, asked.form.role):
            usage = asked.slash.usage(asked.form)
            raise NotAllowed(
                f"{usage} is for {asked.form.role}s; you are {a_role(ask.role)} here ([roles] of tieout.toml)"
            )
        if ask.unseen and asked.form.figures:
            raise NotAllowed(ask.unseen)
        return asked.form.run(asked.request, ask)
    except Exception as error:
        reply = error_reply(error)
        return replace(reply, text=as_typed_here(reply.text))


# What the command line's own words are called here, longer ones first.
_HERE = (
    ("tieout findings assign", "/recon assign"),
    ("--owner NAME", "[to NAME]"),
    ("tieout check --test-sync", "/sync test"),
    ("tieout reconcile", "/recon"),
    ("tieout status", "/sync status"),
    ("tieout check", "/sync check"),
    ("tieout stock", "/stock"),
    ("tieout show", "/sync show"),
    ("tieout sync", "/sync"),
    ("tieout cogs", "/cogs"),
    ("--compare", "vs"),
)


def as_typed_here(text: str) -> str:
    """Words of the command line's answers, with its commands as they are typed in Slack."""
    for there, here in _HERE:
        text = text.replace(there, here)
    return text


def split(line: str) -> tuple[str, str]:
    """Command and text of a typed line."""
    command, _, text = line.strip().partition(" ")
    return command, text.strip()


def find(command: str) -> Slash:
    """The slash command of that name, in any letter case; UserError with the nearest where there is none."""
    name = f"/{command.strip().lower().removeprefix('/')}"
    for slash in SLASHES:
        if slash.name == name:
            return slash
    known = [slash.name for slash in SLASHES]
    raise UserError(f"{command} is not a command{did_you_mean(name, known)}\nCommands: {', '.join(known)}")


def understood(slash: Slash, text: str) -> Asked:
    """What the words mean; UserError, with the nearest word and the whole help, where they mean nothing."""
    words = words_of(text, slash.phrases)
    named = {form.word: form for form in slash.forms}
    first = words[0].lower().strip(".,!") if words else ""
    if first and first in named:
        return Asked(slash, named[first], named[first].parse(words[1:]))
    bare = named[""]
    if slash.only_forms and first and not first.startswith("-"):
        raise UserError(f"{slash.name} {first} is not known{did_you_mean(first, [*named, 'help'])}\n{help_text(slash)}")
    return Asked(slash, bare, bare.parse(words))


def wants_help(slash: Slash, text: str) -> bool:
    """Whether `text` asks for the help of the whole command."""
    words = text.lower().replace("-", " ").replace("—", " ").split()
    asks = bool(words) and words[0] in ("help", "?", "h")
    return asks and (len(words) == 1 or slash.only_forms)


def help_text(slash: Slash) -> str:
    """Every form of a command with what it does, made from the table."""
    lines = [f"{slash.usage(form)}: {form.help}" for form in slash.forms]
    return "\n".join([*lines, f"{slash.name} help: this"])


def help_reply(slash: Slash) -> Reply:
    text = help_text(slash)
    items = [
        (blocks.words(slash.usage(form), code=True), blocks.words(f"  {form.help}{_for(form)}")) for form in slash.forms
    ]
    others = ", ".join(other.name for other in SLASHES if other is not slash)
    told = [
        blocks.header(slash.name),
        blocks.listed(items),
        blocks.context(f"Periods: `last-week`, `2026-01`, `2026-Q1`, `mtd`, `last-7-days` and more. Also: {others}."),
    ]
    return Reply(text, {"schema": "tieout/help/1", "text": text}, line=f"Help for {slash.name}", blocks=told)


def _for(form: Form) -> str:
    return "" if form.role == "viewer" else f" ({form.role}s)"
