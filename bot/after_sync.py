"""The tie-out after a good sync: what is new, what is cleared, and what of it is worth an alert."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.deps import Deps
from reports.books import money_of
from reports.memory import Remembered
from reports.reconcile.findings import Finding

_LONGEST_AGO = timedelta(hours=48)  # changes since then are looked at; syncs that were missed count in
_MONTHS = 6  # at most, of those in which something was changed


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document of a finding, for its link."""

    system: str
    id: str
    type: str
    number: str


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """All open findings of one event: its money is that of the largest, for the others are the same money again."""

    id: str
    cause: str
    size: Decimal
    subject: str
    explanation: str
    remedy: str
    documents: Sequence[FoundDocument]


@dataclass(frozen=True, slots=True)
class AfterSync:
    """What is open now; `new` are the events of which something is new or came back."""

    found: Sequence[FoundEvent]
    new: frozenset[str]
    currency: str
    cleared: int
    open: int


def tie_out(deps: Deps) -> AfterSync | None:
    """Ties out last month, this month, and older months in which something changed, and compares what is open with
    before; None where the cache has no ledgers yet."""
    from reports import answers
    from reports.load_memory import changed_months, remembered, surroundings
    from reports.remember import remember

    with deps.books() as (session, company):
        calendar = deps.calendar(session, company)
        before = remembered(session, company)
        recent = [calendar.period("last-month"), calendar.period("this-month")]
        older = changed_months(session, company, deps.outside.now() - _LONGEST_AGO, before=recent[0].start)
    for period in [*older[-_MONTHS:], *recent]:
        with deps.books() as (session, company):
            result = answers.reconcile(session, company, period, deps.config, today=calendar.today)
        with deps.changing() as (session, company):
            remember(session, company, result, at=deps.outside.now())
    with deps.books() as (session, company):
        after = remembered(session, company)
        currency = surroundings(session, company, deps.config).currency
    return compare(before, after, currency)


def compare(before: Iterable[Remembered], after: Iterable[Remembered], currency: str) -> AfterSync:
    """What changed between two memories of findings; timing and policy are no trouble and are left out."""
    was = {each.finding.id for each in before if each.is_open and each.finding.nature == "error"}
    now = {each.finding.id: each.finding for each in after if each.is_open and each.finding.nature == "error"}
    events: dict[tuple[str, str], list[Finding]] = {}
    for finding in now.values():
        events.setdefault((finding.cause, finding.root), []).append(finding)
    found = {key: _event(key, group, currency) for key, group in sorted(events.items())}
    fresh = frozenset(found[key].id for key, group in events.items() if any(each.id not in was for each in group))
    return AfterSync(tuple(found.values()), fresh, currency, len(was - now.keys()), len(now))


def _event(key: tuple[str, str], group: Sequence[Finding], currency: str) -> FoundEvent:
    largest = max(group, key=lambda each: (abs(each.at_stake or each.amount), each.id))
    size = Decimal(money_of(abs(largest.at_stake or largest.amount), currency) or 0)
    cause, root = key
    documents = [FoundDocument("cin7", d.task_id, d.type, d.reference) for d in largest.cin7]
    documents += [FoundDocument("qbo", d.id, d.type, d.doc_number) for d in largest.qbo]
    return FoundEvent(
        f"{cause}:{root}", cause, size, largest.subject, largest.explanation, largest.remedy, tuple(documents)
    )
