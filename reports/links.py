"""Where the web applications of both systems show a document: addresses of their own hosts, and of no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sync.domain.accounts import Source

CIN7, QBO = "https://inventory.dearsystems.com", "https://app.qbo.intuit.com"
_SANDBOX = "https://app.sandbox.qbo.intuit.com"
# Excel takes no longer address; the systems' own are shorter by far.
_LONGEST = 500

# Where QuickBooks' web application shows a transaction, by the API's entity name.
_QBO_PAGES: Mapping[str, str] = {
    "Invoice": "invoice",
    "CreditMemo": "creditmemo",
    "SalesReceipt": "salesreceipt",
    "RefundReceipt": "refundreceipt",
    "Payment": "recvpayment",
    "Bill": "bill",
    "VendorCredit": "vendorcredit",
    "BillPayment": "billpayment",
    "JournalEntry": "journal",
    "Deposit": "deposit",
    "Transfer": "transfer",
    "Purchase": "expense",
    "Expense": "expense",
    "BillPaymentCheck": "billpayment",
    "Estimate": "estimate",
}
# A word of Cin7's Type -> its page; the first that fits.
_CIN7_PAGES: Mapping[str, str] = {
    "sale": "Sale",
    "purchase": "Purchase",
    "stockadjustment": "StockAdjustment",
    "stocktake": "Stocktake",
    "stocktransfer": "StockTransfer",
    "finishedgoods": "FinishedGoods",
    "disassembly": "Disassembly",
    "productionorder": "ProductionOrder",
}


class Hosts(NamedTuple):
    """The two web applications of one company."""

    cin7: str = CIN7
    qbo: str = QBO


def hosts(qbo_api: str) -> Hosts:
    """The applications beside the configured APIs: QuickBooks' sandbox companies have one of their own."""
    return Hosts(qbo=_SANDBOX if "//sandbox-quickbooks." in qbo_api else QBO)


def document_address(source: Source, kind: str, id_: str, at: Hosts = Hosts()) -> str:  # noqa: B008  is immutable
    """The page of a document; "" where its system has none for that kind, or the id is none of that system's."""
    if len(id_) > _LONGEST or not id_.isascii():
        return ""
    if source is Source.QBO:
        page = _QBO_PAGES.get(kind)
        return f"{at.qbo}/app/{page}?txnId={id_}" if page and id_.isdigit() else ""
    words = kind.replace(" ", "").lower()
    page = next((page for word, page in _CIN7_PAGES.items() if word in words), None)
    return f"{at.cin7}/{page}#{id_}" if page and id_.replace("-", "").isalnum() else ""
