"""What the tie-out must say of something that went wrong: findings with their documents, amounts and roots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cin7Doc:
    """A Cin7 document; `amount` is what it posts on the finding's control, minor units in the control's direction."""

    task_id: str
    reference: str
    type: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class QboDoc:
    """A QuickBooks document; `type` is the API's entity name, `amount` as in Cin7Doc."""

    id: str
    type: str
    doc_number: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding that the tie-out must give, for any period that holds one of its documents.

    `control` None: a fault without a control. `money` False: the contract's table says 0.00, whatever the documents
    post. `summed`: the tie-out shows one sum per control with empty lists; the documents here are what it is made of.
    `at_stake`: minor units of base currency. `root` is equal for findings of one event, and for no others. `size`:
    the gap that was there before the period, minor units (opening_difference alone). `unseen`: None where any sync
    shows it; else only what an earlier sync remembers shows it, and without one the tie-out says this cause instead
    ("": nothing). `on`: a day whose period shows a finding without documents, and of what is open the day on whose
    evening it is: a period that ends then shows it.
    """

    cause: str
    nature: str
    control: str | None
    root: str
    subject: str = ""
    cin7: tuple[Cin7Doc, ...] = ()
    qbo: tuple[QboDoc, ...] = ()
    money: bool = True
    summed: bool = False
    at_stake: int | None = None
    size: int | None = None
    unseen: str | None = None
    on: date | None = None

    def amount(self, start: date = date.min, end: date = date.max) -> int:
        """Cin7 less QBO of what is dated from `start` to `end`, both included."""
        if not self.money:
            return 0
        cin7 = sum(each.amount for each in self.cin7 if start <= each.day <= end)
        return cin7 - sum(each.amount for each in self.qbo if start <= each.day <= end)

    def days(self) -> tuple[date, ...]:
        """The days of its documents, oldest first."""
        days = {each.day for each in self.cin7} | {each.day for each in self.qbo}
        return tuple(sorted(days | ({self.on} if self.on else set())))


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that went wrong, and all that the tie-out must say of it.

    `variant`: the way in which it was done. `tells` False: the data cannot tell the cause from a coarser one, which
    the findings then have. `closed`: the last day of the period that had been closed before, where that matters.
    Holds until the company trades on.
    """

    cause: str
    variant: str
    findings: tuple[Finding, ...]
    tells: bool = True
    closed: date | None = None

    @property
    def needs_sync(self) -> bool:
        """Whether only an earlier sync makes this cause known."""
        return any(each.unseen is not None for each in self.findings)

    def amount(self, control: str, start: date = date.min, end: date = date.max) -> int:
        """By how much it moves the difference of a control in these days, minor units."""
        return sum(each.amount(start, end) for each in self.findings if each.control == control)

    def controls(self) -> set[str]:
        return {each.control for each in self.findings if each.control}

    def days(self) -> tuple[date, ...]:
        """The days of everything in it, oldest first."""
        return tuple(sorted({day for each in self.findings for day in each.days()}))
