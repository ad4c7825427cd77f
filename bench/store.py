"""Rows that the cache stores per second, beside the same rows put into the same table by the driver's executemany.

Both write the same 200,000 postings into an empty table with all its indexes, on the same disk and with the same
settings of the database, to the end of the commit; in turn, A B A B, and the median of the ratios counts.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import Engine, text

from bench import postgres
from bench.feeds import sales
from bench.figures import Figure, Goal, told
from bench.syncing import new_cache
from sync.domain.accounts import Posting, Source
from sync.domain.money import to_minor
from sync.store.db import migrate, open_database, writing
from sync.store.ledger import WindowReading, replace_window
from sync.store.writes import save_company

_ROWS = 200_000
_PAGE = 2_000  # postings of one page of Cin7's ledger
_ROUNDS = {"SQLite": 5, "PostgreSQL": 3}
_SHARE = Goal(">=", 0.5, digits=2)
_COLUMNS = ("company", "source", "account", "day", "amount", "document", "kind", "number", "counter", "name", "memo")
_TODAY = date(2026, 11, 22)
_READ = datetime(2026, 11, 22, 17, tzinfo=UTC)

Pieces = Sequence[Sequence[Posting]]
Rows = Sequence[Sequence[tuple[Any, ...]]]
Timed = Callable[[Pieces, Rows], tuple[float, float]]


def measure() -> Iterator[Figure]:
    everything = list(postings(_ROWS))
    shapes = {"one window": [everything], f"windows of about {_PAGE:,}": by_days(everything, _PAGE)}
    for shape, pieces in shapes.items():
        yield from _compared("SQLite", shape, pieces, _on_sqlite)
    programs = postgres.tools()
    if programs is None:
        yield told("store: PostgreSQL is not on this machine", 0)
        return
    with postgres.server(programs) as url:
        engine = open_database(url)
        migrate(engine)
        for shape, pieces in shapes.items():
            yield from _compared("PostgreSQL", shape, pieces, partial(_on_postgres, engine))
        engine.dispose()


def postings(rows: int) -> Iterator[Posting]:
    """`rows` of Cin7's postings in order of their days: two for each invoice and two for its cost."""
    for sold in sales(rows * 5 // 8, _TODAY):
        price, cost = to_minor(sold.price, "USD"), to_minor(sold.price * 6 / 10, "USD")
        memo = f"{sold.customer} - {sold.invoice}"
        for debit, credit, amount in (("610", "200", price), ("310", "630", cost)):
            for account, counter, signed in ((debit, credit, amount), (credit, debit, -amount)):
                yield Posting(
                    Source.CIN7, account, sold.day, signed, sold.id, "Sale", sold.invoice, counter, sold.customer, memo
                )


def by_days(ordered: Sequence[Posting], about: int) -> list[list[Posting]]:
    """The postings, which are in order, in pieces of whole days of `about` postings or a little more."""
    pieces: list[list[Posting]] = [[]]
    for _, day in groupby(ordered, key=lambda posting: posting.day):
        if len(pieces[-1]) >= about:
            pieces.append([])
        pieces[-1] += day
    return pieces


def _compared(database: str, shape: str, pieces: Pieces, timed: Timed) -> Iterator[Figure]:
    rows = [[(1, *_values(posting)) for posting in piece] for piece in pieces]
    count, rounds = sum(map(len, pieces)), _ROUNDS[database]
    times = [timed(pieces, rows) for _ in range(rounds)]
    ours, bare = (median(seconds) for seconds in zip(*times, strict=True))
    note = f"{count / ours:,.0f} rows a second, bare {count / bare:,.0f}; {rounds} rounds, {len(pieces)} commits each"
    yield Figure(f"store: {database}, {shape}", median(bare / ours for ours, bare in times), _SHARE, note)


def _values(posting: Posting) -> tuple[Any, ...]:
    source, account, day, *rest = astuple(posting)
    return (str(source), account, day.isoformat(), *rest)


def _on_sqlite(pieces: Pieces, rows: Rows) -> tuple[float, float]:
    """Seconds of the cache and of the bare statement, each into a new file."""
    with tempfile.TemporaryDirectory() as folder:
        engine = new_cache(Path(folder), "ours.db")
        ours = _stored(engine, pieces)
        engine.dispose()
        other = new_cache(Path(folder), "bare.db")
        _company(other)
        other.dispose()
        return ours, _bare_sqlite(Path(folder) / "bare.db", rows)


def _bare_sqlite(path: Path, rows: Rows) -> float:
    """What the cache's own connections are set to (sync.store.db), so that the comparison is of code alone."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-8192"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    marks = ", ".join("?" * len(_COLUMNS))
    statement = f"INSERT INTO posting ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608  no value is part of it
    began = time.perf_counter()
    for piece in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, piece)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _on_postgres(engine: Engine, pieces: Pieces, rows: Rows) -> tuple[float, float]:
    _emptied(engine)
    ours = _stored(engine, pieces)
    _emptied(engine)
    marks = ", ".join(["%s"] * len(_COLUMNS))
    statement = f"INSERT INTO posting ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608  no value is part of it
    host = str(engine.url.query["host"])
    with psycopg.connect(host=host, user="postgres", dbname="postgres") as connection, connection.cursor() as cursor:
        began = time.perf_counter()
        for piece in rows:
            cursor.executemany(statement.encode(), piece)
            connection.commit()
        return ours, time.perf_counter() - began


def _emptied(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE company RESTART IDENTITY CASCADE"))
    _company(engine)


def _company(engine: Engine) -> int:
    with writing(engine) as session:
        return save_company(session, cin7_account="bench", qbo_realm="bench")


def _stored(engine: Engine, pieces: Pieces) -> float:
    company, first = _company(engine), date.min
    windows = []
    for piece in pieces:
        last = piece[-1].day
        windows.append((WindowReading(first, last, len(piece) // 2, True, "", _READ), piece))
        first = last + timedelta(days=1)
    began = time.perf_counter()
    for reading, piece in windows:
        with writing(engine) as session:
            replace_window(session, company, Source.CIN7, reading, piece)
    return time.perf_counter() - began
