"""Reads tieout.toml: its sections, its account map, its controls and its schedules; unknown keys are faults."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sync.settings.keys import CONTROLS, KEYS, SCHEDULE_KEYS
from sync.settings.reading import Reading
from sync.settings.values import account_map, several, text

Document = dict[str, Any]
_TABLES = ("accounts", "controls", "schedule")


def read_config(path: Path, reading: Reading, *, must_exist: bool) -> None:
    """Takes every key of the file into `reading`; a file that is not there means all defaults."""
    document = _load(path, reading, must_exist=must_exist)
    sections = list(dict.fromkeys(key.section for key in KEYS))
    _no_strangers("", document, [*sections, *_TABLES], path.name, reading)
    for section in sections:
        _read_section(section, _table(section, document, path.name, reading), path.name, reading)
    if "accounts" in document:
        reading.take("accounts", _table("accounts", document, path.name, reading), account_map, path.name)
    _read_controls(_table("controls", document, path.name, reading), path.name, reading)
    _read_schedules(document.get("schedule", []), path.name, reading)


def _load(path: Path, reading: Reading, *, must_exist: bool) -> Document:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            reading.fault("TIEOUT_CONFIG", f"there is no file {path}; create it or leave the variable out")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reading.fault(path.name, f"is not valid TOML: {error}")
    except OSError as error:
        reading.fault(str(path), f"cannot be read: {os.strerror(error.errno or 0)}")
    return {}


def _table(name: str, document: Document, file: str, reading: Reading) -> Document:
    table = document.get(name, {})
    if isinstance(table, dict):
        return table
    reading.fault(name, f"must be a section, written [{name}]", file)
    return {}


def _no_strangers(place: str, table: Iterable[str], known: list[str], file: str, reading: Reading) -> None:
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            reading.fault(f"{place}{name}", f"no such setting; {hint}", file)


def _read_section(section: str, table: Document, file: str, reading: Reading) -> None:
    keys = [key for key in KEYS if key.section == section]
    _no_strangers(f"{section}.", table, [key.name for key in keys], file, reading)
    for key in keys:
        name = f"{section}.{key.name}"
        if key.name in table:
            reading.take(name, table[key.name], key.check, file)
        elif key.default is None:
            reading.leave(name)
        else:
            reading.take(name, key.default, key.check, "default")


def _read_controls(table: Document, file: str, reading: Reading) -> None:
    _no_strangers("controls.", table, list(CONTROLS), file, reading)
    claimed: dict[str, str] = {}
    for control in (name for name in table if name in CONTROLS):
        reading.take(f"controls.{control}", table[control], several(text), file)
        for code in reading.found.get(f"controls.{control}", ()):
            other = claimed.setdefault(code, control)
            if other != control:
                reading.fault(f"controls.{control}", f'account "{code}" is claimed by {other} too; keep one', file)


def _read_schedules(tables: object, file: str, reading: Reading) -> None:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        reading.fault("schedule", "must be tables, each written [[schedule]]", file)
        return
    names = [table.get("name") for table in tables]
    for place, table in enumerate(tables):
        label = f"schedule {table.get('name') or place + 1}"
        if names.index(table.get("name")) != place:
            reading.fault(label, "two schedules have this name; give each its own", file)
        _no_strangers(f"{label}: ", table, [key.name for key in SCHEDULE_KEYS], file, reading)
        for key in SCHEDULE_KEYS:
            if key.name in table:
                reading.take(f"{label}: {key.name}", table[key.name], key.check, file)
            else:
                reading.fault(f"{label}: {key.name}", f"is missing; it says {key.meaning}", file)
    reading.found["schedules"] = [f"schedule {name}" for name in names]
