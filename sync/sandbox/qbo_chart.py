"""The practice company's lists in QuickBooks Online: accounts, items, names, classes, rates, and its preferences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sync.domain.money import from_minor
from sync.sandbox import chart
from sync.sandbox.catalogue import CHANNELS, Good, Party
from sync.sandbox.chart import Ledger
from sync.sandbox.cin7_reference import lock_day, terms
from sync.sandbox.company import Company
from sync.sandbox.shapes import number

PACIFIC = ZoneInfo("America/Los_Angeles")
_CURRENCIES = {
    "USD": "United States Dollar", "EUR": "Euro", "GBP": "British Pound Sterling", "JPY": "Japanese Yen",
    "CAD": "Canadian Dollar", "KWD": "Kuwaiti Dinar", "AUD": "Australian Dollar",
}  # fmt: skip
LANDLORD, UTILITY, OWNER = "Dockside Properties", "City Utilities", "Alex Finch"
Ref = dict[str, str]


def when(at: datetime) -> str:
    """QBO writes instants with the offset of US Pacific time, whatever the company's zone (seen in recordings)."""
    return at.astimezone(PACIFIC).isoformat(timespec="seconds")


def currency_ref(currency: str) -> Ref:
    return {"value": currency, "name": _CURRENCIES.get(currency, currency)}


class QboChart:
    """Ids and references of everything that documents point to."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.entities: dict[str, list[dict[str, Any]]] = {}
        self.refs: dict[tuple[str, str], Ref] = {}
        self.accounts: dict[str, dict[str, Any]] = {}
        self._made = company.founded - timedelta(days=3)
        self._add_accounts()
        self._add_names()
        self._add_items()
        self._add_rates()

    def account(self, code: str, currency: str = "") -> Ref:
        """The account of a role; receivables and payables have one for each foreign currency."""
        if currency and currency != self.company.currency and code in (chart.RECEIVABLE, chart.PAYABLE):
            return self.refs["Account", f"{code} {currency}"]
        return self.refs["Account", code]

    def of(self, kind: str, key: str) -> Ref:
        return self.refs[kind, key]

    def _entity(self, kind: str, number_of: str, **fields: Any) -> dict[str, Any]:
        stamp = when(self._made)
        payload = {
            **fields, "domain": "QBO", "sparse": False, "Id": number_of, "SyncToken": "0",
            "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
        }  # fmt: skip
        self.entities.setdefault(kind, []).append(payload)
        return payload

    def _add_accounts(self) -> None:
        home, numbers = self.company.currency, count(31)
        for ledger in (*chart.SHARED, *chart.QBO_ONLY):
            self._account(ledger, ledger.code, ledger.name, home, numbers)
        abroad = {party.currency for party in (*self.company.catalogue.customers, *self.company.catalogue.suppliers)}
        for currency in sorted(abroad - {home}):
            for code in (chart.RECEIVABLE, chart.PAYABLE):
                ledger = next(each for each in chart.SHARED if each.code == code)
                self._account(ledger, f"{code} {currency}", f"{ledger.name} - {currency}", currency, numbers)
        unused = Ledger("unused", "Old Till (deleted)", "", "ASSET", "Bank", "CashOnHand")
        self._account(unused, "unused", unused.name, home, numbers)["Active"] = False
        for ledger in chart.GUIDE:
            self._account(ledger, ledger.code, ledger.name, home, numbers)

    def _account(self, ledger: Ledger, key: str, name: str, currency: str, numbers: Iterator[int]) -> dict[str, Any]:
        parent = self.refs.get(("Account", ledger.parent))
        full = f"{parent['name']}:{name}" if parent else name
        own = str(next(numbers))
        fields: dict[str, Any] = {
            "Name": name, "SubAccount": parent is not None, "FullyQualifiedName": full, "Active": True,
            "Classification": chart.CLASSIFICATION[ledger.klass], "AccountType": ledger.qbo_type,
            "AccountSubType": ledger.qbo_subtype, "CurrentBalance": Decimal(0),
            "CurrentBalanceWithSubAccounts": Decimal(0), "CurrencyRef": currency_ref(currency),
        }  # fmt: skip
        if ledger.number and key == ledger.code:
            fields["AcctNum"] = ledger.number
        if parent:
            fields["ParentRef"] = {"value": parent["value"]}
        self.refs["Account", key] = {"value": own, "name": full}
        self.accounts[own] = self._entity("Account", own, **fields)
        return self.accounts[own]

    def _add_names(self) -> None:
        numbers, catalogue = count(1), self.company.catalogue
        home = self.company.currency
        channels = [Party("", f"{name} customers", home, 0, True) for name in CHANNELS if name]
        for party in (*catalogue.customers, *channels):
            self._name("Customer", party.name, party.currency, str(next(numbers)))
        own = [Party("", name, home, 0, False) for name in (LANDLORD, UTILITY, OWNER)]
        for party in (*catalogue.suppliers, *own):
            self._name("Vendor", party.name, party.currency, str(next(numbers)))
        for kind, names in (("Class", [name for name in CHANNELS if name] + ["Wholesale"]),
                            ("Department", [place.name for place in catalogue.places])):  # fmt: skip
            for n, name in enumerate(names):
                sub = {"Class": "SubClass", "Department": "SubDepartment"}[kind]
                self._entity(kind, str(n + 1), Name=name, **{sub: False}, FullyQualifiedName=name, Active=True)
                self.refs[kind, name] = {"value": str(n + 1), "name": name}
        for n, days in enumerate((0, 14, 30, 45)):
            self._entity("Term", str(n + 1), Name=terms(days), Active=True, Type="STANDARD", DueDays=days,
                         DiscountPercent=0, DiscountDays=0)  # fmt: skip
            self.refs["Term", str(days)] = {"value": str(n + 1)}

    def _name(self, kind: str, name: str, currency: str, own: str) -> None:
        more: dict[str, Any] = {"Vendor1099": False} if kind == "Vendor" else {
            "FullyQualifiedName": name, "Taxable": True, "Job": False, "BillWithParent": False,
            "BalanceWithJobs": Decimal(0), "PreferredDeliveryMethod": "None",
        }  # fmt: skip
        self._entity(kind, own, DisplayName=name, CompanyName=name, PrintOnCheckName=name, Active=True,
                     Balance=Decimal(0), CurrencyRef=currency_ref(currency), **more)  # fmt: skip
        self.refs[kind, name] = {"value": own, "name": name}

    def _add_items(self) -> None:
        for n, good in enumerate(self.company.goods.values()):
            self._item(good, str(n + 1))
        for n, (name, code) in enumerate((("Shipping", chart.SHIPPING), ("Consulting", chart.CONSULTING))):
            self._service(name, code, str(len(self.company.goods) + n + 1))

    def _service(self, name: str, code: str, own: str) -> None:
        income = self.account(code)
        self._entity("Item", own, Name=name, FullyQualifiedName=name, Active=True, Taxable=True,
                     UnitPrice=Decimal(0), Type="Service", IncomeAccountRef=income, PurchaseCost=Decimal(0),
                     TrackQtyOnHand=False)  # fmt: skip
        self.refs["Item", name] = {"value": own, "name": name}

    def _item(self, good: Good, own: str) -> None:
        more = {} if good.service else {"ExpenseAccountRef": self.account(good.cogs)}
        self._entity("Item", own, Name=good.name, Sku=good.sku, Description=good.name, Active=True,
                     FullyQualifiedName=good.name, Taxable=True, UnitPrice=number(good.price),
                     Type="Service" if good.service else "NonInventory", IncomeAccountRef=self.account(good.revenue),
                     PurchaseCost=number(good.cost), TrackQtyOnHand=False, **more)  # fmt: skip
        self.refs["Item", good.id] = {"value": own, "name": good.name}

    def _add_rates(self) -> None:
        company = self.company
        self.entities["ExchangeRate"] = [
            {
                "SourceCurrencyCode": code, "TargetCurrencyCode": company.currency,
                "Rate": number(company.catalogue.rate(code, company.opening)), "AsOfDate": company.opening.isoformat(),
                "MetaData": {"LastUpdatedTime": when(self._made)},
            }
            for code in (company.currency, *company.catalogue.rates)
        ]  # fmt: skip

    def balance(self, account: str, minor: int) -> None:
        """Sets an account's balance of now: balance-sheet accounts only, natural sign (QBO docs: Account)."""
        payload = self.accounts[account]
        if payload["Classification"] in ("Revenue", "Expense"):
            return
        value = from_minor(minor if payload["Classification"] == "Asset" else -minor, self.company.currency)
        payload["CurrentBalance"] = payload["CurrentBalanceWithSubAccounts"] = value


