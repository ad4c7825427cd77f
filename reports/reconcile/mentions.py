"""Every word by which a ledger row or a header may name a document: more than do, but none that does is missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from re import Pattern

from reports.reconcile.documents import Header
from reports.reconcile.events import Cin7Row, QboRow, own_number
from reports.reconcile.numbers import plain, runs, stems, tokens


def of_cin7(row: Cin7Row) -> Iterator[str]:
    """What a row of Cin7's ledger is called, and by parts of "INV-00004/CR-00002"."""
    if row.document:
        yield row.document
    for number in {row.reference, *own_number(row.reference, row.text)} - {""}:
        yield plain(number)
        yield from (plain(part) for part in number.split("/") if part)


def of_qbo(row: QboRow, patterns: Iterable[Pattern[str]]) -> Iterator[str]:
    """What a row of QuickBooks' ledger may name by its number or its text."""
    yield row.document
    yield from _in_number(row.number)
    yield from in_text(row.memo, patterns)


def of_header(header: Header, patterns: Iterable[Pattern[str]]) -> Iterator[str]:
    """What a header is called, is linked to, and says."""
    yield header.id
    for number in (header.number, header.invoice, header.credit):
        if number:
            yield from _in_number(number)
    yield from (id_ for _, id_ in header.links)
    yield from in_text(header.memo, patterns)


def in_text(text: str, patterns: Iterable[Pattern[str]]) -> Iterator[str]:
    """The words of a text, every run of each between dashes and the like, and what the patterns find."""
    if text:
        yield from _words(text)
        for pattern in patterns:
            yield from (plain(found.group(1) if pattern.groups else found.group()) for found in pattern.finditer(text))


@lru_cache(maxsize=65_536)
def _in_number(number: str) -> frozenset[str]:
    return _words(number).union(*map(_words, stems(number)))


@lru_cache(maxsize=65_536)
def _words(text: str) -> frozenset[str]:
    return frozenset([plain(text), *(part for token in tokens(text) for part in runs(token))]) - {""}
