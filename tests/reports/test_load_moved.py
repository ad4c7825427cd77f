"""What the tie-out knows of shipments at no cost, from movements or from the lines of sales."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from reports.load_moved import moved
from reports.reconcile.standing import Moved
from sync.domain.accounts import Source
from sync.domain.documents import Document, Line
from sync.domain.stock import Movement, Product
from sync.store.db import reading, writing
from sync.store.writes import replace_movements, save_company, upsert_documents, upsert_products
from tests.reports.ledgers import books

_DAY, _NEXT = date(2026, 1, 5), date(2026, 2, 1)


def _cost(n: int, task: str, item: str, cost: int, day: date = _DAY) -> Line:
    return Line(n, None, "Movement", task, day, item=item, cost=cost)


def _moved(sku: str, cost: int) -> Moved:
    return Moved("f1", "SO-1", "Sale", _DAY, sku, Decimal(-1), cost)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([_cost(1, "f1", "p1", 0), _cost(2, "f1", "p2", 500)], [_moved("A", 0), _moved("B", -500)]),
        ([_cost(1, "f1", "p1", 0), _cost(2, "f1", "p1", 500)], [_moved("A", -500)]),
        ([_cost(1, "f1", "p1", 700)], []),
        ([_cost(1, "f1", "p1", 0, _NEXT)], []),
        ([_cost(1, "f2", "p1", 0)], []),
    ],
    ids=["one of two", "restated", "has its cost", "after the period", "a movement tells otherwise"],
)
def test_lines_of_a_sale_tell_a_shipment_at_no_cost_that_no_movement_is_cached_of(
    engine: Engine, lines: list[Line], wanted: list[Moved]
) -> None:
    sale = Document(Source.CIN7, "Sale", "s1", "SO-1", "COMPLETED", _DAY, currency="USD", lines=tuple(lines))
    gone = Movement("p1", "A", "f2", "Sale", "SO-1", _DAY, Decimal(-1), Decimal("-7.00"), "Main")
    with writing(engine) as session:
        company = save_company(session, cin7_account="c", qbo_realm="q", name="Ltd", currency="USD")
        upsert_products(
            session, company, [Product(Source.CIN7, f"p{n}", sku, sku, "Stock") for n, sku in ((1, "A"), (2, "B"))]
        )
        replace_movements(session, company, {"p1": [gone]})
        upsert_documents(session, company, [sale], datetime(2026, 1, 6, tzinfo=UTC), detail=True)
    with reading(engine) as session:
        assert list(moved(session, books(""))) == wanted
