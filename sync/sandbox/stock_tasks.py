"""What happens to stock besides buying and selling: adjustments, counts, write-offs, and transfers between places."""

from __future__ import annotations

from decimal import Decimal

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.catalogue import Good, Place
from sync.sandbox.company import Company
from sync.sandbox.records import Piece, StockTask
from sync.sandbox.stock_flow import Layer, Lot, Taken


def task(company: Company, family: str, prefix: str, place: Place, account: str, note: str = "") -> StockTask:
    made = StockTask(company.new_id(), family, company.next(prefix), company.today, place, account, company.now(),
                     note=note)  # fmt: skip
    company.tasks.append(made)
    return made


def put_in(
    company: Company, made: StockTask, good: Good, place: Place, quantity: Decimal, cost: int, kind: str
) -> Piece:
    """New stock from a task: a layer of its own, and the movement."""
    lot = Lot(good.id, place.name, quantity, cost, good.stock)
    bin_name = place.bins[0][1] if place.bins else ""
    batch = made.number if good.batches else ""
    before = company.stock.on_hand(good.id, place.name)
    company.stock.put(Layer(lot, quantity, cost, company.today, bin_name, batch, None, company.new_id()),
                      good.id, place.name)  # fmt: skip
    company.moved(good, made.id, kind, made.number, company.today, quantity, cost, place.name, batch)
    return Piece(good, place, quantity, cost, before, bin_name, batch)


def take_out(
    company: Company, made: StockTask, good: Good, place: Place, quantity: Decimal, kind: str
) -> tuple[Piece, list[Taken]]:
    """Stock that a task uses up, at its exact cost."""
    before = company.stock.on_hand(good.id, place.name)
    taken = company.stock.take(good.id, place.name, quantity)
    for part in taken:
        company.moved(good, made.id, kind, made.number, company.today, -part.quantity, -part.cost, place.name,
                      part.layer.batch)  # fmt: skip
    first = taken[0].layer
    cost = sum(part.cost for part in taken)
    return Piece(good, place, -quantity, -cost, before, first.bin, first.batch), taken


def new_cost(company: Company, good: Good, quantity: Decimal) -> int:
    return max(1, int((good.cost * quantity).scaleb(digits(company.currency)).to_integral_value()))


def _stocked(company: Company, place: Place, at_least: Decimal) -> list[Good]:
    return [good for good in company.catalogue.goods if company.stock.on_hand(good.id, place.name) >= at_least]


def adjust(company: Company) -> None:
    """Someone finds a few too many, or a few too few."""
    place = company.random.choice(company.catalogue.places[:3])
    goods = _stocked(company, place, Decimal(4))
    if not goods:
        return
    made = task(company, "StockAdjustment", "ST", place, chart.ADJUSTMENT, "Found while tidying")
    for good in company.random.sample(goods, min(len(goods), company.random.randint(1, 2))):
        quantity = good.step * company.random.randint(1, 3)
        if company.random.random() < 0.5:
            cost = new_cost(company, good, quantity)
            made.pieces.append(put_in(company, made, good, place, quantity, cost, "Adjustment"))
        else:
            made.pieces.append(take_out(company, made, good, place, quantity, "Adjustment")[0])
    post_pieces(company, made, "adjustment")


def post_pieces(company: Company, made: StockTask, part: str) -> None:
    pairs = [(piece.good.stock, made.account, piece.cost) for piece in made.pieces]
    company.post(made.family, part, made.number, made.day, pairs, source=made, place=made.place)
    company.touch(made)


def count_stock(company: Company) -> None:
    """A stock take of one place: most lines agree, some are a little short."""
    place = company.random.choice(company.catalogue.places[:3])
    goods = _stocked(company, place, Decimal(3))[:12]
    if not goods:
        return
    made = task(company, "StockTake", "ST", place, chart.ADJUSTMENT, "Cycle count")
    for good in goods:
        luck = company.random.random()
        if luck < 0.2:
            made.pieces.append(take_out(company, made, good, place, good.step, "Stocktake")[0])
        elif luck < 0.28:
            cost = new_cost(company, good, good.step)
            made.pieces.append(put_in(company, made, good, place, good.step, cost, "Stocktake"))
        else:
            before = company.stock.on_hand(good.id, place.name)
            made.pieces.append(Piece(good, place, Decimal(0), 0, before))
    post_pieces(company, made, "stock take")


def write_off(company: Company) -> None:
    place = company.random.choice(company.catalogue.places[:2])
    goods = _stocked(company, place, Decimal(3))
    if not goods:
        return
    made = task(company, "InventoryWriteOff", "WO", place, chart.WRITE_OFF, "Damaged")
    good = company.random.choice(goods)
    made.pieces.append(take_out(company, made, good, place, good.step, "Inventory Write-Off")[0])
    post_pieces(company, made, "write-off")


def transfer(company: Company, origin: Place, to: Place, wanted: list[tuple[Good, Decimal]]) -> None:
    """Moves stock: in one step, or sent today and received days later through the in-transit account."""
    made = task(company, "StockTransfer", "TR", origin, chart.TRANSIT, "")
    made.to, made.left = to, company.today
    bundle: list[tuple[Good, Taken]] = []
    for good, quantity in wanted:
        piece, taken = take_out(company, made, good, origin, quantity, "Transfer Out")
        made.pieces.append(piece)
        bundle += [(good, part) for part in taken]
    if company.random.random() < 0.4:
        _arrive(company, made, bundle)
        return
    made.status = "IN TRANSIT"
    company.transit[made.id] = bundle
    if company.switches.transfers_post:
        pairs = [(chart.TRANSIT, piece.good.stock, -piece.cost) for piece in made.pieces]
        company.post(company.switches.transfer_type, "transfer sent", made.number, made.day, pairs, source=made,
                     place=origin)  # fmt: skip
    company.touch(made)
    company.later(company.random.randint(1, 9), receive_transfer, made)


def receive_transfer(company: Company, made: StockTask) -> None:
    bundle = company.transit.pop(made.id)
    _arrive(company, made, bundle)
    if company.switches.transfers_post:
        pairs = [(piece.good.stock, chart.TRANSIT, -piece.cost) for piece in made.pieces]
        company.post(company.switches.transfer_type, "transfer received", made.number, made.day, pairs, source=made,
                     place=made.to)  # fmt: skip


def _arrive(company: Company, made: StockTask, bundle: list[tuple[Good, Taken]]) -> None:
    """The layers lie at the other place now, cost and batch unchanged; carriage, where there was any, adds to cost."""
    assert made.to is not None  # noqa: S101 - a transfer has its destination from the start
    made.status, made.day = "COMPLETED", company.today
    carriage = 0
    if company.random.random() < 0.25 and company.switches.transfers_post:
        carriage = int(company.catalogue.unit * 12 * 10 ** digits(company.currency))
    for n, (good, part) in enumerate(bundle):
        cost = part.cost + (carriage if n == 0 else 0)
        old = part.layer
        lot = Lot(good.id, made.to.name, part.quantity, cost, good.stock)
        company.stock.put(Layer(lot, part.quantity, cost, company.today, "", old.batch, old.expiry, company.new_id()),
                          good.id, made.to.name)  # fmt: skip
        company.moved(good, made.id, "Transfer In", made.number, company.today, part.quantity, cost, made.to.name,
                      old.batch)  # fmt: skip
    made.labour = carriage
    if carriage:
        pairs = [(bundle[0][0].stock, chart.LANDED, carriage)]
        company.post(company.switches.transfer_type, "transfer cost", made.number, made.day, pairs, source=made,
                     place=made.to)  # fmt: skip
    company.touch(made)
