"""QuickBooks' statements of account totals: TrialBalance, ProfitAndLoss and BalanceSheet, as trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sync.sandbox.qbo_ledger import GeneralLedger, Node
from sync.sandbox.qbo_tree import Asked, Span, Tree, cell, cells, column, data, header, report, section, spans

_ACCOUNT = column("", "Account", ColKey="account")

# Group, its title, its account types or its own groups: the built-in levels of a balance sheet.
_ASSETS = (
    ("CurrentAssets", "Current Assets", ("BankAccounts", "AR", "OtherCurrentAssets")),
    ("FixedAssets", "Fixed Assets", ("Fixed Asset",)),
    ("OtherAssets", "Other Assets", ("Other Asset",)),
)
_LIABILITIES = (
    ("CurrentLiabilities", "Current Liabilities", ("AP", "CreditCards", "OtherCurrentLiabilities")),
    ("LongTermLiabilities", "Long-Term Liabilities", ("Long Term Liability",)),
)
_INNER = {
    "BankAccounts": ("Bank Accounts", "Bank"),
    "AR": ("Accounts Receivable", "Accounts Receivable"),
    "OtherCurrentAssets": ("Other Current Assets", "Other Current Asset"),
    "AP": ("Accounts Payable", "Accounts Payable"),
    "CreditCards": ("Credit Cards", "Credit Card"),
    "OtherCurrentLiabilities": ("Other Current Liabilities", "Other Current Liability"),
}

Amounts = list[int]


class _Statement:
    """Account rows of one statement: `amounts` of an account per column (natural sign), None where it has nothing."""

    def __init__(self, ledger: GeneralLedger, width: int, amounts: Callable[[Node], Amounts | None]) -> None:
        self.ledger = ledger
        self.width = width
        self.amounts = amounts

    def texts(self, amounts: Sequence[int] | None) -> list[str]:
        return [""] * self.width if amounts is None else [self.ledger.text(amount) for amount in amounts]

    def account(self, node: Node) -> tuple[Tree, Amounts] | None:
        """A Data row, or a Section whose Header carries the parent's own amounts; None without any activity."""
        below = [found for found in map(self.account, node.children) if found]
        own = self.amounts(node)
        if not below:
            return None if own is None else (data(cells(cell(node.name, node.id), self.texts(own))), own)
        total = _added(own or [0] * self.width, *(amounts for _, amounts in below))
        head = cells(cell(node.name, node.id), self.texts(own))
        summary = cells(cell(f"Total {node.name}"), self.texts(total))
        return section(head, [row for row, _ in below], summary), total

    def group(self, group: str, title: str, rows: list[Tree], total: Amounts, label: str = "") -> Tree:
        head = cells(cell(title), [""] * self.width)
        summary = cells(cell(label or f"Total {title}"), self.texts(total))
        return section(head, rows, summary, group)

    def types(self, *types: str) -> tuple[list[Tree], Amounts]:
        found = [found for found in map(self.account, self.ledger.chart.of(*types)) if found]
        return [row for row, _ in found], _added([0] * self.width, *(amounts for _, amounts in found))

    def line(self, group: str, title: str, amounts: Amounts) -> Tree:
        return section(None, [], cells(cell(title), self.texts(amounts)), group)


def _added(first: Amounts, *others: Amounts) -> Amounts:
    return [sum(column_) for column_ in zip(first, *others, strict=True)]


def _less(first: Amounts, other: Amounts) -> Amounts:
    return [left - right for left, right in zip(first, other, strict=True)]


def profit_and_loss(ledger: GeneralLedger, question: Asked, stamp: str) -> Tree:
    """ProfitAndLoss of the days asked for, summarised by total, days, week, month, quarter or year."""
    columns = spans(question)

    def amounts(node: Node) -> Amounts | None:
        if not ledger.posted(node.id, question.start, question.end):
            return None
        return [node.sign * ledger.movement(node.id, span.start, span.end) for span in columns]

    statement = _Statement(ledger, len(columns), amounts)
    income_rows, income = statement.types("Income")
    cost_rows, cost = statement.types("Cost of Goods Sold")
    expense_rows, expenses = statement.types("Expense")
    earned_rows, earned = statement.types("Other Income")
    spent_rows, spent = statement.types("Other Expense")
    gross = _less(income, cost)
    operating = _less(gross, expenses)
    rows = [statement.group("Income", "Income", income_rows, income)]
    if cost_rows:
        rows.append(statement.group("COGS", "Cost of Goods Sold", cost_rows, cost))
    rows.append(statement.line("GrossProfit", "Gross Profit", gross))
    rows.append(statement.group("Expenses", "Expenses", expense_rows, expenses))
    rows.append(statement.line("NetOperatingIncome", "Net Operating Income", operating))
    if earned_rows:
        rows.append(statement.group("OtherIncome", "Other Income", earned_rows, earned))
    if spent_rows:
        rows.append(statement.group("OtherExpenses", "Other Expenses", spent_rows, spent))
    if earned_rows or spent_rows:
        rows.append(statement.line("NetOtherIncome", "Net Other Income", _less(earned, spent)))
    rows.append(statement.line("NetIncome", "Net Income", _added(operating, _less(earned, spent))))
    empty = not (income_rows or cost_rows or expense_rows or earned_rows or spent_rows)
    return _statement_report(ledger, question, stamp, columns, rows, empty=empty)


