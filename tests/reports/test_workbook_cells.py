"""What a workbook's cells hold: exact numbers, harmless text, everything within Excel's limits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.workbook_parts import Block, Cell, Check, Column, Link, Page, Share
from reports.workbook_values import clean, fits, sheet_name
from sync.domain.money import Money, from_minor
from tests.reports.sheets import numbers, opened, rows, written

ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", " =1"]


def page(*cells: Cell, name: str = "One") -> Page:
    """A page of one column, a row for each cell."""
    return Page(name, "Title", ["A sentence."], [Block([Column("Figure", 20, total=True)], [[cell] for cell in cells])])


@given(st.integers(-(10**14), 10**14), st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_amount_stands_in_the_file_digit_by_digit(minor: int, currency: str) -> None:
    content = written([page(Money(minor, currency))])
    shown = [Decimal(number) for number in numbers(content)]
    assert shown == [from_minor(minor, currency)] * 2  # the total above the head, and the amount
    cell = opened(content).worksheets[0].cell(6, 1)
    assert Decimal(str(cell.value)) == from_minor(minor, currency)
    assert ("0.00" in cell.number_format, "0.000" in cell.number_format) == (currency != "JPY", currency == "KWD")


def test_an_amount_that_a_spreadsheet_would_round_is_text_with_every_digit_and_so_is_its_sum() -> None:
    content = written([page(Money(12345678901234567, "USD"), Money(1, "USD"))])
    sheet = opened(content).worksheets[0]
    told = [sheet.cell(row, 1).value for row in (4, 6, 7)]
    assert told == ["123456789012345.68", "123456789012345.67", 0.01]


@pytest.mark.parametrize(("number", "kept"), [("1" * 15, True), ("1" * 16, False), ("0.10", True), ("-1.5", True),
                                              ("1." + "0" * 28 + "1", False), ("0.000000000000001", True)])  # fmt: skip
def test_a_spreadsheet_keeps_fifteen_digits(number: str, kept: bool) -> None:
    assert fits(Decimal(number)) is kept


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_is_never_a_formula_and_stays_text_when_it_is_edited(attack: str) -> None:
    content = written([page(attack, Link(attack, "https://app.qbo.intuit.com/app/bill?txnId=1"))])
    for row in (5, 6):
        cell = opened(content, formulas=True).worksheets[0].cell(row, 1)
        assert cell.data_type in ("s", "inlineStr")
        assert cell.value.strip() == clean(attack).strip()
        if attack != " =1":
            assert cell.quotePrefix


@given(st.text(max_size=60))
def test_any_text_makes_a_file_that_opens_with_the_same_words(text: str) -> None:
    read = opened(written([page(text + "x")])).worksheets[0].cell(5, 1).value
    # In XML a carriage return is a line feed, and _xHHHH_ is Excel's own escape, which openpyxl leaves as it is.
    assert "x" in read
    if "_x" not in text:
        assert read.split() == clean(text + "x").split()


def test_markup_of_the_writer_is_plain_text() -> None:
    told = "<r><t>evil</t></r>"
    assert opened(written([page(told)])).worksheets[0].cell(5, 1).value.strip() == told


def test_text_longer_than_a_cell_is_cut_with_a_mark() -> None:
    read = opened(written([page("é😀" * 20_000)])).worksheets[0].cell(5, 1).value
    assert read.endswith("…")
    assert len(read.encode("utf-16-le")) // 2 <= 32_767


def test_dates_and_instants_are_real_ones() -> None:
    moment = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
    sheet = opened(written([page(date(2026, 1, 31), moment)])).worksheets[0]
    assert [sheet.cell(row, 1).value for row in (5, 6)] == [datetime(2026, 1, 31), moment.replace(tzinfo=None)]  # noqa: DTZ001
    assert all(sheet.cell(row, 1).is_date for row in (5, 6))


def test_percent_is_the_printed_number() -> None:
    cell = opened(written([page(Share(Decimal("42.6")))])).worksheets[0].cell(5, 1)
    assert (cell.value, cell.number_format) == (42.6, '0.0" %"')


def test_the_total_follows_the_filter_and_a_check_carries_its_value() -> None:
    content = written(
        [page(Money(150, "USD"), Money(-50, "USD"), Check("=ROUND(A{above}+A{first},2)", Money(0, "USD")))]
    )
    formulas, values = opened(content, formulas=True).worksheets[0], opened(content).worksheets[0]
    assert formulas.cell(4, 1).value == "=ROUND(SUBTOTAL(109,A6:A8),2)"
    assert (values.cell(4, 1).value, values.cell(8, 1).value) == (1.00, 0)
    assert formulas.cell(8, 1).value == "=ROUND(A7+A6,2)"


def test_rows_beyond_a_sheet_go_on_on_the_next_under_the_same_head() -> None:
    columns = [Column("Name"), Column("Amount", total=True)]
    table = Block(columns, [[f"n{n}", Money(n, "USD")] for n in range(1, 26)])
    book = opened(written([Page("Long", "Title", ["A sentence."], [table])], most_rows=15))
    assert book.sheetnames == ["Long", "Long (2)", "Long (3)"]
    names = [cell for sheet in book.worksheets for cell, *_ in rows(sheet) if str(cell).startswith("n")]
    assert names == [f"n{n}" for n in range(1, 26)]
    assert all(sheet.max_row <= 15 and sheet.freeze_panes and sheet.auto_filter.ref for sheet in book.worksheets)
    assert rows(book.worksheets[0])[2][1] == 3.25


def test_links_beyond_what_a_sheet_takes_are_words() -> None:
    links = [Link(f"d{n}", f"https://app.qbo.intuit.com/app/bill?txnId={n}") for n in range(4)]
    sheet = opened(written([page(*links)], most_links=3)).worksheets[0]
    told = [(sheet.cell(row, 1).value, sheet.cell(row, 1).hyperlink is not None) for row in range(5, 9)]
    assert told == [("d0", True), ("d1", True), ("d2", True), ("d3", False)]


@given(st.lists(st.text(max_size=40), max_size=6))
def test_names_of_sheets_are_such_as_excel_takes(wanted: list[str]) -> None:
    taken: list[str] = []
    for name in [*wanted, *wanted]:
        taken.append(sheet_name(name, taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    for name in taken:
        assert 0 < len(name) <= 31
        assert not set("[]:*?/\\") & set(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


def test_an_empty_table_says_so_and_pages_are_set_up_for_printing() -> None:
    sheet = opened(written([page()])).worksheets[0]
    assert rows(sheet)[-1] == ["Nothing to show."]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert "Acme && Sons" in str(sheet.oddFooter.left.text)


def test_the_same_pages_make_the_same_bytes() -> None:
    assert written([page("a", Money(1, "USD"))]) == written([page("a", Money(1, "USD"))])
