"""A workbook read back by a program that did not write it: values, forms, links, formulas."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import openpyxl

from reports.workbook_cells import Book
from reports.workbook_parts import Page
from reports.workbook_values import LINKS, ROWS

MADE = datetime(2026, 2, 10, 9, tzinfo=UTC)


def written(pages: Iterable[Page], most_rows: int = ROWS, most_links: int = LINKS) -> bytes:
    """The file that these pages make."""
    out = io.BytesIO()
    book = Book(out, "Acme & Sons", "2026-01-01 to 2026-01-31", "USD", MADE, most_rows, most_links)
    for page in pages:
        book.add(page)
    book.close()
    return out.getvalue()


def opened(content: bytes, *, formulas: bool = False) -> Any:
    """The workbook with the values of its cells, or with the formulas that make them."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=not formulas)


def rows(sheet: Any) -> list[list[Any]]:
    """The cells of a sheet without empty rows, each row without empty cells at its end."""
    found = []
    for row in sheet.iter_rows(values_only=True):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            found.append(cells)
    return found


def under(sheet: Any, head: str) -> list[dict[str, Any]]:
    """The rows of the table whose first column is called `head`, by the titles of its columns."""
    told: list[dict[str, Any]] = []
    titles: list[str] = []
    for row in sheet.iter_rows(values_only=True):
        if titles and all(cell is None for cell in row):
            break
        if titles:
            told.append({title: cell for title, cell in zip(titles, row, strict=False) if title})
        elif row and row[0] == head:
            titles = [str(cell) if cell is not None else "" for cell in row]
    return told


def numbers(content: bytes) -> Iterator[str]:
    """Every number as its digits stand in the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield from re.findall(r"<v>([^<]*)</v>", packed.read(name).decode())
