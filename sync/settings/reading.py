"""What has been read so far: checked values, how each is shown, and every fault."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sync.settings.shape import Shown
from sync.settings.values import Check


@dataclass(slots=True)
class Reading:
    """Checked values by name ("CIN7_BASE_URL", "sync.lease"), filled by one `read`."""

    found: dict[str, Any] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, name: str, raw: object, check: Check, source: str, *, secret: bool = False) -> None:
        """Checks `raw` and keeps it under `name`; a fault becomes one line that never repeats a secret."""
        try:
            self.found[name] = check(raw)
        except ValueError as fault:
            self.fault(name, f"{fault}", source)
        self.shown.append(Shown(name, "***" if secret else _shown(raw), source))

    def leave(self, name: str) -> None:
        """`name` is not set and has no default."""
        self.shown.append(Shown(name, "", "not set"))

    def fault(self, name: str, what: str, source: str = "environment") -> None:
        where = "" if source == "environment" else f" (in {source})"
        self.faults.append(f"{name}{where}: {what}")


def _shown(raw: object) -> str:
    if isinstance(raw, list | tuple):
        return ", ".join(str(item) for item in raw)
    if isinstance(raw, dict):
        return ", ".join(f"{name} = {value}" for name, value in raw.items())
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", str(raw))
