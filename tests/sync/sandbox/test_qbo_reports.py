"""The reports of the practice QuickBooks agree with its postings and with each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.books import QboBooks, QboPosting
from sync.sandbox.qbo_detail import NOTICE
from sync.sandbox.qbo_ledger import ACCOUNT_TYPES, GeneralLedger
from sync.sandbox.qbo_reports import cut_short, draw, too_large

TODAY = date(2026, 3, 31)
DEBIT = {"Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"} | {
    "Cost of Goods Sold",
    "Expense",
    "Other Expense",
}
# One account of each type, and under the first of some a sub-account (id + 100) and one below that (id + 200).
KINDS = {str(number): kind for number, kind in enumerate(ACCOUNT_TYPES, start=1)}
NESTED = ("1", "11", "13")


def chart() -> list[dict[str, Any]]:
    accounts: list[dict[str, Any]] = [
        {"Id": key, "Name": f"{kind} {key}", "AccountType": kind} for key, kind in KINDS.items()
    ]
    for key in NESTED:
        for step, parent in ((100, key), (200, str(int(key) + 100))):
            below = {"Id": str(int(key) + step), "Name": f"Sub {step}", "AccountType": KINDS[key]}
            path = ":".join([f"{KINDS[key]} {key}", *(f"Sub {upto}" for upto in range(100, step + 1, 100))])
            accounts.append({**below, "ParentRef": {"value": parent}, "FullyQualifiedName": path})
    retained = {"Id": "99", "Name": "Retained Earnings", "AccountType": "Equity", "AccountSubType": "RetainedEarnings"}
    return [*accounts, retained]


IDS = [account["Id"] for account in chart()]


def _pairs(drawn: list[tuple[int, int, int, int]]) -> list[QboPosting]:
    """One balanced pair of postings for each (days, account, steps to the other account, amount)."""
    posted: list[QboPosting] = []
    for number, (days, place, steps, amount) in enumerate(drawn):
        debit, credit = IDS[place], IDS[(place + steps) % len(IDS)]
        words = (str(number), "Invoice", "Invoice", date(2024, 11, 1) + timedelta(days=days), f"N{number}", "Bob", "")
        posted += [QboPosting(*words, debit, amount), QboPosting(*words, credit, -amount)]
    return posted[::2] + posted[1::2]


def postings() -> st.SearchStrategy[list[QboPosting]]:
    last = len(IDS) - 1
    pair = st.tuples(st.integers(0, 500), st.integers(0, last), st.integers(1, last), st.integers(-10_000, 10_000))
    return st.lists(pair, max_size=12).map(_pairs)


def ledger(posted: list[QboPosting], **books: Any) -> GeneralLedger:
    return GeneralLedger(QboBooks(entities={"Account": chart()}, postings=posted, **books))


def report(books: GeneralLedger, name: str, start: date, end: date, **params: str) -> dict[str, Any]:
    return draw(books, name, {"start_date": f"{start}", "end_date": f"{end}", **params}, TODAY, "2026-01-01T00:00:00Z")


def flat(rows: dict[str, Any]) -> Iterator[list[dict[str, str]]]:
    """Cells of all rows that stand for an account: Data rows, and section Headers with an id and an amount."""
    for row in rows.get("Row", []):
        if "ColData" in row:
            yield row["ColData"]
        head = row.get("Header", {}).get("ColData", [])
        if head and "id" in head[0] and head[1]["value"]:
            yield head
        yield from flat(row.get("Rows", {}))


def by_account(tree: dict[str, Any], column: int = -1) -> dict[str, Decimal]:
    return {cells[0]["id"]: Decimal(cells[column]["value"] or 0) for cells in flat(tree["Rows"]) if "id" in cells[0]}


def summaries(rows: dict[str, Any]) -> dict[str, Decimal]:
    found = {}
    for row in rows.get("Row", []):
        if "Summary" in row and "group" in row:
            found[row["group"]] = Decimal(row["Summary"]["ColData"][-1]["value"])
        found |= summaries(row.get("Rows", {}))
    return found


def debit_balances(tree: dict[str, Any]) -> dict[str, Decimal]:
    rows = [cells for cells in flat(tree["Rows"]) if "id" in cells[0]]
    return {c[0]["id"]: Decimal(c[1]["value"] or 0) - Decimal(c[2]["value"] or 0) for c in rows}


def moved(posted: list[QboPosting], start: date, end: date) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for posting in posted:
        if start <= posting.date <= end:
            sums[posting.account_id] = sums.get(posting.account_id, Decimal(0)) + Decimal(posting.amount) / 100
    return sums


@given(postings(), st.dates(date(2024, 10, 1), date(2026, 4, 1)))
def test_a_trial_balance_balances_and_is_the_statement_of_its_last_day(posted: list[QboPosting], end: date) -> None:
    tree = report(ledger(posted), "TrialBalance", date(2024, 10, 1), end)
    balances = debit_balances(tree)
    assert sum(balances.values()) == 0
    before = moved(posted, date.min, end)
    for key, kind in KINDS.items():
        if kind not in ("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense", "Equity"):
            assert balances.get(key, Decimal(0)) == before.get(key, Decimal(0))
    if tree["Rows"]:
        grand = tree["Rows"]["Row"][-1]["Summary"]["ColData"]
        assert grand[1]["value"] == grand[2]["value"]


@given(postings(), st.dates(date(2025, 1, 1), date(2026, 4, 1)))
def test_profit_and_loss_is_what_moved_and_ties_to_the_balance_sheet(posted: list[QboPosting], end: date) -> None:
    books = ledger(posted)
    start = date(end.year, 1, 1)
    profit = report(books, "ProfitAndLoss", start, end)
    shown = by_account(profit)
    for key, amount in moved(posted, start, end).items():
        kind = KINDS.get(key) or KINDS.get(str(int(key) - 100)) or KINDS.get(str(int(key) - 200)) or "Equity"
        if key != "99" and kind in ("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense"):
            assert shown[key] == (amount if kind in DEBIT else -amount)
    groups = summaries(profit["Rows"])
    sheet = report(books, "BalanceSheet", start, end)
    if not groups:
        return
    spent = groups.get("COGS", Decimal(0)) + groups["Expenses"] + groups.get("OtherExpenses", Decimal(0))
    assert groups["NetIncome"] == groups["Income"] + groups.get("OtherIncome", Decimal(0)) - spent
    net = [cells for cells in flat(sheet["Rows"]) if cells[0] == {"value": "Net Income"}]
    assert (Decimal(net[0][1]["value"]) if net else 0) == groups["NetIncome"]


@given(postings(), st.dates(date(2024, 10, 1), date(2026, 4, 1)))
def test_a_balance_sheet_balances(posted: list[QboPosting], end: date) -> None:
    groups = summaries(report(ledger(posted), "BalanceSheet", date(2024, 10, 1), end)["Rows"])
    assert groups.get("TotalAssets") == groups.get("TotalLiabilitiesAndEquity")


def ledger_sums(rows: dict[str, Any], key: str = "") -> dict[str, tuple[Decimal, Decimal]]:
    """Account id -> sum of its Amount cells, and its last Balance."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows.get("Row", []):
        if "ColData" in row:
            amount = Decimal(row["ColData"][6]["value"] or 0)
            found[key] = (found.get(key, (Decimal(0),))[0] + amount, Decimal(row["ColData"][7]["value"]))
            continue
        head = row["Header"]["ColData"][0].get("id", "") if "Header" in row else key
        found |= ledger_sums(row.get("Rows", {}), head)
        if "Header" not in row:
            assert Decimal(row["Summary"]["ColData"][6]["value"]) == found[key][0]
    return found


