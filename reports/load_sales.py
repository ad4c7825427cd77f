"""Finds the sales behind the ledger's groups: by TaskID, by number, and by the lines of those that were read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from reports.load_lines import orders_of_tasks
from reports.load_sums import Brief, Sums, added, sums
from reports.load_tables import DOCUMENT, AnyRow, among
from reports.trade import SALE_KIND, Group, SaleHeader, numbers
from sync.domain.accounts import Source

# Combined shipping statuses under which goods have left, all or some (Cin7 docs: sale statuses).
_SHIPPED = frozenset({"shipped", "partially shipped", "authorised", "partially authorised"})
_TOLD_BY = 50
_HEADER = (
    DOCUMENT.c.id,
    DOCUMENT.c.kind,
    DOCUMENT.c.number,
    DOCUMENT.c.status,
    DOCUMENT.c.invoice,
    DOCUMENT.c.credit,
    DOCUMENT.c.day,
    DOCUMENT.c.counterparty,
    DOCUMENT.c.channel,
    DOCUMENT.c.location,
    DOCUMENT.c.currency,
    DOCUMENT.c.rate,
    DOCUMENT.c.voided,
    DOCUMENT.c.version,
    DOCUMENT.c.detail_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Behind:
    """The sales behind some groups.

    `sale_of`: (document, number) of a group -> sale id. `sales`: whole headers of those that were asked for.
    `read`: ids of sales whose lines were read; `notes`: numbers known to be credit notes.
    """

    sale_of: Mapping[tuple[str, str], str]
    sales: Mapping[str, SaleHeader] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()


class SaleFinder:
    """Looks for the sales behind `groups`; `accounts` are Cin7's revenue accounts, `places` location names by id."""

    def __init__(
        self,
        session: Session,
        company: int,
        groups: Sequence[Group],
        sample: Sequence[Group],
        accounts: Collection[str],
        places: Mapping[str, str],
    ) -> None:
        self._session, self._company, self._groups, self._places = session, company, groups, places
        self.invoiced = [group for group in groups if group.control == "revenue" and group.sold]
        self._sums: Sums = sums(session, company, groups, accounts)
        # TaskID names sales in all of a company's ledger or in none of it: a few tell, and numbers find what they miss.
        tasks = sorted({group.document for group in sample or groups})[:_TOLD_BY]
        self._named = any(_rows(session, company, DOCUMENT.c.id, tasks))
        self._by_part = self._sums.sale_of
        named = {group.document for group in groups} - self._sums.sales.keys() if self._named else set()
        self._brief = self._sums.sales | _briefs(session, company, named)

    def told(self, base: str) -> dict[tuple[str, str, str], Decimal]:
        """The units of groups that are, to the cent, what the one invoice or credit note that they name adds up to."""
        found: dict[tuple[str, str, str], Decimal] = {}
        by_part, brief, only = self._by_part, self._brief, self._sums.only
        plain = {id_ for id_, (currency, _, detailed) in brief.items() if detailed and currency in ("", base)}
        for group in self.invoiced:
            sale = _first(by_part, group.numbers)
            if sale is None or sale not in plain or (group.document != sale and group.document in brief):
                continue
            charged = only(group, sale)
            if charged and charged[1] == group.amount:
                found[group.kind, group.document, group.number] = added(*charged[2:])
        return found

    @property
    def notes(self) -> frozenset[str]:
        """Numbers known to be credit notes of the sales that TaskID or lines tell."""
        return frozenset(note for _, credit, _ in self._brief.values() if credit for note in numbers(credit))

    def has_lines(self, group: Group) -> bool:
        """Whether the lines of the group's sale were read, as far as TaskID or lines tell its sale."""
        ids = (group.document, *(self._by_part.get(key, "") for key in group.keys))
        return any(id_ in self._brief and self._brief[id_][2] for id_ in ids)

    def behind(self, wanted: Sequence[Group]) -> Behind:
        """The sales behind the wanted groups with their headers, and which sales the others are known to be of."""
        session, company, by_part = self._session, self._company, self._by_part
        ids = {group.document for group in wanted} if self._named else set()
        ids |= {by_part[key] for group in wanted for key in group.keys if key in by_part}
        headers = (_header(row, self._places) for row in _rows(session, company, DOCUMENT.c.id, ids))
        found = {header.id: header for header in headers}
        known = {*found, *by_part.values(), *(id_ for id_, (_, _, read) in self._brief.items() if read)}
        sale_of: dict[tuple[str, str], str] = {}
        for group in self._groups:
            told = group.document if group.document in known else _first(by_part, group.numbers)
            if told := told or by_part.get(group.document):
                sale_of[group.document, group.number] = told
        self._by_number(wanted, sale_of, found)
        used = set(sale_of.values())
        sales = {id_: header for id_, header in sorted(found.items()) if id_ in used}
        others = {id_: brief for id_, brief in self._brief.items() if id_ in used and id_ not in sales}
        notes = [*(sale.credit for sale in sales.values()), *(credit for _, credit, _ in others.values())]
        read = [*(s.id for s in sales.values() if s.detailed), *(id_ for id_, (_, _, read) in others.items() if read)]
        return Behind(
            sale_of, sales, frozenset(read), frozenset(note for credit in notes if credit for note in numbers(credit))
        )

    def _by_number(
        self, wanted: Sequence[Group], sale_of: dict[tuple[str, str], str], found: dict[str, SaleHeader]
    ) -> None:
        """Finds what neither TaskID nor lines found: by number, credit note, and the movements of a shipment."""
        session, company, known = self._session, self._company, self._places
        by_number: dict[str, str] = {}
        asked = {number for group in _left(wanted, sale_of) for number in group.numbers}
        for column in (DOCUMENT.c.number, DOCUMENT.c.invoice, DOCUMENT.c.credit):
            for row in _rows(session, company, column, asked - by_number.keys()):
                found[row.id] = _header(row, known)
                by_number.setdefault(getattr(row, column.name), row.id)
        _match(wanted, sale_of, by_number)
        left = _left(wanted, sale_of)
        by_note = credit_notes(session, company, {number for group in left for number in group.numbers})
        for row in _rows(session, company, DOCUMENT.c.id, set(by_note.values()) - found.keys()):
            found[row.id] = _header(row, known)
        _match(left, sale_of, {key: id_ for key, id_ in by_note.items() if id_ in found})
        by_task = orders_of_tasks(session, company, {group.document for group in _left(wanted, sale_of)})
        by_order: dict[str, str] = {}
        for row in _rows(session, company, DOCUMENT.c.number, set(by_task.values())):
            found[row.id] = _header(row, known)
            by_order.setdefault(row.number, row.id)
        _match(left, sale_of, {task: by_order[number] for task, number in by_task.items() if number in by_order})
        # What the movements told of a shipment's cost holds for the revenue under the same number.
        told = {g.name: sale_of[g.document, g.number] for g in left if (g.document, g.number) in sale_of}
        _match(_left(left, sale_of), sale_of, told)


