"""Rows that are not as documented: shifted between pages, repeated, misspelled, empty in every way there is."""

from __future__ import annotations

from typing import Any

from sync.sandbox.faults import Kind, Rule

Row = dict[str, Any]

# The vendor's field tables, examples and live answers disagree on these (Cin7 docs; ipsocode/hypervel-cin7, data.md).
TYPOS: tuple[tuple[str, str, str], ...] = (
    ("ref/location", "IsDeprecated", "Deprecated"),
    ("moneytasklist", "SupplierCustomerName", "SupplierCustomer"),
    ("moneyoperation", "SupplierCustomer", "SupplierCustomerName"),
    ("purchaselist", "InvoiceNumber", "InvocieNumber"),
    ("purchase", "InvoiceNumber", "InvocieNumber"),
    ("salelist", "FulFilmentStatus", "FulfilmentStatus"),
    ("product", "UOM", "UOM "),
    ("transactions", "Reference", "Reference "),
    ("ref/account", "DisplayName", "Display Name"),
)


def shifted(rows: list[Row], rules: tuple[Rule, ...], page: int) -> list[Row]:
    """The rows of a list as they stand when this page is cut, if one came or went since the page before."""
    if page < 2 or not rows:
        return rows
    for rule in rules:
        if rule.kind is Kind.SHIFT_DELETE:
            rows = rows[1:]
        elif rule.kind is Kind.SHIFT_INSERT:
            rows = [rows[0], *rows]
    return rows


def total(count: int, rules: tuple[Rule, ...]) -> int:
    """What Total says about `count` rows."""
    return count + sum(rule.kind is Kind.MOVING_TOTAL for rule in rules)


def spoiled(path: str, rows: list[Row], rules: tuple[Rule, ...]) -> list[Row]:
    """One page (or one detail, as a page of one) under the rules; the rows given are not changed."""
    for rule in rules:
        if rule.kind is Kind.DUPLICATE_ROWS:
            rows = [*rows, *rows[:1]]
        elif rule.kind is Kind.EMPTIES:
            rows = [_emptied(row, number) for number, row in enumerate(rows)]
        elif rule.kind is Kind.TYPOS:
            rows = [_misspelled(path, row) for row in rows]
        elif rows and rule.kind in _FIRST_ROW:
            rows = [_FIRST_ROW[rule.kind](dict(rows[0]), rule.field), *rows[1:]]
    return rows


def _emptied(row: Row, turn: int) -> Row:
    """Each empty value as null, blank or missing in turn: all three mean the same."""
    spoiled_row = {}
    for key, value in row.items():
        if value is None or value == "":
            turn += 1
            if turn % 3 == 2:
                continue
            value = None if turn % 3 == 0 else ""
        spoiled_row[key] = value
    return spoiled_row


def _misspelled(path: str, value: Any) -> Any:
    wrong = {right: typo for where, right, typo in TYPOS if where == path}
    if isinstance(value, dict):
        return {wrong.get(key, key): _misspelled(path, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_misspelled(path, inner) for inner in value]
    return value


def _without(row: Row, field: str) -> Row:
    row.pop(field, None)
    return row


_FIRST_ROW = {
    Kind.UNKNOWN_TYPE: lambda row, field: {**row, field or "Type": "Kitting"},
    Kind.UNKNOWN_STATUS: lambda row, field: {**row, field or "Status": "PARKED"},
    Kind.FIELD_NULL: lambda row, field: {**row, field: None},
    Kind.FIELD_BLANK: lambda row, field: {**row, field: ""},
    Kind.FIELD_MISSING: _without,
}
