"""Reads what sales and cost of a period are made of: sums per document, the sales behind them, and their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_lines import chunks, details, movements, places, qbo_lines, sales_of_parts
from reports.load_tables import DOCUMENT, POSTING, PRODUCT, AnyRow
from reports.trade import SALE_KIND, Group, SaleHeader, Stocked, Trade, numbers
from sync.domain.accounts import Source
from sync.domain.period import Period

# How far back a shipment is looked for whose invoice follows later.
_SHIPPED_BEFORE = timedelta(days=60)
_HEADER = (
    DOCUMENT.c.id,
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
    DOCUMENT.c.detail_at,
)


def trade(session: Session, books: Books, *, lines: bool = False) -> Trade:
    """The trade of the period; with `lines` also what shares it out by product: QBO's lines and dated movements."""
    company = books.company.id
    groups = tuple(group for control in ("revenue", "cogs") for group in _groups(session, books, control, books.period))
    known = places(session, company)
    sales, sale_of = _sales(session, company, groups, known)
    detailed = [id_ for id_, sale in sales.items() if sale.detailed]
    read = details(session, company, detailed, known)
    open_numbers = {
        number
        for group in groups
        if group.control == "revenue" and sale_of.get((group.document, group.number)) not in read
        for number in group.numbers
    }
    return Trade(
        groups=groups,
        sales=sales,
        sale_of=sale_of,
        details=read,
        qbo_lines=qbo_lines(session, company, open_numbers) if lines else {},
        movements=movements(session, company, books.period) if lines else {},
        costed_before=_costed_before(session, books, groups, sale_of),
        products=_products(session, company) if lines or read else {},
        revenue_accounts=frozenset(books.map.accounts(Source.CIN7, "revenue")),
    )


def _groups(session: Session, books: Books, control: str, period: Period) -> Iterator[Group]:
    """Ledger sums per kind, document and reference on one control, in its own direction."""
    sign = books.map.sign(control)
    codes = books.map.accounts(Source.CIN7, control)
    amount = POSTING.c.amount
    best = func.max(amount) if sign > 0 else func.min(amount)
    rows = session.execute(
        select(POSTING.c.kind, POSTING.c.document, POSTING.c.number, func.sum(amount), best)
        .where(
            POSTING.c.company == books.company.id,
            POSTING.c.source == Source.CIN7.value,
            POSTING.c.account.in_(codes),
            POSTING.c.day >= period.start,
            POSTING.c.day <= period.end,
        )
        .group_by(POSTING.c.kind, POSTING.c.document, POSTING.c.number)
        .order_by(POSTING.c.kind, POSTING.c.document, POSTING.c.number)
    )
    for kind, document, number, total, largest in rows:
        yield Group(control, kind, document, number, sign * int(total), sign * largest > 0)


def _sales(
    session: Session, company: int, groups: Sequence[Group], known: Mapping[str, str]
) -> tuple[dict[str, SaleHeader], dict[tuple[str, str], str]]:
    """The sales behind the groups: by id where TaskID names the sale, else by number, else by the lines of a detail."""
    found = {row.id: _header(row, known) for row in _rows(session, company, DOCUMENT.c.id, _documents(groups))}
    sale_of = {(g.document, g.number): g.document for g in groups if g.document in found}
    left = [group for group in groups if (group.document, group.number) not in sale_of]
    wanted = {number for group in left for number in group.numbers}
    by_number: dict[str, str] = {}
    for column in (DOCUMENT.c.number, DOCUMENT.c.invoice, DOCUMENT.c.credit):
        for row in _rows(session, company, column, wanted - by_number.keys()):
            found[row.id] = _header(row, known)
            by_number.setdefault(getattr(row, column.name), row.id)
    _match(left, sale_of, by_number)
    left = [group for group in left if (group.document, group.number) not in sale_of]
    by_part = _credit_notes(session, company, {number for group in left for number in group.numbers})
    by_part |= sales_of_parts(session, company, {key for g in left for key in (g.document, *g.numbers)})
    for row in _rows(session, company, DOCUMENT.c.id, set(by_part.values()) - found.keys()):
        found[row.id] = _header(row, known)
    _match(left, sale_of, {key: id_ for key, id_ in by_part.items() if id_ in found})
    used = set(sale_of.values())
    return {id_: header for id_, header in sorted(found.items()) if id_ in used}, sale_of


