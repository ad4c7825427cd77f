"""Money outside trade that is kept in Cin7: journals, money spent and received, transfers between bank accounts."""

from __future__ import annotations

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.company import Company
from sync.sandbox.records import MoneyTask

_TYPES = {
    "Journal": ("Journal", "journal", "JR"),
    "Spend Money": ("MoneySpend", "money spent", "SM"),
    "Receive Money": ("MoneyReceive", "money received", "RM"),
    "BankTransfer": ("BankTransfer", "bank transfer", "BT"),
}
_SPENT = (
    (chart.OFFICE, "Corner Stationers", "Office supplies"),
    (chart.PRINTING, "Quick Print", "Catalogues"),
    (chart.CLEANING, "Bright & Tidy", "Cleaning"),
)


def _record(
    company: Company, family: str, party: str, account: str, rows: list[tuple[str, str, int, str]], note: str = ""
) -> MoneyTask:
    kind, part, prefix = _TYPES[family]
    made = MoneyTask(company.new_id(), family, company.next(prefix), company.today, party, account, rows,
                     company.now(), note=note)  # fmt: skip
    company.money.append(made)
    company.post(kind, part, made.number, made.day, [row[:3] for row in rows], source=made)
    return made


def amount(company: Company, low: int, high: int) -> int:
    """A random amount between `low` and `high` main units, with odd cents."""
    scale = 10 ** digits(company.currency)
    return int(company.catalogue.unit * company.random.randint(low * scale, high * scale))


def spend(company: Company) -> None:
    account, party, text = company.random.choice(_SPENT)
    rows = [(account, chart.CHECKING, amount(company, 20, 400), text)]
    _record(company, "Spend Money", party, chart.CHECKING, rows)


def bank_charges(company: Company) -> None:
    rows = [(chart.BANK_FEES, chart.CHECKING, amount(company, 8, 30), "Account fee")]
    _record(company, "Spend Money", "", chart.CHECKING, rows)


def interest(company: Company) -> None:
    rows = [(chart.SAVINGS, chart.INTEREST, amount(company, 5, 40), "Interest")]
    _record(company, "Receive Money", "", chart.SAVINGS, rows)


def payout(company: Company) -> None:
    """The channels pay out what lies in clearing, less their fee."""
    due = sum(
        pair.amount * ((pair.debit == chart.CLEARING) - (pair.credit == chart.CLEARING))
        for fact in company.facts[company.numbers["payout seen"] :]
        for pair in fact.pairs
    )
    company.numbers["payout seen"] = len(company.facts)
    if due <= 0:
        return
    rows = [(chart.CHECKING, chart.CLEARING, due, "Channel payout"),
            (chart.BANK_FEES, chart.CHECKING, due * 29 // 1000, "Channel fee")]  # fmt: skip
    _record(company, "Receive Money", "", chart.CHECKING, rows)


def sweep(company: Company) -> None:
    rows = [(chart.SAVINGS, chart.CHECKING, amount(company, 300, 900), "Monthly sweep")]
    _record(company, "BankTransfer", "", chart.CHECKING, rows, "Monthly sweep")


def depreciate(company: Company) -> None:
    rows = [(chart.DEPRECIATION, chart.WEAR, amount(company, 150, 160), "Monthly charge")]
    _record(company, "Journal", "", "", rows, "Depreciation")


def accrue(company: Company) -> None:
    """Costs that belong to the month that ends are accrued on its last day, and reversed a few days later."""
    value = amount(company, 100, 500)
    _record(company, "Journal", "", "", [(chart.OFFICE, chart.ACCRUED_COSTS, value, "Accrual")], "Month-end accrual")
    company.later(3, reverse_accrual, value)


def reverse_accrual(company: Company, value: int) -> None:
    rows = [(chart.ACCRUED_COSTS, chart.OFFICE, value, "Accrual reversed")]
    _record(company, "Journal", "", "", rows, "Reversal of accrual")


def open_books(company: Company) -> None:
    """The opening balances: cash, equipment and capital."""
    scale = 10 ** digits(company.currency)
    rows = [
        (account, chart.EQUITY, int(company.catalogue.unit * value * scale), "Opening balance")
        for account, value in ((chart.CHECKING, 250_000), (chart.SAVINGS, 40_000), (chart.EQUIPMENT, 18_000))
    ]
    _record(company, "Journal", "", "", rows, "Opening balances")
