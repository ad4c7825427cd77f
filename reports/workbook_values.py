"""What a cell can hold and how it is shown: exact numbers, harmless text, names of sheets, within Excel's limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from textwrap import wrap

from reports.workbook_parts import Cell, Link, Share
from sync.domain.money import Money, digits, exact, from_minor

ROWS = 1_048_576  # Excel's limits, here and below (Microsoft: Excel specifications and limits)
LINKS = 65_530
_TEXT, _SHORT = 32_767, 1_000
_NAME = 31
_EXACT = 15  # digits of a number that a spreadsheet keeps
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for a formula when the text is edited
_EPOCH = date(1899, 12, 30)


def clean(text: str) -> str:
    """Text that a cell can hold: no control characters, no halves of characters, at most 32,767 units long."""
    if text.isascii() and text.isprintable() and len(text) < _SHORT and text[:1] != "<":
        return text  # as nearly all of a million rows
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


def like_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula once somebody edits it."""
    return text.startswith(_FORMULA)


def number_of(cell: int | Decimal | Money | date | Share) -> tuple[int | Decimal, str]:
    """A cell's number, exact, and the form in which it is shown."""
    if isinstance(cell, Money):
        return from_minor(cell.minor, cell.currency), money_format(cell.currency)
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


def fits(number: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of the number; one that does not fit is written as text."""
    exact_number = Decimal(number)
    if len(exact_number.as_tuple().digits) <= _EXACT:
        return True
    shown = f"{exact_number:f}".lstrip("-")
    return len((shown.rstrip("0") if "." in shown else shown).replace(".", "").lstrip("0")) <= _EXACT


def text_of(cell: Cell) -> str:
    """The text of a cell; "" for a figure."""
    return cell.words if isinstance(cell, Link) else cell if isinstance(cell, str) else ""


def lines_of(text: str, width: int) -> int:
    """Lines that a text takes in a column; letters are seldom as wide as the digits by which widths are counted."""
    return sum(max(1, len(wrap(part, width))) for part in text.splitlines())


def money_format(currency: str) -> str:
    """Excel's form of an amount with the currency's own digits."""
    places = digits(currency)
    form = f"#,##0.{'0' * places}" if places else "#,##0"
    return f"{form};[Red]-{form}"


def letter_of(place: int) -> str:
    """The letters of a column: A for 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
