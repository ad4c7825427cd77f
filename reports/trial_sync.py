"""The test sync: the setup guide's checklist, step by step, for one sale and one purchase in both systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from reports.books import plain
from reports.setup_facts import ERROR, OK, WARNING, Check
from reports.show import Paper, Shown
from sync.domain.accounts import Source
from sync.domain.money import text

_INVOICES = ("Invoice", "SalesReceipt")
_BILLS = ("Bill",)
_OPEN = frozenset({"draft", "estimating", "estimated", "ordering", "voided", "not available"})
_PATIENCE = timedelta(hours=24)  # after which a document that has not come to QuickBooks counts as lost


class State(StrEnum):
    """Where a step stands: not there yet, there but not to be judged yet, or judged."""

    WAITING = "waiting"
    SEEN = "seen"
    RIGHT = "right"
    WRONG = "wrong"


_STATUS = {State.WAITING: WARNING, State.SEEN: WARNING, State.RIGHT: OK, State.WRONG: ERROR}


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a product of the test sale: what lies there by Cin7 and by QuickBooks, None where that does not count it."""

    cin7: Decimal
    qbo: Decimal | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The checklist: `steps` in the guide's order; `sale` and `purchase` are numbers, "" where there is none yet."""

    sale: str
    purchase: str
    steps: tuple[Check, ...]

    @property
    def done(self) -> bool:
        """Whether every step is judged, so that watching on would tell nothing new."""
        return all(step.state in (State.RIGHT, State.WRONG) for step in self.steps)

    def to_json(self) -> dict[str, object]:
        return {
            "sale": self.sale or None,
            "purchase": self.purchase or None,
            "done": self.done,
            "steps": [
                {"step": step.rule.removeprefix("test_sync."), "state": step.state, "message": step.message}
                for step in self.steps
            ],
        }

    def to_text(self) -> list[str]:
        """A line for each step; what to do stands below those that are not right."""
        told = f"sale {self.sale or 'none yet'}, purchase {self.purchase or 'none yet'}"
        lines = [f"Test sync ({told}):"]
        for step in self.steps:
            lines.append(f"{step.state:<8}{step.message}")
            if step.status != OK and step.fix:
                lines.append(f"        {step.fix}")
        right = sum(step.state == State.RIGHT for step in self.steps)
        lines.append(
            f"{right} of {len(self.steps)} steps are right{'.' if self.done else '; some are still under way.'}"
        )
        return lines


def trial(sale: Shown | None, purchase: Shown | None, counts: Mapping[str, Counts] | None = None) -> Trial:
    """The checklist for a sale and a purchase, None where there is none yet; `counts`: SKU -> what lies there now.

    `counts` is None where nobody asked QuickBooks for quantities.
    """
    steps = (*(_sale_steps(sale, counts) if sale else _no_sale()), _bill(purchase))
    return Trial(sale.number if sale else "", purchase.number if purchase else "", steps)


def _sale_steps(sale: Shown, counts: Mapping[str, Counts] | None) -> Iterator[Check]:
    yield _processed(sale)
    yield _document(sale, _INVOICES, "invoice")
    yield _settled(sale)
    yield _cost_entry(sale)
    yield _cost_amount(sale)
    yield _stock_cin7(sale)
    yield _stock_qbo(sale, counts)


def _no_sale() -> Iterator[Check]:
    fix = "Make a test sale in Cin7 and process it up to its payment; then run: tieout sync"
    yield _step("order", State.WAITING, "No processed sale is known in Cin7.", "nothing_to_test", "", fix)
    for rule, words in _LATER.items():
        yield _step(rule, State.WAITING, words)


_LATER = {
    "invoice": "The sales invoice in QuickBooks.",
    "payment": "Its payment in QuickBooks.",
    "cogs_entry": "The entry of its cost in QuickBooks.",
    "cogs_amount": "The amount of that cost.",
    "stock_cin7": "The stock that left in Cin7.",
    "stock_qbo": "The stock that left in QuickBooks.",
}


