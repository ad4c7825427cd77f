"""QuickBooks' reports by name, and what happens to one with too many cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sync.sandbox.qbo_detail import NOTICE, general_ledger, transaction_list
from sync.sandbox.qbo_ledger import GeneralLedger
from sync.sandbox.qbo_statements import balance_sheet, profit_and_loss, trial_balance
from sync.sandbox.qbo_tree import Asked, ReportError, Tree, asked

REPORTS: dict[str, Callable[[GeneralLedger, Asked, str], Tree]] = {
    "GeneralLedger": general_ledger,
    "TransactionList": transaction_list,
    "TrialBalance": trial_balance,
    "ProfitAndLoss": profit_and_loss,
    "BalanceSheet": balance_sheet,
}


def draw(ledger: GeneralLedger, name: str, params: dict[str, str], today: date, stamp: str) -> Tree:
    """The report's tree; names are case-sensitive. Raises ReportError for an unknown report or a bad parameter."""
    if name not in REPORTS:
        raise ReportError(f"Unknown report {name!r}; this company draws {', '.join(REPORTS)}")
    return REPORTS[name](ledger, asked(name, params, today), stamp)


def too_large(tree: Tree, cap: int) -> bool:
    """Whether the data rows have more cells than a report may show."""
    return sum(len(row["ColData"]) for row in _data_rows(tree["Rows"])) > cap


def cut_short(tree: Tree, cap: int) -> Tree:
    """The tree as the live service sends it when it is too large: the rows that fit, no Summary on the section where it
    stopped nor on those around it, and a last row that says so."""
    left = [cap]
    width = len(tree["Columns"]["Column"])
    rows = _fitting(tree["Rows"].get("Row", []), left)
    notice = {"ColData": [{"value": NOTICE}, *({"value": ""} for _ in range(width - 1))], "type": "Data"}
    return {**tree, "Rows": {"Row": [*rows, notice]}}


def _fitting(rows: list[Tree], left: list[int]) -> list[Tree]:
    kept = []
    for row in rows:
        if left[0] <= 0:
            break
        if "ColData" in row:
            left[0] -= len(row["ColData"])
            if left[0] < 0:
                break
            kept.append(row)
            continue
        inner = _fitting(row.get("Rows", {}).get("Row", []), left)
        whole = left[0] > 0
        kept.append({key: _inner(key, value, inner) for key, value in row.items() if whole or key != "Summary"})
    return kept


def _inner(key: str, value: Any, inner: list[Tree]) -> Any:
    return {"Row": inner} if key == "Rows" else value


def _data_rows(rows: Tree) -> Iterator[Tree]:
    for row in rows.get("Row", []):
        if "ColData" in row:
            yield row
        if "Rows" in row:
            yield from _data_rows(row["Rows"])
