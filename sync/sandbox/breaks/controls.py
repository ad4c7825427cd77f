"""Which control compares an account, and which way it counts, as the outside contract says it."""

from __future__ import annotations

from collections.abc import Iterable

from sync.sandbox import chart
from sync.sandbox.books import Event

_LEDGERS = {ledger.code: ledger for ledger in chart.SHARED}
_CREDIT_POSITIVE = frozenset({"payables", "accrued_purchases", "revenue", "tax"})
GOODS = frozenset({"inventory", "in_transit", "work_in_progress", "accrued_purchases", "cogs", "inventory_adjustments"})
BALANCES = frozenset(
    {"inventory", "in_transit", "work_in_progress", "accrued_purchases", "receivables", "payables", "tax", "clearing"}
)


class Claims:
    """Which control compares each account of a company whose events are these.

    `clearing` is a control only where the settings name its accounts; without settings 660 is `account:660`. Landed
    cost that a purchase puts on stock against its clearing account makes that accrued purchases. An account that
    nothing else claims is claimed by its QBO type: labour recovered, and corrections that never happened, are cogs.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        self._claimed = {code: _usual(code) for code in _LEDGERS}
        known = list(events)
        parts = {event.part for event in known}
        used = {code for event in known for pair in event.pairs for code in (pair.debit, pair.credit)}
        if "landed cost" in parts:
            self._claimed[chart.LANDED] = "accrued_purchases"
        if "write-off" not in parts:
            self._claimed[chart.WRITE_OFF] = "cogs"
        if chart.ADJUSTMENT not in used:
            self._claimed[chart.ADJUSTMENT] = "cogs"

    def of(self, code: str) -> str:
        """The control of a Cin7 account, "" for bank accounts and for accounts that only QBO has."""
        return self._claimed.get(code, f"account:{code}" if code.isdigit() else "")


def _usual(code: str) -> str:
    ledger = _LEDGERS[code]
    if ledger.type == "BANK":
        return ""
    if ledger.control and ledger.control != "clearing":
        return ledger.control
    return "cogs" if ledger.qbo_type == "Cost of Goods Sold" else f"account:{code}"


def sign(control: str) -> int:
    """1 where debits count plus on a control, -1 where credits do."""
    if control.startswith("account:"):
        ledger = _LEDGERS.get(control.removeprefix("account:"))
        return -1 if ledger and ledger.klass not in ("ASSET", "EXPENSE") else 1
    return -1 if control in _CREDIT_POSITIVE else 1


def has_balance(control: str) -> bool:
    """Whether a control is of the balance sheet, and so has an opening and a closing balance."""
    ledger = _LEDGERS.get(control.removeprefix("account:"))
    return control in BALANCES or (ledger is not None and ledger.klass in ("ASSET", "LIABILITY", "EQUITY"))
