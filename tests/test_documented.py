"""What the README says is so: every command, setting and key stands in it, with the default that is in force."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.cli import overview
from bot.commands import COMMANDS
from sync.settings import read
from sync.settings.keys import KEYS, SCHEDULE_KEYS, VARIABLES
from tests.bot.practice import commands_table, slash_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_commands_is_the_one_that_the_program_has() -> None:
    assert commands_table() in README, "run: python -m tests.bot.practice"


def test_the_table_of_slacks_commands_is_the_one_that_the_program_has() -> None:
    assert slash_table() in README, "run: python -m tests.bot.practice"


def test_each_command_is_in_the_help() -> None:
    assert [line.split()[0] for line in overview().splitlines() if line.startswith("  ")] == [c.name for c in COMMANDS]


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: str(variable.name))
def test_each_variable_is_in_the_readme_with_its_default(variable: object) -> None:
    name, default = variable.name, variable.default  # type: ignore[attr-defined]  # parametrize hands objects over
    (row,) = [line for line in README.splitlines() if line.startswith("| ") and f"`{name}`" in line.split("|")[1]]
    assert f"`{default}`" in row if default else "| none |" in row


def test_the_config_in_the_readme_is_whole_legal_and_says_the_defaults(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    (tmp_path / "tieout.toml").write_text(block, encoding="utf-8")
    read({}, tmp_path)
    document = tomllib.loads(block)
    for key in KEYS:
        shown = document[key.section][key.name]
        assert key.default is None or shown == key.default, f"{key.section}.{key.name}"
    assert {key.name for key in SCHEDULE_KEYS} == set(document["schedule"][0])
    assert document["accounts"]
    assert document["controls"]


@pytest.mark.parametrize(
    "command",
    [
        "python3 -m pip install uv && python3 -m uv run tieout demo",
        "python3 -m uv run pytest",
        "pipx run uv run tieout demo",
    ],
)
def test_the_set_up_commands_stand_in_the_readme_as_they_are_typed(command: str) -> None:
    assert command in README


def test_the_checks_run_the_commands_of_the_readme() -> None:
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 -m uv run pytest" in checks
    assert "python3 -m uv run tieout demo --once" in checks


def test_every_path_that_the_readme_names_is_there() -> None:
    rooms = re.findall(r"`((?:bot|reports|sync|tests|docs)/[\w/.]*)`", README)
    links = re.findall(r"\]\((?!http)([\w/.]+)\)", README)
    assert [path for path in [*rooms, *links] if not (ROOT / path).exists()] == []


def test_every_decision_has_its_own_number_in_order() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    for name in pages:
        title = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {int(name[:4])}. ")
