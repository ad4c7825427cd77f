"""What really happened, summed up for tests: movements per control, cost and sales per dimension, stock, links."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sync.sandbox import chart
from sync.sandbox.books import Truth
from sync.sandbox.company import Company
from sync.sandbox.integration import Integration
from sync.sandbox.records import Sale


def tell(company: Company, integration: Integration, truth: Truth) -> None:
    """Fills `truth` afresh from the business; nothing here is read from either system's books."""
    truth.events = list(company.facts)
    truth.by_month = _by_month(company)
    truth.cost, truth.sales, truth.units = _by_dimension(company)
    truth.orders = _orders(company)
    truth.stock_value, truth.stock_quantity = _stock(company)
    truth.in_transit_value = sum(taken.cost for bundle in company.transit.values() for _, taken in bundle)
    truth.received_not_billed, truth.billed_not_received = _unmatched(company)
    truth.accounts = {}
    for code, control in chart.CONTROL_OF.items():
        truth.accounts[control] = (*truth.accounts.get(control, ()), code)
    truth.qbo_account = _accounts(integration)
    truth.qbo_only = list(integration.own.ids)


def _by_month(company: Company) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for fact in company.facts:
        for pair in fact.pairs:
            month = f"{pair.day:%Y-%m}"
            for code, amount in ((pair.debit, pair.amount), (pair.credit, -pair.amount)):
                control = chart.CONTROL_OF.get(code)
                if control:
                    sums[control, month] += amount
    return dict(sums)


Dimension = dict[str, dict[tuple[str, str], int]]


def _by_dimension(company: Company) -> tuple[Dimension, Dimension, dict[str, dict[tuple[str, str], Decimal]]]:
    """Cost of sales and sales by product, category, location, channel and customer; units by product.

    Only what sales did: revenue and cost of sales by other documents (interest) belong to no dimension.
    """
    names = ("product", "category", "location", "channel", "customer")
    cost: Dimension = {name: defaultdict(int) for name in names}
    sales: Dimension = {name: defaultdict(int) for name in names}
    units: dict[str, dict[tuple[str, str], Decimal]] = {"product": defaultdict(Decimal)}
    for sale in company.sales:
        for month, place, sku, category, amount in _costs(sale):
            keys = (sku, category, place, sale.party.channel, sale.party.name)
            for name, key in zip(names, keys, strict=True):
                cost[name][key, month] += amount
        for sign, made in [(1, each) for each in sale.invoices] + [(-1, each) for each in sale.credits]:
            if made.status == "VOIDED":
                continue
            month = f"{made.day:%Y-%m}"
            for row in made.lines:
                sku, category = (row.good.sku, row.good.category) if row.good else ("", "")
                place = made.place.name if made.place else ""
                keys = (sku, category, place, sale.party.channel, sale.party.name)
                for name, key in zip(names, keys, strict=True):
                    sales[name][key, month] += sign * row.net_base
                if row.good:
                    units["product"][sku, month] += sign * row.quantity
    return cost, sales, units


def _costs(sale: Sale) -> list[tuple[str, str, str, str, int]]:
    """(month, location, SKU, category, minor units) of every cost that the sale posted."""
    rows = []
    for each in sale.fulfilments:
        for good, taken in each.picked:
            rows.append((f"{each.day:%Y-%m}", each.place.name, good.sku, good.category, taken.cost))
        for good, day, part in each.late:
            rows.append((f"{day:%Y-%m}", each.place.name, good.sku, good.category, part))
    for note in sale.credits:
        row = next(line for line in note.lines if line.good)
        for taken, day in note.returned:
            assert row.good is not None  # noqa: S101 - lines with goods only
            place = note.place.name if note.place else ""
            rows.append((f"{day:%Y-%m}", place, row.good.sku, row.good.category, -taken.cost))
    return rows


def _orders(company: Company) -> dict[str, int]:
    """Month -> invoices authorised in it that still stand."""
    counts: dict[str, int] = defaultdict(int)
    for sale in company.sales:
        for made in sale.invoices:
            counts[f"{made.day:%Y-%m}"] += made.status != "VOIDED"
    return dict(counts)


def _stock(company: Company) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], Decimal]]:
    value: dict[tuple[str, str], int] = defaultdict(int)
    quantity: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for product, place, layer in company.stock.everything():
        key = (company.goods[product].sku, place)
        value[key] += layer.cost
        quantity[key] += layer.quantity
    return dict(value), dict(quantity)


def _unmatched(company: Company) -> tuple[int, int]:
    """Goods received and not billed, and billed and not received, at cost in base currency before tax."""
    received = billed = 0
    for purchase in company.purchases:
        runs = {bill.run for bill in purchase.bills}
        if purchase.stock_first:
            received += sum(
                lot.cost for each in purchase.receipts if each.run not in runs for _, _, lot, *_ in each.lines
            )
        elif purchase.bills and not purchase.service:
            came = sum(lot.cost for each in purchase.receipts for _, _, lot, *_ in each.lines)
            billed += sum(row.net_base for row in purchase.lines) - came
    return received, billed


def _accounts(integration: Integration) -> dict[str, tuple[str, ...]]:
    refs: dict[str, tuple[str, ...]] = {}
    for (kind, key), ref in integration.lists.refs.items():
        code = key.split(" ")[0]
        if kind == "Account" and code in chart.NAME_OF:
            refs[code] = (*refs.get(code, ()), ref["value"])
    return refs
