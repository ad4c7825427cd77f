"""Every resource of a generated company has the keys that the vendors' own examples have: none more, none less."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.books import World
from sync.sandbox.generate import build

pytestmark = pytest.mark.samples

# path of a list -> (sample, its list key)
LISTS = {
    "ref/account": ("ref_account", "AccountsList"),
    "ref/account/bank": ("ref_account_bank", "BankAccountsList"),
    "ref/location": ("ref_location", "LocationList"),
    "ref/tax": ("ref_tax", "TaxRuleList"),
    "ref/paymentterm": ("ref_paymentterm", "PaymentTermList"),
    "ref/customer/credits": ("ref_customer_credits", "CustomerCredits"),
    "ref/supplier/deposits": ("ref_supplier_deposits", "SupplierDeposits"),
    "ref/productavailability": ("ref_productavailability", "ProductAvailabilityList"),
    "product": ("product", "Products"),
    "customer": ("customer", "CustomerList"),
    "supplier": ("supplier", "SupplierList"),
    "transactions": ("transactions", "Transactions"),
    "salelist": ("saleList", "SaleList"),
    "salecreditnotelist": ("saleCreditNoteList", "SaleList"),
    "purchaselist": ("purchaseList", "PurchaseList"),
    "purchasecreditnotelist": ("purchaseCreditNoteList", "PurchaseList"),
    "stockadjustmentlist": ("stockadjustmentList", "StockAdjustmentList"),
    "stocktakelist": ("stockTakeList", "StockAdjustmentList"),
    "stocktransferlist": ("stockTransferList", "StockTransferList"),
    "inventorywriteofflist": ("inventoryWriteOffList", "InventoryWriteOffs"),
    "finishedgoodslist": ("finishedGoodsList", "FinishedGoods"),
    "disassemblylist": ("disassemblyList", "Disassemblies"),
    "production/orderlist": ("production_orderList", "ProductionOrderListItems"),
    "journal": ("journal", "Journals"),
    "moneytasklist": ("moneyTaskList", "MoneyTasks"),
}
DETAILS = {
    "sale": "sale",
    "advanced-purchase": "advanced_purchase",
    "purchase": "purchase",
    "stockadjustment": "stockadjustment",
    "stocktake": "stocktake",
    "stocktransfer": "stockTransfer",
    "inventorywriteoff": "inventoryWriteOff",
    "finishedgoods": "finishedGoods",
    "disassembly": "disassembly",
    "production/order": "production_order",
    "moneyoperation": "moneyOperation",
    "banktransfer": "bankTransfer",
}
# Lists that the examples leave empty; the element shapes are the vendor's documented models.
_PAID = {"ID", "Reference", "Amount", "DatePaid", "Account", "CurrencyRate", "DateCreated"}
_LEDGER = {"ID", "EffectiveDate", "Debit", "Credit", "Amount"}
DOCUMENTED = {
    ("sale", "/Invoices[]/Payments[]"): _PAID,
    ("sale", "/Quote/Prepayments[]"): _PAID,
    ("advanced-purchase", "/Order/Prepayments[]"): _PAID,
    ("inventorywriteoff", "/Transactions[]"): _LEDGER,
    ("finishedgoods", "/Transactions[]"): _LEDGER,
    ("stocktransfer", "/ManualJournals[]"): {"Reference", "Amount", "Date", "Debit", "Credit"},
}
# Examples that serve for another resource: a stock take's lines, a simple purchase's charges.
LIKE = {
    ("stockadjustment", "/ExistingStockLines[]"): ("stocktake", "/NonZeroStockOnHandProducts[]"),
    ("advanced-purchase", "/Invoice[]/AdditionalCharges[]"): ("purchase", "/Invoice/AdditionalCharges[]"),
}
ONLY_IN_COUNTS = {"Image", "Barcode", "StockLocator", "Unit"}
SOMETIMES = {("ref/tax", "Compound"), ("ref/location", "IsStaging")}


@lru_cache(maxsize=1)
def company() -> World:
    return build(3, today=date(2026, 3, 17), months=9)


def keys_by_path(value: Any, path: str = "", found: dict[str, set[str]] | None = None) -> dict[str, set[str]]:
    """Every path to an object -> all keys that objects there have."""
    found = {} if found is None else found
    if isinstance(value, dict):
        found.setdefault(path, set()).update(value)
        for key, inner in value.items():
            keys_by_path(inner, f"{path}/{key}", found)
    elif isinstance(value, list):
        for inner in value:
            keys_by_path(inner, f"{path}[]", found)
    return found


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def together(rows: list[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        keys_by_path(row, "", found)
    return found


def compare(name: str, ours: dict[str, set[str]], example: dict[str, set[str]], folder: Path) -> list[str]:
    faults = []
    for path, keys in ours.items():
        known = example.get(path) or DOCUMENTED.get((name, path))
        if known is None and (name, path) in LIKE:
            other, there = LIKE[name, path]
            known = keys_by_path(read(folder / "cin7", DETAILS[other]))[there] - ONLY_IN_COUNTS
        if known is None:
            faults.append(f"{name}{path}: the example has nothing here")
            continue
        faults += [f"{name}{path}: {key} is not known" for key in keys - known]
        faults += [f"{name}{path}: {key} is missing" for key in known - keys if (name, key) not in SOMETIMES]
    return faults


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_the_keys_of_the_example(path: str, samples: Path) -> None:
    name, key = LISTS[path]
    rows = company().cin7.lists[path]
    assert rows
    assert not compare(path, together(rows), together(read(samples / "cin7", name)[key]), samples)


@pytest.mark.parametrize("path", DETAILS)
def test_a_detail_has_the_keys_of_the_example(path: str, samples: Path) -> None:
    details = list(company().cin7.details[path].values())
    assert details
    assert not compare(path, together(details), together([read(samples / "cin7", DETAILS[path])]), samples)


def test_the_company_has_the_keys_of_the_example(samples: Path) -> None:
    assert not compare("me", together([company().cin7.me]), together([read(samples / "cin7", "me")]), samples)


def test_movements_have_the_keys_of_the_example(samples: Path) -> None:
    rows = [row for rows in company().cin7.movements.values() for row in rows]
    example = read(samples / "cin7", "product")["Products"][0]["Movements"]
    assert together(rows) == together(example)


def test_every_example_of_a_served_path_is_compared() -> None:
    assert set(LISTS) == set(company().cin7.lists)
    assert set(DETAILS) == set(company().cin7.details)


@lru_cache(maxsize=1)
def schema_names(folder: Path) -> set[str]:
    """Every element that Intuit's own schema names."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.xsd"))
    return set(re.findall(r'(?:element|attribute)\s+name="(\w+)"', text))


