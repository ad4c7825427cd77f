"""An Outside whose streams are text in memory, for tests of commands."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import cli
from bot.outside import Outside

NOON = 1_790_000_000.0  # 2026-09-21, 13:33 in UTC


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Pasted(io.StringIO):
    """A stream whose one line is made at the moment when it is read."""

    def __init__(self, line: Callable[[], str]) -> None:
        super().__init__()
        self._line: Callable[[], str] | None = line

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed: bytes in every stream
        if self._line is None:
            return ""
        line, self._line = self._line(), None
        return line


@dataclass
class Desk:
    """A person at a command line: what the environment says, what is typed, and what was printed."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    typed: str = ""
    terminal: bool = False
    answers: Iterable[str] = ()
    browse: Callable[[str], bool] | None = None
    paste: Callable[[], str] | None = None
    browsed: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    began: float = NOON
    status: int = 0
    out: io.StringIO = field(default_factory=io.StringIO)
    err: io.StringIO = field(default_factory=io.StringIO)

    def outside(self) -> Outside:
        kind = Terminal if self.terminal else io.StringIO
        self.out, self.err = kind(), io.StringIO()
        lines, opened = iter(self.answers), time.monotonic()

        def ask(question: str) -> str:
            self.questions.append(question)
            try:
                return next(lines)
            except StopIteration:
                raise EOFError from None

        def browse(address: str) -> bool:
            self.browsed.append(address)
            return True

        return Outside(
            environ=self.environ,
            folder=self.folder,
            stdin=Pasted(self.paste) if self.paste else kind(self.typed),
            stdout=self.out,
            stderr=self.err,
            clock=lambda: self.began + time.monotonic() - opened,
            browse=self.browse or browse,
            ask=ask,
        )

    def run(self, *words: str) -> int:
        return cli.run(words, self.outside())

    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout; anything beside it fails."""
        found = json.loads(self.out.getvalue())
        assert isinstance(found, dict)
        return found
