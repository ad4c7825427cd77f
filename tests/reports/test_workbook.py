"""The weekly workbook, read back: every figure is what `tieout reconcile` and `tieout cogs` say."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session

from reports import answers, workbook
from reports.books import Config, money_of
from reports.cogs import to_json as margin_json
from reports.pack import Pack
from reports.reconcile.tie_out import spoken, to_json
from sync.store.db import migrate, open_database
from sync.store.run_tables import Figure
from sync.store.tables import StockDay, StockRow
from tests.reports.ledgers import JANUARY, READ, TODAY, cache
from tests.reports.sheets import opened, rows, under

LEDGER = """
2026-01-01 Journal j0 JR-1 630 970 500.00
2026-01-05 Sale s1 INV-1 610 200 100.00
2026-01-06 Sale s1 INV-1 310 630 60.00
2026-01-20 Sale s2 INV-2 610 200 30.00
2026-01-21 Sale s4 INV-4 610 200 12.34
2026-01-22 Purchase p1 =B-1 630 800 80.00
2026-02-02 Sale s3 INV-3 310 630 5.00
qbo 2026-01-01 JournalEntry 1 JR-1 85:500.00 90:-500.00
qbo 2026-01-05 Invoice 2 INV-1 84:100.00 79:-100.00
qbo 2026-01-07 JournalEntry 3 INV-1 82:60.00 85:-60.00
qbo 2026-01-22 Bill 6 =B-1 85:80.00 86:-80.00
qbo 2026-01-25 JournalEntry 7 ADJ 82:7.00 85:-7.00
qbo 2026-02-03 Invoice 4 INV-2 84:30.00 79:-30.00
qbo 2026-02-03 JournalEntry 5 INV-3 82:5.00 85:-5.00
"""


def stocked(position: int, sku: str, location: str, value: str) -> StockRow:
    zero = Decimal(0)
    return StockRow(company=1, position=position, product=sku, sku=sku, name=f"={sku}", location=location, bin="",
                    batch="", on_hand=Decimal("2.5"), allocated=zero, available=zero, on_order=zero, in_transit=zero,
                    value=Decimal(value))  # fmt: skip


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('books')}/books.db")
    migrate(engine)
    snapshot = StockDay(company=1, day=JANUARY.end, sku="A", location="Main", on_hand=Decimal(2),
                        value=Decimal("520.005"), taken_at=READ)  # fmt: skip
    stock = [stocked(1, "A", "Main", "10.005"), stocked(2, "B", "East", "10.005")]
    made = cache(engine, LEDGER, snapshot, *stock, Figure(company=1, source="cin7", entity="availability", as_of=READ))
    with Session(made.engine) as session:
        yield answers.weekly(session, 1, JANUARY, Config(), today=TODAY, now=READ)
    engine.dispose()


@pytest.fixture(scope="module")
def book(pack: Pack) -> Any:
    return opened(content(pack))


def content(pack: Pack) -> bytes:
    out = io.BytesIO()
    workbook.write(pack, out)
    return out.getvalue()


def told(cell: object) -> str | None:
    """A number of a cell as the contract writes money in USD."""
    return None if cell is None else f"{Decimal(str(cell)):.2f}"


def test_the_summary_has_every_figure_of_the_tie_out_and_its_checks_are_zero(pack: Pack, book: Any) -> None:
    movement = under(book["Summary"], "Control")
    document: Any = to_json(pack.tied)
    assert len(movement) == len(document["controls"]) > 8
    for row, control in zip(movement, document["controls"], strict=True):
        assert row["Control"] == spoken(control["control"], pack.books)
        shown = {name.lower(): told(row[name]) for name in ("Cin7", "Difference", "Explained", "Unexplained")}
        assert shown == {name: control[name] for name in shown}
        assert told(row["QuickBooks"]) == control["qbo"]
        assert row["Matched documents"] == control["matched_documents"]
        assert told(row["Check (must be 0)"]) == "0.00"


def test_the_summary_has_the_margin_as_cogs_gives_it(pack: Pack, book: Any) -> None:
    document: Any = margin_json(pack.margin)
    shown = {row["System"]: row for row in under(book["Summary"], "System")}
    for name, figures in (("Cin7", document["total"]), ("QuickBooks", document["qbo"])):
        row = shown[name]
        assert [told(row[n]) for n in ("Sales", "COGS", "Gross profit")] == [
            figures["sales"],
            figures["cogs"],
            figures["gross_profit"],
        ]
        assert str(row["Margin"]) == figures["margin_pct"]
    assert told(shown["Difference"]["COGS"]) == document["difference"]["cogs"]


def test_each_control_has_a_sheet_with_all_its_findings_which_sum_to_its_difference(pack: Pack, book: Any) -> None:
    document: Any = to_json(pack.tied)
    assert any(control["difference"] != "0.00" for control in document["controls"])
    for control in document["controls"]:
        sheet = book[spoken(control["control"], pack.books)[:31]]
        findings = under(sheet, "Cause")
        own = [found for found in document["findings"] if found["control"] == control["control"]]
        left = [found for found in document["ambiguous"] if found["control"] == control["control"]]
        assert [row["Finding"] for row in findings] == [*(found["id"] for found in own), *(None for _ in left)]
        assert [told(row["Amount"]) for row in findings] == [found["amount"] for found in (*own, *left)]
        assert sum((Decimal(str(row["Amount"])) for row in findings), Decimal(0)) == Decimal(control["difference"])
        bridge = under(sheet, "Bridge")
        assert told(bridge[0]["Amount"]) == control["cin7"]
        assert told(bridge[-1]["Amount"]) == control["qbo"]
        assert sum(Decimal(str(row["Amount"])) for row in bridge[:-1]) == Decimal(control["qbo"])


def test_documents_of_findings_and_matched_documents_link_to_both_systems(pack: Pack, book: Any) -> None:
    links = [cell.hyperlink for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    addresses = {link.target + (f"#{link.location}" if link.location else "") for link in links}
    assert {"https://app.qbo.intuit.com/app/bill?txnId=6", "https://inventory.dearsystems.com/Sale#s1"} <= addresses
    assert {address.split("/")[2] for address in addresses} == {"app.qbo.intuit.com", "inventory.dearsystems.com"}


def test_matched_documents_are_as_many_for_each_control_as_the_summary_counts(pack: Pack, book: Any) -> None:
    listed = under(book["Matched"], "Set")
    for control in pack.tied.controls:
        mine = [row for row in listed if row["Control"] == spoken(control.name, pack.books) and row["Cin7 document"]]
        assert len(mine) == control.matched
    assert {row["Matched by"] for row in listed} == {"number"}


def test_numbers_that_look_like_formulas_are_text(book: Any, pack: Pack) -> None:
    raw = opened(content(pack), formulas=True)
    cells = [c for s in raw.worksheets for row in s.iter_rows() for c in row if str(c.value).startswith(("=B-1", "=A"))]
    assert len(cells) > 4
    assert all(cell.data_type != "f" and cell.quotePrefix for cell in cells)
    ours = ("=ROUND(",)
    formulas = [c for s in raw.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert formulas
    assert all(str(cell.value).startswith(ours) for cell in formulas)


def test_stock_is_valued_as_stock_answers_and_the_rounding_has_its_own_row(book: Any) -> None:
    listed = under(book["Stock by location"], "SKU")
    assert [(row["SKU"], row["Location"], row["On hand"], told(row["Value"])) for row in listed] == [
        ("A", "Main", 2.5, "10.01"),
        ("B", "East", 2.5, "10.01"),
        (None, None, None, "-0.01"),
    ]


def test_days_ledgers_and_account_map_are_there(book: Any) -> None:
    days = under(book["Inventory by day"], "Day")
    assert days[-1]["Day"] == datetime(2026, 1, 31)  # noqa: DTZ001
    assert [told(days[-1][n]) for n in ("Cin7 ledger", "QuickBooks ledger", "Gap", "Cin7 stock value")] == [
        "520.00",
        "513.00",
        "7.00",
        "520.01",
    ]
    ledgers = under(book["Ledgers"], "System")
    for system in ("Cin7", "QuickBooks"):
        assert sum(Decimal(str(row["Movement"])) for row in ledgers if row["System"] == system) == 0
    stock = next(row for row in ledgers if row["System"] == "Cin7" and row["Account"] == "630")
    assert [told(stock[name]) for name in ("Opening", "Movement", "Closing")] == ["0.00", "520.00", "520.00"]
    mapped = {row["Cin7 code"]: row["QuickBooks id"] for row in under(book["Account map"], "Cin7 code")}
    assert (mapped["200"], mapped["630"]) == ("79", "85")


def test_the_evidence_names_every_hash(pack: Pack, book: Any) -> None:
    shown = {row["value"] for row in under(book["Evidence"], "Hash of")}
    assert shown == set(pack.evidence.hashes.values())
    assert len(shown) == 8


def test_golden_cells_of_a_control(book: Any) -> None:
    assert rows(book["inventory"])[:15] == [
        ["Inventory"],
        ["Acme, 2026-01-01 to 2026-01-31, USD; Cin7 less QuickBooks."],
        ["Figure", "Cin7", "QuickBooks", "Difference", "Remark"],
        ["Opening balance", 0, 0, 0],
        ["Movement", 520, 513, 7],
        ["Closing balance", 520, 513, 7, "apart since 2026-01-25"],
        ["Stock value", 520.01, 520, 0.01, "stock value, ledger and their gap inside Cin7, 2026-02-10 09:00 UTC"],
        ["From Cin7 to QuickBooks"],
        ["Bridge", "Amount", "Check (must be 0)"],
        ["Cin7", 520],
        ["manual journal", -7],
        ["unexplained", 0],
        ["QuickBooks", 513, 0],
        ["Findings"],
        ["Total", None, None, 7],
    ]


def test_every_sheet_is_frozen_and_prints_on_one_page_across(book: Any) -> None:
    for sheet in book.worksheets:
        assert sheet.freeze_panes, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_amounts_of_the_summary_are_those_of_the_tie_out_in_text_too(pack: Pack, book: Any) -> None:
    gap = next(control for control in pack.tied.controls if control.name == "inventory")
    row = next(row for row in under(book["Summary"], "Control") if row["Control"] == "inventory")
    assert told(row["Difference"]) == money_of(gap.difference, "USD") == "7.00"
