"""How the practice company sells: orders, shipments, invoices and the customers' money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.catalogue import Good, Party, Place
from sync.sandbox.company import Company
from sync.sandbox.lines import line, part_of
from sync.sandbox.records import Fulfilment, Invoice, Line, Sale, Settlement

_WAIT_FOR_STOCK = 2


def percent_of(company: Company, party: Party) -> Decimal:
    return company.catalogue.tax_percent if party.taxed else Decimal(0)


def take_order(company: Company) -> None:
    """A customer orders; what follows (shipping, invoicing, paying, returning) goes on the agenda."""
    random, catalogue = company.random, company.catalogue
    party = random.choice(catalogue.customers)
    luck = random.random()
    kind = "Service Sale" if luck < 0.05 else "Advanced Sale" if luck < 0.2 and not party.channel else "Simple Sale"
    place = catalogue.places[(0, 0, 1, 2)[random.randrange(4)]]
    rate = catalogue.rate(party.currency, company.today)
    now = company.now()
    sale = Sale(company.new_id(), company.next("SO"), company.today, party, place, kind, rate, [], now, now)
    sale.lines = _order_lines(company, sale)
    company.sales.append(sale)
    company.open_sales[sale.id] = sale
    company.touch(sale)
    if party.terms and party.currency == company.currency and random.random() < 0.12:
        _prepay(company, sale)
    if kind == "Service Sale":
        company.later(random.randint(0, 2), invoice, sale, None, sale.lines)
    elif kind == "Advanced Sale":
        _plan_parts(company, sale)
    else:
        _plan_simple(company, sale)


def _order_lines(company: Company, sale: Sale) -> list[Line]:
    random, catalogue, party = company.random, company.catalogue, sale.party
    percent, rate = percent_of(company, party), sale.rate

    def priced(good: Good | None, quantity: Decimal, price: Decimal, account: str, text: str = "") -> Line:
        discount = Decimal(random.choice((0, 0, 0, 0, 5, 10))) if good else Decimal(0)
        local = (price / rate).quantize(Decimal(1).scaleb(-digits(party.currency)))
        return line(company, good, quantity, local, account, currency=party.currency, rate=rate, percent=percent,
                    inclusive=party.inclusive, discount=discount, text=text)  # fmt: skip

    if sale.kind == "Service Sale":
        good = random.choice(catalogue.services)
        return [priced(good, Decimal(random.randint(1, 8)), good.price, good.revenue)]
    pool = catalogue.goods if random.random() < 0.95 else catalogue.kits
    most = 3 if party.channel else 8
    lines = [
        priced(good, good.step * random.randint(1, most), good.price, good.revenue)
        for good in random.sample(pool, random.randint(1, 3))
    ]
    if random.random() < 0.15:
        good = catalogue.services[0]
        lines.append(priced(good, Decimal(1), good.price, good.revenue))
    if random.random() < 0.5:
        lines.append(priced(None, Decimal(1), catalogue.unit * random.randint(4, 25), chart.SHIPPING, "Shipping"))
    return lines


def _plan_simple(company: Company, sale: Sale) -> None:
    random = company.random
    shipment = Fulfilment(company.new_id(), 1, sale.day, sale.place, wanted(sale.lines))
    sale.fulfilments.append(shipment)
    luck, first = random.random(), random.randint(0, 2)
    ship_after, bill_after = first, first
    if luck < 0.15:
        ship_after += random.randint(1, 6)
    elif luck < 0.27:
        bill_after += random.randint(1, 5)
    company.later(bill_after, invoice, sale, shipment, sale.lines)
    company.later(ship_after, ship, sale, shipment)


def _plan_parts(company: Company, sale: Sale) -> None:
    """Two shipments, each with its own invoice; the second carries what the first left out."""
    percent = percent_of(company, sale.party)
    halves: tuple[list[Line], list[Line]] = ([], [])
    for n, row in enumerate(sale.lines):
        whole = row.good is not None and not row.good.service and row.quantity % 1 == 0 and row.quantity > 1
        first = row.quantity // 2 if whole else row.quantity * (n % 2)
        for half, quantity in zip(halves, (first, row.quantity - first), strict=True):
            if quantity:
                half.append(part_of(company, row, quantity, sale.party.currency, sale.rate, percent,
                                    sale.party.inclusive))  # fmt: skip
    after = company.random.randint(0, 3)
    for n, half in enumerate(half for half in halves if half):
        goods = wanted(half)
        shipment = Fulfilment(company.new_id(), n + 1, sale.day, sale.place, goods) if goods else None
        if shipment:
            sale.fulfilments.append(shipment)
            company.later(after, ship, sale, shipment)
        company.later(after + company.random.randint(0, 4), invoice, sale, shipment, half)
        after += company.random.randint(2, 12)


def wanted(lines: list[Line]) -> list[tuple[Good, Decimal]]:
    return [(row.good, row.quantity) for row in lines if row.good and not row.good.service]


def ship(company: Company, sale: Sale, shipment: Fulfilment) -> None:
    """Ships, from another place where the sale's own lacks stock, or later where all do. Cost posts now."""
    if sale.status == "VOIDED" or shipment.status == "SHIPPED":
        return
    place = _place_with_stock(company, sale.place, shipment.wanted)
    if place is None:
        sale.status = "BACKORDERED"
        company.touch(sale)
        company.later(_WAIT_FOR_STOCK, ship, sale, shipment)
        return
    shipment.place, shipment.day, shipment.status = place, company.today, "SHIPPED"
    sale.status = "SHIPPED"
    if all(each.status == "SHIPPED" for each in sale.fulfilments):
        company.open_sales.pop(sale.id, None)
    for good, quantity in shipment.wanted:
        kind = "SaleMultiple" if sale.kind == "Advanced Sale" else "Sale"
        for taken in company.stock.take(good.id, place.name, quantity, (sale, shipment, good)):
            shipment.picked.append((good, taken))
            company.moved(good, shipment.task, kind, sale.number, company.today, -taken.quantity, -taken.cost,
                          place.name, taken.layer.batch, sale.party.name)  # fmt: skip
    post_cost(company, sale, shipment)