@given(postings(), st.dates(date(2024, 10, 1), date(2026, 4, 1)), st.integers(0, 400))
def test_a_general_ledger_shows_every_posting_and_ends_in_the_trial_balance(
    posted: list[QboPosting], end: date, days: int
) -> None:
    start = end - timedelta(days=days)
    books = ledger(posted)
    tree = report(books, "GeneralLedger", start, end)
    sums = ledger_sums(tree["Rows"])
    signs = {account["Id"]: 1 if account["AccountType"] in DEBIT else -1 for account in chart()}
    for key, amount in moved(posted, start, end).items():
        assert sums[key][0] == signs[key] * amount
    closing = debit_balances(report(books, "TrialBalance", start, end))
    if start.year == end.year:  # a fiscal year's end moves income into retained earnings without any posting
        for key, (_, balance) in sums.items():
            assert balance == signs[key] * closing.get(key, Decimal(0))
    shown = sorted(
        (cells[1]["id"], cells[0]["value"])
        for cells in _lines(tree["Rows"])
        if cells[0]["value"] != "Beginning Balance"
    )
    wanted = sorted((posting.txn_id, f"{posting.date}") for posting in posted if start <= posting.date <= end)
    assert shown == wanted


def _lines(rows: dict[str, Any]) -> Iterator[list[dict[str, str]]]:
    for row in rows.get("Row", []):
        if "ColData" in row:
            yield row["ColData"]
        yield from _lines(row.get("Rows", {}))


