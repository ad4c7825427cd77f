"""The causes of differences, one rule a file, in the order in which they are tried: finer ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reports.reconcile.causes import (
    amount_differs,
    backdated_after_close,
    billed_not_received,
    consolidation_differs,
    deleted_in_qbo,
    different_period,
    duplicate_in_qbo,
    duplicate_product,
    edited_in_qbo,
    exchange_rate_differs,
    illegal_name,
    in_transit,
    invoiced_not_shipped,
    late_cost,
    manual_journal,
    missing_in_cin7,
    missing_in_qbo,
    negative_stock,
    outside_cin7,
    quantity_tracking_on,
    received_not_billed,
    rounding,
    second_connector,
    shipped_not_invoiced,
    tax_differs,
    unmapped_account,
    unmapped_product,
    voided_in_cin7,
    voided_in_qbo,
    wrong_account,
    wrong_account_type,
    zero_cost_shipment,
)
from reports.reconcile.findings import Finding
from reports.reconcile.standing import Facts
from reports.reconcile.view import View

Rule = Callable[[View], Iterable[Finding]]
StateRule = Callable[[Facts], Iterable[Finding]]

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
# These look at a state, not at a pair of documents; each stands beside the others, with 0.00.
STATE_RULES: tuple[StateRule, ...] = (
    wrong_account_type.find,
    backdated_after_close.find,
    zero_cost_shipment.find,
    negative_stock.find,
    unmapped_product.find,
    duplicate_product.find,
    illegal_name.find,
    invoiced_not_shipped.find,
    shipped_not_invoiced.find,
    received_not_billed.find,
    billed_not_received.find,
    in_transit.find,
)
SUMMED = frozenset({"rounding", "outside_cin7"})
