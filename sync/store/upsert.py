"""One way to write rows by their key, on both databases: what is the same already is not written again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Table, and_, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Row = Mapping[str, Any]
_T = TypeVar("_T")

# Rows of one statement. Each connection keeps its last statements with all their values: at 200 they are a third
# smaller than at 1,000, for a tenth more time.
_BATCH = 200


def upsert(session: Session, model: type[SQLModel], rows: Iterable[Row]) -> int:
    """Inserts rows, or brings those with the same key to their values; how many were new or really differed.

    Every row has a value for each column that the database does not number itself. Of rows with one key in
    a batch the one that sorts last stays, so that their order does not matter.
    """
    table = table_of(model)
    keys = [column.name for column in table.primary_key]
    statement = _statement(session, table, keys)
    changed = 0
    for batch in batches(rows, _BATCH):
        unique: dict[tuple[Any, ...], Row] = {}
        for row in batch:
            key = tuple(row[name] for name in keys)
            if key not in unique or _rank(row) > _rank(unique[key]):
                unique[key] = row
        changed += len(session.execute(statement, list(unique.values())).all())
    return changed


def insert_missing(session: Session, model: type[SQLModel], row: Row) -> None:
    """Inserts a row unless one with the same key, or the same value of a unique constraint, is there."""
    session.execute(_insert(session, table_of(model)).on_conflict_do_nothing(), [row])


def keep_only(session: Session, model: type[SQLModel], scope: Row, keys: Iterable[tuple[Any, ...]]) -> int:
    """Deletes the rows of `scope` (column values) whose other key columns are not among `keys`; how many."""
    table = table_of(model)
    others = [column for column in table.primary_key if column.name not in scope]
    within = and_(*(table.c[name] == value for name, value in scope.items()))
    found = {tuple(row) for row in session.execute(table.select().with_only_columns(*others).where(within))}
    gone = sorted(found - set(keys))
    for batch in batches(gone, _BATCH // 2):
        matches = [and_(*(column == value for column, value in zip(others, key, strict=True))) for key in batch]
        session.execute(delete(table).where(within, or_(*matches)))
    return len(gone)


def table_of(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


def batches(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The values in lists of at most `size`, read as they are needed."""
    stream = iter(values)
    while batch := list(islice(stream, size)):
        yield batch


def _statement(session: Session, table: Table, keys: Sequence[str]) -> Executable:
    statement = _insert(session, table)
    others = [column.name for column in table.columns if column.name not in keys]
    differs: list[ColumnElement[bool]] = [table.c[name].is_distinct_from(statement.excluded[name]) for name in others]
    # Rows left alone by the condition return nothing, which tells on both databases how many were written.
    return statement.on_conflict_do_update(
        index_elements=list(keys), set_={name: statement.excluded[name] for name in others}, where=or_(*differs)
    ).returning(*(table.c[name] for name in keys))


def _insert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)


def _rank(row: Row) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in row.items())
