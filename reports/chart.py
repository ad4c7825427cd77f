"""What a chart says in words and in a table; the drawing adds no figure to it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.local import Local
from reports.pack import Pack
from sync.domain.accounts import Source

# Slack takes alt texts of that many characters.
ALT_MOST = 1_000
SYSTEMS = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: `title` is what it finds, `subtitle` what it shows; `alt` and the table say the same numbers.

    `name` is its file's name. `footer` says source and age, and why figures may not be whole.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    footer: tuple[str, ...]


def made(name: str, title: str, subtitle: str, alt: str, table: list[tuple[str, ...]], foot: tuple[str, ...]) -> Chart:
    """A chart whose table begins with its head; `alt` follows the title and is cut where Slack would refuse it."""
    told = f"{title}. {alt}"
    if len(told) > ALT_MOST:
        told = told[: ALT_MOST - 1].rsplit(" ", 1)[0] + "…"
    return Chart(name, title, subtitle, told, table[0], tuple(table[1:]), foot)


def footer(pack: Pack, local: Local) -> tuple[str, ...]:
    """Both systems with the age of their ledgers, then the first reason why figures may not be whole."""
    ages = [f"{name} as of {local.instant(at)}" for source, name in SYSTEMS.items() if (at := pack.as_of.get(source))]
    lines = ["  ·  ".join([*ages, "Tieout"])]
    reasons = pack.incomplete
    if reasons:
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        lines.append(f"Not complete: {reasons[0].source} {reasons[0].entity}: {reasons[0].reason}{more}")
    return tuple(lines)
