"""Sales of which one half is not there yet, as the list's statuses tell."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers
from reports.books import Config
from sync.store.tables import DocumentRow
from tests.reports.ledgers import JANUARY, READ, TODAY, cache

INVOICED = """
2026-01-05 Sale s1 INV-1 610 200 100.00
2026-01-05 Sale s2 INV-2 610 200 50.00
2026-01-06 Sale s2 INV-2 310 630 20.00
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
qbo 2026-01-05 Invoice 8 INV-2 84:50.00 79:-50.00
qbo 2026-01-06 JournalEntry 9 COGS-INV-2 82:20.00 85:-20.00
"""


@pytest.mark.parametrize(
    ("words", "waiting"),
    [
        ("type=Simple Sale; fulfilment=NOT FULFILLED; ship=NOT AVAILABLE", True),
        ("type=Simple Sale; fulfilment=NOT FULFILLED; ship=SHIPPING", True),
        ("type=Simple Sale; fulfilment=PARTIALLY FULFILLED; ship=PARTIALLY SHIPPED", True),
        ("type=Simple Sale; ship=NOT SHIPPED", True),
        ("type=Simple Sale; fulfilment=FULFILLED; ship=SHIPPED", False),
        ("type=Simple Sale; fulfilment=NOT FULFILLED; ship=SHIPPED", False),
        ("type=Service Sale; fulfilment=NOT FULFILLED; ship=NOT AVAILABLE", False),
        ("type=Simple Sale; fulfilment=NOT AVAILABLE; ship=NOT AVAILABLE", False),
    ],
)
def test_an_invoice_waits_for_its_goods_as_its_statuses_say(sqlite_engine: Engine, words: str, waiting: bool) -> None:
    sale = DocumentRow(company=1, source="cin7", kind="Sale", id="s1", number="SO-1", invoice="INV-1", version=words,
                       status="INVOICED", day=date(2026, 1, 5), seen_at=READ)  # fmt: skip
    cache(sqlite_engine, INVOICED, sale)
    with Session(sqlite_engine) as session:
        result = answers.reconcile(session, 1, JANUARY, Config(), today=TODAY)
    told = [found.subject for found in result.findings if found.cause == "invoiced_not_shipped"]
    assert told == (["INV-1"] if waiting else [])


BILL = """
2026-01-07 Purchase p1 B-7 310 800 60.00
qbo 2026-01-07 Bill 10 B-7 82:60.00 86:-60.00
"""


@pytest.mark.parametrize(
    ("bill", "waiting"), [("", True), (BILL, False), (BILL.replace("2026-01-07", "2026-02-03"), True)]
)
def test_an_invoice_that_a_supplier_delivers_waits_for_his_bill(
    sqlite_engine: Engine, bill: str, waiting: bool
) -> None:
    sale = DocumentRow(company=1, source="cin7", kind="Sale", id="s1", number="SO-1", invoice="INV-1",
                       version="type=Simple Sale; fulfilment=NOT AVAILABLE; ship=NOT AVAILABLE",
                       status="COMPLETED", day=date(2026, 1, 5), seen_at=READ)  # fmt: skip
    purchase = DocumentRow(company=1, source="cin7", kind="Purchase", id="p1", number="B-7", invoice="B-7", status="",
                           links='[["Sale", "s1"]]', day=date(2026, 1, 5), seen_at=READ)  # fmt: skip
    cache(sqlite_engine, INVOICED + bill, sale, purchase)
    with Session(sqlite_engine) as session:
        result = answers.reconcile(session, 1, JANUARY, Config(), today=TODAY)
    told = [(found.subject, found.at_stake) for found in result.findings if found.cause == "invoiced_not_shipped"]
    assert told == ([("INV-1", 10000)] if waiting else [])
