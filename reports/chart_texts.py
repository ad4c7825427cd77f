"""The words and tables of the pack's charts of money: inventory by day, bridges, trade by week, stock by location."""

from __future__ import annotations

from decimal import Decimal

from reports.bridge import Bridge, bridge, causes
from reports.chart import Chart, footer, made
from reports.cogs import margin
from reports.local import Local
from reports.pack import Pack, PlaceValues, Week
from reports.reconcile.tie_out import Control
from reports.words import cause_label, control_label, counted, differ, tie

_TOLD = 2  # causes that a title names


def inventory(pack: Pack, local: Local) -> Chart:
    """Inventory by day on both sides; the pack must have `days`."""
    first, last = pack.days[0], pack.days[-1]
    control = pack.control("inventory")
    since = control.closing.first_divergence if control and control.closing else None
    if last.gap:
        higher = "Cin7" if last.gap > 0 else "QuickBooks"
        title = (
            f"Inventory is {local.money(abs(last.gap))} higher in {higher}, apart since {local.day(since or last.day)}"
        )
    else:
        title = f"Inventory ties: {local.money(last.cin7)} on both sides on {local.day(last.day)}"
    rows = [
        (local.day(d.day), local.money(d.cin7), local.money(d.qbo), local.signed(d.gap),
         "" if d.stock_value is None else local.money(d.stock_value))
        for d in pack.days
    ]  # fmt: skip
    alt = (
        f"Lines by day from {local.day(first.day)} to {local.day(last.day)}: Cin7 goes from {local.money(first.cin7)}"
        f" to {local.money(last.cin7)}, QuickBooks from {local.money(first.qbo)} to {local.money(last.qbo)}."
        f" The gap goes from {local.signed(first.gap)} to {local.signed(last.gap)}{_widest(pack, local)}."
        f"{_against_stock(control, local)}"
    )
    head = ("Day", "Cin7 ledger", "QuickBooks ledger", "Gap", "Cin7 stock value")
    subtitle = "Inventory at the end of each day, Cin7 and QuickBooks, and the gap between them"
    return made("inventory", title, subtitle, alt, [head, *rows], footer(pack, local))


def _widest(pack: Pack, local: Local) -> str:
    widest = max(pack.days, key=lambda d: abs(d.gap))
    same = abs(widest.gap) in (abs(pack.days[0].gap), abs(pack.days[-1].gap))
    return "" if same else f" and was widest on {local.day(widest.day)} with {local.signed(widest.gap)}"


def _against_stock(control: Control | None, local: Local) -> str:
    """Cin7's stock value beside its own ledger, where both are known."""
    stock = control.closing.subledger if control and control.closing else None
    if stock is None:
        return ""
    told = f" Cin7's stock value of {local.instant(stock.taken_at)} is {local.money(stock.value)}"
    return f"{told}, {local.signed(stock.difference)} beside Cin7's own ledger."


def of_bridge(pack: Pack, control: Control, local: Local) -> Chart:
    """The way from Cin7's figure of one control to QuickBooks'."""
    found, name = bridge(pack.tied, control), control_label(control.name, pack.books)
    when = f"on {local.day(pack.last_day)}" if found.basis == "closing" else f"in {local.span(pack.period)}"
    rows = [("Cin7", local.money(found.cin7), "")]
    rows += [(cause_label(step.cause), local.signed(-step.amount), str(step.count or "")) for step in found.steps]
    rows += [("QuickBooks", local.money(found.qbo), "")]
    steps = "; ".join(f"{label} {amount}" for label, amount, _ in rows[1:-1])
    alt = f"Bridge {when}: Cin7 {local.money(found.cin7)}; {steps}; QuickBooks {local.money(found.qbo)}."
    subtitle = f"{name} {when}: from Cin7 to QuickBooks, by cause"
    head = ("", "Amount", "Documents")
    return made(
        f"bridge-{slug(control.name)}", bridge_title(found, name, local), subtitle, alt, [head, *rows],
        footer(pack, local),
    )  # fmt: skip


def slug(control: str) -> str:
    """A control as part of a file's name."""
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in control)


def bridge_title(found: Bridge, name: str, local: Local) -> str:
    """ "COGS differs by $1,204.50, 3 journals missing in QuickBooks" """
    if not found.gap:
        cancel = ", though causes cancel out" if causes(found.steps) or found.unexplained else ""
        return f"{tie(name)}: {local.money(found.cin7)} on both sides{cancel}"
    told = [counted(step, found.control) for step in causes(found.steps)[:_TOLD]]
    told += [f"{local.money(abs(found.unexplained))} unexplained"] if found.unexplained else []
    if not told:
        told = ["from before the period"]
    return ", ".join([f"{differ(name)} by {local.money(abs(found.gap))}", *told])


