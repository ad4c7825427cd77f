"""A month of four sales on both sides, as ledgers that name sales or documents, with headers and lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlmodel import Session, SQLModel

from reports import answers
from reports.books import Config
from reports.cogs import Cogs
from sync.domain.period import Period
from sync.store.tables import DocumentRow, LineRow, LocationRow, ProductRow
from tests.reports.ledgers import JANUARY, READ, TODAY, Cache

# s1: two products shipped from one place; s2: shipped in December, returned in part; s3: not shipped; s4: not invoiced.
BY_SALE = """
2025-12-30 Sale s2 INV-2 310 630 40.00
2026-01-05 Sale s1 INV-1 610 200 90.00
2026-01-05 Sale s1 INV-1 610 210 10.00
2026-01-05 Sale s1 INV-1 610 820 9.00
2026-01-06 Sale s1 INV-1 310 630 60.00
2026-01-07 Sale s2 INV-2/CR-1 610 200 80.00
2026-01-09 Sale s2 INV-2/CR-1 610 200 -20.00
2026-01-09 Sale s2 INV-2/CR-1 310 630 -10.00
2026-01-20 Sale s3 INV-3 610 200 50.00
2026-01-31 Sale s4 SO-4 310 630 15.00
2026-01-15 MoneyReceive m1 M-1 090 210 3.00
2026-02-01 Sale s4 INV-4 610 200 33.00
qbo 2026-01-05 Invoice 1 INV-1 84:109.00 79:-90.00 80:-10.00 88:-9.00
qbo 2026-01-06 JournalEntry 2 - 82:60.00 85:-60.00
qbo 2026-01-06 JournalEntry 3 - 91:7.00 85:-7.00
"""
# The same with TaskIDs that name the invoice, the fulfilment, the credit note.
BY_DOCUMENT = (
    BY_SALE.replace("Sale s1 INV-1 310", "Sale f1 INV-1 310")
    .replace("Sale s1", "Sale i1")
    .replace("Sale s2 INV-2 310", "Sale f2 INV-2 310")
    .replace("2026-01-07 Sale s2", "2026-01-07 Sale i2")
    .replace("2026-01-09 Sale s2 INV-2/CR-1", "2026-01-09 Sale c2 CR-1")
    .replace("Sale s3", "Sale i3")
    .replace("Sale s4 SO-4", "Sale f4 SO-4")
    .replace("Sale s4 INV-4", "Sale i4 INV-4")
)


NUMBERS = count()
WORDS = {"s1": "ship=SHIPPED", "s2": "ship=SHIPPED", "s3": "type=Simple Sale; ship=NOT SHIPPED", "s4": "ship=SHIPPED"}


def sale(id_: str, customer: str, invoice: str, day: date, version: str, **more: Any) -> DocumentRow:
    fields = {"channel": "Shop", "location": "L1", "status": "ORDERED", "currency": "USD"} | more
    return DocumentRow(company=1, source="cin7", kind="Sale", id=id_, number=f"SO-{id_[1]}", counterparty=customer,
                       invoice=invoice, day=day, version=version, seen_at=READ, **fields)  # fmt: skip


def rows(words: dict[str, str] | None = None) -> Iterator[SQLModel]:
    said = words or WORDS
    yield sale("s1", "Ann", "INV-1", date(2026, 1, 5), said["s1"], location="L2")
    yield sale("s2", "Bob", "INV-2", date(2026, 1, 7), said["s2"], channel="", credit="CR-1")
    yield sale("s3", "Ann", "INV-3", date(2026, 1, 20), said["s3"])
    yield sale("s4", "Cy", "INV-4", date(2026, 2, 1), said["s4"])
    yield DocumentRow(company=1, source="cin7", kind="SaleCreditNote", id="s2/CR-1", number="CR-1", status="",
                      credit="CR-1", seen_at=READ)  # fmt: skip
    yield LocationRow(company=1, id="L1", name="Main")
    yield LocationRow(company=1, id="L2", name="East")
    yield LocationRow(company=1, id="B2", name="Bin 7", parent="L2")
    for sku, category, kind in (("A", "Toys", "Stock"), ("B", "Toys", "Stock"), ("SVC", "Work", "Service")):
        yield ProductRow(company=1, source="cin7", id=sku, sku=sku, name=f"Product {sku}", type=kind, category=category)
        yield ProductRow(company=1, source="qbo", id=f"q{sku}", sku=sku, name=sku, type="NonInventory")


def line(document: str, section: str, part: str, **more: Any) -> LineRow:
    return LineRow(company=1, source="cin7", kind="Sale", id=document, position=next(NUMBERS), section=section,
                   document=part, **more)  # fmt: skip


def lines_of_s1() -> tuple[LineRow, ...]:
    return (
        line("s1", "Invoice", "INV-1", sku="A", name="A", amount=6000, quantity=Decimal(3), account="200"),
        line("s1", "Invoice", "INV-1", sku="B", name="B", amount=3000, quantity=Decimal("1.5"), account="200"),
        line("s1", "Invoice", "INV-1", name="Shipping", amount=1000, quantity=Decimal(1), account="210"),
        line("s1", "Invoice", "INV-1", name="Deposit", amount=5000, quantity=Decimal(1), account="830"),
        line("s1", "Invoice voided", "INV-0", sku="A", amount=6000, quantity=Decimal(3), account="200"),
        line("s1", "Fulfilment", "f1", sku="A", quantity=Decimal(2), location="B2"),
        line("s1", "Fulfilment", "f1", sku="A", quantity=Decimal(1), location="L1"),
        line("s1", "Fulfilment", "f1", sku="B", quantity=Decimal("1.5"), location="L1"),
        line("s1", "Movement", "f1", sku="A", cost=4500, day=date(2026, 1, 6)),
        line("s1", "Movement", "f1", sku="B", cost=1500, day=date(2026, 1, 6)),
    )


def ask(made: Cache, by: str | None = None, period: Period = JANUARY, compare: Period | None = None) -> Cogs:
    with Session(made.engine) as session:
        return answers.cogs(session, 1, period, Config(), today=TODAY, by=by, compare=compare)


def by_key(result: Cogs) -> dict[str | None, tuple[int, int]]:
    return {row.key: (row.total.sales, row.total.cogs) for row in result.rows}


def read_s1(made: Cache) -> None:
    with Session(made.engine) as session:
        row = session.get(DocumentRow, (1, "cin7", "Sale", "s1"))
        assert row is not None
        row.detail_at = READ
        session.add(row)
        session.add_all(lines_of_s1())
        session.commit()
