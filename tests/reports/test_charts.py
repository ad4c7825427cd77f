"""What charts say and where their marks stand: golden, and laws that no picture may break. Pixels are not compared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from reports.bridge import bridge
from reports.chart import ALT_MOST
from reports.charts import CHARTS, charts
from reports.charts_style import ticks
from reports.local import Local
from reports.pack import Pack
from reports.reconcile.tie_out import Control
from reports.words import differ, tie
from sync.store.db import migrate, open_database
from tests.reports.packs import GOLDEN, NASTY, TIED, filled, january, told, voice

_MONEY = re.compile(r"[-+]?\$[\d,]+(?:\.\d+)?")
_TAG = re.compile(r"</?(?:b|br)>")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('books')}/books.db")
    migrate(engine)
    with Session(filled(engine)) as session:
        yield january(session)
    engine.dispose()


@pytest.fixture(scope="module")
def local(pack: Pack) -> Local:
    return voice(pack)


def strings(value: Any) -> Iterator[str]:
    """Every text in a figure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def test_the_charts_say_and_show_what_the_golden_file_says(pack: Pack) -> None:
    assert told(pack) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_a_title_is_the_finding(pack: Pack) -> None:
    titles = {name: chart["title"] for name, chart in told(pack).items()}
    assert titles["bridge-cogs"] == "COGS differs by $1,204.50, 3 journals missing in QuickBooks"
    assert titles["inventory"] == "Inventory is $1,204.50 higher in QuickBooks, apart since Jan 13, 2026"


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("COGS", "COGS differs, COGS ties"),
        ("Revenue", "Revenue differs, Revenue ties"),
        ("Sales", "Sales differ, Sales tie"),
        ("Receivables", "Receivables differ, Receivables tie"),
    ],
)
def test_controls_are_spoken_of_in_their_number(label: str, told: str) -> None:
    assert f"{differ(label)}, {tie(label)}" == told


def test_a_company_that_ties_is_told_so(sqlite_engine: Engine) -> None:
    with Session(filled(sqlite_engine, TIED)) as session:
        tied = january(session)
    titles = {each.chart.name: each.chart.title for each in charts(tied, voice(tied), CHARTS["weekly"])[0]}
    assert titles["inventory"] == "Inventory ties: $41,900.00 on both sides on Jan 31, 2026"
    assert titles["bridge-inventory"] == "Inventory ties: $41,900.00 on both sides"
    assert titles["trade"] == "Sales and COGS tie; gross margin 40.0%"
    assert titles["findings"] == "No finding is open"


def test_every_amount_in_a_picture_is_an_exact_one_of_the_pack_or_a_mark_of_its_axis(pack: Pack, local: Local) -> None:
    for each in charts(pack, local, CHARTS["weekly"])[0]:
        figure = each.figure()
        cells = {cell for row in each.chart.rows for cell in row}
        known = {amount for cell in (*cells, each.chart.title, each.chart.alt) for amount in _MONEY.findall(cell)}
        axes = [axis for name, axis in figure["layout"].items() if re.fullmatch(r"[xy]axis\d*", name)]
        marks = {label for axis in axes for label in axis.get("ticktext", ()) if _MONEY.fullmatch(label)}
        for text in strings(figure):
            for amount in _MONEY.findall(_TAG.sub("", text)):
                assert amount in known | marks, (each.chart.name, text)


def test_the_marks_stand_where_their_amounts_say(pack: Pack, local: Local) -> None:
    marks = told(pack)["inventory"]["data"]
    for trace, amounts in zip(marks, ("qbo", "cin7", None, "gap"), strict=True):
        if amounts:
            exact = [getattr(day, amounts) for day in pack.days]
            assert [round(Decimal(str(y)) * 100) for y in trace["y"]] == exact
            assert all(local.money(abs(a)) in text for a, text in zip(exact, trace["text"], strict=True))


def test_the_bars_of_a_bridge_end_at_the_other_side(pack: Pack) -> None:
    for name, chart in told(pack).items():
        if not name.startswith("bridge-"):
            continue
        control = pack.control(name.removeprefix("bridge-"))
        assert control is not None
        found = bridge(pack.tied, control)
        ends = [Decimal(str(bar["base"][0])) + Decimal(str(bar["x"][0])) for bar in chart["data"]]
        assert round(ends[0] * 100) == found.cin7
        assert round(ends[-2] * 100) == round(ends[-1] * 100) == found.qbo


@pytest.mark.parametrize(
    ("cin7", "qbo", "edge"),
    [(100_000, 99_000, "left"), (-100_000, -99_000, "right"), (500, -500, "zero"), (1_000, 100, "zero")],
)
def test_the_two_sides_begin_at_zero_or_at_the_edge_nearest_to_it(
    pack: Pack, local: Local, cin7: int, qbo: int, edge: str
) -> None:
    own = Control("tax", (), (), cin7, qbo, 0, cin7 - qbo, None, None, "")
    tied = replace(pack.tied, controls=(own,), findings=())
    figure = charts(replace(pack, tied=tied), local, ["bridge-tax"])[0][0].figure()
    left, right = figure["layout"]["xaxis"]["range"]
    starts = {figure["data"][n]["base"][0] for n in (0, -1)}
    assert starts == {{"left": left, "right": right, "zero": 0}[edge]}
    noted = any("does not begin at zero" in note["text"] for note in figure["layout"]["annotations"])
    assert noted == (edge != "zero")


