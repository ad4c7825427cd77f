"""The workbook opened with LibreOffice, which did not write it: it converts, and computes the checks anew."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from reports import workbook
from reports.workbook_parts import Block, Check, Column, Page
from sync.domain.money import Money
from tests.reports.months import month_end
from tests.reports.sheets import written

# A check that does not hold: whoever only repeats what the file says of it would show 0.00.
WRONG = Block([Column("Check")], [[Check("=1+1", Money(0, "USD"))]])

# Always computes the formulas of a workbook when it is opened (LibreOffice docs: Recalculation on File Load).
_COMPUTE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the month-end workbook, which has every sheet, as PDF and each sheet as CSV."""
    program = shutil.which("soffice") or ""
    if not program:
        said = "needs LibreOffice: apt-get install libreoffice-calc"
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    folder = tmp_path_factory.mktemp("opened")
    with (folder / "book.xlsx").open("wb") as out:
        workbook.write_month_end(month_end(folder), out)
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(_COMPUTE, encoding="utf-8")
    # All sheets, comma and quotes, UTF-8, values as they are shown (LibreOffice docs: CSV filter parameters).
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    own = f"-env:UserInstallation=file://{folder}/profile"
    (folder / "wrong.xlsx").write_bytes(written([Page("One", "Title", [], [WRONG])]))
    for form, names in (("pdf", ["book.xlsx"]), (sheets, ["book.xlsx", "wrong.xlsx"])):
        files = [str(folder / name) for name in names]
        done = subprocess.run(  # noqa: S603  our own files
            [program, own, "--headless", "--convert-to", form, "--outdir", str(folder), *files],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        warnings = [line for line in done.stderr.splitlines() if line.strip() and "javaldx" not in line]  # no Java here
        assert (done.returncode, warnings) == (0, [])
    return folder


def test_it_becomes_a_pdf_without_a_warning(opened: Path) -> None:
    assert (opened / "book.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(opened.glob("book-*.csv"))) > 25


def test_every_check_comes_to_nothing_when_it_is_computed_anew(opened: Path) -> None:
    checks = []
    for path in opened.glob("book-*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert not any("#" in cell and cell.endswith(("!", "?", "/0!")) for row in rows for cell in row), path.name
        for head, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell == "Check (must be 0)" and place:
                    below = [line[place] for line in rows[head + 1 :] if len(line) > place and line[place].strip()]
                    checks += below[: next((n for n, each in enumerate(below) if not _number(each)), len(below))]
            if row and row[0] == "Check (must be 0)":
                checks += row[1:4]
    assert len(checks) > 25
    assert {Decimal(check.replace(",", "")) for check in checks} == {Decimal("0.00")}


def test_a_check_that_does_not_hold_is_seen(opened: Path) -> None:
    assert (opened / "wrong-One.csv").read_text(encoding="utf-8").splitlines()[-1] == "2"


def test_totals_above_the_heads_are_those_of_the_rows_below(opened: Path) -> None:
    with (opened / "book-Open payables.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    at = next(n for n, row in enumerate(rows) if row[0] == "Total")
    place = rows[at + 1].index("QuickBooks in USD")
    amounts = [Decimal(row[place].replace(",", "")) for row in rows[at + 2 :] if row[place].strip()]
    assert Decimal(rows[at][place].replace(",", "")) == sum(amounts) == 40


def _number(cell: str) -> bool:
    return cell.replace(",", "").replace("-", "").replace(".", "").isdigit()
