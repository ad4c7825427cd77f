"""The pack in a few lines: tied or not, the gap, its three largest causes, the margin with its change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from reports.bridge import apart, gap
from reports.chart_texts import margin_words
from reports.local import Local
from reports.pack import Pack
from reports.reconcile.findings import Finding
from reports.reconcile.tie_out import Control
from reports.words import cause_label, control_label

_CAUSES = 3


@dataclass(frozen=True, slots=True)
class CauseMoney:
    """One cause of the period: its events, and their money, each with its largest finding, without sign."""

    cause: str
    events: int
    money: int


@dataclass(frozen=True, slots=True)
class Headline:
    """`lines` are sentences for a message, plain text; `tied` is True where every control agrees to the cent."""

    tied: bool
    title: str
    lines: tuple[str, ...]


def headline(pack: Pack, local: Local) -> Headline:
    """What a message about the pack begins with."""
    differing = apart(pack.tied)
    count = len(pack.tied.controls)
    unexplained = [control for control in pack.tied.controls if _unexplained(control)]
    if not differing:
        title = f"Tied: all {count} controls agree to the cent"
        lines = []
    else:
        first = differing[0]
        title = f"Not tied: {len(differing)} of {count} controls differ"
        where = "at the period's end" if first.closing else "in the period"
        label = control_label(first.name, pack.books)
        lines = [f"{label}: Cin7 less QuickBooks is {local.signed(gap(first) or first.difference)} {where}."]
    lines += [
        f"{cause_label(each.cause)}: {each.events} event{'' if each.events == 1 else 's'}, {local.money(each.money)}."
        for each in largest(pack.tied.findings)
    ]
    if unexplained:
        told = [f"{control_label(each.name, pack.books)} {local.signed(_unexplained(each))}" for each in unexplained]
        lines.append(f"Unexplained: {', '.join(told)}.")
    words = margin_words(pack, local)
    lines.append(f"{words[:1].upper()}{words[1:]}.")
    return Headline(not differing, f"{title}, {local.span(pack.period)}", tuple(lines))


def _unexplained(control: Control) -> int:
    """What nothing explains, of the period and of what was there before."""
    return control.unexplained + (control.closing.opening_unexplained if control.closing else 0)


def largest(findings: tuple[Finding, ...]) -> tuple[CauseMoney, ...]:
    """The causes with the most money, each event counted once, with its largest finding; those without money not."""
    roots: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for found in findings:
        roots[found.cause, found.root].append(found)
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (cause, _), some in roots.items():
        sums[cause][0] += max(each.count for each in some)
        sums[cause][1] += max(abs(each.amount) for each in some)
    told = [CauseMoney(cause, events, money) for cause, (events, money) in sums.items() if money]
    return tuple(sorted(told, key=lambda each: (-each.money, each.cause))[:_CAUSES])
