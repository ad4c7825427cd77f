"""The commented example of tieout.toml: whole, valid with and without what it comments out, and the one in docs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bot.replies import DONE
from sync.settings import read
from sync.settings.example import example
from sync.settings.keys import KEYS, SCHEDULE_KEYS
from tests.bot.outsides import Desk

DOCS = Path(__file__).parents[2] / "docs" / "tieout.example.toml"


def uncommented() -> str:
    return re.sub(r"^# (\w+ = |\"\w+\" = |\[\[)", r"\1", example(), flags=re.M)


def test_the_example_says_the_defaults_and_nothing_else(tmp_path: Path) -> None:
    plain = read({}, tmp_path)
    (tmp_path / "tieout.toml").write_text(example())
    shown = {(one.name, one.value) for one in read({}, tmp_path).shown}
    assert shown - {("accounts", "")} == {(one.name, one.value) for one in plain.shown}


def test_every_key_stands_in_the_example_and_is_valid_once_it_is_uncommented(tmp_path: Path) -> None:
    document = tomllib.loads(uncommented())
    assert {f"{key.section}.{key.name}" for key in KEYS} == {
        f"{section}.{name}" for section, table in document.items() if isinstance(table, dict) for name in table
        if section not in ("accounts", "controls")
    }  # fmt: skip
    assert list(document["schedule"][0]) == [key.name for key in SCHEDULE_KEYS]
    (tmp_path / "tieout.toml").write_text(uncommented())
    settings = read({}, tmp_path)
    assert (settings.accounts, settings.controls) == ({"500": "80"}, {"clearing": ("660",)})


def test_the_example_in_docs_is_this_one() -> None:
    assert DOCS.read_text(encoding="utf-8") == example(), "run: tieout config --example > docs/tieout.example.toml"


def test_config_prints_the_example_and_says_how_often_is_synced(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("config", "--example") == DONE
    assert desk.out.getvalue() == example()
    (tmp_path / "tieout.toml").write_text('[sync]\nevery = "90m"\nentities = ["sales", "invoices"]\n')
    assert desk.run("config") == DONE
    assert "A sync starts every 90 minutes, and reads sales, invoices." in desk.out.getvalue()
    assert desk.run("config", "--json") == DONE
    assert desk.document()["sync"].startswith("A sync starts every 90 minutes")


def test_every_fault_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    wrong = '[sync]\nevery = "often"\nevry = "1h"\n[slack]\nalerts = "#alerts"\n[limits]\ncin7_per_minute = 900\n'
    (tmp_path / "tieout.toml").write_text(wrong)
    desk = Desk(tmp_path)
    assert desk.run("config") == 2
    told = desk.err.getvalue()
    for name in ("sync.every", "sync.evry", "slack.alerts", "limits.cin7_per_minute"):
        assert name in told
