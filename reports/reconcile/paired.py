"""The documents that a tie-out matched, control by control: what an auditor ticks off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from reports.reconcile.aside import Listed
from reports.reconcile.documents import Doc, Slots
from reports.reconcile.findings import Cin7Document, QboDocument
from reports.reconcile.view import cin7_document, qbo_document
from reports.reconcile.working import Case
from sync.domain.period import Period


@dataclass(frozen=True, slots=True)
class Paired:
    """Documents of both sides that belong together on one control; amounts as in findings, whatever the date.

    `how` says by what they were matched ("number", "memo", "summary", ...), `confidence` "certain", "strong" or
    "likely". Both sides' sums are equal where no finding names the set. A side is empty where none of its documents
    posts on this control.
    """

    control: str
    how: str
    confidence: str
    cin7: tuple[Cin7Document, ...]
    qbo: tuple[QboDocument, ...]

    @property
    def difference(self) -> int:
        """Cin7 less QuickBooks, whatever the dates."""
        return sum(document.amount for document in self.cin7) - sum(document.amount for document in self.qbo)


class Pairs:
    """The matched sets of one tie-out with a document in its period; objects are made as they are asked for.

    A tie-out of a million postings has hundreds of thousands of them, so nothing is kept but what matching made.
    """

    def __init__(
        self,
        cases: Sequence[Case] = (),
        slots: Slots | None = None,
        period: Period | None = None,
        settled: Listed = tuple,
    ) -> None:
        self._cases = cases
        self._settled = settled
        self._slots = slots
        self._period = period
        self._sorted: list[Case] | None = None

    def __iter__(self) -> Iterator[Paired]:
        """Every set on every control that it posts on, by control, then by its first document's day and number."""
        for control in dict.fromkeys(self._slots.controls if self._slots else ()):
            yield from self.of(control)

    def of(self, control: str) -> Iterator[Paired]:
        """The sets that post on one control, by their first document's day and number."""
        slots = self._slots
        if slots is None:
            return
        own = {slot for slot, name in enumerate(slots.controls) if name == control}

        def posting(docs: Sequence[Doc]) -> list[Doc]:
            return [doc for doc in docs if any(slot in own for slot, _ in doc.legs)]

        for case in self._inside():
            cin7, qbo = posting(case.cin7), posting([*case.surplus, *case.qbo])
            if any(self._dated(doc) for doc in (*cin7, *qbo)):
                yield Paired(
                    control,
                    case.how,
                    case.confidence,
                    tuple(cin7_document(slots, doc, control) for doc in cin7),
                    tuple(qbo_document(slots, doc, control) for doc in qbo),
                )

    def _inside(self) -> list[Case]:
        if self._sorted is None:
            both = (case for case in chain(self._cases, self._settled()) if case.cin7 and case.qbo)
            dated = [case for case in both if any(map(self._dated, (*case.cin7, *case.qbo, *case.surplus)))]
            self._sorted = sorted(dated, key=_place)
        return self._sorted

    def _dated(self, doc: Doc) -> bool:
        return self._period is not None and doc.day in self._period


def _place(case: Case) -> tuple[date, str, str, str]:
    return min((doc.day, doc.number, doc.id, doc.role) for doc in case.cin7)