def post_cost(company: Company, sale: Sale, shipment: Fulfilment) -> None:
    costs: dict[tuple[str, str], int] = {}
    for good, taken in shipment.picked:
        costs[good.cogs, good.stock] = costs.get((good.cogs, good.stock), 0) + taken.cost
    number = shipment.invoice.number if shipment.invoice else sale.number
    pairs = [(cogs, stock, cost) for (cogs, stock), cost in costs.items()]
    company.post("Sale", "cost", number, shipment.day, pairs, source=sale, task=shipment.task,
                 part_of=shipment.invoice, place=shipment.place)  # fmt: skip


def _place_with_stock(company: Company, first: Place, goods: list[tuple[Good, Decimal]]) -> Place | None:
    need: dict[str, Decimal] = {}
    for good, quantity in goods:
        need[good.id] = need.get(good.id, Decimal(0)) + quantity
    for place in (first, *company.catalogue.places):
        if all(company.stock.on_hand(product, place.name) >= quantity for product, quantity in need.items()):
            return place
    return None


def invoice(company: Company, sale: Sale, shipment: Fulfilment | None, lines: list[Line]) -> Invoice | None:
    """Authorises an invoice: revenue, shipping and tax post today; payments go on the agenda."""
    if sale.status == "VOIDED":
        return None
    party = sale.party
    rate = company.catalogue.rate(party.currency, company.today)
    percent = percent_of(company, party)
    fresh = [part_of(company, row, row.quantity, party.currency, rate, percent, party.inclusive) for row in lines]
    number = company.next("INV")
    made = Invoice(company.new_id(), number, company.today, company.today + timedelta(party.terms), rate, fresh,
                   run=len(sale.invoices) + 1, place=sale.place)  # fmt: skip
    sale.invoices.append(made)
    if shipment:
        shipment.invoice = made
    post_invoice(company, sale, made)
    use_prepayment(company, sale, made)
    _plan_payment(company, sale, made)
    return made


