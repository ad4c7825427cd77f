"""Small books made by hand, and a visitor who calls the practice servers as a client would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sync.sandbox.books import Cin7Books, QboBooks, QboPosting, World
from sync.sandbox.faults import Faults
from sync.sandbox.serve import Served, serve
from sync.sandbox.switches import Switches

TODAY = date(2026, 1, 31)


@dataclass
class Visitor:
    """Calls both servers; signs in at the first call to QuickBooks and keeps the token."""

    served: Served
    http: httpx.Client
    bearer: str = ""
    refresh: str = field(default="")

    def cin7(self, path: str, method: str = "GET", **params: Any) -> httpx.Response:
        environ = self.served.environ
        headers = {
            "api-auth-accountid": environ["CIN7_ACCOUNT_ID"],
            "api-auth-applicationkey": environ["CIN7_APPLICATION_KEY"],
        }
        return self.http.request(method, f"{environ['CIN7_BASE_URL']}/{path}", params=params, headers=headers)

    def token(self, **form: str) -> httpx.Response:
        environ = self.served.environ
        auth = (environ["QBO_CLIENT_ID"], environ["QBO_CLIENT_SECRET"])
        return self.http.post(environ["QBO_TOKEN_URL"], data=form, auth=auth)

    def renew(self, refresh: str | None = None) -> httpx.Response:
        given = refresh or self.refresh or self.served.environ["QBO_REFRESH_TOKEN"]
        response = self.token(grant_type="refresh_token", refresh_token=given)
        if response.status_code == 200:
            self.bearer, self.refresh = response.json()["access_token"], response.json()["refresh_token"]
        return response

    def qbo(self, path: str, method: str = "GET", accept: str = "application/json", **given: Any) -> httpx.Response:
        if not self.bearer:
            assert self.renew().status_code == 200
        environ = self.served.environ
        url = f"{environ['QBO_BASE_URL']}/v3/company/{environ['QBO_REALM_ID']}/{path}"
        headers = {"Authorization": f"Bearer {self.bearer}", "Accept": accept}
        return self.http.request(method, url, headers=headers, **given)

    def query(self, statement: str) -> dict[str, Any]:
        """The QueryResponse; a fault is an assertion."""
        response = self.qbo("query", params={"query": statement})
        assert response.status_code == 200, response.text
        return exact(response)["QueryResponse"]  # type: ignore[no-any-return]  # JSON has no types


def exact(response: httpx.Response) -> Any:
    return json.loads(response.text, parse_float=Decimal)


Practice = Callable[..., Visitor]


@pytest.fixture
def practice(hand_world: World) -> Iterator[Practice]:
    """practice(rules..., limits=False, ...) -> a visitor to a freshly served world."""
    with ExitStack() as stack:

        def start(world: World | None = None, *, faults: Faults | None = None, **options: Any) -> Visitor:
            options.setdefault("limits", False)
            served = stack.enter_context(serve(world or hand_world, faults=faults, **options))
            return Visitor(served, stack.enter_context(httpx.Client(timeout=20)))

        yield start


def account(key: str, name: str, kind: str, subtype: str = "", parent: str = "", full: str = "") -> dict[str, Any]:
    stamp = "2026-01-05T10:00:00-08:00"
    told: dict[str, Any] = {"Id": key, "Name": name, "FullyQualifiedName": full or name, "AccountType": kind}
    told |= {"AccountSubType": subtype, "Active": True, "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp}}
    return told | ({"ParentRef": {"value": parent}, "SubAccount": True} if parent else {})


def invoice(number: int) -> dict[str, Any]:
    return {
        "Id": str(number),
        "DocNumber": f"INV-{number:05d}",
        "TxnDate": f"2026-01-{number % 28 + 1:02d}",
        "TotalAmt": Decimal(number) + Decimal("0.10"),
        "CustomerRef": {"value": "1", "name": "O'Neil \\ Sons"},
        "PrivateNote": "",
        "MetaData": {
            "CreateTime": "2026-01-02T08:00:00-08:00",
            "LastUpdatedTime": f"2026-01-{number % 28 + 1:02d}T08:00:00-08:00",
        },
    }


def sale(number: int) -> dict[str, Any]:
    return {
        "SaleID": f"AAAAAAAA-0000-0000-0000-{number:012d}",
        "OrderNumber": f"SO-{number:05d}",
        "Status": "COMPLETED" if number % 2 else "VOIDED",
        "OrderDate": f"2026-01-{number % 28 + 1:02d}T00:00:00",
        "Customer": f"Customer {number}",
        "InvoiceAmount": Decimal("10.50"),
        "Updated": f"2026-01-{number % 28 + 1:02d}T10:00:00.{number % 10}Z",
        "CombinedPickingStatus": "PICKED" if number % 3 else "NOT PICKED",
        "ExternalID": None,
    }


def transaction(day: int, number: int, debit: str = "610", credit: str = "200") -> dict[str, Any]:
    return {
        "TaskID": f"bbbbbbbb-0000-0000-0000-{number:012d}",
        "DebitAccountCode": debit,
        "CreditAccountCode": credit,
        "Amount": Decimal("12.30") + number,
        "EffectiveDate": f"2026-01-{day:02d}T00:00:00",
        "Reference": f"INV-{number:05d}",
        "Transaction": f"Customer - INV-{number:05d}",
        "Type": "Sale",
    }


def product(number: int, status: str = "Active") -> dict[str, Any]:
    told: dict[str, Any] = {"ID": f"PP-{number}", "SKU": f"SKU-{number}", "Name": f"Product {number}", "Status": status}
    told |= {"LastModifiedOn": f"2026-01-{number:02d}T00:00:00Z", "UOM": "Item", "Suppliers": [{"SupplierID": "s"}]}
    return told | {"Movements": [], "BillOfMaterialsProducts": [{"ProductCode": "x"}]}


def _cin7() -> Cin7Books:
    first = sale(1)
    detail = {"ID": first["SaleID"].lower(), "Transactions": [{"Amount": 1}], "InventoryMovements": [{"COGS": 2}]}
    return Cin7Books(
        me={"Company": "Practice Ltd", "Currency": "USD", "TimeZone": "America/New_York"},
        lists={
            "ref/account": [{"Code": "610", "Name": "Debtors"}, {"Code": "200", "Name": "Sales"}],
            "salelist": [sale(number) for number in range(1, 251)],
            "transactions": [transaction(number % 10 + 1, number) for number in range(300)],
            "product": [product(number) for number in range(1, 5)] + [product(5, "Deprecated")],
            "ref/customer/credits": [
                {"CreditID": "c1", "RemainingAmount": 5},
                {"CreditID": "c2", "RemainingAmount": 0},
            ],
            "stocktakelist": [{"TaskID": "t1", "Status": "COMPLETED"}],
            "production/orderlist": [{"TaskID": "m1", "Status": "DRAFT"}, {"TaskID": "m2", "Status": "DRAFT"}],
        },
        details={
            "sale": {detail["ID"]: detail},
            "advanced-purchase": {"p1": {"ID": "p1", "Type": "Advanced Purchase"}, "p2": {"ID": "p2"}},
            "purchase": {"p2": {"ID": "p2", "InvoiceNumber": "B-1"}},
            "stockadjustment": {"t1": {"TaskID": "t1"}},
        },
        movements={"pp-1": [{"TaskID": "x", "Amount": Decimal("-5.10")}]},
    )


def _qbo() -> QboBooks:
    day, before = date(2026, 1, 10), date(2025, 12, 20)
    pairs = [("9", "Invoice", before, "4", "2", 10050), ("10", "Payment", day, "1", "4", 4050)]
    pairs += [("11", "JournalEntry", day, "5", "6", 1250), ("12", "Bill", day, "7", "8", 999)]
    postings = []
    for txn, entity, when, debit, credit, amount in pairs:
        words = "Journal Entry" if entity == "JournalEntry" else entity
        for code, minor in ((debit, amount), (credit, -amount)):
            postings.append(QboPosting(txn, entity, words, when, f"N-{txn}", "Bob", "memo", code, minor))
    customers = [{"Id": "1", "DisplayName": "Bob", "Active": True}, {"Id": "2", "DisplayName": "Old", "Active": False}]
    stub = {"Id": "77", "status": "Deleted", "MetaData": {"LastUpdatedTime": "2026-01-20T08:00:00-08:00"}}
    return QboBooks(
        company_info={"Id": "1", "CompanyName": "Practice Ltd"},
        preferences={"Id": "1", "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}},
        entities={
            "Account": [
                account("1", "Checking", "Bank", "Checking"),
                account("2", "Sales", "Income", "SalesOfProductIncome"),
                account("3", "Retained Earnings", "Equity", "RetainedEarnings"),
                account("4", "A/R", "Accounts Receivable", "AccountsReceivable"),
                account("5", "COGS", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
                account("6", "Stock", "Other Current Asset", "Inventory"),
                account("7", "Rent", "Expense", "RentOrLeaseOfBuildings"),
                account("8", "A/P", "Accounts Payable", "AccountsPayable"),
            ],
            "Customer": customers,
            "Invoice": [invoice(number) for number in range(1, 1201)],
            "ExchangeRate": [
                {"SourceCurrencyCode": "EUR", "TargetCurrencyCode": "USD", "Rate": rate, "AsOfDate": day_}
                for rate, day_ in ((Decimal("1.10"), "2026-01-01"), (Decimal("1.20"), "2026-01-20"))
            ],
            "Bill": [],
        },
        deleted=[{"entity": "Invoice", **stub}],
        postings=postings,
    )


@pytest.fixture
def hand_world() -> World:
    return World(seed=7, switches=Switches(), today=TODAY, cin7=_cin7(), qbo=_qbo())
