from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sync.errors import AuthExpired, QuotaSpent, Rejected, Unavailable, UnexpectedPayload
from sync.qbo import statements
from sync.qbo.auth import Grant
from sync.qbo.client import QboClient
from sync.transport import Tally

from .conftest import REALM, Clock, Intuit
from .script import Script, rows

MakeClient = Callable[..., QboClient]


def test_every_call_names_company_version_form_and_token(client_of: MakeClient) -> None:
    script = Script([rows("Invoice", "1")])
    client_of(script).query("Invoice", tally=Tally())
    [request] = script.asked
    assert request.method == "GET"
    assert request.url.path == f"/v3/company/{REALM}/query"
    assert request.url.params["minorversion"] == "75"
    assert request.headers["accept"] == "application/json"
    assert request.headers["authorization"] == "Bearer token"
    assert "token" not in str(request.url)


def test_values_reach_quickbooks_unchanged(client_of: MakeClient) -> None:
    script = Script([rows("Customer", "1")])
    nasty = "O'Neil & Söhne + 50% \\ #1?"
    client_of(script).query("Customer", where=f"DisplayName = {statements.quote(nasty)}", tally=Tally())
    raw = urlsplit(str(script.asked[0].url)).query
    assert statements.quote(nasty) in parse_qs(raw)["query"][0]
    assert "&" not in raw.replace("&minorversion", "").replace("&query", "")


def test_a_long_statement_goes_as_a_body(client_of: MakeClient) -> None:
    script = Script([rows("Invoice", "1")])
    where = statements.among([str(number) for number in range(500)])
    client_of(script).query("Invoice", where=where, tally=Tally())
    [request] = script.asked
    assert request.method == "POST"
    assert request.url.path == f"/v3/company/{REALM}/query"
    assert request.headers["content-type"] == "application/text"
    assert request.content.decode() == statements.select("Invoice", where=where)


def test_no_rows_have_no_key(client_of: MakeClient) -> None:
    assert client_of(Script([rows("Invoice")])).query("Invoice", tally=Tally()) == []


def test_rows_of_another_entity_are_refused(client_of: MakeClient) -> None:
    with pytest.raises(UnexpectedPayload, match="a query for Invoice was answered with Bill"):
        client_of(Script([rows("Bill", "1")])).query("Invoice", tally=Tally())


def test_a_row_without_id_is_refused(client_of: MakeClient) -> None:
    answer = httpx.Response(200, json={"QueryResponse": {"Invoice": [{"DocNumber": "1"}]}})
    with pytest.raises(UnexpectedPayload, match="a row has no Id; it has DocNumber"):
        list(client_of(Script([answer])).everything("Invoice", tally=Tally()))


def test_everything_walks_the_pages_and_counts_its_calls(client_of: MakeClient) -> None:
    first = [str(number) for number in range(1000)]
    script, tally = Script([rows("Item", *first), rows("Item", "999", "1000")]), Tally()
    client = client_of(script)
    found = [row["Id"] for page in client.everything("Item", tally=tally) for row in page]
    assert found == [*first, "1000"]
    assert tally.calls == client.sent.calls == 2
    assert script.statements[1] == (
        "SELECT * FROM Item WHERE Active IN (true, false) ORDERBY Id STARTPOSITION 1000 MAXRESULTS 1000"
    )


def test_a_count_is_read(client_of: MakeClient) -> None:
    script = Script([httpx.Response(200, json={"QueryResponse": {"totalCount": 41}})])
    assert client_of(script).count("Invoice", tally=Tally()) == 41
    with pytest.raises(UnexpectedPayload, match="without totalCount"):
        client_of(Script([rows("Invoice")])).count("Invoice", tally=Tally())


def test_exchange_rates_are_asked_without_an_order_for_they_have_no_id(client_of: MakeClient) -> None:
    rate = {"SourceCurrencyCode": "EUR", "Rate": 1.1, "AsOfDate": "2026-01-31"}
    script = Script([httpx.Response(200, json={"QueryResponse": {"ExchangeRate": [rate]}})])
    assert [page[0]["SourceCurrencyCode"] for page in client_of(script).exchange_rates(tally=Tally())] == ["EUR"]
    list(client_of(script).exchange_rates(at=date(2026, 1, 31), tally=Tally()))
    assert script.statements == [
        "SELECT * FROM ExchangeRate STARTPOSITION 1 MAXRESULTS 1000",
        "SELECT * FROM ExchangeRate WHERE AsOfDate = '2026-01-31' STARTPOSITION 1 MAXRESULTS 1000",
    ]


