"""The bridge from Cin7's figure of one control to QuickBooks', cause by cause, exact to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from reports.reconcile.tie_out import Control, TieOut
from sync.errors import InvariantBroken

BEFORE, OPENING, UNEXPLAINED, OTHERS = "before", "opening_difference", "unexplained", "others"
# Where several controls differ these are told first: goods and their cost, then what they turn into.
_FIRST = ("inventory", "cogs")


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: what `cause` takes from Cin7's figure on the way to QuickBooks'; `count` documents or events."""

    cause: str
    amount: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Bridge:
    """`cin7` less all steps is `qbo`; the last step is what is not explained, 0 where all is.

    `basis` is "closing" where the balances at the period's end are bridged, "movement" where the period's movement is.
    Minor units of base currency in the control's own direction.
    """

    control: str
    basis: str
    cin7: int
    qbo: int
    steps: tuple[Step, ...]

    @property
    def gap(self) -> int:
        return self.cin7 - self.qbo

    @property
    def unexplained(self) -> int:
        return sum(step.amount for step in self.steps if step.cause in (UNEXPLAINED, OPENING))

    def grouped(self, most: int) -> tuple[Step, ...]:
        """At most `most` causes, the smallest in one step, then what is not explained; the same sum."""
        *causes, last = self.steps
        if len(causes) <= most:
            return self.steps
        rest = causes[most - 1 :]
        others = Step(OTHERS, sum(step.amount for step in rest), len(rest))
        return (*causes[: most - 1], others, last)


def bridge(tied: TieOut, control: Control) -> Bridge:
    """The bridge of one control; InvariantBroken where it does not end at the other side."""
    balance = control.closing
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for found in tied.findings:
        if found.control == control.name and found.amount:
            sums[found.cause][0] += found.amount
            sums[found.cause][1] += found.count
    causes = [Step(cause, amount, count) for cause, (amount, count) in sums.items()]
    before = ((BEFORE, balance.opening_explained), (OPENING, balance.opening_unexplained)) if balance else ()
    steps = (
        *(Step(cause, amount) for cause, amount in before if amount),
        *sorted(causes, key=lambda step: (-abs(step.amount), step.cause)),
        Step(UNEXPLAINED, control.unexplained),
    )
    figures = control if balance is None else balance
    if figures.cin7 - sum(step.amount for step in steps) != figures.qbo:
        raise InvariantBroken(f"The causes on {control.name} do not lead from Cin7 to QuickBooks; no bridge is drawn.")
    return Bridge(control.name, "movement" if balance is None else "closing", figures.cin7, figures.qbo, steps)


def gap(control: Control) -> int:
    """How far a control is apart: its balances at the period's end, or its movement where it carries none."""
    return control.difference if control.closing is None else control.closing.difference


def apart(tied: TieOut) -> tuple[Control, ...]:
    """The controls that are apart, inventory and cogs first, then by size."""
    found = [control for control in tied.controls if gap(control) or control.difference]
    return tuple(sorted(found, key=_place))


def bridged(tied: TieOut, most: int = 3) -> tuple[Control, ...]:
    """The controls to draw bridges of: those apart, at most `most`; where all ties, inventory (else the first)."""
    return apart(tied)[:most] or tuple(sorted(tied.controls, key=_place)[:1])


def _place(control: Control) -> tuple[int, int, str]:
    place = _FIRST.index(control.name) if control.name in _FIRST else len(_FIRST)
    return (place, -abs(gap(control) or control.difference), control.name)


def causes(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps that name a cause of the period and carry money."""
    return tuple(step for step in steps if step.amount and step.cause not in (BEFORE, OPENING, UNEXPLAINED))
