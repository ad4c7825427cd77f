"""How well a tie-out names what went wrong, by cause: what is right, missed and wrong of what was brought about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from reports.reconcile.findings import Finding
from reports.reconcile.tie_out import TieOut
from sync.domain.period import Period
from sync.sandbox import chart
from sync.sandbox.breaks import expected
from sync.sandbox.breaks.decoys import Decoys
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.breaks.timing import late_costs, open_at
from sync.sandbox.cin7_reference import lock_day

# Which account plays this part is told by how postings behave, and a clearing account for freight behaves alike.
_SAME = {"account:650": "accrued_purchases", "account:801": "accrued_purchases", "account:633": "work_in_progress"}

Key = tuple[str, str | None, frozenset[tuple[str, str]], frozenset[tuple[str, str]], str]


@dataclass
class Tally:
    """Findings by cause over all tie-outs that were measured; `faults` are sentences about each that was not right."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    faults: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Precision and recall by cause, as a table."""
        told = [f"{'cause':26}{'right':>8}{'missed':>8}{'wrong':>8}{'precision':>11}{'recall':>8}"]
        for cause in sorted(self.right.keys() | self.missed.keys() | self.wrong.keys()):
            right, missed, wrong = self.right[cause], self.missed[cause], self.wrong[cause]
            shares = (f"{right / max(right + other, 1):.3f}" for other in (wrong, missed))
            told.append(f"{cause:26}{right:>8}{missed:>8}{wrong:>8}{next(shares):>11}{next(shares):>8}")
        return [*told, f"{self.cases} companies, {len(self.faults)} faults"]


@dataclass(frozen=True)
class Truth:
    """What a tie-out is held against: what went wrong (`done`), what only looks guilty, and the company itself."""

    scene: Scene
    done: tuple[expected.Expected, ...]
    innocent: Decoys | None = None

    @property
    def findings(self) -> Iterator[expected.Finding]:
        return (finding for each in self.done for finding in each.findings)


def measure(result: TieOut, truth: Truth, tally: Tally, name: str) -> None:
    """Adds one tie-out to the tally: cause, control, documents, amount, stake and roots must all be right."""
    period, same = result.books.period, _same(result)
    wanted = _wanted(truth, period)
    found = [finding for finding in result.findings if not _summed(finding)]
    told = {_key(f, same): f for f in found} | {_key(f, {}): f for f in found}
    wanted = {key if key in told else _key(f, same): f for key, f in wanted.items()}
    named = wanted.keys() | {_key(f, same) for f in wanted.values()}
    subjects = {(f.cause, f.subject) for f in truth.findings if not f.cin7 and not f.qbo}
    faults = []
    for key, finding in wanted.items():
        fault = _fault(finding, told.get(key), period)
        (tally.missed if fault else tally.right).update([finding.cause])
        faults += [f"{fault}: {key}"] if fault else []
    for each in found:
        key = _key(each, {})
        if not {key, _key(each, same)} & named and (each.cause, each.subject) not in subjects and _counts(each):
            tally.wrong.update([each.cause])
            faults.append(f"accuses {each.nature} {each.amount}: {key}")
    faults += [f"unexplained {each}" for each in result.ambiguous]
    faults += [f"accuses the innocent: {each}" for each in _accused(result, truth.innocent)]
    faults += _roots(wanted, told)
    tally.faults += [f"{name} {period}: {fault}" for fault in faults]


def _wanted(truth: Truth, period: Period) -> dict[Key, expected.Finding]:
    found = [f for f in truth.findings if f.nature != "timing" or f.cause == "different_period"]
    found += _late_edits(truth)
    found = [f for f in found if _shows(f, period)]
    found += [f for f in open_at(truth.scene, period.end) if f.at_stake]
    gone = {(d.task_id, d.reference, d.day) for f in truth.findings if f.cause not in _PLAIN for d in f.cin7}
    found += [f for f in late_costs(truth.scene, period.start, period.end)
              if not {(d.task_id, d.reference, d.day) for d in f.cin7} & gone]  # fmt: skip
    return {_key(finding, {}): finding for finding in found}


_PLAIN = frozenset({"invoiced_not_shipped", "shipped_not_invoiced", "received_not_billed", "billed_not_received"})


def _late_edits(truth: Truth) -> Iterator[expected.Finding]:
    """What was edited or deleted in closed days was so after their close."""
    closed = lock_day(truth.scene.company.today - timedelta(1))
    for each in truth.findings:
        if each.cause in ("edited_in_qbo", "deleted_in_qbo") and all(day <= closed for day in each.days()):
            yield replace(each, cause="backdated_after_close", money=False)


