"""What an event of Cin7's ledger is (invoice, payment, cost, ...), told from the accounts that its rows join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.domain.accounts import Account, AccountClass

GOODS = frozenset({"inventory", "in_transit", "work_in_progress", "accrued_purchases", "cogs", "inventory_adjustments"})
_OWN_SIDE = {"sale": "receivables", "purchase": "payables"}
_MONEY = "bank"
ATTACHED = "attached"
PARTS = ("document", "settling")  # to which what is attached may belong
_CLASSES = {AccountClass.EXPENSE: "result", AccountClass.REVENUE: "result", AccountClass.ASSET: "asset"}

# QuickBooks entities that an event of this role becomes by itself; a journal may stand for any of them.
NATURAL: Mapping[str, frozenset[str]] = {
    "invoice": frozenset({"Invoice", "SalesReceipt"}),
    "credit": frozenset({"CreditMemo", "RefundReceipt"}),
    "payment": frozenset({"Payment", "SalesReceipt", "Deposit"}),
    "refund": frozenset({"Purchase", "RefundReceipt", "Payment"}),
    "bill": frozenset({"Bill", "Purchase"}),
    "supplier credit": frozenset({"VendorCredit"}),
    "supplier payment": frozenset({"BillPayment", "Purchase"}),
    "supplier refund": frozenset({"Deposit", "BillPayment"}),
    "prepayment": frozenset({"JournalEntry", "Payment", "Purchase", "Deposit", "BillPayment"}),
    "money": frozenset({"Purchase", "Deposit", "Transfer", "JournalEntry", "SalesReceipt", "Bill"}),
}
_JOURNAL = frozenset({"JournalEntry"})
JOURNALS = frozenset({"cost", "receipt", "goods", "applied", "task", "journal"})
SETTLING = frozenset({"payment", "refund", "supplier payment", "supplier refund"})
SALES = frozenset({"invoice", "credit", "payment", "refund"})


def natural(role: str) -> frozenset[str]:
    """The entities that an event of this role usually becomes."""
    return NATURAL.get(role, _JOURNAL)


@dataclass(frozen=True, slots=True)
class Ways:
    """What the chart says of each Cin7 account, by code: its control, "bank", "prepaid", "result", "asset" or ""."""

    of: Mapping[str, str]

    def part(self, kind: str, debit: str, credit: str) -> tuple[str, bool]:
        """(part, whether the control account is debited) of a ledger row; the part is a role before its sign."""
        word, left, right = kind.strip().lower(), self.of.get(debit, ""), self.of.get(credit, "")
        own = _OWN_SIDE.get(word)
        if own is None:
            return _task(word), True
        if own in (left, right):
            other = right if left == own else left
            return _settling(own, other), left == own
        if {left, right} == {_MONEY, "result"}:
            return ATTACHED, left == _MONEY  # what a payment gains or loses by the rate, as a row of its own
        if _MONEY in (left, right) and "prepaid" in (left, right):
            return "prepayment", left == _MONEY
        if "accrued_purchases" in (left, right) and word == "purchase":
            return "receipt", left != "accrued_purchases"
        if left in GOODS or right in GOODS:
            return ("cost" if "cogs" in (left, right) else "goods"), left == "cogs"
        return "other", True


def ways(accounts: Iterable[Account], controls: Mapping[str, str], prepaid: Iterable[str]) -> Ways:
    """`controls`: Cin7 code -> control; `prepaid`: codes that trade documents join with a bank account."""
    found: dict[str, str] = {}
    kept = set(prepaid)
    for account in accounts:
        control = controls.get(account.code, "")
        if account.type.strip().upper() == "BANK":
            found[account.code] = _MONEY
        elif control and not control.startswith("account:"):
            found[account.code] = control
        elif account.code in kept and account.klass in (AccountClass.ASSET, AccountClass.LIABILITY):
            found[account.code] = "prepaid"
        else:
            found[account.code] = _CLASSES.get(account.klass, "")
    return Ways(found)


def role(kind: str, part: str, net: int) -> str:
    """The role of an event from its part and from what it nets to on its control account, debit positive."""
    sale = kind.strip().lower() == "sale"
    if part == "document":
        return ("credit" if net < 0 else "invoice") if sale else ("supplier credit" if net > 0 else "bill")
    if part == "settling":
        return ("refund" if net > 0 else "payment") if sale else ("supplier refund" if net < 0 else "supplier payment")
    return part


def attach(part: str, parts: Iterable[str]) -> str:
    """Where a row of receivables or payables against a result account belongs: currency gains go with the payment."""
    if part != ATTACHED:
        return part
    return "settling" if "settling" in set(parts) else "document"


def _settling(own: str, other: str) -> str:
    """Customers' money may wait in an asset account that is no bank; a bill may be for an asset."""
    if other in (_MONEY, "clearing") or (own == "receivables" and other == "asset"):
        return "settling"
    if other == "prepaid":
        return "applied"
    return ATTACHED if other == "result" else "document"


def _task(word: str) -> str:
    if word.startswith("money") or word == "banktransfer":
        return "money"
    return "journal" if word in ("journal", "depreciation") else "task"
