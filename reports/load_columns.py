"""Reads very many rows as columns: the database joins the values of a day, and one text is split into all of them.

A million rows are not a million objects, and they are read in the transaction that everything else is read in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    import polars as pl

_BETWEEN = "\x1f"  # the unit separator, which no name or number has


def columns(
    session: Session, day: ColumnElement[Any], wanted: Mapping[str, ColumnElement[Any]], *where: ColumnElement[bool]
) -> pl.DataFrame | None:
    """`wanted` of all rows as text, one row each, and `day` as a date; None where a value has the separator in it."""
    import polars as pl  # takes as long to load as most answers take

    texts = [func.aggregate_strings(cast(column, Text), _BETWEEN) for column in wanted.values()]
    days = session.execute(select(day, *texts).where(*where).group_by(day)).all()
    names = ["day", *wanted]
    read = {name: [row[place] for row in days] for place, name in enumerate(names)}
    schema = {name: pl.Date if name == "day" else pl.String for name in names}
    split = pl.DataFrame(read, schema=schema).with_columns(pl.col(list(wanted)).str.split(_BETWEEN))
    count = pl.col(list(wanted)).list.len()
    counts = split.select(pl.concat_list(count).list.n_unique().alias("n"))["n"]
    if counts.len() and counts.max() != 1:
        return None
    return split.explode(list(wanted))
