"""What a tie-out knows of the sales that are settled, of whose documents no rule asks: sums instead of documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from reports.reconcile.working import Case


class Listed(Protocol):
    """Makes the documents of settled sales, where somebody wants to see them all."""

    def __call__(self) -> Iterable[Case]: ...


class Billed(Protocol):
    """Revenue and tax of the settled invoices of some days, one by one: day, revenue, tax in minor units."""

    def __call__(self, days: Collection[date], /) -> Iterable[tuple[date, int, int]]: ...


def _none(days: Collection[date], /) -> Iterable[tuple[date, int, int]]:
    return ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Sums over the settled sales, of one invoice and one cost each.

    `matched`: control -> Cin7 documents of the period; `lags`: days between invoice and cost -> how many sales took
    them; `turned`: revenue slot -> turnover of invoices; `invoiced`: (channel, day) -> revenue, tax and count of the
    invoices, "" being all channels together; `shapes`: the patterns of their numbers and their orders' (see
    `numbers.shape`), `highest`: pattern -> the highest that the ledger has; `habits`: (entity, role) -> transactions
    that are called exactly as their Cin7 document; `whole_sales`: the ledger's TaskID is the whole sale's.
    """

    matched: Mapping[str, int] = field(default_factory=dict)
    lags: Mapping[int, int] = field(default_factory=dict)
    turned: Mapping[int, int] = field(default_factory=dict)
    invoiced: Mapping[tuple[str, date], tuple[int, int, int]] = field(default_factory=dict)
    shapes: frozenset[str] = frozenset()
    highest: Mapping[str, int] = field(default_factory=dict)
    habits: Mapping[tuple[str, str], int] = field(default_factory=dict)
    whole_sales: bool = False
    cases: Listed = tuple
    billed: Billed = _none


NOTHING = Aside()
