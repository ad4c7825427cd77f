"""Stock now, its daily snapshot, and movements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from sync.domain.stock import Movement, StockLevel
from sync.store import reads
from sync.store.db import writing
from sync.store.tables import StockDay
from sync.store.writes import replace_movements, replace_stock

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
EVENING = datetime(2026, 2, 1, 20, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 2, 1), date(2026, 2, 2)


def level(
    sku: str = "CHAIR", location: str = "Main", bin_: str = "", on_hand: str = "2", value: str = "1"
) -> StockLevel:
    nothing = Decimal(0)
    return StockLevel(
        f"id of {sku}",
        sku,
        sku.title(),
        location,
        bin_,
        "",
        None,
        Decimal(on_hand),
        nothing,
        nothing,
        nothing,
        nothing,
        Decimal(value),
    )


def movement(product: str = "p1", day: date = TODAY, quantity: str = "-1", amount: str = "-4.1234") -> Movement:
    return Movement(product, "CHAIR", "t1", "Sale", "INV-1", day, Decimal(quantity), Decimal(amount), "Main")


def days(session: Session) -> list[tuple[date, str, str, str, str]]:
    rows = session.exec(select(StockDay), execution_options={"populate_existing": True}).all()
    return sorted((row.day, row.sku, row.location, str(row.on_hand), str(row.value)) for row in rows)


def test_stock_comes_back_with_every_digit(engine: Engine, company: int) -> None:
    told = [
        replace(level(value="0.10"), expiry=TODAY),
        level("TABLE", on_hand="-1.2500", value="12345678901234567.890123"),
    ]
    with writing(engine) as session:
        assert replace_stock(session, company, told, taken_at=NOON, day=TODAY) == 2
        assert [repr(found) for found in reads.stock(session, company)] == [repr(one) for one in told]


def test_changed_levels_count_once_and_the_same_not_at_all(engine: Engine, company: int) -> None:
    first = [level("A"), level("A"), level("B")]
    with writing(engine) as session:
        counts = [
            replace_stock(session, company, told, taken_at=NOON, day=TODAY)
            for told in (first, first[::-1], [level("A"), level("A"), level("B", on_hand="3")], [level("A")], [])
        ]
        assert counts == [3, 0, 1, 2, 1]
        assert reads.stock(session, company) == []


def test_the_last_snapshot_of_a_day_stays_and_other_days_are_left_alone(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        bins = [level(bin_="A-1", value="1.005"), level(bin_="A-2", value="2.005"), level("TABLE")]
        replace_stock(session, company, bins, taken_at=NOON, day=TODAY)
        assert days(session) == [(TODAY, "CHAIR", "Main", "4", "3.010"), (TODAY, "TABLE", "Main", "2", "1")]
        replace_stock(session, company, [level(on_hand="1")], taken_at=EVENING, day=TODAY)
        replace_stock(session, company, [level("TABLE")], taken_at=EVENING, day=TOMORROW)
        assert days(session) == [(TODAY, "CHAIR", "Main", "1", "1"), (TOMORROW, "TABLE", "Main", "2", "1")]


def test_unchanged_stock_is_still_noted_as_read_again(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        for taken_at in (NOON, EVENING):
            replace_stock(session, company, [level()], taken_at=taken_at, day=TODAY)
        assert session.exec(select(StockDay.taken_at)).all() == [EVENING]


def test_movements_are_replaced_by_product(engine: Engine, company: int) -> None:
    sold, bought, other = movement(), movement(quantity="5", amount="20"), movement("p2")
    with writing(engine) as session:
        assert replace_movements(session, company, {"p1": [sold, bought], "p2": [other]}) == 3
        assert replace_movements(session, company, {"p1": [bought, sold]}) == 0
        assert replace_movements(session, company, {"p1": [sold, sold]}) == 1
        assert reads.movements(session, company, ["p1", "p2", "p3"]) == [sold, sold, other]
        assert replace_movements(session, company, {"p1": []}) == 2
        assert reads.movements(session, company, ["p1", "p2"]) == [other]


def test_movements_of_many_products_are_compared_in_parts(engine: Engine, company: int) -> None:
    many: dict[str, Sequence[Movement]] = {f"p{n}": [movement(f"p{n}")] for n in range(450)}
    with writing(engine) as session:
        assert replace_movements(session, company, many) == 450
        assert replace_movements(session, company, many | {"p7": [movement("p7", amount="1")]}) == 1


levels = st.lists(
    st.builds(
        level,
        sku=st.sampled_from("ab"),
        location=st.sampled_from("xy"),
        on_hand=st.sampled_from(["0", "1.50", "-2"]),
        value=st.decimals(-1000, 1000, places=4).map(str),
    ),
    max_size=6,
)


@settings(max_examples=40)
@given(told=levels, data=st.data())
def test_the_order_of_levels_does_not_matter_and_the_same_again_changes_nothing(
    engine: Engine, company: int, told: list[StockLevel], data: st.DataObject
) -> None:
    kept = []
    for order in (told, data.draw(st.permutations(told))):
        with Session(engine.execution_options(tieout_begin="IMMEDIATE")) as session:
            assert replace_stock(session, company, order, taken_at=NOON, day=TODAY) == len(told)
            assert replace_stock(session, company, order, taken_at=NOON, day=TODAY) == 0
            tables = [session.execute(text(f"SELECT * FROM {name}")).all() for name in ("stock", "stock_day")]  # noqa: S608  ours
            kept.append([sorted(map(repr, rows)) for rows in tables])
            assert sum(row[4] for row in map(_exact, days(session))) == sum(one.value for one in told)
            session.rollback()
    assert kept[0] == kept[1]


def _exact(row: tuple[date, str, str, str, str]) -> tuple[date, str, str, Decimal, Decimal]:
    return (*row[:3], Decimal(row[3]), Decimal(row[4]))
