"""The tie-out's one door: both ledgers in, findings out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.books import Books
from reports.reconcile.documents import Legs
from reports.reconcile.explain import Explained, explain
from reports.reconcile.knowing import known
from reports.reconcile.match import Ledgers, match
from reports.reconcile.standing import Facts, State


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier syncs saw: `former` (entity, id) of a QuickBooks transaction -> what it posted then, by slot."""

    former: Mapping[tuple[str, str], tuple[Legs, ...]] = field(default_factory=dict)


def examine(
    books: Books,
    found: Ledgers,
    state: State | None = None,
    *,
    tolerance: int = 1,
    sales_elsewhere: bool = False,
    past: Past | None = None,
) -> Explained:
    """Matches the documents of both ledgers and explains what differs in the books' period.

    `tolerance`: minor units for each ledger row of a matched pair that count as rounding. Same input, same output,
    whatever the order of rows.
    """
    matched = found.matched or match(found)
    former = (past or Past()).former
    around = known(books, found, matched, tolerance=tolerance, sales_elsewhere=sales_elsewhere, former=former)
    return explain(matched, around, Facts.of(books, found, matched, around, state or State()))
