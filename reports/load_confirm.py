"""Reads the lines of the sales whose invoices a tie-out found not shipped, as far as they were read in detail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import and_, literal_column, select
from sqlalchemy.orm import Session

from reports.load_tables import DOCUMENT, LINE, among
from reports.reconcile.lines import SaleLine
from sync.domain.accounts import Source

_KIND = "Sale"
_SECTIONS = ("Invoice", "Fulfilment", "Pick")


def sale_lines(session: Session, company: int, invoices: Collection[str]) -> dict[str, tuple[SaleLine, ...]]:
    """Number of an invoice -> the lines of its sale; nothing for sales whose detail was not read since they changed."""
    if not invoices:
        return {}
    c = LINE.c
    ours = (c.company == company, c.source == Source.CIN7.value)
    # The empty one is left out in so many words, and the kind is not asked for: only so SQLite takes the index.
    named = select(c.kind, c.id, c.document).where(*ours, c.document != literal_column("''"))
    found = session.execute(named.where(among(session, c.document, invoices), c.section == "Invoice").distinct())
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for kind, id_, number in found:
        if kind == _KIND:
            numbers[id_].add(number)
    head = DOCUMENT.c
    same = and_(head.company == c.company, head.source == c.source, head.kind == c.kind, head.id == c.id)
    rows = session.execute(
        select(c.id, c.section, c.document, c.description, c.day, c.sku, c.quantity)
        .join(DOCUMENT, same)
        .where(*ours, c.kind == _KIND, among(session, c.id, numbers), c.section.in_(_SECTIONS))
        .where(head.detail_at.is_not(None), head.deleted_at.is_(None), c.quantity.is_not(None))
        .order_by(c.id, c.position)
    )
    lines: defaultdict[str, list[SaleLine]] = defaultdict(list)
    for id_, section, document, invoice, day, sku, quantity in rows:
        number = document if section == "Invoice" else invoice
        lines[id_].append(SaleLine(section, number, day, sku, quantity))
    return {number: tuple(lines[id_]) for id_ in sorted(lines) for number in sorted(numbers[id_])}
