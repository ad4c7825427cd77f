"""The cache that answers are timed on: it holds what it says, and the answers from it are right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Engine, func, select

from bench.filled import fill, read_details, shipped
from reports import answers
from reports.books import Config
from reports.cogs import to_json
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.store.db import reading
from sync.store.tables import PostingRow
from sync.store.upsert import table_of

TODAY = date(2026, 11, 22)
READ = datetime(2026, 11, 22, 17, tzinfo=UTC)
SPRING = Period(date(2026, 3, 1), date(2026, 5, 31))


def test_the_answer_is_whole_and_says_what_was_sold_and_shipped(sqlite_engine: Engine) -> None:
    found = fill(sqlite_engine, 2_000, TODAY, READ)
    table = table_of(PostingRow)
    with reading(sqlite_engine) as session:
        counted = session.execute(select(table.c.source, func.count()).group_by(table.c.source))
        held = {row[0]: row[1] for row in counted}
        told = to_json(answers.cogs(session, 1, SPRING, Config(), today=TODAY))
    assert held == {source.value: 2_000 for source in Source}
    assert told["complete"], told["incomplete"]
    total = told["total"]
    assert isinstance(total, dict)
    assert Decimal(total["sales"]) == sum(sold.price for sold in found if sold.day in SPRING)
    cost = sum(int(sold.price * 100) * 6 // 10 for sold in found if shipped(sold) in SPRING)
    assert Decimal(total["cogs"]) == Decimal(cost) / 100
    assert told["difference"] == {"sales": "0.00", "cogs": "0.00"}


def test_details_tell_the_units_and_change_no_money(sqlite_engine: Engine) -> None:
    found = fill(sqlite_engine, 2_000, TODAY, READ)

    def ask() -> dict[str, object]:
        with reading(sqlite_engine) as session:
            told = to_json(answers.cogs(session, 1, SPRING, Config(), today=TODAY))
        assert isinstance(told["total"], dict)
        return told["total"]

    before = ask()
    read_details(sqlite_engine, 1, found, READ)
    after = ask()
    assert {**after, "units": None} == before
    assert after["units"] == str(2 * sum(sold.day in SPRING for sold in found))
