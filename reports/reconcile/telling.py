"""The findings of a tie-out in words for people: causes by money, the largest of them, and what nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reports.books import money_of
from reports.layout import table
from reports.reconcile.findings import Finding, OpenSet

_NATURES = {"error": 0, "timing": 1, "policy": 2}
_MOST = 5  # errors that are told one by one
_NAMES = 3  # documents that a cause, or an open set, names


def finding_lines(findings: Sequence[Finding], ambiguous: Sequence[OpenSet], currency: str) -> list[str]:
    """Causes by money with their largest documents, then the largest errors with what to do, then what stays open.

    An event is told once: by its largest finding, with the controls that the others of the same root stand on.
    """
    return [*_causes(findings, currency), *_largest(findings, currency), *_open(ambiguous, currency)]


def _causes(findings: Sequence[Finding], currency: str) -> list[str]:
    """One row a cause: its events, their money (each with its largest amount), and the largest of them by name."""
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for found in findings:
        groups[found.nature, found.cause].append(found)
    rows = []
    for (nature, cause), some in groups.items():
        events = _events(some)
        money = sum(_size(event[0]) for event in events)
        count = sum(event[0].count for event in events)
        rows.append((_NATURES[nature], -money, cause, nature, count, [event[0] for event in events]))
    told = [
        (cause.replace("_", " "), nature, str(count), money_of(-money, currency) or "", _few(firsts, currency))
        for _, money, cause, nature, count, firsts in sorted(rows, key=lambda row: row[:3])
    ]
    return ["", *table(("cause", "kind", "events", currency, "largest"), told, left=(0, 1, 4))] if told else []


def _few(events: Sequence[Finding], currency: str) -> str:
    """The largest of a cause's events, by name; with their money where there are several."""
    if len(events) == 1:
        return events[0].subject.replace("_", " ")
    named = [
        f"{each.subject.replace('_', ' ')}{f' {money_of(_size(each), currency)}' if _size(each) else ''}"
        for each in events[:_NAMES]
    ]
    left = len(events) - len(named)
    return ", ".join(named) + (f", {left} more" if left else "")


def _largest(findings: Sequence[Finding], currency: str) -> list[str]:
    """The largest errors, one by one."""
    errors = _events(found for found in findings if found.nature == "error")
    lines = []
    for event in errors[:_MOST]:
        first = event[0]
        controls = ", ".join(dict.fromkeys((each.control or "products").replace("_", " ") for each in event))
        money = money_of(first.amount, currency)
        owner = f", {first.owner}'s" if first.owner else ""
        lines.append(f"{first.subject}: {first.cause.replace('_', ' ')}, {money} ({controls}){owner}")
        lines.append(f"    {first.explanation}")
        lines.append(f"    {first.remedy}")
    left = len(errors) - _MOST
    more = [f"... and {left} more errors; `tieout findings --open` lists them all."] if left > 0 else []
    return ["", *lines, *more] if lines else []


def _open(ambiguous: Sequence[OpenSet], currency: str) -> list[str]:
    lines = ["" if ambiguous else "Nothing is unexplained."]
    for each in ambiguous:
        names = [document.reference for document in each.cin7] + [d.doc_number or d.id for d in each.qbo]
        among = f" among {', '.join(names[:_NAMES])}{' ...' if len(names) > _NAMES else ''}" if names else ""
        lines.append(f"Unexplained on {each.control.replace('_', ' ')}: {money_of(each.amount, currency)}{among}.")
    return [*lines] if ambiguous else ["", *lines]


def _events(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one root together, the largest first, in each and among them."""
    roots: defaultdict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        roots[found.root].append(found)
    ordered = [sorted(some, key=lambda each: (-_size(each), each.id)) for some in roots.values()]
    return sorted(ordered, key=lambda some: (-_size(some[0]), some[0].cause, some[0].id))


def _size(finding: Finding) -> int:
    return abs(finding.amount) or abs(finding.at_stake or 0)
