"""Reads the cache for one company and period into `Books`: sums made by the database, never rows of postings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from reports import load_age
from reports.books import Behaviour, Books, CompanyFacts, Config, MapInputs
from reports.controls import account_map, undecided
from reports.load_age import age
from reports.load_tables import ACCOUNT, COMPANY, DOCUMENT, POSTING, PRODUCT
from sync.domain.accounts import Account, AccountClass, Source
from sync.domain.period import Period

_NAMED = {
    "StockTransfer": "in_transit",
    "FinishedGoods": "work_in_progress",
    "Disassembly": "work_in_progress",
    "ProductionOrder": "work_in_progress",
    "StockAdjustment": "inventory_adjustments",
    "InventoryWriteOff": "inventory_adjustments",
}
# Steps from account to account over the index instead of reading a million entries for a few dozen codes.
_CODES = text(
    "WITH RECURSIVE step(code) AS ("
    " SELECT min(account) FROM posting WHERE company = :company AND source = :source"
    " UNION ALL SELECT (SELECT min(account) FROM posting"
    " WHERE company = :company AND source = :source AND account > step.code) FROM step WHERE step.code IS NOT NULL"
    ") SELECT code FROM step WHERE code IS NOT NULL"
)
# The same stepping over an index of (company, source, account, kind, counter, amount): a few seeks for each pair of an
# account's kinds and counter accounts, however many rows it has.
_PAIR_INDEX = "ix_posting_pair"
_OF_ACCOUNT = "FROM posting WHERE company = :company AND source = :source AND account = :account"
_SAME = f"{_OF_ACCOUNT} AND posting.kind = pair.kind AND posting.counter"
_PAIRS = text(
    f"WITH RECURSIVE kinds(kind) AS (SELECT min(kind) {_OF_ACCOUNT}"  # noqa: S608  constants alone, values are bound
    f" UNION ALL SELECT (SELECT min(kind) {_OF_ACCOUNT} AND kind > kinds.kind) FROM kinds WHERE kinds.kind IS NOT NULL"
    f"), pair(kind, counter) AS (SELECT kind, (SELECT min(counter) {_OF_ACCOUNT} AND posting.kind = kinds.kind)"
    " FROM kinds WHERE kind IS NOT NULL"
    f" UNION ALL SELECT kind, (SELECT min(counter) {_SAME} > pair.counter) FROM pair WHERE pair.counter IS NOT NULL"
    ") SELECT kind, CAST(:account AS VARCHAR), counter, (SELECT min(amount) "
    f"{_SAME} = pair.counter), (SELECT max(amount) {_SAME} = pair.counter) FROM pair WHERE counter IS NOT NULL"
)


def books(
    session: Session,
    company: int,
    period: Period,
    config: Config,
    *,
    today: date,
    entities: Iterable[tuple[Source, str]] = (),
) -> Books:
    """The books of `company` for `period`; money in minor units of base currency.

    `today` is the company-local day: later days need no data. `entities` are further parts of the sync whose failure
    makes this answer incomplete. Raises NotSynced where nothing of Cin7's ledger is cached.
    """
    facts = company_facts(session, company, config)
    codes = {source: _codes(session, company, source) for source in Source}
    accounts = _accounts(session, company, codes)
    inputs = MapInputs(tuple(accounts.values()), _product_accounts(session, company), _named_accounts(session, company))
    open_codes = undecided(inputs, config) & set(codes[Source.CIN7])
    inputs = replace(inputs, behaviours=_behaviours(session, company, open_codes))
    known = age(session, facts, period, today, {*load_age.LEDGER_PARTS, *entities})
    return Books(
        company=facts,
        period=period,
        today=today,
        map=account_map(inputs, config),
        accounts=accounts,
        movement=movement(session, company, period, codes),
        as_of=known.as_of,
        incomplete=known.incomplete,
        proofs=known.proofs,
        unsynced=known.unsynced,
    )


def another(session: Session, books: Books, period: Period) -> Books:
    """The same company's books for another period, by the same account map."""
    codes = {source: tuple(code for side, code in books.accounts if side is source) for source in Source}
    read = {source: load_age.windows(session, books.company.id, source) for source in Source}
    parts = set(load_age.LEDGER_PARTS)
    incomplete, proven = load_age.wholeness(session, books.company, period, books.today, parts, read)
    return replace(
        books,
        period=period,
        movement=movement(session, books.company.id, period, codes),
        incomplete=incomplete,
        proofs=proven,
    )


def company_facts(session: Session, company: int, config: Config) -> CompanyFacts:
    """The company's own facts; NotSynced where it was never read."""
    row = session.execute(select(COMPANY).where(COMPANY.c.id == company)).first()
    if row is None or not row.currency:
        raise load_age.never_read(session, company, "me")
    zone = config.time_zone or _known(row.time_zone)
    return CompanyFacts(company, row.name, row.currency, zone, row.opening_day)


