"""Goods received and not billed, aged by supplier: what the accrued purchases hold at a day, order by order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sync.errors import InvariantBroken

BUCKETS = ((30, "0-30 days"), (60, "31-60 days"), (90, "61-90 days"), (None, "over 90 days"))


@dataclass(frozen=True, slots=True)
class Accrued:
    """What one order posts on accrued purchases on one day; credit positive, minor units of base currency."""

    supplier: str
    order: str
    account: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one day's receipt of an order (plus), or of a bill that came before its goods (minus)."""

    supplier: str
    order: str
    account: str
    day: date
    amount: int
    days: int

    @property
    def bucket(self) -> int:
        """The place of its age among BUCKETS."""
        return next(place for place, (most, _) in enumerate(BUCKETS) if most is None or self.days <= most)


@dataclass(frozen=True, slots=True)
class Grni:
    """`lots` add up to `cin7`, what Cin7's accounts hold; `qbo` is what QuickBooks' hold, None where it is not known.

    `accrual` is False where Cin7 posts no receipts: then `lots` are goods that came in and that no ledger shows yet.
    """

    at: date
    lots: tuple[Lot, ...]
    cin7: int
    qbo: int | None
    accrual: bool = True

    def suppliers(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """(supplier, money by bucket), the largest first."""
        sums: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
        for lot in self.lots:
            sums[lot.supplier][lot.bucket] += lot.amount
        return tuple((name, tuple(some)) for name, some in sorted(sums.items(), key=lambda e: (-sum(e[1]), e[0])))


def aged(found: Iterable[Accrued], at: date, cin7: int, qbo: int | None) -> Grni:
    """What is left of every order at the end of `at`: bills take the oldest receipts first.

    InvariantBroken where what is left does not come to `cin7`.
    """
    orders: defaultdict[tuple[str, str, str], list[Accrued]] = defaultdict(list)
    for each in found:
        if each.day <= at:
            orders[each.supplier, each.order, each.account].append(each)
    lots = [lot for key in sorted(orders) for lot in _left(orders[key], at)]
    if sum(lot.amount for lot in lots) != cin7:
        raise InvariantBroken("The orders do not come to the accrued purchases; no figure is given.")
    return Grni(at, tuple(sorted(lots, key=lambda lot: (lot.supplier, lot.day, lot.order, lot.account))), cin7, qbo)


def _left(rows: Sequence[Accrued], at: date) -> list[Lot]:
    ordered = sorted(rows, key=lambda each: (each.day, each.amount))
    total = sum(each.amount for each in ordered)
    taken = sum(abs(each.amount) for each in ordered if (each.amount < 0) == (total > 0))
    lots = []
    for each in ordered:
        if total and (each.amount > 0) == (total > 0):
            rest = max(abs(each.amount) - taken, 0)
            taken = max(taken - abs(each.amount), 0)
            if rest:
                amount = rest if total > 0 else -rest
                lots.append(Lot(each.supplier, each.order, each.account, each.day, amount, (at - each.day).days))
    return lots
