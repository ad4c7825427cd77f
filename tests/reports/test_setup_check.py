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
from reports.setup_advice import ADVICE
from reports.setup_check import RULES, setup_check, to_json, to_text, unsynced
from reports.setup_facts import Check, Live, Setup
from reports.trial_sync import Trial
from sync.domain.accounts import Source
from sync.domain.names import Name
from sync.domain.period import Period
from sync.domain.stock import Product
from sync.store.db import reading, writing
from sync.store.tables import ProductRow
from sync.store.writes import update_company
from tests.reports.ledgers import CHART, PRODUCT_ACCOUNTS, READ, TODAY, accounts, cache

# The shared chart with the accounts that the guide and Cin7 ask for.
WHOLE = f"""{CHART.strip()}
091 Clearing_Bank       ASSET     BANK                 | 92 Bank Savings 091
632 Transit             ASSET     CURRENT              | 93 Other_Current_Asset OtherCurrentAssets 632
633 Work_in_Progress    ASSET     CURRENT              | 94 Other_Current_Asset OtherCurrentAssets 633
640 Deposits            ASSET     CURRENT              | 95 Other_Current_Asset PrepaidExpenses 640
830 Credits             LIABILITY CURRLIAB             | 96 Other_Current_Liability OtherCurrentLiabilities 830
497 Currency_Gains      EXPENSE   EXPENSE              | 97 Other_Expense ExchangeGainOrLoss 497
-   Landed              EXPENSE   -                    | 98 Cost_of_Goods_Sold OtherCostsOfServiceCos
"""
NAMED = {
    "accrued_purchases": frozenset({"801"}),
    "in_transit": frozenset({"632"}),
    "work_in_progress": frozenset({"633"}),
    "inventory_adjustments": frozenset({"320"}),
}


def product(sku: str, name: str = "", source: Source = Source.CIN7, **more: Any) -> Product:
    return Product(source, f"{source}-{sku}", sku, name or f"Thing {sku}", "Stock", **more)


