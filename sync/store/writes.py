"""Writes what both systems told into the cache: domain in, number of rows that really changed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import Session

from sync.domain.accounts import Account, Source
from sync.domain.period import Period
from sync.domain.stock import Location, Product
from sync.store.run_tables import Figure, Learned
from sync.store.tables import AccountRow, Company, LocationRow, ProductRow, Proof
from sync.store.upsert import insert_missing, table_of, upsert
from sync.store.write_documents import mark_deleted, mark_missing, upsert_documents
from sync.store.write_stock import replace_movements, replace_stock

__all__ = [
    "learn",
    "mark_deleted",
    "mark_missing",
    "record_figure",
    "record_proof",
    "replace_movements",
    "replace_stock",
    "save_company",
    "update_company",
    "upsert_accounts",
    "upsert_documents",
    "upsert_locations",
    "upsert_products",
]

Fact = str | bool | date | None
_PROOF = table_of(Proof)


def save_company(session: Session, *, cin7_account: str, qbo_realm: str, **facts: Fact) -> int:
    """The id of this pair of accounts, made at its first use; `facts` are columns of Company to bring up to date.

    The Cin7 account is a GUID: its case does not matter.
    """
    table, account = table_of(Company), cin7_account.strip().lower()
    same = (table.c.cin7_account == account, table.c.qbo_realm == qbo_realm)
    ours = table.select().with_only_columns(table.c.id).where(*same)
    found = session.execute(ours).scalar()
    if found is None:
        new = Company(cin7_account=account, qbo_realm=qbo_realm).model_dump(exclude={"id"})
        insert_missing(session, Company, new)
        found = session.execute(ours).scalar_one()
    if facts:
        update_company(session, found, **facts)
    return int(found)


def update_company(session: Session, company: int, **facts: Fact) -> int:
    """Brings the named columns of the company up to date; 1 when any differed, else 0. TypeError for another name."""
    table = table_of(Company)
    unknown = facts.keys() - table.columns.keys() | facts.keys() & {"id", "cin7_account", "qbo_realm"}
    if unknown:
        raise TypeError(f"a company has no such fact to update: {', '.join(sorted(unknown))}")
    row = session.execute(table.select().where(table.c.id == company)).one()
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if changed:
        session.execute(update(Company).where(table.c.id == company).values(changed))
    return int(bool(changed))


def upsert_accounts(session: Session, company: int, accounts: Iterable[Account]) -> int:
    """Keeps accounts of either chart, by source and code."""
    return upsert(session, AccountRow, (_row(company, account) for account in accounts))


def upsert_products(session: Session, company: int, products: Iterable[Product]) -> int:
    """Keeps Cin7 products and QBO items, by source and id."""
    return upsert(session, ProductRow, (_row(company, product) for product in products))


def upsert_locations(session: Session, company: int, locations: Iterable[Location]) -> int:
    """Keeps Cin7's locations and bins, by id."""
    return upsert(session, LocationRow, (_row(company, location) for location in locations))


def learn(session: Session, company: int, source: Source, entity: str, **facts: str) -> int:
    """Remembers facts of a feed (its cursor, page size, bounds), each under its name; how many were new or differ."""
    rows = [
        {"company": company, "source": str(source), "entity": entity, "fact": fact, "value": value}
        for fact, value in facts.items()
    ]
    return upsert(session, Learned, rows)


def record_figure(
    session: Session,
    company: int,
    source: Source | str,
    entity: str,
    *,
    as_of: datetime | None,
    complete: bool = True,
    reason: str = "",
) -> int:
    """Notes when the last good reading of an entity began; `as_of` None, for a failed one, leaves the instant alone."""
    key = {"company": company, "source": str(source), "entity": entity}
    if as_of is None:
        table = table_of(Figure)
        as_of = session.execute(
            table.select().with_only_columns(table.c.as_of).where(*(table.c[name] == key[name] for name in key))
        ).scalar()
    return upsert(session, Figure, [{**key, "as_of": as_of, "complete": complete, "reason": reason}])


def record_proof(
    session: Session,
    company: int,
    report: str,
    period: Period,
    *,
    status: str,
    difference: int,
    at: datetime,
    detail: str = "",
) -> int:
    """Keeps what QBO's own `report` ("TrialBalance", ...) said of `period`: "tied", "differs", "unavailable".

    `difference` is the cached ledger less the report, in minor units of home currency. What it said of days that meet
    these, of windows that are no more, is forgotten.
    """
    c = _PROOF.c
    met = (c.company == company, c.report == report, c.start <= period.end, c.end >= period.start)
    session.execute(delete(_PROOF).where(*met, or_(c.start != period.start, c.end != period.end)))
    row = {
        "company": company,
        "report": report,
        "start": period.start,
        "end": period.end,
        "status": status,
        "difference": difference,
        "detail": detail,
        "checked_at": at,
    }
    return upsert(session, Proof, [row])


def _row(company: int, thing: Account | Product | Location) -> dict[str, Any]:
    """The columns bear the names of the fields; the enumerations are texts already, and stored as such."""
    fields = {name: str(value) if isinstance(value, str) else value for name, value in asdict(thing).items()}
    return {"company": company, **fields}
