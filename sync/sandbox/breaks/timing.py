"""What is open at a day because goods and papers travel apart, from what really happened; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sync.sandbox.bills import priced
from sync.sandbox.breaks.expected import Cin7Doc, Expected, Finding
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.company import Company
from sync.sandbox.records import Fulfilment, Invoice, Purchase, Sale, StockTask


def open_at(scene: Scene, end: date) -> tuple[Finding, ...]:
    """Every timing finding at the end of `end`; `at_stake` is net sales, or cost, in base currency before tax."""
    company = scene.company
    return tuple(
        [finding for sale in company.sales for finding in _selling(scene, sale, end)]
        + [finding for purchase in company.purchases for finding in _buying(scene, purchase, end)]
        + [finding for made in company.tasks for finding in _moving(company, made, end)]
    )


def late_costs(scene: Scene, start: date, end: date) -> tuple[Finding, ...]:
    """The costs that came after their sale in these days, and that both sides posted: known, and no error."""
    return tuple(
        finding
        for fact in scene.company.facts
        if fact.part == "cost change" and fact.pairs and not fact.voided and start <= fact.day <= end
        and scene.book.made.get(id(fact))
        for finding in scene.findings("late_cost", "policy", [fact], scene.txns(fact), differing=False, money=False)
    )  # fmt: skip


def _doc(company: Company, whole: str, part: str, number: str, kind: str, day: date, amount: int = 0) -> Cin7Doc:
    task = whole if company.switches.task_id == "sale" else part
    return Cin7Doc(task.lower(), number, kind, day, amount)


def _finding(cause: str, control: str, doc: Cin7Doc, at_stake: int) -> Finding:
    root = f"{cause} {doc.task_id} {doc.reference} {doc.day}"
    return Finding(cause, "timing", control, root, doc.reference, (doc,), money=False, at_stake=at_stake)


def _selling(scene: Scene, sale: Sale, end: date) -> Iterator[Finding]:
    company = scene.company
    for made in sale.invoices:
        shipment = next((each for each in sale.fulfilments if each.invoice is made), None)
        goods = sum(row.net_base for row in made.lines if row.good and not row.good.service)
        if shipment and made.status != "VOIDED" and made.day <= end and not _gone(shipment, end) and goods:
            doc = _doc(company, sale.id, made.task, made.number, "Sale", made.day)
            yield _finding("invoiced_not_shipped", "cogs", doc, goods)
    for shipment in sale.fulfilments:
        cost = _cost(shipment, end)
        if _gone(shipment, end) and not _billed(shipment.invoice, end) and cost:
            number = shipment.invoice.number if shipment.invoice else sale.number
            doc = _doc(company, sale.id, shipment.task, number, "Sale", shipment.day)
            yield _finding("shipped_not_invoiced", "revenue", doc, cost)


def _gone(shipment: Fulfilment, end: date) -> bool:
    return shipment.status == "SHIPPED" and shipment.day <= end


def _billed(made: Invoice | None, end: date) -> bool:
    return made is not None and made.day <= end


def _cost(shipment: Fulfilment, end: date) -> int:
    late = sum(part for _, when, part in shipment.late if when <= end)
    return late + sum(taken.cost for _, taken in shipment.picked)


def _buying(scene: Scene, purchase: Purchase, end: date) -> Iterator[Finding]:
    company, accrual = scene.company, scene.world.switches.accrual
    came = [each for each in purchase.receipts if each.day <= end]
    if purchase.stock_first:
        for receipt in came:
            bill = next((each for each in purchase.bills if each.run == receipt.run), None)
            if not _billed(bill, end):
                cost = sum(
                    priced(company, purchase, row, quantity, row.price).net_base for row, quantity, *_ in receipt.lines
                )
                control = "accrued_purchases" if accrual else "inventory"
                amount = cost if accrual else 0
                doc = _doc(company, purchase.id, receipt.task, purchase.number, "Purchase", receipt.day, amount)
                yield _finding("received_not_billed", control, doc, cost)
    elif purchase.bills and not purchase.service and purchase.bills[0].day <= end:
        made = purchase.bills[0]
        left = sum(row.net_base for row in made.lines) - sum(lot.cost for each in came for _, _, lot, *_ in each.lines)
        if left:
            amount = 0 if accrual else sum(row.net_base for row in made.lines)
            doc = _doc(company, purchase.id, made.task, made.number, "Purchase", made.day, amount)
            yield _finding("billed_not_received", "inventory", doc, left)


def _moving(company: Company, made: StockTask, end: date) -> Iterator[Finding]:
    if made.family != "StockTransfer" or made.left is None or made.left > end:
        return
    if made.status == "IN TRANSIT" or made.day > end:
        cost, switches = -sum(piece.cost for piece in made.pieces), company.switches
        kind, amount = switches.transfer_type, cost if switches.transfers_post else 0
        yield _finding("in_transit", "in_transit", Cin7Doc(made.id.lower(), made.number, kind, made.left, amount), cost)


def _one(cause: str) -> Injector:
    """One of those that the company has by itself at one of its last month ends."""

    def inject(scene: Scene) -> Expected:
        end = scene.world.today
        for _ in range(6):
            found = [each for each in open_at(scene, end) if each.cause == cause and each.root not in scene.taken]
            if found:
                chosen = scene.random.choice(found)
                scene.reserve(chosen.root)
                return Expected(cause, "its own", (replace(chosen, on=end),))
            end = end.replace(day=1) - timedelta(1)
        raise NoSuchCase(f"nothing is {cause.replace('_', ' ')} at the end of any of the last months")

    return inject


TIMING = {
    cause: {"its own": _one(cause)}
    for cause in ("invoiced_not_shipped", "shipped_not_invoiced", "received_not_billed", "billed_not_received",
                  "in_transit")
}  # fmt: skip
