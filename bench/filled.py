"""A cache filled directly, as two years of syncs would leave it: ledgers, documents, products, stock, movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from random import Random

from sqlalchemy import Engine

from bench.feeds import ACCOUNTS, Sold, sales
from sync.domain.accounts import Account, AccountClass, Posting, Source
from sync.domain.documents import Document, Line
from sync.domain.money import to_minor
from sync.domain.period import Period
from sync.domain.stock import Location, Movement, Product, StockLevel
from sync.store.db import writing
from sync.store.ledger import WindowReading, replace_window
from sync.store.writes import (
    record_figure,
    record_proof,
    replace_movements,
    replace_stock,
    save_company,
    upsert_accounts,
    upsert_documents,
    upsert_locations,
    upsert_products,
)

PRODUCTS, PLACES = 2_000, 5
CIN7_ACCOUNT, QBO_REALM = "5d0f6a52-9a1c-4b7e-8c55-0c2b7a1e4f10", "9130357992221046"
_ENTITIES = (
    ("cin7", "transactions"), ("cin7", "accounts"), ("cin7", "products"), ("cin7", "locations"), ("cin7", "sales"),
    ("cin7", "availability"), ("cin7", "movements"), ("qbo", "ledger"), ("qbo", "accounts"), ("qbo", "invoices"),
)  # fmt: skip
# Of which sides the rows of one sale are: (part, debit, credit, share of its price).
_PAIRS = (("invoice", "610", "200", 10), ("cost", "310", "630", 6), ("payment", "090", "610", 10))
_KINDS = {"invoice": "Invoice", "cost": "JournalEntry", "payment": "Payment"}
_LATEST = 4  # days at most from invoice to shipment
_PAID_AFTER = 21


def fill(engine: Engine, postings: int, today: date, read_at: datetime) -> list[Sold]:
    """Fills an empty cache with `postings` postings of either system; two for each five postings are a sale's invoice.

    Every Cin7 document has a TaskID of its own, costs post up to four days after their invoice, and QuickBooks
    mirrors all of it. No sale's detail was read. Gives the sales, in order of their days.
    """
    found = list(sales(postings // 2, today))
    with writing(engine) as session:
        company = save_company(
            session, cin7_account=CIN7_ACCOUNT, qbo_realm=QBO_REALM, name="Bench Ltd", currency="USD",
            time_zone="America/New_York", qbo_currency="USD", qbo_name="Bench Ltd", fiscal_year_start="01-01",
            opening_day=found[0].day,
        )  # fmt: skip
        upsert_accounts(session, company, _accounts())
        upsert_locations(session, company, [Location(_place(n), f"Warehouse {n}") for n in range(PLACES)])
        upsert_products(session, company, _products())
        replace_stock(session, company, _stock(), taken_at=read_at, day=today)
        for source, entity in _ENTITIES:
            record_figure(session, company, source, entity, as_of=read_at)
    _ledgers(engine, company, found, today, read_at)
    for start in range(0, len(found), 5_000):
        some = found[start : start + 5_000]
        with writing(engine) as session:
            upsert_documents(session, company, map(_sale, some), read_at)
            upsert_documents(session, company, map(_invoice, some), read_at)
    with writing(engine) as session:
        replace_movements(session, company, _movements(found))
    return found


def read_details(engine: Engine, company: int, found: Sequence[Sold], read_at: datetime) -> None:
    """Gives these sales the lines of their details: two products, each charged, shipped and costed."""
    for start in range(0, len(found), 1_000):
        with writing(engine) as session:
            details = map(_detail, found[start : start + 1_000])
            upsert_documents(session, company, details, read_at, detail=True)


def sku(n: int) -> str:
    return f"SKU-{n:05d}"


def basket(sold: Sold) -> tuple[int, int]:
    """The two products of a sale."""
    return sold.n * 7 % PRODUCTS, sold.n * 13 % PRODUCTS


def shipped(sold: Sold) -> date:
    return sold.day + timedelta(days=sold.n * 31 % (_LATEST + 1))


def _place(n: int) -> str:
    return f"eeeeeeee-0000-4000-a000-{n:012d}"


def _task(sold: Sold, part: str) -> str:
    return f"{list(_KINDS).index(part)}{sold.id[1:]}"


def _accounts() -> Iterator[Account]:
    for each in ACCOUNTS:
        klass = AccountClass(each.klass)
        yield Account(Source.CIN7, each.code, each.name, klass, each.type, number=each.code, system=each.system)
        yield Account(Source.QBO, each.id, each.name, klass, each.qbo_type, each.subtype, number=each.code)


def _products() -> Iterator[Product]:
    for n in range(PRODUCTS):
        name, category = f"Article {n} of {n % 40}", f"Category {n % 25}"
        yield Product(
            Source.CIN7, f"dddddddd-0000-4000-a000-{n:012d}", sku(n), name, "Stock", category,
            inventory_account="630", cogs_account="310", revenue_account="200", tracks_quantity=True,
        )  # fmt: skip
        yield Product(Source.QBO, str(n + 1), sku(n), name, "NonInventory", revenue_account="79")


def _stock() -> Iterator[StockLevel]:
    random = Random(3)
    for n in range(PRODUCTS):
        for place in range(PLACES):
            there = Decimal(random.randrange(0, 400))
            yield StockLevel(
                f"dddddddd-0000-4000-a000-{n:012d}", sku(n), f"Article {n} of {n % 40}", f"Warehouse {place}", "", "",
                None, there, Decimal(0), there, Decimal(0), Decimal(0), there * Decimal("3.125"),
            )  # fmt: skip


def _ledgers(engine: Engine, company: int, found: Sequence[Sold], today: date, read_at: datetime) -> None:
    """Both ledgers, in windows of a month, the first from the beginning of time and the last to its end."""
    for source in Source:
        ordered = sorted(_postings(source, found, today), key=lambda posting: posting.day)
        months = [(month, list(some)) for month, some in groupby(ordered, key=lambda p: (p.day.year, p.day.month))]
        start = date.min
        for n, (_, rows) in enumerate(months):
            end = date.max if n == len(months) - 1 else rows[-1].day
            pairs = len(rows) // 2 if source is Source.CIN7 else len(rows)
            with writing(engine) as session:
                replace_window(session, company, source, WindowReading(start, end, pairs, True, "", read_at), rows)
                if source is Source.QBO:
                    for report in ("ProfitAndLoss", "TrialBalance"):
                        proven = Period(start, end)
                        record_proof(session, company, report, proven, status="tied", difference=0, at=read_at)
            start = end if end == date.max else end + timedelta(days=1)


def _postings(source: Source, found: Sequence[Sold], today: date) -> Iterator[Posting]:
    ids = {each.code: each.id for each in ACCOUNTS}
    for sold in found:
        price = to_minor(sold.price, "USD")
        for place, (part, debit, credit, tenths) in enumerate(_PAIRS):
            if part == "payment" and sold.n % 2:
                continue
            later = {"invoice": sold.day, "cost": shipped(sold), "payment": sold.day + timedelta(days=_PAID_AFTER)}
            day, amount = min(later[part], today), price * tenths // 10
            for account, counter, signed in ((debit, credit, amount), (credit, debit, -amount)):
                if source is Source.CIN7:
                    yield Posting(
                        source, account, day, signed, _task(sold, part), "Sale", sold.invoice, counter,
                        sold.customer, f"{sold.customer} - {sold.invoice}",
                    )  # fmt: skip
                else:
                    yield Posting(
                        source, ids[account], day, signed, f"{10 * sold.n + place + 100}", _KINDS[part], sold.invoice,
                        ids[counter], sold.customer, f"Sale {sold.invoice}",
                    )  # fmt: skip


def _sale(sold: Sold) -> Document:
    price = to_minor(sold.price, "USD")
    return Document(
        Source.CIN7, "Sale", sold.id, f"SO-{sold.n:06d}", "COMPLETED", sold.day, sold.invoice,
        counterparty=sold.customer, currency="USD", total=price, balance=0, due=sold.day, location=_place(sold.n % 5),
        channel=("", "Shopify", "Amazon")[sold.n % 3], version="type=Simple Sale; ship=SHIPPED; invoice=INVOICED",
    )  # fmt: skip


def _detail(sold: Sold) -> Document:
    price, lines = to_minor(sold.price, "USD"), []
    for n, product in enumerate(basket(sold)):
        amount = price - price // 2 if n == 0 else price // 2
        item = f"dddddddd-0000-4000-a000-{product:012d}"
        named = partial(Line, sku=sku(product), item=item, name=f"Article {product}", quantity=Decimal(1))
        lines += [
            named(n, amount, section="Invoice", document=sold.invoice, day=sold.day, account="200"),
            named(n + 2, section="Fulfilment", document=_task(sold, "cost"), day=shipped(sold)),
            Line(n + 4, None, "Movement", _task(sold, "cost"), shipped(sold), item=item, cost=amount * 6 // 10),
        ]
    return Document(
        Source.CIN7, "Sale", sold.id, f"SO-{sold.n:06d}", "COMPLETED", sold.day, sold.invoice, currency="USD",
        lines=tuple(lines),
    )  # fmt: skip


def _invoice(sold: Sold) -> Document:
    price, products = to_minor(sold.price, "USD"), basket(sold)
    lines = tuple(
        Line(n, price - price // 2 if n == 0 else price // 2, item=str(product + 1), sku=sku(product), account="79",
             quantity=Decimal(1))
        for n, product in enumerate(products)
    )  # fmt: skip
    return Document(
        Source.QBO, "Invoice", str(10 * sold.n + 100), sold.invoice, "", sold.day, counterparty=sold.customer,
        currency="USD", total=price, balance=0, version="0", lines=lines,
    )  # fmt: skip


def _movements(found: Sequence[Sold]) -> dict[str, list[Movement]]:
    by_product: dict[str, list[Movement]] = defaultdict(list)
    for sold in found:
        for product in basket(sold):
            id_ = f"dddddddd-0000-4000-a000-{product:012d}"
            by_product[id_].append(
                Movement(
                    id_, sku(product), _task(sold, "cost"), "Sale", f"SO-{sold.n:06d}", shipped(sold), Decimal(-1),
                    -sold.price * 3 / 10, f"Warehouse {sold.n % PLACES}",
                )
            )  # fmt: skip
    return by_product
