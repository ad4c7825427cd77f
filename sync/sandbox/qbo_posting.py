"""The native integration: what it makes in QuickBooks Online of each event that posts in Cin7."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sync.sandbox import chart
from sync.sandbox.books import Pair
from sync.sandbox.company import Company, Fact
from sync.sandbox.qbo_chart import QboChart, Ref
from sync.sandbox.qbo_documents import control, deposit_line, expense_line, item_lines, journal_lines, linked_line
from sync.sandbox.qbo_numbers import journal_number
from sync.sandbox.qbo_txn import Side, Txn
from sync.sandbox.records import Invoice, MoneyTask, Purchase, Sale

LAG = timedelta(minutes=3)


class Ledger:
    """The transactions in QBO, and which of them each event of Cin7 became."""

    def __init__(self, company: Company, lists: QboChart) -> None:
        self.company = company
        self.lists = lists
        self.txns: dict[str, Txn] = {}
        self.made: dict[int, list[Txn]] = {}
        self.invoices: dict[int, Txn] = {}
        self.touched: dict[str, Txn] = {}
        self.deleted: list[Txn] = []
        self.last_id = 100

    def new(self, entity: str, fact_at: datetime, **fields: Any) -> Txn:
        """A fresh transaction, saved a few minutes after the event."""
        self.last_id += 1
        at = fact_at + LAG
        home = self.company.currency
        fields.setdefault("currency", home)
        txn = Txn(entity, str(self.last_id), home=home, created=at, updated=at, **fields)
        self.txns[txn.id] = self.touched[txn.id] = txn
        return txn

    def post(self, fact: Fact) -> list[Txn]:
        """Makes the QBO documents of one event."""
        txns = POSTERS[fact.part](self, fact)
        for txn in txns:
            if fact.location in (place.name for place in self.company.catalogue.places):
                txn.department = self.lists.of("Department", fact.location)
            fact.qbo.append((txn.entity, txn.id))
        self.made[id(fact)] = txns
        return txns

    def link(self, txn: Txn, kind: str, own: str, at: datetime) -> None:
        """A payment was applied: the paid document changes too."""
        txn.links.append((kind, own))
        txn.change(at + LAG)
        self.touched[txn.id] = txn


def _party(ledger: Ledger, fact: Fact) -> tuple[Ref, str]:
    source = fact.source
    assert isinstance(source, Sale | Purchase)  # noqa: S101 - only these have a party
    kind = "Customer" if isinstance(source, Sale) else "Vendor"
    return ledger.lists.of(kind, source.party.name), source.party.currency


def _made(fact: Fact) -> Invoice:
    assert fact.part_of is not None  # noqa: S101 - documents and their money belong to an invoice or bill
    return fact.part_of


def sales_document(ledger: Ledger, fact: Fact, entity: str) -> Txn:
    """An invoice, or with the signs turned a credit memo or refund receipt."""
    made, (party, currency) = _made(fact), _party(ledger, fact)
    sign = 1 if entity == "Invoice" else -1
    txn = ledger.new(entity, fact.at, day=made.day, number=made.number, note="", currency=currency, rate=made.rate,
                     party=party, total=made.total, home_total=made.total_base)  # fmt: skip
    txn.body = {"CustomerRef": party, "ApplyTaxAfterDiscount": False, "PrintStatus": "NotSet"}
    if entity == "Invoice":
        txn.body |= {"DueDate": made.due.isoformat(), "EmailStatus": "NotSet"}
    item_lines(ledger.lists, txn, made.lines)
    if entity != "RefundReceipt":
        receivable, who = control(ledger.lists, chart.RECEIVABLE, party, currency)
        txn.sides.append(Side(receivable, sign * made.total_base, sign * made.total, entity=who))
    for row in made.lines:
        income = ledger.lists.account(row.account)
        txn.sides.append(Side(income, -sign * row.net_base, -sign * row.net, row.description))
        txn.sides.append(Side(ledger.lists.account(chart.TAX), -sign * row.tax_base, -sign * row.tax))
    return txn


def _invoice(ledger: Ledger, fact: Fact) -> list[Txn]:
    made = _made(fact)
    txn = sales_document(ledger, fact, "Invoice")
    txn.open = lambda: made.open
    ledger.invoices[id(made)] = txn
    return [txn]


def _credit(ledger: Ledger, fact: Fact) -> list[Txn]:
    """A credit memo, set against its invoice where that is open; or, for one that is paid back, a refund receipt."""
    note = _made(fact)
    if note.refunds and ledger.company.switches.refunds_to_qbo == "refund_receipt":
        txn = sales_document(ledger, fact, "RefundReceipt")
        bank = ledger.lists.account(note.refunds[0].account)
        txn.body["DepositToAccountRef"] = bank
        txn.sides.append(Side(bank, -note.total_base, -note.total))
        return [txn]
    txn = sales_document(ledger, fact, "CreditMemo")
    txn.open = lambda: note.open
    ledger.invoices[id(note)] = txn
    paid = ledger.invoices.get(id(note.against))
    if note.refunds or paid is None:
        return [txn]
    return [txn, _applied(ledger, fact, paid, ("CreditMemo", txn.id), note.total)]


def _applied(ledger: Ledger, fact: Fact, invoice: Txn, credit: tuple[str, str], amount: int) -> Txn:
    """A payment of nothing that joins a credit with the document it settles, as QBO keeps applied credits."""
    entity, kind = ("Payment", "Invoice") if invoice.entity == "Invoice" else ("BillPayment", "Bill")
    txn = ledger.new(entity, fact.at, day=fact.day, number="", note="Credit applied", currency=invoice.currency,
                     rate=invoice.rate, party=invoice.party)  # fmt: skip
    if entity == "Payment":
        txn.body = {"CustomerRef": invoice.party, "ProcessPayment": False, "UnappliedAmt": 0}
    else:
        bank = ledger.lists.account(chart.CHECKING)
        txn.body = {"VendorRef": invoice.party, "PayType": "Check",
                    "CheckPayment": {"BankAccountRef": bank, "PrintStatus": "NotSet"}}  # fmt: skip
    linked_line(txn, amount, (kind, invoice.id))
    linked_line(txn, amount, credit)
    ledger.link(invoice, entity if entity == "Payment" else "BillPaymentCheck", txn.id, fact.at)
    return txn


def _payment(ledger: Ledger, fact: Fact) -> list[Txn]:
    invoice, paid, (party, currency) = ledger.invoices[id(_made(fact))], fact.money, _party(ledger, fact)
    assert paid is not None  # noqa: S101 - a payment has its money
    bank = ledger.lists.account(paid.account)
    txn = ledger.new("Payment", fact.at, day=paid.day, number=paid.reference, note=fact.number, currency=currency,
                     rate=paid.rate, party=party, total=paid.amount, home_total=paid.base)  # fmt: skip
    txn.body = {"CustomerRef": party, "DepositToAccountRef": {"value": bank["value"]}, "ProcessPayment": False,
                "UnappliedAmt": 0}  # fmt: skip
    linked_line(txn, paid.amount, ("Invoice", invoice.id))
    receivable, who = control(ledger.lists, chart.RECEIVABLE, party, currency)
    txn.sides = [Side(bank, paid.base, paid.amount), Side(receivable, -paid.relieved, -paid.amount, entity=who),
                 Side(ledger.lists.account(chart.FX), paid.relieved - paid.base, 0)]  # fmt: skip
    ledger.link(invoice, "Payment", txn.id, fact.at)
    return [txn]


def _refund(ledger: Ledger, fact: Fact) -> list[Txn]:
    """Already in the refund receipt; or an expense on receivables that is set against the credit memo."""
    note, money, (party, _) = _made(fact), fact.money, _party(ledger, fact)
    assert money is not None  # noqa: S101 - a refund has its money
    if ledger.company.switches.refunds_to_qbo == "refund_receipt":
        credit = next(each for each in ledger.company.facts_of[fact.whole] if each.part_of is note)
        return ledger.made.get(id(credit), [])
    receivable, who = control(ledger.lists, chart.RECEIVABLE, party, "")
    txn = _expense(ledger, fact, money.account, party, "Customer",
                   [(chart.RECEIVABLE, money.amount, f"Refund of {note.number}")])  # fmt: skip
    txn.sides[1] = Side(receivable, money.amount, entity=who)
    memo = ledger.invoices[id(note)]
    joined = ledger.new("Payment", fact.at, day=fact.day, number="", note="Credit applied", party=party)
    joined.body = {"CustomerRef": party, "ProcessPayment": False, "UnappliedAmt": 0}
    linked_line(joined, money.amount, ("CreditMemo", memo.id))
    linked_line(joined, money.amount, ("Expense", txn.id))
    memo.change(fact.at + LAG)
    ledger.touched[memo.id] = memo
    return [txn, joined]


def _expense(
    ledger: Ledger, fact: Fact, bank: str, party: Ref | None, kind: str, rows: Iterable[tuple[str, int, str]]
) -> Txn:
    """Money spent from a bank account on other accounts."""
    txn = ledger.new("Purchase", fact.at, day=fact.day, number=fact.number, note="", party=party)
    account = ledger.lists.account(bank)
    txn.body = {"PaymentType": "Cash", "AccountRef": account}
    if party:
        txn.body["EntityRef"] = {**party, "type": kind}
    txn.sides = [Side(account, 0)]
    for code, amount, text in rows:
        expense_line(txn, ledger.lists.account(code), amount, text)
        txn.sides.append(Side(ledger.lists.account(code), amount, text=text))
        txn.total += amount
    txn.sides[0].home = -txn.total
    txn.home_total = txn.total
    return txn


def journal(ledger: Ledger, fact: Fact, pairs: Iterable[Pair] | None = None) -> Txn:
    """A journal of the event's pairs, numbered as the switch says."""
    number_of, note, text = journal_number(ledger.company.switches.journal_numbers, fact.part, fact.number)
    txn = ledger.new("JournalEntry", fact.at, day=fact.day, number=number_of, note=note)
    party: Ref = {}
    if isinstance(fact.source, Sale | Purchase):
        party = _party(ledger, fact)[0]
    sides = []
    for pair in fact.pairs if pairs is None else pairs:
        for code, amount in ((pair.debit, pair.amount), (pair.credit, -pair.amount)):
            account, who = control(ledger.lists, code, party, "")
            sides.append(Side(account, amount, text=text, entity=who))
    source = fact.source
    channel = (source.party.channel or "Wholesale") if isinstance(source, Sale) else ""
    journal_lines(txn, sides, ledger.lists.of("Class", channel) if channel else None)
    return txn


