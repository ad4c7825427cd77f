"""Reads what the set-up check looks at: the map, products on both sides, what is used, and the test sale."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.books import Books, Config
from reports.load_show import shown
from reports.load_tables import COMPANY, DOCUMENT, LINE, MOVEMENT, POSTING, PRODUCT, STOCK
from reports.setup_facts import Check, Setup
from reports.trial_sync import no_sale, purchase_steps, sale_steps
from sync.domain.accounts import Source
from sync.domain.stock import Product

# The parts of the sync, beside the ledgers, that the check stands on.
PARTS = ((Source.CIN7, "products"), (Source.QBO, "items"))
_COMPLETED = ("COMPLETED", "Completed", "completed")


def setup(session: Session, books: Books, config: Config) -> Setup:
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
        currencies=_currencies(session, company),
        currency=row.currency,
        qbo_currency=row.qbo_currency,
        multi_currency=row.multi_currency,
        time_zone=books.company.time_zone,
        cin7_time_zone=row.time_zone if config.time_zone else "",
        cin7_lock_day=row.cin7_lock_day,
        qbo_close_day=row.qbo_close_day,
        as_of=books.as_of,
        incomplete=books.incomplete,
    )


def trial(session: Session, books: Books, number: str) -> Iterator[Check]:
    """The steps of the test sale `number` ("": the newest completed one) and of the newest purchase with an invoice."""
    sale = number or _newest(session, books.company.id, "Sale", completed=True)
    yield from sale_steps(shown(session, books, sale)) if sale else no_sale()
    bill = _newest(session, books.company.id, "Purchase", completed=False)
    yield from purchase_steps(shown(session, books, bill) if bill else None)


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


def _currencies(session: Session, company: int) -> frozenset[str]:
    mine = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.CIN7.value, DOCUMENT.c.voided.is_(False))
    return frozenset(session.scalars(select(DOCUMENT.c.currency).where(*mine).distinct()))


def _newest(session: Session, company: int, kind: str, *, completed: bool) -> str:
    """The invoice number of the newest invoiced document of a kind, "" where there is none."""
    query = select(DOCUMENT.c.invoice).where(
        DOCUMENT.c.company == company,
        DOCUMENT.c.source == Source.CIN7.value,
        DOCUMENT.c.kind == kind,
        DOCUMENT.c.invoice != "",
        DOCUMENT.c.voided.is_(False),
        DOCUMENT.c.deleted_at.is_(None),
        DOCUMENT.c.credit == "",
    )
    query = query.where(DOCUMENT.c.status.in_(_COMPLETED)) if completed else query
    return session.scalar(query.order_by(DOCUMENT.c.day.desc(), DOCUMENT.c.number.desc()).limit(1)) or ""
