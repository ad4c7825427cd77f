"""The demo from end to end: practice company over real HTTP, a real sync, true answers, and the README's words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.replies import DONE
from reports.pictures import ADD_PICTURES
from tests.bot.outsides import Desk
from tests.bot.practice import MORNING, exchange, readme_exchange, toured


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    desk = toured(tmp_path_factory.mktemp("tour"))
    return desk, desk.out.getvalue()


def test_the_tour_ends_well_and_shows_sync_margin_stock_and_controls(tour: tuple[Desk, str]) -> None:
    desk, said = tour
    assert desk.status == DONE, said
    assert re.findall(r"^\$ tieout (\S+)", said, re.M) == ["sync", "cogs", "stock", "reconcile", "report"]
    assert "Sync succeeded" in said
    for words in ("gross profit", "Main Warehouse", "receivables", "QuickBooks' own TrialBalance: tied"):
        assert words in said


def test_sales_of_the_practice_company_agree_on_both_sides(tour: tuple[Desk, str]) -> None:
    desk, _ = tour
    assert desk.run("cogs", "last-month", "--by", "product", "--json") == DONE
    document = desk.document()
    assert document["schema"] == "tieout/cogs/1"
    assert document["difference"] == {"sales": "0.00", "cogs": "0.00"}
    assert float(document["total"]["sales"]) > 0
    assert document["complete"] is True


def test_every_answer_with_json_is_one_document_of_its_schema(tour: tuple[Desk, str]) -> None:
    desk, _ = tour
    for name in ("status", "stock", "cogs", "reconcile"):
        assert desk.run(name, "--json") == DONE
        assert desk.document()["schema"] == f"tieout/{name}/1"


def test_the_exchange_in_the_readme_is_what_the_commands_answer(tour: tuple[Desk, str]) -> None:
    desk, _ = tour
    assert readme_exchange() == exchange(desk), "run: python -m tests.bot.practice"


def test_no_secret_of_the_practice_company_is_printed(tour: tuple[Desk, str]) -> None:
    desk, said = tour
    assert "practice-secret" not in said + desk.err.getvalue()


def test_the_report_of_the_tour_is_in_the_demos_folder(tour: tuple[Desk, str]) -> None:
    desk, _ = tour
    kinds = {path.suffix for path in (desk.folder / "tieout-demo" / "weekly").iterdir()}
    assert {".html", ".xlsx"} <= kinds


def test_the_prompt_answers_what_is_typed_and_leaves_other_files_alone(tmp_path: Path) -> None:
    slack = [
        "/sync",
        "/recon",
        "/sync status",
        "/sync alerts",
        "/sync schedule",
        "/stock shelf",
        "/cogs last-week workbook",
    ]
    lines = ["sync", "cogs last month by channel", "stok", *slack, "/stok", "", "quit"]
    none = {"BROWSER_PATH": str(tmp_path / "none")}  # as on a machine without a browser
    desk = Desk(tmp_path, none, terminal=True, answers=lines, began=MORNING)
    (tmp_path / "tieout-demo").mkdir()
    (tmp_path / "tieout-demo" / "practice.db").write_text("an old one", encoding="utf-8")
    (tmp_path / "tieout-demo" / "notes.txt").write_text("mine", encoding="utf-8")
    assert desk.run("demo") == DONE
    said = desk.out.getvalue()
    assert said.count("Sync succeeded") == 3, said
    assert "A sync was started" in said
    assert "Ask on (in Slack these are buttons):\n  Details " in said
    assert "figures of" in said
    assert "snapshot: " in said
    assert re.search(r"^Written: .*\.xlsx$", said, re.M)
    assert "did you mean /stock?" in said
    assert "failed on our side" not in said
    assert "did you mean stock?" in said
    assert ADD_PICTURES in said
    assert re.search(r"^channel +sales", said, re.M)
    assert (tmp_path / "tieout-demo" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["tieout-demo"]


def test_the_tour_with_json_is_one_document(tmp_path: Path) -> None:
    desk = Desk(tmp_path, began=MORNING)
    assert desk.run("demo", "--json") == DONE
    document = json.loads(desk.out.getvalue())
    assert [one["answer"]["schema"].split("/")[1] for one in document["answers"]] == [
        "sync",
        "cogs",
        "stock",
        "reconcile",
        "report",
    ]
