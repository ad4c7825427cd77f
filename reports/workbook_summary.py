"""The first sheets of the workbook: the page that ties, and the weeks of trade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports.cogs import QboTotal, margin
from reports.grouping import Total
from reports.layout import age_lines, period_words
from reports.pack import Pack
from reports.reconcile.tie_out import Control, spoken
from reports.workbook_parts import Block, Cell, Check, Column, Page, Share
from sync.domain.money import Money, digits

_MONEY = 14


def summary(pack: Pack) -> Page:
    """Every control with its check, the causes, the margin, and the proofs against QuickBooks' own reports."""
    books = pack.books
    lines = [
        f"{period_words(pack.period)}, amounts in {pack.currency}. Difference is always Cin7 less QuickBooks.",
        headline(pack),
        *age_lines(pack.as_of, pack.incomplete),
    ]
    return Page(
        "Summary",
        f"{books.company.name or 'The company'}: Cin7 Core beside QuickBooks Online",
        lines,
        [_controls(pack), _balances(pack), _causes(pack), _margin(pack), _proofs(pack)],
    )


def headline(pack: Pack) -> str:
    """Whether the period ties, in one sentence."""
    moved = [c for c in pack.tied.controls if c.cin7 or c.qbo or (c.closing and c.closing.difference)]
    apart = [c for c in moved if c.difference]
    open_ = [c for c in moved if c.unexplained]
    if not apart:
        said = f"Ties out: all {len(moved)} controls agree to the cent."
    else:
        said = f"{len(moved) - len(apart)} of {len(moved)} controls agree to the cent; {len(apart)} differ"
        said += f", {len(open_)} not wholly explained." if open_ else ", every cent explained."
    return said if not pack.incomplete else f"{said} The data is not complete, see below."


def _controls(pack: Pack) -> Block:
    columns = [
        Column("Control", 30),
        *(Column(name, _MONEY) for name in ("Cin7", "QuickBooks", "Difference", "Explained", "Unexplained")),
        Column("Check (must be 0)", 9),
        Column("Matched documents", 11),
    ]
    return Block(columns, [_control(pack, each) for each in pack.tied.controls], "Movement", filtered=True)


def _control(pack: Pack, control: Control) -> list[Cell]:
    figures = (control.cin7, control.qbo, control.difference, control.explained, control.unexplained)
    check = f"=ROUND(ABS(B{{row}}-C{{row}}-D{{row}})+ABS(D{{row}}-E{{row}}-F{{row}}),{digits(pack.currency)})"
    return [
        spoken(control.name, pack.books),
        *(Money(minor, pack.currency) for minor in figures),
        Check(check, Money(0, pack.currency)),
        control.matched,
    ]


def _balances(pack: Pack) -> Block:
    """The balances at the period's end, of the controls that have one."""
    names = ("Closing Cin7", "Closing QuickBooks", "Gap", "Gap before", "Gap of the period")
    columns = [Column("Control", 30), *(Column(name, _MONEY) for name in names), Column("Check (must be 0)", 9),
               Column("Apart since", 11)]  # fmt: skip
    check = f"=ROUND(ABS(B{{row}}-C{{row}}-D{{row}})+ABS(D{{row}}-E{{row}}-F{{row}}),{digits(pack.currency)})"
    rows: list[list[Cell]] = []
    for control in pack.tied.controls:
        held = control.closing
        if held:
            figures = (held.cin7, held.qbo, held.difference, held.opening_difference, control.difference)
            rows.append(
                [
                    spoken(control.name, pack.books),
                    *(Money(minor, pack.currency) for minor in figures),
                    Check(check, Money(0, pack.currency)),
                    held.first_divergence,
                ]
            )
    reason = next((c.closing_reason for c in pack.tied.controls if c.name in ("inventory", "receivables")), "")
    return Block(columns, rows, "Balances", empty=reason or "No balances.")


