"""What of a period's margin is not final: sales whose cost is to come, cost whose sale is, shipments at no cost."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from reports.trade import Group, SaleHeader, Trade
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
    """The reasons in their order of the contract, those without a document left out.

    Told from ledger and headers: an invoice is invoiced_not_shipped when its revenue posted and no cost of its sale
    did, unless it sells services or had shipped before; a shipment is shipped_not_invoiced when its cost posted and the
    sale's invoice is missing or dated later. What posts under the number of the one after the period tells it alone:
    an order may have several of both. zero_cost_shipment needs the sale's detail.
    """
    apart = trade.unpaired
    both: set[str | None] = {trade.sale_of.get((g.document, g.number)) for g in apart if g.control == "revenue"}
    both &= {trade.sale_of.get((g.document, g.number)) for g in apart if g.control == "cogs"}
    waiting = [g for g in apart if g.amount > 0 and _waits(trade, g, both, period)]
    goods = [g for g in waiting if g.control == "revenue"]
    invoices = [g for g in waiting if g.control == "cogs"]
    free = list(_at_no_cost(trade, period))
    reasons = (
        NotFinal("invoiced_not_shipped", len({g.name for g in goods}), sum(g.amount for g in goods)),
        NotFinal("shipped_not_invoiced", len({g.name for g in invoices}), sum(g.amount for g in invoices)),
        NotFinal("zero_cost_shipment", len(free), sum(_sold(trade, sale) for sale in free)),
    )
    return tuple(reason for reason in reasons if reason.documents)


def _waits(trade: Trade, group: Group, both: Collection[str | None], period: Period) -> bool:
    if group.name in trade.later:
        return True  # whatever the rest of its order did
    sale = trade.sale(group)
    if sale is None or sale.id in both:
        return False
    return _awaits_goods(trade, sale) if group.control == "revenue" else _awaits_invoice(sale, period)


def _awaits_goods(trade: Trade, sale: SaleHeader) -> bool:
    if sale.service:
        return False
    detail = trade.details.get(sale.id)
    if detail and not any(_stocked(trade, part.sku) for part in detail.invoiced):
        return False
    # What has left by now and posted nothing later was shipped before the period, or at no cost.
    left = bool(detail and any(part.set[0] == "Fulfilment" for part in detail.shipped))
    return not (left or sale.shipped or sale.status.casefold() in _DONE)


def _awaits_invoice(sale: SaleHeader, period: Period) -> bool:
    return not sale.invoice or (sale.invoiced is not None and sale.invoiced > period.end)


def _sold(trade: Trade, sale: str) -> int:
    return sum(g.amount for g in trade.of("revenue") if trade.sale_of.get((g.document, g.number)) == sale)


def _at_no_cost(trade: Trade, period: Period) -> Iterator[str]:
    for key, detail in sorted(trade.details.items()):
        shipped = (part for part in detail.cost if part.day and part.day in period)
        if any(part.amount == 0 and _stocked(trade, part.sku) for part in shipped):
            yield key


def _stocked(trade: Trade, sku: str) -> bool:
    known = trade.products.get(sku)
    return bool(sku) and (known is None or known.stocked)
