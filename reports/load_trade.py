"""Reads what sales and cost of a period are made of: sums per document, the sales behind them, and their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_lines import details, movements, orders_of_tasks, places, qbo_lines, sales_of_parts
from reports.load_tables import DOCUMENT, POSTING, PRODUCT, AnyRow, among
from reports.trade import SALE_KIND, Group, SaleHeader, Stocked, Trade, orders, unpaired
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
    DOCUMENT.c.detail_at,
)


def trade(session: Session, books: Books, *, every_sale: bool = False, lines: bool = False) -> Trade:
    """The trade of the period.

    Sales are read for what has details and for what is not final, with `every_sale` for all groups; `lines` adds what
    else shares amounts out by product: QBO's lines and dated movements.
    """
    company = books.company.id
    groups = (*_groups(session, books, "revenue"), *_groups(session, books, "cogs"))
    known = places(session, company)
    apart = unpaired(groups)
    sales, sale_of = _sales(session, company, groups, groups if every_sale else apart, known)
    read = details(session, company, [id_ for id_, sale in sales.items() if sale.detailed], known)
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
        costed_after=_costed_after(session, books, apart, sale_of),
        products=_products(session, company) if lines or read else {},
        revenue_accounts=frozenset(books.map.accounts(Source.CIN7, "revenue")),
    )


def orders_alone(session: Session, books: Books) -> int:
    """How many documents were invoiced, counted by the database but for references that hold several numbers."""
    sign = books.map.sign("revenue")
    total, best = func.sum(POSTING.c.amount), func.max(sign * POSTING.c.amount)
    plain = (
        select(POSTING.c.number)
        .where(
            *_inside(books, "revenue"),
            func.lower(POSTING.c.kind) == SALE_KIND.lower(),
            POSTING.c.number != "",
            POSTING.c.number.not_like("%/%"),
        )
        .group_by(POSTING.c.number)
        .having(best > 0, total != 0)
    )
    counted = session.scalar(select(func.count()).select_from(plain.subquery()))
    several = or_(POSTING.c.number == "", POSTING.c.number.like("%/%"))
    return int(counted or 0) + orders(_groups(session, books, "revenue", several))


def _inside(books: Books, control: str) -> tuple[ColumnElement[bool], ...]:
    """Cin7's postings on a control in the period."""
    return (
        POSTING.c.company == books.company.id,
        POSTING.c.source == Source.CIN7.value,
        POSTING.c.account.in_(books.map.accounts(Source.CIN7, control)),
        POSTING.c.day >= books.period.start,
        POSTING.c.day <= books.period.end,
    )


def _groups(session: Session, books: Books, control: str, *conditions: ColumnElement[bool]) -> tuple[Group, ...]:
    """Ledger sums per kind, document and reference on one control, in its own direction."""
    sign = books.map.sign(control)
    amount = POSTING.c.amount
    best = func.max(amount) if sign > 0 else func.min(amount)
    party = func.max(POSTING.c.name)
    rows = session.execute(
        select(POSTING.c.kind, POSTING.c.document, POSTING.c.number, func.sum(amount), best, party)
        .where(*_inside(books, control), *conditions)
        .group_by(POSTING.c.kind, POSTING.c.document, POSTING.c.number)
        .order_by(POSTING.c.kind, POSTING.c.document, POSTING.c.number)
    )
    return tuple(
        Group.of(control, kind, document, number, sign * int(total), sign * largest > 0, name)
        for kind, document, number, total, largest, name in rows
    )


def _sales(
    session: Session, company: int, groups: Sequence[Group], wanted: Sequence[Group], known: Mapping[str, str]
) -> tuple[dict[str, SaleHeader], dict[tuple[str, str], str]]:
    """The sales behind the wanted groups, and behind any group whose lines were read.

    They are found by id where TaskID names the sale, else by number, else by the lines of a detail.
    """
    by_part = sales_of_parts(session, company, {key for group in groups for key in group.keys})
    named = {group.document for group in wanted}
    # TaskID names sales in all of a company's ledger or in none of it: a few tell, and numbers find what they miss.
    if not any(_rows(session, company, DOCUMENT.c.id, sorted(named)[:_TOLD_BY])):
        named = set()
    found = {
        row.id: _header(row, known) for row in _rows(session, company, DOCUMENT.c.id, named | set(by_part.values()))
    }
    if named or not wanted:
        others = {group.document for group in groups} - named
        found |= {row.id: _header(row, known) for row in _rows(session, company, DOCUMENT.c.id, others, detailed=True)}
    sale_of = {(g.document, g.number): g.document for g in groups if g.document in found}
    _match(groups, sale_of, {key: id_ for key, id_ in by_part.items() if id_ in found})
    by_number: dict[str, str] = {}
    numbers = {number for group in _left(wanted, sale_of) for number in group.numbers}
    for column in (DOCUMENT.c.number, DOCUMENT.c.invoice, DOCUMENT.c.credit):
        for row in _rows(session, company, column, numbers - by_number.keys()):
            found[row.id] = _header(row, known)
            by_number.setdefault(getattr(row, column.name), row.id)
    _match(wanted, sale_of, by_number)
    left = _left(wanted, sale_of)
    by_note = _credit_notes(session, company, {number for group in left for number in group.numbers})
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
    used = set(sale_of.values())
    return {id_: header for id_, header in sorted(found.items()) if id_ in used}, sale_of


