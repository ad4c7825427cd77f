"""Sales, cost and margin of a period, from a cache, in both systems and by group."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from reports import load
from reports.books import Config
from reports.cogs import cogs, margin, to_json, to_text
from reports.grouping import GROUPS
from reports.load_trade import orders_alone
from reports.trade import Trade
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.errors import InvariantBroken, UserError
from sync.store.tables import DocumentRow, LineRow, MovementRow, PostingRow
from tests.reports.ledgers import JANUARY, READ, TODAY, Cache, books, cache, whole
from tests.reports.sold import BY_DOCUMENT, BY_SALE, WORDS, ask, by_key, line, read_s1, rows, sale


@pytest.fixture(params=["by sale", "by document"])
def made(request: pytest.FixtureRequest, engine: Engine) -> Cache:
    return cache(engine, BY_SALE if request.param == "by sale" else BY_DOCUMENT, *rows())


def test_totals_come_from_the_ledger(made: Cache) -> None:
    total = ask(made).total
    assert (total.sales, total.cogs, total.gross_profit) == (21300, 6500, 14800)
    assert total.orders == 3
    assert total.units is None


def test_quickbooks_side_ties_to_its_profit_and_loss(made: Cache) -> None:
    qbo = ask(made).qbo
    assert qbo is not None
    assert (qbo.sales, qbo.cogs, qbo.other_cogs) == (10000, 6000, 700)
    assert qbo.gross_profit == 10000 - 6700


def test_customers_channels_and_places_come_from_the_sales(made: Cache) -> None:
    assert by_key(ask(made, "customer")) == {
        "Ann": (15000, 6000),
        "Bob": (6000, -1000),
        "Cy": (0, 1500),
        None: (300, 0),
    }
    assert by_key(ask(made, "channel")) == {"Shop": (15000, 7500), "": (6000, -1000), None: (300, 0)}
    assert by_key(ask(made, "location")) == {"East": (10000, 6000), "Main": (11000, 500), None: (300, 0)}


def test_without_lines_everything_is_in_the_row_without_key(made: Cache) -> None:
    result = ask(made, "product")
    assert by_key(result) == {None: (21300, 6500)}
    assert result.with_detail == 0 < result.documents


def test_lines_that_were_read_share_out_sales_and_cost(made: Cache) -> None:
    read_s1(made)
    assert by_key(ask(made, "product")) == {"A": (6000, 4500), "B": (3000, 1500), "": (1000, 0), None: (11300, 500)}
    assert by_key(ask(made, "category")) == {"Toys": (9000, 6000), "": (1000, 0), None: (11300, 500)}
    units = {row.key: row.total.units for row in ask(made, "product").rows}
    assert units == {"A": Decimal(3), "B": Decimal("1.5"), "": Decimal(0), None: None}


@pytest.mark.parametrize(
    ("posted", "charged", "sale_is", "units"),
    [
        ("INV-1", [("Invoice", "INV-1", 6000, "3"), ("Invoice", "INV-1", 3000, "1.5")], {}, "4.5"),
        ("INV-1", [("Invoice", "INV-1", 6000, "3"), ("Invoice", "INV-1", 2998, "1.5")], {}, "4.5"),
        ("INV-1", [("Invoice", "INV-1", 6000, "3"), ("Invoice", "INV-1", 2990, "1.5")], {}, None),
        ("INV-1", [("Invoice", "INV-1", 3000, "2")], {"currency": "EUR", "rate": Decimal(3)}, "2"),
        ("INV-1", [("Invoice", "INV-1", 9000, "2")], {"currency": "EUR", "rate": Decimal(3)}, None),
        ("INV-1", [("Invoice", "INV-1", 9000, "2"), ("Invoice", "INV-2", 9000, "7")], {}, "2"),
        ("INV-1", [("Invoice", "i1", 9000, "2"), ("CreditNote", "INV-1", 500, "1")], {}, "2"),
        ("INV-1/CR-1", [("Invoice", "INV-1", 10000, "4"), ("CreditNote", "CR-1", 1000, "1")], {}, "3"),
        ("INV-1", [("Invoice", "INV-1", 9000, "2")], {"deleted_at": READ}, None),
        ("INV-1", [], {}, None),
    ],
)
def test_sums_of_lines_tell_the_units_that_the_lines_tell(
    engine: Engine,
    posted: str,
    charged: list[tuple[str, str, int, str]],
    sale_is: dict[str, Any],
    units: str | None,
) -> None:
    ledger = f"2026-01-05 Sale i1 {posted} 610 200 90.00\n2026-01-06 Sale f1 INV-1 310 630 60.00\n"
    sold = sale("s1", "Ann", "INV-1", date(2026, 1, 5), "", detail_at=READ, **sale_is)
    lines = [
        line("s1", section, document, sku="A", amount=amount, quantity=Decimal(quantity), account="200")
        for section, document, amount, quantity in charged
    ]
    made = cache(engine, ledger, sold, *lines)
    whole_month = ask(made, compare=JANUARY)
    assert whole_month.total.units == ask(made, "product").total.units == (Decimal(units) if units else None)
    assert whole_month.previous is not None
    assert whole_month.previous.total == whole_month.total


def test_fulfilments_that_are_known_say_from_where_it_was_sold(made: Cache) -> None:
    read_s1(made)
    # A: two of three from East (a bin of it), one from Main; B from Main; shipping stays with the sale's own place.
    assert by_key(ask(made, "location")) == {
        "East": (4000 + 1000, 3000),
        "Main": (2000 + 3000 + 11000, 1500 + 1500 + 500),
        None: (300, 0),
    }


def test_movements_say_from_where_it_was_sold_where_no_detail_was_read(made: Cache) -> None:
    made.add(
        DocumentRow(company=1, source="qbo", kind="Invoice", id="1", number="INV-1", status="", currency="USD",
                    seen_at=READ),
        *(LineRow(company=1, source="qbo", kind="Invoice", id="1", position=n, item=item, amount=amount)
          for n, (item, amount) in enumerate((("qA", 6000), ("qB", 3000), ("", 1000)))),
        *(MovementRow(company=1, product=sku, position=0, sku=sku, task="f1", kind="Sale", number="SO-1",
                      day=date(2026, 1, 6), quantity=Decimal(-1), amount=Decimal(cost), location=place)
          for sku, cost, place in (("A", "-45", "Main"), ("B", "-15", "Main: Bin 7"))),
    )  # fmt: skip
    # All that the sale sent left one place, so its shipping charge belongs there too.
    assert by_key(ask(made, "location")) == {"Main": (21000, 6500), None: (300, 0)}
    # Shipped after the period, it was sold from there all the same.
    early = Period(date(2026, 1, 5), date(2026, 1, 5))
    assert by_key(ask(made, "location", early)) == {"Main": (10000, 0)}


def test_a_return_goes_where_it_was_put_and_leaves_the_sale_where_it_was(made: Cache) -> None:
    read_s1(made)
    with Session(made.engine) as session:
        session.add_all([
            PostingRow(company=1, source="cin7", account=account, day=date(2026, 1, 25), document="s1", kind="Sale",
                       number="INV-1/CR-9", amount=amount)
            for account, amount in (("200", 1000), ("610", -1000))
        ])  # fmt: skip
        session.add(line("s1", "CreditNote", "CR-9", sku="B", amount=1000, quantity=Decimal("0.5"), account="200"))
        session.add(line("s1", "Restock", "CR-9", sku="B", quantity=Decimal("0.5"), location="L2"))
        session.commit()
    assert by_key(ask(made, "location")) == {
        "East": (4000 + 1000 - 1000, 3000),
        "Main": (2000 + 3000 + 11000, 1500 + 1500 + 500),
        None: (300, 0),
    }


def test_quickbooks_lines_and_movements_do_where_no_detail_was_read(made: Cache) -> None:
    made.add(
        DocumentRow(company=1, source="qbo", kind="Invoice", id="1", number="INV-1", status="", currency="USD",
                    seen_at=READ),
        *(LineRow(company=1, source="qbo", kind="Invoice", id="1", position=n, item=f"q{sku}", amount=amount,
                  quantity=Decimal(n + 1)) for n, (sku, amount) in enumerate((("A", 7000), ("B", 3000)))),
    )  # fmt: skip
    # Without its cost a product would show a margin of 100 %.
    assert by_key(ask(made, "product")) == {None: (21300, 6500)}
    made.add(
        *(MovementRow(company=1, product=sku, position=0, sku=sku, task="f1", kind="Sale", number="SO-1",
                      day=date(2026, 1, 6), quantity=Decimal(-1), amount=Decimal(cost))
          for sku, cost in (("A", "-44.996"), ("B", "-15.004"))),
    )  # fmt: skip
    assert by_key(ask(made, "product")) == {"A": (7000, 4500), "B": (3000, 1500), None: (11300, 500)}


def test_lines_that_do_not_tie_to_the_posting_are_not_used(made: Cache) -> None:
    made.add(
        DocumentRow(company=1, source="qbo", kind="Invoice", id="1", number="INV-1", status="", currency="USD",
                    seen_at=READ),
        LineRow(company=1, source="qbo", kind="Invoice", id="1", position=0, item="qA", amount=9000),
    )  # fmt: skip
    assert by_key(ask(made, "product")) == {None: (21300, 6500)}


def test_two_documents_with_one_number_are_not_used(made: Cache) -> None:
    for id_ in ("1", "9"):
        made.add(
            DocumentRow(company=1, source="qbo", kind="Invoice", id=id_, number="INV-1", status="", currency="USD",
                        seen_at=READ),
            LineRow(company=1, source="qbo", kind="Invoice", id=id_, position=0, item="qA", amount=10000),
        )  # fmt: skip
    assert by_key(ask(made, "product")) == {None: (21300, 6500)}


def test_what_is_not_final_is_told_with_its_money(made: Cache) -> None:
    found = {each.reason: (each.documents, each.amount) for each in ask(made).not_final}
    assert found == {"invoiced_not_shipped": (1, 5000), "shipped_not_invoiced": (1, 1500)}


def test_a_shipment_after_the_period_leaves_its_invoice_not_final(sqlite_engine: Engine) -> None:
    later = BY_SALE + "2026-02-03 Sale s3 INV-3 310 630 20.00\n"
    found = ask(cache(sqlite_engine, later, *rows(WORDS | {"s3": "ship=SHIPPED"}))).not_final
    assert [(each.reason, each.amount) for each in found] == [
        ("invoiced_not_shipped", 5000),
        ("shipped_not_invoiced", 1500),
    ]


@pytest.mark.parametrize("by_sale", [True, False])
def test_each_invoice_of_an_order_awaits_its_own_goods_and_each_shipment_its_own_invoice(
    sqlite_engine: Engine, by_sale: bool
) -> None:
    ledger = """
    2026-01-05 Sale i1 INV-1 610 200 100.00
    2026-01-06 Sale f1 INV-1 310 630 60.00
    2026-01-20 Sale i3 INV-3 610 200 50.00
    2026-01-31 Sale f4 INV-4 310 630 15.00
    2026-02-01 Sale f3 INV-3 310 630 20.00
    2026-02-02 Sale i4 INV-4 610 200 33.00
    """
    if by_sale:
        ledger = re.sub("[if][134] ", "s1 ", ledger)
    parts = json.dumps([["Invoice", "i1"], ["Invoice", "i3"], ["Invoice", "i4"], ["Fulfilment", "f1"],
                        ["Fulfilment", "f3"], ["Fulfilment", "f4"]])  # fmt: skip
    made = cache(sqlite_engine, ledger, sale("s1", "Ann", "INV-1", date(2026, 1, 5), "ship=SHIPPED", links=parts))
    found = {each.reason: (each.documents, each.amount) for each in ask(made).not_final}
    assert found == {"invoiced_not_shipped": (1, 5000), "shipped_not_invoiced": (1, 1500)}


def test_a_cost_that_changes_later_leaves_nothing_open(sqlite_engine: Engine) -> None:
    ledger = """
    2025-12-30 Sale f1 INV-1 310 630 60.00
    2026-01-05 Sale i1 INV-1 610 200 100.00
    2026-02-03 Sale f1 INV-1 310 630 2.00
    """
    made = cache(sqlite_engine, ledger, sale("s1", "Ann", "INV-1", date(2026, 1, 5), "ship=SHIPPED"))
    assert ask(made).not_final == ()


def test_a_cost_that_changes_before_its_invoice_is_voided_awaits_no_invoice(sqlite_engine: Engine) -> None:
    ledger = """
    2025-12-29 Sale i1 INV-1 610 200 100.00
    2025-12-30 Sale f1 INV-1 310 630 60.00
    2026-01-05 Sale f1 INV-1 310 630 2.00
    2026-02-03 Sale i1 INV-1 200 610 100.00
    """
    made = cache(sqlite_engine, ledger, sale("s1", "Ann", "INV-1", date(2025, 12, 29), "ship=SHIPPED"))
    assert ask(made).not_final == ()


def test_a_service_needs_no_shipment(sqlite_engine: Engine) -> None:
    found = ask(cache(sqlite_engine, BY_SALE, *rows(WORDS | {"s3": "type=Service Sale"}))).not_final
    assert [each.reason for each in found] == ["shipped_not_invoiced"]


def test_a_shipment_at_no_cost_is_told(made: Cache) -> None:
    read_s1(made)
    made.add(line("s1", "Movement", "f1", sku="B", cost=0, day=date(2026, 1, 6)))
    assert ("zero_cost_shipment", 1, 10000) in [(n.reason, n.documents, n.amount) for n in ask(made).not_final]


@pytest.mark.parametrize("read", [False, True])
def test_the_period_before_stands_beside_it(made: Cache, read: bool) -> None:
    if read:
        read_s1(made)
    previous = ask(made, period=Period(date(2026, 2, 1), date(2026, 2, 28))).previous
    assert previous is not None
    assert (previous.books.period, previous.books.incomplete) == (JANUARY, ())
    assert (previous.total.sales, previous.total.cogs, previous.total.orders) == (21300, 6500, 3)


def test_any_other_period_may_be_compared(made: Cache) -> None:
    other = Period(date(2026, 1, 5), date(2026, 1, 6))
    previous = ask(made, compare=other).previous
    assert previous is not None
    assert (previous.books.period, previous.total.sales, previous.total.orders) == (other, 10000, 1)


def test_the_databases_count_of_orders_is_ours(made: Cache) -> None:
    made.add(*(
        PostingRow(company=1, source="cin7", account="200", day=date(2026, 1, 3), amount=amount, document="x",
                   kind=kind, number=number)
        for kind, number, amount in (
            ("Sale", "INV-7", -500), ("Sale", "INV-7", 500), ("sale", "INV-8", -1), ("Sale", "INV-9", 40),
            ("Journal", "JR-1", -5), ("Sale", "", -9), ("Sale", "INV-6/CR-6", -10), ("Sale", "INV-6/CR-6", 10),
        )
    ))  # fmt: skip
    with Session(made.engine) as session:
        ledger = load.books(session, 1, JANUARY, Config(), today=TODAY)
        assert orders_alone(session, ledger) == ask(made).total.orders == 6


def test_a_period_of_which_nothing_is_cached_is_not_compared(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, BY_SALE, windows=[whole(source, start=date(2026, 1, 1)) for source in Source])
    assert ask(made).previous is None


def test_without_quickbooks_there_is_no_difference(sqlite_engine: Engine) -> None:
    document = to_json(ask(cache(sqlite_engine, BY_SALE, windows=[whole(Source.CIN7)])))
    assert (document["qbo"], document["difference"], document["complete"]) == (None, None, False)


def test_two_adjoining_periods_add_up(made: Cache) -> None:
    whole_month = ask(made, "customer").total
    parts = [ask(made, period=Period(date(2026, 1, a), date(2026, 1, b))).total for a, b in ((1, 8), (9, 31))]
    assert (whole_month.sales, whole_month.cogs) == (sum(p.sales for p in parts), sum(p.cogs for p in parts))


@pytest.mark.parametrize("by", [None, *GROUPS])
def test_rows_add_up_to_the_total_and_the_document_is_the_contracts(made: Cache, by: str | None) -> None:
    read_s1(made)
    result = ask(made, by)
    document = to_json(result)
    assert set(document) == {
        "schema", "period", "currency", "by", "total", "qbo", "difference", "previous", "rows", "not_final", "coverage",
        "as_of", "complete", "incomplete",
    }  # fmt: skip
    assert document["schema"] == "tieout/cogs/1"
    assert document["total"] == {
        "sales": "213.00", "cogs": "65.00", "gross_profit": "148.00", "margin_pct": "69.5", "orders": 3, "units": None,
    }  # fmt: skip
    assert document["difference"] == {"sales": "113.00", "cogs": "5.00"}
    if by:
        assert sum(row.total.sales for row in result.rows) == 21300
        assert sum(row.total.cogs for row in result.rows) == 6500
    assert "213.00" in to_text(result)
    assert "as of 2026-02-10T09:00:00Z" in to_text(result)


def test_an_unknown_grouping_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="product, category"):
        cogs(books(""), Trade(), "colour")


def test_documents_that_do_not_add_up_to_the_ledger_give_no_figure() -> None:
    with pytest.raises(InvariantBroken, match="no figure"):
        cogs(books(BY_SALE), Trade())


@pytest.mark.parametrize(
    ("sales", "profit", "shown"),
    [(100_00, 41_25, "41.3"), (100_00, 41_24, "41.2"), (100_00, -41_25, "-41.3"), (0, 500, None), (-100, 50, "-50.0")],
)
def test_the_margin_is_rounded_half_up(sales: int, profit: int, shown: str | None) -> None:
    assert margin(sales, profit) == shown
