"""The demo as a newcomer sees it on a fixed day, and what the README shows of the program.

`python -m tests.bot.practice` writes the README's exchange and its table of commands anew.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bot.commands import COMMANDS
from bot.slash import SLASHES
from tests.bot.outsides import Desk

README = Path(__file__).parents[2] / "README.md"
MORNING = datetime(2026, 11, 22, 15, 0, tzinfo=UTC).timestamp()
SHOWN = ("cogs last-month", "reconcile last-month")
_TABLE = re.compile(r"(<!-- commands: [^>]*-->\n)((?:\|.*\n)*)")
_SLASHES = re.compile(r"(<!-- slack commands: [^>]*-->\n)((?:\|.*\n)*)")
_BLOCK = re.compile(r"(<!-- exchange: [^>]*-->\n```\n)(.*?)(```\n)", re.S)


def toured(folder: Path) -> Desk:
    """A desk whose demo has ended, as `tieout demo --once` leaves it."""
    desk = Desk(folder, began=MORNING)
    desk.status = desk.run("demo", "--once")
    desk.environ = {"DATABASE_URL": f"sqlite:///{folder}/tieout-demo/practice.db"}
    return desk


def exchange(desk: Desk) -> str:
    """The commands of SHOWN with what they answer; the age of the data, which differs each time, is left out."""
    parts = []
    for line in SHOWN:
        desk.run(*line.split())
        said = [text for text in desk.out.getvalue().rstrip().splitlines() if " as of " not in text]
        parts.append("\n".join([f"$ tieout {line}", *said]).rstrip() + "\n")
    return "\n".join(parts)


def commands_table() -> str:
    """The README's table of commands, made from COMMANDS."""
    cells = [(f"{command.name} {command.usage}".strip().replace("|", r"\|"), command.help) for command in COMMANDS]
    rows = "\n".join(f"| `{usage}` | {text} |" for usage, text in cells)
    return f"| command | does |\n|---|---|\n{rows}\n"


def slash_table() -> str:
    """The README's table of Slack's commands, made from SLASHES."""
    cells = [
        (slash.usage(form).replace("|", r"\|"), form.help, f"{form.role}s") for slash in SLASHES for form in slash.forms
    ]
    rows = "\n".join(f"| `{usage}` | {text} | {who} |" for usage, text, who in cells)
    return f"| command | does | for |\n|---|---|---|\n{rows}\n"


def readme_exchange() -> str:
    found = _BLOCK.search(README.read_text(encoding="utf-8"))
    assert found, "the README has no exchange"
    return found[2]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text = exchange(toured(Path(name)))
    written = _BLOCK.sub(lambda found: found[1] + text + found[3], README.read_text(encoding="utf-8"))
    written = _TABLE.sub(lambda found: found[1] + commands_table(), written)
    written = _SLASHES.sub(lambda found: found[1] + slash_table(), written)
    README.write_text(written, encoding="utf-8")
