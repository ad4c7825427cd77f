"""A prompt at which the commands are typed: `cogs last week by product`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.replies import error_reply
from bot.words import spoken
from sync.errors import UserError

Phrases = Mapping[str, Mapping[str, str]]
_ENDS = ("quit", "exit", "q", "bye")
_NOT_HERE = ("demo", "connect")


def converse(ask: Callable[[str], str], answer: Callable[[str], str], tell: Callable[[str], None]) -> None:
    """Answers what is typed until the person ends it by a word, Ctrl-D or Ctrl-C."""
    while True:
        try:
            line = ask("tieout> ").strip()
        except (EOFError, KeyboardInterrupt):
            tell("")
            return
        if line.lower().removeprefix("/") in _ENDS:
            return
        if line:
            try:
                tell(answer(line))
            except UserError as error:
                tell(error_reply(error).text)


def words_of(line: str, phrases: Phrases) -> list[str]:
    """The words of a typed line as the command line takes them; a leading `tieout` or slash is understood.

    `phrases`: command -> the options that spoken words stand for.
    """
    name, _, rest = line.strip().removeprefix("tieout ").removeprefix("/").partition(" ")
    name = name.lower()
    if name in _NOT_HERE:
        raise UserError(f"{name} is for the command line; here you may type sync, status, stock, cogs, reconcile")
    return spoken(f"{name} {rest}", phrases.get(name, {})) if name else []
