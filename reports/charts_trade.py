"""Draws sales, COGS and margin by week, open findings by owner and age, and stock value by location."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from reports.chart_findings import AGES, owned, trend
from reports.charts_style import (
    BLACK,
    BLUE,
    CIN7,
    GAP,
    ORANGE,
    QBO,
    SKY,
    VERMILION,
    YELLOW,
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
from reports.cogs import margin
from reports.local import Local
from reports.pack import Pack, PlaceValue, PlaceValues, Week

_AGE_COLOURS = (SKY, YELLOW, ORANGE, VERMILION)
_PLACES = 12


def trade(pack: Pack, local: Local) -> Drawing:
    """Three panels with one axis of weeks: sales, COGS, gross margin; one line for each system."""
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.11)
    starts = [week.period.start for week in pack.weeks]
    panels = (("Sales", _sales), ("COGS", _costs), ("Gross margin", _margins))
    for row, (title, figures) in enumerate(panels, start=1):
        sides = figures(pack, local)
        for name, colour, width, dash in (("QuickBooks", QBO, 7, "solid"), ("Cin7", CIN7, 3, "solid")):
            places, texts = sides[name]
            figure.add_trace(
                go.Scatter(
                    x=starts,
                    y=places,
                    name=name,
                    mode="lines+markers",
                    line={"color": colour, "width": width, "dash": dash},
                    marker={"size": 13 if name == "QuickBooks" else 7, "color": colour},
                    showlegend=row == 1,
                    text=[
                        f"{title}, week from {local.day(day)}<br>{name} {text}"
                        for day, text in zip(starts, texts, strict=True)
                    ],
                    hovertemplate="%{text}<extra></extra>",
                ),
                row=row,
                col=1,
            )
        ours, theirs = sides["Cin7"][1][-1], sides["QuickBooks"][1][-1]
        newest = ours if ours == theirs else f"Cin7 {ours}, QuickBooks {theirs}"
        figure.add_annotation(
            text=f"<b>{title}</b>  last week {words(newest)}", xref="paper", x=0, xanchor="left",
            yref="y domain" if row == 1 else f"y{row} domain", y=1, yanchor="bottom", yshift=4, showarrow=False,
        )  # fmt: skip
    _trade_axes(figure, pack, local)
    axes = (figure.layout.yaxis, figure.layout.yaxis2, figure.layout.yaxis3)
    made = drawing(figure, 640, labels=[label for axis in axes for label in axis.ticktext])
    made.figure.update_layout(margin_t=64, legend={"y": 1.05, "traceorder": "reversed"})
    return made


_Side = tuple[list[float | None], list[str]]


def _sales(pack: Pack, local: Local) -> dict[str, _Side]:
    return _sides(pack, local, lambda week: week.cin7.sales, lambda week: week.qbo and week.qbo.sales)


def _costs(pack: Pack, local: Local) -> dict[str, _Side]:
    return _sides(pack, local, lambda week: week.cin7.cogs, lambda week: week.qbo and week.qbo.cogs)


def _sides(pack: Pack, local: Local, cin7: Any, qbo: Any) -> dict[str, _Side]:
    def side(of: Any) -> _Side:
        amounts: list[int | None] = [of(week) for week in pack.weeks]
        return (
            [None if amount is None else place(amount, local) for amount in amounts],
            ["–" if amount is None else local.money(amount) for amount in amounts],
        )

    return {"Cin7": side(cin7), "QuickBooks": side(qbo)}


def _margins(pack: Pack, local: Local) -> dict[str, _Side]:
    def side(shares: list[str | None]) -> _Side:
        return [None if share is None else float(share) for share in shares], [local.percent(share) for share in shares]

    return {
        "Cin7": side([margin(week.cin7.sales, week.cin7.gross_profit) for week in pack.weeks]),
        "QuickBooks": side([_qbo_margin(week) for week in pack.weeks]),
    }


def _qbo_margin(week: Week) -> str | None:
    return margin(week.qbo.sales, week.qbo.gross_profit) if week.qbo else None


def _trade_axes(figure: go.Figure, pack: Pack, local: Local) -> None:
    sales = [amount for week in pack.weeks for amount in (week.cin7.sales, week.qbo.sales if week.qbo else 0)]
    costs = [amount for week in pack.weeks for amount in (week.cin7.cogs, week.qbo.cogs if week.qbo else 0)]
    figure.update_yaxes(money_axis(sales, local, most=3, zero=True), row=1, col=1)
    figure.update_yaxes(money_axis(costs, local, most=3, zero=True), row=2, col=1)
    figure.update_yaxes(_percent_axis(pack, local), row=3, col=1)
    figure.update_xaxes(day_axis([week.period.start for week in pack.weeks], local, edge=4))
    half = 3.5 * 86_400_000  # milliseconds, plotly's unit of an axis of days
    for week in pack.weeks:
        if week.qbo and (week.cin7.sales, week.cin7.cogs) != (week.qbo.sales, week.qbo.cogs):
            middle = _milliseconds(week)
            figure.add_vrect(
                x0=middle - half, x1=middle + half, fillcolor=GAP, opacity=0.2, line_width=0, layer="below"
            )


def _milliseconds(week: Week) -> int:
    return (week.period.start.toordinal() - 719_163) * 86_400_000  # 719,163 is the ordinal of 1 January 1970


def _percent_axis(pack: Pack, local: Local) -> dict[str, Any]:
    """Whole tens of percent around the margins, negative ones too."""
    shares = [
        share for week in pack.weeks for share in (margin(week.cin7.sales, week.cin7.gross_profit), _qbo_margin(week))
    ]
    known = [int(Decimal(share).to_integral_value()) for share in shares if share is not None] or [0]
    low, high = min(0, min(known)) // 10 * 10, -(-max(known) // 10) * 10 + 5
    every = 20 if high - low <= 100 else -(-(high - low) // 50) * 10
    marks = list(range(low, high + 1, every))
    axis = money_axis([0], local)
    return axis | {
        "range": [low - 4, high],
        "tickvals": marks,
        "ticktext": [local.tens(mark) for mark in marks],
    }


def findings(pack: Pack, local: Local) -> Drawing:
    """Bars of open findings, one an owner, one colour an age; below, inventory's gap at the end of each week."""
    groups, gaps = owned(pack, local), trend(pack)
    rows = max(len(groups), 1)
    labels = [label(each.owner, f"{each.count} · {local.money(each.money)}") for each in groups] or ["none"]
    upper, lower = rows_height(labels), 200 if gaps else 0
    figure = make_subplots(
        rows=2 if gaps else 1, cols=1, vertical_spacing=90 / (upper + lower + 90) if gaps else 0,
        row_heights=[upper / (upper + lower), lower / (upper + lower)] if gaps else None,
    )  # fmt: skip
    for n, (_, age) in enumerate(AGES):
        counts = [each.counts[n] for each in groups]
        figure.add_trace(
            go.Bar(
                orientation="h", x=counts or [0], y=list(range(rows)), name=age, marker={"color": _AGE_COLOURS[n]},
                text=[str(count or "") for count in counts], textposition="inside", textangle=0,
                insidetextfont={"color": BLACK}, insidetextanchor="middle", width=0.62,
                hovertext=[f"{words(each.owner)}: {each.counts[n]} open, {age}" for each in groups],
                hovertemplate="%{hovertext}<extra></extra>",
            ),
            row=1, col=1,
        )  # fmt: skip
    most = max((each.count for each in groups), default=1)
    figure.update_xaxes({"visible": False, "range": [0, most * 1.02], "fixedrange": True}, row=1, col=1)
    figure.update_yaxes(rows_axis(labels), row=1, col=1)
    if gaps:
        labels += _trend(figure, pack, local)
    made = drawing(figure, upper + lower + 70 + 110 * bool(gaps), labels=labels, barmode="stack")
    made.figure.update_layout(legend={"traceorder": "normal"}, margin_t=66)
    return made


