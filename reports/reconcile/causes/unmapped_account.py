"""Cin7 posts on an account that no rule maps to QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.findings import Finding
from reports.reconcile.view import View


def find(view: View) -> Iterable[Finding]:
    """**unmapped_account**: the document posts on a Cin7 account that leads to no QuickBooks account.

    How seen: neither settings nor number nor name map the account.
    Remedy: give a QuickBooks account that number, or map it under [accounts] in tieout.toml; then sync the document.
    When it is wrong: the document is missing for another reason as well.
    """
    codes = sorted({view.known.unmapped[slot] for doc in view.case.cin7 for slot, _ in doc.legs
                    if slot in view.known.unmapped})  # fmt: skip
    if not codes or view.case.surplus:
        return
    for control in view.differing:
        if not view.case.qbo or control.removeprefix("account:") in codes:
            yield view.finding(
                "unmapped_account",
                control,
                f"{view.case.cin7[0].number} posts on Cin7 account {codes[0]}, which leads to no QuickBooks account.",
                f"Give a QuickBooks account the number {codes[0]}, or map it under [accounts] in tieout.toml.",
                subject=codes[0],
                confidence="certain",
            )
