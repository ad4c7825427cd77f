"""Stock now: what a question means, places, totals and values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers
from reports.stock import Stock, at_location, chosen, stock, to_json, to_text
from sync.domain.accounts import Source
from sync.domain.stock import StockLevel
from sync.errors import NotSynced, UserError
from sync.store.run_tables import Figure
from sync.store.tables import ProductRow, StockRow
from tests.reports.ledgers import READ, Cache, cache

ROWS = (
    ("CH-1", "Oak Chair", "Main", "A1", "", "5", "62.505"),
    ("CH-1", "Oak Chair", "Main", "A1", "", "1", "12.501"),
    ("CH-1", "Oak Chair", "East", "", "B7", "2.5", "31.25"),
    ("CH-2", "Ash Chair", "Main", "", "", "-1", "-9.99"),
    ("ch-1-x", "Oak Chair spare", "East", "", "", "0", "0"),
)


def level(sku: str, name: str, location: str, bin_: str, batch: str, on_hand: str, value: str) -> StockLevel:
    held = Decimal(on_hand)
    zero = Decimal(0)
    return StockLevel(sku, sku, name, location, bin_, batch, None, held, zero, held, zero, zero, Decimal(value))


@pytest.fixture
def made(engine: Engine) -> Cache:
    found = cache(engine, "")
    found.add(Figure(company=1, source="cin7", entity="availability", as_of=READ))
    for n, row in enumerate(ROWS):
        each = level(*row)
        found.add(
            StockRow(company=1, position=n, **{key: getattr(each, key) for key in StockLevel.__dataclass_fields__})
        )
    found.add(ProductRow(company=1, source="cin7", id="t", sku="TAB-1", name="Oak Table", type="Stock"))
    return found


def ask(made: Cache, query: str, location: str = "") -> Stock:
    with Session(made.engine) as session:
        return answers.stock(session, 1, query, location)


def skus(found: Stock) -> list[str]:
    return [product.sku for product in found.products]


@pytest.mark.parametrize("query", ["CH-1", "ch-1", " Ch-1 "])
def test_the_very_sku_is_one_product_in_any_case(made: Cache, query: str) -> None:
    assert skus(ask(made, query)) == ["CH-1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("oak chair", ["CH-1", "ch-1-x"]),
        ("chair OAK", ["CH-1", "ch-1-x"]),
        ("ash", ["CH-2"]),
        ("ch-", ["CH-1", "CH-2", "ch-1-x"]),
        ("", ["CH-1", "CH-2", "ch-1-x"]),
        ("table", ["TAB-1"]),
    ],
)
def test_words_are_looked_for_in_sku_and_name(made: Cache, query: str, found: list[str]) -> None:
    assert skus(ask(made, query)) == found


def test_nothing_found_offers_the_nearest_sku(made: Cache) -> None:
    with pytest.raises(UserError, match=r"No product fits “TAB-7”. Did you mean TAB-1\?"):
        ask(made, "TAB-7")


def test_places_are_summed_exactly_and_rounded_once(made: Cache) -> None:
    document = to_json(ask(made, "CH-1"))
    products = document["products"]
    assert isinstance(products, list)
    assert products[0]["totals"] == {
        "on_hand": "8.5", "allocated": "0", "available": "8.5", "on_order": "0", "in_transit": "0", "value": "106.26",
    }  # fmt: skip
    assert [(p["location"], p["bin"], p["batch"], p["on_hand"], p["value"]) for p in products[0]["locations"]] == [
        ("East", "", "B7", "2.5", "31.25"),
        ("Main", "A1", "", "6", "75.01"),
    ]
    assert document["as_of"] == {"cin7": "2026-02-10T09:00:00Z", "qbo": None}
    assert (document["schema"], document["query"], document["complete"]) == ("tieout/stock/1", "CH-1", True)


def test_one_location_may_be_asked_for(made: Cache) -> None:
    found = ask(made, "CH-1", "main")
    assert [place.location for place in found.products[0].places] == ["Main"]
    assert skus(ask(made, "", "East")) == ["CH-1", "ch-1-x"]


def test_a_location_that_does_not_exist_is_answered_with_those_that_do(made: Cache) -> None:
    with pytest.raises(UserError, match="Locations: East, Main"):
        ask(made, "CH-1", "West")


def test_a_product_without_stock_has_zeros(made: Cache) -> None:
    found = ask(made, "TAB-1").products[0]
    assert (len(found.places), found.totals.on_hand, found.name) == (0, Decimal(0), "Oak Table")


def test_stock_that_was_never_read_is_not_synced(sqlite_engine: Engine) -> None:
    with pytest.raises(NotSynced, match="tieout sync"):
        ask(cache(sqlite_engine, ""), "CH-1")


def test_stock_that_could_not_be_read_yet_says_why(sqlite_engine: Engine) -> None:
    tried = Figure(company=1, source="cin7", entity="availability", as_of=None, complete=False, reason="no permission")
    with pytest.raises(NotSynced, match="no permission"):
        ask(cache(sqlite_engine, "", tried), "CH-1")


def test_a_company_without_products_has_no_stock_and_that_is_no_error(sqlite_engine: Engine) -> None:
    read = Figure(company=1, source="cin7", entity="availability", as_of=READ, complete=True, reason="")
    assert ask(cache(sqlite_engine, "", read), "").products == ()


def test_a_failed_reading_is_told_with_the_last_good_one(made: Cache) -> None:
    with Session(made.engine) as session:
        figure = session.get(Figure, (1, "cin7", "availability"))
        assert figure is not None
        figure.complete, figure.reason = False, "no answer"
        session.add(figure)
        session.commit()
    assert to_json(ask(made, "CH-1"))["incomplete"] == [
        {"source": "cin7", "entity": "availability", "reason": "no answer"}
    ]


def test_people_read_a_table(made: Cache) -> None:
    text = to_text(ask(made, "CH-1"))
    assert "CH-1  Oak Chair" in text
    assert "Main, A1" in text
    assert "106.26" in text
    assert "2026-02-10T09:00:00Z" in text


def test_choosing_is_pure_and_total() -> None:
    assert chosen("", {"a": "A"}) == {"a": "A"}
    assert at_location(" EAST ", ["East", "West"]) == "East"
    with pytest.raises(UserError):
        chosen("x", {})


@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_makes_no_difference(order: list[int]) -> None:
    names = {row[0]: row[1] for row in ROWS}
    levels = [level(*ROWS[n]) for n in order]
    found = stock(levels, names, "", "USD", as_of={Source.CIN7: READ})
    assert found == stock([level(*row) for row in ROWS], names, "", "USD", as_of={Source.CIN7: READ})
    for product in found.products:
        assert product.totals.value == sum((place.figures.value for place in product.places), Decimal(0))
