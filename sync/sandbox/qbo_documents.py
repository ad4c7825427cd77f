"""How each kind of QBO document is filled in: item lines, expense lines, journal lines, links."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sync.domain.money import from_minor
from sync.sandbox import chart
from sync.sandbox.qbo_chart import QboChart, Ref
from sync.sandbox.qbo_txn import Side, Txn
from sync.sandbox.records import Line
from sync.sandbox.shapes import number


def item_lines(lists: QboChart, txn: Txn, rows: Iterable[Line]) -> None:
    """Sales lines by item, and the subtotal that QBO adds by itself."""
    total = 0
    for n, row in enumerate(rows):
        ref = lists.of("Item", row.good.id if row.good else "Shipping")
        detail: dict[str, Any] = {
            "ItemRef": ref, "Qty": number(row.quantity), "UnitPrice": _unit_price(row, txn.currency),
            "ItemAccountRef": lists.account(row.account), "TaxCodeRef": {"value": "TAX" if row.tax else "NON"},
        }  # fmt: skip
        txn.lines.append(
            {"Id": str(n + 1), "LineNum": n + 1, "Description": row.description,
             "Amount": from_minor(row.net, txn.currency), "DetailType": "SalesItemLineDetail",
             "SalesItemLineDetail": detail}
        )  # fmt: skip
        total += row.net
    txn.lines.append({"Amount": from_minor(total, txn.currency), "DetailType": "SubTotalLineDetail",
                      "SubTotalLineDetail": {}})  # fmt: skip
    txn.tax = sum(row.tax for row in rows)


def _unit_price(row: Line, currency: str) -> Decimal:
    """QBO wants Amount = Qty × UnitPrice: the price after discount and without tax."""
    return number((from_minor(row.net, currency) / row.quantity).quantize(Decimal("0.0000001")))


def expense_line(txn: Txn, account: Ref, amount: int, text: str, *, abroad: bool = False) -> None:
    txn.lines.append(
        {"Id": str(len(txn.lines) + 1), "Description": text, "Amount": from_minor(amount, txn.currency),
         "DetailType": "AccountBasedExpenseLineDetail",
         "AccountBasedExpenseLineDetail": {"AccountRef": account, "BillableStatus": "NotBillable",
                                           "TaxCodeRef": {"value": "NON"}}}
    )  # fmt: skip


def journal_lines(txn: Txn, sides: Iterable[Side], class_ref: Ref | None = None) -> None:
    """Fills a journal: one line a side, amounts positive, Debit or Credit beside them."""
    for side in sides:
        amount = side.home if side.foreign is None else side.foreign
        detail: dict[str, Any] = {"PostingType": "Debit" if amount > 0 else "Credit", "AccountRef": side.account}
        if side.entity:
            detail["Entity"] = {"Type": side.entity[0], "EntityRef": side.entity[1]}
        if class_ref:
            detail["ClassRef"] = class_ref
        if txn.department:
            detail["DepartmentRef"] = txn.department
        line: dict[str, Any] = {"Id": str(len(txn.lines))}
        if side.text:
            line["Description"] = side.text
        txn.lines.append(
            {**line, "Amount": from_minor(abs(amount), txn.currency), "DetailType": "JournalEntryLineDetail",
             "JournalEntryLineDetail": detail}
        )  # fmt: skip
        txn.sides.append(side)


def linked_line(txn: Txn, amount: int, *links: tuple[str, str]) -> None:
    """A line of a payment: how much goes to which documents."""
    txn.lines.append(
        {"Amount": from_minor(amount, txn.currency), "LinkedTxn": [{"TxnId": own, "TxnType": kind}
                                                                   for kind, own in links]}
    )  # fmt: skip


def deposit_line(txn: Txn, account: Ref, amount: int, text: str) -> None:
    n = len(txn.lines) + 1
    txn.lines.append(
        {"Id": str(n), "LineNum": n, "Description": text, "Amount": from_minor(amount, txn.currency),
         "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": account}}
    )  # fmt: skip


def control(lists: QboChart, code: str, party: Ref, currency: str) -> tuple[Ref, tuple[str, Ref] | None]:
    """An account with the name that it needs: customers on receivables, vendors on payables."""
    kind = {chart.RECEIVABLE: "Customer", chart.PAYABLE: "Vendor"}.get(code)
    return lists.account(code, currency), (kind, party) if kind else None
