"""Shares sales and cost out over products, places and customers, so that the shares add up to the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from reports.allocate import fit, spread
from reports.trade import Group, Part, SaleDetail, SaleHeader, Trade
from sync.domain.money import to_minor
from sync.domain.period import Period


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the period's sales or cost, in minor units of base currency.

    `sku` is None where no line tells it and "" for lines without a product (shipping, charges); `location` is None, and
    `sale` is None, where the sale is not known. `units` are those invoiced less those credited, None where not known.
    `documents` names the documents that it is a part of, `party` the customer.
    """

    sales: int
    cogs: int
    sku: str | None
    name: str
    units: Decimal | None
    location: str | None
    sale: SaleHeader | None
    documents: tuple[str, ...] = ()
    party: str | None = None


def shares(trade: Trade, period: Period, base: str) -> tuple[Share, ...]:
    """Every cent of the period's sales and cost, as finely as the lines read so far allow."""
    return (*_sales(trade, base), *_costs(trade, period, base))


def units_sold(trade: Trade, base: str) -> Decimal | None:
    """Units invoiced less those credited, of all sales together; None where those of one are not known."""
    total = Decimal(0)
    for group in trade.of("revenue"):
        units = trade.told.get((group.kind, group.document, group.number)) if group.sold else Decimal(0)
        if units is None:
            lines = _charged(trade, group, trade.sale(group), base)
            if lines is None:
                return None
            units = sum((_units(part) for part, _ in lines), Decimal(0))
        total += units
    return total


def _sales(trade: Trade, base: str) -> Iterator[Share]:
    for group in trade.of("revenue"):
        sale, named = trade.sale(group), (group.name,)
        party = sale.customer if sale else group.party or None
        place = _whence(trade, sale)
        if not group.sold:
            yield Share(group.amount, 0, None, "", Decimal(0), place, sale)
            continue
        lines = _charged(trade, group, sale, base)
        if lines is None:
            yield Share(group.amount, 0, None, "", None, place, sale, named, party)
            continue
        for part, amount in lines:
            whole = Share(amount, 0, part.sku, part.name, _units(part), place, sale, named, party)
            yield from _placed(whole, _places(trade, sale, part.sku, "", back=amount < 0))


def _units(part: Part) -> Decimal:
    return part.quantity if part.sku and part.quantity is not None else Decimal(0)


def _charged(trade: Trade, group: Group, sale: SaleHeader | None, base: str) -> list[tuple[Part, int]] | None:
    """The lines that make up a revenue posting with their part of it: Cin7's where they were read, else QuickBooks'."""
    detail = trade.details.get(sale.id) if sale else None
    if sale and detail:
        mine = [part for part in detail.invoiced if not part.account or part.account in trade.revenue_accounts]
        for parts in _candidates(mine, group):
            shared = fit(group.amount, [part.amount or 0 for part in parts], base, sale.currency, sale.rate)
            if shared is not None:
                return list(zip(parts, shared, strict=True))
    found = [trade.qbo_lines[number] for number in group.numbers if number in trade.qbo_lines]
    chosen = [found] if len(found) == len(group.numbers) else []
    for documents in (*chosen, *([document] for document in found)):
        parts = [part for _, _, lines in documents for part in lines]
        currency, rate = documents[0][:2] if documents else ("", None)
        shared = fit(group.amount, [part.amount or 0 for part in parts], base, currency, rate)
        if shared is not None:
            return list(zip(parts, shared, strict=True))
    return None


def _candidates(parts: Iterable[Part], group: Group) -> Iterator[list[Part]]:
    """Line sets that may be what was posted: the named invoice or credit note, both, else any one of the sale's."""
    sets: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts:
        if part.amount is not None:
            sets[part.set].append(part if part.set[0] == "Invoice" else _negated(part))
    names = {group.document, *group.numbers}
    named = [lines for (_, document), lines in sorted(sets.items()) if document in names]
    raising = [lines for lines in named if (sum(part.amount or 0 for part in lines) >= 0) == (group.amount >= 0)]
    yield from raising
    if len(named) > 1:
        yield [part for lines in named for part in lines]
    if not named:
        totals = [sum(part.amount or 0 for part in lines) for lines in sets.values()]
        yield from (lines for lines, total in zip(sets.values(), totals, strict=True) if totals.count(total) == 1)


def _negated(part: Part) -> Part:
    quantity = None if part.quantity is None else -part.quantity
    return part._replace(amount=-(part.amount or 0), quantity=quantity)