def company(chart: str = WHOLE, *, without: str = "", **more: Any) -> Setup:
    """A company in order, but for what `more` says, and without one of QuickBooks' accounts (its id)."""
    kept = tuple(each for each in accounts(chart) if (each.source, each.code) != (Source.QBO, without))
    clean = Setup(
        map=account_map(MapInputs(kept, PRODUCT_ACCOUNTS, NAMED), Config()),
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
    chart = WHOLE.replace("82 Cost_of_Goods_Sold SuppliesMaterialsCogs", "82 Expense OtherCostsOfService")
    assert faults(company(chart)) == [("error", "wrong_account_type", "310")]


def test_stock_on_a_fixed_asset_is_an_error_of_the_account_and_of_the_guide() -> None:
    chart = WHOLE.replace("85 Other_Current_Asset Inventory", "85 Fixed_Asset OtherFixedAssets")
    assert faults(company(chart)) == [
        ("error", "guide_account_missing", "inventory_asset"),
        ("error", "wrong_account_type", "630"),
    ]


@pytest.mark.parametrize(
    ("lost", "role", "status"),
    [
        ("91", "freight", "warning"),
        ("98", "landed_cost", "warning"),
        ("92", "payment_clearing", "warning"),
        ("93", "in_transit", "warning"),
        ("94", "work_in_progress", "warning"),
        ("96", "customer_credits", "warning"),
        ("84", "accounts_receivable", "error"),
    ],
)
def test_an_account_of_the_guide_is_missed_by_its_type_and_not_by_its_name(lost: str, role: str, status: str) -> None:
    renamed = WHOLE.replace("-   Freight", "-   Fracht").replace("-   Landed", "-   Zoll")
    assert (status, "guide_account_missing", role) in faults(company(renamed, without=lost))
    assert faults(company(renamed)) == []


def test_an_account_for_production_that_nothing_uses_yet_may_be_any_that_could_be_mapped() -> None:
    unused = {name: codes for name, codes in NAMED.items() if name != "work_in_progress"}
    kept = accounts(WHOLE)
    found = company(map=account_map(MapInputs(kept, PRODUCT_ACCOUNTS, unused), Config()))
    assert ("warning", "guide_account_missing", "work_in_progress") not in faults(found)


def test_an_account_that_another_role_has_taken_holds_no_deposits_and_no_adjustments() -> None:
    unused = {name: codes for name, codes in NAMED.items() if name != "inventory_adjustments"}
    missing = {("warning", "guide_account_missing", role) for role in ("supplier_deposits", "inventory_adjustments")}
    left = account_map(MapInputs(accounts(WHOLE), PRODUCT_ACCOUNTS, unused), Config())
    assert missing <= set(faults(company(without="95", map=left)))
    assert not missing & set(faults(company()))


def test_an_account_for_currency_gains_is_needed_with_foreign_documents_only() -> None:
    missing = ("warning", "guide_account_missing", "currency_gains")
    foreign: dict[str, Any] = {"currencies": frozenset({"USD", "EUR"}), "multi_currency": True}
    assert missing not in faults(company(without="97"))
    assert missing in faults(company(without="97", **foreign))


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
    longest = company(products=(product("A-1", "x" * 100), product("B-2")))
    assert ("error", "illegal_name", "A-1") not in faults(longest)


def test_two_products_of_one_name_are_an_error() -> None:
    same = company(products=(product("A-1", "Lamp"), product("B-2", "LAMP")))
    assert ("error", "duplicate_product", "B-2") in faults(same)


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
    steps = (Check("test_sync.order", "ok", "done", subject="INV-1", state="right"),)
    result = setup_check(company(qbo_currency="CAD"), Trial("INV-1", "", steps))
    document = to_json(result)
    assert (document["schema"], document["status"]) == ("tieout/check/1", "errors")
    checks: Any = document["checks"]
    fields = ["id", "status", "cause", "subject", "message", "fix", "why", "steps", "link", "at_stake"]
    assert all(list(check)[:10] == fields for check in checks)
    assert (checks[-1]["state"], document["test_sync"]) == ("right", result.trial and result.trial.to_json())
    assert (checks[-1]["id"], checks[-1]["cause"], checks[-1]["fix"]) == ("test_sync.order:INV-1", None, None)
    text = to_text(result)
    assert text.startswith("error   Cin7 keeps its books in USD, QuickBooks in CAD.")
    assert "Test sync (sale INV-1, purchase none yet):\nright   done\n1 of 1 steps are right." in text


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


def test_every_fault_has_advice_why_it_matters_what_to_do_and_every_rule_says_what_it_wants() -> None:
    assert all(advice.why.endswith(".") and advice.steps for advice in ADVICE.values())
    assert all((rule.__doc__ or "").strip() for rule in RULES)


def test_what_is_at_stake_is_told_in_money() -> None:
    found = setup_check(company(without="83", posted=frozenset({"404"}), turnover={"404": 123456}))
    told = [check for check in found.checks if check.cause == "unmapped_account"]
    assert [check.at_stake for check in told] == [123456]
    assert "At stake: 1234.56 USD." in to_text(found)


# -- connection, plan, rights


def test_a_system_that_refuses_is_an_error_with_its_own_words() -> None:
    live = Live({Source.CIN7: ("not_connected", "Cin7 refused the access keys.")}, qbo_name="Acme")
    assert faults(company(live=live)) == [("error", "not_connected", "cin7")]


def test_a_part_that_the_newest_sync_could_not_read_is_an_error() -> None:
    assert faults(company(refused=(("qbo", "bills", "forbidden"),))) == [("error", "refused", "qbo bills")]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("QuickBooks Online Plus", []),
        ("QuickBooks Online Advanced", []),
        ("", []),
        ("QuickBooks Online Essentials", [("error", "plan_too_small", "QuickBooks Online Essentials")]),
    ],
)
def test_only_plus_and_advanced_do(plan: str, expected: list[tuple[str, str, str]]) -> None:
    assert faults(company(live=Live(plan=plan))) == expected


def test_quickbooks_time_zone_must_be_the_one_in_force() -> None:
    assert faults(company(live=Live(qbo_time_zone="Asia/Tokyo"))) == [("warning", "time_zone_differs", "Asia/Tokyo")]
    assert faults(company(live=Live(qbo_time_zone="America/New_York"))) == []


def test_books_closed_up_to_a_day_that_is_still_to_come_are_an_error() -> None:
    ahead = date(2026, 3, 31)
    closed = company(today=TODAY, cin7_lock_day=ahead, qbo_close_day=ahead)
    assert faults(closed) == [("error", "closed_ahead", "")]


