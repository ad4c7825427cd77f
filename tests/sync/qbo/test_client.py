from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sync.domain.period import Period
from sync.errors import AuthExpired, QuotaSpent, Rejected, TooLarge, Unavailable, UnexpectedPayload
from sync.qbo import statements
from sync.qbo.auth import Grant
from sync.qbo.client import QboClient
from sync.transport import Tally

from .conftest import REALM, Clock, Intuit

NOW = "2026-02-01T10:00:00-08:00"
MakeClient = Callable[..., QboClient]


@dataclass
class Script:
    """Answers requests in order, the last answer again and again, and keeps what was asked."""

    answers: list[httpx.Response | Exception]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def statements(self) -> list[str]:
        return [request.url.params.get("query", request.content.decode()) for request in self.asked]


def rows(entity: str, *ids: str) -> httpx.Response:
    found = {entity: [{"Id": id_} for id_ in ids], "startPosition": 1, "maxResults": len(ids)} if ids else {}
    return httpx.Response(200, json={"QueryResponse": found, "time": NOW})


def fault(code: str, status: int = 400, message: str = "Something") -> httpx.Response:
    body = {"Fault": {"Error": [{"Message": message, "Detail": "", "code": code}], "type": "ValidationFault"}}
    return httpx.Response(status, json=body)


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


def cdc(*responses: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"CDCResponse": [{"QueryResponse": list(responses)}], "time": NOW})


def test_changes_bring_rows_and_deletions_apart(client_of: MakeClient) -> None:
    gone = {
        "domain": "QBO",
        "status": "Deleted",
        "Id": "9",
        "MetaData": {"LastUpdatedTime": "2026-01-31T23:00:00-08:00"},
    }
    script = Script([cdc({"Invoice": [{"Id": "1"}, gone], "maxResults": 2}, {}, {"Bill": []})])
    found = client_of(script).changes(["Invoice", "Bill", "Item"], datetime(2026, 1, 30, 8, tzinfo=UTC), tally=Tally())
    assert found.rows == {"Invoice": [{"Id": "1"}], "Bill": [], "Item": []}
    [deletion] = found.deleted
    assert (deletion.entity, deletion.id, deletion.at) == ("Invoice", "9", datetime(2026, 2, 1, 7, tzinfo=UTC))
    assert found.time == datetime(2026, 2, 1, 18, tzinfo=UTC)
    assert not found.cut
    params = script.asked[0].url.params
    assert (params["entities"], params["changedSince"]) == ("Invoice,Bill,Item", "2026-01-30T08:00:00Z")


@pytest.mark.parametrize(("number", "cut"), [(999, False), (1000, True)])
def test_a_thousand_changes_may_be_cut(client_of: MakeClient, number: int, cut: bool) -> None:
    half = [{"Id": str(n)} for n in range(number - 400)]
    gone = [{"Id": f"d{n}", "status": "Deleted"} for n in range(400)]
    script = Script([cdc({"Invoice": half}, {"Bill": gone})])
    assert client_of(script).changes(["Invoice"], datetime.now(UTC), tally=Tally()).cut is cut


def test_nothing_changed_is_no_error(client_of: MakeClient) -> None:
    script = Script([httpx.Response(200, json={"CDCResponse": [{"QueryResponse": [{}, {}]}], "time": NOW})])
    found = client_of(script).changes(["Bill"], datetime.now(UTC), tally=Tally())
    assert (found.rows, found.deleted) == ({"Bill": []}, [])
    with pytest.raises(UnexpectedPayload, match="without CDCResponse"):
        client_of(Script([rows("Bill")])).changes(["Bill"], datetime.now(UTC), tally=Tally())


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        (httpx.Response(200, json={"Invoice": {"Id": "5"}}), True),
        (httpx.Response(200, json={"Invoice": {"Id": "5", "Active": True}}), True),
        (httpx.Response(200, json={"Invoice": {"Id": "5", "Active": False}}), False),
        (httpx.Response(200, json={"Invoice": {"Id": "5", "status": "Deleted"}}), False),
        (fault("610", message="Object Not Found"), False),
    ],
)
def test_what_is_deleted_or_inactive_does_not_exist(client_of: MakeClient, answer: httpx.Response, there: bool) -> None:
    script = Script([answer])
    assert client_of(script).exists("Invoice", "5/../6", tally=Tally()) is there
    assert script.asked[0].url.raw_path.startswith(f"/v3/company/{REALM}/invoice/5%2F..%2F6?".encode())


def test_another_refusal_of_a_read_is_told(client_of: MakeClient) -> None:
    with pytest.raises(Rejected, match="Something"):
        client_of(Script([fault("2030")])).exists("Invoice", "5", tally=Tally())


def test_company_facts_cost_two_calls(client_of: MakeClient) -> None:
    info = {"CompanyInfo": {"CompanyName": "Larry & Co", "FiscalYearStartMonth": "July", "Country": "US"}}
    preferences = {"Preferences": {"CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "CAD"}}}}
    script, tally = Script([httpx.Response(200, json=info), httpx.Response(200, json=preferences)]), Tally()
    facts = client_of(script).company(tally=tally)
    assert (facts.name, facts.currency, facts.fiscal_year_start_month, facts.multi_currency) == (
        "Larry & Co",
        "CAD",
        7,
        True,
    )
    assert tally.calls == 2
    assert [request.url.path.removeprefix(f"/v3/company/{REALM}") for request in script.asked] == [
        f"/companyinfo/{REALM}",
        "/preferences",
    ]


EMPTY_REPORT = {
    "Header": {"ReportName": "X", "Currency": "USD", "Option": [{"Name": "NoReportData", "Value": "true"}]},
    "Columns": {"Column": []},
    "Rows": {},
}
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def test_reports_name_both_dates_and_accrual(client_of: MakeClient) -> None:
    script = Script([httpx.Response(200, json=EMPTY_REPORT)])
    client, tally = client_of(script), Tally()
    assert client.ledger(MARCH, {}, currency="USD", multi_currency=False, tally=tally).postings == []
    assert client.trial_balance(MARCH.end, fiscal_start=date(2026, 1, 1), currency="USD", tally=tally) == {}
    assert client.profit_and_loss(MARCH, currency="USD", tally=tally) == {}
    assert client.balance_sheet(MARCH.end, fiscal_start=date(2026, 1, 1), currency="USD", tally=tally).balances == {}
    assert client.transaction_list(MARCH, currency="USD", tally=tally) == []
    assert tally.calls == 5
    for request in script.asked:
        params = request.url.params
        assert params["accounting_method"] == "Accrual"
        assert params["end_date"] == "2026-03-31"
        assert params["start_date"] in ("2026-03-01", "2026-01-01")
        assert "format" not in params


def test_a_ledger_that_is_too_large_says_so(client_of: MakeClient) -> None:
    script = Script([httpx.Response(200, text="Unable to display more data. Please reduce the date range.")])
    with pytest.raises(TooLarge):
        client_of(script).ledger(MARCH, {}, currency="USD", multi_currency=False, tally=Tally())
    assert len(script.asked) == 1


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
        "profit_and_loss",
        "profit_and_loss_by_month",
        "query",
        "sent",
        "transaction_list",
        "trial_balance",
    }
    with pytest.raises(ValueError, match="not a name"):
        client_of(Script([rows("Bill")])).query("Bill DELETE", tally=Tally())
