"""Reads the lines of sales: Cin7's details where they were read, QuickBooks' lines, and dated product movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from sqlalchemy import and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from reports.load_tables import DOCUMENT, LINE, LOCATION, MOVEMENT, PRODUCT, AnyRow, among
from reports.trade import SALE_KIND, Part, SaleDetail, SaleHeader
from sync.domain.accounts import Source
from sync.domain.period import Period

# Sections of a sale's detail: what was charged, what left the shelf, and what that cost.
CHARGED = ("Invoice", "CreditNote")
SHIPPED = ("Fulfilment", "Restock")
COST = ("Movement",)
# Written out, not bound: only so does the database take its index of such lines.
FREE = LINE.c.cost == literal_column("0")
_OF_SALES = ("sale", "restock")  # how the kinds of their stock movements begin
_QBO_CHARGED = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
_PART = (
    LINE.c.id,
    LINE.c.section,
    LINE.c.document,
    LINE.c.sku,
    LINE.c.name,
    LINE.c.amount,
    LINE.c.quantity,
    LINE.c.cost,
    LINE.c.location,
    LINE.c.day,
    LINE.c.account,
)
_MOVED = (
    MOVEMENT.c.sku,
    MOVEMENT.c.task,
    MOVEMENT.c.kind,
    MOVEMENT.c.number,
    MOVEMENT.c.day,
    MOVEMENT.c.quantity,
    MOVEMENT.c.amount,
    MOVEMENT.c.location,
)


def places(session: Session, company: int) -> dict[str, str]:
    """Location id -> name; a bin's id -> the name of the location that it belongs to."""
    rows = session.execute(
        select(LOCATION.c.id, LOCATION.c.name, LOCATION.c.parent).where(LOCATION.c.company == company)
    )
    known = {row.id: row for row in rows}
    return {id_: known[row.parent].name if row.parent in known else row.name for id_, row in known.items()}


def details(
    session: Session, company: int, sales: Collection[str], known: Mapping[str, str], *, costed: bool = True
) -> dict[str, SaleDetail]:
    """sale id -> its lines, for the sales given; `known` are the names of locations by id.

    Without `costed` only those costs are read that are nothing.
    """
    costs = LINE.c.section.in_(COST) if costed else and_(LINE.c.section.in_(COST), LINE.c.cost == 0)
    charged: dict[str, list[Part]] = defaultdict(list)
    shipped: dict[str, list[Part]] = defaultdict(list)
    cost: dict[str, list[Part]] = defaultdict(list)
    rows = (
        session.execute(
            select(*_PART)
            .where(
                LINE.c.company == company,
                LINE.c.source == Source.CIN7.value,
                LINE.c.kind == SALE_KIND,
                among(session, LINE.c.id, sales),
                or_(LINE.c.section.in_((*CHARGED, *SHIPPED)), costs),
            )
            .order_by(LINE.c.id, LINE.c.position)
        ).all()
        if sales
        else ()
    )
    for id_, section, document, sku, name, amount, quantity, costing, place, day, account in rows:
        of = (section, document)
        if section in CHARGED:
            charged[id_].append(Part(of, sku, name, amount, quantity, place, day, account))
        elif section in SHIPPED:
            shipped[id_].append(Part(of, sku, name, None, quantity, known.get(place, place), day, account))
        else:
            cost[id_].append(Part(of, sku, name, costing, quantity, place, day, account))
    return {id_: SaleDetail(tuple(charged[id_]), tuple(cost[id_]), tuple(shipped[id_])) for id_ in sorted(sales)}


def skus_of(details: Mapping[str, SaleDetail]) -> set[str]:
    """The products that the lines of sales name."""
    return {part.sku for sale in details.values() for part in (*sale.invoiced, *sale.cost, *sale.shipped)}


def qbo_lines(
    session: Session, company: int, wanted: Collection[str]
) -> dict[str, tuple[str, Decimal | None, tuple[Part, ...]]]:
    """Number -> (currency, rate, lines) of QuickBooks' sales document with that number; two with the same are none."""
    rows = session.execute(
        select(DOCUMENT.c.kind, DOCUMENT.c.id, DOCUMENT.c.number, DOCUMENT.c.currency, DOCUMENT.c.rate).where(
            DOCUMENT.c.company == company,
            DOCUMENT.c.source == Source.QBO.value,
            among(session, DOCUMENT.c.number, wanted),
            DOCUMENT.c.voided.is_(False),
            DOCUMENT.c.deleted_at.is_(None),
        )
    )
    documents: dict[str, list[AnyRow]] = defaultdict(list)
    for row in rows:
        if row.kind in _QBO_CHARGED:
            documents[row.number].append(row)
    single = {rows[0].id: rows[0] for rows in documents.values() if len(rows) == 1}
    lines = _qbo_parts(session, company, single)
    return {
        row.number: (row.currency, row.rate, tuple(lines[id_])) for id_, row in sorted(single.items()) if lines[id_]
    }


