"""Logs on stderr: JSON lines for machines, short lines for people."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

# Their INFO lines carry URLs, and nothing that ours do not say.
_LOUD = ("httpx", "httpcore", "alembic", "apscheduler", "kaleido", "choreographer", "browser_proc")


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, what `extra={"facts": {...}}` gave, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up(stream: TextIO, wanted: str = "") -> None:
    """Sends every log to `stream`: as JSON lines when it is no terminal or `wanted` is "json", else for people.

    People see warnings only: the reply says what matters of the rest.
    """
    handler = logging.StreamHandler(stream)
    as_json = wanted == "json" or (wanted != "text" and not stream.isatty())
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO if as_json else logging.WARNING)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
