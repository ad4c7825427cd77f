"""The balance reports (TrialBalance, ProfitAndLoss, BalanceSheet) as debit-positive amounts per account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sync.domain import money
from sync.domain.period import Period
from sync.qbo.reports import Cell, Column, Report, Row, check_total, head, meta, refuse_cut

# Built-in groups (never localised) -> whether a debit is positive in them.
_DEBIT_POSITIVE = {
    "Income": False,
    "COGS": True,
    "Expenses": True,
    "OtherIncome": False,
    "OtherExpenses": True,
    "TotalAssets": True,
    "TotalLiabilitiesAndEquity": False,
    "Liabilities": False,
    "Equity": False,
}
_NET_INCOME = "NetIncome"
_GRAND_TOTAL = "GrandTotal"


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Balances at the end of `end`, debit positive, in minor units of `currency`, by account id.

    Balance-sheet accounts have their closing balance, profit-and-loss accounts the fiscal year to
    `end`; results of earlier years stand in retained earnings. `names` are for messages alone.
    """

    end: date
    currency: str
    balances: dict[str, int]
    names: dict[str, str]

    def nonzero(self) -> dict[str, int]:
        return {account: amount for account, amount in self.balances.items() if amount}


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """Movements of a period, debit positive, by account id; `groups` say where each account stands (COGS, Income...).

    `totals` are the report's own, with the report's sign, by group: GrossProfit, NetIncome and so on.
    """

    period: Period
    currency: str
    movements: dict[str, int]
    groups: dict[str, str]
    totals: dict[str, int]

    def nonzero(self) -> dict[str, int]:
        return {account: amount for account, amount in self.movements.items() if amount}

    def group(self, name: str) -> int:
        """The movement of all accounts of one group, debit positive."""
        return sum(amount for account, amount in self.movements.items() if self.groups[account] == name)


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Balances at the end of `end`, debit positive, by account id.

    `net_income` is the year's computed result that closes the report, credit positive.
    """

    end: date
    currency: str
    balances: dict[str, int]
    net_income: int


def read_trial_balance(report: Report, end: date, currency: str) -> TrialBalance:
    """The trial balance in an answer.

    Raises UnexpectedPayload when its sides differ from each other or from its rows.
    """
    report = report.in_currency(currency)
    columns = report.money_positions()
    if not report.rows:
        return TrialBalance(end, report.currency, {}, {})
    if len(columns) != 2:
        report.refuse(f"a trial balance has a debit and a credit column, not {len(columns)} columns of amounts")
    balances: dict[str, int] = {}
    names: dict[str, str] = {}
    sums = [0, 0]
    for cells in _data_rows(report, report.rows):
        debit, credit = (report.minor(cells, place) or 0 for place in columns)
        sums = [sums[0] + debit, sums[1] + credit]
        account = cells[0].id or ""
        balances[account] = balances.get(account, 0) + debit - credit
        names[account] = cells[0].value or ""
    for total in (row for row in report.rows if row.group == _GRAND_TOTAL):
        for place, found in zip(columns, sums, strict=True):
            check_total(report, total, place, found)
    if sums[0] != sums[1]:
        sides = [money.text(side, report.currency) for side in sums]
        report.refuse(f"its debits are {sides[0]}, its credits {sides[1]}")
    return TrialBalance(end, report.currency, balances, names)


def read_profit_and_loss(report: Report, period: Period, currency: str) -> list[ProfitAndLoss]:
    """The profit and loss in an answer: one for the whole period, or one per month where it has month columns.

    A column of the whole period beside month columns is left out. Raises UnexpectedPayload where rows
    and totals differ.
    """
    report = report.in_currency(currency)
    if not report.rows:
        return [ProfitAndLoss(period, report.currency, {}, {}, {})]
    months = [(place, _span(report.columns[place])) for place in report.money_positions()]
    dated = [(place, span) for place, span in months if span is not None]
    if not dated:
        dated = [(place, period) for place, _ in months[-1:]]
    return [_profit_and_loss(report, place, span) for place, span in dated]


def read_balance_sheet(report: Report, end: date, currency: str) -> BalanceSheet:
    """The balance sheet in an answer; raises UnexpectedPayload where rows and totals differ."""
    report = report.in_currency(currency)
    places = report.money_positions()[-1:]
    walk = _Walk(report, places[0] if places else 1)
    for row in report.rows:
        walk.read(row, "")
    return BalanceSheet(end, report.currency, walk.movements, walk.net_income)


def _profit_and_loss(report: Report, place: int, period: Period) -> ProfitAndLoss:
    walk = _Walk(report, place)
    for row in report.rows:
        walk.read(row, "")
    return ProfitAndLoss(period, report.currency, walk.movements, walk.groups, walk.totals)


@dataclass(slots=True)
class _Walk:
    """One walk through a report of nested groups, for one column of amounts."""

    report: Report
    place: int
    movements: dict[str, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    net_income: int = 0

    def read(self, row: Row, group: str) -> int:
        """Reads a row with all in it; its amount as printed. `group` is the nearest one whose sign is known."""
        if row.ColData is not None:
            return self.account(row.ColData, group, computed=row.group == _NET_INCOME)
        inner = row.group if row.group in _DEBIT_POSITIVE else group
        if row.group and row.Summary and row.Summary.ColData:
            self.totals[row.group] = self.report.minor(row.Summary.ColData, self.place) or 0
        children = list(row.inner())
        own = row.Header.ColData if row.Header else None
        # A parent's own amount stands in the cells of its header; its total is own and children.
        total = self.account(own, inner, computed=False) if own and head(row).id else 0
        total += sum(self.read(child, inner) for child in children)
        if own or children:  # GrossProfit and its like have a total alone, made from other sections
            check_total(self.report, row, self.place, total)
        return total

    def account(self, cells: list[Cell], group: str, *, computed: bool) -> int:
        refuse_cut(self.report, cells)
        amount = self.report.minor(cells, self.place)
        if amount is None:
            return 0
        if computed:
            self.net_income += amount
            return amount
        if group not in _DEBIT_POSITIVE:
            self.report.refuse(f"{(cells[0].value or '')[:60]!r} stands in no group that is known")
        account = cells[0].id or ""
        signed = amount if _DEBIT_POSITIVE[group] else -amount
        self.movements[account] = self.movements.get(account, 0) + signed
        self.groups[account] = group
        return amount


def _data_rows(report: Report, rows: Iterable[Row]) -> Iterator[list[Cell]]:
    for row in rows:
        if row.ColData is not None:
            refuse_cut(report, row.ColData)
            if row.group != _GRAND_TOTAL:
                yield row.ColData
        else:
            yield from _data_rows(report, row.inner())


def _span(column: Column) -> Period | None:
    """The days a month column stands for, None for the total's."""
    start, end = meta(column, "StartDate"), meta(column, "EndDate")
    return Period(date.fromisoformat(start[:10]), date.fromisoformat(end[:10])) if start and end else None
