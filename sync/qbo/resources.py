"""The table of what is read from QuickBooks Online, and the words its reports use for transactions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How an entity is read: one object, a list with active and inactive rows, transactions, or in its own way."""

    SINGLE = "single"
    LIST = "list"
    TRANSACTION = "transaction"
    RATES = "rates"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Resource:
    """One entity: our name, the API's name, its shape, and whether change data capture tells its changes."""

    name: str
    api: str
    shape: Shape
    in_cdc: bool


# Intuit docs: the pages of each entity, and "Change data capture" for what it does not cover.
RESOURCES = (
    Resource("company", "CompanyInfo", Shape.SINGLE, False),
    Resource("preferences", "Preferences", Shape.SINGLE, False),
    Resource("accounts", "Account", Shape.LIST, True),
    Resource("items", "Item", Shape.LIST, True),
    Resource("customers", "Customer", Shape.LIST, True),
    Resource("vendors", "Vendor", Shape.LIST, True),
    Resource("classes", "Class", Shape.LIST, True),
    Resource("departments", "Department", Shape.LIST, True),
    Resource("invoices", "Invoice", Shape.TRANSACTION, True),
    Resource("credit_memos", "CreditMemo", Shape.TRANSACTION, True),
    Resource("payments", "Payment", Shape.TRANSACTION, True),
    Resource("bills", "Bill", Shape.TRANSACTION, True),
    Resource("vendor_credits", "VendorCredit", Shape.TRANSACTION, True),
    Resource("bill_payments", "BillPayment", Shape.TRANSACTION, True),
    Resource("journal_entries", "JournalEntry", Shape.TRANSACTION, True),
    Resource("sales_receipts", "SalesReceipt", Shape.TRANSACTION, True),
    Resource("refund_receipts", "RefundReceipt", Shape.TRANSACTION, True),
    Resource("deposits", "Deposit", Shape.TRANSACTION, True),
    Resource("transfers", "Transfer", Shape.TRANSACTION, True),
    Resource("purchases", "Purchase", Shape.TRANSACTION, True),
    Resource("exchange_rates", "ExchangeRate", Shape.RATES, False),
    Resource("ledger", "GeneralLedger", Shape.REPORT, False),
)
BY_NAME = {resource.name: resource for resource in RESOURCES}
TRANSACTIONS = tuple(resource for resource in RESOURCES if resource.shape is Shape.TRANSACTION)

_LISTS = frozenset(resource.api for resource in RESOURCES if resource.shape is Shape.LIST) | {
    "Employee",
    "PaymentMethod",
    "TaxCode",
    "Term",
}

# What reports print in the transaction type cell -> the API's entity. The words in US, UK, AU and CA companies.
_TYPE_WORDS = {
    "Bill": "Bill",
    "Bill Payment": "BillPayment",
    "Bill Payment (Check)": "BillPayment",
    "Bill Payment (Cheque)": "BillPayment",
    "Bill Payment (Credit Card)": "BillPayment",
    "Cash Expense": "Purchase",
    "Cash Purchase": "Purchase",
    "Check": "Purchase",
    "Cheque": "Purchase",
    "Cheque Expense": "Purchase",
    "Credit Card Credit": "Purchase",
    "Credit Card Expense": "Purchase",
    "Credit Card Payment": "CreditCardPayment",
    "Credit Memo": "CreditMemo",
    "Credit Note": "CreditMemo",
    "Deposit": "Deposit",
    "Estimate": "Estimate",
    "Expense": "Purchase",
    "Inventory Qty Adjust": "InventoryAdjustment",
    "Inventory Quantity Adjustment": "InventoryAdjustment",
    "Inventory Starting Value": "InventoryAdjustment",
    "Invoice": "Invoice",
    "Journal": "JournalEntry",
    "Journal Entry": "JournalEntry",
    "Payment": "Payment",
    "Purchase Order": "PurchaseOrder",
    "Refund": "RefundReceipt",
    "Refund Receipt": "RefundReceipt",
    "Sales Receipt": "SalesReceipt",
    "Supplier Credit": "VendorCredit",
    "Time Charge": "TimeActivity",
    "Transfer": "Transfer",
    "Vendor Credit": "VendorCredit",
}
_ENTITY_OF_WORDS = {"".join(words.casefold().split()): entity for words, entity in _TYPE_WORDS.items()}


def is_list(entity: str) -> bool:
    """Whether `entity` is a list entity: its rows are made inactive, not deleted."""
    return entity in _LISTS


def entity_of(type_words: str) -> str:
    """The API's entity name for a report's transaction type; words that are not known stay as they are."""
    return _ENTITY_OF_WORDS.get("".join(type_words.casefold().split()), type_words.strip())
