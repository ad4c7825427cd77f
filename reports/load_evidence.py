"""Reads what a sign-off freezes: hashes of all that a period's tie-out is computed from, and earlier sign-offs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.books import Books, Config
from reports.load_memory import SIGN_OFF, closings, late_changes
from reports.load_tables import DOCUMENT, LINE, POSTING
from reports.reconcile.tie_out import TieOut
from reports.sign_off import Signed, SignOff, compared, evidence, hashed
from sync.domain.accounts import Source
from sync.domain.period import Period

# What a row posts. Names and memos may be written anew without a change of the books.
_POSTING = ("number", "account", "day", "amount", "document", "kind", "counter")
# What a QuickBooks document says; how far it has come (status, balance, links, version) is told by what follows later.
_HEADER = ("kind", "id", "number", "day", "counterparty_id", "currency", "rate", "total", "tax", "memo", "voided")
_LINE = ("position", "amount", "document", "sku", "item", "account", "quantity", "price", "tax", "debit", "description")
_STREAM = {"yield_per": 5_000}


def inputs(session: Session, books: Books, config: Config) -> dict[str, str]:
    """Name -> hash of what the tie-out of `books.period` is computed from; the order of rows does not matter.

    What comes in a later period leaves them as they are: trade goes on, and what was signed off stays the same.
    """
    found, used = {"config": hashed(asdict(config))}, set[str]()
    for source in Source:
        ours = (POSTING.c.company == books.company.id, POSTING.c.source == source.value)
        inside = POSTING.c.day.between(books.period.start, books.period.end)
        rows = select(*(POSTING.c[name] for name in _POSTING)).where(*ours, inside)
        found[f"{source.value}_ledger"] = _multiset(_numbered(session.execute(rows, execution_options=_STREAM)))
        sums = select(POSTING.c.account, func.sum(POSTING.c.amount)).where(*ours, POSTING.c.day <= books.period.end)
        balances = session.execute(sums.group_by(POSTING.c.account)).all()
        used |= {f"{source.value} {row.account}" for row in balances}
        found[f"{source.value}_balances"] = _multiset(balances)
    return found | {"account_map": hashed(_map(books, used)), "documents": _documents(session, books)}


def _numbered(rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    """Postings by their own number: Cin7 adds the number of a later credit note to it, "INV-00004/CR-00002"."""
    return ((number.partition("/")[0], *rest) for number, *rest in rows)


def _map(books: Books, used: Collection[str]) -> dict[str, Any]:
    """The map of the accounts that are used up to the period's end, and what each is compared with."""
    found = books.map
    return {
        "qbo": {code: sorted(ids) for code, ids in found.qbo.items() if f"cin7 {code}" in used},
        "cin7_control": {code: name for code, name in found.cin7_control.items() if f"cin7 {code}" in used},
        "qbo_control": {id_: name for id_, name in found.qbo_control.items() if f"qbo {id_}" in used},
    }


def _documents(session: Session, books: Books) -> str:
    """QuickBooks' documents dated in the period, and their lines; Cin7's are in its ledger, as far as they post."""
    ours = (
        DOCUMENT.c.company == books.company.id,
        DOCUMENT.c.source == Source.QBO.value,
        DOCUMENT.c.day.between(books.period.start, books.period.end),
        DOCUMENT.c.deleted_at.is_(None),
    )
    headers = select(*(DOCUMENT.c[name] for name in _HEADER)).where(*ours)
    joined = LINE.join(
        DOCUMENT,
        (LINE.c.company == DOCUMENT.c.company)
        & (LINE.c.source == DOCUMENT.c.source)
        & (LINE.c.kind == DOCUMENT.c.kind)
        & (LINE.c.id == DOCUMENT.c.id),
    )
    lines = select(LINE.c.kind, LINE.c.id, *(LINE.c[name] for name in _LINE)).select_from(joined).where(*ours)
    return hashed([_multiset(session.execute(query, execution_options=_STREAM)) for query in (headers, lines)])


def _multiset(found: Iterable[Iterable[object]]) -> str:
    """The number of rows and the sum of a hash of each: the same for the same rows in any order."""
    rows, total = 0, 0
    for row in found:
        rows += 1
        packed = json.dumps([str(value) for value in row], separators=(",", ":")).encode()
        total += int.from_bytes(blake2b(packed, digest_size=16).digest(), "big")
    return f"{rows}:{total % 2**128:032x}"


def standing(session: Session, result: TieOut, config: Config) -> SignOff:
    """Whether the period of a tie-out is signed off, and whether what was frozen still holds."""
    books = result.books
    company, period = books.company.id, books.period
    newest = next(iter(signed(session, company, period)), None)
    mine = [each for each in closings(session, company) if each.by == "sign-off"] if newest else []
    late = late_changes(session, company, period, mine) if mine else ()
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
