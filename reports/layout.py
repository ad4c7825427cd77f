"""Figures laid out for people: aligned tables, periods in words, and the age of the data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from reports.books import Incomplete, instant
from sync.domain.accounts import Source
from sync.domain.period import Period

_NAMES = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """Lines of equal columns: words (the columns `left`) to the left, figures to the right, none wider than it must."""
    cells = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    sides = [str.ljust if n in left else str.rjust for n in range(len(head))]
    lines = [
        "  ".join(side(cell, width) for side, cell, width in zip(sides, row, widths, strict=True)) for row in cells
    ]
    rule = "  ".join("-" * width for width in widths)
    return [lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:])]


def period_words(period: Period) -> str:
    """ "2026-01-05 to 2026-01-11", or the one day."""
    return str(period.start) if period.start == period.end else f"{period.start} to {period.end}"


def age_lines(as_of: Mapping[Source, datetime | None], incomplete: Iterable[Incomplete]) -> list[str]:
    """When each side was last read, then every reason why the figures may not be whole."""
    ages = [f"{name} as of {instant(as_of[source])}" for source, name in _NAMES.items() if as_of.get(source)]
    reasons = sorted(set(incomplete))
    return [
        "; ".join(ages) + "." if ages else "Nothing is cached yet.",
        *(["Not complete:"] if reasons else []),
        *(f"  {each.source} {each.entity}: {each.reason}" for each in reasons),
    ]
