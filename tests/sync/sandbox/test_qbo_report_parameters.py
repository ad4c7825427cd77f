"""What the practice QuickBooks reads out of a report's parameters."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sync.sandbox.books import QboBooks
from sync.sandbox.qbo_ledger import GeneralLedger
from sync.sandbox.qbo_reports import draw
from sync.sandbox.qbo_tree import ReportError, asked, spans

TODAY = date(2026, 3, 31)


def nothing(name: str, **params: str) -> dict[str, Any]:
    return draw(GeneralLedger(QboBooks()), name, params, TODAY, "now")


def test_a_lone_end_date_is_ignored_in_favour_of_the_year_to_date() -> None:
    tree = nothing("ProfitAndLoss", end_date="2020-12-31")
    assert (tree["Header"]["StartPeriod"], tree["Header"]["EndPeriod"]) == ("2026-01-01", "2026-03-31")
    assert "DateMacro" in tree["Header"]


@pytest.mark.parametrize("name", ["Balancesheet", "CashFlow", ""])
def test_report_names_are_case_sensitive_and_not_all_are_drawn(name: str) -> None:
    with pytest.raises(ReportError):
        nothing(name)


@pytest.mark.parametrize("name", ["GeneralLedger", "TransactionList", "TrialBalance", "ProfitAndLoss", "BalanceSheet"])
def test_a_report_of_empty_books_says_that_it_has_no_data(name: str) -> None:
    tree = nothing(name, start_date="2026-01-01", end_date="2026-01-31")
    assert {"Name": "NoReportData", "Value": "true"} in tree["Header"]["Option"]
    assert tree["Rows"] == {}


@pytest.mark.parametrize(
    ("by", "titles"),
    [
        ("Total", ["Total"]),
        ("Month", ["Nov 17 - Nov 30, 2025", "Dec 2025", "Jan 1 - Jan 3, 2026", "Total"]),
        ("Quarter", ["Nov 17 - Dec 31, 2025", "Jan 1 - Jan 3, 2026", "Total"]),
        ("Year", ["Nov 17 - Dec 31, 2025", "Jan 1 - Jan 3, 2026", "Total"]),
    ],
)
def test_columns_cover_the_period_and_no_day_more(by: str, titles: list[str]) -> None:
    dates = {"start_date": "2025-11-17", "end_date": "2026-01-03"}
    assert [span.title for span in spans(asked("ProfitAndLoss", {**dates, "summarize_column_by": by}, TODAY))] == titles


def test_weeks_begin_on_sunday() -> None:
    params = {"start_date": "2026-01-01", "end_date": "2026-01-12", "summarize_column_by": "Week"}
    starts = [span.start for span in spans(asked("ProfitAndLoss", params, TODAY))[:-1]]
    assert starts == [date(2026, 1, 1), date(2026, 1, 4), date(2026, 1, 11)]