def balance_sheet(ledger: GeneralLedger, question: Asked, stamp: str) -> Tree:
    """BalanceSheet at the end of each column's days."""
    columns = spans(question)

    def amounts(node: Node) -> Amounts | None:
        closings = [node.sign * ledger.closing(node, span.end) for span in columns]
        return closings if any(closings) or ledger.posted(node.id, date.min, question.end) else None

    statement = _Statement(ledger, len(columns), amounts)
    asset_rows, assets = _levels(statement, _ASSETS)
    owed_rows, owed = _levels(statement, _LIABILITIES)
    equity_rows, equity = statement.types("Equity")
    income = [ledger.income(ledger.fiscal_start(span.end), span.end) for span in columns]
    empty = not (asset_rows or owed_rows or equity_rows or any(income))
    equity_rows.append({**data(cells(cell("Net Income"), statement.texts(income))), "group": "NetIncome"})
    equity = _added(equity, income)
    both = [statement.group("Liabilities", "Liabilities", owed_rows, owed)] if owed_rows else []
    both.append(statement.group("Equity", "Equity", equity_rows, equity))
    rows = [
        statement.group("TotalAssets", "ASSETS", asset_rows, assets, "TOTAL ASSETS"),
        statement.group(
            "TotalLiabilitiesAndEquity",
            "LIABILITIES AND EQUITY",
            both,
            _added(owed, equity),
            "TOTAL LIABILITIES AND EQUITY",
        ),
    ]
    return _statement_report(ledger, question, stamp, columns, rows, empty=empty)


def _levels(statement: _Statement, levels: tuple[tuple[str, str, tuple[str, ...]], ...]) -> tuple[list[Tree], Amounts]:
    """The built-in levels that have any account, and their sum."""
    rows: list[Tree] = []
    total = [0] * statement.width
    for group, title, parts in levels:
        inner_rows: list[Tree] = []
        inner_total = [0] * statement.width
        for part in parts:
            name, kind = _INNER.get(part, ("", part))
            found, amounts = statement.types(kind)
            inner_total = _added(inner_total, amounts)
            if found and name:
                found = [statement.group(part, name, found, amounts)]
            inner_rows += found
        if inner_rows:
            rows.append(statement.group(group, title, inner_rows, inner_total))
        total = _added(total, inner_total)
    return rows, total


def _statement_report(
    ledger: GeneralLedger, question: Asked, stamp: str, columns: list[Span], rows: list[Tree], *, empty: bool
) -> Tree:
    summarized = question.options.get("summarize_column_by", "Total")
    head = header(question, ledger.currency, stamp, empty=empty, summarized=summarized, gaap=True)
    return report(head, [_ACCOUNT, *(span.column() for span in columns)], [] if empty else rows)


def trial_balance(ledger: GeneralLedger, question: Asked, stamp: str) -> Tree:
    """TrialBalance as of the end date: income accounts for the fiscal year to date, the profit of earlier years in
    retained earnings; the start date bounds nothing."""
    begin = ledger.fiscal_start(question.end)
    rows: list[Tree] = []
    debits = credits_ = 0
    for node in _depth_first(ledger.chart.roots):
        balance = ledger.closing(node, question.end)
        since = begin if node.is_income else date.min
        if not balance and not ledger.posted(node.id, since, question.end):
            continue
        on_debit = balance > 0 or (balance == 0 and node.sign > 0)
        sides = [ledger.text(balance), ""] if on_debit else ["", ledger.text(-balance)]
        debits += max(balance, 0)
        credits_ += max(-balance, 0)
        rows.append(cells(cell(node.full_name, node.id), sides))
    empty = not rows
    grand = cells(cell("TOTAL"), [ledger.text(debits), ledger.text(credits_)])
    rows.append(section(None, [], grand, "GrandTotal"))
    head = header(question, ledger.currency, stamp, empty=empty, summarized="Total", gaap=False)
    columns = [column("", "Account"), column("Debit", "Money"), column("Credit", "Money")]
    return report(head, columns, [] if empty else rows)


def _depth_first(nodes: Sequence[Node]) -> list[Node]:
    return [found for node in nodes for found in (node, *_depth_first(node.children))]
