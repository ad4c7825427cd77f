"""Puts tables on the sheets of a workbook: the only file that knows the Excel writer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from textwrap import wrap
from typing import IO, Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from sync.domain.money import Money, digits, exact, from_minor

ROWS = 1_048_576  # Excel's limits, here and below (Microsoft: Excel specifications and limits)
_LINKS = 65_530
_TEXT = 32_767
_NAME = 31
_EXACT = 15  # digits of a number that a spreadsheet keeps; money with more is written as text
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for a formula when the text is edited
_EPOCH = date(1899, 12, 30)
_LINE, _HIGHEST = 13.5, 400  # points
_HEAD = {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
_AWAY = {"align": "left", "indent": 1}
_LETTER, _A4 = 1, 9  # Excel's numbers of paper sizes
_LETTER_MONEY = frozenset({"USD", "CAD", "MXN", "PHP", "CLP", "COP"})


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
_FIGURES = (int, Decimal, Money, date, Check, Share)


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
    upright: bool = False


def clean(text: str) -> str:
    """Text that a cell can hold: no control characters, no halves of characters, at most 32,767 units long."""
    kept = _CONTROL.sub(" ", text)
    if len(kept) > _TEXT // 2:
        units = kept.encode("utf-16-le")[: 2 * (_TEXT - 1)]
        kept = kept if len(kept.encode("utf-16-le")) <= 2 * _TEXT else units.decode("utf-16-le", "ignore") + "…"
    # The writer would take such text for its own markup.
    return f"{kept} " if kept.startswith("<r>") and kept.endswith("</r>") else kept


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name that Excel allows: 31 characters, none of []:*?/\\, no apostrophe at an end, unlike all `taken`."""
    plain = _NOT_IN_NAMES.sub(" ", clean(wanted)).strip().strip("'").strip() or "Sheet"
    plain = f"{plain} sheet" if plain.casefold() == "history" else plain  # Excel keeps that name for itself
    used = {name.casefold() for name in taken}
    name, number = plain[:_NAME].rstrip().rstrip("'"), 1
    while name.casefold() in used:
        number += 1
        mark = f" ({number})"
        name = f"{plain[: _NAME - len(mark)].rstrip()}{mark}"
    return name


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

    def name_of(self, wanted: str) -> str:
        """The name under which a page called `wanted` would be added now."""
        return sheet_name(wanted, self.names)

    def add(self, page: Page) -> None:
        """Writes one page, on as many sheets as it needs."""
        _Sheet(self, page).write()

    def close(self) -> None:
        """Writes the file to `out`."""
        self._book.close()

    def sheet(self, wanted: str) -> Any:
        name = self.name_of(wanted)
        self.names.append(name)
        return self._book.add_worksheet(name)

    def format(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
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
        self._repeated: Block | None = None

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
        if not page.upright:
            sheet.set_landscape()
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
                letter = _letter(place)
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
        pairs = zip(cells, block.columns, strict=True)
        self._heighten((_words(cell), column.width) for cell, column in pairs if column.wrap)
        for place, (cell, column) in enumerate(zip(cells, block.columns, strict=True)):
            own = {"text_wrap": True} if column.wrap else {}
            # Text beside figures, which stand on the right of their cells, keeps a little away from them.
            away = _AWAY if place and isinstance(cell, (str, Link)) else {}
            away = {"align": "left"} if column.left else away
            self._put(place, cell, **look, **own, **away, valign="top")
        self._row += 1

    def _heighten(self, texts: Iterable[tuple[str, int]]) -> None:
        """Makes the row as high as its longest text needs: not every program does that by itself."""
        lines = max((_lines(text, width) for text, width in texts), default=1)
        if lines > 1:
            self._sheet.set_row(self._row, min(_LINE * lines, _HIGHEST))

    def _put(self, place: int, cell: Cell, **look: Any) -> None:
        if cell is None:
            if look.keys() - {"valign", "text_wrap"}:
                self._sheet.write_blank(self._row, place, None, self._book.format(**look))
        elif isinstance(cell, str):
            self._text(place, cell, **look)
        elif isinstance(cell, Link):
            self._link(place, cell, **look)
        elif isinstance(cell, Check):
            formula = cell.formula.format(row=self._row + 1, above=self._row, first=self._first + 1)
            shown = self._book.format(num_format=_money_format(cell.value.currency), **look)
            value = from_minor(cell.value.minor, cell.value.currency)
            if _fits(value):
                self._sheet.write_formula(self._row, place, formula, shown, value)
            else:
                self._number(place, value, shown, look)
        else:
            number, form = _number_of(cell)
            self._number(place, number, self._book.format(num_format=form, **look), look)

    def _number(self, place: int, number: int | Decimal, shown: Any, look: dict[str, Any]) -> None:
        if _fits(number):
            self._sheet.write_number(self._row, place, number, shown)
        else:
            self._text(place, f"{number:f}" if isinstance(number, Decimal) else str(number), **look, align="right")

    def _text(self, place: int, text: str, **look: Any) -> None:
        kept = clean(text)
        quoted = {"quote_prefix": True} if kept.startswith(_FORMULA) or text.startswith(_FORMULA) else {}
        self._sheet.write_string(self._row, place, kept, self._book.format(**look, **quoted))

    def _link(self, place: int, link: Link, **look: Any) -> None:
        if not link.address or self._links >= _LINKS:
            return self._text(place, link.words, **look)
        self._links += 1
        kept = clean(link.words)
        quoted = {"quote_prefix": True} if kept.startswith(_FORMULA) else {}
        blue = self._book.format(**look, **quoted, font_color="#0563C1", underline=1)
        self._sheet.write_url(self._row, place, link.address, blue, kept)
        return None


class _Told(NamedTuple):
    """What a first reading of a table tells: the exact sums by column, the number of rows, whether every amount is a
    number that a sheet keeps, and the columns of figures."""

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
        figures |= {place for place, cell in enumerate(cells) if isinstance(cell, _FIGURES)}
        for place in places:
            cell = cells[place]
            if isinstance(cell, Money):
                sums[place] = sums[place] + cell if place in sums else cell
                whole = whole and _fits(from_minor(cell.minor, cell.currency))
    return _Told(dict(sorted(sums.items())), count, whole, frozenset(figures))


def _widest(blocks: Iterable[Block]) -> Iterator[Column]:
    """For each place the widest column of all tables."""
    rows = [block.columns for block in blocks]
    for place in range(max((len(row) for row in rows), default=0)):
        yield max((row[place] for row in rows if place < len(row)), key=lambda column: column.width)


def _number_of(cell: int | Decimal | Money | date | Share) -> tuple[int | Decimal, str]:
    """A cell's number, exact, and the form in which it is shown."""
    if isinstance(cell, Money):
        return from_minor(cell.minor, cell.currency), _money_format(cell.currency)
    if isinstance(cell, Share):
        return exact(cell.percent), '0.0" %"'
    if isinstance(cell, datetime):
        moment = cell.astimezone(UTC)
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        part = (Decimal(seconds) / 86_400).quantize(Decimal("1e-9"))
        return Decimal((moment.date() - _EPOCH).days) + part, 'yyyy-mm-dd hh:mm" UTC"'
    if isinstance(cell, date):
        return (cell - _EPOCH).days, "yyyy-mm-dd"
    if isinstance(cell, int):
        return cell, "#,##0"
    return exact(cell), "General"


def _fits(number: int | Decimal) -> bool:
    return len(Decimal(number).normalize().as_tuple().digits) <= _EXACT


def _words(cell: Cell) -> str:
    return cell.words if isinstance(cell, Link) else cell if isinstance(cell, str) else ""


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column; letters are seldom as wide as the digits by which widths are counted."""
    return sum(max(1, len(wrap(part, width))) for part in text.splitlines())


def _money_format(currency: str) -> str:
    places = digits(currency)
    form = f"#,##0.{'0' * places}" if places else "#,##0"
    return f"{form};[Red]-{form}"


def _letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
