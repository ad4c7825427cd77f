"""Reads the lines of one document: those of its guide's transaction, and all that Cin7 tells of goods in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.load_tables import LINE, AnyRow
from reports.reconcile.numbers import plain
from reports.show import Item
from reports.show_lines import Part
from sync.domain.accounts import Source

MAIN_KINDS = ("Sale", "Purchase")
# A Cin7 document's own lines, in the order in which they are preferred.
_SECTIONS = (
    *("Invoice", "CreditNote", "Journal", "WriteOff", "New", "Existing", "Transfer", "Output", "Order"),
    *("Component", "Pick"),
)
_NO_GOODS = ("Payment", "Refund", "Journal", "Transaction", "Money", "BankTransfer")


def items(
    session: Session, company: int, headers: Iterable[AnyRow], qbo: Iterable[AnyRow], number: str
) -> tuple[Item, ...]:
    """The lines of goods: Cin7's where its detail was read, else QuickBooks' own of the document with the number."""
    for source, rows in ((Source.CIN7, list(headers)), (Source.QBO, [r for r in qbo if not r.deleted_at])):
        for row in sorted(rows, key=lambda r: (r.kind not in MAIN_KINDS, r.kind == "JournalEntry", r.id)):
            lines = _lines(session, company, source, row)
            found = _goods(lines, number)
            if found:
                return found
    return ()


def _goods(lines: Iterable[AnyRow], number: str) -> tuple[Item, ...]:
    """Of a document's lines the goods of its first section that has any; of one invoice where the number is one."""
    goods = [line for line in lines if line.sku or line.item]
    mine = [line for line in goods if line.document and plain(line.document) == plain(number)] or goods
    section = next((name for name in _SECTIONS if any(line.section == name for line in mine)), "")
    return tuple(Item(line.sku, line.name, line.quantity, line.price) for line in mine if line.section == section)


def parts(session: Session, company: int, headers: Iterable[AnyRow]) -> tuple[Part, ...]:
    """All lines of Cin7's documents but payments and ledger pairs, in Cin7's order, as they were last read."""
    found: list[Part] = []
    for row in sorted(headers, key=lambda r: (r.kind not in MAIN_KINDS, r.kind, r.id)):
        lines = _lines(session, company, Source.CIN7, row)
        # What was received is mostly put away as well, and told twice then.
        left_out = _NO_GOODS if all(line.section != "Received" for line in lines) else (*_NO_GOODS, "PutAway")
        for line in lines:
            if line.section.partition(" ")[0] not in left_out:
                told = (line.section, line.document, line.day, line.sku, line.name, line.quantity)
                found.append(Part(row.id, *told, line.price, line.amount, line.cost))
    return tuple(found)


def _lines(session: Session, company: int, source: Source, row: AnyRow) -> Sequence[AnyRow]:
    mine = (LINE.c.company == company, LINE.c.source == source.value, LINE.c.kind == row.kind, LINE.c.id == row.id)
    return session.execute(select(LINE).where(*mine).order_by(LINE.c.position)).all()