def _costs(trade: Trade, period: Period, base: str) -> Iterator[Share]:
    """Cost per sale: what its movements say by product where they add up to what was posted, else as one."""
    by_sale: dict[str, list[Group]] = defaultdict(list)
    for group in trade.of("cogs"):
        by_sale[trade.sale_of.get((group.document, group.number), group.name) if group.sold else ""].append(group)
    for key, groups in sorted(by_sale.items()):
        amount = sum(group.amount for group in groups)
        sale = trade.sale(groups[0]) if key else None
        named = tuple(sorted({group.name for group in groups})) if key else ()
        party = sale.customer if sale else groups[0].party or None if key else None
        place = _whence(trade, sale)
        parts = _moved(trade, sale, groups, amount, period, base) if key else None
        if parts is None:
            yield Share(0, amount, None, "", Decimal(0), place, sale, named, party)
            continue
        for part, cost in parts:
            whole = Share(0, cost, part.sku, part.name, Decimal(0), place, sale, named, party)
            if part.location:
                yield replace(whole, location=part.location)
            else:
                yield from _placed(whole, _places(trade, sale, part.sku, part.set[1], back=cost < 0))


def _moved(
    trade: Trade, sale: SaleHeader | None, groups: Sequence[Group], amount: int, period: Period, base: str
) -> list[tuple[Part, int]] | None:
    detail = trade.details.get(sale.id) if sale else None
    if detail:
        inside = [part for part in detail.cost if part.amount is not None and (not part.day or part.day in period)]
        for signs in _signs(detail, inside):
            told = [sign * (part.amount or 0) for sign, part in zip(signs, inside, strict=True)]
            shared = fit(amount, told, base)
            if shared is not None:
                return list(zip(inside, shared, strict=True))
    own = {key for group in groups for key in group.keys}
    for keys in (own, own | ({sale.id, sale.number, sale.invoice, sale.credit} if sale else set())):
        dated = list({id(part): part for key in sorted(keys) for part in trade.movements.get(key, ())}.values())
        for sign in (-1, 1):
            shared = fit(amount, [to_minor(sign * (part.exact or 0), base) for part in dated], base)
            if shared is not None:
                return list(zip(dated, shared, strict=True))
    return None


def _signs(detail: SaleDetail, moved: Sequence[Part]) -> Iterator[list[int]]:
    """Cin7's docs leave the sign of a movement's cost open: as told, the other way round, or returns unsigned."""
    sent = {part.set[1] for part in detail.shipped if part.set[0] == "Fulfilment"}
    yield [1] * len(moved)
    yield [-1] * len(moved)
    yield [1 if part.set[1] in sent else -1 for part in moved]


def _whence(trade: Trade, sale: SaleHeader | None) -> str | None:
    """Where a sale is at home: the one place from where all of it was shipped, else, and until then, its own."""
    if sale is None:
        return None
    places = {part.location for part in _shipped(trade, sale) if part.set[0] == "Fulfilment"}
    return places.pop() if len(places) == 1 else sale.location


def _shipped(trade: Trade, sale: SaleHeader | None) -> Sequence[Part]:
    """What of a sale left and came back, as its detail says, or its movements where that was not read."""
    detail: SaleDetail | None = trade.details.get(sale.id) if sale else None
    moved = detail.shipped if detail else trade.sent.get(sale.id, ()) if sale else ()
    return [part for part in moved if part.location]


def _places(trade: Trade, sale: SaleHeader | None, sku: str, shipment: str, *, back: bool) -> dict[str, Decimal]:
    """From where a product of a sale was shipped, or `back` where to it came back, by quantity; empty while no
    fulfilment of it is known."""
    mine = [part for part in _shipped(trade, sale) if sku and part.sku == sku]
    section = "Restock" if back else "Fulfilment"
    same = [part for part in mine if part.set[1] == shipment] or [part for part in mine if part.set[0] == section]
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for part in same or mine:
        found[part.location] += abs(part.quantity or Decimal(0))
    return {place: quantity for place, quantity in sorted(found.items()) if quantity}


def _placed(share: Share, places: dict[str, Decimal]) -> Iterator[Share]:
    """The share over the places it was shipped from, in proportion to the quantities."""
    if len(places) <= 1:
        yield replace(share, location=next(iter(places), share.location))
        return
    weights = [Fraction(quantity) for quantity in places.values()]
    sales, costs = spread(share.sales, weights) or [], spread(share.cogs, weights) or []
    units = _parts_of(share.units, list(places.values()))
    for n, place in enumerate(places):
        yield replace(share, sales=sales[n], cogs=costs[n], units=units[n], location=place)


def _parts_of(units: Decimal | None, quantities: Sequence[Decimal]) -> list[Decimal | None]:
    """`units` in proportion to the quantities; the last part takes what division leaves."""
    if units is None:
        return [None] * len(quantities)
    whole = sum(quantities, Decimal(0))
    parts = [units * quantity / whole for quantity in quantities[:-1]]
    return [*parts, units - sum(parts, Decimal(0))]
