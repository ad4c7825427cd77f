"""The findings that are remembered: which are open, since when, whose they are, and which came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reports.books import Incomplete, ages, instant, money_of, period_json
from reports.layout import age_lines, period_words, table
from reports.memory import Remembered
from reports.reconcile.findings import finding_json
from sync.domain.accounts import Source

_NATURES = {"error": 0, "timing": 1, "policy": 2}

CAUSES = (
    "missing_in_qbo",
    "missing_in_cin7",
    "manual_journal",
    "outside_cin7",
    "duplicate_in_qbo",
    "second_connector",
    "amount_differs",
    "edited_in_qbo",
    "wrong_account",
    "wrong_account_type",
    "different_period",
    "voided_in_cin7",
    "voided_in_qbo",
    "deleted_in_qbo",
    "exchange_rate_differs",
    "tax_differs",
    "rounding",
    "consolidation_differs",
    "invoiced_not_shipped",
    "shipped_not_invoiced",
    "received_not_billed",
    "billed_not_received",
    "in_transit",
    "backdated_after_close",
    "zero_cost_shipment",
    "late_cost",
    "negative_stock",
    "unmapped_account",
    "quantity_tracking_on",
    "unmapped_product",
    "duplicate_product",
    "illegal_name",
    "opening_difference",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer: findings in order, open ones first, then errors, then by money. `today` is company-local."""

    currency: str
    today: date
    kept: tuple[Remembered, ...]
    as_of: Mapping[Source, datetime | None]
    incomplete: tuple[Incomplete, ...] = ()


def findings(
    kept: Sequence[Remembered],
    currency: str,
    today: date,
    *,
    open_only: bool = False,
    cause: str = "",
    as_of: Mapping[Source, datetime | None],
    incomplete: Sequence[Incomplete] = (),
) -> Findings:
    """Of all that are kept the open ones (`open_only`), or those of one cause, or both."""
    wanted = [each for each in kept if (each.is_open or not open_only) and (not cause or each.finding.cause == cause)]
    return Findings(currency, today, tuple(sorted(wanted, key=_order)), as_of, tuple(incomplete))


def _order(each: Remembered) -> tuple[bool, int, int, str]:
    found = each.finding
    return (not each.is_open, _NATURES.get(found.nature, 3), -abs(found.amount or found.at_stake or 0), found.id)


def to_json(result: Findings) -> dict[str, object]:
    """The document `tieout/findings/1`: each finding as `reconcile` gives it, with its memory."""
    return {
        "schema": "tieout/findings/1",
        "currency": result.currency,
        "findings": [_json(each, result.currency) for each in result.kept],
        **ages(result.as_of, result.incomplete),
    }


def _json(each: Remembered, currency: str) -> dict[str, object]:
    return {
        **finding_json(each.finding, currency),
        "state": "open" if each.is_open else "resolved",
        "resolved_at": instant(each.resolved_at),
        "came_back": each.came_back,
        "note": each.note or None,
        "periods": [
            {
                **period_json(sighting.period),
                "amount": money_of(sighting.amount, currency),
                "at_stake": money_of(sighting.at_stake, currency),
                "open": sighting.open,
            }
            for sighting in each.sightings
        ],
    }


def to_text(result: Findings) -> str:
    """One line a finding, the words of each that has an owner's note, and the age of the data."""
    if not result.kept:
        lines = ["No findings are remembered. Run: tieout reconcile"]
        return "\n".join([*lines, "", *age_lines(result.as_of, result.incomplete)])
    head = ("finding", "cause", "control", "subject", result.currency, "owner", "due", "state")
    rows = [
        (
            each.finding.id,
            each.finding.cause,
            (each.finding.control or "").replace("_", " "),
            each.finding.subject,
            money_of(each.finding.amount or each.finding.at_stake or 0, result.currency) or "",
            each.finding.owner,
            str(each.finding.due or ""),
            _state(each, result.today),
        )
        for each in result.kept
    ]
    notes = [f"{each.finding.id}: {each.note}" for each in result.kept if each.note]
    count = sum(1 for each in result.kept if each.is_open)
    unowned = sum(1 for e in result.kept if e.is_open and e.finding.nature == "error" and not e.finding.owner)
    summary = f"{count} open, {unowned} of them errors without an owner."
    return "\n".join(
        [
            *table(head, rows, left=(0, 1, 2, 3, 5, 7)),
            "",
            *notes,
            summary,
            "",
            *age_lines(result.as_of, result.incomplete),
        ]
    )


def _state(each: Remembered, today: date) -> str:
    if not each.is_open:
        return "resolved"
    words = ["open"] + (["came back"] if each.came_back else [])
    words += ["overdue"] if each.finding.due and each.finding.due < today else []
    return ", ".join([*words, period_words(each.sightings[-1].period)])
