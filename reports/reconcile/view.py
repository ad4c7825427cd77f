"""What a rule sees: one case, what is known around it, and how a finding about it is put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from reports.reconcile.documents import Doc, Header, Legs, Slots
from reports.reconcile.faded import Faded
from reports.reconcile.findings import Cin7Document, Finding, QboDocument
from reports.reconcile.working import Case
from sync.domain.accounts import Source
from sync.domain.money import text
from sync.domain.period import Period

# Every cause of the contract with its nature, in the order of precedence and then of the table.
NATURES: Mapping[str, str] = {
    "deleted_in_qbo": "error",
    "voided_in_qbo": "error",
    "voided_in_cin7": "error",
    "duplicate_in_qbo": "error",
    "second_connector": "error",
    "quantity_tracking_on": "error",
    "consolidation_differs": "error",
    "wrong_account": "error",
    "different_period": "timing",
    "edited_in_qbo": "error",
    "exchange_rate_differs": "error",
    "tax_differs": "error",
    "rounding": "policy",
    "amount_differs": "error",
    "unmapped_account": "error",
    "manual_journal": "error",
    "late_cost": "policy",
    "missing_in_qbo": "error",
    "missing_in_cin7": "error",
    "outside_cin7": "policy",
    "wrong_account_type": "error",
    "backdated_after_close": "error",
    "zero_cost_shipment": "error",
    "negative_stock": "error",
    "unmapped_product": "error",
    "duplicate_product": "error",
    "illegal_name": "error",
    "invoiced_not_shipped": "timing",
    "shipped_not_invoiced": "timing",
    "received_not_billed": "timing",
    "billed_not_received": "timing",
    "in_transit": "timing",
    "opening_difference": "policy",
}
# The table gives these 0.00 whatever their documents post, so the cause is part of their identity.
WITHOUT_MONEY = frozenset(
    {
        "wrong_account_type",
        "invoiced_not_shipped",
        "shipped_not_invoiced",
        "received_not_billed",
        "billed_not_received",
        "in_transit",
        "backdated_after_close",
        "zero_cost_shipment",
        "negative_stock",
        "unmapped_product",
        "duplicate_product",
        "illegal_name",
        "opening_difference",
    }
)


# Roles that only the sign of the money tells apart: they make no other document.
_EVENTS = {
    "credit": "invoice",
    "refund": "payment",
    "supplier credit": "bill",
    "supplier refund": "supplier payment",
}


DAYS_TO_SUM = 3  # a summary of some sales of a day is dated that day or up to two later


class Sold(NamedTuple):
    """Revenue and tax of a day's sales through one channel, in minor units, and how many documents they are."""

    revenue: int
    tax: int
    documents: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around the cases of one tie-out.

    `tolerance`: minor units for each ledger row; `sales_elsewhere`: another connector posts revenue to QuickBooks.
    `numbers`: plain number -> Cin7's events of it; `undone`: the same for events that come to nothing; `voided`: plain
    number -> voided Cin7 documents. `changes`: (TaskID or order number, day) of costs that came after the sale. `days`:
    (channel, day) -> what was sold; `billed`: day -> its invoices one by one, where a document of QuickBooks' alone
    may stand for some of them. `tracked`: QuickBooks transaction -> SKUs on it whose quantity QuickBooks tracks.
    `former`: (entity, id) of a transaction -> what it posted when it was read before. `shapes`: pattern of the numbers
    that Cin7 gives out -> the highest. `in_scope`: (entity, id) of transactions that Cin7 has too,
    and to which one that it has not is linked. `orders`: plain
    order number -> sale or purchase; `foreign`: (entity, plain number) -> total in its own currency; `live`: Cin7's
    events that were not taken back, `alone` QuickBooks transactions that nothing fits; `whole_sales`: the ledger's
    TaskID is the whole sale's; `costed`: tracked SKUs for which QuickBooks posts cost of its own.
    """

    slots: Slots
    period: Period
    company: int
    currency: str
    tolerance: int = 1
    sales_elsewhere: bool = False
    headers: Mapping[tuple[str, str], Header] = field(default_factory=dict)
    cin7_headers: Mapping[tuple[str, str], Header] = field(default_factory=dict)
    faded: Faded = field(default_factory=Faded)
    numbers: Mapping[str, Sequence[Doc]] = field(default_factory=dict)
    undone: Mapping[str, Sequence[Doc]] = field(default_factory=dict)
    unmapped: Mapping[int, str] = field(default_factory=dict)
    changes: frozenset[tuple[str, date]] = frozenset()
    days: Mapping[tuple[str, date], tuple[Sold, ...]] = field(default_factory=dict)
    billed: Mapping[date, Sequence[Sold]] = field(default_factory=dict)
    tracked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    former: Mapping[tuple[str, str], tuple[Legs, ...]] = field(default_factory=dict)
    shapes: Mapping[str, int] = field(default_factory=dict)
    voided: Mapping[str, Sequence[Header]] = field(default_factory=dict)
    in_scope: frozenset[tuple[str, str]] = frozenset()
    orders: Mapping[str, Header] = field(default_factory=dict)
    foreign: Mapping[tuple[str, str], int | None] = field(default_factory=dict)
    live: Sequence[Doc] = ()
    alone: Sequence[Doc] = ()
    whole_sales: bool = False
    costed: frozenset[str] = frozenset()

    def money(self, minor: int) -> str:
        return f"{text(minor, self.currency)} {self.currency}"

    def name(self, slot: int) -> str:
        """An account as the explanation of a finding calls it."""
        return self.slots.names[slot].removeprefix("qbo ")


@dataclass(frozen=True, slots=True)
class View:
    """One case with what is known around it."""

    case: Case
    known: Known

    @property
    def qbo(self) -> tuple[Doc, ...]:
        """Its QuickBooks documents: second postings first, then those that are kept."""
        return (*self.case.surplus, *self.case.qbo)

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls that its documents post on, in order."""
        return self.known.slots.touched((*self.case.cin7, *self.qbo))

    @property
    def differing(self) -> tuple[str, ...]:
        """The controls on which it makes a difference in the period."""
        return tuple(control for control in self.controls if self.amount(control))

    @property
    def pair(self) -> bool:
        return bool(self.case.cin7 and self.case.qbo)

    def amount(self, control: str) -> int:
        """Cin7 less QuickBooks of what is dated inside the period, in the control's own direction."""
        return self.side(self.case.cin7, control) - self.side(self.qbo, control)

    def side(self, docs: Iterable[Doc], control: str) -> int:
        slots, period = self.known.slots, self.known.period
        return sum(slots.amount(doc, control) for doc in docs if doc.day in period)

    def role(self) -> str:
        return self.case.cin7[0].role if self.case.cin7 else ""

    def header(self, doc: Doc) -> Header | None:
        return self.known.headers.get((doc.kind, doc.id))

    def all(self, cause: str, explanation: str, remedy: str, **more: str) -> Iterable[Finding]:
        """The cause on every control that differs."""
        return [self.finding(cause, control, explanation, remedy, **more) for control in self.differing]

    def finding(
        self,
        cause: str,
        control: str,
        explanation: str,
        remedy: str,
        *,
        confidence: str = "",
        subject: str = "",
        nature: str = "",
    ) -> Finding:
        """A finding about this case on one control, with its documents and what they make there."""
        cin7 = (*(cin7_document(self.known.slots, doc, control) for doc in self.case.cin7), *self._undone())
        qbo = (*(qbo_document(self.known.slots, doc, control) for doc in self.qbo), *self._faded())
        first = cin7[0].reference if cin7 else qbo[0].doc_number or qbo[0].id
        return Finding(
            id=identity(self.known.company, cause, control, cin7, qbo, self._events()),
            root="",
            cause=cause,
            nature=nature or NATURES[cause],
            control=control,
            amount=self.amount(control),
            subject=subject or first,
            confidence=confidence or self.case.confidence,
            explanation=explanation,
            remedy=remedy,
            cin7=cin7,
            qbo=qbo,
        )

    def _events(self) -> str:
        """What its Cin7 events are: an invoice and its payment of one day differ in nothing else that is not money."""
        return " ".join(sorted({_EVENTS.get(doc.role, doc.role) for doc in self.case.cin7}))

    def _undone(self) -> list[Cin7Document]:
        return [
            Cin7Document(
                each.id, each.invoice or each.credit or each.number, each.kind, each.day or self.case.qbo[0].day, 0
            )
            for each in self.case.undone
        ]

    def _faded(self) -> list[QboDocument]:
        return [
            QboDocument(each.id, each.kind, each.number, each.day or self.case.cin7[0].day, 0)
            for each in self.case.faded
        ]


