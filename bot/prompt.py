"""A prompt at which the commands are typed as in Slack: `cogs last week by product`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.replies import Reply, error_reply
from bot.words import spoken
from sync.errors import UserError

Phrases = Mapping[str, Mapping[str, str]]
_ENDS = ("quit", "exit", "q", "bye")
_NOT_HERE = ("demo", "connect")


def converse(
    ask: Callable[[str], str], answer: Callable[[Sequence[str]], Reply], tell: Callable[[str], None], phrases: Phrases
) -> None:
    """Answers what is typed until the person ends it by a word, Ctrl-D or Ctrl-C."""
    while True:
        try:
            line = ask("tieout> ")
        except (EOFError, KeyboardInterrupt):
            tell("")
            return
        try:
            words = words_of(line, phrases)
        except UserError as error:
            tell(error_reply(error).text)
            continue
        if words and words[0] in _ENDS:
            return
        if words:
            tell(answer(words).text)


def words_of(line: str, phrases: Phrases) -> list[str]:
    """The words of a typed line as the command line takes them; a leading `tieout` or slash is understood.

    `phrases`: command -> the options that spoken words stand for.
    """
    name, _, rest = line.strip().removeprefix("tieout ").removeprefix("/").partition(" ")
    name = name.lower()
    if name in _NOT_HERE:
        raise UserError(f"{name} is for the command line; here you may type sync, status, stock, cogs, reconcile")
    return spoken(f"{name} {rest}", phrases.get(name, {})) if name else []
