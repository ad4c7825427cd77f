"""Puts tables on the sheets of a workbook: the only file that knows the Excel writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from reports.workbook_parts import FIGURES, Block, Cell, Check, Column, Link, Page
from reports.workbook_values import (
    LINKS,
    ROWS,
    clean,
    fits,
    letter_of,
    like_formula,
    lines_of,
    money_format,
    number_of,
    sheet_name,
    text_of,
)
from sync.domain.money import Money, digits, from_minor

_LINE, _HIGHEST = 13.5, 400  # points
_HEAD = {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
_AWAY = {"align": "left", "indent": 1}
_SAMPLE = 1_000  # rows that tell which columns hold figures
_LAST = 16_383  # the last column of a sheet
_LETTER, _A4 = 1, 9  # Excel's numbers of paper sizes
_LETTER_MONEY = frozenset({"USD", "CAD", "MXN", "PHP", "CLP", "COP"})


@dataclass
class Book:
    """A workbook being written: `add` pages in their order, then `close` once.

    `company` and `period` stand in every footer, `made_at` is the file's own date. The same pages make the same bytes.
    """

    out: IO[bytes]
    company: str
    period: str
    currency: str
    made_at: datetime
    most_rows: int = ROWS
    most_links: int = LINKS
    names: list[str] = field(default_factory=list)
    _book: Any = None
    _formats: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Rows leave the memory as they are written; text is never taken for a formula, a number or an address.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self.out, options)
        title = clean(f"{self.company}, {self.period}")
        created = self.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": title, "author": "Tieout", "created": created})

    def add(self, page: Page) -> None:
        """Writes one page, on as many sheets as it needs."""
        _Sheet(self, page).write()

    def close(self) -> None:
        """Writes the file to `out`."""
        self._book.close()

    def sheet(self, wanted: str) -> Any:
        """A new sheet, called `wanted` as far as Excel allows."""
        name = sheet_name(wanted, self.names)
        self.names.append(name)
        return self._book.add_worksheet(name)

    def format(self, **wanted: Any) -> Any:
        """The one format with these properties."""
        key = tuple(wanted.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": "Calibri", "font_size": 10, **wanted})
        return self._formats[key]


class _Sheet:
    """Writes one page row by row; rows must come in their order, and none twice."""

    def __init__(self, book: Book, page: Page) -> None:
        self._book = book
        self._page = page
        self._row = 0
        self._links = 0
        self._first = 0
        self._sheet: Any = None

    def write(self) -> None:
        self._begin()
        blocks = self._page.blocks
        for block in blocks:
            self._block(block, alone=len(blocks) == 1)
        if len(blocks) > 1:
            self._sheet.freeze_panes(1, 0)

    def _begin(self) -> None:
        page, book = self._page, self._book
        self._sheet, self._links, self._row = book.sheet(page.name), 0, 0
        self._set_up()
        self._text(0, page.title, bold=True, font_size=14)
        for line in page.lines:
            self._row += 1
            self._text(0, line, font_color="#444444")
        self._row += 2

    def _set_up(self) -> None:
        sheet, page, book = self._sheet, self._page, self._book
        for place, column in enumerate(_widest(page.blocks)):
            sheet.set_column(place, place, column.width)
        sheet.set_landscape()
        # Codes of accounts and numbers of documents are text, and no mistake.
        sheet.ignore_errors({"number_stored_as_text": f"A1:{letter_of(_LAST)}{ROWS}"})
        sheet.set_paper(_LETTER if book.currency in _LETTER_MONEY else _A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        words = [clean(part).replace("&", "&&")[:60] for part in (book.company, book.period)]
        sheet.set_footer(f"&L&8{words[0]}, {words[1]}&C&8&A&R&8Page &P of &N")

    def _block(self, block: Block, *, alone: bool) -> None:
        if block.title:
            self._text(0, block.title, bold=True, font_size=12)
            self._row += 1
        told = _told(block)
        if not told.rows:
            self._text(0, block.empty, italic=True)
            self._row += 2
            return
        room = self._book.most_rows - self._row - 2
        self._head(block, told, follow=told.whole and told.rows <= room)
        if alone:
            self._sheet.freeze_panes(self._row, 1)
        if alone or block.filtered:
            self._sheet.repeat_rows(self._row - 1)
        first = self._first = self._row
        for number, cells in enumerate(block.rows, 1):
            if self._row >= self._book.most_rows:
                self._filter(block, first)
                first = self._again(block, told)
            self._cells(cells, block, strong=block.strong and number == told.rows)
        if alone or block.filtered:
            self._filter(block, first)
        self._row += 1

    def _again(self, block: Block, told: _Told) -> int:
        """Goes on, on another sheet, under the same head; gives its first row of data."""
        self._begin()
        self._head(block, told._replace(sums={}), follow=False)
        self._sheet.freeze_panes(self._row, 1)
        self._sheet.repeat_rows(self._row - 1)
        return self._row

    def _head(self, block: Block, told: _Told, *, follow: bool) -> None:
        """The sums, which follow the filter where `follow`, and the titles of the columns."""
        if told.sums:
            self._text(0, "Total", bold=True, bg_color="#EEF2F7")
            first, last = self._row + 3, self._row + 2 + told.rows
            for place, total in told.sums.items():
                letter = letter_of(place)
                formula = f"=ROUND(SUBTOTAL(109,{letter}{first}:{letter}{last}),{digits(total.currency)})"
                self._put(place, Check(formula, total) if follow else total, bold=True, bg_color="#EEF2F7")
            self._row += 1
        self._heighten((column.title, column.width) for column in block.columns)
        for place, column in enumerate(block.columns):
            right = place in told.figures and not column.left
            side = {"align": "right"} if right else _AWAY if place and not column.left else {}
            self._text(place, column.title, **_HEAD, **side)
        self._row += 1

    def _filter(self, block: Block, first: int) -> None:
        if self._row > first:
            self._sheet.autofilter(first - 1, 0, self._row - 1, len(block.columns) - 1)

    def _cells(self, cells: Sequence[Cell], block: Block, *, strong: bool) -> None:
        look: dict[str, Any] = {"bold": True, "top": 1} if strong else {}
        pairs = list(zip(cells, block.columns, strict=True))
        self._heighten((text_of(cell), column.width) for cell, column in pairs if column.wrap)
        for place, (cell, column) in enumerate(pairs):
            own = {"text_wrap": True} if column.wrap else {}
            # Text beside figures, which stand on the right of their cells, keeps a little away from them.
            away = _AWAY if place and isinstance(cell, (str, Link)) else {}
            away = {"align": "left"} if column.left else away
            self._put(place, cell, **look, **own, **away, valign="top")
        self._row += 1

    def _heighten(self, texts: Iterable[tuple[str, int]]) -> None:
        """Makes the row as high as its longest text needs: not every program does that by itself."""
        lines = max((lines_of(text, width) for text, width in texts), default=1)
        if lines > 1:
            self._sheet.set_row(self._row, min(_LINE * lines, _HIGHEST))

    def _put(self, place: int, cell: Cell, **look: Any) -> None:
        if cell is None or cell == "":
            if "top" in look or "bg_color" in look:
                self._sheet.write_blank(self._row, place, None, self._book.format(**look))
        elif isinstance(cell, str):
            self._text(place, cell, **look)
        elif isinstance(cell, Link):
            self._link(place, cell, **look)
        elif isinstance(cell, Check):
            formula = cell.formula.format(row=self._row + 1, above=self._row, first=self._first + 1)
            shown = self._book.format(num_format=money_format(cell.value.currency), **look)
            value = from_minor(cell.value.minor, cell.value.currency)
            if fits(value):
                self._sheet.write_formula(self._row, place, formula, shown, value)
            else:
                self._number(place, value, shown, look)
        else:
            number, form = number_of(cell)
            self._number(place, number, self._book.format(num_format=form, **look), look)

    def _number(self, place: int, number: int | Decimal, shown: Any, look: dict[str, Any]) -> None:
        if fits(number):
            self._sheet.write_number(self._row, place, number, shown)
        else:
            self._text(place, f"{Decimal(number):f}", **{**look, "align": "right"})

    def _text(self, place: int, text: str, **look: Any) -> None:
        kept = clean(text)
        quoted = {"quote_prefix": True} if like_formula(kept) or like_formula(text) else {}
        self._sheet.write_string(self._row, place, kept, self._book.format(**look, **quoted))

    def _link(self, place: int, link: Link, **look: Any) -> None:
        if not link.address or self._links >= self._book.most_links:
            return self._text(place, link.words, **look)
        self._links += 1
        kept = clean(link.words)
        quoted = {"quote_prefix": True} if like_formula(kept) or like_formula(link.words) else {}
        blue = self._book.format(**look, **quoted, font_color="#0563C1", underline=1)
        self._sheet.write_url(self._row, place, link.address, blue, kept)
        return None


class _Told(NamedTuple):
    """What a first reading of a table tells: the exact sums by column, the number of rows, whether every amount is a
    number that a sheet keeps, and the columns of figures as the first rows have them."""

    sums: dict[int, Money]
    rows: int
    whole: bool
    figures: frozenset[int]


def _told(block: Block) -> _Told:
    places = [place for place, column in enumerate(block.columns) if column.total]
    sums: dict[int, Money] = {}
    figures: set[int] = set()
    count, whole = 0, True
    for cells in block.rows:
        count += 1
        if count <= _SAMPLE:
            figures |= {place for place, cell in enumerate(cells) if isinstance(cell, FIGURES)}
        for place in places:
            cell = cells[place]
            if isinstance(cell, Money):
                sums[place] = sums[place] + cell if place in sums else cell
                whole = whole and fits(from_minor(cell.minor, cell.currency))
    return _Told(dict(sorted(sums.items())), count, whole, frozenset(figures))


def _widest(blocks: Iterable[Block]) -> Iterator[Column]:
    """For each place the widest column of all tables."""
    rows = [block.columns for block in blocks]
    for place in range(max((len(row) for row in rows), default=0)):
        yield max((row[place] for row in rows if place < len(row)), key=lambda column: column.width)
