"""One measured figure beside its goal, and the arithmetic that figures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach: at most or at least `bound`; `unit` follows both numbers."""

    way: Literal["<=", ">=", "<"]
    bound: float
    unit: str = ""
    digits: int = 0

    def met(self, value: float) -> bool:
        if self.way == "<":
            return value < self.bound
        return value <= self.bound if self.way == "<=" else value >= self.bound

    def shown(self, value: float) -> str:
        return f"{value:,.{self.digits}f}{self.unit}"

    def __str__(self) -> str:
        return f"{self.way} {self.shown(self.bound)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; `goal` is None for a figure that only explains another, `note` says how it came about."""

    name: str
    value: float
    goal: Goal | None
    note: str = ""
    form: Goal = Goal("<=", 0)

    def __str__(self) -> str:
        goal = str(self.goal) if self.goal else "-"
        verdict = "" if self.goal is None else "met" if self.goal.met(self.value) else "MISSED"
        told = (self.goal or self.form).shown(self.value)
        return f"{self.name:<52} goal {goal:<12} result {told:>12}  {verdict:<6}  {self.note}".rstrip()


def told(name: str, value: float, note: str = "", *, unit: str = "", digits: int = 0) -> Figure:
    """A figure without a goal."""
    return Figure(name, value, None, note, Goal("<=", 0, unit, digits))


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `share` (0 to 1) of all do not exceed."""
    if not values or not 0 < share <= 1:
        raise ValueError(f"no percentile {share} of {len(values)} values")
    return sorted(values)[ceil(share * len(values)) - 1]


def busiest(moments: Sequence[float], seconds: float) -> int:
    """The most moments in any window of `seconds`, its start counted and its end not."""
    ordered, first, most = sorted(moments), 0, 0
    for n, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds:
            first += 1
        most = max(most, n - first + 1)
    return most


def share_of_allowance(moments: Sequence[float], calls: int, seconds: float) -> float:
    """The share used of `calls` calls per `seconds`, from the first call to the first one of the last full allowance.

    At the moment of call number k x `calls` + 1 an ideal sender has waited for k x `seconds`, no more and no less.
    What comes after the last such call is left out: there the work ends, not the allowance. ValueError where the
    work is over within the first allowance, for then nothing was waited for.
    """
    ordered = sorted(moments)
    whole = (len(ordered) - 1) // calls
    if whole < 1:
        raise ValueError(f"{len(ordered)} calls never met the limit of {calls}")
    return whole * seconds / (ordered[whole * calls] - ordered[0])
