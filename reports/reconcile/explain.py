"""Gives every case that makes a difference its causes, control by control, and says what stays unexplained."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reports.reconcile.causes import RULES, STATE_RULES, SUMMED
from reports.reconcile.documents import Legs
from reports.reconcile.findings import Finding, OpenSet
from reports.reconcile.match import Matched
from reports.reconcile.otherwise import otherwise
from reports.reconcile.paired import Pairs
from reports.reconcile.standing import Facts
from reports.reconcile.view import Known, View, cin7_document, identity, qbo_document
from reports.reconcile.working import Case


@dataclass(frozen=True, slots=True)
class Explained:
    """What a tie-out says: findings in order, open sets, how many documents were matched per control, and which.

    `gaps`: root of a finding -> what Cin7 posts more than QuickBooks of its documents, slot by slot.
    """

    findings: tuple[Finding, ...]
    ambiguous: tuple[OpenSet, ...]
    matched: dict[str, int]
    paired: Pairs = field(default_factory=Pairs, compare=False, repr=False)
    gaps: dict[str, Legs] = field(default_factory=dict, repr=False)


def explain(found: Matched, known: Known, facts: Facts) -> Explained:
    """Findings for all that differs in the period; each control of a case has one cause, or stays open."""
    findings: list[Finding] = []
    open_sets: list[OpenSet] = []
    gaps: dict[str, Legs] = {}
    for case in (*found.cases, *found.alone):
        if case.agreed and not case.surplus and not _told_anyway(case, known):
            continue
        if any(doc.day in known.period for doc in (*case.cin7, *case.qbo, *case.surplus)):
            told, left = _judge(View(case, known))
            findings += told
            gaps |= {each.root: case.difference for each in told[:1]}
            open_sets += left
    plain = [each for each in findings if each.cause not in SUMMED]
    standing = [each for rule in STATE_RULES for each in rule(facts)]
    findings = [*plain, *_sums(findings, known), *_rooted(standing, plain)]
    return Explained(
        tuple(sorted(findings, key=_order)),
        tuple(sorted(open_sets, key=lambda each: (each.control, str(each)))),
        _matched(found.cases, known, facts.ledgers.aside.matched),
        Pairs(found.cases, known.slots, known.period, facts.ledgers.aside.cases),
        gaps,
    )


def _rooted(standing: Iterable[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """What happened after a close has the root of the ordinary finding about the same document."""
    root_of: dict[tuple[str, str], str] = {}
    for each in findings:
        for document in each.cin7:
            root_of.setdefault((document.task_id, document.reference), each.root)
        for other in each.qbo:
            root_of.setdefault((other.type, other.id), each.root)
    made = []
    for each in standing:
        keys = [(doc.task_id, doc.reference) for doc in each.cin7] + [(doc.type, doc.id) for doc in each.qbo]
        roots = [root_of[key] for key in keys if key in root_of] if each.cause == "backdated_after_close" else []
        made.append(replace(each, root=roots[0]) if roots else each)
    return made


def _told_anyway(case: Case, known: Known) -> bool:
    """Whether a pair that agrees may still have something to tell: a late cost, or an item that QuickBooks counts."""
    return case.qbo[0].id in known.tracked or (bool(known.changes) and case.cin7[0].role == "cost")


def _judge(view: View) -> tuple[list[Finding], list[OpenSet]]:
    claimed: dict[str, Finding] = {}
    for rule in RULES if view.case.how != "ambiguous" else ():
        for finding in rule(view):
            if finding.control is not None:
                claimed.setdefault(finding.control, finding)
        if claimed and not set(view.differing) - claimed.keys():
            break
    order = sorted(claimed, key=view.known.slots.controls.index)
    first = claimed[order[0]].id if order else ""
    told = [_told(view, claimed[control], first) for control in order]
    left = [_open(view, control) for control in view.differing if control not in claimed]
    return told, left


def _told(view: View, found: Finding, root: str) -> Finding:
    more = otherwise(view, found.cause)
    return replace(found, root=root, explanation=f"{found.explanation} {more}" if more else found.explanation)


def _open(view: View, control: str) -> OpenSet:
    slots = view.known.slots
    return OpenSet(
        control,
        view.amount(control),
        tuple(cin7_document(slots, doc, control) for doc in view.case.cin7),
        tuple(qbo_document(slots, doc, control) for doc in view.qbo),
    )


def _sums(findings: Iterable[Finding], known: Known) -> list[Finding]:
    """rounding and outside_cin7 as one sum per control, with the count of documents and without their list."""
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for each in findings:
        if each.cause in SUMMED and each.control is not None:
            groups[each.cause, each.control].append(each)
    made = []
    for (cause, control), some in sorted(groups.items()):
        id_ = identity(known.company, cause, control, (), (), cause)
        total = sum(each.amount for each in some)
        made.append(
            replace(
                some[0],
                id=id_,
                root=id_,
                amount=total,
                count=len(some),
                subject=control,
                cin7=(),
                qbo=(),
                confidence="strong",
            )
        )
    return made


def _matched(cases: Sequence[Case], known: Known, settled: Mapping[str, int]) -> dict[str, int]:
    """Control -> Cin7 documents of the period that were found in QuickBooks."""
    alike: Counter[tuple[int, ...]] = Counter()  # documents by the slots they post on
    start, end = known.period.start, known.period.end
    for case in cases:
        if case.qbo:
            alike.update([tuple([slot for slot, _ in doc.legs]) for doc in case.cin7 if start <= doc.day <= end])
    count = Counter(settled)
    for places, documents in alike.items():
        for control in {known.slots.controls[slot] for slot in places}:
            count[control] += documents
    return dict(count)


def _order(finding: Finding) -> tuple[int, int, str, str]:
    nature = {"error": 0, "timing": 1, "policy": 2}[finding.nature]
    return (nature, -abs(finding.amount or finding.at_stake or 0), finding.cause, finding.id)