def _shows(finding: expected.Finding, period: Period) -> bool:
    """Whether a finding with documents must stand in this period."""
    days = finding.days()
    inside = [day in period for day in days]
    if finding.summed or not (finding.cin7 or finding.qbo) or not any(inside):
        return False
    return not (finding.cause == "different_period" and all(inside))


def _fault(wanted: expected.Finding, told: Finding | None, period: Period) -> str:
    if told is None:
        return "missed"
    if told.amount != wanted.amount(period.start, period.end):
        return f"amount {told.amount} for {wanted.amount(period.start, period.end)}"
    if wanted.at_stake is not None and told.at_stake != wanted.at_stake:
        return f"at stake {told.at_stake} for {wanted.at_stake}"
    return "" if told.nature == wanted.nature else f"nature {told.nature}"


def _roots(wanted: Mapping[Key, expected.Finding], told: Mapping[Key, Finding]) -> list[str]:
    """Findings of one event share a root, those of two do not."""
    theirs: defaultdict[str, set[str]] = defaultdict(set)
    ours: defaultdict[str, set[str]] = defaultdict(set)
    for key in wanted.keys() & told.keys():
        # Changes of the cost of one sale on one day have one name here, and are several events.
        if wanted[key].root and wanted[key].cin7 + wanted[key].qbo and wanted[key].cause != "late_cost":
            ours[wanted[key].root].add(told[key].root)
            theirs[told[key].root].add(wanted[key].root)
    mixed = [f"roots of {root}: {sorted(found)}" for root, found in sorted(ours.items()) if len(found) > 1]
    return mixed + [f"one root for {sorted(found)}" for found in theirs.values() if len(found) > 1]


def _counts(finding: Finding) -> bool:
    """Whether a finding that nobody asked for is a fault; a late cost that a day's journal holds is none."""
    return finding.nature in ("error", "timing")


def _summed(finding: Finding) -> bool:
    return finding.cause in ("rounding", "outside_cin7")


def _same(result: TieOut) -> dict[str, str]:
    """Controls that stand for one another: a write-off account on which nothing is left tells its part no more."""
    lost = result.books.map.cin7_control.get(chart.WRITE_OFF) == "cogs"
    return _SAME | ({"inventory_adjustments": "cogs"} if lost else {})


def _key(finding: expected.Finding | Finding, same: Mapping[str, str]) -> Key:
    """By what a finding is recognised: cause, control, and documents of both sides."""
    cause, control = finding.cause, finding.control
    # What was voided in Cin7 leaves no row that would tell by which id its ledger called it.
    ids = {("" if cause == "voided_in_cin7" else each.task_id, each.reference) for each in finding.cin7}
    theirs = {(each.type, each.id) for each in finding.qbo}
    day = str(finding.cin7[0].day) if len(finding.cin7) == 1 else ""
    if cause in ("backdated_after_close", "voided_in_cin7"):
        day = ""
    if cause == "received_not_billed" and finding.at_stake:
        # Of receipts with equal cost nothing tells which one the bill was for.
        ids, day = {("", each.reference) for each in finding.cin7}, str(finding.at_stake)
    if cause == "backdated_after_close":
        ids = set() if theirs else ids  # the contract wants the document on its own side only
    subject = "" if finding.cin7 or finding.qbo else finding.subject
    return cause, same.get(control or "", control), frozenset(ids), frozenset(theirs), subject + day


def _accused(result: TieOut, innocent: Decoys | None) -> Iterable[str]:
    if innocent is None:
        return []
    errors = [f for f in result.findings if f.nature == "error"]
    named = [f.cause for f in errors for d in f.cin7 if (d.task_id, d.reference) in innocent.cin7]
    return named + [f.cause for f in errors for d in f.qbo if (d.type, d.id) in innocent.qbo]


def periods(truth: Truth, random: Random, most: int) -> list[Period]:
    """The whole life of the company, and `most` months in which something went wrong or is open."""
    opening, today = truth.scene.company.opening, truth.scene.world.today
    days = sorted({day for each in truth.done for day in each.days() if day > opening})
    months = sorted({day.replace(day=1) for day in days})
    some = [Period(first, min(_last(first), today)) for first in random.sample(months, min(most, len(months)))]
    return [Period(opening + timedelta(1), today), *some]


def _last(first: date) -> date:
    return (first + timedelta(32)).replace(day=1) - timedelta(1)
