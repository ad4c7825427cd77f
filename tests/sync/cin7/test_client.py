"""The Cin7 client over scripted answers: what it asks, how it pages, what it refuses to believe."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cin7.client import Cin7Access, Cin7Client, Page
from sync.cin7.resources import BY_NAME
from sync.errors import AuthExpired, Rejected, UnexpectedPayload
from sync.transport import MemoryCallLog, Tally
from tests.sync.cin7.conftest import Handler, Make
from tests.sync.wires import Clock

SALES, LEDGER, STOCK = BY_NAME["sales"], BY_NAME["transactions"], BY_NAME["availability"]


def listed(rows: list[dict[str, Any]], *, cap: int = 1000, total: Callable[[int], int | None] | None = None) -> Handler:
    """A list of sales as Cin7 pages it; `cap` is its largest page, `total` what it announces on each call."""
    count = iter(range(10_000))

    def handler(request: httpx.Request) -> httpx.Response:
        page, limit = int(request.url.params["Page"]), min(cap, int(request.url.params["Limit"]))
        n, told = next(count), len(rows)
        body: dict[str, Any] = {"Page": page, "SaleList": rows[(page - 1) * limit : page * limit]}
        announced = told if total is None else total(n)
        return httpx.Response(200, json=body if announced is None else {"Total": announced, **body})

    return handler


def sales(count: int) -> list[dict[str, Any]]:
    return [{"SaleID": f"{n:08d}"} for n in range(count)]


def ids(pages: Iterator[Page]) -> list[str]:
    return [row["SaleID"] for page in pages for row in page.rows]


def test_there_is_no_way_to_send_anything_but_get(client: Make) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"Total": 1, "Page": 1, "SaleList": [{"SaleID": "a"}], "Currency": "USD"})

    cin7, tally = client(handler), Tally()
    cin7.me(tally=tally)
    cin7.page(SALES, tally=tally, UpdatedSince="2026-01-01T00:00:00.000")
    list(cin7.pages(SALES, tally=tally))
    cin7.detail(SALES, "a", tally=tally)
    list(cin7.details(SALES, ["a", "b"], tally=tally))
    assert {request.method for request in seen} == {"GET"}
    assert {bool(request.content) for request in seen} == {False}
    public = {name for name, _ in inspect.getmembers(Cin7Client, inspect.isfunction) if not name.startswith("_")}
    assert public == {"me", "page", "pages", "detail", "details", "close"}
    assert (tally.calls, cin7.sent.calls) == (6, 6)


def test_a_call_carries_the_keys_in_its_headers_and_the_filters_in_its_address(client: Make) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"Total": 0, "Page": 1, "SaleList": []})

    client(handler).page(SALES, tally=Tally(), page=2, limit=50, UpdatedSince="2026-01-01T00:00:00.000")
    assert seen[0].headers["api-auth-accountid"] == "the-account"
    assert seen[0].headers["api-auth-applicationkey"] == "the-key"
    assert seen[0].url.path == "/ExternalApi/v2/saleList"
    assert dict(seen[0].url.params) == {"Page": "2", "Limit": "50", "UpdatedSince": "2026-01-01T00:00:00.000"}


def test_the_keys_are_never_shown() -> None:
    shown = repr(Cin7Access("http://127.0.0.1", "the-account", "the-key"))
    assert "the-account" not in shown
    assert "the-key" not in shown


def test_wrong_keys_end_in_words_without_them(client: Make) -> None:
    cin7, tally = client(lambda request: httpx.Response(403, text="Incorrect credentials!")), Tally()
    with pytest.raises(AuthExpired, match="CIN7_APPLICATION_KEY") as caught:
        cin7.me(tally=tally)
    assert "the-key" not in str(caught.value)
    assert tally.calls == 1


@given(count=st.integers(0, 60), limit=st.integers(1, 25), cap=st.integers(1, 25))
def test_every_row_comes_once_however_small_the_pages_are(count: int, limit: int, cap: int) -> None:
    clock = Clock()
    http = httpx.Client(transport=httpx.MockTransport(listed(sales(count), cap=cap)))
    cin7 = Cin7Client(
        Cin7Access("http://127.0.0.1", "a", "k"), MemoryCallLog(), clock=clock, sleep=clock.sleep, http=http
    )
    tally = Tally()
    assert ids(cin7.pages(SALES, tally=tally, limit=limit)) == [row["SaleID"] for row in sales(count)]
    assert tally.calls == max(1, -(-count // min(limit, cap)))
    cin7.close()


def test_a_list_without_a_total_ends_with_a_short_page(client: Make) -> None:
    tally = Tally()
    cin7 = client(listed(sales(25), total=lambda n: None))
    assert len(ids(cin7.pages(SALES, tally=tally, limit=10))) == 25
    assert tally.calls == 3


def test_a_list_that_grows_meanwhile_is_followed(client: Make) -> None:
    cin7, tally = client(listed(sales(45), total=lambda n: 20 if n < 1 else 45)), Tally()
    assert len(ids(cin7.pages(SALES, tally=tally, limit=10))) == 45
    assert tally.calls == 5


def test_a_total_that_promises_too_much_ends_with_the_first_empty_page(client: Make) -> None:
    cin7, tally = client(listed(sales(15), total=lambda n: 10_000)), Tally()
    assert len(ids(cin7.pages(SALES, tally=tally, limit=10))) == 15
    assert tally.calls < 30


def test_a_first_page_that_was_read_already_is_not_read_again(client: Make) -> None:
    cin7, tally = client(listed(sales(25))), Tally()
    first = cin7.page(SALES, tally=tally, limit=10)
    assert len(ids(cin7.pages(SALES, tally=tally, limit=10, first=first))) == 25
    assert tally.calls == 3


@pytest.mark.parametrize(
    "body",
    [
        {"Total": 1, "StockAdjustmentList": [{}]},
        {"Total": 1, "StockTakeList": [{}]},
        {"TOTAL": 1, "stocktakelist": [{}]},
    ],
)
def test_a_list_is_found_under_each_of_its_names(client: Make, body: dict[str, Any]) -> None:
    page = client(lambda request: httpx.Response(200, json=body)).page(BY_NAME["stock_takes"], tally=Tally())
    assert (page.rows, page.total) == ([{}], 1)


def test_the_total_of_production_orders_stands_in_their_rows(client: Make) -> None:
    body = {"ProductionOrderListItems": [{"TotalCount": 6.0}]}
    page = client(lambda request: httpx.Response(200, json=body)).page(BY_NAME["production_orders"], tally=Tally())
    assert page.total == 6


def test_a_null_list_is_empty(client: Make) -> None:
    body = {"Total": 0, "Page": 1, "SaleList": None}
    assert client(lambda request: httpx.Response(200, json=body)).page(SALES, tally=Tally()).rows == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"Total": 1, "Page": 1, "Sales": []}, r"saleList answered without SaleList \(keys: Page, Sales, Total\)"),
        ({"SaleList": {}}, "SaleList of saleList should be a list of objects"),
        ({"SaleList": [1]}, "SaleList of saleList should be a list of objects"),
        ({"SaleList": [], "Total": "many"}, "Total"),
        ([], "saleList answered a list, no object"),
    ],
)
def test_an_answer_of_another_form_is_named(client: Make, body: object, words: str) -> None:
    with pytest.raises(UnexpectedPayload, match=words):
        client(lambda request: httpx.Response(200, json=body)).page(SALES, tally=Tally())


def test_a_page_out_of_range_is_our_own_fault(client: Make) -> None:
    with pytest.raises(ValueError, match="1 to 1000 rows, not 1001"):
        client(listed([])).page(SALES, tally=Tally(), limit=1001)


def test_a_credit_notes_detail_is_its_sale(client: Make) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ID": "a1"})

    client(handler).detail(BY_NAME["sale_credit_notes"], "a1/cr-00002", tally=Tally())
    assert (seen[0].url.path, dict(seen[0].url.params)) == (
        "/ExternalApi/v2/sale",
        {"ID": "a1", "IncludeTransactions": "true"},
    )


def test_a_money_transfer_is_found_under_bank_transfers(client: Make) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("moneyOperation"):
            return httpx.Response(400, json=[{"ErrorCode": 400, "Exception": "not found"}])
        return httpx.Response(200, json={"TaskID": request.url.params["TaskID"]})

    tally = Tally()
    cin7 = client(handler)
    assert cin7.detail(BY_NAME["money_tasks"], "t1", tally=tally) == {"TaskID": "t1"}
    assert list(cin7.details(BY_NAME["money_tasks"], ["t2", "t3"], tally=tally)) == [{"TaskID": "t2"}, {"TaskID": "t3"}]
    assert tally.calls == 6


def test_a_document_that_is_not_there_is_rejected(client: Make) -> None:
    cin7 = client(lambda request: httpx.Response(400, json=[{"ErrorCode": 400, "Exception": "not found"}]))
    with pytest.raises(Rejected, match="refused sale: not found"):
        cin7.detail(SALES, "a", tally=Tally())
    empty = client(lambda request: httpx.Response(200, json={"Journals": []}))
    with pytest.raises(Rejected, match="no such document"):
        empty.detail(BY_NAME["journals"], "a", tally=Tally())


def test_details_come_in_the_order_asked(client: Make) -> None:
    cin7 = client(lambda request: httpx.Response(200, json={"ID": request.url.params["ID"]}))
    wanted = [f"s{n}" for n in range(50)]
    assert list(cin7.details(SALES, wanted, tally=Tally())) == [{"ID": id_} for id_ in wanted]


def test_a_detail_that_is_refused_or_makes_no_sense_stops_no_other(client: Make) -> None:
    answers = {"gone": (400, [{"ErrorCode": 400, "Exception": "not found"}]), "odd": (200, ["no", "object"])}

    def handler(request: httpx.Request) -> httpx.Response:
        id_ = request.url.params["ID"]
        status, body = answers.get(id_, (200, {"ID": id_}))
        return httpx.Response(status, json=body)

    tally = Tally()
    told = list(client(handler).details(SALES, ["a", "gone", "odd", "b"], tally=tally))
    assert [type(each) for each in told] == [dict, Rejected, UnexpectedPayload, dict]
    assert tally.calls == 4


def test_a_refusal_of_more_than_one_document_ends_the_reading(client: Make) -> None:
    cin7 = client(lambda request: httpx.Response(302, headers={"Location": "https://example.com"}))
    with pytest.raises(Rejected, match="redirects elsewhere"):
        list(cin7.details(SALES, ["a", "b"], tally=Tally()))


def test_sixty_calls_a_minute_are_kept(client: Make, clock: Clock) -> None:
    sent: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(clock())
        return httpx.Response(200, json={"ID": "x"})

    cin7 = client(handler)
    for n in range(125):
        cin7.detail(SALES, str(n), tally=Tally())
    assert all(late - early >= 60.0 for early, late in zip(sent, sent[60:], strict=False))
    assert clock.slept < 2 * 60.0 / 0.95


def test_truncated_pages_and_html_are_asked_for_again(client: Make) -> None:
    whole = json.dumps({"Total": 1, "Page": 1, "SaleList": [{"SaleID": "a"}]})
    answers = iter([whole[:-20], "<html>Page not found</html>", "", whole])
    tally = Tally()
    page = client(lambda request: httpx.Response(200, text=next(answers))).page(SALES, tally=tally)
    assert (page.rows, tally.calls) == ([{"SaleID": "a"}], 4)


def test_rows_of_stock_are_told_apart_by_place() -> None:
    row = {"ID": "P1", "Location": "Main", "Bin": None, "Batch": "B", "ExpiryDate": None}
    assert STOCK.key(row) != STOCK.key({**row, "Batch": "C"})
    assert STOCK.key(row) == STOCK.key({**row, "Bin": ""})


def test_ledger_rows_have_no_key_and_a_row_without_its_id_is_not_swallowed() -> None:
    assert LEDGER.key({"TaskID": "x"}) == ""
    with pytest.raises(UnexpectedPayload, match="SaleID"):
        SALES.key({"OrderNumber": "SO-1"})


def test_the_credit_notes_of_one_sale_are_told_apart() -> None:
    notes = BY_NAME["sale_credit_notes"]
    assert notes.key({"SaleID": "A1", "CreditNoteNumber": "CR-1"}) == "a1/cr-1"
    assert notes.key({"SaleID": "A1", "CreditNoteNumber": None}) == "a1"
    assert notes.detail_id("a1/cr-1") == "a1"
