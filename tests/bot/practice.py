"""The demo as a newcomer sees it on a fixed day, and the exchange that the README shows of it.

`python -m tests.bot.practice` writes the exchange into the README anew.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bot.outsides import Desk

README = Path(__file__).parents[2] / "README.md"
MORNING = datetime(2026, 11, 22, 15, 0, tzinfo=UTC).timestamp()
SHOWN = ("cogs last-month", "reconcile last-month")
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


def readme_exchange() -> str:
    found = _BLOCK.search(README.read_text(encoding="utf-8"))
    assert found, "the README has no exchange"
    return found[2]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text = exchange(toured(Path(name)))
    README.write_text(
        _BLOCK.sub(lambda found: found[1] + text + found[3], README.read_text(encoding="utf-8")), encoding="utf-8"
    )
