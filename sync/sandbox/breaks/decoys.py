"""Innocent things that look guilty: equal sales, numbers that nearly agree, and business that only QBO knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.bills import bill_pairs
from sync.sandbox.books import World
from sync.sandbox.breaks.entered import entered_expense, entered_journal, entered_sale, recorded
from sync.sandbox.breaks.expected import Finding
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.breaks.strangers import home_customer, outside
from sync.sandbox.catalogue import Good, Party
from sync.sandbox.company import Fact
from sync.sandbox.lines import line
from sync.sandbox.qbo_txn import Txn
from sync.sandbox.records import Invoice, Purchase, Sale
from sync.sandbox.selling import invoice, percent_of


@dataclass(frozen=True, slots=True)
class Decoys:
    """What must stand in no finding of nature error: Cin7 documents (task, number), QBO documents (entity, id).

    `outside`: what the innocent business of QBO adds to the sums of outside_cin7.
    """

    cin7: frozenset[tuple[str, str]]
    qbo: frozenset[tuple[str, str]]
    outside: tuple[Finding, ...]


def decoys(world: World, random: Random, taken: set[str] | None = None) -> Decoys:
    """Adds all of them to a generated world, on days of its last two months, and publishes the books."""
    scene = Scene(world, random, set() if taken is None else taken)
    before = len(scene.company.facts)
    for tempt in (_equal_customers, _equal_sales, _near_numbers, _reversing):
        with _day(scene):
            tempt(scene)
    facts = scene.company.facts[before:]
    scene.reserve(*(fact.whole for fact in facts))
    alone = [txn for tempt in (_reversed_by_hand, _equal_to_ours, _business) for txn in tempt(scene)]
    found = tuple(each for txn in alone for each in scene.findings("outside_cin7", "policy", [], [txn], summed=True))
    scene.works.publish()
    qbo = {own for fact in facts for own in fact.qbo} | {(txn.entity, txn.id) for txn in alone}
    return Decoys(frozenset((fact.task, fact.number) for fact in facts), frozenset(qbo), found)


@contextmanager
def _day(scene: Scene) -> Iterator[date]:
    """The company's calendar stands on a day of its last two months; it is put back afterwards."""
    company, today = scene.company, scene.company.today
    company.today = max(today - timedelta(scene.random.randint(0, 55)), company.opening + timedelta(1))
    try:
        yield company.today
    finally:
        company.today = today


def _single(scene: Scene) -> list[Party]:
    """Home customers whose sales are never consolidated, in random order."""
    catalogue = scene.company.catalogue
    found = [each for each in catalogue.customers if each.currency == catalogue.currency and not each.channel]
    return scene.random.sample(found, len(found))


def _sell(scene: Scene, party: Party, good: Good, hours: int) -> None:
    """A service is sold and invoiced in Cin7, and reaches QBO as always."""
    company, now = scene.company, scene.company.now()
    sale = Sale(company.new_id(), company.next("SO"), company.today, party, company.catalogue.places[0],
                "Service Sale", Decimal(1), [], now, now)  # fmt: skip
    sale.lines = [line(company, good, Decimal(hours), good.price, good.revenue, currency=party.currency,
                       rate=Decimal(1), percent=percent_of(company, party), inclusive=party.inclusive)]  # fmt: skip
    company.sales.append(sale)
    company.touch(sale)
    invoice(company, sale, None, sale.lines)


def _equal_customers(scene: Scene) -> None:
    """Two customers are invoiced the same amount on one day, where any two are taxed alike."""
    customers = _single(scene)
    alike = [
        (first, second)
        for n, first in enumerate(customers)
        for second in customers[n + 1 :]
        if second.taxed == first.taxed and second.name != first.name
    ]
    if not alike:
        return
    first, second = alike[0]
    good, hours = scene.random.choice(scene.company.catalogue.services), scene.random.randint(2, 9)
    _sell(scene, first, good, hours)
    _sell(scene, second, good, hours)


def _equal_sales(scene: Scene) -> None:
    """One customer buys the same twice on one day: two sales, two invoices, both genuine."""
    party, good = _single(scene)[0], scene.random.choice(scene.company.catalogue.services)
    hours = scene.random.randint(2, 9)
    _sell(scene, party, good, hours)
    _sell(scene, party, good, hours)


