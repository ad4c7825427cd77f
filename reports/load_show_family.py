"""Finds what one business document is called: the headers of Cin7 that a number leads to, its numbers and its parts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reports.load_show_lines import MAIN_KINDS
from reports.load_tables import DOCUMENT, MOVEMENT, POSTING, AnyRow, among
from reports.reconcile.numbers import plain
from sync.domain.accounts import Source

_LIKE_LIMIT = 200  # documents that merely hold the number's letters; more than that is no number


@dataclass(frozen=True, slots=True)
class Family:
    """What one business document is called: its numbers (as typed), and the ids of its parts on either side."""

    numbers: frozenset[str]
    cin7: frozenset[str]


def headers_of(session: Session, company: int, number: str) -> list[AnyRow]:
    """The documents that bear the number, and those that these belong to or that belong to them."""
    ours = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.CIN7.value)
    wanted = variants(number)
    fits = or_(*(column.in_(wanted) for column in (DOCUMENT.c.number, DOCUMENT.c.invoice, DOCUMENT.c.credit)))
    listed = or_(*(column.contains(number, autoescape=True) for column in (DOCUMENT.c.invoice, DOCUMENT.c.credit)))
    rows = session.execute(select(DOCUMENT).where(*ours, or_(fits, listed)).limit(_LIKE_LIMIT)).all()
    found = [row for row in rows if any(plain(number) == plain(each) for each in _numbers(row))]
    found = found or _of_parts(session, company, number)
    parents = {id_ for row in found for kind, id_ in json.loads(row.links) if kind in MAIN_KINDS}
    if parents:
        found += session.execute(select(DOCUMENT).where(*ours, among(session, DOCUMENT.c.id, parents))).all()
    return list({(row.kind, row.id): row for row in found}.values())


def _of_parts(session: Session, company: int, number: str) -> list[AnyRow]:
    """The orders of which a part was posted under the number: a list tells one invoice of each order alone.

    A part's TaskID is its order's or its own; of its own the movements tell the order, and so do the order's lines.
    """
    posted = select(POSTING.c.document).where(
        POSTING.c.company == company,
        POSTING.c.source == Source.CIN7.value,
        POSTING.c.kind.in_(MAIN_KINDS),
        POSTING.c.number.in_(variants(number)),
        POSTING.c.document != "",
    )
    tasks = sorted(set(session.scalars(posted)))[:_LIKE_LIMIT]
    if not tasks:
        return []
    moved = select(MOVEMENT.c.number).where(MOVEMENT.c.company == company, MOVEMENT.c.task.in_(tasks)).distinct()
    orders = set(session.scalars(moved)) - {""}
    mine = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.CIN7.value, DOCUMENT.c.kind.in_(MAIN_KINDS))
    read = or_(*(DOCUMENT.c.links.contains(task, autoescape=True) for task in tasks))
    fits = or_(DOCUMENT.c.id.in_(tasks), DOCUMENT.c.number.in_(orders), read)
    return list(session.execute(select(DOCUMENT).where(*mine, fits)).all())


def _numbers(row: AnyRow) -> list[str]:
    told = (text.strip() for column in (row.invoice, row.credit) for text in column.split(","))
    return [number for number in (row.number, *(part for text in told for part in _split(row.kind, text))) if number]


def _split(kind: str, text: str) -> list[str]:
    """INV-00004/CR-00002 of a sale are two numbers (Cin7 docs: /transactions); R-26/16 of a supplier is one."""
    return [part.strip() for part in text.split("/")] if kind.startswith("Sale") else [text.strip()]


def family_of(session: Session, company: int, number: str, headers: Iterable[AnyRow]) -> Family:
    """All numbers and Cin7 ids of the business of these headers: an order with its shipments, invoices and credits."""
    kept = list(headers)
    parts = {id_ for row in kept for kind, id_ in json.loads(row.links) if kind not in ("To", *MAIN_KINDS)}
    numbers = {number, *(each for row in kept for each in _numbers(row))}
    orders = {row.number for row in kept if row.kind in MAIN_KINDS and row.number}
    moved = select(MOVEMENT.c.task).where(MOVEMENT.c.company == company, MOVEMENT.c.number.in_(orders)).distinct()
    ids = {row.id.split("/", 1)[0] for row in kept} | parts | set(session.scalars(moved))
    mine = (POSTING.c.company == company, POSTING.c.source == Source.CIN7.value)
    told = select(POSTING.c.kind, POSTING.c.number).where(*mine, among(session, POSTING.c.document, ids)).distinct()
    found = session.execute(told) if orders else ()
    numbers |= {part for kind, text in found for part in _split(kind, text) if part}
    return Family(frozenset(numbers), frozenset(ids))


def variants(number: str) -> set[str]:
    return {number, number.upper(), number.lower()}
