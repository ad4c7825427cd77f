"""What the integration makes in QBO of buying and of money: bills, vendor credits, payments, expenses, deposits."""

from __future__ import annotations

from collections.abc import Iterable

from sync.domain.money import from_minor
from sync.sandbox import chart
from sync.sandbox.company import Fact
from sync.sandbox.qbo_book import Book, made_of, party_of
from sync.sandbox.qbo_chart import Ref
from sync.sandbox.qbo_documents import control, deposit_line, expense_line, linked_line
from sync.sandbox.qbo_txn import Side, Txn
from sync.sandbox.records import MoneyTask


def applied(book: Book, fact: Fact, invoice: Txn, credit: tuple[str, str], amount: int) -> Txn:
    """A payment of nothing that joins a credit with the document it settles, as QBO keeps applied credits."""
    entity, kind = ("Payment", "Invoice") if invoice.entity == "Invoice" else ("BillPayment", "Bill")
    txn = book.new(entity, fact.at, day=fact.day, number="", note="Credit applied", currency=invoice.currency,
                     rate=invoice.rate, party=invoice.party)  # fmt: skip
    if entity == "Payment":
        txn.body = {"CustomerRef": invoice.party, "ProcessPayment": False, "UnappliedAmt": 0}
    else:
        bank = book.lists.account(chart.CHECKING)
        txn.body = {"VendorRef": invoice.party, "PayType": "Check",
                    "CheckPayment": {"BankAccountRef": bank, "PrintStatus": "NotSet"}}  # fmt: skip
    linked_line(txn, amount, (kind, invoice.id))
    linked_line(txn, amount, credit)
    book.link(invoice, entity if entity == "Payment" else "BillPaymentCheck", txn.id, fact.at)
    return txn


def expense(
    book: Book, fact: Fact, bank: str, party: Ref | None, kind: str, rows: Iterable[tuple[str, int, str]]
) -> Txn:
    """Money spent from a bank account on other accounts."""
    txn = book.new("Purchase", fact.at, day=fact.day, number=fact.number, note="", party=party)
    account = book.lists.account(bank)
    txn.body = {"PaymentType": "Cash", "AccountRef": account}
    if party:
        txn.body["EntityRef"] = {**party, "type": kind}
    txn.sides = [Side(account, 0)]
    for code, amount, text in rows:
        expense_line(txn, book.lists.account(code), amount, text)
        txn.sides.append(Side(book.lists.account(code), amount, text=text))
        txn.total += amount
    txn.sides[0].home = -txn.total
    txn.home_total = txn.total
    return txn


def post_bill(book: Book, fact: Fact) -> list[Txn]:
    made = made_of(fact)
    txn = purchase_document(book, fact, "Bill")
    txn.body["DueDate"] = made.due.isoformat()
    txn.settles = made
    book.invoices[id(made)] = txn
    return [txn]


def post_supplier_credit(book: Book, fact: Fact) -> list[Txn]:
    note = made_of(fact)
    txn = purchase_document(book, fact, "VendorCredit")
    return [txn, applied(book, fact, book.invoices[id(note.against)], ("VendorCredit", txn.id), note.total)]


def purchase_document(book: Book, fact: Fact, entity: str) -> Txn:
    """A bill or vendor credit: expense lines on the accounts that Cin7's entry debits, and tax."""
    made, (party, currency) = made_of(fact), party_of(book, fact)
    sign = 1 if entity == "Bill" else -1
    payable, who = control(book.lists, chart.PAYABLE, party, currency)
    txn = book.new(entity, fact.at, day=made.day, number=made.number, note="", currency=currency, rate=made.rate,
                     party=party, total=made.total, home_total=made.total_base)  # fmt: skip
    txn.body = {"VendorRef": party, "APAccountRef": payable}
    txn.tax = sum(row.tax for row in made.lines)
    txn.sides = [Side(payable, -sign * made.total_base, -sign * made.total, entity=who)]
    accrual = book.company.switches.accrual and entity == "Bill"
    for row in made.lines:
        parts = [(row.account if not row.good else row.good.stock, row.net, row.net_base)]
        if accrual and row.good:
            parts = [(chart.ACCRUED, row.accrued, row.accrued_base),
                     (row.good.stock, row.net - row.accrued, row.net_base - row.accrued_base)]  # fmt: skip
        for code, amount, home in parts:
            if amount or home:
                expense_line(txn, book.lists.account(code), amount, row.description)
                txn.sides.append(Side(book.lists.account(code), sign * home, sign * amount, row.description))
        txn.sides.append(Side(book.lists.account(chart.TAX), sign * row.tax_base, sign * row.tax))
    return txn


def post_supplier_payment(book: Book, fact: Fact) -> list[Txn]:
    bill, paid, (party, currency) = book.invoices[id(made_of(fact))], fact.money, party_of(book, fact)
    assert paid is not None  # noqa: S101 - a payment has its money
    bank = book.lists.account(paid.account)
    txn = book.new("BillPayment", fact.at, day=paid.day, number=paid.reference, note="", currency=currency,
                     rate=paid.rate, party=party, total=paid.amount, home_total=paid.base)  # fmt: skip
    txn.body = {"VendorRef": party, "PayType": "Check", "CheckPayment": {"BankAccountRef": bank,
                                                                         "PrintStatus": "NotSet"}}  # fmt: skip
    linked_line(txn, paid.amount, ("Bill", bill.id))
    payable, who = control(book.lists, chart.PAYABLE, party, currency)
    txn.sides = [Side(bank, -paid.base, -paid.amount), Side(payable, paid.relieved, paid.amount, entity=who),
                 Side(book.lists.account(chart.FX), paid.base - paid.relieved, 0)]  # fmt: skip
    book.link(bill, "BillPaymentCheck", txn.id, fact.at)
    return [txn]


def post_deposit(book: Book, fact: Fact) -> list[Txn]:
    money = fact.money
    assert money is not None  # noqa: S101 - a deposit is money
    rows = [(chart.SUPPLIER_DEPOSITS, money.amount, f"Deposit on {fact.number}")]
    return [expense(book, fact, money.account, party_of(book, fact)[0], "Vendor", rows)]


def post_money(book: Book, fact: Fact) -> list[Txn]:
    """Money spent is an expense, money received a deposit, a bank transfer a transfer."""
    task = fact.source
    assert isinstance(task, MoneyTask)  # noqa: S101 - by its part
    lists = book.lists
    if task.family == "Spend Money":
        rows = [(debit, amount, text) for debit, _, amount, text in task.rows]
        txn = expense(book, fact, task.account, None, "", rows)
        txn.note = task.party
        return [txn]
    if task.family == "BankTransfer":
        to, origin, amount, _ = task.rows[0]
        txn = book.new("Transfer", fact.at, day=task.day, number="", note=task.number)
        txn.body = {"FromAccountRef": lists.account(origin), "ToAccountRef": lists.account(to),
                    "Amount": from_minor(amount, txn.currency)}  # fmt: skip
        txn.sides = [Side(lists.account(to), amount), Side(lists.account(origin), -amount)]
        return [txn]
    txn = book.new("Deposit", fact.at, day=task.day, number=task.number, note=task.number)
    txn.body = {"DepositToAccountRef": lists.account(task.account)}
    for debit, credit, amount, text in task.rows:
        other, value = (credit, amount) if debit == task.account else (debit, -amount)
        deposit_line(txn, lists.account(other), value, text)
        txn.sides.append(Side(lists.account(other), -value, text=text))
        txn.total += value
    txn.sides.insert(0, Side(lists.account(task.account), txn.total))
    txn.home_total = txn.total
    return [txn]
