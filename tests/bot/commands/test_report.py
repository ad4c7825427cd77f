"""`tieout report` on a practice company over HTTP: its files, and the same numbers in all of them."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.commands import report
from bot.replies import DONE, FAILED, WRONG_USAGE
from reports.chart_texts import slug
from reports.pictures import ADD_PICTURES
from sync.errors import UserError
from sync.sandbox.breaks.table import inject
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from tests.bot.outsides import Desk
from tests.reports.sheets import opened, under

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 17, 0, tzinfo=UTC).timestamp()
PERIOD = "2026-02-01..2026-03-19"
NO_BROWSER = {"BROWSER_PATH": "/nowhere/chromium"}


@dataclass
class Told:
    """One run of the command without a browser, and the two answers that its figures must equal."""

    desk: Desk
    document: dict[str, Any]
    reconcile: dict[str, Any]
    cogs: dict[str, Any]

    def content(self, kind: str) -> bytes:
        return Path(next(each["path"] for each in self.document["files"] if each["kind"] == kind)).read_bytes()


def asked(desk: Desk, line: str, status: int) -> dict[str, Any]:
    assert desk.run(*line.split(), "--json") == status, desk.err.getvalue()
    return desk.document()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    world, random, taken = build(11, today=TODAY, months=2), Random(1), set[str]()
    for cause in ("missing_in_qbo", "manual_journal", "amount_differs"):
        inject(world, cause, random, taken=taken)
    folder = tmp_path_factory.mktemp("report")
    key = base64.urlsafe_b64encode(bytes(32)).decode()
    own = {"DATABASE_URL": f"sqlite:///{folder}/cache.db", "TIEOUT_SECRET_KEY": key}
    with serve(world, limits=False) as served:
        desk = Desk(folder, dict(served.environ) | own | NO_BROWSER, began=NOON)
        asked(desk, "sync", DONE)
    document = asked(desk, f"report weekly {PERIOD} --output out", FAILED)
    return Told(desk, document, asked(desk, f"reconcile {PERIOD}", DONE), asked(desk, f"cogs {PERIOD}", DONE))


def money(shown: str) -> str:
    """ "+$1,204.50" as the contract writes it."""
    return shown.replace("$", "").replace(",", "").removeprefix("+")


def test_the_document_is_the_contract_s(told: Told) -> None:
    document = told.document
    assert set(document) == {"schema", "period", "files", "failed", "as_of", "complete", "incomplete"}
    assert document["schema"] == "tieout/report/1"
    assert document["period"] == told.reconcile["period"]
    assert document["as_of"] == told.reconcile["as_of"]
    assert document["complete"] == told.reconcile["complete"]
    for each in document["files"]:
        assert set(each) == {"kind", "name", "path"}
        assert Path(each["path"]).name == each["name"]
        assert Path(each["path"]).is_absolute()
        assert Path(each["path"]).stat().st_size > 0


def test_without_a_browser_page_and_workbook_are_there_and_one_line_says_how_pictures_are_added(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    assert [each["kind"] for each in told.document["files"]] == ["html", "xlsx"]
    failed = told.document["failed"]
    assert len(failed) >= 5
    assert all(each["name"].endswith(".png") for each in failed)
    assert {each["reason"] for each in failed} == {
        f"there is no browser at BROWSER_PATH=/nowhere/chromium; correct it, or run: {ADD_PICTURES}"
    }
    with caplog.at_level("INFO"):
        told.desk.run("report", "cogs", *PERIOD.split(), "--output", "out")
    said = told.desk.out.getvalue()
    assert len([line for line in said.splitlines() if ADD_PICTURES in line]) == 1
    assert re.search(r"^COGS (ties: |differs by )\$", said, re.M)
    assert [told for told in caplog.messages if told.startswith("making ")] == [
        "making the tie-out",
        "making picture 1 of 2: trade",
        "making the page",
        "making the workbook",
    ]


def test_the_page_says_what_reconcile_says_of_every_control(told: Told) -> None:
    page = told.content("html").decode()
    assert any(control["difference"] != "0.00" for control in told.reconcile["controls"])
    for control in told.reconcile["controls"]:
        part = page.split(f'id="control-{slug(control["control"])}"', 1)[1].split("</summary>", 1)[0]
        shown = [money(text) for text in re.findall(r"</small>([^<]*)</span>", part)]
        closing = control["closing"]["difference"] if control["closing"] else "–"
        assert shown == [control["cin7"], control["qbo"], control["difference"], closing], control["control"]


def test_the_page_has_every_finding_with_its_amount_and_documents(told: Told) -> None:
    page = told.content("html").decode()
    for found in told.reconcile["findings"]:
        part = page.split(f'id="finding-{found["id"]}"', 1)[1].split("</details>", 1)[0]
        assert money(re.findall(r"<span>([^<]*)</span></span></summary>", part)[0]) == found["amount"]
        amounts = [money(text) for text in re.findall(r'<td class="number">([^<]*)</td>', part)]
        assert amounts == [document["amount"] for document in (*found["cin7"], *found["qbo"])]


def test_the_figures_of_the_page_stand_where_the_answers_say(told: Told) -> None:
    page = told.content("html").decode()
    text = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.S)
    assert text
    figures = json.loads(text[1])
    for control in told.reconcile["controls"]:
        bars = figures.get(f"bridge-{slug(control['control'])}", {"data": []})["data"]
        if bars:
            figure = control["closing"] or control
            ends = [round(Decimal(str(bars[n]["base"][0])) + Decimal(str(bars[n]["x"][0])), 2) for n in (0, -1)]
            assert [f"{end:.2f}" for end in ends] == [figure["cin7"], figure["qbo"]]
    sides = {trace["name"]: trace["y"] for trace in figures["inventory"]["data"]}
    inventory = next(c for c in told.reconcile["controls"] if c["control"] == "inventory")["closing"]
    assert [f"{sides[name][-1]:.2f}" for name in ("Cin7 ledger", "QuickBooks ledger", "Gap")] == [
        inventory["cin7"],
        inventory["qbo"],
        inventory["difference"],
    ]


def test_the_tables_of_the_weeks_are_what_cogs_says_of_each_week(told: Told) -> None:
    page = told.content("html").decode()
    table = page.split('id="chart-trade"', 1)[1].split("<table>", 1)[1].split("</table>", 1)[0]
    rows = [re.findall(r"<td>([^<]*)</td>", row) for row in table.split("<tr>")[2:]]
    assert len(rows) == 13
    for row, start in ((rows[-2], "2026-03-09"), (rows[-5], "2026-02-16")):
        end = date.fromisoformat(start).toordinal() + 6
        found = asked(told.desk, f"cogs {start}..{date.fromordinal(end)}", DONE)
        total, qbo = found["total"], found["qbo"]
        expected = [total["sales"], total["cogs"], total["margin_pct"], qbo["sales"], qbo["cogs"], qbo["margin_pct"]]
        shown = [money(cell).removesuffix("%") for cell in row[1:]]
        assert [cell if cell != "–" else None for cell in shown] == expected


def test_the_workbook_says_what_reconcile_and_cogs_say(told: Told) -> None:
    book = opened(told.content("xlsx"))
    for row, control in zip(under(book["Summary"], "Control"), told.reconcile["controls"], strict=True):
        for column, field in (("Cin7", "cin7"), ("QuickBooks", "qbo"), ("Difference", "difference")):
            assert f"{Decimal(str(row[column])):.2f}" == control[field]
    systems = {row["System"]: row for row in under(book["Summary"], "System")}
    assert f"{Decimal(str(systems['Cin7']['COGS'])):.2f}" == told.cogs["total"]["cogs"]
    assert f"{Decimal(str(systems['QuickBooks']['Sales'])):.2f}" == told.cogs["qbo"]["sales"]


def test_the_message_says_the_gap_that_reconcile_gives(told: Told) -> None:
    told.desk.run("report", "weekly", *PERIOD.split(), "--output", "out")
    said = told.desk.out.getvalue()
    differing = [
        control
        for control in told.reconcile["controls"]
        if control["difference"] != "0.00" or (control["closing"] or {}).get("difference", "0.00") != "0.00"
    ]
    assert f"{len(differing)} of {len(told.reconcile['controls'])} controls differ" in said
    first = re.search(r"Cin7 less QuickBooks is (\S+) ", said)
    assert first
    gaps = {(each["closing"] or each)["difference"] for each in differing}
    assert money(first[1]) in gaps
    assert told.cogs["total"]["margin_pct"] + "%" in said


def test_a_report_made_again_replaces_its_files_and_leaves_nothing_else(told: Told) -> None:
    folder = Path(told.document["files"][0]["path"]).parent
    before = sorted(path.name for path in folder.iterdir())
    again = asked(told.desk, f"report weekly {PERIOD} --output out", FAILED)
    assert again["files"] == told.document["files"]
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_it_finds_is_remembered_with_the_moment_of_the_report(told: Told) -> None:
    kept = asked(told.desk, "findings --open", DONE)["findings"]
    assert {found["id"] for found in told.reconcile["findings"]} <= {found["id"] for found in kept}


@pytest.mark.browser
def test_with_a_browser_every_chart_is_a_picture(told: Told, browser: str) -> None:
    desk = Desk(told.desk.folder, dict(told.desk.environ) | {"BROWSER_PATH": browser}, began=NOON)
    document = asked(desk, f"report weekly {PERIOD} --output pictures", DONE)
    assert document["failed"] == []
    pictures = [each for each in document["files"] if each["kind"] == "png"]
    assert [each["name"] for each in pictures] == [each["name"] for each in told.document["failed"]]
    for each in pictures:
        assert Path(each["path"]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["report"], "Say which: tieout report weekly|month-end|cogs|stock"),
        (["report", "weekly"], "Say where to: tieout report weekly --output DIR"),
        (["report", "wekly", "--output", "x"], "did you mean weekly?"),
        (["report", "weekly", "never", "--output", "x"], "no period that Tieout knows"),
    ],
)
def test_words_that_make_no_sense_are_answered_with_what_does(told: Told, words: list[str], fault: str) -> None:
    assert told.desk.run(*words) == WRONG_USAGE
    assert fault in told.desk.err.getvalue()


def test_a_folder_that_cannot_be_made_is_a_clear_fault(told: Told) -> None:
    (told.desk.folder / "taken").write_text("a file")
    assert told.desk.run("report", "weekly", PERIOD, "--output", "taken") == WRONG_USAGE
    assert "taken cannot be used (File exists); name a folder you may write" in told.desk.err.getvalue()


def test_a_disk_that_is_full_leaves_the_earlier_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reports.handouts import Handout

    path = report._written(tmp_path, Handout("html", "page.html", "", b"first"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(UserError, match="No space left on device"):
        report._written(tmp_path, Handout("html", "page.html", "", b"second"))
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_periods_that_are_not_named_are_the_last_week_s_or_month_s() -> None:
    def parsed(*words: str) -> report.Request:
        from bot.words import Parser

        parser = Parser(add_help=False)
        report.arguments(parser)
        return report.parse(parser.read(list(words)))

    assert parsed("weekly", "--output", "d") == report.Request("weekly", "last-week", "d")
    assert parsed("month-end", "--output", "d").period == "last-month"
    assert parsed("cogs", "last", "quarter", "--output", "d").period == "last quarter"
