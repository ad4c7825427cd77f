"""Sales that are settled are set aside by joins over columns, and what a tie-out says is what it says without that."""

# ruff: noqa: S608  statements are put together from constants of this file

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.orm import Session

from reports import load
from reports.books import Config
from reports.load_columns import columns
from reports.load_events import ledgers
from reports.load_standing import goods, state
from reports.load_tables import COMPANY, POSTING
from reports.reconcile.aside import NOTHING, Aside
from reports.reconcile.engine import examine
from reports.reconcile.explain import Explained
from sync.domain.period import Period
from sync.sandbox.books import World
from sync.sandbox.breaks.suite import play, suite
from sync.store.db import migrate, open_database, reading
from tests.reports.reconcile.worlds import Cached

TODAY = date(2026, 11, 22)
_CASES = ((6, "pair"), (12, "twenty at once"))
_QBO = "source = 'qbo' AND document = :document AND kind = :kind"
_CIN7 = "source = 'cin7' AND document = :document AND number = :number AND day = :day"
_COLUMNS = "company, source, account, day, amount, document, kind, number, counter, name, memo"
_AGAIN = _COLUMNS.replace("document", "'9' || document")
# What may happen to a document of either side, and to a sale's header.
_DAMAGE = (
    f"UPDATE posting SET number = :other WHERE {_QBO}",
    f"UPDATE posting SET number = lower(number) WHERE {_QBO}",
    f"UPDATE posting SET number = '', memo = 'COGS ' || number WHERE {_QBO}",
    f"UPDATE posting SET memo = memo || ' ' || :other WHERE {_QBO}",
    f"UPDATE posting SET day = :later WHERE {_QBO}",
    f"UPDATE posting SET amount = amount * 2 WHERE {_QBO}",
    f"UPDATE posting SET amount = -amount WHERE {_QBO}",
    f"DELETE FROM posting WHERE {_QBO}",
    f"INSERT INTO posting ({_COLUMNS}) SELECT {_AGAIN} FROM posting WHERE {_QBO}",
    f"UPDATE posting SET document = 'A' || document WHERE {_QBO}",
    f"DELETE FROM posting WHERE {_CIN7}",
    f"UPDATE posting SET number = :other WHERE {_CIN7}",
    f"UPDATE posting SET day = :later WHERE {_CIN7}",
    f"INSERT INTO posting ({_COLUMNS}) SELECT {_COLUMNS} FROM posting WHERE {_CIN7}",
    "UPDATE document SET voided = 1 WHERE source = 'cin7' AND kind = 'Sale' AND invoice = :other",
    "UPDATE document SET channel = 'Etsy' WHERE source = 'cin7' AND kind = 'Sale' AND invoice = :other",
    "UPDATE document SET invoice = :number WHERE source = 'cin7' AND kind = 'Sale' AND invoice = :other",
    "UPDATE document SET number = :number WHERE source = 'cin7' AND kind = 'Sale' AND invoice = :other",
    "UPDATE document SET version = replace(version, 'Simple', 'Advanced') WHERE source = 'cin7' AND invoice = :other",
    "UPDATE document SET voided = 1 WHERE source = 'qbo' AND id = :document AND kind = :kind",
    "UPDATE document SET memo = 'see ' || :other WHERE source = 'qbo' AND id = :document AND kind = :kind",
)


def _cached(seed: int, name: str, engine: Engine) -> Cached:
    cached: list[Cached] = []

    def sync(world: World) -> None:
        cached.append((cached or [Cached(engine, world)])[0].load())

    sync(play(next(case for case in suite(seed) if name in case.name), TODAY, sync).world)
    return cached[0]


def _examined(session: Session, cached: Cached, period: Period, *, aside: bool) -> tuple[Explained, Aside]:
    books = load.books(session, cached.company, period, Config(), today=cached.world.today)
    around = state(session, books)
    found = ledgers(session, books, Config(), around.named(), aside=aside)
    ids = {txn.id for txn in found.qbo} if aside else None
    return examine(books, found, replace(around, goods=goods(session, books, ids))), found.aside


