"""How charts look: colours that colour-blind people tell apart, axes with exact labels, the frame of a picture.

Here integers become floats, to place marks; what is printed comes from exact text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape, unescape
from typing import Any

import plotly.graph_objects as go

from reports.chart import Chart
from reports.local import Local
from sync.domain.money import from_minor

# Okabe and Ito's palette (jfly.uni-koeln.de/color), safe for every kind of colour blindness.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
CIN7, QBO, GAP, UNKNOWN = BLUE, ORANGE, VERMILION, PURPLE
GRID, QUIET, PALE = "#D9D9D9", "#555555", "rgba(0,0,0,0.05)"

# A picture in Slack is about 360 pixels wide: at half the size the smallest letters are still 9 pixels high.
WIDTH, SCALE, SIZE = 720, 2, 18
_TITLE, _SMALL, _SIDE, _LINE = 23, 14, 24, 1.3
_LABEL = 22  # letters of a label in one line
_WIDE = 0.62  # of its height, how wide a letter is on average, in the widest of the fonts
_TAG = re.compile("<[^>]*>")
_FONT = "Open Sans, Helvetica, Arial, DejaVu Sans, sans-serif"
_STEPS = (1, 2, 5)
_AXIS = {
    "showgrid": True,
    "gridcolor": GRID,
    "zeroline": False,
    "fixedrange": True,
    "ticks": "",
    "ticklabelstandoff": 6,
}


def words(text: str) -> str:
    """Text of people and systems for plotly, which reads a few HTML tags."""
    return escape(text, quote=False)


def place(minor: int, local: Local) -> float:
    """Where a mark of that much money stands; never printed."""
    return float(from_minor(minor, local.currency))


def ticks(low: int, high: int, most: int = 4) -> list[int]:
    """At most `most` + 1 round amounts (minor units) that lie from `low` to `high`; zero where it lies there."""
    span = max(high - low, 1)
    size = 1
    while True:
        for step in _STEPS:
            if span <= step * size * most:
                first = -(-low // (step * size)) * step * size
                return list(range(first, high + 1, step * size)) or [low]
        size *= 10


def money_axis(amounts: Sequence[int], local: Local, *, most: int = 4, zero: bool = False) -> dict[str, Any]:
    """An axis for these amounts with some room, from zero where asked, its labels exact."""
    low, high = min(amounts, default=0), max(amounts, default=0)
    if zero:
        low, high = min(low, 0), max(high, 0)
    room = max((high - low) // 12, 1)
    low, high = low - (0 if zero and low == 0 < high else room), high + room
    marks = ticks(low, high, most) if any(amounts) else [0]
    return {
        **_AXIS,
        "range": [place(low, local), place(high, local)],
        "tickvals": [place(mark, local) for mark in marks],
        "ticktext": [local.whole(mark) for mark in marks],
    }


def day_axis(days: Sequence[date], local: Local, edge: int = 1, most: int = 5) -> dict[str, Any]:
    """An axis of days with a few of them written out, the last one always; `days` is not empty.

    `edge`: days of room on either side.
    """
    room = timedelta(days=edge)
    every = max(1, -(-len(days) // most))
    shown = list(days[::-1][::every])[::-1]
    return {
        **_AXIS,
        "showgrid": False,
        "type": "date",
        "range": [(days[0] - room).isoformat(), (days[-1] + room).isoformat()],
        "tickvals": [day.isoformat() for day in shown],
        "ticktext": [words(local.short(day)) for day in shown],
    }


def label(name: str, figure: str) -> str:
    """A row's name, in lines that leave room for its bar, and its figure below."""
    return "<br>".join([*map(words, textwrap.wrap(name, _LABEL)), f"<b>{words(figure)}</b>"])


def rows_height(labels: Sequence[str]) -> int:
    """Pixels that rows with these labels need."""
    lines = max((label.count("<br>") + 1 for label in labels), default=1)
    return len(labels) * (16 + round(lines * SIZE * _LINE))


def rows_axis(labels: Iterable[str]) -> dict[str, Any]:
    """A vertical axis of named rows, the first on top; labels may have two lines."""
    told = list(labels)
    return {
        **_AXIS,
        "showgrid": False,
        "tickvals": list(range(len(told))),
        "ticktext": told,
        "range": [len(told) - 0.5, -0.5],
    }


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure without a frame, for a page that has a heading of its own; `height` in pixels, letters of 18."""

    figure: go.Figure
    height: int
    note: str = ""


def drawing(
    figure: go.Figure, height: int, *, labels: Iterable[str] = (), legend: bool = True, note: str = "", **layout: Any
) -> Drawing:
    """The figure in the common style; `labels` are those left of the vertical axis, with room made for the longest.

    `note` is a sentence that a reader of the figure needs.
    """
    longest = max((len(_plain(line)) for label in labels for line in label.split("<br>")), default=0)
    figure.update_layout(
        font={"family": _FONT, "size": SIZE, "color": BLACK},
        paper_bgcolor="white",
        plot_bgcolor="white",
        margin={"l": _SIDE + round(longest * SIZE * _WIDE), "r": _SIDE + 14, "t": 40 if legend else 6, "b": 36},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        hoverlabel={"font": {"size": 15}, "align": "left"},
        hovermode="closest",
        dragmode=False,
        template="none",
        **layout,
    )
    return Drawing(figure, height, note)


def _plain(line: str) -> str:
    return unescape(_TAG.sub("", line))


def framed(chart: Chart, drawn: Drawing) -> go.Figure:
    """The figure as a picture: the finding above it, what it shows, and source and age below."""
    title = textwrap.wrap(chart.title, 42)
    subtitle = textwrap.wrap(". ".join(filter(None, (chart.subtitle, drawn.note))), 72)
    foot = [line for each in chart.footer for line in textwrap.wrap(each, 78)]
    below_title = 16 + round(_LINE * _TITLE * len(title))
    top = below_title + round(_LINE * _SMALL * len(subtitle)) + 10
    bottom = 12 + round(_LINE * _SMALL * len(foot))
    figure = go.Figure(drawn.figure)
    margin = figure.layout.margin
    above, below = margin.t + top, margin.b + bottom
    figure.update_layout(
        width=WIDTH, height=drawn.height + top + bottom, margin={"l": margin.l, "t": above, "b": below}
    )
    figure.update_layout(margin_autoexpand=False)
    for lines, size, colour, edge, shift in (
        ([f"<b>{words(line)}</b>" for line in title], _TITLE, BLACK, "top", above - 16),
        (map(words, subtitle), _SMALL, QUIET, "top", above - below_title),
        (map(words, foot), _SMALL, QUIET, "bottom", -below + 8),
    ):
        figure.add_annotation(
            showarrow=False, xref="paper", yref="paper", x=0, y=1 if edge == "top" else 0, xanchor="left", yanchor=edge,
            xshift=_SIDE - margin.l, yshift=shift, align="left", font={"size": size, "color": colour},
            text="<br>".join(lines),
        )  # fmt: skip
    return figure
