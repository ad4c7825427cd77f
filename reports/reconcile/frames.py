"""Rows of both ledgers as columns, and what is one number in them, for joins by one number are the fast ones."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

CLEAN = r"^[A-Z0-9][A-Z0-9._#-]{0,17}$"  # a number in plain form already, and one word
DAYS = 1 << 23  # a day fits into so many,
_ZERO = 1 << 22  # and is counted from there: polars counts days from 1970, and there are some before


@dataclass(frozen=True)
class Frames:
    """Rows of both ledgers as columns, those of Cin7 that are sales' and have surely the number that they show.

    `cin7`: id, day, document, number, debit, credit, amount; `qbo`: id, day, kind, document, number, account, amount;
    `sales`: Cin7's headers of sales that nothing is odd about: id, number, invoice, channel; `links`: kind, id and
    links (as JSON) of QuickBooks' payments. Money in minor units of base currency. `memo` is one of `qbo`'s columns
    too, empty but for journals whose number may not tell what they are.
    """

    cin7: pl.DataFrame
    qbo: pl.DataFrame
    sales: pl.DataFrame
    links: pl.DataFrame


def at() -> pl.Expr:
    """Sale and day as one number: joins and groups by one number are the fast ones."""
    return (pl.col("sale") * DAYS + pl.col("day").to_physical().cast(pl.Int64) + _ZERO).alias("at")


def day() -> pl.Expr:
    """The day of a column `at`."""
    return (pl.col("at") % DAYS - _ZERO).cast(pl.Int32).cast(pl.Date)


def shape(name: str) -> pl.Expr:
    """The pattern of a number that is in plain form, as `numbers.shape` gives it."""
    return pl.col(name).str.replace_all(r"\d", "9").alias("shape")
