"""Sales, cost of goods sold and gross margin of a period: Cin7 beside QuickBooks, in total and by group."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reports.books import Books, ages, money_of, period_json, plain
from reports.grouping import GROUPS, GroupRow, Total, coverage, rows_by, units, waiting
from reports.layout import age_lines, period_words, table
from reports.split import shares, units_sold
from reports.trade import Trade, orders
from reports.unfinished import NotFinal, not_final
from sync.domain.accounts import Source
from sync.errors import InvariantBroken, UserError


@dataclass(frozen=True, slots=True)
class QboTotal:
    """QuickBooks' side. Gross profit is sales less the whole COGS section, as on its own Profit and Loss."""

    sales: int
    cogs: int
    other_cogs: int

    @property
    def gross_profit(self) -> int:
        return self.sales - self.cogs - self.other_cogs


@dataclass(frozen=True, slots=True)
class Before:
    """The total of another period, to compare with."""

    books: Books
    total: Total


@dataclass(frozen=True, slots=True)
class Cogs:
    """The margin of `books.period`; `rows` add up to `total`. `with_detail` of `documents` sales tell the grouping.

    `waiting` are the ids of sales whose lines would tell it, newest first.
    """

    books: Books
    by: str | None
    total: Total
    qbo: QboTotal | None
    previous: Before | None
    rows: tuple[GroupRow, ...]
    not_final: tuple[NotFinal, ...]
    documents: int
    with_detail: int
    waiting: tuple[str, ...] = ()


def cogs(books: Books, trade: Trade, by: str | None = None, previous: Before | None = None) -> Cogs:
    """The answer for one period; `previous` is the period to compare with, None where nothing of it is cached.

    An unknown grouping raises UserError, shares that do not add up to the ledger InvariantBroken.
    """
    if by is not None and by not in GROUPS:
        raise UserError(f"Sales cannot be grouped by {by!r}. Use one of {', '.join(GROUPS)}.")
    _check(books, trade, "revenue", "cogs")
    parts = shares(trade, books.period, books.currency) if by else ()
    whole = _total(books, trade, units(parts) if by else units_sold(trade, books.currency))
    rows = rows_by(parts, trade, by) if by else ()
    if by and (sum(r.total.sales for r in rows), sum(r.total.cogs for r in rows)) != (whole.sales, whole.cogs):
        raise InvariantBroken("The rows do not add up to the total; no figure is given.")
    documents, known = coverage(parts, trade, by)
    return Cogs(
        books=books,
        by=by,
        total=whole,
        qbo=qbo_total(books),
        previous=previous,
        rows=rows,
        not_final=not_final(trade, books.period),
        documents=documents,
        with_detail=known,
        waiting=waiting(parts, trade, by),
    )


def _check(books: Books, trade: Trade, *controls: str) -> None:
    for control in controls:
        if sum(group.amount for group in trade.of(control)) != books.control(Source.CIN7, control):
            raise InvariantBroken(f"The documents of {control} do not add up to the ledger; no figure is given.")


def total(books: Books, orders: int | None, units: Decimal | None) -> Total:
    """Sales and cost of the period as its ledger has them, with what was counted."""
    return Total(books.control(Source.CIN7, "revenue"), books.control(Source.CIN7, "cogs"), orders, units)


def before(books: Books, trade: Trade) -> Before:
    """The total of a period to compare with, from its sales alone; units too where its lines were read."""
    _check(books, trade, "revenue")
    return Before(books, _total(books, trade, units_sold(trade, books.currency)))


def _total(books: Books, trade: Trade, sold: Decimal | None) -> Total:
    return total(books, orders(trade.of("revenue"), trade.notes), sold)


def qbo_total(books: Books) -> QboTotal | None:
    """QuickBooks' side of the period; None where its ledger was never read."""
    if Source.QBO in books.unsynced:
        return None
    section = sum(
        amount
        for (source, code), amount in books.movement.items()
        if source is Source.QBO and books.accounts[source, code].type.casefold() == "cost of goods sold"
    )
    cost = books.control(Source.QBO, "cogs")
    return QboTotal(books.control(Source.QBO, "revenue"), cost, section - cost)


