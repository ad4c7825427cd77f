"""Reads the environment, the .env file and tieout.toml into Settings, and lists every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from sync.errors import SettingsError
from sync.settings.build import build
from sync.settings.config_file import read_config
from sync.settings.keys import NEEDS, VARIABLES
from sync.settings.reading import Reading
from sync.settings.shape import Settings
from sync.settings.values import MAKE_A_KEY


def read(environ: Mapping[str, str], folder: Path, *, needs: Iterable[str] = ()) -> Settings:
    """The settings of `environ`, of the .env beside the config file, and of the config file itself.

    A variable that is set and not blank wins over .env. A relative TIEOUT_CONFIG starts at `folder`.
    `needs` names what the caller cannot do without ("cin7", "qbo", "connect"). Raises SettingsError
    with one line for each fault, malformed and missing together.
    """
    reading = Reading()
    named = environ.get("TIEOUT_CONFIG", "").strip()
    config = folder / (named or "tieout.toml")
    env_file = config.parent / ".env"
    dotted = _dotenv(env_file, reading)
    if not named and (named := dotted.get("TIEOUT_CONFIG", "").strip()):
        config = env_file.parent / named
    _read_variables(environ, dotted, reading)
    read_config(config, reading, must_exist=bool(named))
    reading.faults += missing(reading.found, needs, reading.faults)
    if reading.faults:
        raise SettingsError(reading.faults)
    return build(reading, config, env_file)


def require(settings: Settings, *needs: str) -> None:
    """Raises SettingsError that lists every variable which `needs` names and `settings` does not hold."""
    held = {shown.name: shown.value for shown in settings.shown}
    lines = missing(held, needs)
    if lines:
        raise SettingsError(lines)


def lacking(settings: Settings, *needs: str) -> list[str]:
    """The names of the variables that `needs` names and `settings` does not hold."""
    held = {shown.name: shown.value for shown in settings.shown}
    return [line.split(":")[0] for line in missing(held, needs)]


def missing(found: Mapping[str, object], needs: Iterable[str], faults: Iterable[str] = ()) -> list[str]:
    """One line for each variable that `needs` names, `found` does not hold, and no fault names already."""
    groups = {group for need in needs for group in NEEDS[need]}
    if found.get("SLACK_APP_TOKEN"):
        groups.discard("signing")  # Socket Mode signs nothing
    named = {fault.split(":")[0].split(" ")[0] for fault in faults}
    return [
        f"{variable.name}: is not set; {_FIXES.get(variable.group) or 'copy it from ' + variable.meaning}"
        for variable in VARIABLES
        if variable.group in groups and not found.get(variable.name) and variable.name not in named
    ]


_FIXES = {
    "key": f"make one with: {MAKE_A_KEY}",
    "realm": "`tieout connect` finds it",
    "slack": "copy the Bot User OAuth Token of the app from api.slack.com/apps > OAuth & Permissions",
    "signing": "copy it from api.slack.com/apps > Basic Information, or set SLACK_APP_TOKEN for Socket Mode",
}


def _dotenv(path: Path, reading: Reading) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8") as lines:
            return {name: value or "" for name, value in dotenv_values(stream=lines, interpolate=False).items()}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reading.fault(str(path), f"cannot be read ({type(error).__name__}); make it a UTF-8 text file you may read")
        return {}


def _read_variables(environ: Mapping[str, str], dotted: Mapping[str, str], reading: Reading) -> None:
    for variable in VARIABLES:
        name = variable.name
        if raw := environ.get(name, "").strip():
            reading.take(name, raw, variable.check, "environment", secret=variable.secret)
        elif raw := dotted.get(name, "").strip():
            reading.take(name, raw, variable.check, ".env", secret=variable.secret)
        elif variable.default:
            reading.take(name, variable.default, variable.check, "default", secret=variable.secret)
        else:
            reading.leave(name)
