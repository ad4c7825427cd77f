from __future__ import annotations

import json
from typing import Any

import pytest

from sync.errors import TooLarge, UnexpectedPayload
from sync.qbo.reports import Cell, NotWhole, Row, check_total, read_report, refuse_cut

from .trees import cell, keyed, report


def tree(**parts: Any) -> bytes:
    return json.dumps({"Header": {"ReportName": "X", "Currency": "USD"}, **parts}).encode()


@pytest.mark.parametrize("rows", [{}, None, {"Row": None}, {"Row": []}])
def test_an_empty_report_has_no_rows_whatever_its_form(rows: Any) -> None:
    assert read_report(tree(Rows=rows, Columns={"Column": []})).rows == []
    assert read_report(tree(Columns=None)).rows == []


def test_columns_are_found_by_key_and_in_older_answers_by_type() -> None:
    new = report("X", [keyed("tx_date"), keyed("subt_nat_amount", "Money")], [])
    old = report("X", [{"ColTitle": "Fecha", "ColType": "tx_date"}, {"ColType": "subt_nat_amount"}], [])
    assert (new.position("subt_nat_amount"), old.position("subt_nat_amount")) == (1, 1)
    assert new.position("Titel tx_date") is None, "titles are localised and never a key"


def test_columns_inside_columns_are_opened_up() -> None:
    nested = {"ColTitle": "East", "ColType": "Money", "Columns": {"Column": [keyed("a"), keyed("b")]}}
    assert report("X", [keyed("account"), nested], []).position("b") == 2


@pytest.mark.parametrize(
    ("shown", "currency", "minor"),
    [
        ("1477.50", "USD", 147750),
        (".00", "USD", 0),
        ("-.05", "USD", -5),
        ("-9337.50", "USD", -933750),
        ("1234567890123456.78", "USD", 123456789012345678),
        ("100.00", "JPY", 100),
        ("1.234", "KWD", 1234),
        (" 7 ", "USD", 700),
    ],
)
def test_amounts_are_exact(shown: str, currency: str, minor: int) -> None:
    assert report("X", [], [], currency=currency).minor([Cell("a"), Cell(shown)], 1) == minor


@pytest.mark.parametrize("blank", [Cell(""), Cell(None), Cell(" ")])
def test_a_blank_cell_is_no_amount(blank: Cell) -> None:
    assert report("X", [], []).minor([blank], 0) is None
    assert report("X", [], []).minor([], 4) is None


@pytest.mark.parametrize("shown", ["1,477.50", "$5.00", "5.005", "5 %", "NaN", "Infinity", "(5.00)"])
def test_what_is_no_amount_is_refused_and_never_rounded(shown: str) -> None:
    with pytest.raises(UnexpectedPayload, match="is no amount of USD"):
        report("X", [], []).minor([Cell("Sales"), Cell(shown)], 1)


def test_a_report_in_another_currency_than_the_companys_is_refused() -> None:
    with pytest.raises(UnexpectedPayload, match="in EUR, not in the home currency USD"):
        report("X", [], [], currency="EUR").in_currency("USD")
    assert report("X", [], [], currency="").in_currency("JPY").currency == "JPY"


def test_a_cut_report_says_so_in_a_row_of_its_own() -> None:
    refuse_cut(report("X", [], []), [Cell("Sales"), Cell("5.00")])
    with pytest.raises(TooLarge, match="more rows"):
        refuse_cut(report("X", [], []), [Cell("Unable to display more data. Please reduce the date range."), Cell("")])


def test_a_truncated_body_and_a_strange_one_are_told_apart() -> None:
    with pytest.raises(NotWhole):
        read_report(b'{"Header": {"ReportName"')
    with pytest.raises(NotWhole):
        read_report(b'{"Header": {"ReportName": "\xff"}}')
    with pytest.raises(NotWhole):
        read_report(b'{"Header": {}, "Rows": {"Row": [{"Rows": {"Row": [{"ColData": [{"value": "\xff"}]}]}}]}}')
    with pytest.raises(UnexpectedPayload, match="no report"):
        read_report(b'{"Rows": {}}')
    with pytest.raises(UnexpectedPayload, match="no report"):
        read_report(tree(Rows={"Row": [{"ColData": [{"value": 5.0}]}]}))


def test_a_strange_row_inside_a_section_is_refused_when_it_is_read() -> None:
    columns = {"Column": [keyed("a", "Money")]}
    for strange in ({"ColData": [{"value": 5.0}]}, "a text", None):
        found = read_report(tree(Columns=columns, Rows={"Row": [{"Rows": {"Row": [{"ColData": []}, strange]}}]}))
        inner = found.rows[0].inner()
        assert next(inner).ColData == []
        with pytest.raises(UnexpectedPayload, match="no report"):
            next(inner)


def test_a_section_that_says_it_was_cut_is_too_large_whatever_its_form() -> None:
    said = {"Message": "Unable to display more data. Please reduce the date range.", "ColData": 5}
    found = read_report(tree(Columns={"Column": [keyed("a")]}, Rows={"Row": [{"Rows": {"Row": [said]}}]}))
    with pytest.raises(TooLarge):
        next(found.rows[0].inner())


def test_a_report_that_has_nothing_but_the_word_that_it_was_cut_is_too_large_and_not_empty() -> None:
    said = "Unable to display more data. Please reduce the date range."
    for whole in (
        tree(Rows={"Row": [{"ColData": [{"value": said}]}]}),
        tree(Columns={"Column": []}, Rows={}, Message=said),
    ):
        with pytest.raises(TooLarge):
            read_report(whole)


def test_rows_without_columns_are_refused() -> None:
    with pytest.raises(UnexpectedPayload, match="no columns"):
        read_report(tree(Rows={"Row": [{"ColData": [cell("a")]}]}))


def test_a_total_that_its_rows_do_not_reach_is_told() -> None:
    found = report("X", [keyed("a"), keyed("b", "Money")], [{"Summary": {"ColData": [cell("Total"), cell("5.00")]}}])
    section: Row = found.rows[0]
    check_total(found, section, 1, 500)
    check_total(found, section, 7, 1)  # a blank total says nothing
    with pytest.raises(UnexpectedPayload, match=r"'Total' says 5.00, but the rows received add up to 4.00"):
        check_total(found, section, 1, 400)