def cin7_document(slots: Slots, doc: Doc, control: str) -> Cin7Document:
    return Cin7Document(doc.id, doc.number, doc.kind, doc.day, slots.amount(doc, control) if control else 0)


def qbo_document(slots: Slots, doc: Doc, control: str) -> QboDocument:
    return QboDocument(doc.id, doc.kind, doc.number, doc.day, slots.amount(doc, control) if control else 0)


def identity(
    company: int,
    cause: str,
    control: str | None,
    cin7: Iterable[Cin7Document],
    qbo: Iterable[QboDocument],
    subject: str = "",
) -> str:
    """What a finding is known by over runs: company, control and documents; the cause where the table says 0.00."""
    words = [str(company), control or "", cause if cause in WITHOUT_MONEY else "", subject]
    words += sorted(f"cin7 {each.task_id} {each.reference} {each.day}" for each in cin7)
    words += sorted(f"qbo {each.type} {each.id}" for each in qbo)
    return blake2b("\n".join(words).encode(), digest_size=8).hexdigest()


def sided(doc: Doc) -> str:
    """A document as people call it: "Invoice INV-00012 of 2026-01-05"."""
    what = doc.kind if doc.side is Source.QBO else doc.role
    return f"{what} {doc.number or doc.id} of {doc.day}"