def _credit_notes(session: Session, company: int, wanted: Collection[str]) -> dict[str, str]:
    """Credit note number -> the id of its sale, which the credit note's own id begins with."""
    found: dict[str, str] = {}
    for some in chunks(wanted):
        rows = session.execute(
            select(DOCUMENT.c.number, DOCUMENT.c.credit, DOCUMENT.c.id)
            .where(
                DOCUMENT.c.company == company,
                DOCUMENT.c.source == Source.CIN7.value,
                DOCUMENT.c.kind == "SaleCreditNote",
                or_(DOCUMENT.c.number.in_(some), DOCUMENT.c.credit.in_(some)),
            )
            .order_by(DOCUMENT.c.id)
        )
        for number, credit, id_ in rows:
            for each in {number, credit} & set(some):
                found.setdefault(each, id_.split("/", 1)[0])
    return found


def _match(groups: Iterable[Group], sale_of: dict[tuple[str, str], str], by: Mapping[str, str]) -> None:
    for group in groups:
        known = next((by[key] for key in (*group.numbers, group.document) if key in by), None)
        if known:
            sale_of[group.document, group.number] = known


def _documents(groups: Iterable[Group]) -> set[str]:
    return {group.document for group in groups if group.document}


def _rows(session: Session, company: int, column: ColumnElement[str], values: Collection[str]) -> Iterator[AnyRow]:
    """Headers of the sales whose `column` has one of the values."""
    for some in chunks(values):
        yield from session.execute(
            select(*_HEADER)
            .where(
                DOCUMENT.c.company == company,
                DOCUMENT.c.source == Source.CIN7.value,
                DOCUMENT.c.kind == SALE_KIND,
                DOCUMENT.c.deleted_at.is_(None),
                column.in_(some),
            )
            .order_by(DOCUMENT.c.id)
        )


def _header(row: AnyRow, known: Mapping[str, str]) -> SaleHeader:
    return SaleHeader(
        id=row.id,
        number=row.number,
        status=row.status,
        invoice=row.invoice,
        credit=row.credit,
        invoiced=row.day,
        customer=row.counterparty,
        channel=row.channel,
        location=known.get(row.location, row.location),
        currency=row.currency,
        rate=row.rate,
        voided=row.voided,
        service="type=service" in row.version.casefold(),
        detailed=row.detail_at is not None,
    )


def _costed_before(
    session: Session, books: Books, groups: Sequence[Group], sale_of: Mapping[tuple[str, str], str]
) -> frozenset[str]:
    """Of the sales invoiced in the period without cost in it, those whose cost posted shortly before."""
    costed = {sale_of.get((g.document, g.number), g.number) for g in groups if g.control == "cogs"}
    waiting: dict[str, str] = {}
    for group in groups:
        sale = sale_of.get((group.document, group.number), group.number)
        if group.control == "revenue" and sale not in costed:
            waiting |= dict.fromkeys((sale, group.document, *group.numbers), sale)
    if not waiting:
        return frozenset()
    rows = session.execute(
        select(POSTING.c.document, POSTING.c.number)
        .where(
            POSTING.c.company == books.company.id,
            POSTING.c.source == Source.CIN7.value,
            POSTING.c.account.in_(books.map.accounts(Source.CIN7, "cogs")),
            POSTING.c.day >= books.period.start - _SHIPPED_BEFORE,
            POSTING.c.day < books.period.start,
        )
        .distinct()
    )
    keys = {key for document, number in rows for key in (document, *numbers(number))}
    return frozenset(waiting[key] for key in keys & waiting.keys())


def _products(session: Session, company: int) -> dict[str, Stocked]:
    rows = session.execute(
        select(PRODUCT.c.sku, PRODUCT.c.name, PRODUCT.c.category, PRODUCT.c.type).where(
            PRODUCT.c.company == company, PRODUCT.c.source == Source.CIN7.value
        )
    )
    return {sku: Stocked(name, category, kind.casefold() != "service") for sku, name, category, kind in rows}
