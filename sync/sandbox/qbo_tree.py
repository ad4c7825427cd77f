"""The parts that QuickBooks' report trees are made of: header, columns, cells, sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Cell = dict[str, str]
Tree = dict[str, Any]


class ReportError(ValueError):
    """A parameter that the report refuses."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report was asked for; `options` are the query parameters by lower-case name."""

    name: str
    start: date
    end: date
    options: dict[str, str]
    macro: str = ""

    def ids(self, name: str) -> frozenset[str]:
        return frozenset(part.strip() for part in self.options.get(name, "").split(",") if part.strip())


def asked(name: str, params: dict[str, str], today: date) -> Asked:
    """Reads the parameters. A lone end_date is ignored in favour of the fiscal year to date, as the live service does.

    Raises ReportError for what is no date, and for the cash basis, which the practice company does not keep.
    """
    options = {key.lower(): value for key, value in params.items()}
    if options.get("accounting_method", "Accrual").lower() != "accrual":
        raise ReportError("accounting_method: the practice company keeps no figures on cash basis; ask for Accrual")
    if not (options.get("start_date") and options.get("end_date")):
        return Asked(name, date(today.year, 1, 1), today, options, macro="this calendar year-to-date")
    try:
        start, end = date.fromisoformat(options["start_date"]), date.fromisoformat(options["end_date"])
    except ValueError:
        raise ReportError("start_date and end_date must be dates like 2026-01-31") from None
    if end < start:
        raise ReportError("end_date is before start_date")
    return Asked(name, start, end, options)


def header(question: Asked, currency: str, stamp: str, *, empty: bool, summarized: str | None, gaap: bool) -> Tree:
    head: Tree = {"Time": stamp, "ReportName": question.name}
    if question.macro:
        head["DateMacro"] = question.macro
    head |= {"ReportBasis": "Accrual", "StartPeriod": f"{question.start}", "EndPeriod": f"{question.end}"}
    if summarized:
        head["SummarizeColumnsBy"] = summarized
    head["Currency"] = currency
    options = [{"Name": "AccountingStandard", "Value": "GAAP"}] if gaap else []
    head["Option"] = [*options, {"Name": "NoReportData", "Value": str(empty).lower()}]
    return head


def column(title: str, kind: str, **meta: str) -> Tree:
    shown: Tree = {"ColTitle": title, "ColType": kind}
    if meta:
        shown["MetaData"] = [{"Name": name, "Value": value} for name, value in meta.items()]
    return shown


def cells(first: Cell, rest: Iterable[str]) -> Tree:
    return {"ColData": [first, *({"value": value} for value in rest)]}


def cell(value: str, id: str | None = None) -> Cell:  # noqa: A002 - the key's own name
    return {"value": value} if id is None else {"value": value, "id": id}


def section(head: Tree | None, rows: list[Tree], summary: Tree | None, group: str = "") -> Tree:
    """A Section; keys in the order of the recordings, absent ones left out."""
    tree: Tree = {}
    if head is not None:
        tree["Header"] = head
    if rows:
        tree["Rows"] = {"Row": rows}
    if summary is not None:
        tree["Summary"] = summary
    tree["type"] = "Section"
    if group:
        tree["group"] = group
    return tree


def data(row: Tree) -> Tree:
    return {**row, "type": "Data"}


def report(head: Tree, columns: Sequence[Tree], rows: list[Tree]) -> Tree:
    return {"Header": head, "Columns": {"Column": list(columns)}, "Rows": {"Row": rows} if rows else {}}


@dataclass(frozen=True, slots=True)
class Span:
    """One money column of a statement: the days it covers."""

    title: str
    start: date
    end: date
    total: bool = False

    def column(self) -> Tree:
        if self.total:
            return column("Total", "Money", ColKey="total")
        return column(self.title, "Money", ColKey=self.title, StartDate=f"{self.start}", EndDate=f"{self.end}")


def spans(question: Asked) -> list[Span]:
    """The money columns that summarize_column_by asks for, the total last.

    Raises ReportError for what the practice company cannot sum by.
    """
    by = question.options.get("summarize_column_by", "Total")
    total = Span("Total", question.start, question.end, total=True)
    if by.lower() == "total":
        return [total]
    if by.lower() not in _NEXT:
        raise ReportError(
            f"summarize_column_by={by}: the practice company sums by {', '.join(sorted(_NEXT))} and total"
        )
    parts = []
    day = question.start
    while day <= question.end:
        following = _NEXT[by.lower()](day)
        last = min(following - timedelta(days=1), question.end)
        parts.append(Span(_title(day, last), day, last))
        day = following
    return [*parts, total]


def _title(start: date, end: date) -> str:
    whole = start.day == 1 and (end + timedelta(days=1)).day == 1 and (start.year, start.month) == (end.year, end.month)
    return f"{start:%b %Y}" if whole else f"{start:%b} {start.day} - {end:%b} {end.day}, {end.year}"


def _month_after(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


_NEXT: dict[str, Callable[[date], date]] = {
    "days": lambda day: day + timedelta(days=1),
    "week": lambda day: day + timedelta(days=7 - (day.weekday() + 1) % 7),
    "month": lambda day: _month_after(day, 1),
    "quarter": lambda day: _month_after(day, 3 - (day.month - 1) % 3),
    "year": lambda day: date(day.year + 1, 1, 1),
}