def post_invoice(company: Company, sale: Sale, made: Invoice) -> None:
    made.open, made.open_base = made.total, made.total_base
    company.post("Sale", "invoice", made.number, made.day, _invoice_pairs(made), source=sale, task=made.task,
                 part_of=made, place=made.place)  # fmt: skip


def _invoice_pairs(made: Invoice) -> list[tuple[str, str, int]]:
    rows = [(chart.RECEIVABLE, row.account, row.net_base) for row in made.lines]
    return [*rows, *((chart.RECEIVABLE, chart.TAX, row.tax_base) for row in made.lines)]


def _plan_payment(company: Company, sale: Sale, made: Invoice) -> None:
    random = company.random
    if sale.party.channel:
        company.later(0, pay, sale, made, 0, chart.CLEARING)
        return
    luck, days = random.random(), sale.party.terms + random.randint(-8, 20)
    if luck < 0.08:
        return
    if luck < 0.2:
        company.later(days // 2, pay, sale, made, made.total * 2 // 5, chart.CHECKING)
    company.later(days, pay, sale, made, 0, chart.CHECKING)


def settlement(company: Company, amount: int, account: str, rate: Decimal, reference: str) -> Settlement:
    return Settlement(company.new_id(), company.today, amount, account, rate, reference, company.now())


def relieve(made: Invoice, amount: int) -> int:
    """Takes `amount` off what is open; the base part of it, the last one taking all that is left."""
    part = (
        made.open_base
        if amount == made.open
        else int((Decimal(made.open_base) * amount / made.open).to_integral_value())
    )
    made.open, made.open_base = made.open - amount, made.open_base - part
    return part


def pay(company: Company, sale: Sale, made: Invoice, amount: int, account: str) -> None:
    """The customer pays `amount` (0: all that is open); what the rate has moved since is a currency gain or loss."""
    amount = min(amount or made.open, made.open)
    if made.status == "VOIDED" or amount <= 0:
        return
    rate = company.catalogue.rate(sale.party.currency, company.today)
    paid = settlement(company, amount, account, rate, company.next("PMT"))
    paid.base, paid.relieved = company.base(amount, sale.party.currency, rate), relieve(made, amount)
    made.settlements.append(paid)
    pairs = [(account, chart.RECEIVABLE, paid.base), (chart.FX, chart.RECEIVABLE, paid.relieved - paid.base)]
    company.post("Sale", "payment", made.number, paid.day, pairs, source=sale, task=made.task, part_of=made,
                 money=paid, place=made.place)  # fmt: skip


def _prepay(company: Company, sale: Sale) -> None:
    amount = sum(row.net + row.tax for row in sale.lines) * 3 // 10
    if not amount:
        return
    paid = settlement(company, amount, chart.CHECKING, Decimal(1), company.next("PMT"))
    paid.base = amount
    sale.prepaid.append(paid)
    company.prepaid_sales.append(sale)
    company.post("Sale", "prepayment", sale.number, paid.day, [(chart.CHECKING, chart.CUSTOMER_CREDITS, amount)],
                 source=sale, money=paid, place=sale.place)  # fmt: skip


def use_prepayment(company: Company, sale: Sale, made: Invoice) -> None:
    """Sets the customer's credit against the invoice."""
    used = sum(s.amount for each in sale.invoices for s in each.settlements if s.account == chart.CUSTOMER_CREDITS)
    amount = min(sum(paid.amount for paid in sale.prepaid) - used, made.open)
    if amount <= 0:
        return
    credit = settlement(company, amount, chart.CUSTOMER_CREDITS, Decimal(1), sale.prepaid[0].reference)
    credit.base = credit.relieved = relieve(made, amount)
    made.settlements.append(credit)
    company.post("Sale", "prepayment applied", made.number, made.day,
                 [(chart.CUSTOMER_CREDITS, chart.RECEIVABLE, amount)], source=sale, task=made.task, part_of=made,
                 money=credit, place=made.place)  # fmt: skip
