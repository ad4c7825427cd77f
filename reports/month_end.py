"""The month-end pack: the pack of the period with what closes a month, frozen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from reports.grni import Grni
from reports.memory import Remembered
from reports.open_items import OpenItems
from reports.pack import Pack
from reports.roll_forward import RollForward
from reports.sign_off import Reason, SignOff

NOBODY = "nobody"
_RANK = {"error": 0, "timing": 1, "policy": 2}


@dataclass(frozen=True, slots=True)
class Owner:
    """One person's open findings, errors first; `overdue` of them were due before the day of the pack."""

    name: str
    findings: tuple[Remembered, ...]
    overdue: int

    def count(self, nature: str) -> int:
        return sum(each.finding.nature == nature for each in self.findings)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """`pack` is that of the month; `grni` and `roll` are None where the company has no such accounts.

    `against` stands against signing the period off; empty where nothing does.
    """

    pack: Pack
    grni: Grni | None
    receivables: OpenItems
    payables: OpenItems
    roll: RollForward | None
    signed: SignOff
    against: tuple[Reason, ...]

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Who owns what is open; what nobody owns comes first."""
        groups: defaultdict[str, list[Remembered]] = defaultdict(list)
        for each in self.pack.open:
            groups[each.finding.owner or NOBODY].append(each)
        today = self.pack.books.today
        found = [Owner(name, tuple(sorted(some, key=_place)), _overdue(some, today)) for name, some in groups.items()]
        return tuple(sorted(found, key=lambda owner: (owner.name != NOBODY, owner.name.casefold())))


def _overdue(some: list[Remembered], today: date) -> int:
    return sum(each.finding.due is not None and each.finding.due < today for each in some)


def _place(each: Remembered) -> tuple[int, int, str, str]:
    found = each.finding
    return (_RANK[found.nature], -abs(found.amount or found.at_stake or 0), found.cause, found.id)
