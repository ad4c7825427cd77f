"""A document dated in closed days was made or changed after the close."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.findings import Cin7Document, Finding, QboDocument
from reports.reconcile.standing import Changed, Facts
from reports.reconcile.view import NATURES, identity
from sync.domain.accounts import Source


def find(facts: Facts) -> Iterator[Finding]:
    """**backdated_after_close**: a document inside a closed period is new, changed or gone since it was closed.

    How seen: what an earlier sync saw of those days, against what is there now; closed by QuickBooks' closing date,
    Cin7's lock date, or a sign-off.
    Remedy: date it in the open period; if it belongs there and is material, reopen formally.
    When it is wrong: the period was reopened on purpose.
    """
    for change in facts.state.late:
        if change.day not in facts.books.period:
            continue
        source = Source(change.source)
        side = facts.books.map.cin7_control if source is Source.CIN7 else facts.books.map.qbo_control
        for control in sorted({side[account] for account in change.accounts if account in side}):
            yield _finding(facts, change, source, control)


def _finding(facts: Facts, change: Changed, source: Source, control: str) -> Finding:
    docs = facts.ledgers.cin7 if source is Source.CIN7 else facts.ledgers.qbo
    posted = sum(facts.known.slots.amount(doc, control) for doc in docs
                 if doc.id == change.document and doc.kind == change.kind and doc.day == change.day)  # fmt: skip
    number = next((doc.number for doc in docs if doc.id == change.document and doc.day == change.day), change.number)
    ours = (Cin7Document(change.document, number, change.kind, change.day, posted),) if source is Source.CIN7 else ()
    theirs = (QboDocument(change.document, change.kind, number, change.day, posted),) if source is Source.QBO else ()
    id_ = identity(facts.known.company, "backdated_after_close", control, ours, theirs)
    by = {"cin7": "Cin7's lock date", "qbo": "QuickBooks' closing date"}.get(change.closed_by, "the sign-off")
    return Finding(
        id=id_,
        root=id_,
        cause="backdated_after_close",
        nature=NATURES["backdated_after_close"],
        control=control,
        amount=0,
        subject=number or change.document,
        confidence="certain",
        explanation=f"{change.kind} {number or change.document} is dated {change.day}, inside days closed up to"
        f" {change.closed_day} by {by}, and was entered or changed later.",
        remedy="Date it in the open period; if it belongs where it is and matters, reopen the period formally.",
        cin7=ours,
        qbo=theirs,
    )