def _journal(ledger: Ledger, fact: Fact) -> list[Txn]:
    return [journal(ledger, fact)]


def _use(ledger: Ledger, fact: Fact) -> list[Txn]:
    """A prepayment is used: a journal against the control account, joined with the document that it settles."""
    txn = journal(ledger, fact)
    assert fact.money is not None  # noqa: S101 - what is used is money
    document = ledger.invoices[id(_made(fact))]
    return [txn, _applied(ledger, fact, document, ("JournalEntry", txn.id), fact.money.amount)]


def _bill(ledger: Ledger, fact: Fact) -> list[Txn]:
    made = _made(fact)
    txn = purchase_document(ledger, fact, "Bill")
    txn.body["DueDate"] = made.due.isoformat()
    txn.open = lambda: made.open
    ledger.invoices[id(made)] = txn
    return [txn]


def _supplier_credit(ledger: Ledger, fact: Fact) -> list[Txn]:
    note = _made(fact)
    txn = purchase_document(ledger, fact, "VendorCredit")
    return [txn, _applied(ledger, fact, ledger.invoices[id(note.against)], ("VendorCredit", txn.id), note.total)]


def purchase_document(ledger: Ledger, fact: Fact, entity: str) -> Txn:
    """A bill or vendor credit: expense lines on the accounts that Cin7's entry debits, and tax."""
    made, (party, currency) = _made(fact), _party(ledger, fact)
    sign = 1 if entity == "Bill" else -1
    payable, who = control(ledger.lists, chart.PAYABLE, party, currency)
    txn = ledger.new(entity, fact.at, day=made.day, number=made.number, note="", currency=currency, rate=made.rate,
                     party=party, total=made.total, home_total=made.total_base)  # fmt: skip
    txn.body = {"VendorRef": party, "APAccountRef": payable}
    txn.tax = sum(row.tax for row in made.lines)
    txn.sides = [Side(payable, -sign * made.total_base, -sign * made.total, entity=who)]
    accrual = ledger.company.switches.accrual and entity == "Bill"
    for row in made.lines:
        parts = [(row.account if not row.good else row.good.stock, row.net, row.net_base)]
        if accrual and row.good:
            parts = [(chart.ACCRUED, row.accrued, row.accrued_base),
                     (row.good.stock, row.net - row.accrued, row.net_base - row.accrued_base)]  # fmt: skip
        for code, amount, home in parts:
            if amount or home:
                expense_line(txn, ledger.lists.account(code), amount, row.description)
                txn.sides.append(Side(ledger.lists.account(code), sign * home, sign * amount, row.description))
        txn.sides.append(Side(ledger.lists.account(chart.TAX), sign * row.tax_base, sign * row.tax))
    return txn


