"""Causes and controls in words, as titles, tables and messages say them."""

from __future__ import annotations

from collections.abc import Mapping

from reports.books import Books
from reports.bridge import BEFORE, OPENING, OTHERS, UNEXPLAINED, Step
from reports.reconcile.tie_out import spoken

_CONTROLS = {"cogs": "COGS"}
_SEVERAL = frozenset({"Sales", "Receivables", "Payables", "Accrued purchases", "Inventory adjustments"})
_LABELS = {
    BEFORE: "Earlier, explained",
    OPENING: "Earlier, unexplained",
    UNEXPLAINED: "Unexplained",
    OTHERS: "Other causes",
    "outside_cin7": "Outside Cin7",
}
# cause -> (one, several), to be read after a number
_PHRASES: Mapping[str, tuple[str, str]] = {
    "missing_in_qbo": ("{thing} missing in QuickBooks", "{things} missing in QuickBooks"),
    "missing_in_cin7": ("{thing} missing in Cin7", "{things} missing in Cin7"),
    "manual_journal": ("journal entered by hand", "journals entered by hand"),
    "outside_cin7": ("document outside Cin7", "documents outside Cin7"),
    "duplicate_in_qbo": ("duplicate in QuickBooks", "duplicates in QuickBooks"),
    "second_connector": ("summary by another connector", "summaries by another connector"),
    "amount_differs": ("amount differs", "amounts differ"),
    "edited_in_qbo": ("edited in QuickBooks", "edited in QuickBooks"),
    "wrong_account": ("on a wrong account", "on wrong accounts"),
    "different_period": ("dated in another period", "dated in another period"),
    "voided_in_cin7": ("voided in Cin7", "voided in Cin7"),
    "voided_in_qbo": ("voided in QuickBooks", "voided in QuickBooks"),
    "deleted_in_qbo": ("deleted in QuickBooks", "deleted in QuickBooks"),
    "exchange_rate_differs": ("exchange rate differs", "exchange rates differ"),
    "tax_differs": ("tax amount differs", "tax amounts differ"),
    "rounding": ("rounded amount", "rounded amounts"),
    "consolidation_differs": (
        "day journal not the sum of its documents",
        "day journals not the sum of their documents",
    ),
    "late_cost": ("late cost", "late costs"),
    "unmapped_account": ("document on an unmapped account", "documents on unmapped accounts"),
    "quantity_tracking_on": ("cost posted by QuickBooks itself", "costs posted by QuickBooks itself"),
    OTHERS: ("other cause", "other causes"),
}
_THINGS = {"cogs": ("journal", "journals")}


def control_label(control: str, books: Books) -> str:
    """ "COGS", "Accrued purchases", or "404 Bank Fees" of an account that no control claims."""
    return _CONTROLS.get(control) or _capital(spoken(control, books))


def differ(label: str) -> str:
    """ "COGS differs", "Receivables differ" """
    return f"{label} differ{'' if label in _SEVERAL else 's'}"


def tie(label: str) -> str:
    """ "COGS ties", "Receivables tie" """
    return f"{label} tie{'' if label in _SEVERAL else 's'}"


def cause_label(cause: str) -> str:
    """ "Missing in QuickBooks" """
    return _LABELS.get(cause) or _capital(cause)


def counted(step: Step, control: str) -> str:
    """ "3 journals missing in QuickBooks" """
    one, several = _PHRASES.get(step.cause, (cause_label(step.cause).lower(),) * 2)
    thing, things = _THINGS.get(control, ("document", "documents"))
    words = one if step.count == 1 else several
    return f"{step.count} {words.format(thing=thing, things=things)}"


def _capital(name: str) -> str:
    words = name.replace("_", " ").replace("qbo", "QuickBooks").replace("cin7", "Cin7")
    return words[:1].upper() + words[1:]
