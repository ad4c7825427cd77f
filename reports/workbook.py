"""The workbook of a pack: its sheets in their order, from the page that ties to what an auditor checks it against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from reports import workbook_controls, workbook_evidence, workbook_month_end, workbook_snapshots, workbook_summary
from reports.layout import period_words
from reports.links import Hosts
from reports.month_end import MonthEnd
from reports.pack import Pack
from reports.workbook_cells import Book
from reports.workbook_parts import Page
from reports.workbook_values import ROWS


def write(pack: Pack, out: IO[bytes], at: Hosts = Hosts(), most_rows: int = ROWS) -> None:  # noqa: B008  is immutable
    """Writes the weekly pack as XLSX to `out`; links lead to the applications `at`.

    The same pack makes the same bytes. `most_rows` is what a sheet takes.
    """
    _write(pack, pages(pack, at), out, most_rows)


def write_month_end(month: MonthEnd, out: IO[bytes], at: Hosts = Hosts(), most_rows: int = ROWS) -> None:  # noqa: B008
    """The same for the month-end pack, which begins with what closes the month."""
    _write(month.pack, (*closing_pages(month, at), *pages(month.pack, at)), out, most_rows)


def _write(pack: Pack, made: Iterable[Page], out: IO[bytes], most_rows: int) -> None:
    name = pack.books.company.name
    book = Book(out, name, period_words(pack.period), pack.currency, pack.made_at, most_rows)
    for page in made:
        book.add(page)
    book.close()


def pages(pack: Pack, at: Hosts) -> Iterator[Page]:
    """Every sheet of the weekly pack."""
    yield workbook_summary.summary(pack)
    yield workbook_summary.weeks(pack)
    yield from workbook_controls.controls(pack, at)
    yield workbook_controls.documents(pack, at)
    yield workbook_controls.open_findings(pack)
    yield workbook_controls.matched(pack, at)
    yield from workbook_snapshots.stock(pack)
    yield workbook_snapshots.days(pack)
    yield workbook_snapshots.ledger(pack)
    yield workbook_snapshots.account_map(pack)
    yield workbook_evidence.evidence(pack)


def closing_pages(month: MonthEnd, at: Hosts) -> Iterator[Page]:
    """The sheets that only the month-end pack has."""
    yield workbook_month_end.sign_off(month)
    yield workbook_month_end.roll_forward(month)
    yield workbook_month_end.grni(month)
    yield workbook_month_end.open_items(month, month.receivables, at)
    yield workbook_month_end.open_items(month, month.payables, at)
    yield workbook_month_end.owners(month)
