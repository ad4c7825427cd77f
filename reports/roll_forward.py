"""The roll-forward of inventory on both sides: opening, what moved it and why, closing, and what nothing classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.books import GOODS_CONTROLS, Books
from sync.domain.accounts import AccountClass, Source
from sync.errors import InvariantBroken

# In the order in which an accountant reads them; "not classed" comes last and is named document by document.
CLASSES = (
    "receipts",
    "landed cost",
    "production",
    "shipments",
    "adjustments",
    "transfers",
    "opening entries",
    "not classed",
)
UNCLASSED = CLASSES[-1]
_BY_CONTROL = {
    "cogs": "shipments",
    "payables": "receipts",
    "work_in_progress": "production",
    "inventory_adjustments": "adjustments",
    "in_transit": "transfers",
}
_GOODS = GOODS_CONTROLS | {"inventory_adjustments"}
_BY_KIND = {
    "StockAdjustment": "adjustments",
    "StockTake": "adjustments",
    "InventoryWriteOff": "adjustments",
    "FinishedGoods": "production",
    "Disassembly": "production",
    "ProductionOrder": "production",
}


@dataclass(frozen=True, slots=True)
class Cin7Move:
    """What one kind of Cin7 document moved on inventory against one account; debit positive, base currency."""

    kind: str
    number: str
    counter: str
    amount: int


@dataclass(frozen=True, slots=True)
class QboMove:
    """One QuickBooks transaction: what it posts on inventory, and on every other account by id."""

    kind: str
    id: str
    number: str
    inventory: int
    others: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unclassed:
    """What no rule classes, with the document."""

    source: Source
    kind: str
    number: str
    amount: int


@dataclass(frozen=True, slots=True)
class RollForward:
    """`moved`: class -> (Cin7, QuickBooks), every one of CLASSES; minor units of base currency, debit positive.

    `opening` and `closing` are None where postings are not cached from the beginning, with the `reason`. On each side
    opening + all that moved = closing.
    """

    opening: tuple[int, int] | None
    moved: Mapping[str, tuple[int, int]]
    closing: tuple[int, int] | None
    unclassed: tuple[Unclassed, ...] = ()
    reason: str = ""

    def movement(self, side: int) -> int:
        """All that moved, 0 Cin7's and 1 QuickBooks'."""
        return sum(amounts[side] for amounts in self.moved.values())


def roll_forward(
    books: Books,
    cin7: Iterable[Cin7Move],
    qbo: Iterable[QboMove],
    closing: tuple[int, int] | None,
    *,
    received: str = "",
    reason: str = "",
) -> RollForward:
    """Classes every movement of inventory in the period by what it is posted against.

    `received` is the Cin7 account of goods received and not billed: what a purchase adds from another account of that
    control is landed cost. `closing` are the balances at the period's end. InvariantBroken where the classes do not
    come to the ledger's movement.
    """
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    left: list[Unclassed] = []
    for move in cin7:
        name = _cin7_class(books, move, received)
        sums[name][0] += move.amount
        if name == UNCLASSED and move.amount:
            left.append(Unclassed(Source.CIN7, move.kind, move.number, move.amount))
    for txn in qbo:
        for name, amount in _qbo_classes(books, txn, received).items():
            sums[name][1] += amount
            if name == UNCLASSED and amount:
                left.append(Unclassed(Source.QBO, txn.kind, txn.number or txn.id, amount))
    moved = {name: (sums[name][0], sums[name][1]) for name in CLASSES}
    found = RollForward(None, moved, closing, tuple(sorted(left, key=_place)), reason)
    for side, source in enumerate((Source.CIN7, Source.QBO)):
        if found.movement(side) != books.control(source, "inventory"):
            raise InvariantBroken("The classes of the roll-forward do not come to the ledger; no figure is given.")
    if closing is None:
        return found
    opening = (closing[0] - found.movement(0), closing[1] - found.movement(1))
    return RollForward(opening, moved, closing, found.unclassed, reason)


def _place(each: Unclassed) -> tuple[str, int, str, str]:
    return (each.source.value, -abs(each.amount), each.kind, each.number)


def _cin7_class(books: Books, move: Cin7Move, received: str) -> str:
    kind = move.kind.replace(" ", "")
    control = books.map.cin7_control.get(move.counter, "")
    if _is_equity(books, Source.CIN7, move.counter):
        return "opening entries"
    if control == "accrued_purchases":
        return "receipts" if move.counter == received else "landed cost"
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if kind == "StockTransfer" and control != "in_transit":
        return "landed cost"
    if kind == "Purchase" and control not in _BY_CONTROL:
        return "landed cost"
    return _BY_CONTROL.get(control, UNCLASSED)


def _qbo_classes(books: Books, txn: QboMove, received: str) -> dict[str, int]:
    """A transaction's inventory by the accounts on its other side: first those of goods, as an invoice of tracked
    goods has them beside sales; then all. Several classes are told apart where they come to what inventory has.
    """
    other = {account: amount for account, amount in txn.others.items() if amount * txn.inventory < 0}
    goods = {account: amount for account, amount in other.items() if books.map.qbo_control.get(account) in _GOODS}
    for legs in (goods, other):
        against: defaultdict[str, int] = defaultdict(int)
        for account, amount in legs.items():
            against[_qbo_class(books, account, received)] -= amount
        if against and sum(against.values()) == txn.inventory:
            return dict(against)
    if len(against) == 1:
        return {next(iter(against)): txn.inventory}
    return {UNCLASSED: txn.inventory} if txn.inventory else {}


def _qbo_class(books: Books, account: str, received: str) -> str:
    control = books.map.qbo_control.get(account, "")
    if _is_equity(books, Source.QBO, account):
        return "opening entries"
    if control == "accrued_purchases":
        return "receipts" if account in books.map.qbo.get(received, ()) else "landed cost"
    return _BY_CONTROL.get(control, UNCLASSED)


def _is_equity(books: Books, source: Source, code: str) -> bool:
    account = books.accounts.get((source, code))
    return account is not None and account.klass is AccountClass.EQUITY
