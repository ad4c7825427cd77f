"""A ledger written as text in a test, one posting pair or QuickBooks document a line, and the cache that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from reports.books import AccountMap, Books, CompanyFacts, Config, MapInputs
from reports.controls import account_map
from sync.domain.accounts import Account, AccountClass, Posting, Source
from sync.domain.money import to_minor
from sync.domain.period import Period
from sync.store.run_tables import Figure
from sync.store.tables import AccountRow, Company, PostingRow, Window

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
TODAY = date(2026, 2, 10)
READ = datetime(2026, 2, 10, 9, tzinfo=UTC)

# Cin7 code (- for none), name, Class, Type, [system] | QBO id, type, subtype, [number]
CHART = """
090 Checking            ASSET     BANK                 | 35 Bank Checking 090
200 Sales               REVENUE   SALES                | 79 Income SalesOfProductIncome 200
210 Shipping            REVENUE   SALES                | 80 Income ServiceFeeIncome 210
310 Cost_of_Goods_Sold  EXPENSE   DIRECTCOSTS          | 82 Cost_of_Goods_Sold SuppliesMaterialsCogs 310
404 Bank_Fees           EXPENSE   EXPENSE              | 83 Expense BankCharges 404
610 Receivable          ASSET     CURRENT     DEBTORS  | 84 Accounts_Receivable AccountsReceivable 610
630 Inventory           ASSET     INVENTORY            | 85 Other_Current_Asset Inventory 630
800 Payable             LIABILITY CURRLIAB    CREDITORS| 86 Accounts_Payable AccountsPayable 800
801 Accrued             LIABILITY CURRLIAB             | 87 Other_Current_Liability OtherCurrentLiabilities 801
820 Sales_Tax           LIABILITY CURRLIAB    GST      | 88 Other_Current_Liability SalesTaxPayable 820
320 Shrinkage           EXPENSE   DIRECTCOSTS          | 89 Cost_of_Goods_Sold SuppliesMaterialsCogs 320
970 Capital             EQUITY    EQUITY               | 90 Equity OwnersEquity 970
-   Freight             EXPENSE   -                    | 91 Cost_of_Goods_Sold ShippingFreightDeliveryCos
"""


def accounts(chart: str = CHART) -> tuple[Account, ...]:
    """Both charts; underscores stand for spaces."""
    found = []
    for line in chart.strip().splitlines():
        left, right = ([word.replace("_", " ") for word in side.split()] for side in line.split("|"))
        code, name, klass, kind, *system = left
        id_, type_, subtype, *number = right
        if code != "-":
            found.append(Account(Source.CIN7, code, name, AccountClass(klass), kind, system="".join(system)))
        found.append(Account(Source.QBO, id_, name, AccountClass(klass), type_, subtype, number="".join(number)))
    return tuple(found)


def postings(text: str, currency: str = "USD") -> tuple[Posting, ...]:
    """`DAY KIND DOCUMENT NUMBER DEBIT CREDIT AMOUNT` is Cin7's, `qbo DAY KIND ID NUMBER ACCOUNT:AMOUNT ...` QBO's."""
    return tuple(posting for line in text.strip().splitlines() if line.strip() for posting in _postings(line, currency))


def _postings(line: str, currency: str) -> Iterator[Posting]:
    words = line.split()
    if words[0] == "qbo":
        _, day, kind, id_, number, *sides = words
        for side in sides:
            account, amount = side.split(":")
            yield Posting(
                Source.QBO, account, date.fromisoformat(day), to_minor(amount, currency), id_, kind, number.strip("-")
            )
        return
    day, kind, document, number, debit, credit, amount = words
    minor = to_minor(amount, currency)
    for account, counter, signed in ((debit, credit, minor), (credit, debit, -minor)):
        yield Posting(Source.CIN7, account, date.fromisoformat(day), signed, document, kind, number, counter)


def mapped(config: Config | None = None, chart: str = CHART) -> AccountMap:
    """The account map of the chart, where products name inventory, cost and sales accounts."""
    inputs = MapInputs(accounts(chart), PRODUCT_ACCOUNTS)
    return account_map(inputs, config or Config())


PRODUCT_ACCOUNTS = {"inventory": frozenset({"630"}), "cogs": frozenset({"310"}), "revenue": frozenset({"200"})}


def books(text: str, period: Period = JANUARY, config: Config | None = None, chart: str = CHART) -> Books:
    """The books of a text ledger, without a cache."""
    movement: dict[tuple[Source, str], int] = {}
    for posting in postings(text):
        if posting.day in period:
            key = (posting.source, posting.account)
            movement[key] = movement.get(key, 0) + posting.amount
    return Books(
        company=CompanyFacts(1, "Acme", "USD", "America/New_York", date(2026, 1, 1)),
        period=period,
        today=TODAY,
        map=mapped(config, chart),
        accounts={(account.source, account.code): account for account in accounts(chart)},
        movement=movement,
        as_of=dict.fromkeys(Source, READ),
    )


@dataclass
class Cache:
    """A company's cache, filled from text and rows."""

    engine: Engine
    company: int = 1
    rows: list[SQLModel] = field(default_factory=list)

    def add(self, *rows: SQLModel) -> None:
        with Session(self.engine) as session:
            session.add_all(rows)
            session.commit()


def cache(
    engine: Engine, text: str, *rows: SQLModel, windows: Iterable[Window] | None = None, chart: str = CHART
) -> Cache:
    """A synced company: both charts, the postings, ledger windows from the beginning on, and any further rows."""
    made = Cache(engine)
    made.add(Company(id=1, cin7_account="c", qbo_realm="q", name="Acme", currency="USD",
                     time_zone="America/New_York", opening_day=date(2026, 1, 1)))  # fmt: skip
    made.add(*(AccountRow(company=1, source=a.source.value, code=a.code, name=a.name, klass=a.klass.value, type=a.type,
                          subtype=a.subtype, number=a.number, system=a.system) for a in accounts(chart)))  # fmt: skip
    made.add(*(PostingRow(company=1, source=p.source.value, account=p.account, day=p.day, amount=p.amount,
                          document=p.document, kind=p.kind, number=p.number, counter=p.counter)
               for p in postings(text)))  # fmt: skip
    made.add(*(windows if windows is not None else [whole(source) for source in Source]))
    made.add(Figure(company=1, source="cin7", entity="transactions", as_of=READ),
             Figure(company=1, source="qbo", entity="ledger", as_of=READ))  # fmt: skip
    made.add(*rows)
    return made


def whole(
    source: Source, start: date = date.min, end: date = date.max, *, complete: bool = True, reason: str = ""
) -> Window:
    """A window of one ledger, read whole from the beginning of time to its end."""
    return Window(
        company=1, source=source.value, start=start, end=end, rows=0, complete=complete, reason=reason, fetched_at=READ
    )
