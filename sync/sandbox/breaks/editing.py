"""Changes to QuickBooks Online's transactions that leave it consistent: balances, links, stamps, postings."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from sync.domain.money import to_minor
from sync.sandbox import chart
from sync.sandbox.books import Pair
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.company import Fact
from sync.sandbox.lines import in_base
from sync.sandbox.qbo_book import journal
from sync.sandbox.qbo_buying import purchase_document
from sync.sandbox.qbo_selling import sales_document
from sync.sandbox.qbo_txn import Txn
from sync.sandbox.records import Invoice, Line

DRAWN = {"Invoice": sales_document, "CreditMemo": sales_document, "RefundReceipt": sales_document,
         "Bill": purchase_document, "VendorCredit": purchase_document}  # fmt: skip


def copy_of(fact: Fact, **changes: Any) -> Fact:
    """The same event told otherwise; Cin7 knows nothing of it."""
    told = {each.name: getattr(fact, each.name) for each in fields(fact)} | {"qbo": []}
    return Fact(**(told | changes))


def retold(scene: Scene, fact: Fact, made: Invoice) -> None:
    """QBO's document of this event says what `made` says instead of what Cin7's says."""
    old = scene.txns(fact)[0]
    fresh = DRAWN[old.entity](scene.book, copy_of(fact, part_of=made), old.entity)
    _take_over(scene, old, fresh)


def rejournalled(scene: Scene, fact: Fact, pairs: list[Pair]) -> None:
    """QBO's journal of this event posts these pairs instead of Cin7's."""
    _take_over(scene, scene.txns(fact)[0], journal(scene.book, fact, pairs))


def _take_over(scene: Scene, old: Txn, fresh: Txn) -> None:
    unmake(scene, fresh)
    old.owes += fresh.total - old.total
    old.owes_home += fresh.home_total - old.home_total
    for name in ("lines", "sides", "tax", "total", "home_total", "rate"):
        setattr(old, name, getattr(fresh, name))
    show(scene, old)


def show(scene: Scene, txn: Txn) -> None:
    """Publishes a transaction as it is, as if it had been so from the start: no later stamp, no higher token."""
    scene.book.touched[txn.id] = txn


def stamped(scene: Scene, txn: Txn) -> None:
    """Publishes a transaction that someone saved again just now."""
    scene.book.touch(txn, scene.company.now())


def unmake(scene: Scene, txn: Txn) -> None:
    """Takes a transaction out of QBO as if it had never been there; what it settled is open again."""
    scene.book.txns.pop(txn.id)
    show(scene, txn)
    released(scene, txn)


def released(scene: Scene, txn: Txn, *, saved: bool = False) -> None:
    """What a payment was applied to owes that money again, and links to it no longer; `saved`: with a new stamp."""
    for line in txn.lines:
        amount = to_minor(line["Amount"], txn.currency) if "LinkedTxn" in line else 0
        for link in line.get("LinkedTxn", ()):
            other = scene.book.txns.get(link["TxnId"])
            if other is None:
                continue
            other.links = [each for each in other.links if each[1] != txn.id]
            if other.settles and other.entity in ("Invoice", "Bill", "CreditMemo"):
                other.owes += amount
                other.owes_home += _in_home(scene, txn, amount)
            (stamped if saved else show)(scene, other)


def _in_home(scene: Scene, txn: Txn, amount: int) -> int:
    """What a payment took off receivables or payables, in home currency."""
    held = [side.home for side in txn.sides if scene.codes.get(side.account["value"]) in (chart.RECEIVABLE,
                                                                                          chart.PAYABLE)]  # fmt: skip
    return abs(sum(held)) if held else scene.company.base(amount, txn.currency, txn.rate)


def forgotten(scene: Scene, fact: Fact) -> None:
    """The event never came to QBO; nor does, later, what settles it."""
    for txn in reversed(scene.book.made.pop(id(fact))):
        unmake(scene, txn)
    fact.qbo = []
    refuse(scene, fact)


def refuse(scene: Scene, fact: Fact) -> None:
    """From now on QBO takes no money for this document, which it has no longer."""
    if fact.part_of is not None and fact.part in ("invoice", "bill", "credit", "supplier credit"):
        scene.integration.refused[id(fact.part_of)] = fact.part_of


def again(scene: Scene, txn: Txn, *, number: str, later: timedelta) -> Txn:
    """A second copy of a transaction, saved `later` than the first."""
    made = scene.book.new(txn.entity, txn.created + later, day=txn.day, number=number, note=txn.note,
                          currency=txn.currency, rate=txn.rate, party=txn.party, total=txn.total,
                          home_total=txn.home_total, tax=txn.tax, words=txn.words)  # fmt: skip
    made.body, made.department = dict(txn.body), txn.department
    made.lines = [{key: value for key, value in line.items() if key != "LinkedTxn"} for line in txn.lines]
    made.sides = [replace(side) for side in txn.sides]
    if txn.settles:
        made.settles = replace(txn.settles, open=txn.total, open_base=txn.home_total, settlements=[])
    if txn.entity in ("Payment", "BillPayment"):
        made.lines, made.body = [], made.body | {"UnappliedAmt": made.lines[0]["Amount"] if made.lines else 0}
    return made


def relined(scene: Scene, fact: Fact, made: Invoice, rows: list[Line], *, rate: Any = None) -> Invoice:
    """A copy of a document with other lines, each converted to base currency at the document's rate or at `rate`."""
    fresh = [replace(row) for row in rows]
    if rate is not None:
        for row in fresh:
            in_base(scene.company, row, scene.txns(fact)[0].currency, rate)
            row.accrued_base = scene.company.base(row.accrued, scene.txns(fact)[0].currency, rate)
    return replace(made, lines=fresh, rate=made.rate if rate is None else rate, settlements=list(made.settlements))


def turned(scene: Scene, txn: Txn, code: str, other: str) -> None:
    """Every line and posting on one account stands on another instead."""
    old, new = scene.book.lists.account(code)["value"], scene.book.lists.account(other)
    txn.sides = [replace(side, account=new) if side.account["value"] == old else side for side in txn.sides]
    for line in txn.lines:
        detail = line.get(line.get("DetailType", ""), {})
        for key in ("AccountRef", "ItemAccountRef"):
            if detail.get(key, {}).get("value") == old:
                detail[key] = new
    show(scene, txn)


def moved_to(scene: Scene, txn: Txn, day: date) -> None:
    """The transaction bears another date."""
    txn.day = day
    show(scene, txn)
