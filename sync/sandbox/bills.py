"""Suppliers' bills: goods, freight on top, landed cost that comes late, and paying them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.catalogue import Party
from sync.sandbox.company import Company
from sync.sandbox.lines import line
from sync.sandbox.records import Invoice, Line, Purchase
from sync.sandbox.selling import relieve, settlement
from sync.sandbox.stock_flow import Lot, share


def percent_in(company: Company, party: Party) -> Decimal:
    taxed = company.catalogue.purchase_tax and party.taxed
    return company.catalogue.tax_percent if taxed else Decimal(0)


def priced(company: Company, purchase: Purchase, row: Line, quantity: Decimal, price: Decimal) -> Line:
    return line(company, row.good, quantity, price, row.account, currency=purchase.party.currency,
                rate=purchase.rate, percent=percent_in(company, purchase.party))  # fmt: skip


def _supplier_number(company: Company) -> str:
    """Suppliers number their bills in their own way."""
    company.numbers["bill"] += 1
    n = company.numbers["bill"]
    return (f"{n:05d}", f"R-{company.today:%y}/{n}", f"SI{n:06d}")[n % 3]


def bill_receipt(company: Company, purchase: Purchase, run: int) -> None:
    """The supplier bills what came in, sometimes at another price or with freight on top."""
    receipt = next((each for each in purchase.receipts if each.run == run), None)
    if receipt is None or purchase.status == "VOIDED":
        return
    dearer = Decimal(103) / 100 if company.random.random() < 0.12 else Decimal(1)
    rows, deltas = [], []
    for row, quantity, lot, *_ in receipt.lines:
        as_ordered = priced(company, purchase, row, quantity, row.price)
        made = priced(company, purchase, row, quantity, (row.price * dearer).quantize(row.price))
        delta = made.net_base - as_ordered.net_base
        if delta and not company.stock.can_recost(lot, delta):
            made, delta = as_ordered, 0
        made.accrued, made.accrued_base = as_ordered.net, as_ordered.net_base
        rows.append(made)
        deltas.append((lot, delta))
    lots = [lot for lot, _ in deltas]
    freight = _freight(company, purchase, lots) if company.random.random() < 0.2 else None
    if freight:
        rows.append(freight)
        deltas += list(zip(lots, share(freight.net_base, [Decimal(lot.cost) for lot in lots]), strict=True))
    _authorise(company, purchase, rows, run)
    for lot, delta in deltas:
        late_cost(company, purchase, lot, delta)
    if company.random.random() < 0.15:
        company.later(company.random.randint(5, 20), bill_landed_cost, purchase, lots)
    else:
        for lot in lots:
            lot.open = False


def _freight(company: Company, purchase: Purchase, lots: list[Lot]) -> Line | None:
    party = purchase.party
    price = (company.catalogue.unit * company.random.randint(20, 90) / purchase.rate).quantize(
        Decimal(1).scaleb(-digits(party.currency))
    )
    made = line(company, None, Decimal(1), price, chart.STOCK, currency=party.currency, rate=purchase.rate,
                percent=Decimal(0), text="Inbound freight")  # fmt: skip
    accounts = {lot.account for lot in lots}
    if len(accounts) != 1 or not all(company.stock.can_recost(lot, made.net_base) for lot in lots):
        return None
    made.account = accounts.pop()
    return made


def bill_first(company: Company, purchase: Purchase) -> None:
    """The bill comes before the goods."""
    if purchase.status != "VOIDED":
        for row in purchase.lines:
            row.accrued, row.accrued_base = row.net, row.net_base
        _authorise(company, purchase, list(purchase.lines), 1)


def _authorise(company: Company, purchase: Purchase, rows: list[Line], run: int) -> None:
    party = purchase.party
    due = company.today + timedelta(party.terms)
    made = Invoice(company.new_id(), _supplier_number(company), company.today, due, purchase.rate, rows,
                   run=run, place=purchase.place)  # fmt: skip
    purchase.bills.append(made)
    purchase.status = "INVOICED"
    made.open, made.open_base = made.total, made.total_base
    company.post("Purchase", "bill", made.number, made.day, bill_pairs(company, made), source=purchase,
                 task=made.task, part_of=made, place=made.place)  # fmt: skip
    _use_deposit(company, purchase, made)
    company.later(party.terms + company.random.randint(-5, 15), pay_bill, purchase, made)


def bill_pairs(company: Company, made: Invoice) -> list[tuple[str, str, int]]:
    """What a bill posts: it clears what was accrued, and puts on stock what it adds (or, without accrual, all)."""
    pairs = []
    for row in made.lines:
        if row.good and company.switches.accrual:
            pairs.append((chart.ACCRUED, chart.PAYABLE, row.accrued_base))
            pairs.append((row.good.stock, chart.PAYABLE, row.net_base - row.accrued_base))
        else:
            pairs.append((row.account, chart.PAYABLE, row.net_base))
        pairs.append((chart.TAX, chart.PAYABLE, row.tax_base))
    return pairs


def late_cost(company: Company, purchase: Purchase, lot: Lot, delta: int) -> None:
    """Spreads a cost that came after the goods: what was sold meanwhile goes on to cost of sales, sale by sale."""
    if not delta:
        return
    _, sold = company.stock.recost(lot, delta)
    good = company.goods[lot.product]
    company.moved(good, purchase.id, "Advanced Purchase Cost Change", purchase.number, company.today, Decimal(0), delta,
                  lot.location, "", purchase.party.name)  # fmt: skip
    for (sale, shipment, sold_good), part in sold:
        shipment.late.append((sold_good, company.today, part))
        kind = "SaleMultiple COGS Change" if sale.kind == "Advanced Sale" else "Sale COGS Change"
        company.moved(sold_good, shipment.task, kind, sale.number, company.today, Decimal(0), -part,
                      shipment.place.name, "", sale.party.name)  # fmt: skip
        number = shipment.invoice.number if shipment.invoice else sale.number
        company.post("Sale", "cost change", number, company.today, [(sold_good.cogs, sold_good.stock, part)],
                     source=sale, task=shipment.task, part_of=shipment.invoice, place=shipment.place)  # fmt: skip


def bill_landed_cost(company: Company, purchase: Purchase, lots: list[Lot]) -> None:
    """A forwarder's own bill arrives: it goes through landed cost clearing on to the goods that it carried."""
    amount = int(company.catalogue.unit * company.random.randint(30, 120) * 10 ** digits(company.currency))
    usable = [lot for lot in lots if company.stock.can_recost(lot, amount)]
    if usable:
        catalogue, now = company.catalogue, company.now()
        forwarder = next(party for party in catalogue.suppliers if party.name == "Swift Freight Lines")
        service = Purchase(company.new_id(), company.next("PO"), company.today, forwarder, purchase.place, Decimal(1),
                           False, [], now, now, kind="Service Purchase", service=True)  # fmt: skip
        price = Decimal(amount).scaleb(-digits(company.currency))
        charge = line(company, None, Decimal(1), price, chart.LANDED, currency=company.currency, rate=Decimal(1),
                      percent=percent_in(company, forwarder), text=f"Freight on {purchase.number}")  # fmt: skip
        company.purchases.append(service)
        _authorise(company, service, [charge], 1)
        parts = share(charge.net_base, [Decimal(lot.cost) for lot in usable])
        for lot, part in zip(usable, parts, strict=True):
            purchase.journals.append((f"Landed cost {service.number}", company.today, lot.account, chart.LANDED, part))
        company.post("Purchase", "landed cost", purchase.number, company.today,
                     [(lot.account, chart.LANDED, part) for lot, part in zip(usable, parts, strict=True)],
                     source=purchase, task=purchase.receipts[0].task, place=purchase.place)  # fmt: skip
        for lot, part in zip(usable, parts, strict=True):
            late_cost(company, purchase, lot, part)
    for lot in lots:
        lot.open = False


