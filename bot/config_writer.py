"""Puts a value into tieout.toml without touching anything else in it: comments and order stay."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from sync.errors import UserError


def with_values(text: str, section: str, values: Mapping[str, str]) -> str:
    """`text` with these keys of a section; a key that is there already is replaced, a section that is not is added."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if re.match(rf"\s*\[\s*{section}\s*\]", line)), None)
    if start is None:
        lines += [*([""] if lines else []), f"[{section}]"]
        start = len(lines) - 1
    for name, value in reversed(list(values.items())):
        said, end = f"{name} = {json.dumps(value, ensure_ascii=False)}", _end(lines, start)
        place = next((n for n in range(start + 1, end) if re.match(rf"\s*{name}\s*=", lines[n])), None)
        if place is None:
            lines.insert(start + 1, said)
        else:
            note = re.search(r"\s+#[^\"']*$", lines[place])
            lines[place] = said + (note[0] if note else "")
    return "\n".join(lines) + "\n"


def _end(lines: list[str], start: int) -> int:
    later = (n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("["))
    return next(later, len(lines))


def write(path: Path, section: str, values: Mapping[str, str]) -> None:
    """Writes the file anew, whole or not at all; UserError where it cannot be read or written."""
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = with_values(before, section, values)
        tomllib.loads(after)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as fresh:
            fresh.write(after)
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(name, path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = "; ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
        raise UserError(f"{path} cannot be written ({error}); write there by hand: [{section}] {said}") from None
