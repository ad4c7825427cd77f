"""The recorded reports of one company, drawn again from the postings in its recorded general ledger."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.domain.money import to_minor
from sync.sandbox.books import QboBooks, QboPosting
from sync.sandbox.qbo_ledger import GeneralLedger
from sync.sandbox.qbo_reports import draw

pytestmark = pytest.mark.samples

TYPES = {
    "BankAccounts": "Bank",
    "AR": "Accounts Receivable",
    "OtherCurrentAssets": "Other Current Asset",
    "FixedAssets": "Fixed Asset",
    "AP": "Accounts Payable",
    "CreditCards": "Credit Card",
    "OtherCurrentLiabilities": "Other Current Liability",
    "LongTermLiabilities": "Long Term Liability",
    "Equity": "Equity",
    "Income": "Income",
    "COGS": "Cost of Goods Sold",
    "Expenses": "Expense",
    "OtherExpenses": "Other Expense",
}
DEBIT_POSITIVE = {
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Cost of Goods Sold",
    "Expense",
    "Other Expense",
}
# Read when the module is: no test sees the settings of the person who runs it.
SAMPLES = Path(os.environ.get("TIEOUT_SAMPLES") or Path(__file__).parents[4] / "shared" / "reference" / "samples")
PERIOD = {"start_date": "2023-05-30", "end_date": "2024-05-29"}
AMOUNT, SPLIT = 6, 5


def recorded(name: str) -> dict[str, Any]:
    path = SAMPLES / "qbo" / f"report_{name}_recorded2024.json"
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"recorded sample missing: {path}")
        pytest.skip(f"recorded sample absent: {path}")
    tree: dict[str, Any] = json.loads(path.read_text())
    return tree


def accounts(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    def walk(rows: list[dict[str, Any]], kind: str, parent: str, path: str) -> Iterator[dict[str, Any]]:
        for row in rows:
            cell = (row.get("Header") or row).get("ColData", [{}])[0]
            inner_kind = TYPES.get(row.get("group", ""), kind)
            inner_parent, inner_path = parent, path
            if "id" in cell:
                inner_path = f"{path}:{cell['value']}" if path else cell["value"]
                account = {"Id": cell["id"], "Name": cell["value"], "FullyQualifiedName": inner_path}
                account |= {"AccountType": kind, "AccountSubType": "RetainedEarnings" if cell["id"] == "2" else ""}
                yield account | ({"ParentRef": {"value": parent}} if parent else {})
                inner_parent = cell["id"]
            yield from walk(row.get("Rows", {}).get("Row", []), inner_kind, inner_parent, inner_path)

    return walk(tree["Rows"]["Row"], "", "", "")


def data_rows(rows: list[dict[str, Any]], account: str = "") -> Iterator[tuple[str, list[dict[str, str]]]]:
    for row in rows:
        if "ColData" in row:
            yield account, row["ColData"]
        head = row.get("Header", {}).get("ColData", [{}])[0]
        yield from data_rows(row.get("Rows", {}).get("Row", []), head.get("id", "") if head else account)


def without_empty_rows(tree: dict[str, Any]) -> dict[str, Any]:
    """Quantity adjustments print a second row without any amount, which no posting stands for."""

    def keep(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = []
        for row in rows:
            if "ColData" in row and row["ColData"][AMOUNT]["value"] == "":
                continue
            kept.append({**row, "Rows": {"Row": keep(row["Rows"]["Row"])}} if "Rows" in row else row)
        return kept

    return {**tree, "Rows": {"Row": keep(tree["Rows"]["Row"])}}


@pytest.fixture(scope="module")
def ledger() -> GeneralLedger:
    chart = {a["Id"]: a for name in ("BalanceSheet", "ProfitAndLoss") for a in accounts(recorded(name))}
    ids: dict[str, str] = {}
    postings = []
    for account, row in data_rows(recorded("GeneralLedger")["Rows"]["Row"]):
        day, kind, number, name, memo, _, amount, _ = row
        if amount["value"] == "":
            continue
        sign = 1 if chart.get(account, {}).get("AccountType", "Bank") in DEBIT_POSITIVE else -1
        minor = sign * to_minor(amount["value"], "USD")
        ids[name["value"]] = name["id"]
        entity = "JournalEntry" if kind["value"] == "Journal Entry" else kind["value"]
        when = date.fromisoformat(day["value"])
        told = (kind["id"], entity, kind["value"], when, number["value"], name["value"], memo["value"])
        postings.append(QboPosting(*told, account, minor))
    people = [{"DisplayName": name, "Id": id} for name, id in ids.items()]  # noqa: A001 - the key's own name
    return GeneralLedger(QboBooks(entities={"Account": list(chart.values()), "Customer": people}, postings=postings))


@pytest.mark.parametrize("name", ["TrialBalance", "ProfitAndLoss", "BalanceSheet"])
def test_a_recorded_statement_is_drawn_again_to_the_letter(ledger: GeneralLedger, name: str) -> None:
    wanted = recorded(name)
    drawn = draw(ledger, name, PERIOD, date(2024, 5, 29), wanted["Header"]["Time"])
    assert drawn == wanted


def test_the_recorded_general_ledger_is_drawn_again_but_for_some_splits(ledger: GeneralLedger) -> None:
    wanted = without_empty_rows(recorded("GeneralLedger"))
    drawn = draw(ledger, "GeneralLedger", PERIOD, date(2024, 5, 29), wanted["Header"]["Time"])
    splits = list(zip(data_rows(drawn["Rows"]["Row"]), data_rows(wanted["Rows"]["Row"]), strict=True))
    same = sum(ours[1][SPLIT] == theirs[1][SPLIT] for ours, theirs in splits)
    for ours, theirs in splits:
        ours[1][SPLIT] = theirs[1][SPLIT]
    assert drawn == wanted
    # Which account QuickBooks names as the other side cannot be told from the report alone in every case.
    assert same / len(splits) > 0.97
