"""The reader of QuickBooks Online's report trees: header, columns by key, nested sections, totals that must agree."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NoReturn

import msgspec

from sync.domain import money
from sync.errors import TooLarge, UnexpectedPayload
from sync.qbo.wire import NAME, SYSTEM

# Said by a body with status 200, or by a made-up last row, where a report is cut (tap-quickbooks, BaseReport.py).
CUT_SHORT = "Unable to display more data"
_PIECE = 1 << 20


class Cell(msgspec.Struct, gc=False):
    value: str | None = None
    id: str | None = None


class Cells(msgspec.Struct, gc=False):
    ColData: list[Cell] | None = None


class Rows(msgspec.Struct, gc=False):
    """The rows of a section as the text that they came in: read, those of a long ledger take many times the memory."""

    Row: list[msgspec.Raw] | None = None


class Row(msgspec.Struct, gc=False):
    """A data row has ColData; everything else is a section, whatever its `type` says or lacks."""

    ColData: list[Cell] | None = None
    Header: Cells | None = None
    Rows: Rows | None = None
    Summary: Cells | None = None
    group: str = ""

    def inner(self) -> Iterator[Row]:
        """The rows of this section, each read when it is its turn; UnexpectedPayload for one that is none."""
        for raw in (self.Rows.Row or ()) if self.Rows else ():
            try:
                yield _ROW.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as misfit:
                _refuse_said_cut(bytes(raw))
                _refuse_misfit(misfit)


class _Pair(msgspec.Struct, gc=False):
    Name: str = ""
    Value: str | None = None


class Column(msgspec.Struct, gc=False):
    ColTitle: str = ""
    ColType: str = ""
    MetaData: list[_Pair] | None = None
    Columns: _Columns | None = None


class _Columns(msgspec.Struct, gc=False):
    Column: list[Column] | None = None


class _Header(msgspec.Struct, gc=False):
    ReportName: str = ""
    ReportBasis: str = ""
    StartPeriod: str | None = None
    EndPeriod: str | None = None
    Currency: str = ""
    Option: list[_Pair] | None = None


class _Top(msgspec.Struct, gc=False):
    Row: list[Row] | None = None


class _Tree(msgspec.Struct, gc=False):
    Header: _Header
    Columns: _Columns | None = None
    Rows: _Top | None = None


# Built once: msgspec compiles the types here, nothing is ever written to them.
_TREE = msgspec.json.Decoder(_Tree)
_ROW = msgspec.json.Decoder(Row)


@dataclass(frozen=True)
class Report:
    """One report: `rows` is empty where the report says that there is no data."""

    name: str
    basis: str
    currency: str
    start: date | None
    end: date | None
    columns: tuple[Column, ...]
    rows: list[Row]

    def in_currency(self, home: str) -> Report:
        """This report, whose amounts must be in the home currency; an empty one may leave its currency out."""
        if self.currency and home and self.currency != home:
            self.refuse(f"its amounts are in {self.currency}, not in the home currency {home}")
        return replace(self, currency=self.currency or home)

    def position(self, key: str) -> int | None:
        """Where the column with this key stands: its ColKey, or in older answers its ColType; None without one."""
        return self._positions.get(key)

    def money_positions(self) -> list[int]:
        """The columns of amounts, in their order, for reports that name no keys: all but the first column."""
        found = [place for place, column in enumerate(self.columns) if column.ColType == "Money"]
        return found or list(range(1, len(self.columns)))

    def minor(self, cells: list[Cell], position: int) -> int | None:
        """The amount in a cell as whole minor units of the report's currency; None where it is blank.

        Raises UnexpectedPayload for anything but a plain number with no more digits than the currency has.
        """
        shown = (cells[position].value or "").strip() if position < len(cells) else ""
        if not shown:
            return None
        try:
            scaled = money.exact(shown).scaleb(money.digits(self.currency))
            if scaled != scaled.to_integral_value():
                raise ValueError(shown)
        except ValueError:
            self.refuse(f"{shown[:40]!r} beside {_label(cells)!r} is no amount of {self.currency or 'money'}")
        return int(scaled)

    def refuse(self, what: str) -> NoReturn:
        """Raises UnexpectedPayload about this report."""
        raise UnexpectedPayload(f"{NAME}: {self.name}, {self.start} to {self.end}: {what}.", system=SYSTEM)

    @cached_property
    def _positions(self) -> dict[str, int]:
        keys: dict[str, int] = {}
        for place, column in enumerate(self.columns):
            keys.setdefault(meta(column, "ColKey") or column.ColType, place)
        return keys


def meta(column: Column, name: str) -> str:
    """A value of a column's MetaData, "" where it has none."""
    return next((pair.Value or "" for pair in column.MetaData or () if pair.Name == name), "")


