"""What commands write down: what a tie-out found, who owns it, and that a period was signed off."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime

from sqlmodel import Session

from reports.load_memory import remembered
from reports.memory import Remembered, dressed, rows_of
from reports.reconcile.findings import Finding
from reports.reconcile.tie_out import TieOut
from reports.sign_off import Signed, SignOff, evidence, reasons
from sync.errors import UserError
from sync.store import findings

_SHORTEST = 4  # characters of an id that may stand for the whole


def remember(session: Session, company: int, result: TieOut, *, at: datetime) -> TieOut:
    """Keeps what a tie-out found, and gives it back with first seen, owner and due day of each finding.

    What is no longer there counts as resolved only where the data was complete. Doing it twice changes nothing.
    """
    told = [_told(found) for found in result.findings]
    findings.remember(session, company, result.books.period, told, at=at, whole=not result.books.incomplete)
    kept = {each.finding.id: each for each in remembered(session, company, [found.id for found in result.findings])}
    return replace(result, findings=dressed(result.findings, kept))


def _told(finding: Finding) -> findings.Told:
    """A finding as the store wants it."""
    documents = json.dumps(rows_of(finding), separators=(",", ":"))
    days = (*(document.day for document in finding.cin7), *(document.day for document in finding.qbo))
    kept = {f.name: getattr(finding, f.name) for f in fields(findings.Told) if f.name not in ("documents", "days")}
    return findings.Told(**kept, documents=documents, days=days)


def assign(
    session: Session,
    company: int,
    words: str,
    *,
    owner: str,
    due: date | None,
    note: str | None,
    who: str,
    at: datetime,
) -> Remembered:
    """Gives the finding that `words` (its id, or how the id begins) names an owner; the finding as it is then.

    A due day and a note are left as they were where None. Raises UserError where no finding, or more than one, fits.
    """
    id_ = chosen(words, [each.finding.id for each in remembered(session, company)])
    findings.assign(session, company, id_, owner=owner, due=due, note=note, who=who, at=at)
    return remembered(session, company, [id_])[0]


def chosen(words: str, ids: list[str]) -> str:
    """The one id that is `words` or begins with it; UserError otherwise."""
    wanted = words.strip().lower()
    fitting = [id_ for id_ in ids if id_.lower() == wanted]
    if not fitting and len(wanted) >= _SHORTEST:
        fitting = [id_ for id_ in ids if id_.lower().startswith(wanted)]
    if len(fitting) > 1:
        raise UserError(f"{words} fits {len(fitting)} findings: {', '.join(sorted(fitting)[:5])}. Give more of the id.")
    if not fitting:
        raise UserError(f"There is no finding {words}. `tieout findings` lists them.")
    return fitting[0]


def sign(
    session: Session, company: int, standing: SignOff, result: TieOut, *, by: str, tolerance: int, at: datetime
) -> SignOff:
    """Signs a period off in the name of `by`, or says what stands against it; nothing is kept then.

    `standing` is how the period stood when its inputs were read, `result` the same tie-out with the findings' owners.
    """
    against = reasons(result, tolerance)
    if against:
        return replace(standing, status="refused", result=result, reasons=against)
    frozen = evidence(result, {name: text for name, text in standing.evidence.inputs.items() if name != "report"})
    report = json.dumps(frozen.report, sort_keys=True)
    findings.sign_off(session, company, frozen.period, by=by, at=at, inputs=frozen.inputs, evidence=report)
    return SignOff("signed", result, frozen, signed=Signed(frozen.period, by, at, frozen.inputs, frozen.report))