def _causes(pack: Pack) -> Block:
    """Cause by control: amounts of different controls point in different directions and are not summed."""
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for found in pack.tied.findings:
        control = spoken(found.control, pack.books) if found.control else "products"
        entry = sums[found.nature, found.cause, control]
        entry[0] += found.count
        entry[1] += found.amount
    for left in pack.tied.ambiguous:
        entry = sums["open", "unexplained", spoken(left.control, pack.books)]
        entry[0] += 1
        entry[1] += left.amount
    order = ("error", "open", "timing", "policy")
    rows: list[list[Cell]] = [
        [cause.replace("_", " "), nature, control, count, Money(amount, pack.currency)]
        for (nature, cause, control), (count, amount) in sorted(
            sums.items(), key=lambda each: (order.index(each[0][0]), -abs(each[1][1]), each[0])
        )
    ]
    columns = [
        Column("Cause", 30),
        Column("Kind", 14),
        Column("Control", 14),
        Column("Events", 14),
        Column("Amount", 14),
    ]
    return Block(columns, rows, "Causes", empty="No finding: both systems say the same.")


def _margin(pack: Pack) -> Block:
    columns = [
        Column("System", 30),
        *(Column(name, _MONEY) for name in ("Sales", "COGS", "Other COGS", "Gross profit")),
        Column("Margin", 9),
        Column("Orders", 8),
    ]
    return Block(columns, list(_margin_rows(pack)), "Sales and gross margin")


def _margin_rows(pack: Pack) -> Iterator[list[Cell]]:
    found = pack.margin

    def money(minor: int) -> Money:
        return Money(minor, pack.currency)

    def cin7(name: str, total: Total) -> list[Cell]:
        figures = [money(total.sales), money(total.cogs), None, money(total.gross_profit)]
        return [name, *figures, share(total.sales, total.gross_profit), total.orders]

    yield cin7("Cin7", found.total)
    if found.qbo:
        own = found.qbo
        figures = [money(own.sales), money(own.cogs), money(own.other_cogs), money(own.gross_profit)]
        yield ["QuickBooks", *figures, share(own.sales, own.gross_profit), None]
        apart = (money(found.total.sales - own.sales), money(found.total.cogs - own.cogs))
        yield ["Difference", *apart, None, None, None, None]
    if found.previous:
        yield cin7(f"Before, {found.previous.books.period}", found.previous.total)


def share(sales: int, gross_profit: int) -> Share | None:
    """Gross margin in percent as `tieout cogs` gives it."""
    told = margin(sales, gross_profit)
    return None if told is None else Share(Decimal(told))


def _proofs(pack: Pack) -> Block:
    rows: list[Sequence[Cell]] = [
        (f"QuickBooks' own {each.report}", each.status, None if each.status == "unavailable" else
         Money(each.difference, pack.currency))
        for each in pack.books.proofs
    ]  # fmt: skip
    columns = [Column("Report", 30), Column("Status", 14), Column("Difference", 14)]
    return Block(columns, rows, "Proof of what was read", empty="QuickBooks' own reports were not compared.")


def weeks(pack: Pack) -> Page:
    """Sales, cost and margin of 13 weeks, both systems."""
    money = ("Sales", "COGS", "Gross profit")
    columns = [
        Column("Week from", 11),
        Column("to", 11),
        *(Column(f"Cin7 {name}", _MONEY) for name in money),
        Column("Cin7 margin", 9),
        *(Column(f"QuickBooks {name}", _MONEY) for name in ("Sales", "COGS", "other COGS", "Gross profit")),
        Column("QuickBooks margin", 11),
        *(Column(f"Difference {name}", 13) for name in ("Sales", "COGS")),
        Column("Remarks", 30, wrap=True),
    ]
    rows = []
    for week in pack.weeks:
        own = week.cin7
        remarks = [] if week.over else ["not over yet"]
        remarks += [f"{each.source} {each.entity}: {each.reason}" for each in week.reasons]
        rows.append(
            [
                week.period.start,
                week.period.end,
                *(Money(minor, pack.currency) for minor in (own.sales, own.cogs, own.gross_profit)),
                share(own.sales, own.gross_profit),
                *_qbo_week(week.qbo, own, pack.currency),
                "; ".join(remarks),
            ]
        )
    lines = [f"13 weeks up to {pack.period.end}, {pack.currency}."]
    return Page("Weeks", "Sales, COGS and gross margin by week", lines, [Block(columns, rows)])


def _qbo_week(qbo: QboTotal | None, own: Total, currency: str) -> list[Cell]:
    if qbo is None:
        return [None] * 7
    figures = (qbo.sales, qbo.cogs, qbo.other_cogs, qbo.gross_profit)
    apart = (own.sales - qbo.sales, own.cogs - qbo.cogs)
    return [
        *(Money(minor, currency) for minor in figures),
        share(qbo.sales, qbo.gross_profit),
        *(Money(minor, currency) for minor in apart),
    ]
