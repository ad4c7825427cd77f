"""What of a period's margin is not final: sales whose cost is to come, cost whose sale is, shipments at no cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.trade import Group, Trade
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
    sale's invoice is missing or dated later. zero_cost_shipment needs the sale's detail.
    """
    apart = trade.unpaired
    both = {trade.sale_of.get((g.document, g.number)) for g in apart if g.control == "revenue"}
    both &= {trade.sale_of.get((g.document, g.number)) for g in apart if g.control == "cogs"}
    waiting = [g for g in apart if (sale := trade.sale(g)) and sale.id not in both and g.amount > 0]
    goods = [g for g in waiting if g.control == "revenue" and _awaits_goods(trade, g)]
    invoices = [g for g in waiting if g.control == "cogs" and _awaits_invoice(trade, g, period)]
    free = list(_at_no_cost(trade, period))
    reasons = (
        NotFinal("invoiced_not_shipped", len({g.name for g in goods}), sum(g.amount for g in goods)),
        NotFinal("shipped_not_invoiced", len({g.name for g in invoices}), sum(g.amount for g in invoices)),
        NotFinal("zero_cost_shipment", len(free), sum(_sold(trade, sale) for sale in free)),
    )
    return tuple(reason for reason in reasons if reason.documents)


def _awaits_goods(trade: Trade, group: Group) -> bool:
    sale = trade.sale(group)
    if sale is None or sale.service:
        return False
    detail = trade.details.get(sale.id)
    if detail and not any(_stocked(trade, part.sku) for part in detail.invoiced):
        return False
    if group.name in trade.costed_after:
        return True
    # What has left by now and posted nothing later was shipped before the period, or at no cost.
    left = bool(detail and any(part.set[0] == "Fulfilment" for part in detail.shipped))
    return not (left or sale.shipped or sale.status.casefold() in _DONE)


def _awaits_invoice(trade: Trade, group: Group, period: Period) -> bool:
    sale = trade.sale(group)
    return sale is not None and (not sale.invoice or (sale.invoiced is not None and sale.invoiced > period.end))


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