class NotWhole(ValueError):
    """The body is no whole JSON value."""


def read_report(body: bytes) -> Report:
    """The report in an answer's body.

    Raises TooLarge where QuickBooks cut it short, NotWhole where the body itself is cut or no JSON,
    UnexpectedPayload where it is something else than a report.
    """
    try:
        _refuse_garbled(body)
        tree = _TREE.decode(body)
    except msgspec.ValidationError as misfit:
        _refuse_said_cut(body)
        _refuse_misfit(misfit)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        _refuse_said_cut(body)
        raise NotWhole(str(fault)) from None
    header = tree.Header
    rows = (tree.Rows.Row or []) if tree.Rows else []
    report = Report(
        name=header.ReportName,
        basis=header.ReportBasis,
        currency=header.Currency,
        start=_day(header.StartPeriod),
        end=_day(header.EndPeriod),
        columns=tuple(_leaves(tree.Columns)),
        rows=rows,
    )
    if not rows or not report.columns:
        _refuse_said_cut(body)
    if rows and not report.columns:
        report.refuse("it has rows but no columns")
    return report


def _refuse_garbled(body: bytes) -> None:
    """Raises UnicodeDecodeError for a body that is no UTF-8; rows that are read later would tell it too late."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(body), _PIECE):
        decoder.decode(body[start : start + _PIECE])
    decoder.decode(b"", final=True)


def _refuse_misfit(misfit: Exception) -> NoReturn:
    raise UnexpectedPayload(f"{NAME}: the answer is no report ({misfit}).", system=SYSTEM) from None


def _refuse_said_cut(body: bytes) -> None:
    if CUT_SHORT.encode() in body:
        raise TooLarge(f"{NAME} has more rows for this report than it gives at once.", system=SYSTEM)


def refuse_cut(report: Report, cells: list[Cell]) -> None:
    """Raises TooLarge for the made-up row that stands where the rest of a cut report should be."""
    if any(cell.value and cell.value.startswith(CUT_SHORT) for cell in cells):
        raise TooLarge(
            f"{NAME} has more rows for {report.name}, {report.start} to {report.end}, than it gives at once.",
            system=SYSTEM,
        )


def check_total(report: Report, section: Row, position: int, found: int) -> None:
    """Raises UnexpectedPayload where a section's own total differs from what its rows add up to.

    Rows lost on the way without notice are on record (intuit/quickbooks-online-mcp-server#19). A blank
    total says nothing.
    """
    if section.Summary is None or section.Summary.ColData is None:
        return
    told = report.minor(section.Summary.ColData, position)
    if told is not None and told != found:
        said, summed = money.text(told, report.currency), money.text(found, report.currency)
        report.refuse(f"{_label(section.Summary.ColData)!r} says {said}, but the rows received add up to {summed}")


def head(section: Row) -> Cell:
    """The first cell of a section's header: name and id of its account; an empty cell where there is none."""
    cells = section.Header.ColData if section.Header else None
    return cells[0] if cells else Cell()


def _label(cells: list[Cell]) -> str:
    return (cells[0].value or "")[:60] if cells else ""


def _leaves(columns: _Columns | None) -> Iterator[Column]:
    for column in (columns.Column or ()) if columns else ():
        if column.Columns and column.Columns.Column:
            yield from _leaves(column.Columns)
        else:
            yield column


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
