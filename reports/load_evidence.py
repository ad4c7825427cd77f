"""Reads what a sign-off freezes: hashes of all that a period's tie-out is computed from, and earlier sign-offs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from reports.books import Books, Config
from reports.load_memory import SIGN_OFF, closings, late_changes
from reports.load_tables import DOCUMENT, LINE, POSTING
from reports.reconcile.tie_out import TieOut
from reports.sign_off import Signed, SignOff, compared, evidence, hashed
from sync.domain.accounts import Source
from sync.domain.period import Period

_POSTING = ("account", "day", "amount", "document", "kind", "number", "counter", "name", "memo")
# When we saw a document is not what it says.
_OURS = frozenset({"company", "seen_at", "detail_at"})
_CHUNK = 5_000


def inputs(session: Session, books: Books, config: Config) -> dict[str, str]:
    """Name -> hash of what the tie-out of `books.period` is computed from; the order of rows does not matter."""
    found = {"config": hashed(asdict(config)), "account_map": hashed(_map(books))}
    for source in Source:
        ours = (POSTING.c.company == books.company.id, POSTING.c.source == source.value)
        inside = POSTING.c.day.between(books.period.start, books.period.end)
        rows = select(*(POSTING.c[name] for name in _POSTING)).where(*ours, inside)
        found[f"{source.value}_ledger"] = _multiset(session, rows)
        sums = select(POSTING.c.account, func.sum(POSTING.c.amount)).where(*ours, POSTING.c.day <= books.period.end)
        found[f"{source.value}_balances"] = _multiset(session, sums.group_by(POSTING.c.account))
    return found | {"documents": _documents(session, books)}


def _map(books: Books) -> dict[str, Any]:
    told = asdict(books.map)
    return told | {"credit_positive": sorted(books.map.credit_positive)}


def _documents(session: Session, books: Books) -> str:
    """Headers dated in the period, and their lines."""
    ours = (DOCUMENT.c.company == books.company.id, DOCUMENT.c.day.between(books.period.start, books.period.end))
    headers = select(*_told(DOCUMENT)).where(*ours)
    joined = LINE.join(
        DOCUMENT,
        (LINE.c.company == DOCUMENT.c.company)
        & (LINE.c.source == DOCUMENT.c.source)
        & (LINE.c.kind == DOCUMENT.c.kind)
        & (LINE.c.id == DOCUMENT.c.id),
    )
    # Cin7's lines come as its allowance lets them: their coming later is no change of the books.
    lines = select(*_told(LINE)).select_from(joined).where(*ours, DOCUMENT.c.source == Source.QBO.value)
    return hashed([_multiset(session, headers), _multiset(session, lines)])


def _told(table: Table) -> list[Any]:
    return [column for column in table.columns if column.name not in _OURS]


def _multiset(session: Session, query: Any) -> str:
    """The number of rows and the sum of a hash of each: the same for the same rows in any order."""
    rows, total = 0, 0
    for row in session.execute(query, execution_options={"yield_per": _CHUNK}):
        rows += 1
        packed = json.dumps([str(value) for value in row], separators=(",", ":")).encode()
        total += int.from_bytes(blake2b(packed, digest_size=16).digest(), "big")
    return f"{rows}:{total % 2**128:032x}"


def standing(session: Session, result: TieOut, config: Config) -> SignOff:
    """Whether the period of a tie-out is signed off, and whether what was frozen still holds."""
    books = result.books
    company, period = books.company.id, books.period
    newest = next(iter(signed(session, company, period)), None)
    late = late_changes(session, company, period, closings(session, company)) if newest else ()
    return compared(result, evidence(result, inputs(session, books, config)), newest, late)


def signed(session: Session, company: int, period: Period | None = None) -> tuple[Signed, ...]:
    """The sign-offs that are kept, of one period or of all, the newest first."""
    query = select(SIGN_OFF).where(SIGN_OFF.c.company == company)
    if period is not None:
        query = query.where(SIGN_OFF.c.start == period.start, SIGN_OFF.c.end == period.end)
    rows: Iterable[Any] = session.execute(query.order_by(SIGN_OFF.c.signed_at.desc()))
    return tuple(
        Signed(
            Period(row.start, row.end), row.signed_by, row.signed_at, json.loads(row.inputs), json.loads(row.evidence)
        )
        for row in rows
    )
