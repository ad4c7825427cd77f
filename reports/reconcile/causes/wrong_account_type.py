"""A mapped QuickBooks account has a type that its role cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Entry, Finding
from reports.reconcile.standing import Facts
from sync.domain.accounts import Source

# QBO's AccountTypes that fit a control (Intuit docs: Account).
_TYPES = {
    "inventory": ("Other Current Asset",),
    "cogs": ("Cost of Goods Sold",),
    "revenue": ("Income", "Other Income"),
    "receivables": ("Accounts Receivable",),
    "payables": ("Accounts Payable",),
}


def find(facts: Facts) -> Iterator[Finding]:
    """**wrong_account_type**: an account that Cin7 posts on is mapped to a QuickBooks account of the wrong type.

    How seen: the type of the account, where it has postings in the period; the well-known case is cost of sales in an
    Expense account, which overstates the gross margin.
    Remedy: map another account and reclassify the open period; changing the account's type would restate all history.
    When it is wrong: the company shows cost of sales among its expenses on purpose.
    """
    books = facts.books
    for code, control in sorted(books.map.cin7_control.items()):
        wanted = _TYPES.get(control, ())
        for id_ in books.map.qbo.get(code, ()) if wanted else ():
            account = books.accounts.get((Source.QBO, id_))
            posted = (Source.CIN7, code) in books.movement or (Source.QBO, id_) in books.movement
            if account is None or not posted or account.type.casefold() in map(str.casefold, ("", *wanted)):
                continue
            yield facts.finding(
                "wrong_account_type",
                control,
                code,
                f"Cin7 account {code} ({control}) is mapped to {account.name}, which is of type {account.type}.",
                f"Map it to an account of type {' or '.join(wanted)} and reclassify what the open period posted.",
                entry=_moved(account.name, wanted[0], books.movement.get((Source.QBO, id_), 0)),
            )


def _moved(name: str, wanted: str, posted: int) -> Entry | None:
    """What the period posted on the account, on one of the right type instead."""
    return Entry.of(f"an account of type {wanted}", name, posted) if posted else None
