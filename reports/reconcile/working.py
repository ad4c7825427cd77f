"""What matching works on: the documents that are still open, and the cases that they were put into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from re import Pattern

from reports.reconcile.documents import Doc, Header, Legs, Slots, less, summed
from sync.domain.accounts import Source


@dataclass(eq=False, slots=True)
class Case:
    """Documents of both sides that belong together; `how` says by what they were matched.

    `surplus` are second postings of the same document in QuickBooks. `faded` are QuickBooks documents that post
    nothing any more (voided or deleted), `undone` those of Cin7. `channel`: the sales channel of a summary.
    `agreed`: one document on each side, with the same postings on the same day.
    """

    cin7: list[Doc]
    qbo: list[Doc]
    how: str = ""
    confidence: str = "certain"
    surplus: Sequence[Doc] = ()
    faded: Sequence[Header] = ()
    undone: Sequence[Header] = ()
    channel: str = ""
    agreed: bool = False

    @property
    def difference(self) -> Legs:
        """What Cin7 posts more than QuickBooks, slot by slot, whatever the dates."""
        if self.agreed and not self.surplus:
            return ()
        return less(summed(self.cin7), summed([*self.qbo, *self.surplus]))


@dataclass
class Work:
    """The state of matching: documents leave `cin7` and `qbo` when they enter a case.

    `headers` is what is known of QuickBooks documents beside the ledger, by (entity, id); `patterns` find Cin7's
    numbers in texts, `parts` are what an event was taken apart into; `habits`: (entity, role) -> settled
    transactions that are called exactly as their event.
    """

    slots: Slots
    cin7: dict[Doc, None]
    qbo: dict[Doc, None]
    headers: Mapping[tuple[str, str], Header] = field(default_factory=dict)
    patterns: tuple[Pattern[str], ...] = ()
    cases: list[Case] = field(default_factory=list)
    case_of: dict[Doc, Case] = field(default_factory=dict)
    parts: dict[Doc, tuple[Doc, Doc]] = field(default_factory=dict)
    habits: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def put(self, cin7: Iterable[Doc], qbo: Iterable[Doc], how: str, confidence: str = "certain") -> Case:
        """Makes a case of documents that are open."""
        case = Case(list(cin7), list(qbo), how, confidence)
        self.cases.append(case)
        for docs, open_docs in ((case.cin7, self.cin7), (case.qbo, self.qbo)):
            for doc in docs:
                del open_docs[doc]
                self.case_of[doc] = case
        return case

    def join(self, case: Case, *docs: Doc) -> None:
        """Adds open documents to a case."""
        case.agreed = False
        for doc in docs:
            self._take(doc)
            (case.cin7 if doc.side is Source.CIN7 else case.qbo).append(doc)
            self.case_of[doc] = case

    def double(self, case: Case, doc: Doc) -> None:
        """Adds an open QuickBooks document to a case as a second posting of the same."""
        self._take(doc)
        case.surplus = [*case.surplus, doc]
        self.case_of[doc] = case

    def split(self, case: Case, doc: Doc, kept: Doc, rest: Doc) -> None:
        """Puts a part of a case's event in its place; the rest is open again."""
        self.parts[doc] = (kept, rest)
        case.cin7[case.cin7.index(doc)] = kept
        self.case_of[kept] = case
        del self.case_of[doc]
        self.cin7[rest] = None

    def divide(self, doc: Doc, kept: Doc, rest: Doc) -> None:
        """Puts two parts in the place of an open event; both are open."""
        self.parts[doc] = (kept, rest)
        del self.cin7[doc]
        self.cin7 |= {kept: None, rest: None}

    def pieces(self, doc: Doc) -> tuple[Doc, ...]:
        """What an event was taken apart into, or the event itself."""
        kept, rest = self.parts.get(doc, (None, None))
        return (doc,) if kept is None or rest is None else (*self.pieces(kept), *self.pieces(rest))

    def header(self, doc: Doc) -> Header | None:
        return self.headers.get((doc.kind, doc.id))

    def _take(self, doc: Doc) -> None:
        del (self.cin7 if doc.side is Source.CIN7 else self.qbo)[doc]
