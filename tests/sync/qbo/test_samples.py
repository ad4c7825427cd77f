"""Every recorded payload goes through the client, its translators or the reader of faults; none is left out unnamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.domain.documents import Document
from sync.domain.period import Period
from sync.errors import AuthExpired, RateLimited, Rejected, TooLarge, Unavailable, UpstreamError
from sync.qbo import answers, to_domain, wire
from sync.qbo.auth import Grant, MemoryTokenStore
from sync.qbo.balances import read_balance_sheet, read_profit_and_loss
from sync.qbo.client import QboClient
from sync.qbo.company import read_company
from sync.qbo.faults import judge
from sync.qbo.listing import read_listing
from sync.qbo.reports import Report
from sync.qbo.resources import BY_NAME, Shape
from sync.transport import Answer, Refused, Tally, Throttled, Unauthorised, Unusable, Usable, Verdict

from .conftest import REALM, Intuit

pytestmark = pytest.mark.samples

YEAR = Period(date(2023, 5, 30), date(2024, 5, 29))
ENTITIES = {resource.api.lower(): resource for resource in BY_NAME.values()}
LEFT_OUT = {
    "_request.json": "bodies of writes; Tieout only reads",
    "webhook_": "notices that Intuit sends to us; they are no answer to a call",
    "oauth_discovery.json": "addresses come from the settings",
    "revocation_response.json": "Tieout never revokes: the person does, at Intuit",
    "revoketoken_response.json": "Tieout never revokes: the person does, at Intuit",
    "README.md": "tells about the others",
}
FAULTS: dict[str, tuple[int, type[Any], type[UpstreamError], int | None]] = {
    "fault_2020_required_param.json": (400, Refused, Rejected, 2020),
    "fault_4000_query_parse.json": (400, Refused, Rejected, 4000),
    "fault_401_malformed_token.json": (401, Unauthorised, AuthExpired, None),
    "fault_403_application_authorization_failed.json": (403, Refused, AuthExpired, None),
    "fault_403_authorization_failed.json": (403, Refused, AuthExpired, None),
    "fault_429_throttle_exceeded.xml": (429, Throttled, RateLimited, None),
    "fault_500_gateway_internal.json": (500, Unusable, Unavailable, None),
    "fault_500_unsupported_operation.json": (500, Refused, Rejected, 500),
    "fault_5010_stale_object.json": (400, Refused, Rejected, 5010),
    "fault_504_gateway_timeout.xml": (504, Unusable, Unavailable, None),
    "fault_610_object_not_found.json": (400, Refused, Rejected, 610),
    "cdc_payment_deleted.xml": (200, Unusable, Unavailable, None),  # XML, for its request did not ask for JSON
}
LISTS = {
    "recorded_accounts_list.json": (67, to_domain.account),
    "recorded_classes_list.json": (7, lambda row: to_domain.name("Class", row)),
    "recorded_departments_list.json": (14, lambda row: to_domain.name("Department", row)),
    "recorded_exchangerates_list.json": (144, to_domain.rate),
    "recorded_journalentries_list.json": (10, lambda row: to_domain.document("JournalEntry", row, "USD")),
    "recorded_purchases_list.json": (10, lambda row: to_domain.document("Purchase", row, "USD")),
}


def files(folder: Path, *ends: str, begins: str = "") -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.name.endswith(ends) and path.name.startswith(begins)]


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "qbo"


def verdict(path: Path, address: str, status: int = 200) -> Verdict:
    return judge(Answer(status, {}, path.read_bytes(), 0.1, f"v3/company/1/{address}"))


def usable(path: Path, address: str) -> Any:
    found = verdict(path, address)
    assert isinstance(found, Usable), path.name
    return found.value


def served(client_of: Callable[..., QboClient], path: Path) -> QboClient:
    return client_of(lambda _: httpx.Response(200, content=path.read_bytes()))


def translated(entity: str, row: Mapping[str, Any]) -> object:
    """The row as Tieout keeps it; kinds that it does not read are only looked at."""
    resource = ENTITIES.get(entity.lower())
    if resource is None:
        return wire.text(row, "Id")
    if resource.shape is Shape.TRANSACTION:
        return to_domain.document(entity, row, "USD")
    if entity in ("Account", "Item"):
        return to_domain.account(row) if entity == "Account" else to_domain.item(row)
    return to_domain.name(entity, row)


def test_no_sample_is_forgotten(folder: Path) -> None:
    read = {*FAULTS, *LISTS}
    read |= {path.name for path in files(folder, *READ_ENDS)}
    read |= {path.name for path in folder.iterdir() if path.name.startswith(READ_BEGINS)}
    left = {path.name for path in folder.iterdir() if any(part in path.name for part in LEFT_OUT)}
    assert {path.name for path in folder.iterdir()} - read - left == set()


READ_BEGINS = (
    "report_",
    "batch_response",
    "cdc_response",
    "oauth_",
    "preferences_",
    "recorded_preferences",
    "invoice_create_response",
)
READ_ENDS = (
    "_query.json",
    "_query_recorded.json",
    "_read.json",
    "_read_recorded.json",
    "_create_recorded.json",
    "_create_response.json",
    "_delete_response.json",
    "_void_response.json",
    "_void_recorded.json",
)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_verdict(folder: Path, name: str) -> None:
    status, kind, error, code = FAULTS[name]
    found = verdict(folder / name, "query", status)
    assert type(found) is kind
    assert not isinstance(found, Usable)
    assert type(found.error) is error
    assert getattr(found.error, "code", None) == code


def test_the_recorded_timeout_of_a_ledger_means_that_it_is_too_large(folder: Path) -> None:
    found = verdict(folder / "fault_504_gateway_timeout.xml", "reports/GeneralLedger", 504)
    assert isinstance(found, Refused)
    assert isinstance(found.error, TooLarge)


def test_each_query_gives_its_rows(folder: Path, client_of: Callable[..., QboClient]) -> None:
    seen = 0
    for path in files(folder, "_query.json", "_query_recorded.json"):
        response = wire.decode(path.read_bytes())["QueryResponse"]
        entity = next(key for key, value in response.items() if isinstance(value, list))
        rows = served(client_of, path).query(entity, tally=Tally())
        assert [translated(entity, row) for row in rows], path.name
        assert len(rows) == len(response[entity])
        seen += 1
    assert seen >= 25


def test_each_read_is_there_and_is_translated(folder: Path, client_of: Callable[..., QboClient]) -> None:
    singles = ("companyinfo_", "preferences_")
    ends = (
        "_read.json",
        "_create_recorded.json",
        "_create_response.json",
        "_void_response.json",
        "_void_recorded.json",
    )
    for path in files(folder, *ends, "_company_2024.json"):
        if path.name.startswith(singles):
            continue
        body = wire.decode(path.read_bytes())
        entity = next(key for key, value in body.items() if isinstance(value, dict))
        assert served(client_of, path).exists(entity, body[entity]["Id"], tally=Tally()), path.name
        found = translated(entity, body[entity])
        if isinstance(found, Document):
            assert found.updated is not None
            assert found.day is not None
            assert found.voided is ("_void_" in path.name), path.name


def test_each_deletion_is_one(folder: Path, client_of: Callable[..., QboClient]) -> None:
    for path in files(folder, "_delete_response.json"):
        body = wire.decode(path.read_bytes())
        entity = next(key for key, value in body.items() if isinstance(value, dict))
        assert to_domain.is_deletion(body[entity])
        assert not served(client_of, path).exists(entity, body[entity]["Id"], tally=Tally())


@pytest.mark.parametrize("name", LISTS)
def test_each_recorded_list_is_translated(folder: Path, name: str) -> None:
    number, translate = LISTS[name]
    found = [translate(row) for row in wire.decode((folder / name).read_bytes())]
    assert len(found) == number


def test_recorded_journals_balance(folder: Path) -> None:
    for row in wire.decode((folder / "recorded_journalentries_list.json").read_bytes()):
        lines = to_domain.document("JournalEntry", row, "USD").lines
        assert sum((line.amount or 0) * (1 if line.debit else -1) for line in lines) == 0


def test_recorded_rates_say_home_units_for_one_foreign_unit(folder: Path) -> None:
    rates = {
        rate.currency: rate
        for rate in map(to_domain.rate, wire.decode((folder / "recorded_exchangerates_list.json").read_bytes()))
    }
    assert rates["GBP"].rate > 1 > rates["CAD"].rate > rates["JPY"].rate


def test_company_and_preferences_become_facts(folder: Path) -> None:
    info = usable(folder / "companyinfo_read.json", "companyinfo/1")["CompanyInfo"]
    preferences = usable(folder / "preferences_read.json", "preferences")["Preferences"]
    found = read_company(info, preferences)
    assert (found.name, found.currency, found.fiscal_year_start_month) == ("Larry's Bakery", "USD", 1)
    assert (found.close_day, found.start_day, found.tracks_quantity) == (date(2018, 12, 31), date(2015, 6, 5), True)
    recorded = wire.decode((folder / "preferences_read_recorded.json").read_bytes())["Preferences"]
    assert read_company(info, recorded).close_day is None
    foreign = wire.decode((folder / "recorded_preferences_body.json").read_bytes())
    assert read_company({}, foreign).multi_currency is True


def test_the_batch_answer_is_read_item_by_item(folder: Path) -> None:
    items = answers.items_of(usable(folder / "batch_response_with_faults.json", "batch"))
    assert sorted(items) == ["bid1", "bid2", "bid3", "bid4"]
    [row] = answers.rows_of(items["bid4"], "SalesReceipt")
    assert to_domain.document("SalesReceipt", row, "USD").total == 33750


def test_changes_and_deletions_are_read(folder: Path, client_of: Callable[..., QboClient]) -> None:
    client = served(client_of, folder / "cdc_response_with_delete_docs.json")
    found = client.changes(["Customer", "Estimate"], datetime(2015, 12, 1, tzinfo=UTC), tally=Tally())
    assert {entity: len(rows) for entity, rows in found.rows.items()} == {"Customer": 2, "Estimate": 2}
    assert found.deleted == [to_domain.Deletion("Estimate", "979", datetime(2015, 12, 23, 20, 55, 50, tzinfo=UTC))]
    assert found.time == datetime(2015, 12, 23, 20, 56, 6, 196000, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["oauth_success_refreshtoken_response", "oauth_success_token_response", "oauth_token_response_docs"]
)
def test_token_answers_are_kept(
    folder: Path, name: str, grant_of: Callable[[], Grant], intuit: Intuit, store: MemoryTokenStore
) -> None:
    body = (folder / f"{name}.json").read_bytes()
    intuit.problems = [lambda _: httpx.Response(200, content=body)]
    assert grant_of().bearer() == wire.decode(body)["access_token"]
    kept = store.load(REALM)
    assert kept is not None
    assert kept.refresh == wire.decode(body)["refresh_token"]


@pytest.mark.parametrize("name", ["oauth_invalid_grant", "oauth_invalid_grant_bare"])
def test_an_invalid_grant_ends_the_connection(
    folder: Path, name: str, grant_of: Callable[[], Grant], intuit: Intuit
) -> None:
    intuit.problems = [lambda _: httpx.Response(400, content=(folder / f"{name}.json").read_bytes())]
    with pytest.raises(AuthExpired, match="tieout connect"):
        grant_of().bearer()


def test_an_unknown_failure_of_the_token_endpoint_ends_nothing(
    folder: Path, grant_of: Callable[[], Grant], intuit: Intuit
) -> None:
    intuit.problems = [
        lambda _: httpx.Response(400, content=(folder / "oauth_failure_token_response.json").read_bytes())
    ]
    assert grant_of().bearer() == "access-2"


def test_every_report_is_read_as_a_tree(folder: Path) -> None:
    for path in files(folder, ".json", begins="report_"):
        found = usable(path, f"reports/{path.name.split('_')[1]}")
        assert isinstance(found, Report)
        assert found.rows, path.name
        assert found.columns, path.name
        assert found.currency == "USD"


def test_documentation_samples_of_our_reports_are_read(folder: Path) -> None:
    sheet = usable(folder / "report_BalanceSheet_docs2016.json", "reports/BalanceSheet")
    assert read_balance_sheet(sheet, date(2016, 10, 31), "USD").balances["35"] == 135055
    profit = usable(folder / "report_ProfitAndLoss_customer_recorded2022.json", "reports/ProfitAndLoss")
    [found] = read_profit_and_loss(profit, Period(date(2022, 6, 1), date(2022, 9, 30)), "USD")
    assert -sum(found.movements.values()) == found.totals["NetIncome"] == 63000
    [listed] = read_listing(usable(folder / "report_TransactionList_docs2017.json", "reports/TransactionList"), "USD")
    assert (listed.id, listed.entity, listed.amount, listed.account) == ("151", "Invoice", 4760, "84")
