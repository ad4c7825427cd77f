"""Draws inventory by day with its gap, and the bridges from Cin7 to QuickBooks."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from reports.bridge import OPENING, UNEXPLAINED, Bridge, Step, bridge
from reports.charts_style import (
    BLACK,
    CIN7,
    GAP,
    GRID,
    PALE,
    QBO,
    QUIET,
    UNKNOWN,
    Drawing,
    day_axis,
    drawing,
    label,
    money_axis,
    place,
    rows_axis,
    rows_height,
    words,
)
from reports.local import Local
from reports.pack import Pack
from reports.reconcile.tie_out import Control
from reports.words import cause_label

_MARKS = 13  # snapshots of stock that are shown one by one
_MOST = 8  # causes that a picture shows one by one
_ZOOM = 4  # where the steps are a smaller part than this of the whole, the axis does not begin at zero


def inventory(pack: Pack, local: Local) -> Drawing:
    """Both sides by day above, the gap as a band of its own below, and the first day of divergence."""
    days = [each.day for each in pack.days]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.64, 0.36], vertical_spacing=0.12)
    for name, colour, width, amounts in (
        ("QuickBooks ledger", QBO, 7, [each.qbo for each in pack.days]),
        ("Cin7 ledger", CIN7, 3, [each.cin7 for each in pack.days]),
    ):
        told = [f"{local.day(day)}<br>{name} {local.money(amount)}" for day, amount in zip(days, amounts, strict=True)]
        figure.add_trace(
            go.Scatter(
                x=days, y=[place(amount, local) for amount in amounts], name=name, mode="lines", legendrank=len(name),
                line={"color": colour, "width": width, "shape": "hv"}, fill="tonexty" if colour == CIN7 else None,
                fillcolor="rgba(213,94,0,0.25)", text=told, hovertemplate="%{text}<extra></extra>",
            ),
            row=1, col=1,
        )  # fmt: skip
    _snapshots(figure, pack, local)
    figure.add_trace(_gap(pack, local), row=2, col=1)
    both = [amount for each in pack.days for amount in (each.cin7, each.qbo, each.stock_value or each.cin7)]
    figure.update_yaxes(money_axis(both, local), row=1, col=1)
    figure.update_yaxes(
        money_axis([each.gap for each in pack.days], local, most=2, zero=True)
        | {"zeroline": True, "zerolinecolor": BLACK, "zerolinewidth": 1},
        row=2,
        col=1,
    )
    figure.update_xaxes(day_axis(days, local, edge=2))
    labels = [label for axis in (figure.layout.yaxis, figure.layout.yaxis2) for label in axis.ticktext]
    _marks(figure, pack, local)
    return drawing(figure, 480, labels=labels, note="Shaded: the period")


def _gap(pack: Pack, local: Local) -> go.Scatter:
    """The gap by day as a band from zero."""
    return go.Scatter(
        x=[each.day for each in pack.days], y=[place(each.gap, local) for each in pack.days], name="Gap",
        showlegend=False, mode="lines", line={"color": GAP, "width": 3, "shape": "hv"}, fill="tozeroy",
        fillcolor="rgba(213,94,0,0.35)",
        text=[f"{local.day(each.day)}<br>Gap {local.signed(each.gap)}" for each in pack.days],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _snapshots(figure: go.Figure, pack: Pack, local: Local) -> None:
    """Cin7's stock value: single marks, or a dotted line where there is one for most days."""
    known = [(each.day, each.stock_value) for each in pack.days if each.stock_value is not None]
    many = len(known) > _MARKS
    shown = [(each.day, each.stock_value) for each in pack.days] if many else known
    if not known:
        return
    figure.add_trace(
        go.Scatter(
            x=[day for day, _ in shown], y=[None if value is None else place(value, local) for _, value in shown],
            name="Cin7 stock value", mode="lines" if many else "markers",
            line={"color": BLACK, "width": 2, "dash": "dot", "shape": "hv"},
            marker={"symbol": "diamond-open", "size": 11, "color": BLACK, "line": {"width": 2}},
            text=[
                "" if value is None else f"{local.day(day)}<br>Cin7 stock value {local.money(value)}"
                for day, value in shown
            ],
            hovertemplate="%{text}<extra></extra>",
        ),
        row=1, col=1,
    )  # fmt: skip


