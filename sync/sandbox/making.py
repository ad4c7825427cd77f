"""How the practice company makes things: assemblies, production orders, and taking kits apart again."""

from __future__ import annotations

from decimal import Decimal

from sync.domain.money import digits
from sync.sandbox import chart
from sync.sandbox.company import Company
from sync.sandbox.records import StockTask
from sync.sandbox.stock_flow import share
from sync.sandbox.stock_tasks import put_in, take_out, task


def assemble(company: Company, family: str = "FinishedGoods") -> None:
    """Parts and labour go into work in progress today; the finished kits come out in a few days."""
    random, place = company.random, company.catalogue.places[0]
    kit = random.choice(company.catalogue.kits)
    quantity = Decimal(random.randint(3, 8))
    if any(company.stock.on_hand(part, place.name) < each * quantity for part, each in kit.parts):
        return
    made = task(company, family, "MO" if family == "ProductionOrder" else "FG", place, chart.WIP)
    made.left, made.status = company.today, "IN PROGRESS"
    for part, each in kit.parts:
        good = company.goods[part]
        made.pieces.append(take_out(company, made, good, place, each * quantity, "Finished Goods")[0])
    made.labour = int(company.catalogue.unit * quantity * 3 * 10 ** digits(company.currency))
    pairs = [(chart.WIP, piece.good.stock, -piece.cost) for piece in made.pieces]
    kind = company.switches.production_type if family == "ProductionOrder" else family
    company.post(kind, "work begun", made.number, company.today, [*pairs, (chart.WIP, chart.LABOUR, made.labour)],
                 source=made, place=place)  # fmt: skip
    company.later(random.randint(0, 6), finish, made, kit.id, quantity, kind)


def finish(company: Company, made: StockTask, kit: str, quantity: Decimal, kind: str) -> None:
    good, cost = company.goods[kit], made.labour - sum(piece.cost for piece in made.pieces)
    made.made = put_in(company, made, good, made.place, quantity, cost, "Finished Goods")
    made.status, made.day = "COMPLETED", company.today
    company.post(kind, "work finished", made.number, company.today, [(good.stock, chart.WIP, cost)], source=made,
                 place=made.place)  # fmt: skip


def take_apart(company: Company) -> None:
    """One kit is taken apart: its cost goes back on its parts, in the ratio of what they usually cost."""
    place = company.catalogue.places[0]
    kits = [kit for kit in company.catalogue.kits if company.stock.on_hand(kit.id, place.name) >= 3]
    if not kits:
        return
    kit = company.random.choice(kits)
    made = task(company, "Disassembly", "DA", place, chart.WIP)
    piece, _ = take_out(company, made, kit, place, Decimal(1), "Disassembly")
    made.made = piece
    weights = [company.goods[part].cost * each for part, each in kit.parts]
    parts = share(-piece.cost, weights)
    pairs = [(chart.WIP, kit.stock, -piece.cost)]
    for (part, each), cost in zip(kit.parts, parts, strict=True):
        good = company.goods[part]
        made.pieces.append(put_in(company, made, good, place, each, cost, "Disassembly"))
        pairs.append((good.stock, chart.WIP, cost))
    company.post("Disassembly", "disassembly", made.number, company.today, pairs, source=made, place=place)
    company.touch(made)
