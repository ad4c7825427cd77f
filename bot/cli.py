"""The command line: finds the command, runs it inside one guard, and prints its reply."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version

from bot.commands import COMMANDS, Command
from bot.deps import Deps
from bot.outside import Outside
from bot.replies import WRONG_USAGE, Reply, error_reply
from bot.words import Parser, did_you_mean
from sync.errors import UserError
from sync.settings import read

PHRASES = {command.name: command.phrases for command in COMMANDS}


def run(words: Sequence[str], outside: Outside) -> int:
    """Answers `words` (without the program's name) on the streams of `outside`; gives the exit status."""
    as_json = "--json" in words
    reply = answer(words, outside)
    if as_json:
        print(json.dumps(reply.document, indent=2), file=outside.stdout)
        if reply.failed:
            print(reply.text, file=outside.stderr)
    elif reply.text:
        print(reply.text, file=outside.stderr if reply.failed else outside.stdout)
    outside.stdout.flush()
    return reply.status


def answer(words: Sequence[str], outside: Outside) -> Reply:
    """The reply to `words`; every failure becomes one, but for a reader that has gone away (BrokenPipeError)."""
    try:
        return _answer(words, outside)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        return error_reply(error)


def _answer(words: Sequence[str], outside: Outside) -> Reply:
    first = next((word for word in words if word != "--json"), "")
    if first == "--version":
        return _said("version", f"tieout {version('tieout')}")
    if first in ("-h", "--help", "help"):
        return _help([word for word in words if word != first and not word.startswith("-")])
    if not first:
        return replace(_said("help", overview()), status=WRONG_USAGE, failed=True)
    command = find(first)
    rest = list(words)
    rest.remove(first)
    parser = parser_of(command)
    args = parser.read(rest)
    if args.help:
        return _said("help", parser.format_help().strip())
    request = command.parse(args)
    settings = read(outside.environ, outside.folder, needs=command.needs)
    with closing(Deps(settings, outside, answer, PHRASES, as_json=args.json)) as deps:
        return command.run(request, deps)


def find(name: str) -> Command:
    """The command called `name`; UserError with the nearest name where there is none."""
    for command in COMMANDS:
        if command.name == name.lower():
            return command
    hint = did_you_mean(name, [command.name for command in COMMANDS])
    raise UserError(f"{name!r} is not a command{hint}\n{overview()}")


def parser_of(command: Command) -> Parser:
    """The parser of one command's words, with --json and --help."""
    parser = Parser(prog=f"tieout {command.name}", description=command.help, add_help=False, allow_abbrev=False)
    command.arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    parser.add_argument("-h", "--help", action="store_true", help="print this")
    return parser


def overview() -> str:
    """What `tieout help` says: every command with its usage and what it does."""
    usages = [f"{command.name} {command.usage}".strip() for command in COMMANDS]
    width = max(len(usage) for usage in usages)
    lines = [f"  {usage:<{width}}  {command.help}" for usage, command in zip(usages, COMMANDS, strict=True)]
    return "\n".join(["usage: tieout COMMAND [--json]", "", *lines, "", "tieout COMMAND --help says more of one."])


def _help(names: Sequence[str]) -> Reply:
    return _said("help", parser_of(find(names[0])).format_help().strip() if names else overview())


def _said(what: str, text: str) -> Reply:
    return Reply(text, {"schema": f"tieout/{what}/1", "text": text})
