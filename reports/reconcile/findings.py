"""What the tie-out says of a difference: a finding names its cause and documents, an open set only its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from reports.books import instant, money_of


@dataclass(frozen=True, slots=True)
class Cin7Document:
    """A Cin7 document in a finding; `amount` is what it posts on the finding's control, in its direction."""

    task_id: str
    reference: str
    type: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class QboDocument:
    """A QuickBooks document in a finding; `type` is the API's entity name, `amount` as in Cin7Document."""

    id: str
    type: str
    doc_number: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry that a person could post in QuickBooks to cure a finding; Tieout posts nothing.

    `lines`: (account by name, minor units of base currency, debit positive), debits first; they add up to nothing.
    `reverse` says when to take it back, "" where it stays. One entry cures all findings of one root.
    """

    lines: tuple[tuple[str, int], ...]
    reverse: str = ""

    @classmethod
    def of(cls, debit: str, credit: str, amount: int, reverse: str = "") -> Entry:
        """Two accounts and one amount, whichever way its sign points."""
        first, second = (debit, credit) if amount >= 0 else (credit, debit)
        return cls(((first, abs(amount)), (second, -abs(amount))), reverse)

    def words(self, currency: str) -> str:
        """ "Dr Inventory 5.00, Cr Accrued purchases 5.00 USD; reverse it on the day of the bill." """
        sides = (
            f"{'Dr' if amount > 0 else 'Cr'} {name} {money_of(abs(amount), currency)}" for name, amount in self.lines
        )
        return f"{', '.join(sides)} {currency}{f'; reverse it {self.reverse}' if self.reverse else ''}."


@dataclass(frozen=True, slots=True)
class Finding:
    """One set of documents on one control that makes a difference, or a fault without money.

    `amount` is minor units of base currency, Cin7 less QuickBooks, of what is dated inside the period. `nature` is
    "error", "timing" or "policy"; `confidence` "certain", "strong" or "likely". Findings of one event share `root`.
    `clears` is the day by which timing should clear, by the company's own habit; `entry` what would cure it.
    """

    id: str
    root: str
    cause: str
    nature: str
    control: str | None
    amount: int
    subject: str
    confidence: str
    explanation: str
    remedy: str
    at_stake: int | None = None
    count: int = 1
    cin7: tuple[Cin7Document, ...] = ()
    qbo: tuple[QboDocument, ...] = ()
    first_seen: datetime | None = None
    owner: str = ""
    due: date | None = None
    clears: date | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class OpenSet:
    """Documents that could match in more than one way and net to `amount`; without documents: what nothing explains."""

    control: str
    amount: int
    cin7: tuple[Cin7Document, ...] = ()
    qbo: tuple[QboDocument, ...] = ()


def finding_json(finding: Finding, currency: str) -> dict[str, object]:
    """One entry of the contract's `findings`."""
    return {
        "id": finding.id,
        "root": finding.root,
        "cause": finding.cause,
        "nature": finding.nature,
        "control": finding.control,
        "amount": money_of(finding.amount, currency),
        "at_stake": money_of(finding.at_stake, currency),
        "count": finding.count,
        "subject": finding.subject,
        "confidence": finding.confidence,
        **_documents(finding, currency),
        "explanation": finding.explanation,
        "remedy": finding.remedy,
        "first_seen": instant(finding.first_seen),
        "owner": finding.owner or None,
        "due": finding.due and finding.due.isoformat(),
        "clears": finding.clears and finding.clears.isoformat(),
        "entry": finding.entry and _entry(finding.entry, currency),
    }


def _entry(entry: Entry, currency: str) -> dict[str, object]:
    lines = [
        {
            "account": name,
            "debit": money_of(amount, currency) if amount > 0 else None,
            "credit": money_of(-amount, currency) if amount < 0 else None,
        }
        for name, amount in entry.lines
    ]
    return {"currency": currency, "lines": lines, "reverse": entry.reverse or None, "words": entry.words(currency)}


def open_set_json(found: OpenSet, currency: str) -> dict[str, object]:
    """One entry of the contract's `ambiguous`."""
    return {"control": found.control, "amount": money_of(found.amount, currency), **_documents(found, currency)}


def _documents(found: Finding | OpenSet, currency: str) -> dict[str, object]:
    return {
        "cin7": [
            {
                "task_id": document.task_id,
                "reference": document.reference,
                "type": document.type,
                "date": document.day.isoformat(),
                "amount": money_of(document.amount, currency),
            }
            for document in found.cin7
        ],
        "qbo": [
            {
                "id": document.id,
                "type": document.type,
                "doc_number": document.doc_number,
                "date": document.day.isoformat(),
                "amount": money_of(document.amount, currency),
            }
            for document in found.qbo
        ],
    }