def company_info(company: Company) -> dict[str, Any]:
    address = {"Id": "1", "Line1": "14 Wharf Street", "City": "Portland", "PostalCode": "04101",
               "Country": company.catalogue.country}  # fmt: skip
    stamp = when(company.founded - timedelta(days=4))
    name = company.catalogue.company
    return {
        "CompanyName": name, "LegalName": name, "CompanyAddr": address, "LegalAddr": address,
        "CustomerCommunicationAddr": address, "CompanyStartDate": company.opening.isoformat(),
        "FiscalYearStartMonth": "January", "Country": company.catalogue.country,
        "Email": {"Address": "books@alderfinch.example"}, "WebAddr": {}, "SupportedLanguages": "en",
        "DefaultTimeZone": company.catalogue.time_zone,
        "NameValue": [{"Name": "SubscriptionStatus", "Value": "PAID"},
                      {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
        "domain": "QBO", "sparse": False, "Id": "1", "SyncToken": "4",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }  # fmt: skip


def preferences(company: Company, today: date) -> dict[str, Any]:
    stamp = when(company.founded - timedelta(days=4))
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January", "UseAccountNumbers": True, "TaxYearMonth": "January",
            "ClassTrackingPerTxn": False, "TrackDepartments": True, "ClassTrackingPerTxnLine": True,
            "CustomerTerminology": "Customers", "DepartmentTerminology": "Location",
            "BookCloseDate": lock_day(today).isoformat(),
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True,
                                    "QuantityOnHand": False},
        "SalesFormsPrefs": {"CustomTxnNumbers": True, "AllowDeposit": False, "AllowDiscount": True,
                            "AllowShipping": False},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": False, "BillableExpenseTracking": False},
        "TaxPrefs": {"UsingSalesTax": True}, "ReportPrefs": {"ReportBasis": "Accrual",
                                                             "CalcAgingReportFromTxnDate": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": company.currency}},
        "domain": "QBO", "sparse": False, "Id": "1", "SyncToken": "6",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }  # fmt: skip
