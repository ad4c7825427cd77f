"""Reads what the set-up check looks at: the map, products and names on both sides, what is used, and the test sync."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reports import load_flow
from reports.books import Books, Config
from reports.load_show import shown
from reports.load_tables import COMPANY, DOCUMENT, LINE, MOVEMENT, POSTING, PRODUCT, RUN, STOCK
from reports.setup_facts import Live, Repeated, Setup
from reports.show import Shown
from sync.domain.accounts import Source
from sync.domain.money import to_minor
from sync.domain.names import Name
from sync.domain.stock import Product
from sync.store.tables import Company

# The parts of the sync, beside the ledgers, that the check stands on.
PARTS = ((Source.CIN7, "products"), (Source.QBO, "items"))
_COMPLETED = ("COMPLETED", "Completed", "completed")
_NAME = Company.metadata.tables["name"]
_STEP = Company.metadata.tables["step"]
_CONTACTS = {"Sale": "Customer", "Purchase": "Supplier"}


def setup(
    session: Session, books: Books, config: Config, live: Live | None = None, repeated: tuple[Repeated, ...] = ()
) -> Setup:
    """What the check looks at, from the cache; `books` for the account map and the age of the data."""
    company = books.company.id
    row = session.execute(select(COMPANY).where(COMPANY.c.id == company)).one()
    return Setup(
        map=books.map,
        accounts=books.accounts,
        products=_products(session, company, Source.CIN7),
        items=_products(session, company, Source.QBO),
        posted=_posted(session, books),
        used=_used(session, company),
        stocked=_stocked(session, books),
        currencies=_currencies(session, company),
        currency=row.currency,
        qbo_currency=row.qbo_currency,
        multi_currency=row.multi_currency,
        time_zone=config.time_zone or row.time_zone or books.company.time_zone,
        cin7_time_zone=row.time_zone if config.time_zone else "",
        cin7_lock_day=row.cin7_lock_day,
        qbo_close_day=row.qbo_close_day,
        today=books.today,
        turnover=load_flow.turnover(session, books),
        once=load_flow.once(session, books),
        names=_names(session, company, live),
        flows=load_flow.flows(session, books),
        styles=load_flow.styles(session, books),
        journals=load_flow.revenue_journals(session, books),
        repeated=repeated,
        sales_elsewhere=config.sales_elsewhere,
        refused=_refused(session, company),
        live=live,
        as_of=books.as_of,
        incomplete=books.incomplete,
    )


@dataclass(frozen=True, slots=True)
class Tested:
    """The documents of a test sync, None where there is none yet.

    `stock`: SKU of the sale -> what lies there in Cin7; `tracked`: SKU -> id of the item whose quantity QuickBooks
    tracks too.
    """

    sale: Shown | None
    purchase: Shown | None
    stock: Mapping[str, Decimal]
    tracked: Mapping[str, str]


def tested(session: Session, books: Books, number: str) -> Tested:
    """The test sale and purchase: what `number` names, else the newest that say "test", else the newest whole ones."""
    chosen = shown(session, books, number) if number else None
    buys = chosen is not None and "Purchase" in chosen.main.kind
    sale = chosen if chosen and not buys else _found(session, books, "Sale")
    purchase = chosen if chosen and buys else _found(session, books, "Purchase")
    skus = {item.sku for item in sale.items if item.sku} if sale else set()
    return Tested(sale, purchase, _on_hand(session, books, skus), _tracked(session, books, skus))


def _found(session: Session, books: Books, kind: str) -> Shown | None:
    number = _newest(session, books.company.id, kind)
    return shown(session, books, number) if number else None


def _on_hand(session: Session, books: Books, skus: set[str]) -> dict[str, Decimal]:
    held: dict[str, Decimal] = {}
    rows = select(STOCK.c.sku, STOCK.c.on_hand).where(STOCK.c.company == books.company.id, STOCK.c.sku.in_(skus))
    for sku, quantity in session.execute(rows):
        held[sku] = held.get(sku, Decimal(0)) + quantity
    return held


def _tracked(session: Session, books: Books, skus: set[str]) -> dict[str, str]:
    rows = select(PRODUCT.c.sku, PRODUCT.c.id).where(
        PRODUCT.c.company == books.company.id,
        PRODUCT.c.source == Source.QBO.value,
        PRODUCT.c.sku.in_(skus),
        PRODUCT.c.tracks_quantity.is_(True),
        PRODUCT.c.active.is_(True),
    )
    return {row.sku: row.id for row in session.execute(rows)}


def _products(session: Session, company: int, source: Source) -> tuple[Product, ...]:
    columns = [PRODUCT.c[name] for name in Product.__dataclass_fields__ if name != "source"]
    mine = (PRODUCT.c.company == company, PRODUCT.c.source == source.value)
    return tuple(Product(source, *row) for row in session.execute(select(*columns).where(*mine).order_by(PRODUCT.c.id)))


def _posted(session: Session, books: Books) -> frozenset[str]:
    """Of the Cin7 accounts that nothing is mapped to, or to an inactive account, those with postings."""
    codes = sorted({*books.map.unmapped, *books.map.qbo})
    found = set()
    for code in codes:
        mine = (POSTING.c.company == books.company.id, POSTING.c.source == Source.CIN7.value, POSTING.c.account == code)
        if session.execute(select(POSTING.c.id).where(*mine).limit(1)).first():
            found.add(code)
    return frozenset(found)


def _used(session: Session, company: int) -> frozenset[str]:
    moved = set(session.scalars(select(MOVEMENT.c.product).where(MOVEMENT.c.company == company).distinct()))
    stocked = {
        product
        for product, on_hand in session.execute(
            select(STOCK.c.product, STOCK.c.on_hand).where(STOCK.c.company == company)
        )
        if on_hand
    }
    lines = select(LINE.c.sku).where(LINE.c.company == company, LINE.c.source == Source.CIN7.value, LINE.c.sku != "")
    skus = set(session.scalars(lines.distinct()))
    named = select(PRODUCT.c.id, PRODUCT.c.sku).where(
        PRODUCT.c.company == company, PRODUCT.c.source == Source.CIN7.value
    )
    return frozenset(moved | stocked | {id_ for id_, sku in session.execute(named) if sku in skus})


def _stocked(session: Session, books: Books) -> dict[str, int]:
    """Product id -> value of what lies there now, minor units of base currency; nothing where nothing lies."""
    sums: dict[str, Decimal] = {}
    held = select(STOCK.c.product, STOCK.c.value).where(STOCK.c.company == books.company.id)
    for product, value in session.execute(held):
        sums[product] = sums.get(product, Decimal(0)) + value
    return {product: to_minor(value, books.currency) for product, value in sums.items() if value}


def _currencies(session: Session, company: int) -> frozenset[str]:
    mine = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.CIN7.value, DOCUMENT.c.voided.is_(False))
    return frozenset(session.scalars(select(DOCUMENT.c.currency).where(*mine).distinct()))


def _names(session: Session, company: int, live: Live | None) -> tuple[Name, ...]:
    """QuickBooks' names from the cache; Cin7's as it tells them now, else those that its documents bear."""
    columns = [_NAME.c[name] for name in Name.__dataclass_fields__ if name != "source"]
    mine = (_NAME.c.company == company, _NAME.c.source == Source.QBO.value)
    theirs = tuple(Name(Source.QBO, *row) for row in session.execute(select(*columns).where(*mine)))
    if live and live.names:
        return (*theirs, *live.names)
    told = select(DOCUMENT.c.kind, DOCUMENT.c.counterparty_id, func.max(DOCUMENT.c.counterparty)).where(
        DOCUMENT.c.company == company,
        DOCUMENT.c.source == Source.CIN7.value,
        DOCUMENT.c.kind.in_(_CONTACTS),
        DOCUMENT.c.counterparty_id != "",
    )
    rows = session.execute(told.group_by(DOCUMENT.c.kind, DOCUMENT.c.counterparty_id))
    return (*theirs, *(Name(Source.CIN7, _CONTACTS[kind], id_, name) for kind, id_, name in rows))


def _refused(session: Session, company: int) -> tuple[tuple[str, str, str], ...]:
    """The parts that the newest ended sync could not read, each with the reason."""
    newest = select(RUN.c.id).where(RUN.c.company == company, RUN.c.finished_at.is_not(None))
    run = session.scalar(newest.order_by(RUN.c.started_at.desc()).limit(1))
    failed = select(_STEP.c.source, _STEP.c.entity, _STEP.c.error).where(_STEP.c.run == run, _STEP.c.status == "failed")
    return tuple((source, entity, error or "it failed") for source, entity, error in session.execute(failed))


def _newest(session: Session, company: int, kind: str) -> str:
    """The number of the newest document of a kind that says "test", else of the newest whole one; "" for none."""
    mine = select(DOCUMENT.c.invoice, DOCUMENT.c.number).where(
        DOCUMENT.c.company == company,
        DOCUMENT.c.source == Source.CIN7.value,
        DOCUMENT.c.kind == kind,
        DOCUMENT.c.voided.is_(False),
        DOCUMENT.c.deleted_at.is_(None),
        DOCUMENT.c.credit == "",
    )
    says = or_(*(func.lower(DOCUMENT.c[name]).like("%test%") for name in ("counterparty", "number", "memo")))
    whole = mine.where(DOCUMENT.c.invoice != "")
    done = whole.where(DOCUMENT.c.status.in_(_COMPLETED))
    for query in (mine.where(says), done if kind == "Sale" else whole, whole):
        row = session.execute(query.order_by(DOCUMENT.c.day.desc(), DOCUMENT.c.number.desc()).limit(1)).first()
        if row:
            return str(row.invoice or row.number)
    return ""
