"""QuickBooks Online's TransactionList report: one row for each transaction of a period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sync.qbo.reports import Cell, Report, Row, refuse_cut
from sync.qbo.resources import entity_of

_COLUMNS = ("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "subt_nat_home_amount")
_AMOUNTS = ("subt_nat_home_amount", "subt_nat_amount")


@dataclass(frozen=True, slots=True)
class Listed:
    """One transaction: `words` are its type as printed, `entity` the API's name for it.

    `amount` is in minor units of home currency with the report's own sign, None where it is blank.
    """

    id: str
    entity: str
    words: str
    day: date
    number: str
    name: str
    memo: str
    account: str
    amount: int | None


def listing_columns() -> str:
    """The `columns` to ask the report for."""
    return ",".join(_COLUMNS)


def read_listing(report: Report, currency: str) -> list[Listed]:
    """The transactions of a TransactionList answer, in its order, whatever they are grouped by.

    A group's total covers rows in its own way (recorded ones include hidden rows), so none is checked.
    """
    report = report.in_currency(currency)
    found: list[Listed] = []
    for row in _all(report.rows):
        if row.ColData is not None:
            refuse_cut(report, row.ColData)
            listed = _listed(report, row.ColData)
            found += [listed] if listed else []
    return found


def _all(rows: Iterable[Row]) -> Iterator[Row]:
    """Each row, and behind it those inside it."""
    for row in rows:
        yield row
        yield from _all(row.inner())


def _listed(report: Report, cells: list[Cell]) -> Listed | None:
    kind = _cell(report, cells, "txn_type")
    if not kind.id:
        return None
    written = _text(report, cells, "tx_date")
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        report.refuse(f"{written[:40]!r} is no date")
    places = [place for place in map(report.position, _AMOUNTS) if place is not None]
    return Listed(
        id=kind.id,
        entity=entity_of(kind.value or ""),
        words=(kind.value or "").strip(),
        day=day,
        number=_text(report, cells, "doc_num"),
        name=_text(report, cells, "name"),
        memo=_text(report, cells, "memo"),
        account=_cell(report, cells, "account_name").id or "",
        amount=report.minor(cells, places[0]) if places else None,
    )


def _cell(report: Report, cells: list[Cell], key: str) -> Cell:
    place = report.position(key)
    return cells[place] if place is not None and place < len(cells) else Cell()


def _text(report: Report, cells: list[Cell], key: str) -> str:
    return (_cell(report, cells, key).value or "").strip()
