"""The practice QuickBooks over real HTTP on loopback: reading, limits, refusals."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.sandbox.books import World
from sync.sandbox.faults import Faults, Kind


def test_company_and_preferences_are_single_objects(practice: Any) -> None:
    visitor = practice()
    realm = visitor.served.environ["QBO_REALM_ID"]
    assert visitor.qbo(f"companyinfo/{realm}").json()["CompanyInfo"]["CompanyName"] == "Practice Ltd"
    assert visitor.qbo("preferences").json()["Preferences"]["CurrencyPrefs"]["HomeCurrency"] == {"value": "USD"}
    assert visitor.query("select * from CompanyInfo")["CompanyInfo"][0]["CompanyName"] == "Practice Ltd"


def test_a_query_gives_a_hundred_rows_unless_asked_and_a_thousand_at_most(practice: Any) -> None:
    visitor = practice()
    first = visitor.query("select * from Invoice")
    assert (len(first["Invoice"]), first["startPosition"], first["maxResults"]) == (100, 1, 100)
    assert "totalCount" not in first
    response = visitor.qbo("query", params={"query": "select * from Invoice maxresults 1001"})
    assert (response.status_code, response.json()["Fault"]["Error"][0]["code"]) == (400, "4001")


def test_pages_by_start_position_are_every_row_once(practice: Any) -> None:
    visitor = practice()
    ids = []
    for place in ("STARTPOSITION 1", "STARTPOSITION 1001", "STARTPOSITION 2001"):
        page = visitor.query(" ".join(["SELECT * FROM Invoice ORDERBY Id", place, "MAXRESULTS 1000"]))
        ids += [row["Id"] for row in page.get("Invoice", [])]
    assert ids == [str(number) for number in range(1, 1201)]


def test_no_rows_is_a_response_without_the_entity(practice: Any) -> None:
    visitor = practice()
    assert visitor.query("select * from Bill") == {}
    assert visitor.query("select * from Invoice where DocNumber = 'none'") == {}
    assert visitor.query("select count(*) from Invoice where TxnDate >= '2026-01-28'") == {"totalCount": 42}


def test_lists_show_active_rows_unless_asked_for_all(practice: Any) -> None:
    visitor = practice()
    assert [row["Id"] for row in visitor.query("select * from Customer")["Customer"]] == ["1"]
    both = visitor.query("select * from Customer where Active IN (true, false)")["Customer"]
    assert sorted(row["Id"] for row in both) == ["1", "2"]


def test_a_long_statement_may_be_posted_as_text(practice: Any) -> None:
    visitor = practice()
    statement = "select * from Invoice where CustomerRef = '1' and DocNumber in ('INV-00001', 'INV-00002')"
    response = visitor.qbo("query", "POST", content=statement.encode())
    assert response.json()["QueryResponse"]["maxResults"] == 2
    assert visitor.served.violations == []
    assert visitor.served.seen("qbo", "query")[-1].params == {"query": statement}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("select * from Invoices", "4001"),
        ("select * from Invoice where Colour = 'red'", "4001"),
        ("select * from Invoice orderby Colour", "4001"),
        ("select * from Invoice where Id > '5'", "4001"),
        ("select * from", "4000"),
        ("select * from Invoice where DocNumber = 'O'Neil'", "4000"),
        ("select * from Invoice where TxnDate = null", "4000"),
    ],
)
def test_a_statement_that_is_not_valid_is_a_fault(practice: Any, statement: str, code: str) -> None:
    response = practice().qbo("query", params={"query": statement})
    fault = response.json()["Fault"]
    assert (response.status_code, fault["type"], fault["Error"][0]["code"]) == (400, "ValidationFault", code)


def test_an_object_is_read_by_id_and_610_where_it_is_gone(practice: Any) -> None:
    visitor = practice()
    assert visitor.qbo("invoice/17").json()["Invoice"]["DocNumber"] == "INV-00017"
    response = visitor.qbo("invoice/99999")
    assert (response.status_code, response.json()["Fault"]["Error"][0]["code"]) == (400, "610")
    assert visitor.qbo("nonsense/1").json()["Fault"]["Error"][0]["code"] == "500"


def test_changes_tell_deletions_after_what_is_alive(practice: Any) -> None:
    params = {"entities": "Bill,Invoice", "changedSince": "2026-01-28T08:00:00-08:00"}
    body = practice().qbo("cdc", params=params).json()
    empty, invoices = body["CDCResponse"][0]["QueryResponse"]
    assert empty == {}
    assert {row["MetaData"]["LastUpdatedTime"] for row in invoices["Invoice"]} == {"2026-01-28T08:00:00-08:00"}
    params["changedSince"] = "2026-01-20T16:00:00Z"
    rows = practice().qbo("cdc", params=params).json()["CDCResponse"][0]["QueryResponse"][1]["Invoice"]
    assert [row.get("status") for row in rows[-2:]] == [None, "Deleted"]
    assert set(rows[-1]) == {"domain", "status", "Id", "MetaData"}
    stamps = [row["MetaData"]["LastUpdatedTime"] for row in rows[:-1]]
    assert stamps == sorted(stamps)


def test_changes_are_at_most_a_thousand_over_all_entities(practice: Any) -> None:
    params = {"entities": "Account,Invoice", "changedSince": "2026-01-02T08:00:00Z"}
    parts = practice().qbo("cdc", params=params).json()["CDCResponse"][0]["QueryResponse"]
    assert sum(part.get("maxResults", 0) for part in parts) == 1000


def test_changes_reach_back_thirty_days_and_know_no_rates(practice: Any) -> None:
    visitor = practice()
    old = visitor.qbo("cdc", params={"entities": "Invoice", "changedSince": "2025-12-31T00:00:00Z"})
    odd = visitor.qbo("cdc", params={"entities": "ExchangeRate", "changedSince": "2026-01-30T00:00:00Z"})
    assert (old.status_code, odd.status_code) == (400, 400)


def test_the_rate_of_a_day_is_the_newest_known_then(practice: Any) -> None:
    visitor = practice()
    rate = visitor.qbo("exchangerate", params={"sourcecurrencycode": "EUR", "asofdate": "2026-01-19"})
    assert json.loads(rate.text, parse_float=Decimal)["ExchangeRate"]["Rate"] == Decimal("1.10")
    assert visitor.qbo("exchangerate", params={"sourcecurrencycode": "XXX"}).status_code == 400


def batch(*statements: str) -> bytes:
    items = [{"bId": f"b{number}", "Query": statement} for number, statement in enumerate(statements)]
    return json.dumps({"BatchItemRequest": items}).encode()


def test_a_batch_answers_each_item_even_where_one_fails(practice: Any) -> None:
    body = practice().qbo("batch", "POST", content=batch("select * from Account", "select * from Nothing")).json()
    answers = {item["bId"]: item for item in body["BatchItemResponse"]}
    assert answers["b0"]["QueryResponse"]["maxResults"] == 8
    assert answers["b1"]["Fault"]["Error"][0]["code"] == "4001"


def test_a_batch_has_thirty_items_and_a_thousand_objects_at_most(practice: Any) -> None:
    visitor = practice()
    over = visitor.qbo("batch", "POST", content=batch(*["select * from Bill"] * 31))
    assert (over.status_code, over.json()["Fault"]["Error"][0]["code"]) == (400, "1040")
    many = visitor.qbo("batch", "POST", content=batch(*["select * from Invoice maxresults 600"] * 2)).json()
    assert [set(item) for item in many["BatchItemResponse"]] == [{"bId", "Fault"}, {"bId", "QueryResponse"}]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "invoice", b"{}"),
        ("POST", "invoice?operation=delete", b"{}"),
        ("DELETE", "invoice/1", b""),
        ("POST", "batch", b'{"BatchItemRequest":[{"bId":"1","operation":"create","Invoice":{}}]}'),
    ],
)
def test_every_attempt_to_write_is_refused_and_noted(practice: Any, method: str, path: str, body: bytes) -> None:
    visitor = practice()
    assert visitor.qbo(path, method, content=body).status_code == 403
    assert len(visitor.served.violations) == 1


def test_another_companys_address_is_403_with_the_gateways_fault(practice: Any) -> None:
    visitor = practice()
    visitor.renew()
    url = visitor.served.environ["QBO_BASE_URL"] + "/v3/company/1/preferences"
    response = visitor.http.get(url, headers={"Authorization": f"Bearer {visitor.bearer}"})
    assert (response.status_code, response.json()["fault"]["error"][0]["code"]) == (403, "3100")


def test_who_does_not_ask_for_json_gets_xml(practice: Any) -> None:
    response = practice().qbo("invoice/17", accept="*/*")
    assert response.headers["content-type"].startswith("application/xml")
    assert "<Invoice><Id>17</Id>" in response.text


def test_an_unknown_token_is_the_gateways_401(practice: Any) -> None:
    visitor = practice()
    visitor.bearer = "stale"
    response = visitor.qbo("preferences")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert response.json()["fault"]["error"][0]["code"] == "3200"


def test_eleven_calls_in_a_second_are_one_too_many(practice: Any) -> None:
    now = [0.0]
    visitor = practice(limits=True, clock=lambda: now[0])
    visitor.renew()
    assert [visitor.qbo("preferences").status_code for _ in range(11)] == [200] * 10 + [429]
    now[0] = 1.0
    assert visitor.qbo("preferences").status_code == 200


@pytest.mark.parametrize(
    ("path", "method", "most"),
    [("preferences", "GET", 500), ("batch", "POST", 40), ("reports/TrialBalance", "GET", 200)],
)
def test_the_limits_of_a_minute_are_kept(practice: Any, path: str, method: str, most: int) -> None:
    now = [0.0]
    visitor = practice(limits=True, clock=lambda: now[0])
    visitor.renew()
    body = batch("select count(*) from Bill") if method == "POST" else b""
    statuses = []
    for _ in range(most + 1):
        statuses.append(visitor.qbo(path, method, content=body).status_code)
        now[0] += 0.11
    assert statuses == [200] * most + [429]
    assert b"ThrottleExceeded" in visitor.qbo(path, method, content=body).content


def test_an_eleventh_call_in_flight_is_refused(practice: Any) -> None:
    visitor = practice(limits=True, latency=0.3, clock=iter(range(10**6)).__next__)
    visitor.renew()
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: visitor.qbo("preferences").status_code, range(20)))
    assert statuses.count(429) == sum(call.in_flight > 10 for call in visitor.served.seen("qbo"))
    assert statuses.count(429) > 0


def test_a_monthly_block_speaks_of_the_month_in_json_and_xml(practice: Any) -> None:
    for kind in (Kind.MONTH_JSON, Kind.MONTH_XML):
        visitor = practice(limits=True, clock=lambda: 0.0, faults=Faults(qbo_throttle=kind))
        visitor.renew()
        refused = [visitor.qbo("preferences") for _ in range(11)][-1]
        assert refused.status_code == 429
        assert "monthly limit" in refused.text


def test_a_report_is_drawn_from_the_books_of_the_moment(practice: Any, hand_world: World) -> None:
    visitor = practice()
    params = {"start_date": "2026-01-01", "end_date": "2026-01-31"}
    before = visitor.qbo("reports/TrialBalance", params=params).json()
    hand_world.qbo.postings += [
        posting._replace(txn_id="99", date=date(2026, 1, 31), amount=2 * posting.amount)
        for posting in hand_world.qbo.postings[:2]
    ]
    after = visitor.qbo("reports/TrialBalance", params=params).json()
    assert before["Rows"]["Row"][-1]["Summary"]["ColData"][1]["value"] == "122.99"
    assert after["Rows"]["Row"][-1]["Summary"]["ColData"][1]["value"] == "323.99"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("trialbalance", {}),
        ("TrialBalance", {"accounting_method": "Cash"}),
        ("TrialBalance", {"start_date": "soon", "end_date": "2026-01-31"}),
        ("ProfitAndLoss", {"start_date": "2026-02-01", "end_date": "2026-01-31"}),
        ("ProfitAndLoss", {"summarize_column_by": "Classes", "start_date": "2026-01-01", "end_date": "2026-01-31"}),
    ],
)
def test_a_report_that_cannot_be_drawn_is_a_fault(practice: Any, name: str, params: dict[str, str]) -> None:
    assert practice().qbo(f"reports/{name}", params=params).status_code == 400


@pytest.mark.parametrize("form", ["row", "text"])
def test_a_report_with_too_many_cells_says_so_with_status_200(practice: Any, form: Any) -> None:
    visitor = practice(faults=Faults(cell_cap=24, cap_form=form))
    params = {"start_date": "2025-12-01", "end_date": "2026-01-31"}
    response = visitor.qbo("reports/GeneralLedger", params=params)
    assert response.status_code == 200
    assert "Unable to display more data. Please reduce the date range." in response.text
    quiet = visitor.qbo("reports/GeneralLedger", params={"start_date": "2025-11-01", "end_date": "2025-11-30"})
    assert quiet.json()["Header"]["Option"] == [{"Name": "NoReportData", "Value": "true"}]
    assert quiet.json()["Rows"] == {}