def _left(groups: Iterable[Group], sale_of: Mapping[tuple[str, str], str]) -> list[Group]:
    return [group for group in groups if (group.document, group.number) not in sale_of]


def _credit_notes(session: Session, company: int, wanted: Collection[str]) -> dict[str, str]:
    """Credit note number -> the id of its sale, which the credit note's own id begins with."""
    rows = session.execute(
        select(DOCUMENT.c.number, DOCUMENT.c.kind, DOCUMENT.c.id)
        .where(
            DOCUMENT.c.company == company,
            DOCUMENT.c.source == Source.CIN7.value,
            among(session, DOCUMENT.c.number, wanted),
        )
        .order_by(DOCUMENT.c.id)
    )
    found: dict[str, str] = {}
    for number, kind, id_ in rows if wanted else ():
        if kind == "SaleCreditNote":
            found.setdefault(number, id_.split("/", 1)[0])
    return found


def _match(groups: Iterable[Group], sale_of: dict[tuple[str, str], str], by: Mapping[str, str]) -> None:
    """Notes the sale of each group that one of its numbers, or its TaskID, leads to."""
    for group in groups:
        known = next((by[key] for key in (*group.numbers, group.document) if key in by), None)
        if known:
            sale_of.setdefault((group.document, group.number), known)


def _rows(
    session: Session, company: int, column: ColumnElement[str], values: Collection[str], *, detailed: bool = False
) -> Iterator[AnyRow]:
    """Headers of the sales whose `column` has one of the values; `detailed`: only those whose lines were read."""
    # The kind is part of the key by id alone; asking for it elsewhere leads SQLite to read every sale there is.
    more = [DOCUMENT.c.kind == SALE_KIND] if column is DOCUMENT.c.id else []
    more += [DOCUMENT.c.detail_at.is_not(None)] if detailed else []
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
    )
    yield from (row for row in rows if row.kind == SALE_KIND)


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
        shipped=_shipped(row.version),
        detailed=row.detail_at is not None,
    )


def _shipped(words: str) -> bool | None:
    """Whether the list's finer statuses say that goods left; None where they say nothing of it."""
    told = dict(word.split("=", 1) for word in words.casefold().split("; ") if "=" in word)
    return told["ship"] in _SHIPPED if "ship" in told else None


def _costed_after(
    session: Session, books: Books, groups: Sequence[Group], sale_of: Mapping[tuple[str, str], str]
) -> frozenset[str]:
    """Of the documents invoiced in the period without cost in it, the names of those whose cost posted later."""
    waiting: dict[str, str] = {}
    for group in groups:
        if group.control == "revenue":
            sale = sale_of.get((group.document, group.number), "")
            waiting |= {key: group.name for key in (*group.keys, group.number, sale) if key}
    if not waiting:
        return frozenset()
    rows = session.execute(
        select(POSTING.c.document, POSTING.c.number)
        .where(
            POSTING.c.company == books.company.id,
            POSTING.c.source == Source.CIN7.value,
            POSTING.c.account.in_(books.map.accounts(Source.CIN7, "cogs")),
            POSTING.c.day > books.period.end,
            or_(among(session, POSTING.c.document, waiting), among(session, POSTING.c.number, waiting)),
        )
        .distinct()
    )
    return frozenset(waiting[key] for row in rows for key in row if key in waiting)


def _products(session: Session, company: int) -> dict[str, Stocked]:
    rows = session.execute(
        select(PRODUCT.c.sku, PRODUCT.c.name, PRODUCT.c.category, PRODUCT.c.type).where(
            PRODUCT.c.company == company, PRODUCT.c.source == Source.CIN7.value
        )
    )
    return {sku: Stocked(name, category, kind.casefold() != "service") for sku, name, category, kind in rows}