def trade(pack: Pack, local: Local) -> Chart:
    """Sales, COGS and gross margin of 13 weeks on both sides; the title is about the pack's period."""
    first, last = pack.weeks[0].period, pack.weeks[-1].period
    rows = [
        (
            week_label(week, local),
            *(local.money(amount) for amount in (week.cin7.sales, week.cin7.cogs)),
            local.percent(margin(week.cin7.sales, week.cin7.gross_profit)),
            *_qbo_cells(week, local),
        )
        for week in pack.weeks
    ]
    shown = ("sales", "COGS", "margin")
    head = ("Week from", *(f"{system} {what}" for system in ("Cin7", "QuickBooks") for what in shown))
    newest = rows[-1]
    alt = (
        f"Lines by week from {local.day(first.start)} to {local.day(last.end)}. In the last week: Cin7 sales"
        f" {newest[1]}, COGS {newest[2]}, gross margin {newest[3]}; QuickBooks sales {newest[4]}, COGS {newest[5]},"
        f" gross margin {newest[6]}.{_apart_weeks(pack, local)}{_other_costs(pack, local)}"
    )
    subtitle = f"Sales, COGS and gross margin by week, {len(pack.weeks)} weeks to {local.day(last.end)}"
    return made("trade", trade_title(pack, local), subtitle, alt, [head, *rows], footer(pack, local))


def week_label(week: Week, local: Local) -> str:
    """The week's first day, with what should be known of it."""
    notes = (["not over"] if not week.over else []) + (["not complete"] if week.reasons else [])
    return local.day(week.period.start) + (f" ({', '.join(notes)})" if notes else "")


def _qbo_cells(week: Week, local: Local) -> tuple[str, str, str]:
    qbo = week.qbo
    if qbo is None:
        return ("–", "–", "–")
    return (
        local.money(qbo.sales),
        local.money(qbo.cogs),
        local.percent(margin(qbo.sales, qbo.gross_profit)),
    )


def _other_costs(pack: Pack, local: Local) -> str:
    other = sum(week.qbo.other_cogs for week in pack.weeks if week.qbo)
    if not any(week.qbo and week.qbo.other_cogs for week in pack.weeks):
        return ""
    return f" QuickBooks' margin also counts {local.money(other)} that stand in its COGS section on other accounts."


def _apart_weeks(pack: Pack, local: Local) -> str:
    apart = [w for w in pack.weeks if w.qbo and (w.cin7.sales, w.cin7.cogs) != (w.qbo.sales, w.qbo.cogs)]
    if not apart:
        return " Both systems agree in every week."
    named = ", ".join(local.short(week.period.start) for week in apart)
    return f" The systems differ in {len(apart)} of {len(pack.weeks)} weeks: {named}."


def trade_title(pack: Pack, local: Local) -> str:
    """How the period's COGS and sales tie, and the margin with its change."""
    for name in ("cogs", "revenue"):
        control = pack.control(name)
        if control and control.difference:
            label = "Sales" if name == "revenue" else control_label(name, pack.books)
            return bridge_title(bridge(pack.tied, control), label, local)
    return f"Sales and COGS tie; {margin_words(pack, local)}"


def margin_words(pack: Pack, local: Local) -> str:
    """ "gross margin 42.6%, up 1.2 points on Nov 9 – Nov 15" """
    total, before = pack.margin.total, pack.margin.previous
    share = margin(total.sales, total.gross_profit)
    if share is None:
        return f"no sales in {local.span(pack.period)}"
    told = f"gross margin {local.percent(share)}"
    earlier = margin(before.total.sales, before.total.gross_profit) if before else None
    if before is None or earlier is None:
        return told
    change = Decimal(share) - Decimal(earlier)
    on = local.brief(before.books.period)
    return f"{told}, {_moved(change, local)} {on}"


def _moved(change: Decimal, local: Local) -> str:
    if not change:
        return "as in"
    return f"{'up' if change > 0 else 'down'} {local.points(change)} points on"


def locations(pack: Pack, found: PlaceValues, local: Local) -> Chart:
    """Stock value by location with the change on the week."""
    change = "no snapshot a week earlier"
    if found.before_day is not None and found.change is not None:
        direction = "up" if found.change > 0 else "down"
        moved = f"{direction} {local.money(abs(found.change))}" if found.change else "unchanged"
        change = f"{moved} since {local.day(found.before_day)}"
    rows = [_place_cells(p.location or "No location", p.value, p.before, p.change, local) for p in found.places]
    rows += [("Rounding", local.money(found.rounding), "", "")] if found.rounding else []
    rows += [_place_cells("Total", found.total, found.before, found.change, local)]
    alt = f"Bars by location on {local.day(found.day)}: " + "; ".join(
        f"{name} {value}{f' ({moved})' if moved else ''}" for name, value, _, moved in rows
    )
    subtitle = f"Cin7 stock value by location on {local.day(found.day)}, and its change on the week"
    title = f"Stock is worth {local.money(found.total)}, {change}"
    foot = (f"Cin7 stock as of {local.instant(found.taken_at)}  ·  Tieout", *footer(pack, local)[1:])
    earlier = f"Value on {local.day(found.before_day)}" if found.before_day else "Value before"
    head = ("Location", f"Value on {local.day(found.day)}", earlier, "Change")
    return made("locations", title, subtitle, alt + ".", [head, *rows], foot)


def _place_cells(
    name: str, value: int, before: int | None, change: int | None, local: Local
) -> tuple[str, str, str, str]:
    was = "" if before is None else local.money(before)
    return (name, local.money(value), was, "" if change is None else local.signed(change))