def _supplier_payment(ledger: Ledger, fact: Fact) -> list[Txn]:
    bill, paid, (party, currency) = ledger.invoices[id(_made(fact))], fact.money, _party(ledger, fact)
    assert paid is not None  # noqa: S101 - a payment has its money
    bank = ledger.lists.account(paid.account)
    txn = ledger.new("BillPayment", fact.at, day=paid.day, number=paid.reference, note="", currency=currency,
                     rate=paid.rate, party=party, total=paid.amount, home_total=paid.base)  # fmt: skip
    txn.body = {"VendorRef": party, "PayType": "Check", "CheckPayment": {"BankAccountRef": bank,
                                                                         "PrintStatus": "NotSet"}}  # fmt: skip
    linked_line(txn, paid.amount, ("Bill", bill.id))
    payable, who = control(ledger.lists, chart.PAYABLE, party, currency)
    txn.sides = [Side(bank, -paid.base, -paid.amount), Side(payable, paid.relieved, paid.amount, entity=who),
                 Side(ledger.lists.account(chart.FX), paid.base - paid.relieved, 0)]  # fmt: skip
    ledger.link(bill, "BillPaymentCheck", txn.id, fact.at)
    return [txn]


def _deposit(ledger: Ledger, fact: Fact) -> list[Txn]:
    money = fact.money
    assert money is not None  # noqa: S101 - a deposit is money
    rows = [(chart.SUPPLIER_DEPOSITS, money.amount, f"Deposit on {fact.number}")]
    return [_expense(ledger, fact, money.account, _party(ledger, fact)[0], "Vendor", rows)]


