"""The pack's charts: which there are, and each as words, as a drawing and as a picture's figure.

With charts_style, charts_balance and charts_trade the only file that knows plotly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from plotly.offline import get_plotlyjs

from reports import chart_findings, chart_texts, charts_balance, charts_trade
from reports.bridge import bridged
from reports.chart import Chart
from reports.charts_style import Drawing, framed
from reports.local import Local
from reports.pack import Pack
from reports.reconcile.tie_out import Control

# report -> the charts it shows, in order; "bridges" are those of the controls that are apart.
CHARTS = {
    "weekly": ("inventory", "bridges", "trade", "findings", "locations"),
    "month-end": ("inventory", "bridges", "trade", "findings", "locations"),
    "cogs": ("trade", "bridge-cogs"),
    "stock": ("locations", "inventory", "bridge-inventory"),
    "reconcile": ("bridges", "inventory", "findings"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart with its drawing; `draw` makes it when it is asked for. `control` is that of a bridge, else ""."""

    chart: Chart
    draw: Callable[[], Drawing]
    control: str = ""

    def figure(self) -> dict[str, Any]:
        """The figure of the picture, framed, as plotly's JSON."""
        found: dict[str, Any] = json.loads(framed(self.chart, self.draw()).to_json(engine="json"))
        return found

    def bare(self) -> tuple[dict[str, Any], str]:
        """The figure without title and footer, for a page that says them, and what a reader of it needs to know."""
        drawn = self.draw()
        drawn.figure.update_layout(height=drawn.height)
        found: dict[str, Any] = json.loads(drawn.figure.to_json(engine="json"))
        return found, drawn.note


@dataclass(frozen=True, slots=True)
class Missing:
    """A chart that cannot be drawn from what is known."""

    name: str
    reason: str


def charts(pack: Pack, local: Local, names: Iterable[str]) -> tuple[tuple[Drawn, ...], tuple[Missing, ...]]:
    """The named charts, and those that cannot be drawn with the reason."""
    found = [each for name in names for each in _named(pack, local, name)]
    drawn = tuple(each for each in found if isinstance(each, Drawn))
    return drawn, tuple(each for each in found if isinstance(each, Missing))


def _named(pack: Pack, local: Local, name: str) -> Iterator[Drawn | Missing]:
    if name == "inventory":
        if pack.days:
            yield Drawn(chart_texts.inventory(pack, local), lambda: charts_balance.inventory(pack, local))
        else:
            yield Missing(name, pack.days_reason)
    elif name == "trade":
        yield Drawn(chart_texts.trade(pack, local), lambda: charts_trade.trade(pack, local))
    elif name == "findings":
        yield Drawn(chart_findings.findings(pack, local), lambda: charts_trade.findings(pack, local))
    elif name == "locations":
        places = pack.places
        if places is None:
            yield Missing(name, "No snapshot of the stock was taken yet. Run: tieout sync")
        else:
            yield Drawn(chart_texts.locations(pack, places, local), lambda: charts_trade.locations(places, local))
    elif name == "bridges":
        for control in bridged(pack.tied):
            yield from _named(pack, local, f"bridge-{control.name}")
    else:
        found = pack.control(name.removeprefix("bridge-"))
        if found is None:
            yield Missing(name, "No account is one of this control.")
        else:
            yield _bridge(pack, local, found)


def _bridge(pack: Pack, local: Local, control: Control) -> Drawn:
    drawing = partial(charts_balance.of_bridge, pack, control, local)
    return Drawn(chart_texts.of_bridge(pack, control, local), drawing, control.name)


def plotly_js() -> str:
    """The script that draws figures in a page."""
    return str(get_plotlyjs())
