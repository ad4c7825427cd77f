"""`python -m bench.tied WAY FILE`: ties out the cache in FILE, or only loads and joins its rows; prints what it took.

WAY is `tieout`, or an engine that does the bare work: the same columns of both ledgers, and a full outer join of their
rows by number, day and amount.
"""

from __future__ import annotations

import importlib
import json
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bench.synced import peak

PERIOD = (date(2024, 1, 1), date(2026, 12, 31))
_SIDES = {
    "cin7": "document, kind, number, memo, name, day, account, counter, amount",
    "qbo": "document, kind, number, name, memo, day, account, amount",
}
_LOADED = {
    "tieout": ("bench.calls", "reports.answers", "reports.reconcile.settled_sums", "sync.store.db", "numpy.ma"),
    "polars": ("connectorx", "polars", "pyarrow"),
    "duckdb": ("connectorx", "duckdb", "pyarrow"),
    "pandas": ("pandas",),
}
_KEYS = ["number", "day", "amount"]


def main() -> int:
    way, path = sys.argv[1], Path(sys.argv[2])
    for name in _LOADED.get(way, ()):
        importlib.import_module(name)  # loading programs is not what is compared
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    rows = WAYS[way](path)
    told = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "rows": rows}
    print(json.dumps(told | {"before": before, "peak": peak()}))
    return 0


def _query(side: str) -> str:
    # Cin7's rows are balanced pairs: one side of each is loaded, as the tie-out does.
    half = " AND amount > 0" if side == "cin7" else ""
    days = " AND ".join(f"day {sign} '{day}'" for sign, day in zip((">=", "<="), PERIOD, strict=True))
    return f"SELECT {_SIDES[side]} FROM posting WHERE company = 1 AND source = '{side}'{half} AND {days}"  # noqa: S608  constants alone


def _tieout(path: Path) -> int:
    from bench.calls import TODAY
    from reports import answers
    from reports.books import Config
    from sync.domain.period import Period
    from sync.store.db import open_database, reading

    engine = open_database(f"sqlite:///{path}")
    with reading(engine) as session:
        result = answers.reconcile(session, 1, Period(*PERIOD), Config(), today=TODAY)
    engine.dispose()
    assert not any(control.difference or control.unexplained for control in result.controls)
    return sum(control.matched or 0 for control in result.controls)


def _python(path: Path) -> int:
    """The standard library: tuples, and a dict for the join."""
    connection = sqlite3.connect(path)
    left, right = (connection.execute(_query(side)).fetchall() for side in _SIDES)
    index: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for row in right:
        index.setdefault((row[2], row[5], row[7]), []).append(row)
    joined = [(row, other) for row in left for other in index.pop((row[2], row[5], row[8]), (None,))]
    return len(joined) + sum(map(len, index.values()))


def _polars(path: Path) -> int:
    import connectorx
    import polars

    left, right = (
        polars.DataFrame(connectorx.read_sql(f"sqlite://{path}", _query(side), return_type="arrow")) for side in _SIDES
    )
    return left.join(right, on=_KEYS, how="full").height


def _duckdb(path: Path) -> int:
    import connectorx
    import duckdb

    left, right = (connectorx.read_sql(f"sqlite://{path}", _query(side), return_type="arrow") for side in _SIDES)
    connection = duckdb.connect()
    connection.register("cin7", left)
    connection.register("qbo", right)
    made = connection.execute(f"CREATE TABLE joined AS SELECT * FROM cin7 FULL JOIN qbo USING ({', '.join(_KEYS)})")  # noqa: S608  constants alone
    (rows,) = made.execute("SELECT count(*) FROM joined").fetchone() or (0,)
    return int(rows)


def _pandas(path: Path) -> int:
    import pandas

    connection = sqlite3.connect(path)
    left, right = (pandas.read_sql(_query(side), connection) for side in _SIDES)
    return len(left.merge(right, on=_KEYS, how="outer"))


WAYS: dict[str, Callable[[Path], int]] = {
    "tieout": _tieout,
    "python": _python,
    "polars": _polars,
    "duckdb": _duckdb,
    "pandas": _pandas,
}

if __name__ == "__main__":
    sys.exit(main())