def _near_numbers(scene: Scene) -> None:
    """Bills whose numbers differ by leading zeros or a prefix: other suppliers, and one supplier with other amounts."""
    suppliers = [each for each in scene.company.catalogue.suppliers if each.currency == scene.company.currency]
    first, second = scene.random.sample(suppliers, 2)
    n = 70_000 + scene.random.randint(1, 9_999)
    amount = scene.money(100, 900)
    _bill(scene, first, f"{n}", amount)
    _bill(scene, second, f"00{n}", amount)
    _bill(scene, first, f"A-{n}", amount + scene.money(1, 9))
    _bill(scene, second, f"{n}-1", scene.money(100, 900))


def _bill(scene: Scene, party: Party, number: str, minor: int) -> None:
    company, now = scene.company, scene.company.now()
    purchase = Purchase(company.new_id(), company.next("PO"), company.today, party, company.catalogue.places[0],
                        Decimal(1), False, [], now, now, kind="Service Purchase", service=True)  # fmt: skip
    price = Decimal(minor).scaleb(-digits(company.currency))
    row = line(company, None, Decimal(1), price, chart.OFFICE, currency=party.currency, rate=Decimal(1),
               percent=Decimal(0), text="Office fittings")  # fmt: skip
    made = Invoice(company.new_id(), number, company.today, company.today + timedelta(party.terms), Decimal(1), [row],
                   place=purchase.place)  # fmt: skip
    purchase.bills.append(made)
    company.purchases.append(purchase)
    made.open, made.open_base = made.total, made.total_base
    company.post("Purchase", "bill", number, made.day, bill_pairs(company, made), source=purchase, task=made.task,
                 part_of=made, place=made.place)  # fmt: skip


def _reversing(scene: Scene) -> None:
    """A journal of Cin7 and its exact opposite, on one day; and the same journal once more."""
    value, day = scene.money(100, 500), scene.company.today
    accrued = (chart.OFFICE, chart.ACCRUED_COSTS, value, "Accrual")
    for row in (accrued, (chart.ACCRUED_COSTS, chart.OFFICE, value, "Accrual reversed"), accrued):
        recorded(scene, "Journal", day, [row], heard=True)


def _reversed_by_hand(scene: Scene) -> list[Txn]:
    """A payroll accrual of QBO, reversed on the first of the next month."""
    last = scene.world.today.replace(day=1) - timedelta(1)
    amount, made = scene.money(500, 900), []
    for day, way, note in ((last, 1, "Payroll accrual"), (last + timedelta(1), -1, "Payroll accrual reversed")):
        rows = [(chart.PAYROLL, way * amount, note), (chart.PAYROLL_OWED, -way * amount, note)]
        made.append(entered_journal(scene, (day, scene.company.now()), "", note, rows))
    return made


def _equal_to_ours(scene: Scene) -> list[Txn]:
    """Payroll, an owner's draw and a consulting receipt for exactly what a shipment, bill or invoice came to."""
    made = []
    for part in ("cost", "bill", "invoice"):
        fact = _some(scene, part)
        when, amount = (fact.day, fact.at + timedelta(hours=3)), sum(pair.amount for pair in fact.pairs)
        if part == "cost":
            rows = [(chart.PAYROLL, amount, "Bonus"), (chart.CHECKING, -amount, "Bonus")]
            made.append(entered_journal(scene, when, f"PAYB{fact.day:%y%m%d}", "Payroll bonus", rows))
        elif part == "bill":
            made.append(entered_expense(scene, when, "Owner draw", [(chart.DRAWS, amount, "Owner draw")]))
        else:
            rows = [(chart.CONSULTING, amount, "Consulting")]
            made.append(entered_sale(scene, when, "SalesReceipt", "", home_customer(scene), rows, note="Consulting"))
    return made


def _some(scene: Scene, part: str) -> Fact:
    facts = scene.facts(part)
    if not facts:
        raise NoSuchCase(f"no {part} that stands alone")
    return facts[0]


def _business(scene: Scene) -> list[Txn]:
    """Rent through payables, and receivables revalued."""
    return [outside(scene, (_some(scene, "bill").day, scene.company.now()), way) for way in ("rent", "revaluation")]
