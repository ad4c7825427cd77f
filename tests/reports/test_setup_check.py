"""The set-up check: each fault by itself, in a company that is otherwise in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from reports.books import Config, Incomplete, MapInputs
from reports.controls import account_map
from reports.load import books
from reports.load_setup import PARTS, setup
from reports.setup_check import setup_check, to_json, to_text
from reports.setup_facts import Check, Setup
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.domain.stock import Product
from sync.store.db import reading, writing
from sync.store.tables import ProductRow
from sync.store.writes import update_company
from tests.reports.ledgers import CHART, PRODUCT_ACCOUNTS, READ, TODAY, accounts, cache


def product(sku: str, name: str = "", source: Source = Source.CIN7, **more: Any) -> Product:
    return Product(source, f"{source}-{sku}", sku, name or f"Thing {sku}", "Stock", **more)


def company(chart: str = CHART, *, without: str = "", **more: Any) -> Setup:
    """A company in order, but for what `more` says, and without one of QuickBooks' accounts (its id)."""
    kept = tuple(each for each in accounts(chart) if (each.source, each.code) != (Source.QBO, without))
    clean = Setup(
        map=account_map(MapInputs(kept, PRODUCT_ACCOUNTS), Config()),
        accounts={(account.source, account.code): account for account in kept},
        products=(product("A-1"), product("B-2")),
        items=(product("A-1", source=Source.QBO), product("B-2", source=Source.QBO)),
        posted=frozenset({"200", "310", "610", "630", "800"}),
        used=frozenset({"cin7-A-1"}),
        currencies=frozenset({"USD"}),
        currency="USD",
        qbo_currency="USD",
        time_zone="America/New_York",
        as_of=dict.fromkeys(Source, READ),
    )
    return replace(clean, **more)


def faults(found: Setup) -> list[tuple[str, str, str]]:
    return [(c.status, c.cause, c.subject) for c in setup_check(found).checks if c.status != "ok"]


def test_a_company_in_order_has_no_fault_and_says_what_was_looked_at() -> None:
    result = setup_check(company())
    assert (result.status, {check.status for check in result.checks}) == ("ok", {"ok"})
    assert len({check.id for check in result.checks}) == len(result.checks) >= 12


def test_cost_in_an_expense_account_is_an_error_of_that_account() -> None:
    chart = CHART.replace("82 Cost_of_Goods_Sold SuppliesMaterialsCogs", "82 Expense OtherCostsOfService")
    assert faults(company(chart)) == [("error", "wrong_account_type", "310")]


def test_an_accrual_of_another_type_is_a_warning() -> None:
    chart = CHART.replace("85 Other_Current_Asset Inventory", "85 Fixed_Asset OtherFixedAssets")
    assert faults(company(chart)) == [("error", "wrong_account_type", "630")]


@pytest.mark.parametrize(("posted", "status"), [(frozenset(), "warning"), (frozenset({"404"}), "error")])
def test_an_account_that_nothing_maps_matters_more_once_it_has_postings(posted: frozenset[str], status: str) -> None:
    assert faults(company(without="83", posted=posted)) == [(status, "unmapped_account", "404")]


def test_receivables_without_an_account_in_quickbooks_are_an_error() -> None:
    assert ("error", "missing_account", "receivables") in faults(company(without="84"))


def test_base_currencies_that_differ_are_an_error() -> None:
    assert faults(company(qbo_currency="CAD")) == [("error", "base_currency_differs", "")]


def test_foreign_documents_without_multicurrency_are_an_error() -> None:
    foreign = frozenset({"USD", "EUR"})
    assert faults(company(currencies=foreign)) == [("error", "multi_currency_off", "")]
    assert faults(company(currencies=foreign, multi_currency=True)) == []


@pytest.mark.parametrize("name", ["Lamp: red", "Lamp\\red", "x" * 101])
def test_a_name_that_quickbooks_refuses_is_an_error(name: str) -> None:
    named = (product("A-1", name), product("B-2"))
    assert faults(company(products=named)) == [("error", "illegal_name", "A-1")]
    assert faults(company(products=(product("A-1", "x" * 100), product("B-2")))) == []


def test_two_products_of_one_name_are_an_error() -> None:
    assert faults(company(products=(product("A-1", "Lamp"), product("B-2", "LAMP")))) == [
        ("error", "duplicate_product", "B-2")
    ]


