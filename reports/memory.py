"""What is remembered between tie-outs: findings with their people's words, former states, late changes, sign-offs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from reports.reconcile.findings import Cin7Document, Entry, Finding, QboDocument
from reports.reconcile.view import WITHOUT_MONEY
from sync.domain.accounts import Source
from sync.domain.period import Period


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding in the tie-out of one period: its money there, and whether the newest whole run still showed it."""

    period: Period
    amount: int
    at_stake: int | None
    count: int
    open: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """A finding as it is kept: what the newest run said of it, since when, and what people wrote.

    `finding` carries the amount of its newest open sighting (of the newest, where none is open). `resolved_at` is
    None while it is open; `came_back` counts how often it was resolved and seen again.
    """

    finding: Finding
    sightings: tuple[Sighting, ...]
    resolved_at: datetime | None = None
    came_back: int = 0
    note: str = ""

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class Former:
    """A QuickBooks document as an earlier reading had it, until another reading, begun at `replaced_at`, differed.

    `amounts`: QBO account id -> minor units of base currency, debit positive.
    """

    kind: str
    id: str
    number: str
    day: date
    seen_at: datetime
    replaced_at: datetime
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LateChange:
    """A document dated in a closed period that a later reading found new, changed or gone.

    `document` is Cin7's TaskID or QBO's Id; `closed_by` is "cin7" (its lock date), "qbo" (its closing date) or
    "sign-off"; `accounts` are those on which it posts otherwise than before (Cin7 codes or QBO ids).
    """

    source: Source
    kind: str
    document: str
    number: str
    day: date
    closed_by: str
    closed_day: date
    changed_at: datetime
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a tie-out of one period may ask of the past.

    `known`: id -> what is kept of a finding. `former`: (QBO kind, id) -> its earlier states, oldest first, for
    documents that were dated inside the period. `late`: changes in its closed days. `carried`: control -> what open
    findings from before the period explain of its opening difference, in its own direction.
    """

    known: Mapping[str, Remembered] = field(default_factory=dict)
    former: Mapping[tuple[str, str], tuple[Former, ...]] = field(default_factory=dict)
    late: tuple[LateChange, ...] = ()
    carried: Mapping[str, int] = field(default_factory=dict)


def dressed(findings: Iterable[Finding], known: Mapping[str, Remembered]) -> tuple[Finding, ...]:
    """The findings with what is remembered of them: first seen, owner, due day."""
    return tuple(
        replace(found, first_seen=held.finding.first_seen, owner=held.finding.owner, due=held.finding.due)
        if (held := known.get(found.id))
        else found
        for found in findings
    )


def carried(kept: Iterable[Remembered], start: date) -> dict[str, int]:
    """Control -> what findings that are still open explain of the gap before `start`, minor units of base currency.

    Documents count with what they post before `start`. The contract's causes of 0.00 explain none, nor do findings
    whose documents do not add up to their money; sums without documents count by their periods, none of them twice.
    """
    sums: defaultdict[str, int] = defaultdict(int)
    for each in kept:
        control = each.finding.control
        before = [s for s in each.sightings if s.open and s.period.start < start]
        if control is None or not each.is_open or not before or each.finding.cause in WITHOUT_MONEY:
            continue
        if each.finding.cin7 or each.finding.qbo:
            sums[control] += _posted(each.finding, Period(date.min, start), until=start) if _adds_up(each) else 0
        else:
            sums[control] += sum(s.amount for s in _apart(s for s in before if s.period.end < start))
    return {control: amount for control, amount in sorted(sums.items()) if amount}


def _adds_up(each: Remembered) -> bool:
    return all(_posted(each.finding, s.period) == s.amount for s in each.sightings if s.open)


def _posted(finding: Finding, period: Period, until: date = date.max) -> int:
    """What the documents post inside the period (and before `until`), Cin7 less QuickBooks."""
    cin7 = sum(document.amount for document in finding.cin7 if document.day in period and document.day < until)
    qbo = sum(document.amount for document in finding.qbo if document.day in period and document.day < until)
    return cin7 - qbo


def _apart(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Of sightings whose periods overlap the longest; the earlier of two as long."""
    chosen: list[Sighting] = []
    for sighting in sorted(sightings, key=lambda s: (-len(s.period), s.period)):
        if not any(sighting.period.overlaps(other.period) for other in chosen):
            chosen.append(sighting)
    return chosen


def documents_of(
    cin7: Sequence[Sequence[str | int]], qbo: Sequence[Sequence[str | int]], **_more: object
) -> tuple[tuple[Cin7Document, ...], tuple[QboDocument, ...]]:
    """Both sides of a finding from the rows in which they are kept; amounts are minor units."""
    left = tuple(Cin7Document(str(t), str(r), str(k), _day(d), int(a)) for t, r, k, d, a in cin7)
    return left, tuple(QboDocument(str(i), str(k), str(n), _day(d), int(a)) for i, k, n, d, a in qbo)


def cure_of(
    clears: str | None = None, entry: Sequence[Any] = (), **_documents: object
) -> tuple[date | None, Entry | None]:
    """The day by which a kept finding should clear, and the entry that would cure it, from the same rows."""
    lines = tuple((str(name), int(amount)) for name, amount in entry[0]) if entry else ()
    return (clears and _day(clears)) or None, Entry(lines, str(entry[1])) if entry else None


def rows_of(finding: Finding) -> dict[str, Any]:
    """Both sides of a finding as rows to keep, with the day and the entry that should clear it, where it has them."""
    cure: dict[str, Any] = {"clears": finding.clears.isoformat()} if finding.clears else {}
    if finding.entry:
        cure["entry"] = [[list(line) for line in finding.entry.lines], finding.entry.reverse]
    return cure | {
        "cin7": [[d.task_id, d.reference, d.type, d.day.isoformat(), d.amount] for d in finding.cin7],
        "qbo": [[d.id, d.type, d.doc_number, d.day.isoformat(), d.amount] for d in finding.qbo],
    }


def _day(text: str | int) -> date:
    return date.fromisoformat(str(text))