def _trend(figure: go.Figure, pack: Pack, local: Local) -> list[str]:
    """Draws the gap at the ends of weeks; gives the axis' labels."""
    gaps = trend(pack)
    figure.add_trace(
        go.Bar(
            x=[each.day for each in gaps], y=[place(each.gap, local) for each in gaps], marker={"color": GAP},
            name="Inventory gap", showlegend=False,
            hovertext=[f"{local.day(each.day)}<br>Gap {local.signed(each.gap)}" for each in gaps],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        row=2, col=1,
    )  # fmt: skip
    axis = money_axis([each.gap for each in gaps], local, most=2, zero=True)
    figure.update_yaxes(axis | {"zeroline": True, "zerolinecolor": BLACK}, row=2, col=1)
    figure.update_xaxes(day_axis([each.day for each in gaps], local, edge=4), row=2, col=1)
    figure.add_annotation(
        text=f"<b>Inventory gap by week</b><br>now {words(local.signed(gaps[-1].gap))}", xref="paper", x=0,
        xanchor="left", yref="y2 domain", y=1, yanchor="bottom", yshift=6, showarrow=False, align="left",
    )  # fmt: skip
    return list(axis["ticktext"])


def locations(found: PlaceValues, local: Local) -> Drawing:
    """Bars by location, and a mark where each stood about a week before."""
    places = _most(found.places)
    labels = [label(each.location or "No location", _told(each, local)) for each in places]
    figure = go.Figure(
        go.Bar(
            orientation="h", y=list(range(len(places))), x=[place(each.value, local) for each in places],
            marker={"color": BLUE}, width=0.6, name=f"on {local.day(found.day)}",
            hovertext=[f"{words(each.location or 'No location')}: {words(_told(each, local))}" for each in places],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    earlier = [(n, each.before) for n, each in enumerate(places) if each.before is not None]
    if found.before_day is not None and earlier:
        figure.add_trace(
            go.Scatter(
                x=[place(before, local) for _, before in earlier], y=[n for n, _ in earlier], mode="markers",
                name=f"on {local.day(found.before_day)}",
                marker={"symbol": "line-ns", "size": 34, "color": ORANGE, "line": {"width": 5, "color": ORANGE}},
                text=[f"{local.day(found.before_day)}: {words(local.money(before))}" for _, before in earlier],
                hovertemplate="%{text}<extra></extra>",
            )
        )  # fmt: skip
    amounts = [each.value for each in places] + [before for _, before in earlier]
    figure.update_xaxes(money_axis(amounts, local, most=3, zero=True) | {"zeroline": True, "zerolinecolor": BLACK})
    figure.update_yaxes(rows_axis(labels))
    return drawing(figure, 76 + rows_height(labels), labels=labels, legend=bool(earlier))


def _most(places: tuple[PlaceValue, ...]) -> tuple[PlaceValue, ...]:
    """The largest locations, and the rest of many in one."""
    if len(places) <= _PLACES:
        return places
    rest = places[_PLACES - 1 :]
    before = [place.before for place in rest if place.before is not None]
    others = PlaceValue(f"{len(rest)} others", sum(p.value for p in rest), sum(before) if before else None)
    return (*places[: _PLACES - 1], others)


def _told(each: PlaceValue, local: Local) -> str:
    return local.money(each.value) + ("" if each.change is None else f" ({local.signed(each.change)})")
