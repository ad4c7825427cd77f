"""Reads what the lines of sales add up to, document by document: sums made by the database instead of lines."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Integer, Select, String, and_, bindparam, case, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import Session

from reports.load_lines import CHARGED, COST, FREE
from reports.load_tables import DOCUMENT, LINE, listed
from reports.trade import SALE_KIND, Group
from sync.domain.accounts import Source
from sync.domain.period import Period

_LAST = "\U0010ffff"  # sorts after every id


# Plain, for there are thousands. What an invoice (1) or credit note (-1) charges on revenue accounts: its sale's id,
# minor units of the sale's currency, 1 or -1, quantities. And of a sale: currency, credit notes, whether it was read.
Charged: TypeAlias = tuple[str, int, int, str]
Brief: TypeAlias = tuple[str, str, bool]


class Sums(NamedTuple):
    """`sale_of`: number or TaskID of a document -> the id of its sale, where lines were read; `charged`: number or
    TaskID -> what is charged under it; `sales`: by id."""

    sale_of: dict[str, str]
    charged: dict[str, list[Charged]]
    sales: dict[str, Brief]

    def only(self, group: Group, sale: str) -> Charged | None:
        """The one invoice or credit note of `sale` that the group names; None where it names none, or several."""
        charged = self.charged
        if group.document not in charged and len(group.numbers) == 1:
            named = charged.get(group.name, ())  # as nearly all of them
        else:
            named = [each for key in group.keys for each in charged.get(key, ())]
        if len(named) > 1:
            named = [each for each in named if each[0] == sale]
        return named[0] if len(named) == 1 and named[0][0] == sale else None


def sums(session: Session, company: int, groups: Sequence[Group], accounts: Collection[str]) -> Sums:
    """The sums of the lines that numbers of `groups` name, and TaskIDs where no number does."""
    found = Sums({}, {}, {})
    asked = set(chain.from_iterable(group.numbers for group in groups))
    _add(session, company, asked, accounts, found)
    unknown = asked - found.sale_of.keys()
    by_task = {group.document for group in groups if group.document and unknown.issuperset(group.numbers)}
    _add(session, company, by_task, accounts, found)
    return found


def _add(session: Session, company: int, keys: Collection[str], accounts: Collection[str], found: Sums) -> None:
    if not keys:
        return
    question = _by_document(session.get_bind().dialect.name)
    told = {"of": company, "keys": json.dumps(sorted(keys)), "accounts": sorted(accounts)}
    sale_of, charged, sales = found
    for document, amount, kind, sale, section, quantities, currency, credit, detailed in session.execute(
        question, told
    ).all():
        # The kind is left out of the question: with it, SQLite reads the lines of every sale there is.
        if kind == SALE_KIND:
            sales[sale] = (currency, credit, detailed)
            if sale < sale_of.get(document, _LAST):
                sale_of[document] = sale
            if amount is not None:
                sign = 1 if section == "Invoice" else -1
                charged.setdefault(document, []).append((sale, sign * int(amount), sign, quantities or ""))


@lru_cache
def _by_document(dialect: str) -> Select[Any]:
    """The lines of the company `of` whose document is one of `keys`, added up by document, sale and section, with what
    is needed of the sale; `accounts` are those of revenue. Made once, for that takes as long as a small answer."""
    charged = and_(
        LINE.c.section.in_(CHARGED),
        LINE.c.amount.is_not(None),
        or_(LINE.c.account == "", LINE.c.account.in_(bindparam("accounts", expanding=True))),
    )
    quantity = case((and_(charged, LINE.c.sku != ""), type_coerce(LINE.c.quantity, String)))
    names = (LINE.c.document, LINE.c.kind, LINE.c.id, LINE.c.section)
    cin7, of = Source.CIN7.value, bindparam("of", type_=Integer)
    sums = (
        select(
            *names,
            func.sum(case((charged, LINE.c.amount))).label("amount"),
            func.aggregate_strings(quantity, " ").label("quantities"),
        )
        .where(
            LINE.c.company == of,
            LINE.c.source == cin7,
            LINE.c.document != literal_column("''"),  # written out: only so does the database take its index of them
            listed(dialect, LINE.c.document, bindparam("keys", type_=String)),
        )
        .group_by(*names)
        .subquery()
    ).c
    head = DOCUMENT.c
    return (
        select(
            sums.document,
            sums.amount,
            head.kind,
            head.id,
            sums.section,
            sums.quantities,
            head.currency,
            head.credit,
            head.detail_at.is_not(None),
        )
        .join_from(sums.id.table, DOCUMENT, and_(head.kind == sums.kind, head.id == sums.id))
        .where(head.company == of, head.source == cin7, head.deleted_at.is_(None))
    )


@lru_cache(maxsize=4_096)
def added(sign: int, quantities: str) -> Decimal:
    """The signed sum of quantities, which are exact text: the database joins them, it does not add them."""
    return sign * sum(map(Decimal, quantities.split()), Decimal(0))


def shipped_free(session: Session, company: int, period: Period) -> set[str]:
    """Ids of the sales with a product that was shipped at no cost in the period, as their lines tell."""
    rows = session.execute(
        select(LINE.c.id).where(
            LINE.c.company == company,
            LINE.c.source == Source.CIN7.value,
            FREE,
            LINE.c.day >= period.start,
            LINE.c.day <= period.end,
            LINE.c.section.in_(COST),
            LINE.c.kind == SALE_KIND,
        )
    )
    return set(rows.scalars())