def _told(engine: Engine, cached: Cached, period: Period) -> int:
    """How many documents were set aside; that nothing is told otherwise for it is asserted."""
    with reading(engine) as session:
        whole, nothing = _examined(session, cached, period, aside=False)
        read, aside = _examined(session, cached, period, aside=True)
    assert nothing is NOTHING
    assert read.findings == whole.findings
    assert read.ambiguous == whole.ambiguous
    assert read.matched == whole.matched
    assert read.gaps == whole.gaps
    assert list(read.paired) == list(whole.paired)
    return sum(aside.matched.values())


@pytest.mark.parametrize(("seed", "name"), _CASES)
def test_what_went_wrong_is_told_as_if_nothing_was_set_aside(seed: int, name: str, sqlite_engine: Engine) -> None:
    cached = _cached(seed, name, sqlite_engine)
    month = Period(date(2026, 9, 1), date(2026, 9, 30))
    for period in (Period(date(2026, 5, 1), TODAY), month):
        _told(sqlite_engine, cached, period)


def test_nothing_is_told_otherwise_on_either_database(engine: Engine) -> None:
    cached = _cached(2, "alone different_period", engine)
    assert _told(engine, cached, Period(date(2026, 5, 1), TODAY)) > 500


@pytest.mark.parametrize("seed", [1, 9])
def test_whatever_happens_to_documents_is_told_as_if_nothing_was_set_aside(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    whole = open_database(f"sqlite:///{tmp_path}/whole.db")
    migrate(whole)
    cached = _cached(seed, "alone manual_journal", whole)
    with whole.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    whole.dispose()
    told = 0
    for harm, days in ((1, 400), (2, 31), (4, 120)):
        path = copy(tmp_path / "whole.db", tmp_path / f"{harm}.db")
        engine = open_database(f"sqlite:///{path}")
        with engine.begin() as connection:
            for _ in range(5 * harm):
                _damage(connection, random)
        end = cached.world.today - timedelta(random.randrange(40))
        told += _told(engine, cached, Period(end - timedelta(days), end))
        engine.dispose()
    assert told


def _damage(connection: Connection, random: Random) -> None:
    """One of the damages to a random document, by the number of a random sale."""

    def row(where: str) -> Any:
        found = connection.execute(text(f"SELECT document, kind, number, day FROM posting WHERE {where} ORDER BY id"))
        return random.choice(found.all())

    statement = random.choice(_DAMAGE)
    one, other = (
        row("source = 'qbo'" if _QBO in statement else "source = 'cin7'"),
        row("source = 'cin7' AND kind = 'Sale'"),
    )
    later = str(date.fromisoformat(one.day) + timedelta(random.randrange(-40, 40)))
    values = {"document": one.document, "kind": one.kind, "number": one.number, "day": one.day, "later": later}
    connection.execute(text(statement), values | {"other": other.number})


def test_a_small_company_is_matched_as_documents(sqlite_engine: Engine) -> None:
    cached = _cached(2, "alone different_period", sqlite_engine)
    with reading(sqlite_engine) as session:
        books = load.books(session, cached.company, Period(date(2026, 5, 1), TODAY), Config(), today=TODAY)
        assert ledgers(session, books, Config()).aside is NOTHING


def test_rows_as_columns_are_the_rows(engine: Engine) -> None:
    rows = [("2026-01-05", "INV-1", 7), ("2026-01-05", "", -7), ("2026-01-06", "", 0), ("2026-01-07", "a, 'b'", 2**62)]
    assert _as_columns(engine, rows) == sorted(rows)


def test_a_value_with_the_separator_in_it_is_seen_and_nothing_is_read_as_columns(engine: Engine) -> None:
    assert _as_columns(engine, [("2026-01-05", "INV\x1f1", 7), ("2026-01-05", "INV-2", 7)]) is None


def _as_columns(engine: Engine, rows: list[tuple[str, str, int]]) -> list[tuple[str, str, int]] | None:
    with Session(engine) as session:
        session.execute(insert(COMPANY).values(id=1, cin7_account="c", qbo_realm="q"))
        values = [
            {"company": 1, "source": "qbo", "account": "1", "day": date.fromisoformat(day), "amount": amount,
             "document": "1", "kind": "Bill", "number": number}
            for day, number, amount in rows
        ]  # fmt: skip
        session.execute(insert(POSTING), values)
        c = POSTING.c
        found = columns(session, c.day, {"number": c.number, "amount": c.amount}, c.company == 1)
        session.rollback()
    return (
        None if found is None else sorted((str(day), number, int(amount)) for day, number, amount in found.iter_rows())
    )
