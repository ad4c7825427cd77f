"""How a QuickBooks document names Cin7's: by its number, by links, by a part of a number, by words of its texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reports.reconcile.documents import Doc, Header
from reports.reconcile.numbers import (
    MOST_CHARACTERS,
    ends_another,
    glued,
    inside,
    is_copy,
    loose,
    named,
    plain,
    shape,
    stems,
)
from reports.reconcile.working import Work

# How a document names another: its number is the other's; it is linked to it; a part of its number; a word of its
# texts; the same number but for dashes and zeros; a number with a suffix; an order beside the document.
EXACT, LINK, PART, WORD, LOOSE, STEM, NEAR = 7, 6, 5, 4, 3, 2, 1


@dataclass(frozen=True)
class Names:
    """Cin7's events by number: their own, further ones, and numbers beside them.

    `alike`: loose form of a number of an open event -> that number; what two numbers share leads nowhere.
    `listed`: headers of Cin7's, whose numbers need not be in the ledger; `settled`: patterns of numbers set aside.
    """

    own: Mapping[str, list[Doc]]
    near: Mapping[str, list[Doc]]
    alike: Mapping[str, str] = field(default_factory=dict)
    listed: Collection[Header] = ()
    settled: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        events: Iterable[Doc],
        waiting: Iterable[Doc] = (),
        listed: Collection[Header] = (),
        settled: frozenset[str] = frozenset(),
    ) -> Names:
        """`waiting`: the events that no transaction was found for yet."""
        own: defaultdict[str, list[Doc]] = defaultdict(list)
        near: defaultdict[str, list[Doc]] = defaultdict(list)
        for doc in events:
            for number in (doc.plain, *doc.also):
                if number:
                    own[number].append(doc)
            for number in doc.near:
                near[number].append(doc)
        forms: defaultdict[str, set[str]] = defaultdict(set)
        for number in {number for doc in waiting for number in (doc.plain, *doc.also)}:
            forms[loose(number)].add(number)
        alike = {form: next(iter(some)) for form, some in forms.items() if form and len(some) == 1}
        return cls(own, near, alike, listed, settled)

    @cached_property
    def shapes(self) -> frozenset[str]:
        """The patterns of all numbers that Cin7 has."""
        return self.settled.union(map(shape, {*self.own, *self.near, *(header.number for header in self.listed)}))


def targets(txn: Doc, work: Work, names: Names) -> dict[str, int]:
    """Cin7 number -> how strongly a QuickBooks document names it."""
    found: dict[str, int] = {}
    for number, strength in _told(txn, work, names):
        found[number] = max(strength, found.get(number, 0))
    return found


def _of_its_own(found: str, strength: int, text: str, names: Names) -> tuple[str, int]:
    """What a text names, less strongly where that is but the end of a number of Cin7's that is not there: WO-00003
    names no supplier's bill 00003."""
    if found.isdigit() and ends_another(found, text, names.shapes):
        return found, min(strength, STEM)
    return found, strength


def _told(txn: Doc, work: Work, names: Names) -> Iterator[tuple[str, int]]:
    known = names.own
    number = txn.plain
    header = work.header(txn)
    texts = (*txn.texts, *((header.memo,) if header else ()))
    if number in known:
        yield number, EXACT
    else:
        yield from (
            _of_its_own(found, PART if prefix else WORD, number, names) for found, prefix in named(number, known)
        )
        yield from ((found, STEM) for stem in stems(number) for found, _ in named(stem, known))
        yield from (
            _of_its_own(found, STEM if is_copy(number, found) else WORD, number, names)
            for found in inside(number, known)
        )
    for text in texts:
        within = [*(found for found, _ in named(text, known)), *inside(text, known)]
        yield from (_of_its_own(found, WORD, text, names) for found in within)
        yield from ((found, NEAR) for found, _ in named(text, names.near))
    # A number that fills the field was cut, and what is left of it may be the whole of another.
    for text in (number if len(number) < MOST_CHARACTERS else "", *texts):
        yield from ((found, LOOSE) for found in glued(text, names.alike))
    for text in (number, *texts):
        yield from ((found, WORD) for found in _by_pattern(text, work) if found in known)
    yield from ((found, NEAR) for found, _ in named(number, names.near))
    yield from ((linked, LINK) for linked in linked_numbers(txn, work, known))


def _by_pattern(text: str, work: Work) -> Iterator[str]:
    """What the company's own patterns find in a text: their first group, or all that they match."""
    for pattern in work.patterns:
        for found in pattern.finditer(text):
            yield plain(found.group(1) if pattern.groups else found.group())


def linked_numbers(txn: Doc, work: Work, known: Collection[str]) -> Iterator[str]:
    """The Cin7 numbers of the documents that a payment or credit is linked to.

    QuickBooks may number them in its own way; then their notes tell which of the `known` they are.
    """
    header = work.header(txn)
    for kind, id_ in header.links if header else ():
        other = work.headers.get((kind, id_))
        if other is None:
            continue
        own = plain(other.number)
        told = [] if own in known else [number for number, _ in named(other.memo, known)]
        if told or own:
            yield from told or [own]
