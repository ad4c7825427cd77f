from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from sync.domain.period import Period
from sync.errors import Rejected, TooLarge, UnexpectedPayload
from sync.qbo.client import QboClient
from sync.transport import Tally

from .conftest import REALM
from .script import NOW, Script, fault, rows

MakeClient = Callable[..., QboClient]


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