def _use_deposit(company: Company, purchase: Purchase, made: Invoice) -> None:
    used = sum(s.amount for each in purchase.bills for s in each.settlements if s.account == chart.SUPPLIER_DEPOSITS)
    amount = min(sum(paid.amount for paid in purchase.prepaid) - used, made.open)
    if amount <= 0:
        return
    applied = settlement(company, amount, chart.SUPPLIER_DEPOSITS, Decimal(1), purchase.prepaid[0].reference)
    applied.base = applied.relieved = relieve(made, amount)
    made.settlements.append(applied)
    company.post("Purchase", "deposit applied", made.number, made.day,
                 [(chart.PAYABLE, chart.SUPPLIER_DEPOSITS, amount)], source=purchase, task=made.task, part_of=made,
                 money=applied, place=made.place)  # fmt: skip


def pay_bill(company: Company, purchase: Purchase, made: Invoice) -> None:
    """Pays what is open of a bill; what the rate has moved since is a currency gain or loss."""
    if made.status == "VOIDED" or made.open <= 0:
        return
    amount, rate = made.open, company.catalogue.rate(purchase.party.currency, company.today)
    paid = settlement(company, amount, chart.CHECKING, rate, company.next("CHK"))
    paid.base, paid.relieved = company.base(amount, purchase.party.currency, rate), relieve(made, amount)
    made.settlements.append(paid)
    pairs = [(chart.PAYABLE, chart.CHECKING, paid.base), (chart.PAYABLE, chart.FX, paid.relieved - paid.base)]
    company.post("Purchase", "supplier payment", made.number, paid.day, pairs, source=purchase, task=made.task,
                 part_of=made, money=paid, place=made.place)  # fmt: skip