def _marks(figure: go.Figure, pack: Pack, local: Local) -> None:
    """The pack's period shaded, the first day of divergence as a line with its date, the gap's panel named."""
    first, last = pack.days[0].day, pack.days[-1].day
    start = max(pack.period.start, first)
    figure.add_vrect(x0=start.isoformat(), x1=last.isoformat(), fillcolor=PALE, line_width=0, layer="below")
    now = words(local.signed(pack.days[-1].gap))
    figure.add_annotation(
        text=f"<b>Gap, Cin7 less QuickBooks</b>  now {now}", xref="paper", x=0, yref="y2 domain", y=1, xanchor="left",
        yanchor="bottom", yshift=2, showarrow=False,
    )  # fmt: skip
    control = pack.control("inventory")
    since = control.closing.first_divergence if control and control.closing else None
    if since is None:
        return
    shown = max(since, first)
    right = (shown - first).days * 2 > (last - first).days
    text = f"apart since {local.day(since)}"
    figure.add_vline(x=shown.isoformat(), line={"color": BLACK, "width": 2, "dash": "dot"})
    figure.add_annotation(
        text=words(f"{text} →" if right else f"← {text}" if since < first else text), x=shown.isoformat(), xref="x",
        yref="y2 domain", y=0.98, yanchor="top", xanchor="right" if right else "left", xshift=-6 if right else 6,
        showarrow=False, bgcolor="rgba(255,255,255,0.7)",
    )  # fmt: skip


def of_bridge(pack: Pack, control: Control, local: Local) -> Drawing:
    """A waterfall of bars from Cin7's figure down to QuickBooks', what is not explained in a colour of its own."""
    found = bridge(pack.tied, control)
    steps = found.grouped(_MOST)
    ends = _ends(found, steps)
    bars = [("Cin7", found.cin7, 0, found.cin7, CIN7)]
    bars += [
        (_named(step), -step.amount, start, end, UNKNOWN if step.cause in (UNEXPLAINED, OPENING) else GAP)
        for step, start, end in zip(steps, ends, ends[1:], strict=False)
    ]
    bars += [("QuickBooks", found.qbo, 0, found.qbo, QBO)]
    axis = _bridge_axis(ends, local)
    left, right = axis["range"]
    zero = min(max(left, 0.0), right)  # or, where the axis does not show it, the edge that is nearest to it
    figure, labels = go.Figure(), []
    for n, (name, amount, start, end, colour) in enumerate(bars):
        whole = n in (0, len(bars) - 1)
        told = local.money(amount) if whole else local.signed(amount)
        labels.append(label(name, told))
        base, cause = (zero, "") if whole else (place(start, local), steps[n - 1].cause)
        figure.add_trace(_bar(n, name, told, base, place(end, local), colour, cause))
        if n < len(bars) - 1:
            x = place(end, local)
            figure.add_shape(type="line", x0=x, x1=x, y0=n, y1=n + 1, line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.update_xaxes(axis | {"zeroline": True, "zerolinecolor": GRID})
    figure.update_yaxes(rows_axis(labels))
    note = "" if left <= 0 <= right else "The axis does not begin at zero"
    return drawing(figure, 42 + rows_height(labels), labels=labels, legend=False, note=note, barmode="overlay")


def _bar(row: int, name: str, told: str, start: float, end: float, colour: str, cause: str) -> go.Bar:
    """One bar of a bridge; a click on it gives its cause."""
    return go.Bar(
        orientation="h", y=[row], base=[start], x=[end - start], marker={"color": colour}, width=0.62, name=name,
        showlegend=False, text=[f"{words(name)}: {words(told)}"], textposition="none",
        hovertemplate="%{text}<extra></extra>", customdata=[cause],
    )  # fmt: skip


def _named(step: Step) -> str:
    return cause_label(step.cause) + (f" ({step.count})" if step.count else "")


def _ends(found: Bridge, steps: tuple[Step, ...]) -> list[int]:
    """Cin7's figure, and where each step ends; the last is QuickBooks'."""
    ends = [found.cin7]
    for step in steps:
        ends.append(ends[-1] - step.amount)
    return ends


def _bridge_axis(ends: list[int], local: Local) -> dict[str, Any]:
    """From zero, or from near the steps where they would be too small to be seen."""
    low, high = min(ends), max(ends)
    span, biggest = high - low, max(abs(low), abs(high))
    if span == 0 or span * _ZOOM >= biggest or low <= 0 <= high:
        return money_axis(ends, local, most=3, zero=True)
    axis = money_axis([low - span // 2, high], local, most=4)
    return axis if low > 0 else money_axis([low, high + span // 2], local, most=4)
