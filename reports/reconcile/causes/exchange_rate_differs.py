"""The same foreign amount, turned into base currency at different rates."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from reports.reconcile.causes.rounding import within
from reports.reconcile.documents import Header, summed, words
from reports.reconcile.findings import Finding
from reports.reconcile.numbers import plain
from reports.reconcile.view import View
from sync.domain.money import from_minor

_OWED = ("receivables", "payables")
_NEAR = 7  # days
_MOST = 12  # further parts of an order that are tried
_CLOSE = Decimal("0.002")
_FAR = Decimal("0.25")  # rates of one day do not differ by more; an amount that is told must then decide


def find(view: View) -> Iterable[Finding]:
    """**exchange_rate_differs**: the foreign amounts are equal, the base amounts stand in the ratio of two rates.

    How seen: the document is in a foreign currency and all its base amounts differ by one ratio; a payment relieves
    the same and gains otherwise.
    Remedy: align the rate; inventory stays at the rate of its bill.
    When it is wrong: the price was changed by the same share on every line, and Cin7's total is not known.
    """
    header = view.header(view.case.qbo[0]) if view.pair else None
    if header is None or not header.currency or header.currency == view.known.currency:
        return []
    if not view.case.difference or within(view):
        return []
    if not (on_gains_alone(view) or _by_one_ratio(view, header)):
        return []
    return view.all(
        "exchange_rate_differs",
        f"{view.case.cin7[0].number} is in {header.currency}; QuickBooks used the rate {header.rate}, and the base"
        " amounts differ by one ratio.",
        f"Set the rate of {header.kind} {header.number or header.id} in QuickBooks to the one that Cin7 used.",
    )


def on_gains_alone(view: View) -> bool:
    """A foreign payment that relieves the same and differs on the currency account (and the bank) only; or the same
    money that relieves what its document stands at there, so that it gains by as much more or less.
    """
    if view.role() not in ("payment", "supplier payment", "refund") or not view.case.qbo:
        return False
    header = view.header(view.case.qbo[0])
    if header is None or header.currency in ("", view.known.currency):
        return False
    apart = {view.known.slots.controls[slot] in _OWED: amount for slot, amount in view.case.difference}
    if len(view.case.difference) == 1:
        return not apart.keys() & {True}
    return len(view.case.difference) == len(apart) == 2 and not sum(apart.values())


def _by_one_ratio(view: View, header: Header) -> bool:
    ours, theirs = dict(summed(view.case.cin7)), dict(summed(view.qbo))
    if ours.keys() != theirs.keys() or not ours:
        return False
    big = max(ours, key=lambda slot: (abs(theirs[slot]), slot))
    ratio = Decimal(ours[big]) / Decimal(theirs[big])
    rows = max(sum(doc.rows for doc in view.case.cin7), sum(doc.rows for doc in view.qbo))
    near = all(abs(ours[slot] - theirs[slot] * ratio) <= rows for slot in ours)
    return near and 0 < abs(ratio - 1) < _FAR and _same_foreign(view, header)


def _same_foreign(view: View, header: Header) -> bool:
    """Whether Cin7's own total in the document's currency is QuickBooks', of an order in parts that of all parts."""
    event, known = view.case.cin7[0], view.known
    if event.role not in ("invoice", "bill") or header.total is None:
        return True
    orders = [known.orders[number] for number in (*event.also, *event.near) if number in known.orders]
    if not orders or orders[0].total is None:
        return _completes(view, header) or _usual_rate(view, header)
    order = plain(orders[0].number)
    parts = {doc.plain for doc in known.live if doc.role == event.role and order in (*doc.also, *doc.near)}
    totals = [known.foreign.get((header.kind, number)) for number in sorted(parts)]
    if None not in totals and sum(total or 0 for total in totals) == orders[0].total:
        return True
    if _with_others(view, header, orders[0]):
        return True
    # Parts that nothing joins to the order, or that QuickBooks lacks, leave only the rate to go by.
    unseen = None in totals or (len(parts) == 1 and words(orders[0]).get("type", "").startswith("ADVANCED"))
    return unseen and _usual_rate(view, header)


def _completes(view: View, header: Header) -> bool:
    """Whether an order in parts of the same party has just the total of its first document and of this one."""
    for order in view.known.orders.values():
        first = view.known.foreign.get((header.kind, plain(order.invoice))) if order.invoice else None
        split = words(order).get("type", "").startswith("ADVANCED") and order.name == header.name
        if split and first and order.total == first + (header.total or 0):
            return True
    return False


def _with_others(view: View, header: Header, order: Header) -> bool:
    """Whether an order in parts has just the total of this document and of one or two others of the same party, which
    are no other order's."""
    if not words(order).get("type", "").startswith("ADVANCED"):
        return False
    listed = {plain(each.invoice) for each in view.known.orders.values()}
    others = [
        each.total
        for each in view.known.headers.values()
        if each.kind == header.kind and each is not header and each.total and each.name == header.name
        and not each.voided and not each.deleted_at and plain(each.number) not in listed
    ][:_MOST]  # fmt: skip
    rest = (order.total or 0) - (header.total or 0)
    return any(sum(some) == rest for count in (1, 2) for some in combinations(others, count))


def _usual_rate(view: View, header: Header) -> bool:
    """Whether Cin7's base amount is the foreign total at a rate that other documents of those days have.

    Of an order in parts Cin7's list tells the total of all parts, not of this one.
    """
    owed = sum(abs(amount) for slot, amount in summed(view.case.cin7)
               if view.known.slots.controls[slot] in _OWED)  # fmt: skip
    foreign = from_minor(header.total or 0, header.currency)
    if not owed or not foreign:
        return False
    own = from_minor(owed, view.known.currency) / foreign
    day = view.case.cin7[0].day
    rates = sorted(
        other.rate
        for other in view.known.headers.values()
        if other.currency == header.currency and other.rate and other is not header and other.day
        and abs((other.day - day).days) <= _NEAR
    )  # fmt: skip
    return any(abs(own / rate - 1) < _CLOSE for rate in rates)