def test_before_the_first_sync_only_the_connection_can_be_told() -> None:
    result = unsynced(Live(cin7_name="Acme", qbo_name="Acme Inc"))
    assert [(check.rule, check.status) for check in result.checks] == [
        ("connection", "ok"),
        ("connection", "ok"),
        ("data_complete", "error"),
    ]
    assert to_json(result)["status"] == "errors"


# -- products and their accounts


def test_a_product_account_must_exist_be_active_and_fit_its_role() -> None:
    def named(**more: Any) -> list[tuple[str, str, str]]:
        return [fault for fault in faults(company(products=(product("A-1", **more), product("B-2"))))
                if fault[1] == "product_account"]  # fmt: skip

    assert named(cogs_account="200") == [("error", "product_account", "A-1")]
    assert named(inventory_account="999") == [("error", "product_account", "A-1")]
    assert named(cogs_account="310", inventory_account="630", revenue_account="200") == []


def test_a_fault_that_all_of_a_category_share_is_told_once_for_the_category() -> None:
    lamps = tuple(product(f"L-{n}", category="Lamps", cogs_account="999") for n in range(3))
    found = [fault for fault in faults(company(products=lamps)) if fault[1] == "product_account"]
    assert found == [("error", "product_account", "Lamps")]


def test_one_product_that_names_another_account_than_all_its_category_is_odd() -> None:
    lamps = [product(f"L-{n}", category="Lamps") for n in range(4)]
    odd = replace(lamps[0], revenue_account="210")
    found = [fault for fault in faults(company(products=(odd, *lamps[1:]))) if fault[1] == "odd_override"]
    assert found == [("warning", "odd_override", "L-0")]
    agreed = tuple(replace(each, revenue_account="210") for each in lamps)
    assert not [fault for fault in faults(company(products=agreed)) if fault[1] == "odd_override"]


def test_an_account_that_one_document_alone_posted_on_is_odd() -> None:
    assert faults(company(once={"210": "INV-7"})) == [("warning", "odd_override", "210")]


def test_a_product_found_by_its_sku_under_another_name_was_renamed() -> None:
    first, second = company().items
    assert faults(company(items=(replace(first, name="Other"), second))) == [("warning", "renamed_product", "A-1")]
    assert faults(company(items=(replace(first, name="Parent:Thing A-1"), second))) == []


def test_what_lies_in_stock_must_not_be_deprecated() -> None:
    first, second = company().products
    gone = replace(first, active=False)
    assert faults(company(products=(gone, second), stocked={first.id: 500})) == [("warning", "inactive_product", "A-1")]
    assert faults(company(products=(gone, second))) == []


def test_an_inactive_item_of_a_product_in_use_is_a_warning() -> None:
    first, second = company().items
    assert faults(company(items=(replace(first, active=False), second))) == [("warning", "inactive_product", "A-1")]


# -- customers and suppliers


def contact(kind: str, name: str, source: Source = Source.CIN7, **more: Any) -> Name:
    return Name(source, kind, f"{kind}-{name}-{source}", name, **more)


def test_a_customer_and_a_supplier_of_one_name_collide() -> None:
    both = (contact("Customer", "Acme"), contact("Supplier", "ACME "))
    assert faults(company(names=both)) == [("error", "name_collision", "Acme")]


def test_two_customers_of_one_name_collide_and_one_that_is_no_longer_used_does_not() -> None:
    twins = (contact("Customer", "Acme"), contact("Customer", "acme"))
    assert [fault[1] for fault in faults(company(names=twins))] == ["name_collision"]
    assert faults(company(names=(twins[0], replace(twins[1], active=False)))) == []


def test_a_customer_that_is_a_vendor_in_quickbooks_collides() -> None:
    vendor, customer = (contact(kind, "Acme", Source.QBO) for kind in ("Vendor", "Customer"))
    assert faults(company(names=(contact("Customer", "Acme"), vendor))) == [("error", "name_collision", "Acme")]
    assert faults(company(names=(contact("Customer", "Acme"), customer))) == []
    assert faults(company(names=(contact("Supplier", "Acme"), vendor))) == []


def test_a_contact_name_that_quickbooks_refuses_is_a_warning() -> None:
    assert faults(company(names=(contact("Customer", "Retail: Acme"),))) == [
        ("warning", "illegal_contact", "Retail: Acme")
    ]