def _money(ledger: Ledger, fact: Fact) -> list[Txn]:
    """Money spent is an expense, money received a deposit, a bank transfer a transfer."""
    task = fact.source
    assert isinstance(task, MoneyTask)  # noqa: S101 - by its part
    lists = ledger.lists
    if task.family == "Spend Money":
        rows = [(debit, amount, text) for debit, _, amount, text in task.rows]
        txn = _expense(ledger, fact, task.account, None, "", rows)
        txn.note = task.party
        return [txn]
    if task.family == "BankTransfer":
        to, origin, amount, _ = task.rows[0]
        txn = ledger.new("Transfer", fact.at, day=task.day, number="", note=task.number)
        txn.body = {"FromAccountRef": lists.account(origin), "ToAccountRef": lists.account(to),
                    "Amount": amount}  # fmt: skip
        txn.sides = [Side(lists.account(to), amount), Side(lists.account(origin), -amount)]
        return [txn]
    txn = ledger.new("Deposit", fact.at, day=task.day, number=task.number, note=task.number)
    txn.body = {"DepositToAccountRef": lists.account(task.account)}
    for debit, credit, amount, text in task.rows:
        other, value = (credit, amount) if debit == task.account else (debit, -amount)
        deposit_line(txn, lists.account(other), value, text)
        txn.sides.append(Side(lists.account(other), -value, text=text))
        txn.total += value
    txn.sides.insert(0, Side(lists.account(task.account), txn.total))
    txn.home_total = txn.total
    return [txn]


POSTERS: dict[str, Callable[[Ledger, Fact], list[Txn]]] = {
    "invoice": _invoice, "credit": _credit, "payment": _payment, "refund": _refund, "prepayment": _journal,
    "prepayment applied": _use, "deposit applied": _use, "bill": _bill, "supplier credit": _supplier_credit,
    "supplier payment": _supplier_payment, "deposit": _deposit, "money spent": _money, "money received": _money,
    "bank transfer": _money,
    **dict.fromkeys(
        ("cost", "cost change", "restock", "receipt", "landed cost", "adjustment", "stock take", "write-off",
         "transfer sent", "transfer received", "transfer cost", "work begun", "work finished", "disassembly",
         "journal"), _journal,
    ),
}  # fmt: skip
