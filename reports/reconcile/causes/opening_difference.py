"""A gap between the balances that is older than the period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reports.books import Books, money_of
from reports.reconcile.findings import Entry, Finding
from reports.reconcile.view import NATURES, identity
from sync.domain.accounts import Source


def find(books: Books, unexplained: Mapping[str, int]) -> Iterator[Finding]:
    """**opening_difference**: the balances were apart before the period, and no open finding of before explains it.

    How seen: both balances at the period's start; less what findings explain that are still open.
    Remedy: tie out the periods before, the oldest first; what is left is one documented opening entry, agreed with the
    accountant, and then frozen.
    When it is wrong: an earlier period was never tied out, so that its findings are not known yet.
    """
    for control, amount in unexplained.items():
        if not amount:
            continue
        id_ = identity(books.company.id, "opening_difference", control, (), (), control)
        size = f"{money_of(amount, books.currency)} {books.currency}"
        entry = Entry.of(_account(books, control), "Opening balance equity", books.map.sign(control) * amount)
        yield Finding(
            id=id_,
            root=id_,
            cause="opening_difference",
            nature=NATURES["opening_difference"],
            control=control,
            amount=0,
            subject=control,
            confidence="certain",
            explanation=f"Before {books.period.start} the balances were {size} apart already.",
            remedy="Tie out the periods before, the oldest first; what is left there is one opening entry, agreed with"
            f" the accountant. Entry: {entry.words(books.currency)}",
            entry=entry,
        )


def _account(books: Books, control: str) -> str:
    ids = books.map.accounts(Source.QBO, control)
    account = books.accounts.get((Source.QBO, ids[0])) if ids else None
    return account.name if account else control.replace("_", " ").capitalize()
