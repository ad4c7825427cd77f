from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sync.domain.period import Period
from sync.errors import UnexpectedPayload
from sync.qbo.balances import read_balance_sheet, read_profit_and_loss, read_trial_balance
from sync.qbo.reports import Report

from .trees import cell, keyed, report

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
END = JANUARY.end


def data(name: str, id: str, *amounts: str, **more: str) -> dict[str, Any]:  # noqa: A002  # the key's own name
    return {"ColData": [cell(name, id), *map(cell, amounts)], "type": "Data", **more}


def section(group: str, head: list[dict[str, str]], rows: list[dict[str, Any]], *totals: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "Section", "Summary": {"ColData": [cell("Gesamt"), *map(cell, totals)]}}
    if head:
        found["Header"] = {"ColData": head}
    if rows:
        found["Rows"] = {"Row": rows}
    return {**found, "group": group} if group else found


def statement(rows: list[dict[str, Any]], columns: list[dict[str, Any]] | None = None) -> Report:
    return report("ProfitAndLoss", columns or [keyed("account", "Account"), keyed("total", "Money")], rows)


def trial(*rows: dict[str, Any]) -> Report:
    columns = [{"ColTitle": "", "ColType": "Account"}, {"ColTitle": "Soll", "ColType": "Money"}, {"ColType": "Money"}]
    return report("TrialBalance", columns, [{key: row[key] for key in row if key != "type"} for row in rows])


def total(debit: str, credit: str) -> dict[str, Any]:
    return section("GrandTotal", [], [], debit, credit)


def test_a_trial_balance_is_debit_less_credit() -> None:
    found = read_trial_balance(
        trial(
            data("Bank", "35", "120.00", ""),
            data("Sales", "1", "", "120.00"),
            data("Nil", "9", "0.00", ""),
            total("120.00", "120.00"),
        ),
        END,
        "USD",
    )
    assert found.balances == {"35": 12000, "1": -12000, "9": 0}
    assert found.nonzero() == {"35": 12000, "1": -12000}


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (total("120.00", "130.00"), "says 130.00"),
        (total("121.00", "120.00"), "says 121.00"),
    ],
)
def test_a_trial_balance_that_is_not_whole_is_refused(last: dict[str, Any], words: str) -> None:
    with pytest.raises(UnexpectedPayload, match=words):
        read_trial_balance(trial(data("Bank", "35", "120.00", ""), data("Sales", "1", "", "120.00"), last), END, "USD")


def test_sides_that_differ_are_refused_even_without_a_total() -> None:
    with pytest.raises(UnexpectedPayload, match=r"its debits are 120.00, its credits 0.00"):
        read_trial_balance(trial(data("Bank", "35", "120.00", "")), END, "USD")


def test_an_empty_trial_balance_has_no_balances() -> None:
    assert read_trial_balance(trial(), END, "USD").nonzero() == {}


def test_a_profit_and_loss_has_its_parents_own_amounts() -> None:
    child = data("Job", "46", "20.00")
    income = section(
        "Income",
        [cell("Einnahmen"), cell("")],
        [section("", [cell("Services", "45"), cell("100.00")], [child], "120.00")],
        "120.00",
    )
    cost = section("COGS", [cell("Kosten"), cell("")], [data("Goods", "80", "40.50")], "40.50")
    gross = section("GrossProfit", [], [], "79.50")
    [found] = read_profit_and_loss(statement([income, cost, gross]), JANUARY, "USD")
    assert found.movements == {"45": -10000, "46": -2000, "80": 4050}
    assert found.group("COGS") == 4050
    assert found.group("Income") == -12000
    assert found.totals == {"Income": 12000, "COGS": 4050, "GrossProfit": 7950}


def test_an_empty_group_has_a_header_and_a_blank_total() -> None:
    [found] = read_profit_and_loss(statement([section("Expenses", [cell("Kosten"), cell("")], [], "")]), JANUARY, "USD")
    assert found.movements == {}


def test_a_profit_and_loss_cut_on_its_way_is_refused() -> None:
    cut = section("Income", [cell("Income"), cell("")], [data("Sales", "1", "5.00")], "7.00")
    with pytest.raises(UnexpectedPayload, match=r"says 7.00, but the rows received add up to 5.00"):
        read_profit_and_loss(statement([cut]), JANUARY, "USD")


def test_an_account_in_no_known_group_is_refused() -> None:
    with pytest.raises(UnexpectedPayload, match="stands in no group"):
        read_profit_and_loss(statement([data("Sales", "1", "5.00")]), JANUARY, "USD")


def test_month_columns_give_one_statement_each_and_the_total_none() -> None:
    columns: list[dict[str, Any]] = [keyed("account", "Account")]
    for start, end in (("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")):
        days = [{"Name": "StartDate", "Value": start}, {"Name": "EndDate", "Value": end}]
        columns.append({"ColTitle": start, "ColType": "Money", "MetaData": days})
    columns.append(keyed("total", "Money"))
    rows = [
        section(
            "Income", [cell("Income"), *[cell("")] * 3], [data("Sales", "1", "5.00", "", "5.00")], "5.00", "", "5.00"
        )
    ]
    found = read_profit_and_loss(statement(rows, columns), Period(date(2026, 1, 1), date(2026, 2, 28)), "USD")
    assert [(month.period.start.month, month.nonzero()) for month in found] == [(1, {"1": -500}), (2, {})]


def test_a_balance_sheet_is_debit_positive_and_knows_the_years_result() -> None:
    assets = section("TotalAssets", [cell("AKTIVA"), cell("")], [data("Bank", "35", "150.00")], "150.00")
    equity = section(
        "Equity",
        [cell("Kapital"), cell("")],
        [
            data("Opening", "34", "-10.00"),
            {"ColData": [cell("Jahresergebnis"), cell("60.00")], "type": "Data", "group": "NetIncome"},
        ],
        "50.00",
    )
    debts = section("Liabilities", [cell("Schulden"), cell("")], [data("A/P", "33", "100.00")], "100.00")
    passiva = section("TotalLiabilitiesAndEquity", [cell("PASSIVA"), cell("")], [debts, equity], "150.00")
    found = read_balance_sheet(statement([assets, passiva]), END, "USD")
    assert found.balances == {"35": 15000, "33": -10000, "34": 1000}
    assert found.net_income == 6000