def _briefs(session: Session, company: int, ids: Collection[str]) -> dict[str, Brief]:
    if not ids:
        return {}
    rows = session.execute(
        select(DOCUMENT.c.id, DOCUMENT.c.currency, DOCUMENT.c.credit, DOCUMENT.c.detail_at.is_not(None)).where(
            DOCUMENT.c.company == company,
            DOCUMENT.c.source == Source.CIN7.value,
            DOCUMENT.c.kind == SALE_KIND,
            DOCUMENT.c.deleted_at.is_(None),
            among(session, DOCUMENT.c.id, ids),
        )
    ).all()
    return {id_: (currency, credit, detailed) for id_, currency, credit, detailed in rows}


def _left(groups: Iterable[Group], sale_of: Mapping[tuple[str, str], str]) -> list[Group]:
    return [group for group in groups if (group.document, group.number) not in sale_of]


def credit_notes(session: Session, company: int, wanted: Collection[str]) -> dict[str, str]:
    """Credit note number -> the id of its sale, which the credit note's own id begins with."""
    found: dict[str, str] = {}
    if not wanted:
        return found
    rows = session.execute(
        select(DOCUMENT.c.number, DOCUMENT.c.kind, DOCUMENT.c.id)
        .where(
            DOCUMENT.c.company == company,
            DOCUMENT.c.source == Source.CIN7.value,
            among(session, DOCUMENT.c.number, wanted),
        )
        .order_by(DOCUMENT.c.id)
    )
    for number, kind, id_ in rows:
        if kind == "SaleCreditNote":
            found.setdefault(number, id_.split("/", 1)[0])
    return found


def _match(groups: Iterable[Group], sale_of: dict[tuple[str, str], str], by: Mapping[str, str]) -> None:
    """Notes the sale of each group that one of its numbers, or its TaskID, leads to."""
    for group in groups:
        known = _first(by, group.numbers) or by.get(group.document)
        if known:
            sale_of.setdefault((group.document, group.number), known)


def _first(by: Mapping[str, str], numbers: tuple[str, ...]) -> str | None:
    for number in numbers:
        if number in by:
            return by[number]
    return None


def _rows(session: Session, company: int, column: ColumnElement[str], values: Collection[str]) -> Iterator[AnyRow]:
    """Headers of the sales whose `column` has one of the values."""
    # The kind is part of the key by id alone; asking for it elsewhere leads SQLite to read every sale there is.
    more = [DOCUMENT.c.kind == SALE_KIND] if column is DOCUMENT.c.id else []
    if not values:
        return
    rows = session.execute(
        select(*_HEADER)
        .where(
            DOCUMENT.c.company == company,
            DOCUMENT.c.source == Source.CIN7.value,
            DOCUMENT.c.deleted_at.is_(None),
            among(session, column, values),
            *more,
        )
        .order_by(DOCUMENT.c.id)
    ).all()
    yield from (row for row in rows if row.kind == SALE_KIND)


def _header(row: AnyRow, known: Mapping[str, str]) -> SaleHeader:
    (id_, _, number, status, invoice, credit, day, customer, channel, place, currency, rate, voided, version, read) = (
        row
    )
    service, shipped = _words(version)
    place = known.get(place, place)
    return SaleHeader(
        id_, number, status, invoice, credit, day, customer, channel, place, currency, rate, voided, service, shipped,
        read,
    )  # fmt: skip


@lru_cache(maxsize=4_096)
def _words(words: str) -> tuple[bool, bool | None]:
    """Whether the list's finer statuses say that it sells services, and that goods left; None where they do not."""
    told = dict(word.split("=", 1) for word in words.casefold().split("; ") if "=" in word)
    return "type=service" in words.casefold(), told["ship"] in _SHIPPED if "ship" in told else None
