"""QuickBooks' query language: reading statements, and running them."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.query import Condition, QueryError, Statement, parse
from sync.sandbox.query_run import run


def quoted(value: str) -> str:
    """As Intuit's docs tell clients to write a value: backslash first, then apostrophe."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("select * from Invoice", Statement("Invoice")),
        ("SELECT COUNT(*) FROM Bill", Statement("Bill", count=True)),
        ("select Id, DocNumber from Bill", Statement("Bill", columns=("Id", "DocNumber"))),
        (
            "select * from Item where Active IN (true, false) and Sku like 'A%'",
            Statement(
                "Item",
                conditions=(Condition("Active", "IN", (True, False)), Condition("Sku", "LIKE", ("A%",))),
            ),
        ),
        (
            """Select * From Invoice Where MetaData.LastUpdatedTime>='2026-01-05T10:20:30-08:00'
            ORDER BY MetaData.LastUpdatedTime DESC, Id startposition 11 maxresults 10""",
            Statement(
                "Invoice",
                conditions=(Condition("MetaData.LastUpdatedTime", ">=", ("2026-01-05T10:20:30-08:00",)),),
                order=(("MetaData.LastUpdatedTime", True), ("Id", False)),
                start=11,
                size=10,
            ),
        ),
        ("select * from Invoice orderby Id asc startposition 0", Statement("Invoice", order=(("Id", False),))),
        (
            "select * from Account where TotalAmt > 1000.5",
            Statement("Account", conditions=(Condition("TotalAmt", ">", ("1000.5",)),)),
        ),
        (
            "select * from Bill where Name = 'curly ’ and 🎈'",
            Statement("Bill", conditions=(Condition("Name", "=", ("curly ’ and 🎈",)),)),
        ),
    ],
)
def test_a_statement_is_read_into_its_parts(text: str, statement: Statement) -> None:
    assert parse(text) == statement


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select",
        "delete from Invoice",
        "select * from 'Invoice'",
        "select * from Invoice where",
        "select * from Invoice where Id",
        "select * from Invoice where Id != '1'",
        "select * from Invoice where Id = '1' or Id = '2'",
        "select * from Invoice where Id in ()",
        "select * from Invoice where Id in ('1'",
        "select * from Invoice where DocNumber = INV-1",
        "select * from Invoice where DocNumber = 'open",
        "select * from Invoice; drop",
        "select * from Invoice group by Id",
        "select * from Invoice maxresults",
        "select * from Invoice maxresults many",
        "select * from Invoice startposition -1",
    ],
)
def test_what_is_not_in_the_grammar_is_fault_4000(text: str) -> None:
    with pytest.raises(QueryError) as fault:
        parse(text)
    assert fault.value.code == 4000


@given(st.text())
def test_any_value_written_with_backslashes_is_found_again(value: str) -> None:
    statement = parse(f"select * from Customer where DisplayName = {quoted(value)}")  # noqa: S608 - no database, the text itself is tested
    assert statement.conditions == (Condition("DisplayName", "=", (value,)),)


@given(st.text(), st.text())
def test_a_value_never_becomes_part_of_the_statement(name: str, number: str) -> None:
    text = f"select * from Invoice where A = {quoted(name)} and B = {quoted(number)} maxresults 7"  # noqa: S608 - no database, the text itself is tested
    assert [condition.values for condition in parse(text).conditions] == [(name,), (number,)]


@given(st.text(max_size=60))
def test_no_statement_at_all_does_anything_but_parse_or_fault(text: str) -> None:
    with suppress(QueryError):
        assert parse("select " + text).entity


ROWS: list[dict[str, Any]] = [
    {
        "Id": "2",
        "DocNumber": "007",
        "TotalAmt": Decimal("10.00"),
        "Active": True,
        "CustomerRef": {"value": "5", "name": "Bob"},
        "MetaData": {"LastUpdatedTime": "2026-01-05T10:00:00-08:00"},
        "TxnDate": "2026-01-05",
    },
    {
        "Id": "10",
        "DocNumber": "7",
        "TotalAmt": 9,
        "Active": False,
        "CustomerRef": {"value": "6", "name": "Ann"},
        "MetaData": {"LastUpdatedTime": "2026-01-05T17:59:59Z"},
        "TxnDate": "2026-01-06",
        "PrivateNote": "Voided - x",
    },
]


def ids(text: str, rows: list[dict[str, Any]] = ROWS) -> list[str]:
    return [row["Id"] for row in run(parse(text), rows)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DocNumber = '7'", ["10"]),
        ("DocNumber = '007'", ["2"]),
        ("TotalAmt = '10'", ["2"]),
        ("TotalAmt >= '9.00'", ["2", "10"]),
        ("TotalAmt < 10", ["10"]),
        ("TotalAmt > 'many'", []),
        ("Active = true", ["2"]),
        ("Active IN (true, false)", ["2", "10"]),
        ("CustomerRef = '6'", ["10"]),
        ("CustomerRef.name = 'bob'", ["2"]),
        ("Id IN ('10', '2')", ["2", "10"]),
        ("PrivateNote LIKE 'Voided%'", ["10"]),
        ("PrivateNote LIKE '%OIDED%X'", ["10"]),
        ("DocNumber LIKE '.'", []),
        ("PrivateNote = ' '", ["2"]),
        ("TxnDate >= '2026-01-06'", ["10"]),
        ("MetaData.LastUpdatedTime >= '2026-01-05T18:00:00Z'", ["2"]),
        ("MetaData.LastUpdatedTime = '2026-01-05T19:00:00+01:00'", ["2"]),
        ("MetaData.LastUpdatedTime < '2026-01-05T10:00:00'", ["10"]),
        ("metadata.lastupdatedtime > '2026-01-05'", ["2", "10"]),
    ],
)
def test_conditions_compare_as_the_service_does(where: str, found: list[str]) -> None:
    assert ids(f"select * from Invoice where {where} orderby Id") == found  # noqa: S608 - no database, the text itself is tested


def test_rows_come_in_the_order_asked_for() -> None:
    assert ids("select * from Invoice orderby Id desc") == ["10", "2"]
    assert ids("select * from Invoice orderby TotalAmt") == ["10", "2"]
    assert ids("select * from Invoice orderby PrivateNote, Id") == ["2", "10"]
    assert ids("select * from Invoice orderby MetaData.LastUpdatedTime desc") == ["2", "10"]


def test_ids_cannot_be_compared_by_size() -> None:
    with pytest.raises(QueryError) as fault:
        run(parse("select * from Invoice where Id >= '2'"), ROWS)
    assert fault.value.code == 4001


@given(st.lists(st.integers(0, 50), unique=True), st.integers(1, 7))
def test_pages_in_the_order_of_ids_are_all_rows(numbers: list[int], size: int) -> None:
    rows = [{"Id": str(number), "Name": "x"} for number in numbers]
    found = run(parse("select * from Class orderby Id"), rows)
    pages = [found[start : start + size] for start in range(0, len(found) + size, size)]
    assert [row["Id"] for page in pages for row in page] == [str(number) for number in sorted(numbers)]
