"""The test sync: whether one sale went through both systems whole, and one purchase with its bill."""

from __future__ import annotations

from collections.abc import Iterator

from reports.setup_facts import ERROR, OK, WARNING, Check
from reports.show import Shown
from sync.domain.accounts import Source
from sync.domain.money import text

_INVOICES = ("Invoice", "SalesReceipt")
_BILLS = ("Bill",)
_OPEN = frozenset({"draft", "estimating", "estimated", "ordering", "voided", "not available"})


def sale_steps(sale: Shown) -> Iterator[Check]:
    """The steps of the setup guide for one sale: processed, invoice, payment, cost, stock."""
    main, number = sale.main, sale.number
    processed = main.source is Source.CIN7 and main.status.casefold() not in _OPEN and bool(main.invoice)
    yield _check(
        "order",
        number,
        processed,
        f"Sale {main.number or number} is {main.status or 'known'} in Cin7, invoice {main.invoice or 'none'}.",
        "Process the order in Cin7: authorise pick, pack, ship and invoice; then run: tieout sync",
    )
    yield _invoice(sale, _INVOICES, "invoice", "receivables")
    yield _settled(sale)
    yield _agrees(sale, "cogs", "cost", "Cost of goods sold")
    yield _agrees(sale, "inventory", "stock", "What left the stock")


def purchase_steps(purchase: Shown | None) -> Iterator[Check]:
    """The guide's last step: a purchase in Cin7 is a bill in QuickBooks."""
    if purchase is None:
        fix = "Process a purchase order in Cin7 up to its invoice; then run: tieout sync"
        yield Check("test_sync.bill", WARNING, "No invoiced purchase is known in Cin7.", "nothing_to_test", fix=fix)
        return
    yield _invoice(purchase, _BILLS, "bill", "payables")


def no_sale() -> Iterator[Check]:
    fix = "Make a test sale in Cin7 and process it up to its payment; then run: tieout sync"
    yield Check("test_sync.order", WARNING, "No completed sale is known in Cin7.", "nothing_to_test", fix=fix)


def _invoice(shown: Shown, kinds: tuple[str, ...], rule: str, control: str) -> Check:
    """The QuickBooks document of the same number is there, and its total is Cin7's."""
    name = kinds[0].lower()
    found = [p for p in shown.papers if p.source is Source.QBO and p.kind in kinds and not (p.voided or p.deleted_at)]
    if not found:
        message, fix = f"QuickBooks has no {name} {shown.number}.", "Look at Cin7's sync history and sync it again."
        return Check(f"test_sync.{rule}", ERROR, message, "missing_in_qbo", shown.number, fix)
    main, total = shown.main, sum(paper.total or 0 for paper in found)
    names = ", ".join(f"{paper.kind} {paper.number} of {paper.day}" for paper in found)
    if main.total is not None and total != main.total:
        left, right = text(main.total, main.currency), text(total, main.currency)
        message = f"{names} is {right} {main.currency} in QuickBooks and {left} in Cin7."
        fix = "Restore what Cin7 says, or undo and authorise the document again in Cin7."
        return Check(f"test_sync.{rule}", ERROR, message, "amount_differs", shown.number, fix)
    return Check(f"test_sync.{rule}", OK, f"{names} is in QuickBooks.", subject=shown.number)


def _settled(sale: Shown) -> Check:
    """What is still open is the same on both sides; a sale that is paid has its payment in QuickBooks."""
    main = sale.main
    found = [p for p in sale.papers if p.source is Source.QBO and p.kind in _INVOICES and not p.deleted_at]
    owed = sum(paper.balance or 0 for paper in found)
    if main.balance is None or not found:
        return Check("test_sync.payment", WARNING, "Whether it is paid is not known.", "not_read", sale.number)
    left, right = text(main.balance, main.currency), text(owed, main.currency)
    words = f"{left} {main.currency} is open in Cin7, {right} in QuickBooks."
    if owed == main.balance:
        return Check("test_sync.payment", OK, words, subject=sale.number)
    cause = "missing_in_qbo" if owed > main.balance else "missing_in_cin7"
    fix = "Look for the payment in Cin7's sync history, and whether QuickBooks has it without its invoice."
    return Check("test_sync.payment", ERROR, words, cause, sale.number, fix)


def _agrees(sale: Shown, control: str, rule: str, words: str) -> Check:
    """Both systems moved a control by the same amount for this sale."""
    cin7, qbo = sale.movement().get(control, (0, 0))
    currency = sale.books.currency
    message = f"{words}: {text(cin7, currency)} in Cin7, {text(qbo, currency)} in QuickBooks."
    if not cin7 and not qbo:
        fix = "Ship the goods in Cin7, or check that the product has a cost."
        return Check(f"test_sync.{rule}", WARNING, f"{words}: nothing posted yet.", "not_posted", sale.number, fix)
    if cin7 == qbo:
        return Check(f"test_sync.{rule}", OK, message, subject=sale.number)
    cause = "missing_in_qbo" if not qbo else "missing_in_cin7" if not cin7 else "amount_differs"
    fix = "Look for the journal in Cin7's sync history, and at the accounts that cost and stock are mapped to."
    return Check(f"test_sync.{rule}", ERROR, message, cause, sale.number, fix)


def _check(rule: str, subject: str, good: bool, message: str, fix: str) -> Check:
    if good:
        return Check(f"test_sync.{rule}", OK, message, subject=subject)
    return Check(f"test_sync.{rule}", ERROR, message, "not_processed", subject, fix)
