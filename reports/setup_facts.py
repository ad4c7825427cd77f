"""What the set-up check looks at, and what it says: the input and one line of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.books import AccountMap, Incomplete
from sync.domain.accounts import Account, Source
from sync.domain.stock import Product

OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the set-up check.

    `cause` is the contract's where it has one, "" where all is well; `subject` an account code, a SKU, a document
    number, or "".
    """

    rule: str
    status: str
    message: str
    cause: str = ""
    subject: str = ""
    fix: str = ""

    @property
    def id(self) -> str:
        return f"{self.rule}:{self.subject}" if self.subject else self.rule


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that the check looks at, read from the cache.

    `posted`: Cin7 account codes with postings. `used`: ids of Cin7 products that were bought, sold or moved, or lie in
    stock. `currencies`: those of Cin7's documents. `time_zone` is the one in force, "" in the settings is Cin7's.
    """

    map: AccountMap
    accounts: Mapping[tuple[Source, str], Account]
    products: tuple[Product, ...]
    items: tuple[Product, ...]
    posted: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    currency: str = ""
    qbo_currency: str = ""
    multi_currency: bool = False
    time_zone: str = ""
    cin7_time_zone: str = ""
    cin7_lock_day: date | None = None
    qbo_close_day: date | None = None
    as_of: Mapping[Source, datetime | None] = field(default_factory=dict)
    incomplete: tuple[Incomplete, ...] = ()

    def name(self, source: Source, code: str) -> str:
        """An account as people know it: "310 Cost of Goods Sold"."""
        account = self.accounts.get((source, code))
        if account is None:
            return code
        number = account.code if source is Source.CIN7 else account.number
        return f"{number} {account.name}".strip()