def _processed(sale: Shown) -> Check:
    main = sale.main
    good = main.source is Source.CIN7 and main.status.casefold() not in _OPEN and bool(main.invoice)
    words = f"Sale {main.number or sale.number} is {main.status or 'known'} in Cin7, invoice {main.invoice or 'none'}."
    fix = "Process the order in Cin7: authorise pick, pack, ship and invoice; then run: tieout sync"
    return _step(
        "order", State.RIGHT if good else State.WAITING, words, "" if good else "not_processed", sale.number, fix
    )


def _document(shown: Shown, kinds: tuple[str, ...], rule: str) -> Check:
    """QuickBooks' document of the same number is there, and its total is Cin7's."""
    found, main, name = _theirs(shown, kinds), shown.main, kinds[0].lower()
    if not found:
        return _absent(shown, rule, f"QuickBooks has no {name} {shown.number}")
    names = ", ".join(f"{paper.kind} {paper.number} of {paper.day}" for paper in found)
    total = sum(paper.total or 0 for paper in found)
    if main.total is None:
        return _step(
            rule, State.SEEN, f"{names} is in QuickBooks; Cin7's total is not read yet.", "not_read", shown.number
        )
    if total != main.total:
        left, right = text(main.total, main.currency), text(total, main.currency)
        words = f"{names} is {right} {main.currency} in QuickBooks and {left} in Cin7."
        fix = "Restore what Cin7 says, or undo and authorise the document again in Cin7."
        return _step(rule, State.WRONG, words, "amount_differs", shown.number, fix)
    words = f"{names} is in QuickBooks, {text(total, main.currency)} {main.currency}."
    return _step(rule, State.RIGHT, words, subject=shown.number)


def _settled(sale: Shown) -> Check:
    """What is still open is the same on both sides; a sale that is paid has its payment in QuickBooks."""
    main, found = sale.main, _theirs(sale, _INVOICES)
    if not found:
        return _absent(sale, "payment", "Without the invoice no payment can be in QuickBooks")
    if main.balance is None:
        return _step("payment", State.SEEN, "What is paid in Cin7 is not read yet.", "not_read", sale.number)
    owed = sum(paper.balance or 0 for paper in found)
    left, right = text(main.balance, main.currency), text(owed, main.currency)
    words = f"{left} {main.currency} is open in Cin7, {right} in QuickBooks."
    if owed != main.balance:
        cause = "missing_in_qbo" if owed > main.balance else "missing_in_cin7"
        fix = "Look for the payment in Cin7's sync history, and whether QuickBooks has it without its invoice."
        state = State.WAITING if cause == "missing_in_qbo" and _fresh(sale) else State.WRONG
        return _step("payment", state, words, cause, sale.number, fix)
    if main.balance and main.balance == main.total:
        return _step("payment", State.WAITING, f"No payment yet: {words}", "not_processed", sale.number,
                     "Enter the customer's payment in Cin7.")  # fmt: skip
    return _step("payment", State.RIGHT, words, subject=sale.number)


def _cost_entry(sale: Shown) -> Check:
    cin7, qbo = _moved(sale, "cogs")
    if qbo:
        kinds = sorted({e.kind for e in sale.entries if e.source is Source.QBO and _is(sale, e.account, "cogs")})
        words = f"Its cost is in QuickBooks ({', '.join(kinds)})."
        return _step("cogs_entry", State.RIGHT, words, subject=sale.number)
    if not cin7:
        return _nothing_shipped("cogs_entry", sale)
    return _absent(sale, "cogs_entry", f"QuickBooks has no entry of the cost of {sale.number}")


def _cost_amount(sale: Shown) -> Check:
    return _agrees(sale, "cogs", "cogs_amount", "Cost of goods sold")


def _stock_cin7(sale: Shown) -> Check:
    cin7, _ = _moved(sale, "inventory")
    if not cin7:
        return _nothing_shipped("stock_cin7", sale)
    goods = ", ".join(f"{plain(item.quantity)} × {item.sku}" for item in sale.items if item.sku and item.quantity)
    currency, told = sale.books.currency, f" ({goods})" if goods else ""
    words = f"Stock in Cin7 moved by {text(cin7, currency)} {currency}{told}."
    return _step("stock_cin7", State.RIGHT, words, subject=sale.number)


