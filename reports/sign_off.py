"""A period's sign-off: what stands against it, what is frozen as evidence, and whether the frozen still holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from reports.books import ages, instant, money_of, period_json
from reports.layout import age_lines, period_words
from reports.memory import LateChange
from reports.reconcile.tie_out import TieOut
from reports.reconcile.tie_out import to_json as report_json
from sync.domain.period import Period

# What of a tie-out tells of the books: not when it was asked, in which words, and what else is remembered.
_CONTROL = ("control", "cin7", "qbo", "difference", "explained", "unexplained")
_CLOSING = ("cin7", "qbo", "difference", "opening_difference", "first_divergence")
_FINDING = ("id", "root", "cause", "nature", "control", "amount", "at_stake", "count", "subject", "cin7", "qbo")
_WORDS = {
    "cin7_ledger": "Cin7's postings of the period",
    "qbo_ledger": "QuickBooks' postings of the period",
    "cin7_balances": "Cin7's balances up to the period's end",
    "qbo_balances": "QuickBooks' balances up to the period's end",
    "documents": "QuickBooks' documents of the period",
    "account_map": "the account map",
    "config": "the settings that decide figures",
    "report": "the tie-out",
}
_SIDES = {"cin7": "Cin7", "qbo": "QuickBooks"}
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
class Moved:
    """A figure of one side that is another now than when the period was signed off; money as text, None for none."""

    control: str
    figure: str
    source: str
    signed: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class SignOff:
    """The answer. `status`: "signed", "refused", "changed" (signed, and the books differ since) or "unsigned".

    `changed` names the inputs whose hash is another now; `late` the documents that made it so, where they are known;
    `moved` the figures of both sides that are not what was frozen.
    """

    status: str
    result: TieOut
    evidence: Evidence
    reasons: tuple[Reason, ...] = ()
    signed: Signed | None = None
    changed: tuple[str, ...] = ()
    late: tuple[LateChange, ...] = ()
    moved: tuple[Moved, ...] = ()


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
    """A hash of what the tie-out says of the books: neither of when it was asked, nor of people's words on findings.

    An account that came later, the stock of another day, and what earlier periods' findings explain are no part of it.
    """
    controls = [_facts(each, report["period"]["end"]) for each in report["controls"]]
    told = {
        "period": report["period"],
        "currency": report["currency"],
        "controls": [
            each for each in controls if any(_moved(value) for name, value in each.items() if name != "control")
        ],
        "findings": [
            {name: finding[name] for name in _FINDING}
            for finding in report["findings"]
            if finding["cause"] != "opening_difference"
        ],
        "ambiguous": report["ambiguous"],
    }
    return hashed(told)


def _facts(control: Mapping[str, Any], end: str) -> dict[str, Any]:
    told = {name: control[name] for name in _CONTROL}
    closing = control["closing"] or {}
    stock = closing.get("subledger") or {}
    inside = bool(stock) and stock["taken_at"][:10] <= end
    return told | {f"closing {name}": closing.get(name) for name in _CLOSING} | {"stock": stock if inside else None}


def _moved(value: object) -> bool:
    """Whether a figure is one: neither absent nor zero."""
    return value is not None and (not isinstance(value, str) or bool(value.strip("-0.")))


def hashed(value: object) -> str:
    """SHA-256 of a value as JSON in one fixed form; the order of keys does not matter."""
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def compared(result: TieOut, now: Evidence, signed: Signed | None, late: Sequence[LateChange]) -> SignOff:
    """How a period stands: not signed, signed and the same still, or changed since."""
    if signed is None:
        return SignOff("unsigned", result, now)
    names = sorted(signed.inputs.keys() | now.inputs.keys())
    changed = tuple(name for name in names if signed.inputs.get(name) != now.inputs.get(name))
    moved = tuple(_differing(signed.report, now.report)) if changed else ()
    return SignOff("changed" if changed else "signed", result, now, (), signed, changed, tuple(late), moved)


def _differing(signed: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Moved]:
    """Movements and closing balances, side by side, where the frozen snapshot and what is read now differ."""
    before, after = ({each["control"]: each for each in report["controls"]} for report in (signed, now))
    for control in sorted(before.keys() | after.keys()):
        for figure in ("movement", "closing"):
            for source in ("cin7", "qbo"):
                then, told = (_figure(side.get(control), figure, source) for side in (before, after))
                if then != told and (_moved(then) or _moved(told)):
                    yield Moved(control, figure, source, then, told)


def _figure(control: Mapping[str, Any] | None, figure: str, source: str) -> str | None:
    held = control and (control if figure == "movement" else control["closing"])
    return held[source] if held else None


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
        "moved": [asdict(each) for each in answer.moved],
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
            *(
                f"  {m.control.replace('_', ' ')}, {m.figure} in {_SIDES[m.source]}: {m.signed}, now {m.now}."
                for m in answer.moved
            ),
        ],
    }[answer.status]
    return "\n".join([*lines, "", *age_lines(books.as_of, books.incomplete)])


def closer(change: LateChange) -> str:
    """What closed the days in which a change came late, in words."""
    return f"{_CLOSERS[change.closed_by]} {change.closed_day}"
