"""Reads what the lines of sales add up to, document by document: sums made by the database instead of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import String, Subquery, and_, case, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import Session

from reports.load_lines import CHARGED, COST
from reports.load_tables import DOCUMENT, LINE, among
from reports.trade import SALE_KIND, Group
from sync.domain.accounts import Source
from sync.domain.period import Period

_LAST = "\U0010ffff"  # sorts after every id


class Charged(NamedTuple):
    """What one invoice, or credit note (negative), charges on revenue accounts: minor units of the sale's currency."""

    amount: int
    units: Decimal


class Brief(NamedTuple):
    """What is needed of a sale that nothing else is asked of; `detailed`: its lines were read."""

    id: str
    currency: str
    credit: str
    detailed: bool


class Sums(NamedTuple):
    """`sale_of`: number or TaskID of a document -> the id of its sale, where lines were read; `charged`: (sale id,
    number or TaskID) -> its sums, two where an invoice and a credit note share it; `sales`: by id."""

    sale_of: dict[str, str]
    charged: dict[tuple[str, str], list[Charged]]
    sales: dict[str, Brief]


def sums(session: Session, company: int, groups: Sequence[Group], accounts: Collection[str]) -> Sums:
    """The sums of the lines that numbers of `groups` name, and TaskIDs where no number does."""
    found = Sums({}, defaultdict(list), {})
    _add(session, company, {number for group in groups for number in group.numbers}, accounts, found)
    known = found.sale_of
    by_task = {g.document for g in groups if g.document and not any(map(known.__contains__, g.numbers))}
    _add(session, company, by_task, accounts, found)
    return found


def _add(session: Session, company: int, keys: Collection[str], accounts: Collection[str], found: Sums) -> None:
    if not keys:
        return
    added = _by_document(session, company, keys, accounts)
    rows = session.execute(
        select(
            added.c.document,
            added.c.section,
            added.c.amount,
            added.c.quantities,
            DOCUMENT.c.kind,
            DOCUMENT.c.id,
            DOCUMENT.c.currency,
            DOCUMENT.c.credit,
            DOCUMENT.c.detail_at.is_not(None),
        )
        .join_from(added, DOCUMENT, and_(DOCUMENT.c.kind == added.c.kind, DOCUMENT.c.id == added.c.id))
        .where(DOCUMENT.c.company == company, DOCUMENT.c.source == Source.CIN7.value, DOCUMENT.c.deleted_at.is_(None))
    ).all()
    for document, section, amount, quantities, kind, sale, *more in rows:
        # The kind is left out of the question: with it, SQLite reads the lines of every sale there is.
        if kind != SALE_KIND:
            continue
        if sale < found.sale_of.get(document, _LAST):
            found.sale_of[document] = sale
        if sale not in found.sales:
            found.sales[sale] = Brief(sale, *more)
        if amount is not None:
            sign = 1 if section == "Invoice" else -1
            found.charged[sale, document].append(Charged(sign * int(amount), sign * _added(quantities or "")))


def _by_document(session: Session, company: int, keys: Collection[str], accounts: Collection[str]) -> Subquery:
    """The lines whose document is among `keys`, added up by document, sale and section."""
    charged = and_(
        LINE.c.section.in_(CHARGED),
        LINE.c.amount.is_not(None),
        or_(LINE.c.account == "", LINE.c.account.in_(sorted(accounts))),
    )
    quantity = case((and_(charged, LINE.c.sku != ""), type_coerce(LINE.c.quantity, String)))
    return (
        select(
            LINE.c.document,
            LINE.c.kind,
            LINE.c.id,
            LINE.c.section,
            func.sum(case((charged, LINE.c.amount))).label("amount"),
            func.aggregate_strings(quantity, " ").label("quantities"),
        )
        .where(LINE.c.company == company, LINE.c.source == Source.CIN7.value, among(session, LINE.c.document, keys))
        .group_by(LINE.c.document, LINE.c.kind, LINE.c.id, LINE.c.section)
        .subquery()
    )


@lru_cache(maxsize=4_096)
def _added(quantities: str) -> Decimal:
    """Quantities are exact text: the database joins them, it does not add them."""
    return sum(map(Decimal, quantities.split()), Decimal(0))


def shipped_free(session: Session, company: int, period: Period) -> set[str]:
    """Ids of the sales with a product that was shipped at no cost in the period, as their lines tell."""
    rows = session.execute(
        select(LINE.c.id).where(
            LINE.c.company == company,
            LINE.c.source == Source.CIN7.value,
            # Written out, not bound: only so does the database know that its index of such lines will do.
            LINE.c.cost == literal_column("0"),
            LINE.c.day >= period.start,
            LINE.c.day <= period.end,
            LINE.c.section.in_(COST),
            LINE.c.kind == SALE_KIND,
        )
    )
    return set(rows.scalars())
