"""The list endpoints of Cin7 Core: list keys, and which parameter narrows the rows by which field (Cin7 docs)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
Keeps = Callable[[Row], bool]
Filter = Callable[[str], Keeps]

_FRACTION = re.compile(r"\.(\d+)")


def stamp(text: str) -> str:
    """An ISO date or instant in UTC as text that sorts: '2026-01-05T10:20:30.1234567'. Raises ValueError."""
    fraction = _FRACTION.search(text)
    whole = datetime.fromisoformat(_FRACTION.sub("", text.strip()))
    if whole.tzinfo is not None:
        whole = whole.astimezone(UTC).replace(tzinfo=None)
    digits = (fraction.group(1) if fraction else "")[:7]
    return f"{whole.isoformat()}.{digits:0<7}"


def _told(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def same(name: str) -> Filter:
    return lambda wanted: lambda row: _told(row, name).lower() == wanted.lower()


def holds(name: str) -> Filter:
    return lambda wanted: lambda row: wanted.lower() in _told(row, name).lower()


def since(name: str) -> Filter:
    def keeps(wanted: str) -> Keeps:
        bound = stamp(wanted)
        return lambda row: bool(row.get(name)) and stamp(row[name]) > bound

    return keeps


def until(name: str) -> Filter:
    def keeps(wanted: str) -> Keeps:
        bound = stamp(wanted)
        return lambda row: bool(row.get(name)) and stamp(row[name]) < bound

    return keeps


def _search(wanted: str) -> Keeps:
    return lambda row: any(isinstance(value, str) and wanted.lower() in value.lower() for value in row.values())


def _anything(_wanted: str) -> Keeps:
    return lambda _row: True


def _not_deprecated(row: Row) -> bool:
    return _told(row, "Status").lower() != "deprecated"


def _with_deprecated(wanted: str) -> Keeps:
    return _anything(wanted) if wanted.lower() == "true" else _not_deprecated


def _not_used_up(row: Row) -> bool:
    return bool(row.get("RemainingAmount"))


def _with_used(wanted: str) -> Keeps:
    return _anything(wanted) if wanted.lower() == "true" else _not_used_up


@dataclass(frozen=True, slots=True)
class Listing:
    """One list endpoint: `key` of its rows, its filters by parameter in lower case, and what holds when a parameter
    is not given; `total` False: the envelope has no Total; `bare`: neither Total nor Page, each row has TotalCount."""

    key: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    unless_given: Mapping[str, Keeps] = field(default_factory=dict)
    total: bool = True
    bare: bool = False


_STATUS = {"status": same("Status")}
_STATUS_SEARCH = {**_STATUS, "search": _search}
_DEPRECATED = {"includedeprecated": _with_deprecated}
_ID_NAME = {"id": same("ID"), "name": holds("Name")}
_SALES = {
    **_STATUS_SEARCH,
    "createdsince": since("OrderDate"),  # the rows tell no date of creation
    "updatedsince": since("Updated"),
    "updateduntil": until("Updated"),
    "creditnotestatus": same("CreditNoteStatus"),
}
_PURCHASES = {
    **_STATUS_SEARCH,
    "updatedsince": since("LastUpdatedDate"),
    "updateduntil": until("LastUpdatedDate"),
    "creditnotestatus": same("CreditNoteStatus"),
}

LISTS: dict[str, Listing] = {
    "ref/account": Listing(
        "AccountsList", {"code": same("Code"), "name": holds("Name"), "type": same("Type"), **_STATUS}
    ),
    "ref/account/bank": Listing("BankAccountsList", {**_ID_NAME, "bank": same("Bank")}),
    "ref/location": Listing("LocationList", {**_ID_NAME, "deprecated": same("IsDeprecated")}),
    "ref/tax": Listing(
        "TaxRuleList",
        {
            **_ID_NAME,
            "account": same("Account"),
            "isactive": same("IsActive"),
            "istaxforsale": same("IsTaxForSale"),
            "istaxforpurchase": same("IsTaxForPurchase"),
        },
    ),
    "ref/paymentterm": Listing(
        "PaymentTermList",
        {**_ID_NAME, "method": same("Method"), "isactive": same("IsActive"), "isdefault": same("IsDefault")},
    ),
    "ref/category": Listing("CategoryList", _ID_NAME),
    "ref/brand": Listing("BrandList", _ID_NAME),
    "ref/unit": Listing("UnitList", _ID_NAME),
    "ref/productavailability": Listing(
        "ProductAvailabilityList",
        {
            **_ID_NAME,
            "sku": holds("SKU"),
            "location": same("Location"),
            "batch": same("Batch"),
            "category": same("Category"),
        },
    ),
    "ref/customer/credits": Listing(
        "CustomerCredits",
        {"customerid": same("CustomerID"), "showusedcredits": _with_used},
        {"showusedcredits": _not_used_up},
        total=False,
    ),
    "ref/supplier/deposits": Listing(
        "SupplierDeposits",
        {"supplierid": same("SupplierID"), "showuseddeposits": _with_used},
        {"showuseddeposits": _not_used_up},
        total=False,
    ),
    "product": Listing(
        "Products",
        {**_ID_NAME, "sku": holds("SKU"), "modifiedsince": since("LastModifiedOn"), **_DEPRECATED},
        {"includedeprecated": _not_deprecated},
    ),
    "customer": Listing(
        "CustomerList",
        {**_ID_NAME, "modifiedsince": since("LastModifiedOn"), **_DEPRECATED},
        {"includedeprecated": _not_deprecated},
    ),
    "supplier": Listing(
        "SupplierList",
        {**_ID_NAME, "modifiedsince": since("LastModifiedOn"), **_DEPRECATED},
        {"includedeprecated": _not_deprecated},
    ),
    "salelist": Listing(
        "SaleList",
        {
            **_SALES,
            "shipby": until("ShipBy"),
            "quotestatus": same("QuoteStatus"),
            "orderstatus": same("OrderStatus"),
            "combinedpickstatus": same("CombinedPickingStatus"),
            "combinedpackstatus": same("CombinedPackingStatus"),
            "combinedshippingstatus": same("CombinedShippingStatus"),
            "combinedinvoicestatus": same("CombinedInvoiceStatus"),
            "externalid": same("ExternalID"),
            "orderlocationid": same("OrderLocationID"),
        },
    ),
    "salecreditnotelist": Listing("SaleList", _SALES),
    "purchaselist": Listing(
        "PurchaseList",
        {
            **_PURCHASES,
            "requiredby": until("RequiredBy"),
            "orderstatus": same("OrderStatus"),
            "restockreceivedstatus": same("StockReceivedStatus"),
            "invoicestatus": same("InvoiceStatus"),
            "unstockstatus": same("UnstockStatus"),
            "dropshiptaskid": same("DropShipTaskID"),
        },
    ),
    "purchasecreditnotelist": Listing("PurchaseList", _PURCHASES),
    "stockadjustmentlist": Listing("StockAdjustmentList", _STATUS),
    "stocktakelist": Listing("StockAdjustmentList", _STATUS),
    "stocktransferlist": Listing("StockTransferList", _STATUS_SEARCH),
    "inventorywriteofflist": Listing("InventoryWriteOffs", _STATUS_SEARCH),
    "finishedgoodslist": Listing("FinishedGoods", {**_STATUS_SEARCH, "saleid": same("SaleID")}),
    "disassemblylist": Listing("Disassemblies", _STATUS_SEARCH),
    "production/orderlist": Listing(
        "ProductionOrderListItems",
        {
            **_STATUS_SEARCH,
            "locationid": same("LocationID"),
            "sourcetaskid": same("SourceTaskID"),
            "requiredbydatefrom": since("RequiredByDate"),
            "requiredbydateto": until("RequiredByDate"),
            "completiondatefrom": since("CompletionDate"),
            "completiondateto": until("CompletionDate"),
        },
        bare=True,
    ),
    "journal": Listing("Journals", {**_STATUS_SEARCH, "taskid": same("TaskID")}),
    "moneytasklist": Listing("MoneyTasks", {**_STATUS_SEARCH, "tasktype": same("TaskType")}),
}

# Detail path -> the parameter that names the document.
DETAILS: dict[str, str] = {
    "sale": "id",
    "advanced-purchase": "id",
    "purchase": "id",
    "stockadjustment": "taskid",
    "stocktake": "taskid",
    "stocktransfer": "taskid",
    "inventorywriteoff": "taskid",
    "finishedgoods": "taskid",
    "disassembly": "taskid",
    "production/order": "productionorderid",
    "moneyoperation": "taskid",
    "banktransfer": "taskid",
}

# Product flag in lower case -> the row's lists that stay empty without it.
PRODUCT_FLAGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("includebom", ("BillOfMaterialsProducts", "BillOfMaterialsServices")),
    ("includesuppliers", ("Suppliers",)),
    ("includemovements", ("Movements",)),
    ("includeattachments", ("Attachments",)),
    ("includereorderlevels", ("ReorderLevels",)),
    ("includecustomprices", ("CustomPrices",)),
)
