"""How the practice company buys: orders, deposits and receipts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.bills import bill_first, bill_receipt, percent_in, priced
from sync.sandbox.catalogue import Good, Party
from sync.sandbox.company import Company
from sync.sandbox.lines import line
from sync.sandbox.records import Line, Purchase, Receipt
from sync.sandbox.selling import settlement
from sync.sandbox.stock_flow import Layer, Lot, share


def buy(company: Company, wanted: list[tuple[Good, Decimal]]) -> None:
    """Orders goods: stock first (received, then billed) or invoice first, in one or two parts."""
    random, catalogue = company.random, company.catalogue
    party = random.choice([each for each in catalogue.suppliers if each.name != "Swift Freight Lines"])
    rate, now = catalogue.rate(party.currency, company.today), company.now()
    purchase = Purchase(company.new_id(), company.next("PO"), company.today, party, catalogue.places[0], rate,
                        random.random() < 0.7, [], now, now)  # fmt: skip
    purchase.lines = [_line(company, party, rate, good, quantity) for good, quantity in wanted]
    company.purchases.append(purchase)
    for good, quantity in wanted:
        company.on_order[good.id, purchase.place.name] += quantity
    company.touch(purchase)
    if party.currency == company.currency and random.random() < 0.15:
        _deposit(company, purchase)
    parts = _parts(company, purchase)
    purchase.kind = "Simple Purchase" if len(parts) == 1 else "Advanced Purchase"
    after = random.randint(4, 12)
    if purchase.stock_first:
        for n, part in enumerate(parts):
            company.later(after, receive, purchase, part, n + 1)
            company.later(after + random.randint(1, 16), bill_receipt, purchase, n + 1)
            after += random.randint(3, 9)
        return
    company.later(random.randint(1, 3), bill_first, purchase)
    for n, part in enumerate(parts):
        company.later(after, receive, purchase, part, n + 1)
        after += random.randint(3, 9)


def _line(company: Company, party: Party, rate: Decimal, good: Good, quantity: Decimal) -> Line:
    cost = good.cost * company.random.randint(92, 112) / 100
    places = digits(party.currency) + (2 if good.stock == chart.MATERIALS else 0)
    price = max((cost / rate).quantize(Decimal(1).scaleb(-places)), Decimal(1).scaleb(-digits(party.currency)))
    account = chart.ACCRUED if company.switches.accrual else good.stock
    return line(company, good, quantity, price, account, currency=party.currency, rate=rate,
                percent=percent_in(company, party))  # fmt: skip


def _parts(company: Company, purchase: Purchase) -> list[list[tuple[Line, Decimal]]]:
    if company.random.random() < 0.7:
        return [[(row, row.quantity) for row in purchase.lines]]
    halves = [(row, (row.quantity / 2).to_integral_value()) for row in purchase.lines]
    rest = [(row, row.quantity - half) for row, half in halves]
    return [[each for each in part if each[1]] for part in (halves, rest)]


def _deposit(company: Company, purchase: Purchase) -> None:
    amount = sum(row.net + row.tax for row in purchase.lines) // 4
    paid = settlement(company, amount, chart.CHECKING, Decimal(1), company.next("DEP"))
    paid.base = amount
    purchase.prepaid.append(paid)
    company.post("Purchase", "deposit", purchase.number, paid.day, [(chart.SUPPLIER_DEPOSITS, chart.CHECKING, amount)],
                 source=purchase, money=paid, place=purchase.place)  # fmt: skip


def receive(company: Company, purchase: Purchase, part: list[tuple[Line, Decimal]], run: int) -> None:
    """Stock comes in at the order's price, or at what was billed; with accrual on it posts against GRNI."""
    if purchase.status == "VOIDED":
        return
    receipt = Receipt(company.new_id(), run, company.today)
    pairs = []
    for row, quantity in part:
        good = row.good
        assert good is not None  # noqa: S101 - only goods are received
        cost = _cost(company, purchase, row, quantity, run)
        pairs.append((good.stock, chart.ACCRUED, cost))
        _shelve(company, purchase, receipt, row, quantity, cost)
        company.on_order[good.id, purchase.place.name] -= quantity
    purchase.receipts.append(receipt)
    company.touch(purchase)
    if company.switches.accrual:
        company.post("Purchase", "receipt", purchase.number, receipt.day, pairs, source=purchase, task=receipt.task,
                     place=purchase.place)  # fmt: skip


def _cost(company: Company, purchase: Purchase, row: Line, quantity: Decimal, run: int) -> int:
    """What a part of a line costs: its own price where the receipt comes first, else its part of what was billed."""
    if purchase.stock_first:
        return priced(company, purchase, row, quantity, row.price).net_base
    if run == 1:
        return share(row.net_base, [quantity, row.quantity - quantity])[0]
    earlier = (lot.cost for each in purchase.receipts for other, _, lot, *_ in each.lines if other is row)
    return row.net_base - sum(earlier)


def _shelve(company: Company, purchase: Purchase, receipt: Receipt, row: Line, quantity: Decimal, cost: int) -> None:
    good, place = row.good, purchase.place
    assert good is not None  # noqa: S101 - only goods are received
    lot = Lot(good.id, place.name, quantity, cost, good.stock, open=purchase.stock_first)
    bin_name = company.random.choice(place.bins)[1] if place.bins and company.random.random() < 0.6 else ""
    batch = f"{purchase.number}-{receipt.run}" if good.batches else ""
    expiry = company.today + timedelta(720) if good.batches else None
    card = company.new_id()
    company.stock.put(Layer(lot, quantity, cost, company.today, bin_name, batch, expiry, card), good.id, place.name)
    receipt.lines.append((row, quantity, lot, bin_name, batch, expiry, card))
    company.moved(good, receipt.task, "Advanced Purchase", purchase.number, company.today, quantity, cost, place.name,
                  batch, purchase.party.name)  # fmt: skip
    purchase.moves.append((receipt.task, good.id, company.today, cost))
