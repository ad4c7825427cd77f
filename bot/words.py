"""Words that a person typed, on a command line, at the demo's prompt or in Slack, made plain before they are parsed."""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Never

from sync.errors import UserError

_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "--"})

_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")  # as in men's, which opens no quotation


class Parser(argparse.ArgumentParser):
    """An argparse parser whose faults are UserErrors in plain words, with the usage line and the nearest option."""

    def error(self, message: str) -> Never:
        raise UserError(f"{message[:1].upper()}{message[1:]}.\n{self.format_usage().strip()}")

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The arguments in `words`; raises UserError for any that the command does not have."""
        found, strangers = self.parse_known_args(list(words))
        if strangers:
            options = [option for action in self._actions for option in action.option_strings]
            self.error(f"{self.prog} does not know {strangers[0]}{did_you_mean(strangers[0], options)}")
        return found


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'; did you mean X?' for the nearest of `known`, "" where nothing is near."""
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), list(names), 1, 0.6)
    return f"; did you mean {names[near[0]]}?" if near else ""


def choice(word: str, known: Sequence[str], what: str) -> str:
    """`word` where it is one of `known`, in any letter case; a singular or plural slip is understood."""
    plain = word.lower()
    for candidate in (plain, plain.removesuffix("s"), f"{plain}s"):
        if candidate in known:
            return candidate
    raise UserError(f"{what} {word!r} is not known{did_you_mean(word, known)}\nKnown: {', '.join(known)}")


def day(word: str) -> date:
    """The day that `word` names in the form 2026-01-31."""
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise UserError(f"{word!r} is not a day; write it like 2026-01-31") from None


def spoken(line: str, phrases: Mapping[str, str]) -> list[str]:
    """The words of a typed line, with 'by', 'at', 'vs' put as the options that `phrases` says they are."""
    quoted = line.translate(_PLAIN).split('"')
    quoted[::2] = [_APOSTROPHE.sub(r"\\'", part) for part in quoted[::2]]
    try:
        words = shlex.split('"'.join(quoted))
    except ValueError:
        raise UserError("A quotation mark is open; close it or leave it out") from None
    return [*words[:1], *(phrases.get(word.lower(), word) for word in words[1:])]
