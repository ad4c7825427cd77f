"""Cases to measure the tie-out with: every cause alone, in pairs, and twenty at once among innocent look-alikes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from sync.sandbox.books import World
from sync.sandbox.breaks.decoys import Decoys, decoys
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.scene import NoSuchCase
from sync.sandbox.breaks.table import AFTER_A_SYNC, BREAKS, inject
from sync.sandbox.generate import build
from sync.sandbox.switches import Switches

_CURRENCIES = ("USD", "JPY", "KWD")
_MONTHS = 7
_MANY = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A company and what is to go wrong in it: causes in the order in which they do; not built yet."""

    name: str
    seed: int
    size: int
    currency: str
    switches: Switches
    causes: tuple[str, ...]
    innocent: bool = False

    def build(self, today: date) -> World:
        """The clean company, `today`."""
        return build(self.seed, today=today, size=self.size, months=_MONTHS, currency=self.currency,
                     switches=self.switches)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """What happened: `expected` of each cause that the company had a case for, and of none else."""

    world: World
    expected: tuple[Expected, ...]
    decoys: Decoys | None
    lacking: tuple[str, ...] = ()


def suite(seed: int, size: int = 1) -> Iterator[Case]:
    """Every cause alone, some pairs, and twenty at once with decoys, each in a company of its own; drawn by `seed`.

    The currencies are USD, JPY and KWD in turn; switches are drawn, with sales consolidated where the cause asks it.
    """
    random = Random(f"suite {seed}")
    causes = sorted(BREAKS)
    pairs = random.sample(causes, len(causes))
    wanted: list[tuple[str, tuple[str, ...]]] = [(f"alone {cause}", (cause,)) for cause in causes]
    wanted += [(f"pair {a} {b}", (a, b)) for a, b in zip(pairs[::2], pairs[1::2], strict=False)]
    wanted += [("twenty at once", tuple(random.sample(causes, _MANY))) for _ in range(2)]
    for n, (name, chosen) in enumerate(wanted):
        own = seed * 1000 + n
        switches = _switches(own, chosen)
        currency = _CURRENCIES[own % 3]
        yield Case(f"{seed}: {name}", own, size, currency, switches, chosen, innocent=len(chosen) == _MANY)


def _switches(seed: int, causes: tuple[str, ...]) -> Switches:
    drawn = Switches.drawn(seed)
    if "consolidation_differs" in causes and drawn.consolidation is None:
        return replace(drawn, consolidation="day")
    if causes == ("late_cost",):
        return replace(drawn, consolidation=None)
    return drawn


def play(case: Case, today: date, sync: Callable[[World], object] | None = None) -> Played:
    """Builds the case's company and lets everything go wrong in it.

    `sync` is called with the world in between: after what any sync shows, before what only a second sync tells from
    the former state; on the day after it nobody works. Without `sync` those causes come about all the same, and show
    as their findings' `unseen` says. Where the company has no case of a cause it is left out.
    """
    world, random, taken = case.build(today), Random(f"play {case.seed}"), set[str]()
    innocent = decoys(world, random, taken) if case.innocent else None
    done: list[Expected] = []
    lacking: list[str] = []
    for late in (False, True):
        chosen = [cause for cause in case.causes if (cause in AFTER_A_SYNC) == late]
        if late and chosen and sync is not None and world.works is not None:
            sync(world)
            world.works.rest()
        for cause in chosen:
            try:
                done.append(inject(world, cause, random, taken=taken))
            except NoSuchCase:
                lacking.append(cause)
    return Played(world, tuple(done), innocent, tuple(lacking))
