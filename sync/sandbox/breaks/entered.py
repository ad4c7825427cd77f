"""Documents that are entered by hand: journals, bills, expenses and sales in QuickBooks Online, records in Cin7."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from sync.domain.money import from_minor
from sync.sandbox import chart
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.company import Fact
from sync.sandbox.qbo_chart import UTILITY, Ref
from sync.sandbox.qbo_documents import control, expense_line, item_lines, journal_lines
from sync.sandbox.qbo_txn import Side, Txn
from sync.sandbox.records import Invoice, Line, MoneyTask

Row = tuple[str, int, str]  # account, minor units (debit positive where a sign matters), text
Moment = tuple[date, datetime]


def moment(scene: Scene) -> Moment:
    """A day on which the company worked, and an instant of it."""
    fact = scene.moment()
    return fact.day, fact.at + timedelta(hours=1)


def _new(scene: Scene, entity: str, when: Moment, number: str, note: str, party: Ref | None, total: int) -> Txn:
    txn = scene.book.new(entity, when[1], day=when[0], number=number, note=note, party=party, total=total,
                         home_total=total)  # fmt: skip
    scene.reserve(f"{entity} {txn.id}")
    return txn


def entered_journal(
    scene: Scene, when: Moment, number: str, note: str, rows: Iterable[Row], party: tuple[str, str] | None = None
) -> Txn:
    """A journal by hand; `party` is (kind, name) of whoever its receivables or payables are about."""
    txn = _new(scene, "JournalEntry", when, number, note, None, 0)
    who = (party[0], scene.book.lists.of(*party)) if party else None
    codes = (chart.RECEIVABLE, chart.PAYABLE)
    sides = [Side(scene.book.lists.account(code), amount, text=text, entity=who if code in codes else None)
             for code, amount, text in rows]  # fmt: skip
    journal_lines(txn, sides)
    return txn


def entered_bill(scene: Scene, when: Moment, number: str, note: str, vendor: str, rows: list[Row]) -> Txn:
    """A bill by hand, not paid yet."""
    lists, total = scene.book.lists, sum(amount for _, amount, _ in rows)
    party = lists.of("Vendor", vendor)
    payable, who = control(lists, chart.PAYABLE, party, "")
    due = when[0] + timedelta(30)
    txn = _new(scene, "Bill", when, number, note, party, total)
    txn.body = {"VendorRef": party, "APAccountRef": payable, "DueDate": due.isoformat()}
    txn.sides = [Side(payable, -total, entity=who)]
    for code, amount, text in rows:
        expense_line(txn, lists.account(code), amount, text)
        txn.sides.append(Side(lists.account(code), amount, text=text))
    txn.settles = Invoice("", number, when[0], due, Decimal(1), [], open=total, open_base=total)
    return txn


def entered_expense(scene: Scene, when: Moment, note: str, rows: list[Row]) -> Txn:
    """Money spent by hand from the bank account."""
    lists, total = scene.book.lists, sum(amount for _, amount, _ in rows)
    party, bank = lists.of("Vendor", UTILITY), lists.account(chart.CHECKING)
    txn = _new(scene, "Purchase", when, "", note, party, total)
    txn.body = {"PaymentType": "Cash", "AccountRef": bank, "EntityRef": {**party, "type": "Vendor"}}
    txn.sides = [Side(bank, -total)]
    for code, amount, text in rows:
        expense_line(txn, lists.account(code), amount, text)
        txn.sides.append(Side(lists.account(code), amount, text=text))
    return txn


def entered_sale(scene: Scene, when: Moment, entity: str, number: str, customer: str, rows: list[Row],
                 *, tax: int = 0, note: str = "", paid_to: str = chart.UNDEPOSITED) -> Txn:  # fmt: skip
    """An invoice (not paid yet) or a sales receipt by hand: amounts positive, in home currency."""
    lists, net = scene.book.lists, sum(amount for _, amount, _ in rows)
    total, party = net + tax, lists.of("Customer", customer)
    lines = [_line(scene, code, amount, text) for code, amount, text in rows]
    lines[0].tax = tax
    txn = _new(scene, entity, when, number, note, party, total)
    txn.body = {"CustomerRef": party, "ApplyTaxAfterDiscount": False, "PrintStatus": "NotSet", "EmailStatus": "NotSet"}
    item_lines(lists, txn, lines)
    owed, who = lists.account(paid_to), None
    if entity == "Invoice":
        owed, who = control(lists, chart.RECEIVABLE, party, "")
        txn.settles = Invoice("", number, when[0], when[0], Decimal(1), [], open=total, open_base=total)
        txn.body["DueDate"] = (when[0] + timedelta(30)).isoformat()
    else:
        txn.body["DepositToAccountRef"] = owed
    txn.sides = [Side(owed, total, entity=who), Side(lists.account(chart.TAX), -tax)]
    txn.sides += [Side(lists.account(code), -amount, text=text) for code, amount, text in rows]
    return txn


def _line(scene: Scene, code: str, amount: int, text: str) -> Line:
    """A line of one piece; QBO wants an item on it, and takes its account from the line."""
    good = next((each for each in scene.company.goods.values() if each.revenue == code), None)
    price = from_minor(amount, scene.company.currency)
    return Line(good, text, Decimal(1), price, Decimal(0), amount, 0, amount, code, amount, 0)


# family -> (Type in the ledger, part of the event, prefix of its number)
_RECORDS = {"Journal": ("Journal", "journal", "JR"), "Spend Money": ("MoneySpend", "money spent", "SM")}


def recorded(
    scene: Scene, family: str, day: date, rows: list[tuple[str, str, int, str]], *, heard: bool = False
) -> Fact:
    """A journal or an expense entered in Cin7 now, dated `day`; `heard`: the integration posts it in QBO too.

    `rows` are (debit, credit, minor units, text).
    """
    company, (kind, part, prefix) = scene.company, _RECORDS[family]
    made = MoneyTask(company.new_id(), family, company.next(prefix), day, "", chart.CHECKING, rows, company.now(),
                     note=rows[0][3])  # fmt: skip
    company.money.append(made)
    listener = company.listener
    company.listener = listener if heard else None
    fact = company.post(kind, part, made.number, day, [row[:3] for row in rows], source=made)
    company.listener = listener
    assert fact is not None  # noqa: S101 - it has an amount
    scene.reserve(fact.whole)
    return fact
