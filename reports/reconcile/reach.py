"""Which documents from outside the days that were loaded a tie-out must see as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.reconcile.documents import Doc, Header, words
from reports.reconcile.match import Ledgers, Matched
from reports.reconcile.naming import linked_numbers
from reports.reconcile.numbers import plain, stems, suffixes, tokens
from reports.reconcile.working import Case, Work
from sync.domain.period import Period

_OPEN = ("NOT ", "PARTIALLY")


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers in plain form: of Cin7 documents and of QuickBooks documents that may lie outside.

    `own`: TaskIDs and plain numbers of Cin7's documents without counterpart, whose headers may lie outside; `txns`:
    ids of QuickBooks' without counterpart, whose lines may name one, and `named` what their numbers and texts name;
    `parties`: names of customers and suppliers with
    an order in parts that still waits, whose later documents nothing else names.
    """

    cin7: frozenset[str]
    qbo: frozenset[str]
    own: frozenset[str] = frozenset()
    txns: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()


def reach(found: Ledgers, matched: Matched, period: Period) -> Reach:
    """What is named by documents of the period that stay alone or differ, and the other halves of what is open."""
    cases = [case for case in (*matched.alone, *matched.cases) if case.difference and _inside(case, period)]
    work = Work(found.slots, {}, {}, headers=found.headers)
    cin7 = {number for case in cases for txn in (*case.qbo, *case.surplus) for number in _named(txn, work)}
    cin7.update(_halves(found.cin7), _orders(found.cin7), _waiting(found.cin7_headers.values()))
    prefixes = {"", *_prefixes(matched.cases)}
    lone = [doc for case in cases if not case.qbo for doc in case.cin7]
    own = {number for doc in lone for number in (doc.plain, *doc.also)} - {""}
    theirs = [txn for case in cases if not case.cin7 for txn in case.qbo]
    return Reach(
        frozenset(cin7 - {""}),
        frozenset(prefix + number for prefix in prefixes for number in own),
        frozenset(own | {doc.id for doc in lone}),
        frozenset(txn.id for txn in theirs),
        frozenset(number for txn in theirs for number in _named(txn, work)) - {""},
        frozenset(header.name for header in found.cin7_headers.values() if header.name and in_parts(header, period)),
    )


def _inside(case: Case, period: Period) -> bool:
    return any(doc.day in period for doc in (*case.cin7, *case.qbo, *case.surplus))


def _named(txn: Doc, work: Work) -> Iterator[str]:
    """Whatever in a transaction's number and texts may be a number of Cin7's."""
    header = work.header(txn)
    yield txn.plain
    yield from stems(txn.number)
    yield from linked_numbers(txn, work, ())
    for text in (txn.number, *txn.texts, *((header.memo,) if header else ())):
        for token in tokens(text):
            yield token
            yield from suffixes(token)


def _halves(docs: Iterable[Doc]) -> Iterator[str]:
    """Sales of which only the invoice or only the cost lies inside."""
    sides: dict[str, set[str]] = {"invoice": set(), "cost": set()}
    for doc in docs:
        if doc.role in sides:
            sides[doc.role].add(doc.plain)
    lone = sides["invoice"] ^ sides["cost"]
    for doc in docs:
        if doc.role in sides and doc.plain in lone:
            yield from (doc.plain, *doc.also)


def _orders(docs: Iterable[Doc]) -> Iterator[str]:
    """Purchases of which anything lies inside: their receipts and bills belong together."""
    for doc in docs:
        if doc.kind.strip().lower() == "purchase":
            yield from (doc.plain, *doc.near)


def _waiting(headers: Iterable[Header]) -> Iterator[str]:
    """Sales and purchases that are not shipped, received or billed yet, however old."""
    for header in headers:
        if header.kind in ("Sale", "Purchase") and not header.voided:
            told = words(header)
            if any(told.get(name, "").startswith(_OPEN) for name in ("ship", "fulfilment", "invoice", "received")):
                yield from (plain(header.number), plain(header.invoice))


def in_parts(header: Header, period: Period) -> bool:
    """An order in parts of which one was invoiced by the period's end, and something is still to come."""
    told = words(header)
    waits = any(told.get(name, "").startswith(_OPEN) for name in ("ship", "fulfilment", "received", "invoice"))
    split = header.kind in ("Sale", "Purchase") and told.get("type", "").startswith("ADVANCED") and not header.voided
    return split and waits and header.day is not None and header.day <= period.end


def _prefixes(cases: Iterable[Case]) -> Iterator[str]:
    """What the company's integration puts before Cin7's numbers."""
    for case in cases:
        if case.cin7 and case.qbo:
            own, theirs = case.cin7[0].plain, case.qbo[0].plain
            if own and own != theirs and theirs.endswith(own):
                yield theirs[: len(theirs) - len(own)]
