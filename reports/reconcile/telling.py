"""The findings of a tie-out in words for people: causes by money, the largest of them, and what nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reports.books import money_of
from reports.layout import table
from reports.reconcile.findings import Finding, OpenSet

_NATURES = {"error": 0, "timing": 1, "policy": 2}
_MOST = 10  # events that are told one by one
_NAMES = 3  # documents that an open set names


def finding_lines(findings: Sequence[Finding], ambiguous: Sequence[OpenSet], currency: str) -> list[str]:
    """Causes by money, then the largest events with what to do, then what stays unexplained; nothing where all is well.

    An event is told once: by its largest finding, with the controls that the others of the same root stand on.
    """
    return [*_causes(findings, currency), *_largest(findings, currency), *_open(ambiguous, currency)]


def _causes(findings: Sequence[Finding], currency: str) -> list[str]:
    """One row a cause: its events, and their money, each event with its largest amount."""
    groups: defaultdict[tuple[int, str, str], list[Finding]] = defaultdict(list)
    for found in findings:
        groups[_NATURES[found.nature], found.nature, found.cause].append(found)
    rows = []
    for (rank, nature, cause), some in groups.items():
        events = _events(some)
        money = sum(_size(event[0]) for event in events)
        rows.append((rank, -money, cause, nature, sum(event[0].count for event in events)))
    told = [
        (cause.replace("_", " "), nature, str(count), money_of(-money, currency) or "")
        for _, money, cause, nature, count in sorted(rows)
    ]
    return ["", *table(("cause", "kind", "events", currency), told)] if told else []


def _largest(findings: Sequence[Finding], currency: str) -> list[str]:
    """The largest errors, one by one."""
    errors = _events(found for found in findings if found.nature == "error")
    lines = []
    for event in errors[:_MOST]:
        first = event[0]
        controls = ", ".join(dict.fromkeys((each.control or "products").replace("_", " ") for each in event))
        money = money_of(first.amount, currency)
        lines.append(f"{first.subject}: {first.cause.replace('_', ' ')}, {money} ({controls})")
        lines.append(f"    {first.explanation}")
        lines.append(f"    {first.remedy}")
    left = len(errors) - _MOST
    more = [f"... and {left} more; `--json` names them all."] if left > 0 else []
    return ["", *lines, *more] if lines else []


def _open(ambiguous: Sequence[OpenSet], currency: str) -> list[str]:
    lines = []
    for each in ambiguous:
        names = [document.reference for document in each.cin7] + [d.doc_number or d.id for d in each.qbo]
        among = f" among {', '.join(names[:_NAMES])}{' ...' if len(names) > _NAMES else ''}" if names else ""
        lines.append(f"Unexplained on {each.control.replace('_', ' ')}: {money_of(each.amount, currency)}{among}.")
    return ["", *lines] if lines else []


def _events(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one root together, the largest first, in each and among them."""
    roots: defaultdict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        roots[found.root].append(found)
    ordered = [sorted(some, key=lambda each: (-_size(each), each.id)) for some in roots.values()]
    return sorted(ordered, key=lambda some: (-_size(some[0]), some[0].cause, some[0].id))


def _size(finding: Finding) -> int:
    return abs(finding.amount) or abs(finding.at_stake or 0)
