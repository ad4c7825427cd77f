"""The practice Cin7 Core over real HTTP on loopback."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sync.sandbox.books import World
from sync.sandbox.faults import Faults, Kind
from sync.sandbox.switches import Switches


def exact(response: httpx.Response) -> Any:
    return json.loads(response.text, parse_float=Decimal)


def set_switches(world: World, **switches: Any) -> World:
    world.switches = replace(Switches(), **switches)
    return world


def test_a_wrong_key_is_403_with_the_vendors_words(practice: Any) -> None:
    visitor = practice()
    response = visitor.http.get(visitor.served.environ["CIN7_BASE_URL"] + "/me", headers={"api-auth-accountid": "x"})
    assert (response.status_code, response.text) == (403, "Incorrect credentials!")


def test_paths_and_parameters_may_be_written_in_any_case(practice: Any) -> None:
    body = practice().cin7("SALELIST", LIMIT="3", pAgE="2").json()
    assert (body["Total"], body["Page"], len(body["SaleList"])) == (250, 2, 3)


def test_money_arrives_with_exactly_its_digits(practice: Any) -> None:
    response = practice().cin7("saleList", Limit=1)
    assert '"InvoiceAmount":10.50,' in response.text
    assert exact(response)["SaleList"][0]["InvoiceAmount"] == Decimal("10.50")


@pytest.mark.parametrize(("asked", "given"), [(None, 100), (5000, 250), (0, 1)])
def test_a_page_has_a_hundred_rows_unless_asked_and_a_thousand_at_most(practice: Any, asked: Any, given: Any) -> None:
    params = {} if asked is None else {"Limit": asked}
    assert len(practice().cin7("saleList", **params).json()["SaleList"]) == given


@pytest.mark.parametrize("cap", [1000, 250, 100])
def test_the_ledger_gives_no_more_rows_than_its_own_cap(practice: Any, hand_world: World, cap: Any) -> None:
    visitor = practice(set_switches(hand_world, page_cap=cap))
    body = visitor.cin7("transactions", Limit=1000).json()
    assert (len(body["Transactions"]), body["Total"]) == (min(cap, 300), 300)


@pytest.mark.parametrize("order", ["oldest", "newest", "stable_random"])
def test_pages_together_are_every_row_once(practice: Any, hand_world: World, order: Any) -> None:
    visitor = practice(set_switches(hand_world, row_order=order))
    ids = [row["SaleID"] for page in (1, 2, 3) for row in visitor.cin7("saleList", Page=page).json()["SaleList"]]
    assert sorted(ids) == sorted(row["SaleID"] for row in hand_world.cin7.lists["salelist"])
    again = [row["SaleID"] for page in (1, 2, 3) for row in visitor.cin7("saleList", Page=page).json()["SaleList"]]
    assert again == ids


def test_the_newest_come_first_where_the_switch_says_so(practice: Any, hand_world: World) -> None:
    rows = practice(set_switches(hand_world, row_order="newest")).cin7("transactions", Limit=300).json()["Transactions"]
    days = [row["EffectiveDate"] for row in rows]
    assert days == sorted(days, reverse=True)
    assert days[0] != days[-1]


def test_ledger_rows_may_come_in_another_order_at_every_call(practice: Any, hand_world: World) -> None:
    visitor = practice(set_switches(hand_world, row_order="random_each_call"))
    first, second = (visitor.cin7("transactions", Limit=300).json()["Transactions"] for _ in range(2))
    assert first != second
    assert Counter(row["TaskID"] for row in first) == Counter(row["TaskID"] for row in second)


@pytest.mark.parametrize(("bounds", "days"), [("inclusive", {3, 4, 5}), ("exclusive", {4}), ("from_inclusive", {3, 4})])
def test_the_ledgers_bounds_are_as_the_switch_says(practice: Any, hand_world: World, bounds: Any, days: Any) -> None:
    visitor = practice(set_switches(hand_world, date_bounds=bounds))
    params = {"FromDate": "2026-01-03T00:00:00.000", "ToDate": "2026-01-05T00:00:00", "Limit": 1000}
    rows = visitor.cin7("transactions", **params).json()["Transactions"]
    assert {int(row["EffectiveDate"][8:10]) for row in rows} == days
    assert len(rows) == 30 * len(days)


def test_the_ledgers_account_filter_looks_at_both_sides(practice: Any, hand_world: World) -> None:
    rows = hand_world.cin7.lists["transactions"]
    rows[0] |= {"DebitAccountCode": "800"}
    rows[1] |= {"CreditAccountCode": "800"}
    found = practice().cin7("transactions", Account="800").json()
    assert (found["Total"], {row["Reference"] for row in found["Transactions"]}) == (2, {"INV-00000", "INV-00001"})


def test_updated_since_compares_instants_of_any_precision(practice: Any, hand_world: World) -> None:
    for row, stamp in zip(
        hand_world.cin7.lists["salelist"],
        ["2026-01-31T10:00:00.12Z", "2026-01-31T10:00:00.1200001Z", "2026-01-31T10:00:00.119Z", "2026-01-31T11:00:00Z"],
        strict=False,
    ):
        row["Updated"] = stamp
    body = practice().cin7("saleList", UpdatedSince="2026-01-31T10:00:00.120").json()
    assert {row["OrderNumber"] for row in body["SaleList"]} == {"SO-00002", "SO-00004"}


def test_a_filter_that_the_vendor_does_not_know_is_ignored(practice: Any) -> None:
    visitor = practice()
    assert visitor.cin7("saleList", InvoiceDateFrom="2026-01-30").json()["Total"] == 250
    assert visitor.cin7("stockTakeList", UpdatedSince="2030-01-01").json()["Total"] == 1


def test_status_filters_use_the_documented_names(practice: Any) -> None:
    visitor = practice()
    assert visitor.cin7("saleList", Status="voided").json()["Total"] == 125
    assert visitor.cin7("saleList", CombinedPickStatus="NOT PICKED").json()["Total"] == 83
    assert visitor.cin7("saleList", Search="customer 250").json()["Total"] == 1


def test_a_filter_value_that_is_no_date_is_a_400_with_the_error_list(practice: Any) -> None:
    response = practice().cin7("saleList", UpdatedSince="yesterday")
    assert response.status_code == 400
    assert response.json()[0]["ErrorCode"] == 400


def test_envelopes_are_as_odd_as_documented(practice: Any) -> None:
    visitor = practice()
    assert set(visitor.cin7("stockTakeList").json()) == {"Total", "Page", "StockAdjustmentList"}
    assert set(visitor.cin7("ref/customer/credits").json()) == {"Page", "CustomerCredits"}
    orders = visitor.cin7("production/orderList").json()
    assert list(orders) == ["ProductionOrderListItems"]
    assert [row["TotalCount"] for row in orders["ProductionOrderListItems"]] == [2, 2]


def test_used_credits_are_shown_only_when_asked_for(practice: Any) -> None:
    visitor = practice()
    assert len(visitor.cin7("ref/customer/credits").json()["CustomerCredits"]) == 1
    assert len(visitor.cin7("ref/customer/credits", ShowUsedCredits="true").json()["CustomerCredits"]) == 2


def test_deprecated_products_are_left_out_unless_asked_for(practice: Any) -> None:
    visitor = practice()
    assert visitor.cin7("product").json()["Total"] == 4
    assert visitor.cin7("product", IncludeDeprecated="true").json()["Total"] == 5


def test_product_parts_come_only_with_their_flag(practice: Any) -> None:
    visitor = practice()
    plain = visitor.cin7("product", Sku="SKU-1").json()["Products"][0]
    assert (plain["Movements"], plain["Suppliers"], plain["BillOfMaterialsProducts"]) == ([], [], [])
    moved = exact(visitor.cin7("product", Sku="SKU-1", IncludeMovements="true"))["Products"][0]
    assert moved["Movements"] == [{"TaskID": "x", "Amount": Decimal("-5.10")}]
    assert visitor.cin7("product", Sku="SKU-1", IncludeBOM="true").json()["Products"][0]["BillOfMaterialsProducts"]


def test_an_account_code_that_nobody_has_is_a_400_and_no_empty_list(practice: Any) -> None:
    visitor = practice()
    assert visitor.cin7("ref/account", Code="610").json()["Total"] == 1
    response = visitor.cin7("ref/account", Code="999")
    assert (response.status_code, response.json()[0]["Exception"]) == (400, "Account with specified ID not found")


def test_a_sale_shows_its_postings_only_when_asked(practice: Any, hand_world: World) -> None:
    visitor = practice()
    wanted = hand_world.cin7.lists["salelist"][0]["SaleID"]
    assert visitor.cin7("sale", ID=wanted).json()["Transactions"] == []
    assert visitor.cin7("sale", ID=wanted, IncludeTransactions="true").json()["Transactions"] == [{"Amount": 1}]
    assert visitor.cin7("sale", ID=wanted, HideInventoryMovements="true").json()["InventoryMovements"] == []


def test_a_detail_that_does_not_exist_is_a_400(practice: Any) -> None:
    visitor = practice()
    assert visitor.cin7("stockadjustment", TaskID="T1").json() == {"TaskID": "t1"}
    for response in (visitor.cin7("stockadjustment", TaskID="none"), visitor.cin7("stockadjustment", ID="t1")):
        assert (response.status_code, set(response.json()[0])) == (400, {"ErrorCode", "Exception"})


def test_the_old_purchase_path_sends_advanced_purchases_elsewhere(practice: Any) -> None:
    visitor = practice()
    assert visitor.cin7("purchase", ID="p2").json()["InvoiceNumber"] == "B-1"
    response = visitor.cin7("purchase", ID="p1")
    assert response.status_code == 400
    assert "AdvancedPurchase" in response.json()[0]["Exception"]


def test_an_unknown_path_is_a_page_of_html_with_status_200(practice: Any) -> None:
    response = practice().cin7("saleLists")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Page not found" in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_every_attempt_to_write_is_refused_and_noted(practice: Any, method: Any) -> None:
    visitor = practice()
    assert visitor.cin7("sale", method, ID="x", Void="true").status_code == 405
    assert visitor.served.violations == [f"{method} /ExternalApi/v2/sale"]
    assert [call.method for call in visitor.served.calls] == [method]


def test_the_sixty_first_call_in_a_minute_is_refused_and_the_window_slides(practice: Any) -> None:
    now = [1000.0]
    visitor = practice(limits=True, clock=lambda: now[0])
    for _ in range(60):
        assert visitor.cin7("me").status_code == 200
        now[0] += 0.5
    refused = visitor.cin7("me")
    assert (refused.status_code, refused.text) == (429, "You reached 60 calls per minute API limit")
    now[0] = 1060.0
    assert visitor.cin7("me").status_code == 200
    assert visitor.cin7("me").status_code == 429
    assert [call.status for call in visitor.served.seen("cin7")].count(429) == 2


@pytest.mark.parametrize(
    ("kind", "status", "retry_after", "words"),
    [
        (Kind.THROTTLE_503, 503, None, "reached 60 calls per"),
        (Kind.THROTTLE_60_SECONDS, 429, "60 Seconds", "reached 60 calls per"),
        (Kind.THROTTLE_30_SEC, 429, "30 sec", "reached 60 calls per"),
        (Kind.THROTTLE_ODD_STATUS, 400, None, "reached 60 calls per 60 seconds"),
        (Kind.THROTTLE_200, 200, None, "reached 60 calls per 60 seconds"),
    ],
)
def test_the_limit_is_told_in_every_flavour_seen_live(
    practice: Any, kind: Any, status: Any, retry_after: Any, words: Any
) -> None:
    visitor = practice(limits=True, clock=lambda: 0.0, faults=Faults(cin7_throttle=kind))
    for _ in range(60):
        visitor.cin7("me")
    refused = visitor.cin7("me")
    assert (refused.status_code, refused.headers.get("retry-after")) == (status, retry_after)
    assert words in refused.text


def test_another_world_may_be_served_in_the_middle(practice: Any, hand_world: World) -> None:
    visitor = practice()
    visitor.served.world = World(8, Switches(), hand_world.today)
    visitor.served.world.cin7.me["Company"] = "Another"
    assert visitor.cin7("me").json() == {"Company": "Another"}


def test_fifty_clients_at_once_are_all_answered(practice: Any) -> None:
    visitor = practice(latency=0.05)
    limits = httpx.Limits(max_connections=50)
    with httpx.Client(limits=limits, timeout=20) as http, ThreadPoolExecutor(50) as pool:
        visitor.http = http
        statuses = list(pool.map(lambda page: visitor.cin7("saleList", Page=page, Limit=5).status_code, range(1, 51)))
    assert statuses == [200] * 50
    assert len(visitor.served.calls) == 50
    assert max(call.in_flight for call in visitor.served.calls) > 1


def test_a_long_ledger_is_sorted_once_and_seen_anew_when_it_grows(practice: Any, hand_world: World) -> None:
    rows = hand_world.cin7.lists["transactions"]
    rows.extend({**rows[0], "TaskID": f"n{number}"} for number in range(6000))
    visitor = practice()
    assert visitor.cin7("transactions", ToDate="2026-01-01").json()["Total"] == 6030
    rows.append({**rows[0], "TaskID": "late"})
    assert visitor.cin7("transactions", ToDate="2026-01-01").json()["Total"] == 6031
    rows[-1]["EffectiveDate"] = "2026-02-01T00:00:00"
    visitor.served.changed()
    assert visitor.cin7("transactions", ToDate="2026-01-01").json()["Total"] == 6030
