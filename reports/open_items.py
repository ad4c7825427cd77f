"""Open documents of customers or suppliers on a day, in both systems, in their own currency and in base currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.books import Incomplete, ages, money_of
from reports.layout import age_lines, table
from reports.reconcile.numbers import loose
from sync.domain.accounts import Source
from sync.errors import InvariantBroken

SIDES = ("receivables", "payables")
_PARTIES = {"receivables": "customer", "payables": "supplier"}


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """One document of one system that is not settled, in the side's own direction (what is owed counts as plus).

    `amount` is minor units of `currency` ("" where that is not told), None where only `base` is known, which is minor
    units of base currency.
    `numbers` are all by which the other system may call it; `kind` is Cin7's Type or QBO's entity.
    """

    source: Source
    party: str
    number: str
    numbers: frozenset[str]
    kind: str
    id: str
    currency: str
    amount: int | None
    base: int
    day: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document as both systems have it open; one that is settled, or not there, on a side is 0 there."""

    party: str
    number: str
    currency: str
    cin7: int | None
    qbo: int | None
    cin7_base: int
    qbo_base: int
    day: date | None
    due: date | None
    documents: tuple[OpenDocument, ...]

    @property
    def difference(self) -> int | None:
        return None if self.cin7 is None or self.qbo is None else self.cin7 - self.qbo


@dataclass(frozen=True, slots=True)
class Balance:
    """What a control's accounts hold on the day, minor units of base currency; None where that is not known."""

    cin7: int | None
    qbo: int | None


@dataclass(frozen=True, slots=True)
class OpenItems:
    """The answer; `other` is what stands on the accounts and belongs to no open document (revaluation, rounding)."""

    side: str
    at: date
    currency: str
    items: tuple[OpenItem, ...]
    balance: Balance
    as_of: Mapping[Source, datetime | None] = field(default_factory=dict)
    incomplete: tuple[Incomplete, ...] = ()

    def total(self, source: Source) -> int:
        """What the items of one system add up to, base currency."""
        return sum(item.cin7_base if source is Source.CIN7 else item.qbo_base for item in self.items)

    def other(self, source: Source) -> int | None:
        """What the control holds beside its open documents."""
        held = self.balance.cin7 if source is Source.CIN7 else self.balance.qbo
        return None if held is None else held - self.total(source)


def open_items(
    side: str,
    at: date,
    currency: str,
    documents: Iterable[OpenDocument],
    balance: Balance,
    *,
    as_of: Mapping[Source, datetime | None],
    incomplete: Sequence[Incomplete] = (),
) -> OpenItems:
    """Joins the documents of both systems by their numbers, and by party where several share one."""
    joined = _joined(documents)
    items = tuple(sorted((_item(some, currency) for some in joined), key=lambda i: (i.party.casefold(), i.number)))
    found = OpenItems(side, at, currency, items, balance, as_of, tuple(incomplete))
    counted = sum(item.cin7_base - item.qbo_base for item in items)
    if counted != found.total(Source.CIN7) - found.total(Source.QBO):
        raise InvariantBroken(f"The open {side} do not add up; no figure is given.")
    return found


def _joined(documents: Iterable[OpenDocument]) -> list[list[OpenDocument]]:
    """Cin7's documents each alone; QuickBooks' with the one of their number, of the same party where there are more."""
    kept = sorted(documents, key=lambda d: (d.source.value, d.party, d.number, d.kind, d.id))
    sets = [[document] for document in kept if document.source is Source.CIN7]
    by_number: defaultdict[str, list[list[OpenDocument]]] = defaultdict(list)
    for one in sets:
        for number in {loose(each) for each in one[0].numbers if each}:
            by_number[number].append(one)
    alone: dict[tuple[str, str], list[OpenDocument]] = {}
    for document in (each for each in kept if each.source is Source.QBO):
        fitting = by_number.get(loose(document.number), []) if document.number else []
        same = [one for one in fitting if one[0].party.casefold() == document.party.casefold()]
        chosen = same or (fitting if len(fitting) == 1 else [])
        if chosen:
            chosen[0].append(document)
        else:
            key = (document.party.casefold(), document.number or f"{document.kind} {document.id}")
            alone.setdefault(key, []).append(document)
    return [*sets, *alone.values()]


def _item(some: Sequence[OpenDocument], base: str) -> OpenItem:
    first = some[0]
    sides = {source: [each for each in some if each.source is source] for source in Source}
    currency = next((each.currency for each in some if each.currency), base)
    return OpenItem(
        party=first.party,
        number=first.number or f"{first.kind} {first.id}",
        currency=currency,
        cin7=_amount(sides[Source.CIN7], currency, base),
        qbo=_amount(sides[Source.QBO], currency, base),
        cin7_base=sum(each.base for each in sides[Source.CIN7]),
        qbo_base=sum(each.base for each in sides[Source.QBO]),
        day=min((each.day for each in some if each.day), default=None),
        due=min((each.due for each in some if each.due), default=None),
        documents=tuple(some),
    )


