"""Puts together what is known around the cases of a tie-out, from both ledgers and their headers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from reports.books import Books
from reports.reconcile.documents import Doc, Header, Legs, words
from reports.reconcile.faded import Faded
from reports.reconcile.match import Ledgers, Matched
from reports.reconcile.numbers import digits, plain, shape
from reports.reconcile.view import DAYS_TO_SUM, Known, Sold
from sync.domain.accounts import Source

_NOTHING = Sold(0, 0, 0)
# Numbers of these roles come from Cin7's own sequences; a bill's is its supplier's.
_ENDING = re.compile(r"\D*[A-Z]\D*9+")  # a pattern with letters before its digits
_NUMBERED = frozenset({"invoice", "credit", "cost", "task", "journal", "money"})


def known(
    books: Books,
    found: Ledgers,
    matched: Matched,
    *,
    tolerance: int,
    sales_elsewhere: bool,
    former: Mapping[tuple[str, str], tuple[Legs, ...]] | None = None,
) -> Known:
    """Everything that the rules ask for, indexed once."""
    numbers = _by_number(found.cin7)
    back = set(_taken_back(matched))
    trade = [header for header in found.cin7_headers.values() if header.kind in ("Sale", "Purchase")]
    ids = {header.id for header in trade}
    orders = {plain(header.number): header for header in trade}
    return Known(
        slots=found.slots,
        period=books.period,
        company=books.company.id,
        currency=books.currency,
        tolerance=tolerance,
        sales_elsewhere=sales_elsewhere,
        headers=found.headers,
        cin7_headers=found.cin7_headers,
        faded=Faded.of(found.headers.values(), found.texts),
        numbers=numbers,
        undone=_by_number((*found.undone, *_taken_back(matched))),
        unmapped={slot: code for code in books.map.unmapped if (slot := found.slots.of(Source.CIN7, code)) >= 0},
        changes=found.changes | _second_costs(found, orders),
        days=_days(found),
        billed=_billed(found, matched),
        tracked=found.tracked,
        former=former or {},
        shapes=_shapes(found.cin7, found.aside.highest),
        voided=_voided(found.cin7_headers.values()),
        orders=orders,
        costed=found.costed | _costed(found),
        whole_sales=found.aside.whole_sales
        or any(doc.id in ids for doc in found.cin7 if doc.role in ("invoice", "cost", "bill", "receipt")),
        foreign={
            (each.kind, plain(each.number)): each.total
            for each in found.headers.values()
            if not each.voided and not each.deleted_at
        },
        live=tuple(doc for doc in found.cin7 if doc not in back),
        alone=tuple(doc for case in matched.alone for doc in case.qbo),
        in_scope=_in_scope(found, matched),
    )


def _in_scope(found: Ledgers, matched: Matched) -> frozenset[tuple[str, str]]:
    """Of the transactions that those without a source in Cin7 are linked to, the ones that Cin7 has too."""
    lone = [doc for case in (*matched.cases, *matched.alone) if not case.cin7 for doc in (*case.surplus, *case.qbo)]
    linked = {link for doc in lone if (header := found.headers.get((doc.kind, doc.id))) for link in header.links}
    if not linked:
        return frozenset()
    ours = ((doc.kind, doc.id) for case in matched.cases if case.cin7 for doc in case.qbo)
    return frozenset(key for key in ours if key in linked)


def _second_costs(found: Ledgers, orders: Mapping[str, Header]) -> frozenset[tuple[str, date]]:
    """(TaskID, day) of costs of a sale that was shipped in one and had its cost already: they changed it."""
    first: dict[tuple[str, str], date] = {}
    costs = [doc for doc in found.cin7 if doc.role == "cost"]
    for doc in costs:
        first[doc.id, doc.plain] = min(doc.day, first.get((doc.id, doc.plain), doc.day))
    later = (doc for doc in costs if doc.day > first[doc.id, doc.plain])
    return frozenset((doc.id, doc.day) for doc in later if any(_simple(orders.get(number)) for number in doc.also))


def _costed(found: Ledgers) -> frozenset[str]:
    own = {slot for slot, control in enumerate(found.slots.controls) if control in ("cogs", "inventory")}
    posting = (txn.id for txn in found.qbo if txn.id in found.tracked and any(slot in own for slot, _ in txn.legs))
    return frozenset(sku for id_ in posting for sku in found.tracked[id_])


def _simple(order: Header | None) -> bool:
    return order is not None and words(order).get("type", "").startswith("SIMPLE")


def _by_number(docs: Iterable[Doc]) -> dict[str, list[Doc]]:
    found: defaultdict[str, list[Doc]] = defaultdict(list)
    for doc in docs:
        for number in (doc.plain, *doc.also):
            found[number].append(doc)
    return dict(found)


def _taken_back(matched: Matched) -> Iterable[Doc]:
    return (doc for case in matched.cases if case.how in ("reversed", "undone") for doc in case.cin7)


def _days(found: Ledgers) -> dict[tuple[str, date], tuple[Sold, ...]]:
    """(channel, day) -> what was sold through it, with what was credited and without; "" for all channels together."""
    every = {key: Sold(*sums) for key, sums in found.aside.invoiced.items()}
    billed = dict(every)
    signs = dict(enumerate(zip(found.slots.controls, found.slots.signs, strict=True)))
    revenue, tax = ({slot: sign for slot, (name, sign) in signs.items() if name == own} for own in ("revenue", "tax"))
    for doc in found.cin7:
        if doc.role in ("invoice", "credit"):
            words = (doc.id, doc.plain, *doc.also) if found.channels else ()
            channel = next((found.channels[word] for word in words if found.channels.get(word)), "")
            amounts = [sum([own[slot] * amount for slot, amount in doc.legs if slot in own]) for own in (revenue, tax)]
            for key in {("", doc.day), (channel, doc.day)}:
                for sums in (every, billed) if doc.role == "invoice" else (every,):
                    before = sums.get(key, _NOTHING)
                    sums[key] = Sold(before[0] + amounts[0], before[1] + amounts[1], before[2] + 1)
    return {key: (sold, billed.get(key, _NOTHING)) for key, sold in every.items()}


def _billed(found: Ledgers, matched: Matched) -> dict[date, tuple[Sold, ...]]:
    """The invoices of the days up to each document that QuickBooks alone has and that posts revenue."""
    amount = found.slots.amount
    lone = (doc for case in matched.alone for doc in case.qbo if amount(doc, "revenue") > 0)
    wanted = {doc.day - timedelta(days=late) for doc in lone for late in range(DAYS_TO_SUM)}
    billed: defaultdict[date, list[Sold]] = defaultdict(list)
    for doc in found.cin7 if wanted else ():
        if doc.role == "invoice" and doc.day in wanted:
            billed[doc.day].append(Sold(amount(doc, "revenue"), amount(doc, "tax"), 1))
    for day, revenue, tax in found.aside.billed(wanted) if wanted else ():
        billed[day].append(Sold(revenue, tax, 1))
    return {day: tuple(sorted(some)) for day, some in billed.items()}


def _shapes(docs: Iterable[Doc], settled: Mapping[str, int]) -> dict[str, int]:
    """Pattern of a number with letters before its digits -> the highest that Cin7 gave out."""
    highest = {pattern: number for pattern, number in settled.items() if _ENDING.fullmatch(pattern)}
    given = {(doc.kind, doc.number) for doc in docs if doc.role in _NUMBERED}
    for number in {number for kind, number in given if not kind.strip().lower().startswith("purchase")}:
        pattern = shape(number)
        if _ENDING.fullmatch(pattern):
            highest[pattern] = max(highest.get(pattern, 0), digits(number))
    return highest


def _voided(headers: Iterable[Header]) -> dict[str, list[Header]]:
    found: defaultdict[str, list[Header]] = defaultdict(list)
    for header in headers:
        if header.voided or header.deleted_at:
            for number in {header.number, header.invoice, header.credit} - {""}:
                found[plain(number)].append(header)
    return dict(found)
