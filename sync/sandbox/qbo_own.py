"""What happens in QuickBooks Online alone: rent, payroll, owner draws, utilities, consulting, month-end revaluation."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sync.domain.money import digits, from_minor
from sync.sandbox import chart
from sync.sandbox.qbo_book import Book
from sync.sandbox.qbo_chart import LANDLORD, OWNER, UTILITY, Ref
from sync.sandbox.qbo_documents import control, deposit_line, expense_line, journal_lines, linked_line
from sync.sandbox.qbo_txn import Side, Txn


class OwnBusiness:
    """Cin7 knows nothing of these; they touch no goods account and settle no document of Cin7's."""

    def __init__(self, book: Book, seed: int) -> None:
        self.book = book
        self.random = Random(f"own {seed}")
        self.ids: list[tuple[str, str]] = []
        self.waiting: list[tuple[int, str]] = []

    def day_ended(self) -> None:
        today = self.book.company.today
        if today.day == 1:
            self._rent()
        if today.day in (15, 28):
            self._payroll()
        if today.day == 20:
            self._utilities()
        if today.day == 5 and today.month % 3 == 1:
            self._draw()
        if today.day in (8, 22):
            self._consulting()
        if today.weekday() == 4 and self.waiting:
            self._deposit()
        if (today + timedelta(1)).day == 1:
            self._revalue()

    def _amount(self, low: int, high: int) -> int:
        scale = 10 ** digits(self.book.company.currency)
        return int(self.book.company.catalogue.unit * self.random.randint(low * scale, high * scale))

    def _new(self, entity: str, note: str, number: str = "", party: Ref | None = None, total: int = 0) -> Txn:
        company = self.book.company
        txn = self.book.new(entity, company.now(), day=company.today, number=number, note=note, party=party,
                            total=total, home_total=total)  # fmt: skip
        self.ids.append((txn.entity, txn.id))
        return txn

    def _account(self, code: str) -> Ref:
        return self.book.lists.account(code)

    def _rent(self) -> None:
        """A bill through payables, paid the same day."""
        lists, today = self.book.lists, self.book.company.today
        party, amount = lists.of("Vendor", LANDLORD), self._amount(1800, 1801)
        payable, who = control(lists, chart.PAYABLE, party, "")
        bill = self._new("Bill", "Rent", f"RENT-{today:%Y-%m}", party, amount)
        bill.body = {"VendorRef": party, "APAccountRef": payable, "DueDate": today.isoformat()}
        expense_line(bill, self._account(chart.RENT), amount, "Rent")
        bill.sides = [Side(payable, -amount, entity=who), Side(self._account(chart.RENT), amount)]
        bank = self._account(chart.CHECKING)
        paid = self._new("BillPayment", "Rent", "", party, amount)
        paid.body = {"VendorRef": party, "PayType": "Check",
                     "CheckPayment": {"BankAccountRef": bank, "PrintStatus": "NotSet"}}  # fmt: skip
        linked_line(paid, amount, ("Bill", bill.id))
        paid.sides = [Side(bank, -amount), Side(payable, amount, entity=who)]
        self.book.link(bill, "BillPaymentCheck", paid.id, paid.created)

    def _payroll(self) -> None:
        gross = self._amount(6000, 7000)
        tax = gross * 22 // 100
        txn = self._new("JournalEntry", "Payroll", f"PAY{self.book.company.today:%y%m%d}")
        journal_lines(txn, [Side(self._account(chart.PAYROLL), gross, text="Gross pay"),
                            Side(self._account(chart.PAYROLL_OWED), -tax, text="Withheld"),
                            Side(self._account(chart.CHECKING), tax - gross, text="Net pay")])  # fmt: skip

    def _utilities(self) -> None:
        """An expense over a parent account and both of its sub-accounts."""
        party = self.book.lists.of("Vendor", UTILITY)
        rows = [(code, self._amount(30, 160)) for code in (chart.GAS, chart.POWER, chart.UTILITIES)]
        self._spend("Utilities", rows, party, "Vendor")

    def _draw(self) -> None:
        self._spend("Owner draw", [(chart.DRAWS, self._amount(2000, 3000))], self.book.lists.of("Vendor", OWNER),
                    "Vendor", check=True)  # fmt: skip

    def _spend(self, note: str, rows: list[tuple[str, int]], party: Ref, kind: str, check: bool = False) -> None:
        total = sum(amount for _, amount in rows)
        bank = self._account(chart.CHECKING)
        txn = self._new("Purchase", note, "", party, total)
        txn.words = "Check" if check else "Expense"
        txn.body = {
            "PaymentType": "Check" if check else "Cash",
            "AccountRef": bank,
            "EntityRef": {**party, "type": kind},
        }
        txn.sides = [Side(bank, -total)]
        for code, amount in rows:
            expense_line(txn, self._account(code), amount, note)
            txn.sides.append(Side(self._account(code), amount, text=note))

    def _consulting(self) -> None:
        """A sales receipt that waits in undeposited funds for its trip to the bank."""
        amount = self._amount(300, 900)
        lists = self.book.lists
        party = lists.of("Customer", self.book.company.catalogue.customers[-1].name)
        funds, income = self._account(chart.UNDEPOSITED), self._account(chart.CONSULTING)
        txn = self._new("SalesReceipt", "Consulting", f"CONS-{len(self.ids)}", party, amount)
        txn.body = {"CustomerRef": party, "DepositToAccountRef": funds, "ApplyTaxAfterDiscount": False,
                    "PrintStatus": "NotSet", "EmailStatus": "NotSet"}  # fmt: skip
        shown = from_minor(amount, txn.currency)
        detail = {"ItemRef": lists.of("Item", "Consulting"), "Qty": 1, "UnitPrice": shown,
                  "TaxCodeRef": {"value": "NON"}}  # fmt: skip
        txn.lines = [{"Id": "1", "LineNum": 1, "Description": "Consulting", "Amount": shown,
                      "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail},
                     {"Amount": shown, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}]  # fmt: skip
        txn.sides = [Side(funds, amount), Side(income, -amount)]
        self.waiting.append((amount, txn.id))

    def _deposit(self) -> None:
        total = sum(amount for amount, _ in self.waiting)
        bank, funds = self._account(chart.CHECKING), self._account(chart.UNDEPOSITED)
        txn = self._new("Deposit", "Bank run", "", None, total)
        txn.body = {"DepositToAccountRef": bank}
        for amount, own in self.waiting:
            deposit_line(txn, funds, amount, "")
            txn.lines[-1] = {"Amount": txn.lines[-1]["Amount"],
                             "LinkedTxn": [{"TxnId": own, "TxnLineId": "0", "TxnType": "SalesReceipt"}]}  # fmt: skip
            txn.sides.append(Side(funds, -amount))
        txn.sides.insert(0, Side(bank, total))
        self.waiting = []

    def _revalue(self) -> None:
        """Foreign receivables at the month's rate: home amounts only, on the foreign account."""
        company, lists = self.book.company, self.book.lists
        for currency in sorted(company.catalogue.rates)[:1]:
            party = next(each for each in company.catalogue.customers if each.currency == currency)
            account, who = control(lists, chart.RECEIVABLE, lists.of("Customer", party.name), currency)
            amount = self._amount(1, 30)
            txn = self._new("JournalEntry", "Month-end revaluation", f"REVAL{company.today:%y%m}")
            journal_lines(txn, [Side(account, amount, text="Revaluation", entity=who),
                                Side(self._account(chart.UNREALISED), -amount, text="Revaluation")])  # fmt: skip