def _amount(some: Sequence[OpenDocument], currency: str, base: str) -> int | None:
    """Their sum in one currency; None where one of them is not known in it."""
    amounts = [each.base if not each.currency and currency == base else each.amount for each in some]
    strange = any(each.currency not in ("", currency) for each in some)
    return None if strange or None in amounts else sum(amount or 0 for amount in amounts)


def to_json(result: OpenItems) -> dict[str, object]:
    """The document `tieout/open-items/1`."""
    parties: defaultdict[str, list[OpenItem]] = defaultdict(list)
    for item in result.items:
        parties[item.party].append(item)
    cin7, qbo = result.total(Source.CIN7), result.total(Source.QBO)
    return {
        "schema": "tieout/open-items/1",
        "side": result.side,
        "at": result.at.isoformat(),
        "currency": result.currency,
        "parties": [
            {
                "name": name,
                "totals": [_totals(some, currency) for currency in sorted({item.currency for item in some})],
                "base": _sides(sum(i.cin7_base for i in some), sum(i.qbo_base for i in some), result.currency),
                "documents": [_item_json(item, result.currency) for item in some],
            }
            for name, some in parties.items()
        ],
        "total": _sides(cin7, qbo, result.currency),
        "other": _sides(result.other(Source.CIN7), result.other(Source.QBO), result.currency),
        "control": {"control": result.side, **_sides(result.balance.cin7, result.balance.qbo, result.currency)},
        **ages(result.as_of, result.incomplete),
    }


def _sides(cin7: int | None, qbo: int | None, currency: str) -> dict[str, object]:
    difference = None if cin7 is None or qbo is None else cin7 - qbo
    return {
        "cin7": money_of(cin7, currency),
        "qbo": money_of(qbo, currency),
        "difference": money_of(difference, currency),
    }


def _totals(items: Sequence[OpenItem], currency: str) -> dict[str, object]:
    mine = [item for item in items if item.currency == currency]
    cin7 = None if any(item.cin7 is None for item in mine) else sum(item.cin7 or 0 for item in mine)
    qbo = None if any(item.qbo is None for item in mine) else sum(item.qbo or 0 for item in mine)
    return {"currency": currency, **_sides(cin7, qbo, currency)}


def _item_json(item: OpenItem, base: str) -> dict[str, object]:
    return {
        "number": item.number,
        "date": item.day and item.day.isoformat(),
        "due": item.due and item.due.isoformat(),
        "currency": item.currency,
        **_sides(item.cin7, item.qbo, item.currency),
        "base": _sides(item.cin7_base, item.qbo_base, base),
        "documents": [
            {"source": d.source.value, "type": d.kind, "id": d.id, "number": d.number} for d in item.documents
        ],
    }


def to_text(result: OpenItems) -> str:
    """A table of what is open, what differs marked, the totals beside the accounts, and the age of the data."""
    head = (
        _PARTIES[result.side],
        "document",
        "due",
        "currency",
        "Cin7",
        "QuickBooks",
        "difference",
        f"in {result.currency}",
    )
    rows = [
        (
            item.party,
            item.number,
            str(item.due or ""),
            item.currency,
            *(_shown(amount, item.currency) for amount in (item.cin7, item.qbo, item.difference)),
            _shown(item.cin7_base - item.qbo_base, result.currency),
        )
        for item in result.items
    ]
    differing = sum(1 for item in result.items if item.difference or item.cin7_base != item.qbo_base)
    sums = [
        (name, *(_shown(amount, result.currency) for amount in (cin7, qbo)))
        for name, cin7, qbo in (
            ("Open documents", result.total(Source.CIN7), result.total(Source.QBO)),
            ("Other", result.other(Source.CIN7), result.other(Source.QBO)),
            (f"{result.side.capitalize()} in the ledger", result.balance.cin7, result.balance.qbo),
        )
    ]
    return "\n".join(
        [
            f"Open {result.side} on {result.at}",
            "",
            *(table(head, rows, left=(0, 1)) if rows else ["Nothing is open."]),
            "",
            *table((result.currency, "Cin7", "QuickBooks"), sums),
            "",
            f"{differing} of {len(result.items)} open documents differ.",
            *age_lines(result.as_of, result.incomplete),
        ]
    )


def _shown(amount: int | None, currency: str) -> str:
    return "not known" if amount is None else money_of(amount, currency) or ""
