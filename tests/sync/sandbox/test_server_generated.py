"""A generated company, read whole through both servers: nothing is lost on the way, and its reports tie out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.sandbox.books import World
from sync.sandbox.cin7_lists import DETAILS, LISTS
from sync.sandbox.faults import Faults
from sync.sandbox.generate import build
from sync.sandbox.qbo_data import ENTITIES

TODAY = date(2026, 2, 14)


@pytest.fixture(scope="module")
def company() -> World:
    return build(11, months=4, today=TODAY)


@pytest.fixture
def visitor(practice: Any, company: World) -> Any:
    return practice(company)


def test_every_row_of_every_list_is_served_once(visitor: Any, company: World) -> None:
    for path, rows in company.cin7.lists.items():
        key = "Transactions" if path == "transactions" else LISTS[path].key
        params = {"Limit": 1000, "IncludeDeprecated": "true", "ShowUsedCredits": "true", "ShowUsedDeposits": "true"}
        served: list[dict[str, Any]] = []
        for page in range(1, len(rows) // 1000 + 2):
            served += visitor.cin7(path, Page=page, **params).json()[key]
        assert len(served) == len(rows), path
        names = {tuple(str(value) for value in list(row.values())[:2]) for row in rows}
        assert {tuple(str(value) for value in list(row.values())[:2]) for row in served} == names, path


def test_every_detail_is_served_by_its_id(visitor: Any, company: World) -> None:
    for path, parameter in DETAILS.items():
        for wanted in list(company.cin7.details.get(path, {}))[:20]:
            response = visitor.cin7(path, **{parameter: wanted.upper()})
            assert response.status_code == 200, (path, response.text)
            assert wanted in response.text.lower(), path


def test_every_object_of_every_entity_is_served_once(visitor: Any, company: World) -> None:
    for entity, rows in company.qbo.entities.items():
        assert entity in ENTITIES
        everything = " where Active IN (true, false)" if rows and "Active" in rows[0] else ""
        order = " orderby Id" if rows and "Id" in rows[0] else ""
        found: list[dict[str, Any]] = []
        for start in range(1, len(rows) + 2, 1000):
            words = ["select * from", entity + everything + order, "startposition", str(start), "maxresults 1000"]
            found += visitor.query(" ".join(words)).get(entity, [])
        assert len(found) == len(rows), entity


def report(visitor: Any, name: str, start: date, end: date, **params: str) -> dict[str, Any]:
    asked = {"start_date": f"{start}", "end_date": f"{end}", "accounting_method": "Accrual", **params}
    response = visitor.qbo(f"reports/{name}", params=asked)
    assert response.status_code == 200, response.text
    tree: dict[str, Any] = response.json()
    return tree


def test_the_reports_of_a_generated_company_tie_out(visitor: Any, company: World) -> None:
    start = min(posting.date for posting in company.qbo.postings)
    balance = report(visitor, "TrialBalance", date(2026, 1, 1), TODAY)
    grand = balance["Rows"]["Row"][-1]["Summary"]["ColData"]
    assert grand[1]["value"] == grand[2]["value"] != "0.00"
    sheet = report(visitor, "BalanceSheet", date(2026, 1, 1), TODAY)["Rows"]["Row"]
    assert sheet[0]["Summary"]["ColData"][1]["value"] == sheet[1]["Summary"]["ColData"][1]["value"]
    profit = report(visitor, "ProfitAndLoss", start, TODAY, summarize_column_by="Month")
    net = [Decimal(cell["value"]) for cell in profit["Rows"]["Row"][-1]["Summary"]["ColData"][1:]]
    assert sum(net[:-1]) == net[-1] != 0


def test_a_ledger_read_in_small_windows_is_the_whole_ledger(visitor: Any, company: World) -> None:
    visitor.served.faults = Faults(cell_cap=20_000)
    found = 0
    for month in ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02"):
        for first, last in (("01", "10"), ("11", "20"), ("21", "28" if month.endswith("02") else "30")):
            tree = report(visitor, "GeneralLedger", date.fromisoformat(f"{month}-{first}"), _last(month, last))
            found += _lines(tree["Rows"])
    wanted = [posting for posting in company.qbo.postings if posting.date >= date(2025, 10, 1)]
    assert found == len(wanted) > 1000


def _last(month: str, day: str) -> date:
    ends = {"2025-10-30": "2025-10-31", "2025-12-30": "2025-12-31", "2026-01-30": "2026-01-31"}
    return date.fromisoformat(ends.get(f"{month}-{day}", f"{month}-{day}"))


def _lines(rows: dict[str, Any]) -> int:
    found = 0
    for row in rows.get("Row", []):
        found += "ColData" in row and row["ColData"][0]["value"] != "Beginning Balance"
        found += _lines(row.get("Rows", {}))
    return found


def test_trading_on_is_seen_by_lists_changes_and_reports(practice: Any) -> None:
    company = build(12, months=2, today=TODAY)
    visitor = practice(company)
    before = visitor.cin7("transactions").json()["Total"]
    since = visitor.qbo("preferences").json()["time"]
    company.advance(3)
    assert visitor.cin7("transactions").json()["Total"] > before
    assert visitor.cin7("saleList", UpdatedSince=f"{TODAY}T23:59:59").json()["Total"] > 0
    body = visitor.qbo("cdc", params={"entities": "Invoice,JournalEntry,Payment", "changedSince": since}).json()
    assert sum(part.get("maxResults", 0) for part in body["CDCResponse"][0]["QueryResponse"]) > 0
    assert body["time"] > since