def _qbo_parts(session: Session, company: int, documents: Mapping[str, AnyRow]) -> dict[str, list[Part]]:
    items = session.execute(
        select(PRODUCT.c.id, PRODUCT.c.sku).where(PRODUCT.c.company == company, PRODUCT.c.source == Source.QBO.value)
    )
    skus = {row.id: row.sku for row in items} if documents else {}
    rows = session.execute(
        select(*_PART, LINE.c.kind, LINE.c.item)
        .where(
            LINE.c.company == company,
            LINE.c.source == Source.QBO.value,
            LINE.c.kind.in_(tuple(_QBO_CHARGED)),
            among(session, LINE.c.id, documents),
        )
        .order_by(LINE.c.id, LINE.c.position)
    )
    found: dict[str, list[Part]] = defaultdict(list)
    for row in rows:
        if row.kind == documents[row.id].kind and row.amount is not None:
            sign = _QBO_CHARGED[row.kind]
            quantity = None if row.quantity is None else sign * row.quantity
            sku = row.sku or skus.get(row.item, "")
            found[row.id].append(Part(("qbo", row.id), sku, row.name, sign * row.amount, quantity))
    return found


def orders_of_tasks(session: Session, company: int, tasks: Collection[str]) -> dict[str, str]:
    """TaskID of a shipment or restock -> the number that its stock movements carry, the sale's order number."""
    if not tasks:
        return {}
    rows = session.execute(
        select(MOVEMENT.c.task, func.min(MOVEMENT.c.number))
        .where(MOVEMENT.c.company == company, among(session, MOVEMENT.c.task, tasks))
        .group_by(MOVEMENT.c.task)
    )
    return {task: number for task, number in rows if number}


def movements(session: Session, company: int, period: Period, known: Mapping[str, str]) -> dict[str, tuple[Part, ...]]:
    """TaskID and number -> the dated stock movements of sales in the period, each with its exact cost.

    `known` are the names of locations by id.
    """
    rows = session.execute(
        select(*_MOVED)
        .where(MOVEMENT.c.company == company, MOVEMENT.c.day >= period.start, MOVEMENT.c.day <= period.end)
        .order_by(MOVEMENT.c.product, MOVEMENT.c.position)
    )
    names = set(known.values())
    found: dict[str, list[Part]] = defaultdict(list)
    for row in rows:
        if row.kind.casefold().startswith(_OF_SALES):
            part = _movement(row, names)
            for key in {row.task, row.number}:
                found[key].append(part)
    return {key: tuple(parts) for key, parts in sorted(found.items()) if key}


def sent(
    session: Session, company: int, sales: Iterable[SaleHeader], known: Mapping[str, str]
) -> dict[str, tuple[Part, ...]]:
    """Sale id -> the movements, of whatever day, that say from where its goods left and where they came back to."""
    of = {key: sale.id for sale in sales for key in (sale.credit, sale.invoice, sale.number, sale.id) if key}
    names = set(known.values())
    found: dict[str, dict[tuple[str, int], Part]] = defaultdict(dict)
    for column in (MOVEMENT.c.task, MOVEMENT.c.number) if of else ():
        rows = session.execute(
            select(*_MOVED, MOVEMENT.c.product, MOVEMENT.c.position)
            .where(MOVEMENT.c.company == company, among(session, column, of))
            .order_by(MOVEMENT.c.product, MOVEMENT.c.position)
        )
        for row in rows:
            if row.quantity and row.kind.casefold().startswith(_OF_SALES):
                found[of[getattr(row, column.name)]][row.product, row.position] = _movement(row, names)
    return {sale: tuple(parts.values()) for sale, parts in sorted(found.items())}


def _movement(row: AnyRow, names: Collection[str]) -> Part:
    section = "Restock" if row.kind.casefold().startswith("restock") else "Fulfilment"
    place, _, inside = row.location.partition(": ")
    # "Main Warehouse: Bin 1" is a bin of the location (Cin7 docs: examples of /stockTransferList).
    location = place if inside and row.location not in names and place in names else row.location
    return Part((section, row.task), row.sku, "", None, row.quantity, location, row.day, exact=row.amount)
