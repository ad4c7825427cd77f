from __future__ import annotations

from datetime import date

import pytest

from sync.errors import TooLarge, UnexpectedPayload
from sync.qbo.listing import listing_columns, read_listing

from .trees import cell, report

COLUMNS = [
    {"ColTitle": key, "ColType": key}
    for key in ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "subt_nat_amount")
]


def row(day: str, kind: str, id: str, amount: str) -> dict[str, object]:  # noqa: A002  # the key's own name
    cells = [cell(day), cell(kind, id), cell("7"), cell("Acme"), cell("memo"), cell("A/R", "84"), cell(amount)]
    return {"ColData": cells, "type": "Data"}


def test_rows_are_read_whatever_they_are_grouped_by() -> None:
    group = {
        "Header": {"ColData": [cell("Acme", "1")]},
        "Rows": {"Row": [row("2026-01-02", "Invoice", "5", "47.60")]},
        "Summary": {"ColData": [cell("Total"), cell("999.00")]},
    }
    found = read_listing(report("TransactionList", COLUMNS, [group, row("2026-01-03", "Zelle Thing", "6", "")]), "USD")
    assert [(one.id, one.entity, one.words, one.day, one.amount) for one in found] == [
        ("5", "Invoice", "Invoice", date(2026, 1, 2), 4760),
        ("6", "Zelle Thing", "Zelle Thing", date(2026, 1, 3), None),
    ]
    assert (found[0].number, found[0].name, found[0].memo, found[0].account) == ("7", "Acme", "memo", "84")


def test_a_cut_list_is_too_large() -> None:
    cut = {"ColData": [cell("Unable to display more data. Please reduce the date range."), cell("")]}
    with pytest.raises(TooLarge):
        read_listing(report("TransactionList", COLUMNS, [cut]), "USD")


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(UnexpectedPayload, match="is no date"):
        read_listing(report("TransactionList", COLUMNS, [row("1/2/2026", "Invoice", "5", "")]), "USD")


def test_the_columns_asked_for_include_what_is_read() -> None:
    assert {"tx_date", "txn_type", "doc_num"} <= set(listing_columns().split(","))
