"""One transaction of QuickBooks Online: its lines, its postings, and its payload as the API shows it now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sync.domain.money import from_minor
from sync.sandbox.books import QboPosting
from sync.sandbox.qbo_chart import Ref, currency_ref, when
from sync.sandbox.records import Invoice
from sync.sandbox.shapes import number

# What reports call an entity (seen in the recorded GeneralLedger).
WORDS = {
    "Invoice": "Invoice", "CreditMemo": "Credit Memo", "Payment": "Payment", "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt", "Bill": "Bill", "VendorCredit": "Vendor Credit",
    "BillPayment": "Bill Payment (Check)", "JournalEntry": "Journal Entry", "Purchase": "Expense",
    "Deposit": "Deposit", "Transfer": "Transfer",
}  # fmt: skip
_WITH_BALANCE = ("Invoice", "CreditMemo", "RefundReceipt", "SalesReceipt", "Bill")


@dataclass(slots=True)
class Side:
    """One posting: minor units, debit positive; `foreign` in the transaction's currency where that is not home."""

    account: Ref
    home: int
    foreign: int | None = None
    text: str = ""
    entity: tuple[str, Ref] | None = None


@dataclass(slots=True, eq=False)
class Txn:
    entity: str
    id: str
    day: date
    number: str
    note: str
    home: str
    created: datetime
    updated: datetime
    currency: str = ""
    rate: Decimal = Decimal(1)
    party: Ref | None = None
    sides: list[Side] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    home_total: int = 0
    tax: int = 0
    settles: Invoice | None = None
    links: list[tuple[str, str]] = field(default_factory=list)
    token: int = 0
    voided: bool = False
    words: str = ""
    department: Ref | None = None
    owes: int = 0  # beyond what Cin7 thinks is open, where the two no longer agree
    owes_home: int = 0

    def change(self, at: datetime) -> None:
        """A later write: the token counts up, the stamp moves on."""
        self.token += 1
        self.updated = max(at, self.updated)

    def postings(self) -> list[QboPosting]:
        if self.voided:
            return []
        abroad = self.currency != self.home
        name = self.party["name"] if self.party else ""
        return [
            QboPosting(
                self.id, self.entity, self.words or WORDS[self.entity], self.day, self.number,
                side.entity[1]["name"] if side.entity else name, side.text or self.note, side.account["value"],
                side.home, side.foreign if abroad else None, self.currency, self.rate if abroad else None,
            )
            for side in self.sides if side.home or side.foreign
        ]  # fmt: skip

    def payload(self) -> dict[str, Any]:
        """The object as a read or query shows it."""
        made: dict[str, Any] = {
            **self.body, "domain": "QBO", "sparse": False, "Id": self.id, "SyncToken": str(self.token),
            "MetaData": {"CreateTime": when(self.created), "LastUpdatedTime": when(self.updated)},
            "TxnDate": self.day.isoformat(), "CurrencyRef": currency_ref(self.currency),
            "ExchangeRate": number(self.rate),
        }  # fmt: skip
        if self.entity != "Transfer":
            made["Line"] = self.shown_lines()
        if self.number and self.entity not in ("Payment", "Deposit", "Transfer"):
            made["DocNumber"] = self.number
        if self.entity == "Payment" and self.number:
            made["PaymentRefNum"] = self.number
        note = f"Voided - {self.note}" if self.voided and self.note else "Voided" if self.voided else self.note
        if note:
            made["PrivateNote"] = note
        if self.department and self.entity not in ("JournalEntry", "Transfer"):
            made["DepartmentRef"] = self.department
        return made | self._totals()

    def shown_lines(self) -> list[dict[str, Any]]:
        if not self.voided:
            return self.lines
        zero: list[dict[str, Any]] = []
        for line in self.lines:
            detail = {key: {**value, "Qty": 0} for key, value in line.items() if key == "SalesItemLineDetail"}
            zero.append({**line, "Amount": Decimal(0), **detail})
        return [] if self.entity in ("Payment", "BillPayment") else zero

    def _open(self) -> tuple[int, int]:
        if self.voided or not self.settles:
            return 0, 0
        return self.settles.open + self.owes, self.settles.open_base + self.owes_home

    def _totals(self) -> dict[str, Any]:
        """Totals and balances; a journal's are always 0, a transfer has only its amount (QBO docs)."""
        if self.entity in ("JournalEntry", "Transfer"):
            return {"TxnTaxDetail": {}, "Adjustment": False, "TotalAmt": 0} if self.entity == "JournalEntry" else {}
        total, home_total = (0, 0) if self.voided else (self.total, self.home_total)
        made: dict[str, Any] = {"TotalAmt": from_minor(total, self.currency)}
        if self.currency != self.home:
            made["HomeTotalAmt"] = from_minor(home_total, self.home)
        if self.entity in _WITH_BALANCE:
            owed, home_owed = self._open()
            made["Balance"] = from_minor(owed, self.currency)
            if self.currency != self.home:
                made["HomeBalance"] = from_minor(home_owed, self.home)
        if self.entity in ("Invoice", "CreditMemo", "RefundReceipt", "SalesReceipt", "Bill", "VendorCredit"):
            made["TxnTaxDetail"] = {"TotalTax": from_minor(0 if self.voided else self.tax, self.currency)}
        if self.entity == "CreditMemo":
            made["RemainingCredit"] = made["Balance"]
        if self.entity in ("Invoice", "Bill"):
            made["LinkedTxn"] = [{"TxnId": own, "TxnType": kind} for kind, own in ([] if self.voided else self.links)]
        return made
