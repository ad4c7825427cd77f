"""`tieout connect`: first set-up, and the consent that lets Tieout read a QuickBooks company."""

from __future__ import annotations

import argparse
import base64
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dotenv import set_key

from bot.deps import Deps
from bot.redirect import PATIENCE, catchable, redirects
from bot.replies import Reply
from bot.words import Parser
from sync.errors import AppError, UserError
from sync.settings import Settings, read, require
from sync.settings.keys import VARIABLES

if TYPE_CHECKING:
    from bot.connection import Connection

_ASKED = ("CIN7_ACCOUNT_ID", "CIN7_APPLICATION_KEY", "QBO_CLIENT_ID", "QBO_CLIENT_SECRET")
_PATIENCE = 15.0  # seconds for a name; a person is waiting, and the connection is stored already


@dataclass(frozen=True, slots=True)
class Request:
    """`browser` False: print the link, and let the person paste the address that the consent ends at."""

    browser: bool = True


def arguments(parser: Parser) -> None:
    parser.add_argument(
        "--no-browser", action="store_true", help="open no browser; also take the redirect's address by paste"
    )


def parse(args: argparse.Namespace) -> Request:
    return Request(browser=not args.no_browser)


def run(request: Request, deps: Deps) -> Reply:
    wrote = _first_settings(deps)
    require(deps.settings, "connect")
    realm = _consent(request, deps)
    if not deps.settings.qbo.realm_id:
        wrote += _write(deps, {"QBO_REALM_ID": realm})
    return _connected(deps.connection(realm, patience=_PATIENCE), deps.settings, realm, wrote)


def _first_settings(deps: Deps) -> list[str]:
    """Asks at a terminal for what neither the environment nor .env says, and writes it to .env; gives the names."""
    if deps.as_json or not deps.outside.at_terminal():
        return []
    held = {shown.name: shown.value for shown in deps.settings.shown}
    answers: dict[str, str] = {}
    for variable in VARIABLES:
        if variable.name in _ASKED and not held[variable.name]:
            typed = deps.outside.ask(f"{variable.name} (from {variable.meaning}; Enter leaves it out): ").strip()
            answers |= {variable.name: typed} if typed else {}
    if not held["TIEOUT_SECRET_KEY"]:
        answers["TIEOUT_SECRET_KEY"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
    return _write(deps, answers) if answers else []


def _write(deps: Deps, answers: dict[str, str]) -> list[str]:
    """Adds the answers to the .env file, which only its owner may read, and reads the settings again."""
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


def _consent(request: Request, deps: Deps) -> str:
    """Sends the person to Intuit, takes the redirect, and stores the connection; gives the company's id."""
    connection, uri = deps.connection(), deps.settings.qbo.redirect_uri
    link, state = connection.consent_link()
    paste = not request.browser or not catchable(uri)
    with redirects(
        uri, lambda query: connection.read_redirect(query, state), deps.outside.stdin if paste else None
    ) as wait:
        deps.tell(f"Open this address and allow Tieout to read your QuickBooks company:\n\n{link}\n")
        if paste:
            deps.tell(f"The browser ends at an address that begins with {uri}; paste all of it here.")
        if request.browser and not deps.outside.browse(link):
            deps.tell("No browser could be opened here; open the address yourself.")
        found = wait(PATIENCE)
    expected = deps.settings.qbo.realm_id
    if expected and found.realm != expected:
        raise UserError(
            f"The company that was chosen at Intuit is {found.realm}, but QBO_REALM_ID says {expected}. "
            "Choose that company, or change QBO_REALM_ID."
        )
    connection.exchange(found)
    return found.realm


def _connected(connection: Connection, settings: Settings, realm: str, wrote: Iterable[str]) -> Reply:
    lines, names = [], {}
    names["qbo"], said = _name(connection.qbo_name)
    lines.append(f"Connected to QuickBooks: {said} (company id {realm}). The tokens are stored encrypted.")
    if settings.cin7.account_id and settings.cin7.application_key:
        names["cin7"], said = _name(connection.cin7_name)
        lines.append(f"Cin7 Core: {said}.")
    else:
        lines.append("Cin7 Core is not set up: set CIN7_ACCOUNT_ID and CIN7_APPLICATION_KEY.")
    wrote = list(wrote)
    if wrote:
        lines.append(f"Written to {settings.env_file}: {', '.join(wrote)}. Keep this file to yourself, and back it up.")
    lines.append("Next: tieout sync")
    document = {
        "schema": "tieout/connect/1",
        "realm": realm,
        "companies": {"cin7": names.get("cin7"), "qbo": names["qbo"]},
        "written": wrote,
    }
    return Reply("\n".join(lines), document)


def _name(ask: Callable[[], str]) -> tuple[str | None, str]:
    """A company's name as its system tells it, or why it does not."""
    try:
        name = ask()
    except AppError as error:
        return None, f"its name could not be read ({error})"
    return name, name
