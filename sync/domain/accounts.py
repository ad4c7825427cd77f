"""Accounts of either system, and the postings made on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Source(StrEnum):
    """Which of the two systems of record a fact comes from."""

    CIN7 = "cin7"
    QBO = "qbo"


class AccountClass(StrEnum):
    """The five classes of accounts; ASSET and EXPENSE are debit positive."""

    ASSET = "ASSET"
    LIABILITY = "LIABILITY"
    EQUITY = "EQUITY"
    REVENUE = "REVENUE"
    EXPENSE = "EXPENSE"
    UNKNOWN = ""

    @property
    def debit_positive(self) -> bool:
        return self in (AccountClass.ASSET, AccountClass.EXPENSE)


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart.

    `code` is its identity in its system: Cin7's Code, QBO's Id. `number` is QBO's AcctNum (Cin7: the
    code again). `type` and `subtype` are the vendor's own words, `system` Cin7's SystemAccountCode.
    """

    source: Source
    code: str
    name: str
    klass: AccountClass
    type: str
    subtype: str = ""
    number: str = ""
    full_name: str = ""
    system: str = ""
    currency: str = ""
    parent: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a ledger entry: `amount` minor units of base currency on `account`, debit positive.

    `document` is Cin7's TaskID (lower case) or QBO's transaction Id; `kind` is Cin7's Type or QBO's
    entity name; `number` the reference as the ledger prints it; `counter` the account on the other
    side (Cin7 only: its rows are balanced pairs); `name` the customer or supplier; `memo` free text.
    """

    source: Source
    account: str
    day: date
    amount: int
    document: str
    kind: str
    number: str
    counter: str = ""
    name: str = ""
    memo: str = ""
