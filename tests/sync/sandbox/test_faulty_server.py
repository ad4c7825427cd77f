"""Every fault on demand, as a client meets it over real HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sync.sandbox.books import World
from sync.sandbox.faults import ROW_KINDS, WIRE_KINDS, Faults, Kind, Rule
from sync.sandbox.refusals import refusal
from sync.sandbox.serve import Served, serve

SILENT = (Kind.RESET, Kind.HANG)
CIN7_REFUSALS = [kind for kind in Kind if refusal(kind, "cin7") and kind not in SILENT]
QBO_REFUSALS = [kind for kind in Kind if refusal(kind, "qbo") and kind not in SILENT]


def faulty(practice: Any, *rules: Rule, **options: Any) -> Any:
    return practice(faults=Faults(rules=rules), **options)


def test_a_rule_strikes_the_calls_it_was_made_for(practice: Any) -> None:
    visitor = faulty(
        practice,
        Rule(Kind.ERROR_500, "cin7", "salelist", nth=2),
        Rule(Kind.ERROR_502, "cin7", "product", every=3),
        Rule(Kind.ERROR_504, path="/transactions$", upto=2),
    )
    assert [visitor.cin7("saleList").status_code for _ in range(4)] == [200, 500, 200, 200]
    assert [visitor.cin7("product").status_code for _ in range(6)] == [200, 200, 502, 200, 200, 502]
    assert [visitor.cin7("Transactions").status_code for _ in range(3)] == [504, 504, 200]
    assert visitor.cin7("me").status_code == 200
    assert [call.status for call in visitor.served.seen("cin7", "SALELIST")] == [200, 500, 200, 200]


def test_faults_may_be_changed_while_served(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.ERROR_500))
    assert visitor.cin7("me").status_code == 500
    visitor.served.faults = Faults()
    assert visitor.cin7("me").status_code == 200
    visitor.served.faults = Faults((Rule(Kind.ERROR_500, nth=1),))
    assert [visitor.cin7("me").status_code for _ in range(2)] == [500, 200]


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if refusal(kind, "cin7") and kind not in (Kind.RESET, Kind.HANG)]
)
def test_a_refusal_of_cin7_is_no_good_answer(practice: Any, kind: Kind) -> None:
    response = faulty(practice, Rule(kind)).cin7("saleList")
    text = response.text
    assert response.status_code >= 400 or not text or text.startswith("<") or "reached" in text or "Exception" in text


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if refusal(kind, "qbo") and kind not in (Kind.RESET, Kind.HANG)]
)
def test_a_refusal_of_quickbooks_is_no_good_answer(practice: Any, kind: Kind) -> None:
    response = faulty(practice, Rule(kind, "qbo")).qbo("query", params={"query": "select * from Invoice"})
    text = response.text
    assert response.status_code >= 400 or not text or text.startswith("<") or "ault" in text


def test_every_kind_is_a_refusal_or_spoils_the_answer() -> None:
    for kind in Kind:
        assert bool(refusal(kind, "cin7") or refusal(kind, "qbo")) != (kind in ROW_KINDS | WIRE_KINDS), kind


@pytest.mark.parametrize("source", ["cin7", "qbo"])
def test_cut_json_is_honest_about_its_length(practice: Any, source: str) -> None:
    visitor = faulty(practice, Rule(Kind.CUT_JSON, source))
    response = visitor.cin7("saleList") if source == "cin7" else visitor.qbo("preferences")
    assert (response.status_code, int(response.headers["content-length"])) == (200, len(response.content))
    with pytest.raises(json.JSONDecodeError):
        response.json()


@pytest.mark.parametrize("kind", [Kind.CUT_BODY, Kind.RESET, Kind.LOST])
def test_a_connection_may_end_before_or_in_an_answer(practice: Any, kind: Kind) -> None:
    visitor = faulty(practice, Rule(kind, nth=1))
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        visitor.cin7("saleList")
    assert visitor.cin7("saleList").status_code == 200
    assert [call.status for call in visitor.served.calls] == [200 if kind is Kind.CUT_BODY else 0, 200]


def test_a_reset_is_a_reset(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.RESET, nth=1))
    with pytest.raises(httpx.ReadError):
        visitor.cin7("me")


def test_a_server_may_hang_until_the_client_gives_up(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.HANG, nth=1))
    visitor.http.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        visitor.cin7("me")
    assert visitor.cin7("me").status_code == 200


def test_a_token_answer_may_come_too_late_though_the_token_has_changed(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.LATE, "oauth", nth=1, seconds=60))
    visitor.http.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        visitor.renew()
    assert visitor.served.grants.refresh_token != visitor.served.environ["QBO_REFRESH_TOKEN"]


def test_a_refused_token_is_taken_the_next_time(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.UNAUTHORISED, "qbo", nth=1))
    assert [visitor.qbo("preferences").status_code for _ in range(2)] == [401, 200]


def ids(response: httpx.Response) -> list[str]:
    return [row["SaleID"] for row in response.json()["SaleList"]]


def test_a_row_that_goes_between_pages_makes_a_client_miss_one(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.SHIFT_DELETE, path="salelist", nth=2))
    first, second = visitor.cin7("saleList", Page=1), visitor.cin7("saleList", Page=2)
    third = visitor.cin7("saleList", Page=3)
    assert (first.json()["Total"], second.json()["Total"], third.json()["Total"]) == (250, 249, 250)
    assert len(set(ids(first)) | set(ids(second)) | set(ids(third))) == 249


def test_a_row_that_comes_between_pages_makes_a_client_see_one_twice(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.SHIFT_INSERT, path="salelist", nth=2))
    first, second = visitor.cin7("saleList", Page=1), visitor.cin7("saleList", Page=2)
    assert ids(first)[-1] == ids(second)[0]


def test_quickbooks_rows_shift_between_pages_too(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.SHIFT_DELETE, "qbo", "query", nth=2))
    first = visitor.query("select * from Invoice orderby Id maxresults 10")["Invoice"]
    second = visitor.query("select * from Invoice orderby Id startposition 11 maxresults 10")["Invoice"]
    assert (first[-1]["Id"], second[0]["Id"]) == ("10", "12")


def test_total_may_move(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.MOVING_TOTAL, nth=2))
    assert [visitor.cin7("transactions").json()["Total"] for _ in range(3)] == [300, 301, 300]


def test_a_page_may_repeat_a_row(practice: Any) -> None:
    found = ids(faulty(practice, Rule(Kind.DUPLICATE_ROWS)).cin7("saleList", Limit=3))
    assert (len(found), found[0]) == (4, found[-1])


def test_words_that_nobody_documented(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.UNKNOWN_TYPE, path="transactions"), Rule(Kind.UNKNOWN_STATUS, path="salelist"))
    assert visitor.cin7("transactions").json()["Transactions"][0]["Type"] == "Kitting"
    assert visitor.cin7("saleList").json()["SaleList"][0]["Status"] == "PARKED"


def test_what_is_empty_is_null_blank_or_missing_in_turn(practice: Any) -> None:
    rows = faulty(practice, Rule(Kind.EMPTIES)).cin7("saleList", Limit=6).json()["SaleList"]
    forms = {repr(row["ExternalID"]) if "ExternalID" in row else "missing" for row in rows}
    assert forms == {"None", "''", "missing"}


@pytest.mark.parametrize(
    ("kind", "left"),
    [(Kind.FIELD_NULL, {"Customer": None}), (Kind.FIELD_BLANK, {"Customer": ""}), (Kind.FIELD_MISSING, {})],
)
def test_a_single_field_may_be_gone(practice: Any, kind: Kind, left: dict[str, Any]) -> None:
    rows = faulty(practice, Rule(kind, path="salelist", field="Customer")).cin7("saleList", Limit=2).json()["SaleList"]
    assert {key: value for key, value in rows[0].items() if key == "Customer"} == left
    assert rows[1]["Customer"] == "Customer 2"


def test_keys_are_misspelled_as_the_vendor_does(practice: Any) -> None:
    visitor = faulty(practice, Rule(Kind.TYPOS))
    assert "InvocieNumber" in visitor.cin7("purchase", ID="p2").json()
    assert "UOM " in visitor.cin7("product").json()["Products"][0]


def test_faults_leave_the_books_as_they_are(practice: Any, hand_world: World) -> None:
    rules = [Rule(kind, field="Customer") for kind in ROW_KINDS]
    visitor = faulty(practice, *rules)
    for page in (1, 2):
        visitor.cin7("saleList", Page=page)
    visitor.served.faults = Faults()
    assert ids(visitor.cin7("saleList", Limit=1000)) == [row["SaleID"] for row in hand_world.cin7.lists["salelist"]]
    assert hand_world.cin7.lists["salelist"][0]["Customer"] == "Customer 1"


def ask_for_me(served: Served) -> int:
    environ = served.environ
    headers = {"api-auth-accountid": environ["CIN7_ACCOUNT_ID"]}
    headers["api-auth-applicationkey"] = environ["CIN7_APPLICATION_KEY"]
    return httpx.get(environ["CIN7_BASE_URL"] + "/me", headers=headers).status_code


def test_a_break_of_the_practice_company_itself_is_never_silent(hand_world: World) -> None:
    hand_world.cin7.me["Rate"] = {1, 2}  # no payload can hold a set
    with pytest.raises(RuntimeError, match="set has no place"), serve(hand_world) as served:
        assert ask_for_me(served) == 500