# Names of the JSON form, which the XML schema spells otherwise.
JSON_ONLY = {"value", "name", "type", "Type", "domain", "sparse", "TxnType"}


def test_qbo_objects_have_no_key_that_neither_a_sample_nor_intuits_schema_knows(samples: Path) -> None:
    known = schema_names(samples.parent / "qbo-xsd") | JSON_ONLY
    for path in (samples / "qbo").glob("*.json"):
        if not path.name.startswith(("fault_", "oauth_", "report_", "webhook_")):
            for keys in keys_by_path(json.loads(path.read_text(encoding="utf-8"))).values():
                known |= {key.replace(" ", "") for key in keys}
    books = company().qbo
    ours = together([books.entities, books.company_info, books.preferences])
    assert {key for keys in ours.values() for key in keys} - known == set()


def test_each_kind_of_qbo_object_has_the_keys_that_every_sample_of_it_has(samples: Path) -> None:
    for entity, rows in company().qbo.entities.items():
        if not rows or not (path := samples / "qbo" / f"{entity.lower()}_read.json").exists():
            continue
        always = {"Id", "SyncToken", "MetaData", "domain", "sparse", "TxnDate", "TotalAmt", "Line", "CustomerRef",
                  "VendorRef", "AccountRef", "DisplayName", "FullyQualifiedName", "Active"}  # fmt: skip
        wanted = set(read(path.parent, path.stem)[entity]) & always
        assert all(wanted <= set(row) for row in rows), entity