def _stock_qbo(sale: Shown, counts: Mapping[str, Counts] | None) -> Check:
    """QuickBooks' inventory account moved alike; and where it counts an item too, it counts what Cin7 counts."""
    value = _agrees(sale, "inventory", "stock_qbo", "Inventory")
    mine = {item.sku: counts[item.sku] for item in sale.items if counts and item.sku in counts}
    wrong = {sku: each for sku, each in mine.items() if each.qbo is not None and each.qbo != each.cin7}
    if value.state != State.RIGHT:
        return value
    if wrong:
        told = ", ".join(f"{sku}: {plain(each.cin7)} in Cin7, {plain(each.qbo)}" for sku, each in sorted(wrong.items()))
        fix = "Turn QuickBooks' quantity tracking off for these items: Cin7 keeps the stock."
        return _step("stock_qbo", State.WRONG, f"{told} in QuickBooks.", "quantity_tracking_on", sale.number, fix)
    counted = any(each.qbo is not None for each in mine.values())
    note = " Quantities agree too." if counted else " QuickBooks counts no quantities of these products."
    return _step("stock_qbo", State.RIGHT, value.message + (note if mine else ""), subject=sale.number)


def _bill(purchase: Shown | None) -> Check:
    if purchase is None:
        fix = "Process a purchase order in Cin7 up to its invoice; then run: tieout sync"
        return _step("bill", State.WAITING, "No billed purchase is known in Cin7.", "nothing_to_test", "", fix)
    return _document(purchase, _BILLS, "bill")


def _agrees(sale: Shown, control: str, rule: str, words: str) -> Check:
    """Both systems moved a control by the same amount for this sale."""
    cin7, qbo = _moved(sale, control)
    currency = sale.books.currency
    message = f"{words}: {text(cin7, currency)} in Cin7, {text(qbo, currency)} in QuickBooks."
    if not cin7 and not qbo:
        return _nothing_shipped(rule, sale)
    if cin7 == qbo:
        return _step(rule, State.RIGHT, message, subject=sale.number)
    cause = "missing_in_qbo" if not qbo else "missing_in_cin7" if not cin7 else "amount_differs"
    state = State.WAITING if cause == "missing_in_qbo" and _fresh(sale) else State.WRONG
    fix = "Look for the journal in Cin7's sync history, and at the accounts that cost and stock are mapped to."
    return _step(rule, state, message, cause, sale.number, fix)


def _nothing_shipped(rule: str, sale: Shown) -> Check:
    fix = "Ship the goods in Cin7, or check that the product has a cost."
    words = "Nothing is posted yet: the goods are not shipped, or have no cost."
    return _step(rule, State.WAITING, words, "not_posted", sale.number, fix)


def _absent(shown: Shown, rule: str, words: str) -> Check:
    """Not in QuickBooks: still under way for a day, lost after that."""
    fix = "Look at Cin7's sync history and sync it again."
    if _fresh(shown):
        return _step(rule, State.WAITING, f"{words} yet.", "missing_in_qbo", shown.number, fix)
    return _step(rule, State.WRONG, f"{words}, a day after Cin7 had it.", "missing_in_qbo", shown.number, fix)


def _fresh(shown: Shown) -> bool:
    """Whether the document may still be on its way: changed in Cin7 less than a day before QuickBooks was read."""
    changed, read, day = shown.main.updated or shown.main.created, shown.books.as_of.get(Source.QBO), shown.main.day
    if changed is None or read is None:
        return read is None or day is None or read.date() - day <= _PATIENCE
    return read - changed < _PATIENCE


def _theirs(shown: Shown, kinds: tuple[str, ...]) -> list[Paper]:
    papers = [paper for paper in shown.papers if paper.source is Source.QBO and paper.kind in kinds]
    return [paper for paper in papers if not paper.voided and not paper.deleted_at]


def _moved(shown: Shown, control: str) -> tuple[int, int]:
    return shown.movement().get(control, (0, 0))


def _is(shown: Shown, account: str, control: str) -> bool:
    return shown.books.map.qbo_control.get(account) == control


def _step(rule: str, state: State, message: str, cause: str = "", subject: str = "", fix: str = "") -> Check:
    return Check(f"test_sync.{rule}", _STATUS[state], message, cause, subject, fix, state=state)
