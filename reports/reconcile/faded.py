"""QuickBooks documents that post nothing any more, voided or deleted, and which Cin7 event each of them was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reports.reconcile.alike import one_party
from reports.reconcile.documents import Doc, Header, turnover
from reports.reconcile.numbers import named, plain
from reports.reconcile.roles import natural

_NUMBERED = frozenset({"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Bill", "VendorCredit"})


@dataclass(frozen=True, slots=True)
class Faded:
    """`headers` of what is voided or deleted, in a fixed order; `numbers`: (entity, id) -> number of any document.

    `texts`: (entity, id) -> what its lines say.
    """

    headers: tuple[Header, ...] = ()
    numbers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, headers: Iterable[Header], texts: Mapping[tuple[str, str], tuple[str, ...]] | None = None) -> Faded:
        every = list(headers)
        gone = [header for header in every if header.voided or header.deleted_at]
        gone.sort(key=lambda header: (header.kind, len(header.id), header.id))
        return cls(tuple(gone), {(h.kind, h.id): plain(h.number) for h in every}, texts or {})

    def of_event(self, event: Doc, *, deleted: bool) -> tuple[Header, str] | None:
        """The deleted (or voided) document that this event became, and how sure that is; None where none fits.

        By number, by what it was linked to or says, and else by day and counterparty where only one is like that.
        """
        gone = [h for h in self.headers if bool(h.deleted_at) is deleted and h.kind in natural(event.role)]
        fits = [h for h in gone if not h.name or not event.name or one_party(event.name, h.name)]
        numbers = {event.plain, *event.also}
        # Suppliers' numbers may be equal by chance; Cin7's own are not, however a customer's name is written.
        own = gone if event.role in ("invoice", "credit") else fits
        for sure, some in (
            ("certain", [h for h in fits if plain(h.number) in numbers]),
            ("certain", [h for h in own if plain(h.number) in numbers]),
            ("certain", [h for h in fits if self._linked(h, numbers)]),
            ("strong", [h for h in fits if self._says(h, numbers)]),
        ):
            if some:
                near = sorted(some, key=lambda h: (not _equal(h, event), h.day != event.day))
                return near[0], sure
        # An invoice or bill with a number of its own is told by that and by nothing else.
        free = [h for h in fits if not h.number or h.kind not in _NUMBERED]
        alike = [
            h for h in free if h.day == event.day and h.name and one_party(event.name, h.name) and not self._of_other(h)
        ]
        return (alike[0], "likely") if len(alike) == 1 else None

    def _linked(self, header: Header, numbers: set[str]) -> bool:
        return any(self.numbers.get(link, "") in numbers for link in header.links)

    def _says(self, header: Header, numbers: set[str]) -> bool:
        texts = (header.number, header.memo, *self.texts.get((header.kind, header.id), ()))
        return any(named(text, numbers) for text in texts)

    def _of_other(self, header: Header) -> bool:
        """Whether it is linked to some document, so that it was that one's."""
        return any(self.numbers.get(link) for link in header.links)


def _equal(header: Header, event: Doc) -> bool:
    return header.total == turnover(event.legs)