@given(postings(), st.sampled_from(["Days", "Week", "Month", "Quarter", "Year"]))
def test_columns_of_a_statement_add_up_to_its_total(posted: list[QboPosting], by: str) -> None:
    params = {"summarize_column_by": by}
    start, end = date(2025, 11, 17), date(2026, 2, 14)
    tree = report(ledger(posted), "ProfitAndLoss", start, end, **params)
    spans = [{meta["Name"]: meta["Value"] for meta in c["MetaData"]} for c in tree["Columns"]["Column"][1:-1]]
    days = [(date.fromisoformat(span["StartDate"]), date.fromisoformat(span["EndDate"])) for span in spans]
    assert (days[0][0], days[-1][1]) == (start, end)
    assert all(left[1] + timedelta(days=1) == right[0] for left, right in pairwise(days))
    for cells in flat(tree["Rows"]):
        amounts = [Decimal(cell["value"]) for cell in cells[1:]]
        assert sum(amounts[:-1]) == amounts[-1]


def one(**changes: Any) -> QboPosting:
    words: dict[str, Any] = {"txn_id": "1", "entity": "Invoice", "txn_type": "Invoice", "date": date(2026, 1, 5)}
    words |= {"doc_number": "INV-1", "name": "Bob", "memo": "m", "account_id": "2", "amount": 11000} | changes
    return QboPosting(**words)


def test_columns_may_be_chosen_and_come_in_the_reports_own_order() -> None:
    euro = {"foreign": 10000, "currency": "EUR", "rate": Decimal("1.1")}
    pair = [one(**euro), one(account_id="11", amount=-11000, **{**euro, "foreign": -10000})]
    keys = "credit_amt,debt_amt,subt_nat_home_amount,subt_nat_amount,currency,exch_rate,txn_type,account_name,nonsense"
    tree = report(ledger(pair), "GeneralLedger", date(2026, 1, 1), date(2026, 1, 31), columns=keys)
    found = [column["MetaData"][0]["Value"] for column in tree["Columns"]["Column"]]
    assert found[:4] == ["txn_type", "account_name", "currency", "exch_rate"]
    assert found[4:] == ["debt_amt", "credit_amt", "subt_nat_amount", "subt_nat_home_amount"]
    first, second = _lines(tree["Rows"])
    assert [cell["value"] for cell in first[2:]] == ["EUR", "1.1", "100.00", "", "100.00", "110.00"]
    assert [cell["value"] for cell in second[2:]] == ["EUR", "1.1", "", "100.00", "100.00", "110.00"]
    assert first[1] == {"value": "Accounts Receivable 2", "id": "2"}


def test_the_ledger_of_some_accounts_has_only_their_sections() -> None:
    pair = [one(account_id="101"), one(account_id="11", amount=-11000)]
    tree = report(ledger(pair), "GeneralLedger", date(2026, 1, 1), date(2026, 1, 31), account="101,12")
    (section,) = tree["Rows"]["Row"]
    assert section["Header"]["ColData"][0] == {"value": "Bank 1"}  # the parent has nothing of its own: no id
    assert section["Rows"]["Row"][0]["Header"]["ColData"][0] == {"value": "Sub 100", "id": "101"}


