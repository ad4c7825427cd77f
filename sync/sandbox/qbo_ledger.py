"""QuickBooks' general ledger as its reports see it: the chart as a tree, balances at any day, fiscal years."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import month_name
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from sync.domain.money import from_minor
from sync.sandbox.books import QboBooks, QboPosting

_MONTHS = tuple(month_name)[1:]  # Preferences name the month in English, the locale of a program that set none

# The order in which reports list account types, and whether a debit counts positive there.
ACCOUNT_TYPES: dict[str, bool] = {
    "Bank": True,
    "Accounts Receivable": True,
    "Other Current Asset": True,
    "Fixed Asset": True,
    "Other Asset": True,
    "Accounts Payable": False,
    "Credit Card": False,
    "Other Current Liability": False,
    "Long Term Liability": False,
    "Equity": False,
    "Income": False,
    "Cost of Goods Sold": True,
    "Expense": True,
    "Other Income": False,
    "Other Expense": True,
}
INCOME_TYPES = ("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense")


@dataclass
class Node:
    """One account of the chart; `sign` is 1 where a debit counts positive."""

    id: str
    name: str
    full_name: str
    type: str
    subtype: str
    number: str = ""
    parent: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def sign(self) -> int:
        return 1 if ACCOUNT_TYPES.get(self.type, True) else -1

    @property
    def is_income(self) -> bool:
        return self.type in INCOME_TYPES


class Chart:
    """All accounts by id, and the top ones of each type in the order of reports."""

    def __init__(self, accounts: Iterable[dict[str, object]]) -> None:
        self.nodes = {node.id: node for node in map(_node, accounts)}
        self.roots: list[Node] = []
        for node in sorted(self.nodes.values(), key=_in_report_order):
            parent = self.nodes.get(node.parent)
            (parent.children if parent else self.roots).append(node)
        self.retained = next((node for node in self.nodes.values() if node.subtype == "RetainedEarnings"), None)

    def of(self, *types: str) -> list[Node]:
        return [node for node in self.roots if node.type in types]


def _node(account: dict[str, object]) -> Node:
    parent = account.get("ParentRef")
    return Node(
        id=str(account["Id"]),
        name=str(account["Name"]),
        full_name=str(account.get("FullyQualifiedName") or account["Name"]),
        type=str(account.get("AccountType", "")),
        subtype=str(account.get("AccountSubType", "")),
        number=str(account.get("AcctNum", "")),
        parent=str(parent["value"]) if isinstance(parent, dict) else "",
    )


def _in_report_order(node: Node) -> tuple[int, str]:
    types = list(ACCOUNT_TYPES)
    return (types.index(node.type) if node.type in types else len(types), node.full_name)


class GeneralLedger:
    """The postings by day and by account, with running sums, so that any balance is two look-ups."""

    def __init__(self, books: QboBooks) -> None:
        self.chart = Chart(books.entities.get("Account", []))
        self.currency = _home_currency(books)
        self.fiscal_month = _fiscal_month(books)
        self.name_ids = {
            str(row.get("DisplayName")): str(row["Id"])
            for entity in ("Customer", "Vendor")
            for row in books.entities.get(entity, [])
        }
        self._postings = sorted(books.postings, key=lambda posting: posting.date)
        self._days = [posting.date for posting in self._postings]
        by_account: dict[str, list[QboPosting]] = defaultdict(list)
        for posting in self._postings:
            by_account[posting.account_id].append(posting)
        self._account_days = {account: [p.date for p in posted] for account, posted in by_account.items()}
        self._sums = {account: [0, *accumulate(p.amount for p in posted)] for account, posted in by_account.items()}

    def between(self, start: date, end: date) -> Sequence[QboPosting]:
        """The postings of the days from `start` to `end`, both included."""
        return self._postings[bisect_left(self._days, start) : bisect_right(self._days, end)]

    def fiscal_start(self, day: date) -> date:
        """First day of the fiscal year that `day` lies in."""
        year = day.year if day.month >= self.fiscal_month else day.year - 1
        return date(year, self.fiscal_month, 1)

    def movement(self, account: str, start: date, end: date) -> int:
        """Debit-positive minor units posted from `start` to `end`, both included."""
        days = self._account_days.get(account, [])
        sums = self._sums.get(account, [0])
        return sums[bisect_right(days, end)] - sums[bisect_left(days, start)]

    def posted(self, account: str, start: date, end: date) -> bool:
        """Whether anything was posted on the account in these days, even if it came to nothing."""
        days = self._account_days.get(account, [])
        return bisect_right(days, end) > bisect_left(days, start)

    def income(self, start: date, end: date) -> int:
        """Net income of these days, profit positive."""
        return -sum(self.movement(node.id, start, end) for node in self.chart.nodes.values() if node.is_income)

    def closing(self, node: Node, day: date) -> int:
        """Debit-positive balance at the end of `day`.

        Income accounts count since the fiscal year began; retained earnings hold the profit of all years before it.
        """
        begin = self.fiscal_start(day)
        if node.is_income:
            return self.movement(node.id, begin, day)
        balance = self.movement(node.id, date.min, day)
        if node is self.chart.retained and begin > date.min:
            balance -= self.income(date.min, date.fromordinal(begin.toordinal() - 1))
        return balance

    def text(self, minor: int) -> str:
        return f"{from_minor(minor, self.currency):f}"


def _home_currency(books: QboBooks) -> str:
    prefs = books.preferences.get("CurrencyPrefs", {})
    home = prefs.get("HomeCurrency", {}) if isinstance(prefs, dict) else {}
    return str(home.get("value") or "USD")


def _fiscal_month(books: QboBooks) -> int:
    prefs = books.preferences.get("AccountingInfoPrefs", {})
    name = str(prefs.get("FirstMonthOfFiscalYear") or books.company_info.get("FiscalYearStartMonth") or "January")
    return _MONTHS.index(name) + 1
