"""The journal entries that would cure findings, in words: only where no document at its source could do so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reports.books import GOODS_CONTROLS, Books
from reports.reconcile.documents import Legs, Slots
from reports.reconcile.findings import Entry, Finding
from sync.domain.accounts import Source

# Journals by hand and second postings are taken back whole; of what QuickBooks costs itself, only that.
_REVERSED = frozenset({"manual_journal", "second_connector", "duplicate_in_qbo", "voided_in_cin7"})
_CORRECTED = frozenset({"wrong_account", "amount_differs", "edited_in_qbo", "consolidation_differs"})
_GOODS_ONLY = frozenset({"missing_in_cin7", "quantity_tracking_on"})
_CURED = _REVERSED | _CORRECTED | _GOODS_ONLY | {"rounding"}
_JOURNAL = "JournalEntry"

# (entity, id) of a QuickBooks transaction -> account -> minor units, debit positive
Sides = Mapping[tuple[str, str], Mapping[str, int]]


def asked(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """(entity, id) of the QuickBooks transactions whose whole postings `with_entries` wants."""
    return {
        (doc.type, doc.id)
        for found in findings
        if found.cause in _REVERSED | _GOODS_ONLY
        for doc in found.qbo
    }  # fmt: skip


def with_entries(
    findings: Sequence[Finding], gaps: Mapping[str, Legs], slots: Slots, books: Books, sides: Sides
) -> tuple[Finding, ...]:
    """The findings with the entry that would cure each, all of one root with the same one.

    `gaps`: root -> what Cin7 posts more than QuickBooks, slot by slot; `sides` are the postings that were `asked` for.
    An entry whose lines do not add up to nothing is none.
    """
    roots: defaultdict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        roots[found.root].append(found)
    made = {
        root: entry for root, some in roots.items() if (entry := _entry(some, gaps.get(root, ()), slots, books, sides))
    }
    return tuple(_told(found, made.get(found.root), books.currency) for found in findings)


def _told(found: Finding, entry: Entry | None, currency: str) -> Finding:
    if (
        entry is None
        or found.entry is not None
        or found.cause not in _REVERSED | _CORRECTED | _GOODS_ONLY | {"rounding"}
    ):
        return found
    return replace(found, entry=entry, remedy=f"{found.remedy} Entry: {entry.words(currency)}")


def _entry(some: Sequence[Finding], gap: Legs, slots: Slots, books: Books, sides: Sides) -> Entry | None:
    first, cause = some[0], some[0].cause
    if cause == "rounding":
        control = first.control or ""
        return Entry.of(_named(books, control), "Rounding differences", books.map.sign(control) * first.amount)
    if cause in _CORRECTED and (cause == "wrong_account" or all(doc.type == _JOURNAL for doc in first.qbo)):
        return _balanced((_slot(books, slots, slot), amount) for slot, amount in gap)
    docs = [(doc.type, doc.id) for doc in first.qbo]
    if cause in _REVERSED and all(kind == _JOURNAL for kind, _ in docs):
        surplus = docs[:-1] if cause == "duplicate_in_qbo" else docs
        return _balanced((_account(books, a), -m) for doc in surplus for a, m in sides.get(doc, {}).items())
    if cause in _GOODS_ONLY:
        return _out_of_goods(some, docs, books, sides)
    return None


def _out_of_goods(some: Sequence[Finding], docs: Sequence[tuple[str, str]], books: Books, sides: Sides) -> Entry | None:
    """Takes back what QuickBooks' documents post on goods; what does not balance goes to a variance account."""
    controls = {found.control for found in some} & (GOODS_CONTROLS | {"inventory_adjustments"})
    lines = [
        (_account(books, account), -amount)
        for doc in docs
        for account, amount in sides.get(doc, {}).items()
        if books.map.qbo_control.get(account) in controls
    ]
    rest = -sum(amount for _, amount in lines)
    return _balanced([*lines, ("Inventory variance", rest)])


def _balanced(lines: Iterable[tuple[str, int]]) -> Entry | None:
    sums: defaultdict[str, int] = defaultdict(int)
    for name, amount in lines:
        sums[name] += amount
    kept = [(name, amount) for name, amount in sums.items() if amount]
    if not kept or sum(amount for _, amount in kept) != 0:
        return None
    return Entry(tuple(sorted(kept, key=lambda line: (-line[1], line[0]))))


def _account(books: Books, id_: str) -> str:
    account = books.accounts.get((Source.QBO, id_))
    return account.name if account else id_


def _slot(books: Books, slots: Slots, slot: int) -> str:
    """QuickBooks' account of a slot; where several share it, or none, Cin7's."""
    ids = sorted(id_ for id_, place in slots.qbo.items() if place == slot)
    codes = sorted(code for code, place in slots.cin7.items() if place == slot)
    if len(ids) == 1 or (ids and not codes):
        return _account(books, ids[0])
    account = books.accounts.get((Source.CIN7, codes[0])) if codes else None
    return account.name if account else slots.names[slot]


def _named(books: Books, control: str) -> str:
    ids: Iterator[str] = iter(books.map.accounts(Source.QBO, control))
    return _account(books, next(ids, control))