def test_two_active_items_for_one_product_are_an_error_and_an_inactive_one_is_not() -> None:
    one = company().items
    twin = replace(one[0], id="twin", name="Thing A-1 (copy)")
    assert faults(company(items=(*one, twin))) == [("error", "duplicate_product", "A-1")]
    assert faults(company(items=(*one, replace(twin, active=False)))) == []


@pytest.mark.parametrize(("sku", "status"), [("A-1", "error"), ("B-2", "warning")])
def test_a_product_without_an_item_matters_more_once_it_is_used(sku: str, status: str) -> None:
    items = tuple(item for item in company().items if item.sku != sku)
    assert faults(company(items=items)) == [(status, "unmapped_product", sku)]


def test_a_product_found_by_its_name_alone_is_linked() -> None:
    items = tuple(replace(item, sku="") for item in company().items)
    assert faults(company(items=items)) == []


def test_quantity_tracking_is_an_error_for_cin7s_products_and_a_warning_for_others() -> None:
    first, second = company().items
    assert faults(company(items=(replace(first, tracks_quantity=True), second))) == [
        ("error", "quantity_tracking_on", "A-1")
    ]
    own = product("OWN", source=Source.QBO, tracks_quantity=True)
    assert faults(company(items=(first, second, own))) == [("warning", "quantity_tracking_on", "OWN")]


def test_an_item_that_sells_to_a_strange_account_is_a_warning() -> None:
    first, second = company().items
    assert faults(company(items=(replace(first, revenue_account="90"), second))) == [
        ("warning", "wrong_account", "A-1")
    ]
    assert faults(company(items=(replace(first, revenue_account="79"), second))) == []


def test_closing_dates_that_differ_are_a_warning() -> None:
    day = date(2026, 1, 31)
    assert faults(company(cin7_lock_day=day)) == [("warning", "closing_dates_differ", "")]
    assert faults(company(cin7_lock_day=day, qbo_close_day=day)) == []


def test_time_zones_that_differ_are_a_warning_and_unknown_ones_an_error() -> None:
    assert faults(company(cin7_time_zone="Europe/Paris")) == [("warning", "time_zone_differs", "America/New_York")]
    assert faults(company(time_zone="Mars/North")) == [("error", "wrong_setting", "Mars/North")]


def test_missing_data_is_a_warning_with_its_reason() -> None:
    lacking = (Incomplete("qbo", "ledger", "refused"),)
    assert faults(company(incomplete=lacking)) == [("warning", "incomplete", "qbo ledger")]


def test_the_document_is_the_contracts() -> None:
    result = setup_check(company(qbo_currency="CAD"), [Check("test_sync.order", "ok", "done", subject="INV-1")])
    document = to_json(result)
    assert (document["schema"], document["status"]) == ("tieout/check/1", "errors")
    checks: Any = document["checks"]
    assert all(list(check) == ["id", "status", "cause", "subject", "message", "fix"] for check in checks)
    assert (checks[-1]["id"], checks[-1]["cause"], checks[-1]["fix"]) == ("test_sync.order:INV-1", None, None)
    text = to_text(result)
    assert text.startswith("error   Cin7 keeps its books in USD, QuickBooks in CAD.")
    assert "The test sale:\nok      done" in text


def test_the_check_reads_both_lists_of_products_and_what_is_used(engine: Engine) -> None:
    row: dict[str, Any] = {"company": 1, "name": "Lamp", "type": "Stock", "sku": "A-1"}
    cache(
        engine,
        "2026-01-05 Sale t1 INV-1 610 200 100.00",
        ProductRow(source="cin7", id="p1", inventory_account="630", cogs_account="310", revenue_account="200", **row),
        ProductRow(source="qbo", id="7", tracks_quantity=True, **row),
    )
    with writing(engine) as session:
        update_company(session, 1, qbo_currency="USD", qbo_close_day=date(2026, 1, 31))
    with reading(engine) as session:
        period = Period(TODAY.replace(day=1), TODAY)
        asked = books(session, 1, period, Config(), today=TODAY, entities=PARTS)
        found = setup(session, asked, Config())
    assert (found.currency, found.qbo_close_day, found.posted) == ("USD", date(2026, 1, 31), frozenset({"200", "610"}))
    assert ("error", "quantity_tracking_on", "A-1") in faults(found)
