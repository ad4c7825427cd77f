"""`tieout connect`: first set-up of all three, and the consent that lets Tieout read a QuickBooks company."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot import config_writer, first_settings
from bot.deps import Deps
from bot.redirect import PATIENCE, catchable, redirects
from bot.replies import DONE, FAILED, Reply
from bot.words import Parser
from sync.errors import AppError, AuthExpired, UserError
from sync.settings import read, require

if TYPE_CHECKING:
    from bot.connection import Connection
    from bot.slack import Slack
    from bot.slack_setup import Workspace

_CIN7 = ("CIN7_ACCOUNT_ID", "CIN7_APPLICATION_KEY")
_INTUIT = ("QBO_CLIENT_ID", "QBO_CLIENT_SECRET")
_TOKEN = ("QBO_REALM_ID", "QBO_REFRESH_TOKEN")
_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
_PATIENCE = 15.0  # seconds for a name; a person is waiting, and the connection is stored already


@dataclass(frozen=True, slots=True)
class Request:
    """`browser` False: print the link, and let the person paste the address that the consent ends at.

    `token`: take QBO_REFRESH_TOKEN, pasted from Intuit, instead of a consent.
    """

    browser: bool = True
    token: bool = False


@dataclass
class _Told:
    """What was found out and done, for people and for machines."""

    lines: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    wrote: list[str] = field(default_factory=list)
    good: bool = True


def arguments(parser: Parser) -> None:
    parser.add_argument(
        "--no-browser", action="store_true", help="open no browser; also take the redirect's address by paste"
    )
    parser.add_argument(
        "--token", action="store_true", help="use QBO_REFRESH_TOKEN, pasted from Intuit, instead of a consent"
    )


def parse(args: argparse.Namespace) -> Request:
    return Request(browser=not args.no_browser, token=args.token)


def run(request: Request, deps: Deps) -> Reply:
    told = _Told()
    told.wrote += _first(deps, (*_CIN7, *_INTUIT, *(_TOKEN if request.token else ()), *_SLACK))
    require(deps.settings, "connect", *(("qbo",) if request.token else ()))
    if request.token and not deps.settings.qbo.refresh_token:
        raise UserError("QBO_REFRESH_TOKEN is not set: paste the token that Intuit's OAuth playground shows into .env")
    realm = deps.settings.qbo.realm_id if request.token else _consent(request, deps)
    if not deps.settings.qbo.realm_id:
        told.wrote += first_settings.write(deps, {"QBO_REALM_ID": realm})
    _books(deps.connection(realm, patience=_PATIENCE), deps, realm, told)
    _slack(deps, told)
    return _reply(deps, realm, told)


def _first(deps: Deps, names: tuple[str, ...]) -> list[str]:
    """Asks for what is missing, tries the Cin7 keys, shows what will be written, and writes it; the names."""
    answers = first_settings.ask(deps, names)
    held = {shown.name: shown.value for shown in deps.settings.shown}
    if deps.outside.at_terminal() and not deps.as_json and not held["TIEOUT_SECRET_KEY"]:
        answers["TIEOUT_SECRET_KEY"] = first_settings.new_key()
    if not answers:
        return []
    if any(name in answers for name in _CIN7):
        _try_cin7(deps, answers)
    deps.tell("\n".join([f"This will be written to {deps.settings.env_file}:", *first_settings.shown(answers)]))
    if not first_settings.agreed(deps, "Write it?"):
        raise UserError("Nothing was written. Set the values in the environment, or run: tieout connect")
    return first_settings.write(deps, answers)


def _try_cin7(deps: Deps, answers: dict[str, str]) -> None:
    """Keys that Cin7 refuses are not written; a Cin7 that does not answer decides nothing."""
    deps.settings = read({**deps.outside.environ, **answers}, deps.outside.folder)
    if not (deps.settings.cin7.account_id and deps.settings.cin7.application_key):
        return
    try:
        deps.tell(f"Cin7 Core answers: {deps.connection(patience=_PATIENCE).cin7_name()}.")
    except AuthExpired as error:
        raise UserError(f"{error} Nothing was written. Run: tieout connect") from None
    except AppError as error:
        deps.tell(f"Cin7 Core could not be tried ({error}).")


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


def _books(connection: Connection, deps: Deps, realm: str, told: _Told) -> None:
    """Both systems are asked who they are."""
    names: dict[str, str | None] = {"cin7": None}
    names["qbo"], said = _name(connection.qbo_name)
    told.lines.append(f"Connected to QuickBooks: {said} (company id {realm}). The tokens are stored encrypted.")
    if deps.settings.cin7.account_id and deps.settings.cin7.application_key:
        names["cin7"], said = _name(connection.cin7_name)
        told.good = names["cin7"] is not None
        told.lines.append(f"Cin7 Core: {said}.")
    else:
        told.lines.append("Cin7 Core is not set up: set CIN7_ACCOUNT_ID and CIN7_APPLICATION_KEY.")
    told.document["companies"] = {"cin7": names["cin7"], "qbo": names["qbo"]}


def _name(ask: Callable[[], str]) -> tuple[str | None, str]:
    """A company's name as its system tells it, or why it does not."""
    try:
        name = ask()
    except AppError as error:
        return None, f"its name could not be read ({error})"
    return name, name


def _slack(deps: Deps, told: _Told) -> None:
    """Slack's token, rights and channels; what is missing is told and can be mended later."""
    told.document["slack"] = None
    if not deps.settings.slack.bot_token:
        told.lines.append("Slack is not set up: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN to have answers there.")
        return
    from bot.slack_setup import of_settings  # brings Slack's library

    try:
        slack, ask = of_settings(deps.settings)
        told.wrote += _channels(deps, slack)
        found: Workspace = ask(deps.settings)
    except AppError as error:
        told.lines.append(f"Slack: {error}")
        told.document["slack"] = {"fault": str(error)}
        return
    told.lines += found.lines()
    told.document["slack"] = found.to_json()


def _channels(deps: Deps, slack: Slack) -> list[str]:
    """Asks for the channels that tieout.toml does not name, and writes their ids there after showing them."""
    own, values = deps.settings.slack, dict[str, str]()
    missing = [key for key, id_ in (("alerts", own.alerts), ("reports", own.reports)) if not id_]
    if not missing or deps.as_json or not deps.outside.at_terminal():
        return []
    from bot.slack_setup import chosen, names

    channels = slack.channels()
    for key in missing:
        try:
            words = deps.outside.ask(f"Channel for {key}, by name ({names(channels)}; Enter leaves it out): ").strip()
        except EOFError:
            break
        if words:
            values[key] = chosen(words, channels).id
    if not values:
        return []
    said = "\n".join(f'  {key} = "{id_}"' for key, id_ in values.items())
    deps.tell(f"This will be written to {deps.settings.config}:\n  [slack]\n{said}")
    if not first_settings.agreed(deps, "Write it?"):
        return []
    config_writer.write(deps.settings.config, "slack", values)
    deps.settings = read(deps.outside.environ, deps.outside.folder)
    return [f"slack.{key}" for key in values]


def _reply(deps: Deps, realm: str, told: _Told) -> Reply:
    if told.wrote:
        told.lines.append(
            f"Written to {deps.settings.env_file} and {deps.settings.config.name}: {', '.join(told.wrote)}."
            " Keep .env to yourself, and back it up."
        )
    told.lines.append("Next: tieout sync, then tieout check")
    document = {"schema": "tieout/connect/1", "realm": realm, **told.document, "written": told.wrote}
    return Reply("\n".join(told.lines), document, DONE if told.good else FAILED)