def test_a_batch_is_matched_by_its_ids_and_passing_faults_are_asked_again_alone(client_of: MakeClient) -> None:
    selects = [statements.select(entity) for entity in ("Invoice", "Bill", "Foo", "Payment", "Deposit")]
    items = [
        {"bId": "2", "Fault": {"Error": [{"Message": "no such entity", "code": "4001"}], "type": "ValidationFault"}},
        {"bId": "1", "QueryResponse": {"Bill": [{"Id": "7"}]}},
        {"bId": "3", "Fault": {"Error": [{"Message": "ThrottleExceeded", "code": "003001"}], "type": "SERVICE"}},
        {"bId": "0", "QueryResponse": {}},
    ]
    script = Script(
        [httpx.Response(200, json={"BatchItemResponse": items}), rows("Payment", "8"), rows("Deposit", "9")]
    )
    found = client_of(script).batch(selects, tally=Tally())
    assert found[:2] == [[], [{"Id": "7"}]]
    assert isinstance(found[2], Rejected)
    assert found[2].code == 4001
    assert found[3:] == [[{"Id": "8"}], [{"Id": "9"}]]
    assert script.asked[0].method == "POST"
    assert json.loads(script.asked[0].content)["BatchItemRequest"][1] == {"bId": "1", "Query": selects[1]}


def test_a_batch_never_has_more_than_thirty_items(client_of: MakeClient) -> None:
    sizes: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["BatchItemRequest"]
        sizes.append(len(asked))
        return httpx.Response(
            200, json={"BatchItemResponse": [{"bId": item["bId"], "QueryResponse": {}} for item in asked]}
        )

    assert client_of(answer).batch([statements.select("Bill")] * 65, tally=Tally()) == [[]] * 65
    assert sizes == [30, 30, 5]


def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    client_of: MakeClient, grant_of: Callable[[], Grant], intuit: Intuit
) -> None:
    expired = httpx.Response(
        401, json={"fault": {"error": [{"message": "x", "code": "3200"}], "type": "AUTHENTICATION"}}
    )
    script, tally = Script([expired, rows("Bill", "1")]), Tally()
    assert client_of(script, grant=grant_of()).query("Bill", tally=tally) == [{"Id": "1"}]
    assert [request.headers["authorization"] for request in script.asked] == ["Bearer access-1", "Bearer access-2"]
    assert tally.calls == 2, "token calls are not counted"
    assert len(intuit.asked) == 2


def test_a_token_refused_twice_ends_in_reconnect(
    client_of: MakeClient, grant_of: Callable[[], Grant], intuit: Intuit
) -> None:
    expired = httpx.Response(401, headers={"intuit_tid": "tid-1"})
    with pytest.raises(AuthExpired, match="tieout connect") as caught:
        client_of(Script([expired]), grant=grant_of()).query("Bill", tally=Tally())
    assert caught.value.request_id == "tid-1"
    assert len(intuit.asked) == 2


def test_a_truncated_answer_is_tried_again(client_of: MakeClient) -> None:
    script = Script([httpx.Response(200, text='{"QueryResponse": {"Bill": [{"Id"'), rows("Bill", "1")])
    assert client_of(script).query("Bill", tally=Tally()) == [{"Id": "1"}]


def test_a_system_that_stays_down_is_given_up(client_of: MakeClient, clock: Clock) -> None:
    tally = Tally()
    with pytest.raises(Unavailable, match="QuickBooks gave"):
        client_of(Script([httpx.Response(502, text="<html>bad gateway</html>")])).query("Bill", tally=tally)
    assert tally.calls > 2
    assert sum(clock.slept) < 30


def test_a_throttled_call_waits_a_minute(client_of: MakeClient, clock: Clock) -> None:
    throttled = httpx.Response(429, text="<IntuitResponse><Fault><Error code='3001'/></Fault></IntuitResponse>")
    tally = Tally()
    client_of(Script([throttled, rows("Bill", "1")])).query("Bill", tally=tally)
    assert (tally.calls, tally.throttled) == (2, 1)
    assert 60 <= sum(clock.slept) < 62


def test_the_monthly_block_is_told_at_once(client_of: MakeClient) -> None:
    script = Script([httpx.Response(429, json={"fault": {"error": [{"message": "monthly quota", "code": "3001"}]}})])
    with pytest.raises(QuotaSpent, match="next month"):
        client_of(script).query("Bill", tally=Tally())
    assert len(script.asked) == 1


def test_nothing_but_reads_can_be_sent(client_of: MakeClient) -> None:
    methods = {name for name in dir(QboClient) if not name.startswith("_")}
    assert methods == {
        "balance_sheet",
        "batch",
        "changes",
        "close",
        "company",
        "count",
        "everything",
        "exchange_rates",
        "exists",
        "ledger",
        "preferences",
        "profit_and_loss",
        "profit_and_loss_by_month",
        "query",
        "sent",
        "transaction_list",
        "trial_balance",
    }
    with pytest.raises(ValueError, match="not a name"):
        client_of(Script([rows("Bill")])).query("Bill DELETE", tally=Tally())
