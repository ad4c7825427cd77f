"""The table of what is read from Cin7 Core: where it lies, how its rows are told apart, what posts for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.cin7.wire import Row, guid, required


@dataclass(frozen=True, slots=True)
class Detail:
    """Where one document is read whole: its path, the parameter that takes its id, what else is asked for.

    `lists` are the keys of an envelope around the document, where the path answers with one.
    """

    path: str
    param: str
    flags: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of Cin7's.

    `lists` are the keys under which its rows come; `ids` those that tell rows apart, none where nothing
    does. `since` is the filter for changed rows and `cursor` the field that it looks at. `kind` is the kind
    of sync.domain Document, "" for other things, and `types` the words by which `transactions` calls its postings.
    """

    name: str
    path: str
    lists: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since: str | None = None
    cursor: str = ""
    kind: str = ""
    types: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()

    def key(self, row: Row) -> str:
        """What tells the row apart in its list and is its document's id, in lower case.

        Credit note lists name the sale or purchase, which may have several credit notes: SaleID/CR-00002.
        """
        if not self.ids:
            return ""
        parts = [required(row, self.ids[0]).lower(), *(guid(row, name) for name in self.ids[1:])]
        return "/".join(parts).rstrip("/")

    def detail_id(self, key: str) -> str:
        """The id that the detail's path wants, from a document's id."""
        return key.split("/", 1)[0]


_SALE = (Detail("sale", "ID", {"IncludeTransactions": "true"}),)
# /purchase is deprecated and refuses advanced purchases; this one takes all (Cin7 docs: /advanced-purchase).
_PURCHASE = (Detail("advanced-purchase", "ID"),)
_ONE_JOURNAL = (Detail("journal", "TaskID", lists=("Journals",)),)
# "Transfer Money" tasks are found under bankTransfer only (Cin7 docs: /moneyTaskList, /bankTransfer).
_MONEY = (Detail("moneyOperation", "TaskID"), Detail("bankTransfer", "TaskID"))
_PRODUCTION = (Detail("production/order", "ProductionOrderID", lists=("ProductionOrders",)),)
_PLACE = ("ID", "Location", "Bin", "Batch", "ExpiryDate")

# Filters: Cin7 docs, each list's parameters; unknown ones are ignored silently, so only proven names stand here.
# Types beside the documented ones are guesses at how transfers and production post; unknown ones do no harm.
RESOURCES = (
    Resource("me", "me"),
    Resource("accounts", "ref/account", ("AccountsList",), ("Code",)),
    Resource("locations", "ref/location", ("LocationList",), ("ID",)),
    Resource(
        "products",
        "product",
        ("Products",),
        ("ID",),
        "ModifiedSince",
        "LastModifiedOn",
        details=(Detail("product", "ID", {"IncludeMovements": "true", "IncludeDeprecated": "true"}, ("Products",)),),
    ),
    Resource("availability", "ref/productavailability", ("ProductAvailabilityList",), _PLACE),
    Resource("transactions", "transactions", ("Transactions",)),
    Resource("sales", "saleList", ("SaleList",), ("SaleID",), "UpdatedSince", "Updated", "Sale", ("Sale",), _SALE),
    Resource(
        "sale_credit_notes",
        "saleCreditNoteList",
        ("SaleList", "SaleCreditNoteList"),
        ("SaleID", "CreditNoteNumber"),
        "UpdatedSince",
        "Updated",
        "SaleCreditNote",
        ("Sale",),
        _SALE,
    ),
    Resource(
        "purchases",
        "purchaseList",
        ("PurchaseList",),
        ("ID",),
        "UpdatedSince",
        "LastUpdatedDate",
        "Purchase",
        ("Purchase",),
        _PURCHASE,
    ),
    Resource(
        "purchase_credit_notes",
        "purchaseCreditNoteList",
        ("PurchaseList", "PurchaseCreditNoteList"),
        ("ID", "CreditNoteNumber"),
        "UpdatedSince",
        "LastUpdatedDate",
        "PurchaseCreditNote",
        ("Purchase",),
        _PURCHASE,
    ),
    Resource(
        "stock_adjustments",
        "stockadjustmentList",
        ("StockAdjustmentList",),
        ("TaskID",),
        kind="StockAdjustment",
        types=("StockAdjustment",),
        details=(Detail("stockadjustment", "TaskID"),),
    ),
    Resource(
        "stock_takes",
        "stockTakeList",
        ("StockTakeList", "StockAdjustmentList"),  # the second in the vendor's example (Cin7 docs: /stockTakeList)
        ("TaskID",),
        cursor="LastUpdatedDate",
        kind="StockTake",
        types=("StockTake",),
        details=(Detail("stocktake", "TaskID"),),
    ),
    Resource(
        "stock_transfers",
        "stockTransferList",
        ("StockTransferList",),
        ("TaskID",),
        cursor="LastModifiedOn",
        kind="StockTransfer",
        types=("StockTransfer", "StockTransferTask", "Transfer"),
        details=(Detail("stockTransfer", "TaskID"),),
    ),
    Resource(
        "write_offs",
        "inventoryWriteOffList",
        ("InventoryWriteOffs", "InventoryWriteOffList"),
        ("TaskID",),
        kind="InventoryWriteOff",
        types=("InventoryWriteOff",),
        details=(Detail("inventoryWriteOff", "TaskID"),),
    ),
    Resource(
        "finished_goods",
        "finishedGoodsList",
        ("FinishedGoods", "FinishedGoodsList"),
        ("TaskID",),
        kind="FinishedGoods",
        types=("FinishedGoods",),
        details=(Detail("finishedGoods", "TaskID"),),
    ),
    Resource(
        "disassemblies",
        "disassemblyList",
        ("Disassemblies", "DisassemblyList"),
        ("TaskID",),
        kind="Disassembly",
        types=("Disassembly",),
        details=(Detail("disassembly", "TaskID"),),
    ),
    Resource(
        "production_orders",
        "production/orderList",
        ("ProductionOrderListItems",),
        ("ProductionOrderID",),
        kind="ProductionOrder",
        types=("ProductionOrder", "Production", "FinishedGoods"),
        details=_PRODUCTION,
    ),
    Resource(
        "journals", "journal", ("Journals",), ("TaskID",), kind="Journal", types=("Journal",), details=_ONE_JOURNAL
    ),
    Resource(
        "money_tasks",
        "moneyTaskList",
        ("MoneyTasks", "MoneyTaskList"),
        ("TaskID",),
        kind="MoneyTask",
        types=("MoneySpend", "MoneyReceive", "BankTransfer", "ExpenseClaimTask"),
        details=_MONEY,
    ),
    Resource("customers", "customer", ("CustomerList",), ("ID",), "ModifiedSince", "LastModifiedOn"),
    Resource("suppliers", "supplier", ("SupplierList",), ("ID",), "ModifiedSince", "LastModifiedOn"),
)
BY_NAME = {resource.name: resource for resource in RESOURCES}
BY_KIND = {resource.kind: resource for resource in RESOURCES if resource.kind}
