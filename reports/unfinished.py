"""What of a period's margin is not final: sales whose cost is to come, cost whose sale is, shipments at no cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from reports.split import sale_key
from reports.trade import SaleDetail, SaleHeader, Trade
from sync.domain.period import Period

# Cin7's words for a sale that nothing more is expected of (Cin7 docs: sale statuses).
_DONE = frozenset({"completed", "voided", "closed", "credited"})


@dataclass(frozen=True, slots=True)
class NotFinal:
    """One reason, how many sales it holds for, and the money at stake (net sales, or cost), minor units of base."""

    reason: str
    documents: int
    amount: int


def not_final(trade: Trade, period: Period) -> tuple[NotFinal, ...]:
    """The reasons in their order of the contract, those without a sale left out.

    Told from ledger and headers: a sale is invoiced_not_shipped when its revenue posted and no cost of it did up to
    the period's end, unless its lines are known to be services; shipped_not_invoiced when its cost posted and its
    invoice is missing or dated later. zero_cost_shipment needs the sale's detail.
    """
    sales: dict[str, int] = defaultdict(int)
    costs: dict[str, int] = defaultdict(int)
    headers: dict[str, SaleHeader | None] = {}
    for group in trade.groups:
        if group.kind.casefold() == "sale":
            key = sale_key(trade, group)
            headers[key] = trade.sale(group)
            (sales if group.control == "revenue" else costs)[key] += group.amount
    reasons = {
        "invoiced_not_shipped": {
            k: sales[k] for k in sorted(sales) if _awaits_goods(trade, k, headers[k], sales, costs)
        },
        "shipped_not_invoiced": {
            k: costs[k] for k in sorted(costs) if _awaits_invoice(k, headers[k], sales, costs, period)
        },
        "zero_cost_shipment": {k: sales.get(k, 0) for k in _at_no_cost(trade, period)},
    }
    return tuple(NotFinal(name, len(found), sum(found.values())) for name, found in reasons.items() if found)


def _awaits_goods(
    trade: Trade, key: str, header: SaleHeader | None, sales: dict[str, int], costs: dict[str, int]
) -> bool:
    if sales[key] <= 0 or key in costs or key in trade.costed_before:
        return False
    detail = trade.details.get(key)
    if detail:
        return any(_stocked(trade, part.sku) for part in detail.invoiced) and not _moved(detail)
    return header is None or not (header.service or header.status.casefold() in _DONE)


def _awaits_invoice(
    key: str, header: SaleHeader | None, sales: dict[str, int], costs: dict[str, int], period: Period
) -> bool:
    if costs[key] <= 0 or key in sales or header is None:
        return False
    return not header.invoice or (header.invoiced is not None and header.invoiced > period.end)


def _at_no_cost(trade: Trade, period: Period) -> Iterator[str]:
    for key, detail in sorted(trade.details.items()):
        shipped = (part for part in detail.cost if part.day and part.day in period)
        if any(part.amount == 0 and _stocked(trade, part.sku) for part in shipped):
            yield key


def _moved(detail: SaleDetail) -> bool:
    return any(part.amount for part in detail.cost)


def _stocked(trade: Trade, sku: str) -> bool:
    known = trade.products.get(sku)
    return bool(sku) and (known is None or known.stocked)
