"""How goods and money come back: credit notes with and without restock, refunds, and goods sent back to suppliers."""

from __future__ import annotations

from decimal import Decimal

from sync.sandbox import chart
from sync.sandbox.company import Company
from sync.sandbox.lines import part_of
from sync.sandbox.records import Fulfilment, Invoice, Line, Purchase, Sale
from sync.sandbox.selling import percent_of, relieve, settlement
from sync.sandbox.stock_flow import Layer, Lot, Taken


def take_back(company: Company) -> None:
    """A customer sends something back: a credit note, mostly with restock, and a refund where the invoice was paid."""
    if not company.sales:
        return
    sale = company.random.choice(company.sales[-400:])
    made = next((each for each in sale.invoices if each.status != "VOIDED" and not _credited(sale, each)), None)
    if made is None or sale.status == "VOIDED":
        return
    goods = [row for row in made.lines if row.good and not row.good.service]
    shipment = next((each for each in sale.fulfilments if each.invoice is made), None)
    if not goods or shipment is None or shipment.status != "SHIPPED" or shipment.late:
        return
    credit(company, sale, made, shipment, goods[0])


def _credited(sale: Sale, made: Invoice) -> bool:
    return any(each.against is made for each in sale.credits)


def credit(company: Company, sale: Sale, made: Invoice, shipment: Fulfilment, row: Line) -> None:
    assert row.good is not None  # noqa: S101 - the caller chose a line of goods
    quantity = row.good.step if row.quantity > row.good.step else row.quantity
    party = sale.party
    back = part_of(company, row, quantity, party.currency, made.rate, percent_of(company, party), party.inclusive)
    total = back.net + back.tax
    abroad = party.currency != company.currency
    if not total or 0 < made.open < total or (abroad and made.open <= total):
        return
    note = Invoice(company.new_id(), company.next("CR"), company.today, company.today, made.rate, [back],
                   against=made, place=shipment.place)  # fmt: skip
    sale.credits.append(note)
    note.open, note.open_base = note.total, note.total_base
    pairs = [(back.account, chart.RECEIVABLE, back.net_base), (chart.TAX, chart.RECEIVABLE, back.tax_base)]
    if made.open >= total:
        note.open, note.open_base = 0, 0
        made.open -= total
        made.open_base -= note.total_base
    else:
        note.paid_back = chart.CLEARING if party.channel else chart.CHECKING
    company.post("Sale", "credit", note.number, note.day, pairs, source=sale, task=note.task, part_of=note,
                 place=note.place)  # fmt: skip
    if company.random.random() < 0.8:
        _restock(company, sale, note, shipment, row, quantity)
    if note.open:
        _refund(company, sale, note)


def _restock(company: Company, sale: Sale, note: Invoice, shipment: Fulfilment, row: Line, quantity: Decimal) -> None:
    """The goods go back into stock at what they cost when they left."""
    good, taken = next((good, taken) for good, taken in shipment.picked if good is row.good)
    quantity = min(quantity, taken.quantity)
    cost = (
        taken.cost if quantity == taken.quantity else int((taken.cost * quantity / taken.quantity).to_integral_value())
    )
    place, old = shipment.place, taken.layer
    lot = Lot(good.id, place.name, quantity, cost, good.stock)
    layer = Layer(lot, quantity, cost, company.today, old.bin, old.batch, old.expiry, company.new_id())
    company.stock.put(layer, good.id, place.name)
    note.returned.append((Taken(layer, quantity, cost), company.today))
    kind = "RestockMultiple" if sale.kind == "Advanced Sale" else "Restock"
    company.moved(good, note.task, kind, note.number, company.today, quantity, cost, place.name, old.batch,
                  sale.party.name)  # fmt: skip
    company.post("Sale", "restock", note.number, company.today, [(good.stock, good.cogs, cost)], source=sale,
                 task=note.task, part_of=note, place=place)  # fmt: skip


def _refund(company: Company, sale: Sale, note: Invoice) -> None:
    back = settlement(company, note.open, note.paid_back, note.rate, company.next("PMT"))
    back.base = back.relieved = relieve(note, note.open)
    note.refunds.append(back)
    company.post("Sale", "refund", note.number, back.day, [(chart.RECEIVABLE, note.paid_back, back.base)], source=sale,
                 task=note.task, part_of=note, money=back, place=note.place)  # fmt: skip


def send_back(company: Company) -> None:
    """Goods go back to a home supplier: a supplier credit note at the price they were billed at."""
    for purchase in reversed(company.purchases[-60:]):
        bill = purchase.bills[0] if purchase.bills else None
        home = purchase.party.currency == company.currency and not purchase.service and not purchase.credits
        if bill and home and bill.open > 0 and purchase.receipts and _send_back(company, purchase, bill):
            return


def _send_back(company: Company, purchase: Purchase, bill: Invoice) -> bool:
    for row, _, lot, _, batch, _, _ in purchase.receipts[0].lines:
        layer = next((each for each in company.stock.left_of(lot)), None)
        if layer and layer.quantity > 1 and _unstock(company, purchase, bill, row, layer, batch):
            return True
    return False


def _unstock(company: Company, purchase: Purchase, bill: Invoice, row: Line, layer: Layer, batch: str) -> bool:
    party = purchase.party
    percent = company.catalogue.tax_percent if row.tax else Decimal(0)
    back = part_of(company, row, Decimal(1), party.currency, purchase.rate, percent, party.inclusive)
    total = back.net + back.tax
    if not 0 < total <= bill.open or back.net >= layer.cost or row.good is None:
        return False
    note = Invoice(company.new_id(), company.next("SCR"), company.today, company.today, purchase.rate, [back],
                   against=bill, place=purchase.place)  # fmt: skip
    layer.quantity, layer.cost = layer.quantity - 1, layer.cost - back.net_base
    company.stock.totals[row.good.id, layer.lot.location] -= 1
    layer.lot.open = False
    note.returned.append((Taken(layer, Decimal(1), back.net_base), company.today))
    bill.open, bill.open_base = bill.open - total, bill.open_base - note.total_base
    purchase.credits.append(note)
    pairs = [(chart.PAYABLE, row.good.stock, back.net_base), (chart.PAYABLE, chart.TAX, back.tax_base)]
    company.moved(row.good, note.task, "Advanced Purchase Unstock", note.number, company.today, Decimal(-1),
                  -back.net_base, layer.lot.location, batch, party.name)  # fmt: skip
    purchase.moves.append((note.task, row.good.id, company.today, -back.net_base))
    company.post("Purchase", "supplier credit", note.number, note.day, pairs, source=purchase, task=note.task,
                 part_of=note, place=purchase.place)  # fmt: skip
    return True
