"""First settings at a terminal: asks for what is not set, shows what it will write, and writes .env for its owner."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Mapping

from dotenv import set_key

from bot.deps import Deps
from sync.errors import UserError
from sync.settings import read
from sync.settings.keys import VARIABLES, Variable

_TRIES = 3
_WHERE = {
    "CIN7_ACCOUNT_ID": "Cin7 Core: Integrations & API > API",
    "CIN7_APPLICATION_KEY": "the application's key on the same page",
    "QBO_CLIENT_ID": "developer.intuit.com: your app > Keys & credentials",
    "QBO_CLIENT_SECRET": "on the same page",
    "QBO_REALM_ID": "the company id, as Intuit's playground shows it",
    "QBO_REFRESH_TOKEN": "Intuit's OAuth 2.0 playground",
    "SLACK_BOT_TOKEN": "xoxb-…; api.slack.com/apps: your app > OAuth & Permissions",
    "SLACK_APP_TOKEN": "xapp-…; your app > Basic Information > App-Level Tokens",
}
_BY_NAME = {variable.name: variable for variable in VARIABLES}


def ask(deps: Deps, names: Iterable[str]) -> dict[str, str]:
    """The answers for those of `names` that neither the environment nor .env says; Enter leaves one out.

    An answer that cannot be right is told and asked for again; nothing is asked without a terminal.
    """
    if deps.as_json or not deps.outside.at_terminal():
        return {}
    held = {shown.name: shown.value for shown in deps.settings.shown}
    answers = {}
    for name in names:
        if not held[name] and (said := _answer(deps, _BY_NAME[name])):
            answers[name] = said
    return answers


def _answer(deps: Deps, variable: Variable) -> str:
    for _ in range(_TRIES):
        try:
            ask = deps.outside.hide if variable.secret and deps.outside.hide else deps.outside.ask
            typed = ask(
                f"{variable.name} ({_WHERE.get(variable.name, variable.meaning)}; Enter leaves it out): "
            ).strip()
        except EOFError:
            return ""
        if not typed:
            return ""
        try:
            variable.check(typed)
        except ValueError as fault:
            deps.tell(f"{variable.name} {fault}.")
        else:
            return typed
    raise UserError(f"{variable.name} was not understood {_TRIES} times; set it in the environment or in .env")


def new_key() -> str:
    """A fresh TIEOUT_SECRET_KEY."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def agreed(deps: Deps, question: str) -> bool:
    """Whether a person says yes; Enter is yes, and so is a terminal that cannot be asked."""
    if deps.as_json or not deps.outside.at_terminal():
        return True
    try:
        return deps.outside.ask(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
    except EOFError:
        return True


def shown(answers: Mapping[str, str]) -> list[str]:
    """The lines that will be written, secrets hidden."""
    return [f"  {name}={'***' if _BY_NAME[name].secret else value}" for name, value in answers.items()]


def write(deps: Deps, answers: Mapping[str, str]) -> list[str]:
    """Adds the answers to the .env file, which only its owner may read, and reads the settings again; their names."""
    if not answers:
        return []
    path = deps.settings.env_file
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        for name, value in answers.items():
            set_key(path, name, value, quote_mode="auto")
    except OSError as error:
        names = ", ".join(answers)
        raise UserError(f"{path} cannot be written ({error.strerror}); set {names} in the environment") from None
    deps.settings = read(deps.outside.environ, deps.outside.folder)
    return list(answers)
