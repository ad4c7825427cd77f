"""What the integration makes in QBO of selling: invoices, credit memos, payments, refunds, prepayments used."""

from __future__ import annotations

from sync.sandbox import chart
from sync.sandbox.company import Fact
from sync.sandbox.qbo_book import Book, journal, made_of, party_of
from sync.sandbox.qbo_buying import applied, expense
from sync.sandbox.qbo_documents import control, item_lines, linked_line
from sync.sandbox.qbo_txn import Side, Txn


def sales_document(book: Book, fact: Fact, entity: str) -> Txn:
    """An invoice, or with the signs turned a credit memo or refund receipt."""
    made, (party, currency) = made_of(fact), party_of(book, fact)
    sign = 1 if entity == "Invoice" else -1
    txn = book.new(entity, fact.at, day=made.day, number=made.number, note="", currency=currency, rate=made.rate,
                     party=party, total=made.total, home_total=made.total_base)  # fmt: skip
    txn.body = {"CustomerRef": party, "ApplyTaxAfterDiscount": False, "PrintStatus": "NotSet"}
    if entity == "Invoice":
        txn.body |= {"DueDate": made.due.isoformat(), "EmailStatus": "NotSet"}
    item_lines(book.lists, txn, made.lines)
    if entity != "RefundReceipt":
        receivable, who = control(book.lists, chart.RECEIVABLE, party, currency)
        txn.sides.append(Side(receivable, sign * made.total_base, sign * made.total, entity=who))
    for row in made.lines:
        income = book.lists.account(row.account)
        txn.sides.append(Side(income, -sign * row.net_base, -sign * row.net, row.description))
        txn.sides.append(Side(book.lists.account(chart.TAX), -sign * row.tax_base, -sign * row.tax))
    return txn


def post_invoice(book: Book, fact: Fact) -> list[Txn]:
    made = made_of(fact)
    txn = sales_document(book, fact, "Invoice")
    txn.settles = made
    book.invoices[id(made)] = txn
    return [txn]


def post_credit(book: Book, fact: Fact) -> list[Txn]:
    """A credit memo, set against its invoice where that is open; or, for one that is paid back, a refund receipt."""
    note = made_of(fact)
    if note.paid_back and book.company.switches.refunds_to_qbo == "refund_receipt":
        txn = sales_document(book, fact, "RefundReceipt")
        bank = book.lists.account(note.paid_back)
        txn.body["DepositToAccountRef"] = bank
        txn.sides.append(Side(bank, -note.total_base, -note.total))
        return [txn]
    txn = sales_document(book, fact, "CreditMemo")
    txn.settles = note
    book.invoices[id(note)] = txn
    paid = book.invoices.get(id(note.against))
    if note.paid_back or paid is None:
        return [txn]
    return [txn, applied(book, fact, paid, ("CreditMemo", txn.id), note.total)]


def post_payment(book: Book, fact: Fact) -> list[Txn]:
    invoice, paid, (party, currency) = book.invoices[id(made_of(fact))], fact.money, party_of(book, fact)
    assert paid is not None  # noqa: S101 - a payment has its money
    bank = book.lists.account(paid.account)
    txn = book.new("Payment", fact.at, day=paid.day, number=paid.reference, note=fact.number, currency=currency,
                     rate=paid.rate, party=party, total=paid.amount, home_total=paid.base)  # fmt: skip
    txn.body = {"CustomerRef": party, "DepositToAccountRef": {"value": bank["value"]}, "ProcessPayment": False,
                "UnappliedAmt": 0}  # fmt: skip
    linked_line(txn, paid.amount, ("Invoice", invoice.id))
    receivable, who = control(book.lists, chart.RECEIVABLE, party, currency)
    txn.sides = [Side(bank, paid.base, paid.amount), Side(receivable, -paid.relieved, -paid.amount, entity=who),
                 Side(book.lists.account(chart.FX), paid.relieved - paid.base, 0)]  # fmt: skip
    book.link(invoice, "Payment", txn.id, fact.at)
    return [txn]


def post_refund(book: Book, fact: Fact) -> list[Txn]:
    """Already in the refund receipt; or an expense on receivables that is set against the credit memo."""
    note, money, (party, _) = made_of(fact), fact.money, party_of(book, fact)
    assert money is not None  # noqa: S101 - a refund has its money
    if book.company.switches.refunds_to_qbo == "refund_receipt":
        credit = next(each for each in book.company.facts_of[fact.whole] if each.part_of is note)
        return book.made.get(id(credit), [])
    receivable, who = control(book.lists, chart.RECEIVABLE, party, "")
    txn = expense(book, fact, money.account, party, "Customer",
                   [(chart.RECEIVABLE, money.amount, f"Refund of {note.number}")])  # fmt: skip
    txn.sides[1] = Side(receivable, money.amount, entity=who)
    memo = book.invoices[id(note)]
    joined = book.new("Payment", fact.at, day=fact.day, number="", note="Credit applied", party=party)
    joined.body = {"CustomerRef": party, "ProcessPayment": False, "UnappliedAmt": 0}
    linked_line(joined, money.amount, ("CreditMemo", memo.id))
    linked_line(joined, money.amount, ("Expense", txn.id))
    book.touch(memo, fact.at)
    return [txn, joined]


def post_use(book: Book, fact: Fact) -> list[Txn]:
    """A prepayment is used: a journal against the control account, joined with the document that it settles."""
    txn = journal(book, fact)
    assert fact.money is not None  # noqa: S101 - what is used is money
    document = book.invoices[id(made_of(fact))]
    return [txn, applied(book, fact, document, ("JournalEntry", txn.id), fact.money.amount)]