def _known(zone: str) -> str:
    """Cin7's name of a time zone, or UTC where that is none: the set-up check says so, and the days stay usable."""
    try:
        return ZoneInfo(zone or "UTC").key
    except (LookupError, ValueError, OSError):
        return "UTC"


def movement(
    session: Session, company: int, period: Period, codes: Mapping[Source, tuple[str, ...]]
) -> dict[tuple[Source, str], int]:
    """(source, account) -> minor units moved in `period`, debit positive."""
    found: dict[tuple[Source, str], int] = {}
    for source, some in codes.items():
        summed = session.execute(
            select(POSTING.c.account, func.sum(POSTING.c.amount))
            .where(
                POSTING.c.company == company,
                POSTING.c.source == source.value,
                POSTING.c.account.in_(some),
                POSTING.c.day >= period.start,
                POSTING.c.day <= period.end,
            )
            .group_by(POSTING.c.account)
        )
        found |= {(source, account): int(amount) for account, amount in summed}
    return found


def _codes(session: Session, company: int, source: Source) -> tuple[str, ...]:
    """The accounts that the cached ledger of `source` uses."""
    found = session.execute(_CODES, {"company": company, "source": source.value})
    return tuple(code for (code,) in found)


def _accounts(
    session: Session, company: int, codes: Mapping[Source, tuple[str, ...]]
) -> dict[tuple[Source, str], Account]:
    """Both charts, and an account without class for every code that only the ledger knows."""
    found = {
        (source, code): Account(source, code, code, AccountClass.UNKNOWN, "")
        for source in Source
        for code in codes[source]
    }
    for row in session.execute(select(ACCOUNT).where(ACCOUNT.c.company == company)):
        source = Source(row.source)
        known = row.klass in AccountClass.__members__.values()
        found[source, row.code] = Account(
            source,
            row.code,
            row.name,
            AccountClass(row.klass) if known else AccountClass.UNKNOWN,
            row.type,
            row.subtype,
            row.number,
            row.full_name,
            row.system,
            row.currency,
            row.parent,
            row.active,
        )
    return dict(sorted(found.items()))


def _product_accounts(session: Session, company: int) -> dict[str, frozenset[str]]:
    """control -> codes that Cin7's products name."""
    columns = {
        "inventory": PRODUCT.c.inventory_account,
        "cogs": PRODUCT.c.cogs_account,
        "revenue": PRODUCT.c.revenue_account,
    }
    rows = session.execute(
        select(*columns.values()).where(PRODUCT.c.company == company, PRODUCT.c.source == Source.CIN7.value).distinct()
    ).all()
    return {control: frozenset(code for row in rows if (code := row[n])) for n, control in enumerate(columns)}


def _named_accounts(session: Session, company: int) -> dict[str, frozenset[str]]:
    """control -> codes that transfers, assemblies, production orders, adjustments and write-offs name."""
    rows = session.execute(
        select(DOCUMENT.c.kind, DOCUMENT.c.account)
        .where(
            DOCUMENT.c.company == company,
            DOCUMENT.c.source == Source.CIN7.value,
            DOCUMENT.c.kind.in_(_NAMED),
            DOCUMENT.c.account != "",
        )
        .distinct()
    ).all()
    controls = set(_NAMED.values())
    return {control: frozenset(code for kind, code in rows if _NAMED[kind] == control) for control in controls}


def _behaviours(session: Session, company: int, codes: Iterable[str]) -> tuple[Behaviour, ...]:
    """How each kind of Cin7 document posts on the accounts that nothing else decides."""
    wanted = sorted(codes)
    values = {"company": company, "source": Source.CIN7.value}
    if not wanted:
        return ()
    if any(index.name == _PAIR_INDEX for index in POSTING.indexes):
        rows = [row for code in wanted for row in session.execute(_PAIRS, values | {"account": code})]
    else:
        rows = list(session.execute(_pairs_by_group(company, wanted)))
    return tuple(sorted((Behaviour(k, a, c, high > 0, low < 0) for k, a, c, low, high in rows), key=repr))


def _pairs_by_group(company: int, codes: Sequence[str]) -> Select[tuple[str, str, str, int, int]]:
    lowest, highest = func.min(POSTING.c.amount), func.max(POSTING.c.amount)
    return (
        select(POSTING.c.kind, POSTING.c.account, POSTING.c.counter, lowest, highest)
        .where(
            POSTING.c.company == company,
            POSTING.c.source == Source.CIN7.value,
            POSTING.c.account.in_(codes),
        )
        .group_by(POSTING.c.kind, POSTING.c.account, POSTING.c.counter)
    )