def test_the_first_day_of_divergence_is_marked_on_both_panels(pack: Pack, local: Local) -> None:
    figure = charts(pack, local, ["inventory"])[0][0].figure()
    lines = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "line"]
    assert {shape["x0"] for shape in lines} == {"2026-01-13"}
    assert len(lines) == 2
    assert any("apart since Jan 13, 2026" in note["text"] for note in figure["layout"]["annotations"])


def test_an_alt_text_says_the_title_and_the_numbers_and_fits_slack(pack: Pack, local: Local) -> None:
    for each in charts(pack, local, CHARTS["weekly"])[0]:
        assert each.chart.alt.startswith(each.chart.title)
        assert len(each.chart.alt) <= ALT_MOST
        if each.chart.name.startswith(("bridge", "locations")):
            for row in each.chart.rows:
                assert row[1] in each.chart.alt


def test_stock_values_are_single_marks_and_a_line_where_there_are_many(pack: Pack, local: Local) -> None:
    def modes(known: int) -> list[str]:
        days = tuple(replace(day, stock_value=1 if n < known else None) for n, day in enumerate(pack.days))
        figure = charts(replace(pack, days=days), local, ["inventory"])[0][0].figure()
        return [trace["mode"] for trace in figure["data"] if trace["name"] == "Cin7 stock value"]

    assert (modes(0), modes(13), modes(14)) == ([], ["markers"], ["lines"])


def test_a_long_alt_text_is_cut_between_words(pack: Pack, local: Local) -> None:
    places = pack.places
    assert places is not None
    many = tuple(replace(places.places[0], location=f"Warehouse number {n}") for n in range(60))
    long = replace(pack, places=replace(places, places=many))
    found = charts(long, local, ["locations"])[0][0]
    assert len(found.chart.alt) <= ALT_MOST
    assert found.chart.alt.endswith("…")
    assert len(found.chart.rows) >= 61
    labels = found.figure()["layout"]["yaxis"]["ticktext"]
    assert len(labels) == 12
    assert labels[-1].startswith("49 others<br>")


def test_names_are_text_in_a_picture_and_never_markup(pack: Pack, local: Local) -> None:
    shown = 0
    for each in charts(pack, local, CHARTS["weekly"])[0]:
        for text in strings(each.figure()):
            assert "<script" not in text
            assert "<b>Ek" not in text
            shown += "&lt;b&gt;Ek&lt;/b&gt;" in text
    assert shown
    assert any(NASTY in row[0] for row in told(pack)["locations"]["rows"])


def test_no_colour_is_outside_the_colour_blind_safe_palette(pack: Pack, local: Local) -> None:
    safe = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
    for each in charts(pack, local, CHARTS["weekly"])[0]:
        for trace in each.figure()["data"]:
            colours = [trace.get(kind, {}).get("color") for kind in ("line", "marker")]
            assert {colour for colour in colours if isinstance(colour, str)} <= safe


def test_what_cannot_be_drawn_is_missing_with_its_reason(pack: Pack, local: Local) -> None:
    bare = replace(pack, days=(), days_reason="no beginning", places=None)
    drawn, missing = charts(bare, local, (*CHARTS["stock"], "bridge-nonsense"))
    assert [each.chart.name for each in drawn] == ["bridge-inventory"]
    assert [(each.name, each.reason.split(".")[0]) for each in missing] == [
        ("locations", "No snapshot of the stock was taken yet"),
        ("inventory", "no beginning"),
        ("bridge-nonsense", "No account is one of this control"),
    ]


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**15), st.integers(2, 6))
def test_marks_of_an_axis_are_few_round_and_inside(low: int, span: int, most: int) -> None:
    found = ticks(low, low + span, most)
    assert 1 <= len(found) <= most + 1
    assert all(low <= mark <= low + span for mark in found)
    steps = {later - earlier for earlier, later in pairwise(found)}
    assert len(steps) <= 1
    assert all(str(step).rstrip("0") in ("1", "2", "5") for step in steps)


def test_a_week_that_is_not_over_is_marked_in_the_table(sqlite_engine: Engine) -> None:
    from reports.periods import parse
    from tests.reports.ledgers import TODAY

    with Session(filled(sqlite_engine)) as session:
        running = january(session, parse("this-week", TODAY))
    rows = charts(running, voice(running), ["trade"])[0][0].chart.rows
    assert rows[-1][0] == "Feb 9, 2026 (not over)"
    assert rows[-2][0] == "Feb 2, 2026"
    assert running.days[-1].day == date(2026, 2, 10)
