"""The causes of differences, one rule a file, in the order in which they are tried: finer ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reports.reconcile.causes import (
    amount_differs,
    consolidation_differs,
    deleted_in_qbo,
    different_period,
    duplicate_in_qbo,
    edited_in_qbo,
    exchange_rate_differs,
    late_cost,
    manual_journal,
    missing_in_cin7,
    missing_in_qbo,
    outside_cin7,
    quantity_tracking_on,
    rounding,
    second_connector,
    tax_differs,
    unmapped_account,
    voided_in_cin7,
    voided_in_qbo,
    wrong_account,
)
from reports.reconcile.findings import Finding
from reports.reconcile.view import View

Rule = Callable[[View], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    deleted_in_qbo.find,
    voided_in_qbo.find,
    voided_in_cin7.find,
    duplicate_in_qbo.find,
    second_connector.find,
    quantity_tracking_on.find,
    consolidation_differs.find,
    wrong_account.find,
    different_period.find,
    edited_in_qbo.find,
    exchange_rate_differs.find,
    tax_differs.find,
    rounding.find,
    amount_differs.find,
    unmapped_account.find,
    manual_journal.find,
    late_cost.find,
    missing_in_qbo.find,
    missing_in_cin7.find,
    outside_cin7.find,
)
SUMMED = frozenset({"rounding", "outside_cin7"})
