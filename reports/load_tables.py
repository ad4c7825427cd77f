"""The cache's tables as columns to select from: sums and groups are made by the database, row objects by nobody."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

from sqlalchemy import JSON, BigInteger, ColumnElement, Row, Select, Text, cast, func, literal, select
from sqlalchemy.orm import Session

from sync.store import bot_tables, run_tables, tables

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_TABLES = tables.Company.metadata.tables
_RUN_TABLES = run_tables.Run.metadata.tables
COMPANY = _TABLES["company"]
ACCOUNT = _TABLES["account"]
POSTING = _TABLES["posting"]
WINDOW = _TABLES["ledger_window"]
PROOF = _TABLES["proof"]
DOCUMENT = _TABLES["document"]
LINE = _TABLES["line"]
PRODUCT = _TABLES["product"]
LOCATION = _TABLES["location"]
STOCK = _TABLES["stock"]
STOCK_DAY = _TABLES["stock_day"]
MOVEMENT = _TABLES["movement"]
RUN = _RUN_TABLES["run"]
FIGURE = _RUN_TABLES["figure"]
SENT_CALL = _RUN_TABLES["sent_call"]
CALL_MONTH = _RUN_TABLES["call_month"]
ALERT = bot_tables.AlertRow.metadata.tables["alert"]
JOB = _TABLES["job"]
_AT_ONCE = 2_000  # rows


def among(
    session: Session,
    column: ColumnElement[Any],
    values: Collection[str] | Collection[int],
    of: type[Text | BigInteger] = Text,
) -> ColumnElement[bool]:
    """Whether `column` has one of the values, however many: they travel as one JSON text, not as thousands of marks.

    `of`: what the values are.
    """
    return listed(session.get_bind().dialect.name, column, literal(json.dumps(sorted(values))), of)


def listed(
    dialect: str, column: ColumnElement[Any], told: ColumnElement[str], of: type[Text | BigInteger] = Text
) -> ColumnElement[bool]:
    """Whether `column` has one of the values of the JSON list `told`, in the words of that database."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(told).table_valued("value").c.value))
    return column.in_(select(cast(func.json_array_elements_text(cast(told, JSON)).column_valued(), of)))


def distinct(session: Session, query: Select[Any]) -> set[str]:
    """The different values of the one column of a query."""
    return {row[0] for row in session.execute(query.distinct())}


def whole(column: ColumnElement[int], company: int) -> ColumnElement[bool]:
    """Whether a row is the company's, where most rows are wanted: SQLite then reads the table as it lies; over an index
    that leads to the rows one by one, the same takes ten times as long."""
    return func.coalesce(column, 0) == company


def streamed(session: Session, query: Select[Any]) -> Iterator[AnyRow]:
    """The rows of a query that has very many: fetched by thousands, for one by one costs more than what is in them."""
    for some in session.execute(query).partitions(_AT_ONCE):
        yield from some
