"""Everything outside the program that a command may touch, handed in so that a test can hand in its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Outside:
    """Environment, folder, streams, clock (seconds since 1970), and the browser of the person who asks.

    `browse` opens an address and says whether it could; `ask` shows a question and gives the line that was typed,
    or raises EOFError. `hide` is the same for a secret, which is not shown while it is typed; None where there is none.
    """

    environ: Mapping[str, str]
    folder: Path
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    clock: Callable[[], float]
    browse: Callable[[str], bool]
    ask: Callable[[str], str]
    hide: Callable[[str], str] | None = None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def at_terminal(self) -> bool:
        """True where a person reads and can type."""
        return self.stdin.isatty() and self.stdout.isatty()
