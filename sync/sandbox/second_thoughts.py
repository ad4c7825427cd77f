"""What people take back: voided sales and tasks, undone and re-authorised documents, payments that were deleted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sync.sandbox import chart
from sync.sandbox.bills import bill_pairs
from sync.sandbox.company import Company
from sync.sandbox.lines import part_of
from sync.sandbox.records import Invoice, MoneyTask, Sale, StockTask
from sync.sandbox.selling import pay, percent_of, post_invoice
from sync.sandbox.stock_flow import Layer

_RECENT = timedelta(days=40)


def _fresh(company: Company, made: Invoice) -> bool:
    """Whether nothing has settled, credited or voided this document yet, and its month is not long gone."""
    return (
        made.status != "VOIDED"
        and made.open == made.total > 0
        and not made.settlements
        and company.today - made.day < _RECENT
    )


def _open_sale(company: Company) -> Sale | None:
    """A recent sale with an invoice that nobody has touched since."""
    for sale in reversed(company.sales[-(60 * company.size + 60) :]):
        plain = not sale.credits and not sale.prepaid and sale.kind == "Simple Sale" and sale.status != "VOIDED"
        if plain and not sale.party.channel and len(sale.invoices) == 1 and _fresh(company, sale.invoices[0]):
            return sale
    return None


def void_sale(company: Company) -> None:
    """A sale is voided as a whole."""
    sale = _open_sale(company)
    if sale and not any(shipment.late for shipment in sale.fulfilments):
        void(company, sale)


def void(company: Company, sale: Sale) -> None:
    """Takes the sale's postings back, and lays the goods into stock again; it has one invoice, which nobody paid."""
    for fact in company.facts_of[sale.id]:
        company.unpost(fact)
    for shipment in sale.fulfilments:
        for good, taken in shipment.picked:
            old, place = taken.layer, shipment.place
            if old.lot.open:
                old.lot.spent = [spent for spent in old.lot.spent if spent[0] is None or spent[0][1] is not shipment]
            company.stock.put(Layer(old.lot, taken.quantity, taken.cost, old.day, old.bin, old.batch, old.expiry,
                                    old.card), good.id, place.name)  # fmt: skip
        company.unmove(shipment.task)
        shipment.picked, shipment.status = [], "VOIDED"
    sale.invoices[0].status, sale.invoices[0].open, sale.invoices[0].open_base = "VOIDED", 0, 0
    sale.status = "VOIDED"
    company.open_sales.pop(sale.id, None)
    company.touch(sale)


def reauthorise_invoice(company: Company) -> None:
    """An invoice is undone and authorised again with a discount: same number, other amounts."""
    sale = _open_sale(company)
    if sale is None:
        return
    made, party = sale.invoices[0], sale.party
    row = made.lines[0]
    if row.good is None:
        return
    row.discount = Decimal(12)
    made.lines[0] = part_of(company, row, row.quantity, party.currency, made.rate, percent_of(company, party),
                            party.inclusive)  # fmt: skip
    for fact in company.facts_of[sale.id]:
        if fact.part == "invoice" and fact.part_of is made and not fact.voided:
            company.unpost(fact)
    made.day = min(company.today, made.day + timedelta(days=1))
    post_invoice(company, sale, made)


def reauthorise_bill(company: Company) -> None:
    """A bill had the wrong number: undone, and authorised again with the right one."""
    for purchase in reversed(company.purchases[-80:]):
        if purchase.credits or purchase.prepaid or not purchase.bills or not _fresh(company, purchase.bills[0]):
            continue
        made = purchase.bills[0]
        for fact in company.facts_of[purchase.id]:
            if fact.part == "bill" and fact.part_of is made and not fact.voided:
                company.unpost(fact)
        made.number += "A"
        company.post("Purchase", "bill", made.number, made.day, bill_pairs(company, made), source=purchase,
                     task=made.task, part_of=made, place=made.place)  # fmt: skip
        return


def delete_payment(company: Company) -> None:
    """A payment was entered on the wrong invoice: it is deleted, which leaves no trace, and comes again later."""
    for sale in reversed(company.sales[-(60 * company.size + 60) :]):
        for made in sale.invoices:
            paid = made.settlements[-1] if made.settlements else None
            if paid is None or paid.account != chart.CHECKING or company.today - paid.day > _RECENT or sale.credits:
                continue
            for fact in company.facts_of[sale.id]:
                if fact.money is paid and not fact.voided:
                    company.unpost(fact)
            made.settlements.remove(paid)
            made.open, made.open_base = made.open + paid.amount, made.open_base + paid.relieved
            company.touch(sale)
            company.later(company.random.randint(2, 6), pay, sale, made, paid.amount, chart.CHECKING)
            return


def void_write_off(company: Company) -> None:
    """A write-off was a mistake: voided, and the goods lie in stock at the same cost."""
    for made in reversed(company.tasks[-40:]):
        if made.family != "InventoryWriteOff" or made.status == "VOIDED" or company.today - made.day > _RECENT:
            continue
        piece = made.pieces[0]
        if company.stock.layers.get((piece.good.id, piece.place.name)):
            void_task(company, made)
            return


def void_task(company: Company, made: StockTask) -> None:
    """Voids a write-off: its goods join what still lies in that place, at the cost at which they left."""
    piece = made.pieces[0]
    first = company.stock.layers[piece.good.id, piece.place.name][0]
    first.quantity, first.cost = first.quantity - piece.quantity, first.cost - piece.cost
    first.lot.open = False
    company.stock.totals[piece.good.id, piece.place.name] -= piece.quantity
    company.unmove(made.id)
    for fact in company.facts_of[made.id]:
        company.unpost(fact)
    made.status = "VOIDED"
    company.touch(made)


def void_money(company: Company) -> None:
    """A journal or an expense is voided."""
    for made in reversed(company.money[-60:]):
        if made.family in ("Journal", "Spend Money") and made.status != "VOIDED" and made.note != "Opening balances" \
                and company.today - made.day < _RECENT:  # fmt: skip
            void_record(company, made)
            return


def void_record(company: Company, made: MoneyTask) -> None:
    for fact in company.facts_of[made.id]:
        company.unpost(fact)
    made.status = "VOIDED"
    company.touch(made)