def test_a_parents_own_postings_stand_in_a_section_without_header() -> None:
    lines = [one(account_id="1"), one(account_id="101"), one(account_id="11", amount=-22000)]
    tree = report(ledger(lines), "GeneralLedger", date(2026, 1, 1), date(2026, 1, 31))
    parent = tree["Rows"]["Row"][0]
    own, below = parent["Rows"]["Row"]
    assert ("Header" in own, own["Summary"]["ColData"][0]["value"]) == (False, "Total for Bank 1")
    assert below["Header"]["ColData"][0]["id"] == "101"
    assert parent["Summary"]["ColData"][0]["value"] == "Total for Bank 1 with sub-accounts"
    assert parent["Summary"]["ColData"][6]["value"] == "220.00"


def test_a_balance_from_before_is_a_row_of_its_own() -> None:
    lines = [one(date=date(2025, 12, 1)), one(date=date(2025, 12, 1), account_id="11", amount=-11000)]
    tree = report(ledger(lines), "GeneralLedger", date(2026, 1, 10), date(2026, 1, 31))
    rows = list(_lines(tree["Rows"]))
    assert [(row[0]["value"], row[7]["value"]) for row in rows] == [("Beginning Balance", "110.00")] * 2
    heads = [row["Header"]["ColData"][0]["value"] for row in tree["Rows"]["Row"]]
    assert heads == ["Accounts Receivable 2", "Retained Earnings"]  # last year's income is retained by now


def test_the_fiscal_year_begins_where_the_preferences_say() -> None:
    lines = [one(date=date(2026, 3, 31)), one(date=date(2026, 3, 31), account_id="11", amount=-11000)]
    books = ledger(lines, preferences={"AccountingInfoPrefs": {"FirstMonthOfFiscalYear": "April"}})
    march = debit_balances(report(books, "TrialBalance", date(2026, 1, 1), date(2026, 3, 31)))
    april = debit_balances(report(books, "TrialBalance", date(2026, 1, 1), date(2026, 4, 1)))
    assert march == {"2": Decimal(110), "11": Decimal(-110)}
    assert april == {"2": Decimal(110), "99": Decimal(-110)}


def test_money_has_the_digits_of_its_currency() -> None:
    yen = {"CurrencyPrefs": {"HomeCurrency": {"value": "JPY"}}}
    books = ledger([one(amount=500), one(account_id="11", amount=-500)], preferences=yen)
    assert by_account(report(books, "ProfitAndLoss", date(2026, 1, 1), date(2026, 1, 31))) == {"11": 500}
    tree = report(books, "TrialBalance", date(2026, 1, 1), date(2026, 1, 31))
    assert tree["Rows"]["Row"][0]["ColData"][1]["value"] == "500"


def test_a_transaction_list_has_a_row_for_each_transaction() -> None:
    lines = [one(), one(account_id="11", amount=-11000), one(txn_id="2", entity="JournalEntry", amount=5)]
    books = ledger([*lines, one(txn_id="2", entity="JournalEntry", account_id="11", amount=-5)])
    every = list(_lines(report(books, "TransactionList", date(2026, 1, 1), date(2026, 1, 31))["Rows"]))
    assert [(row[1]["id"], row[-1]["value"], row[-2]["value"]) for row in every] == [
        ("1", "110.00", "Income 11"),
        ("2", ".05", "-Split-"),
    ]
    params = {"transaction_type": "JournalEntry"}
    some = list(_lines(report(books, "TransactionList", date(2026, 1, 1), date(2026, 1, 31), **params)["Rows"]))
    assert [row[1]["id"] for row in some] == ["2"]


@given(postings(), st.integers(8, 200))
def test_a_report_that_is_cut_keeps_whole_rows_and_ends_with_the_notice(posted: list[QboPosting], cap: int) -> None:
    tree = report(ledger(posted), "GeneralLedger", date(2024, 10, 1), date(2026, 4, 1))
    if not too_large(tree, cap):
        assert len(list(_lines(tree["Rows"]))) * 8 <= cap
        return
    cut = cut_short(tree, cap)
    *kept, notice = _lines(cut["Rows"])
    assert notice[0]["value"] == NOTICE
    assert kept == list(_lines(tree["Rows"]))[: cap // 8]
    assert "Summary" not in cut["Rows"]["Row"][-2]
