"""A period's sign-off: what stands against it, what is frozen as evidence, and whether the frozen still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from reports.books import ages, instant, money_of, period_json
from reports.layout import age_lines, period_words
from reports.memory import LateChange
from reports.reconcile.tie_out import TieOut
from reports.reconcile.tie_out import to_json as report_json
from sync.domain.period import Period

# What of a tie-out's document tells when it was asked, not what the books say.
_NOT_THE_BOOKS = ("as_of",)
_PEOPLES = ("first_seen", "owner", "due")
_WORDS = {
    "cin7_ledger": "Cin7's postings of the period",
    "qbo_ledger": "QuickBooks' postings of the period",
    "cin7_balances": "Cin7's balances up to the period's end",
    "qbo_balances": "QuickBooks' balances up to the period's end",
    "documents": "the documents of the period",
    "account_map": "the account map",
    "config": "the settings that decide figures",
    "report": "the tie-out",
}
_CLOSERS = {"cin7": "Cin7's lock date", "qbo": "QuickBooks' closing date", "sign-off": "a sign-off"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against a sign-off."""

    id: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is frozen: hashes of the inputs by name, and the tie-out's document."""

    period: Period
    inputs: Mapping[str, str]
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-off that is kept; instants are aware."""

    period: Period
    by: str
    at: datetime
    inputs: Mapping[str, str]
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignOff:
    """The answer. `status`: "signed", "refused", "changed" (signed, and the books differ since) or "unsigned".

    `changed` names the inputs whose hash is another now; `late` the documents that made it so, where they are known.
    """

    status: str
    result: TieOut
    evidence: Evidence
    reasons: tuple[Reason, ...] = ()
    signed: Signed | None = None
    changed: tuple[str, ...] = ()
    late: tuple[LateChange, ...] = field(default=())


def reasons(result: TieOut, tolerance: int) -> tuple[Reason, ...]:
    """What stands against signing off; `tolerance` in minor units of base currency, for each control."""
    books, currency = result.books, result.books.currency
    found: list[Reason] = []
    if books.period.end >= books.today:
        found.append(
            Reason("period_open", str(books.period), f"The period ends on {books.period.end}; it is not over.")
        )
    found += [
        Reason("incomplete", f"{each.source} {each.entity}", each.reason) for each in sorted(set(books.incomplete))
    ]
    found += [
        Reason(
            "unowned_error",
            each.id,
            f"{each.cause}, {each.subject} ({money_of(each.amount, currency)}): nobody owns it."
            f" Run: tieout findings assign {each.id} --owner NAME",
        )
        for each in result.findings
        if each.nature == "error" and not each.owner
    ]
    found += [
        Reason("unexplained", control.name, f"{money_of(control.unexplained, currency)} {currency} is not explained.")
        for control in result.controls
        if abs(control.unexplained) > tolerance
    ]
    return tuple(found)


def evidence(result: TieOut, inputs: Mapping[str, str]) -> Evidence:
    """What would be frozen now: `inputs` and the tie-out itself, which gets a hash too."""
    report = report_json(result)
    return Evidence(result.books.period, dict(inputs) | {"report": report_hash(report)}, report)


def report_hash(report: Mapping[str, Any]) -> str:
    """A hash of what the tie-out says of the books: neither of when it was asked, nor of people's words on findings."""
    told = {name: value for name, value in report.items() if name not in _NOT_THE_BOOKS}
    told["findings"] = [
        {name: value for name, value in finding.items() if name not in _PEOPLES} for finding in report["findings"]
    ]
    return hashed(told)


def hashed(value: object) -> str:
    """SHA-256 of a value as JSON in one fixed form; the order of keys does not matter."""
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def compared(result: TieOut, now: Evidence, signed: Signed | None, late: Sequence[LateChange]) -> SignOff:
    """How a period stands: not signed, signed and the same still, or changed since."""
    if signed is None:
        return SignOff("unsigned", result, now)
    names = sorted(signed.inputs.keys() | now.inputs.keys())
    changed = tuple(name for name in names if signed.inputs.get(name) != now.inputs.get(name))
    mine = tuple(change for change in late if change.closed_by == "sign-off")
    return SignOff("changed" if changed else "signed", result, now, (), signed, changed, mine)


def to_json(answer: SignOff) -> dict[str, object]:
    """The document `tieout/sign-off/1`; `report` is the tie-out as it was signed off, else as it is."""
    held = answer.signed
    return {
        "schema": "tieout/sign-off/1",
        "period": period_json(answer.evidence.period),
        "currency": answer.result.books.currency,
        "status": answer.status,
        "signed_by": held and held.by,
        "signed_at": instant(held.at) if held else None,
        "reasons": [{"id": r.id, "subject": r.subject, "message": r.message} for r in answer.reasons],
        "inputs": dict(held.inputs if held else answer.evidence.inputs),
        "changed": list(answer.changed),
        "late": [_late_json(change) for change in answer.late],
        "report": dict(held.report if held else answer.evidence.report),
        **ages(answer.result.books.as_of, answer.result.books.incomplete),
    }


def _late_json(change: LateChange) -> dict[str, object]:
    return {
        "source": change.source.value,
        "type": change.kind,
        "id": change.document,
        "number": change.number,
        "date": change.day.isoformat(),
        "changed_at": instant(change.changed_at),
    }


def to_text(answer: SignOff) -> str:
    """The same in a few lines."""
    books, held = answer.result.books, answer.signed
    words = period_words(answer.evidence.period)
    lines = {
        "unsigned": [f"{words} is not signed off."],
        "refused": [f"{words} cannot be signed off:", *(f"  {r.subject}: {r.message}" for r in answer.reasons)],
        "signed": [f"{words} was signed off by {held and held.by} at {held and instant(held.at)}."],
        "changed": [
            f"{words} was signed off by {held and held.by} at {held and instant(held.at)}, and is another now:",
            *(f"  {_WORDS.get(name, name)} changed." for name in answer.changed),
            *(
                f"  {c.source.value} {c.kind} {c.number} of {c.day} changed at {instant(c.changed_at)}."
                for c in answer.late
            ),
        ],
    }[answer.status]
    return "\n".join([*lines, "", *age_lines(books.as_of, books.incomplete)])


def closer(change: LateChange) -> str:
    """What closed the days in which a change came late, in words."""
    return f"{_CLOSERS[change.closed_by]} {change.closed_day}"
