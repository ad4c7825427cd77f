"""What the sheets of a workbook are made of: kinds of cells, columns, tables, pages; nothing of any file format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sync.domain.money import Money


class Link(NamedTuple):
    """Words that lead to an address; "" leads nowhere."""

    words: str
    address: str


class Check(NamedTuple):
    """What the spreadsheet itself computes, and what it must come to.

    In `formula` {row} stands for the cell's row, {above} for the one before it, {first} for the table's first.
    """

    formula: str
    value: Money


class Share(NamedTuple):
    """Percent, as it is printed: 42.6."""

    percent: Decimal


Cell = str | int | Decimal | Money | date | datetime | Link | Check | Share | None
FIGURES = (int, Decimal, Money, date, Check, Share)


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters; `total` sums its money above the head; `wrap` breaks long text into lines; `left` puts
    figures where text stands, in a column that has both."""

    title: str
    width: int = 12
    total: bool = False
    wrap: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One table; `rows` can be gone through again, and has as many cells a row as there are columns.

    `strong` makes the last row bold, `filtered` puts the sheet's filter on the table. `empty` is said where there is no
    row.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    title: str = ""
    empty: str = "Nothing to show."
    strong: bool = False
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: a title, sentences under it, and tables; a table that stands alone has the filter.

    A page of one table goes on, on further sheets, where it has more rows than a sheet takes.
    """

    name: str
    title: str
    lines: Sequence[str]
    blocks: Sequence[Block]