def margin(sales: int, gross_profit: int) -> str | None:
    """Gross profit in percent of sales, one decimal, half up; None where there are no sales."""
    if not sales:
        return None
    return str((Decimal(gross_profit) * 100 / Decimal(sales)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def to_json(result: Cogs) -> dict[str, object]:
    """The document `tieout/cogs/1`."""
    currency = result.books.currency
    qbo = result.qbo
    return {
        "schema": "tieout/cogs/1",
        "period": period_json(result.books.period),
        "currency": currency,
        "by": result.by,
        "total": _total_json(result.total, currency) | {"orders": result.total.orders},
        "qbo": qbo
        and _figures(qbo.sales, qbo.cogs, qbo.gross_profit, currency)
        | {"other_cogs": money_of(qbo.other_cogs, currency)},
        "difference": qbo
        and {
            "sales": money_of(result.total.sales - qbo.sales, currency),
            "cogs": money_of(result.total.cogs - qbo.cogs, currency),
        },
        "previous": _previous_json(result.previous, currency),
        "rows": [{"key": row.key, "name": row.name} | _total_json(row.total, currency) for row in result.rows],
        "not_final": [
            {"reason": each.reason, "documents": each.documents, "amount": money_of(each.amount, currency)}
            for each in result.not_final
        ],
        "coverage": {
            "documents": result.documents,
            "with_detail": result.with_detail,
            "waiting": len(result.waiting),
        },
        **ages(result.books.as_of, result.books.incomplete),
    }


def _figures(sales: int, cost: int, gross_profit: int, currency: str) -> dict[str, object]:
    return {
        "sales": money_of(sales, currency),
        "cogs": money_of(cost, currency),
        "gross_profit": money_of(gross_profit, currency),
        "margin_pct": margin(sales, gross_profit),
    }


def _total_json(total: Total, currency: str) -> dict[str, object]:
    return _figures(total.sales, total.cogs, total.gross_profit, currency) | {"units": plain(total.units)}


def _previous_json(previous: Before | None, currency: str) -> dict[str, object] | None:
    if previous is None:
        return None
    figures = _total_json(previous.total, currency) | {"orders": previous.total.orders}
    return {"period": period_json(previous.books.period), "total": figures, "complete": not previous.books.incomplete}


def to_text(result: Cogs) -> str:
    """The answer in words and an aligned table, with the age of the data and what is not final."""
    currency = result.books.currency
    lines = [f"Sales and margin {period_words(result.books.period)}, {currency}", ""]
    lines += table(("", "sales", "COGS", "gross profit", "margin", "orders", "units"), _systems(result, currency))
    if result.rows:
        head = (result.by or "", "sales", "COGS", "gross profit", "margin", "units")
        lines += [
            "",
            *table(head, [(row.name, *_cells(row.total, currency), _quantity(row.total)) for row in result.rows]),
        ]
    if result.by and result.with_detail < result.documents:
        lines += ["", covered(result.documents, result.with_detail, len(result.waiting))]
    lines += [
        f"Not final: {each.documents} {_REASONS[each.reason]} ({money_of(each.amount, currency)})"
        for each in result.not_final
    ]
    return "\n".join([*lines, "", *age_lines(result.books.as_of, result.books.incomplete)])


def covered(documents: int, with_detail: int, waiting: int) -> str:
    """In words, how many sales tell the grouping, and how many of the others will once their lines are read."""
    known = f"Detail is known for {with_detail} of {documents} sales; the rest stands in one row."
    return f"{known} The next syncs read the lines of {waiting} of them first." if waiting else known


_REASONS = {
    "invoiced_not_shipped": "sales are invoiced and not shipped, as far as the ledger tells",
    "shipped_not_invoiced": "sales are shipped and not invoiced",
    "zero_cost_shipment": "sales shipped goods at no cost",
}


def _systems(result: Cogs, currency: str) -> list[tuple[str, ...]]:
    rows = [("Cin7", *_cells(result.total, currency), str(result.total.orders), _quantity(result.total))]
    if result.qbo:
        whole = Total(result.qbo.sales, result.qbo.cogs + result.qbo.other_cogs)
        rows.append(("QuickBooks", *_cells(whole, currency), "", ""))
        if result.qbo.other_cogs:
            rows.append(("  of which other COGS", "", money_of(result.qbo.other_cogs, currency) or "", "", "", "", ""))
        apart = (result.total.sales - result.qbo.sales, result.total.cogs - result.qbo.cogs)
        rows.append(("Difference", *(money_of(amount, currency) or "" for amount in apart), "", "", "", ""))
    if result.previous:
        before = result.previous.total
        name = f"Before ({result.previous.books.period})"
        rows.append((name, *_cells(before, currency), str(before.orders), _quantity(before)))
    return rows


def _cells(total: Total, currency: str) -> tuple[str, ...]:
    share = margin(total.sales, total.gross_profit)
    figures = (total.sales, total.cogs, total.gross_profit)
    return (*(money_of(figure, currency) or "" for figure in figures), f"{share} %" if share else "-")


def _quantity(total: Total) -> str:
    return plain(total.units) or "not known"
