"""Builds a practice company and lets it trade on: the one door to the sandbox's business."""

from __future__ import annotations

from datetime import date
from random import Random

from sync.sandbox.books import Cin7Books, QboBooks, Truth, World
from sync.sandbox.catalogue import draw_catalogue
from sync.sandbox.cin7_side import Cin7Side
from sync.sandbox.company import Company, new_id
from sync.sandbox.integration import Integration
from sync.sandbox.switches import Switches
from sync.sandbox.trading import open_company
from sync.sandbox.works import Works


def build(
    seed: int,
    *,
    today: date,
    size: int = 1,
    months: int = 14,
    currency: str = "USD",
    time_zone: str = "America/New_York",
    switches: Switches | None = None,
) -> World:
    """A company that opened `months` before this month's first day and traded until `today`, on both sides.

    `size` 1 is about 60 sales a month. The same arguments give the same company; `switches` (default: every
    switch's first value) change how the systems tell it, never what happened. Raises ValueError for a size or a
    number of months below 1.
    """
    if size < 1 or months < 1:
        raise ValueError(f"a company needs a size and months of at least 1, not {size} and {months}")
    business, ids = Random(f"business {seed}"), Random(f"ids {seed}")
    catalogue = draw_catalogue(business, lambda: new_id(ids), size=size, currency=currency, time_zone=time_zone)
    first = today.year * 12 + today.month - 1 - months
    opening = date(first // 12, first % 12 + 1, 1)
    company = Company(catalogue, switches or Switches(), business, ids, opening, size, opening)
    world = World(seed, company.switches, today, Cin7Books(), QboBooks(), Truth(), currency)
    integration = Integration(company, world.qbo, seed)
    company.listener = integration
    works = Works(world, company, Cin7Side(company, world.cin7), integration)
    open_company(company)
    works.trade_on((today - opening).days)
    world.trade_on, world.works = works.trade_on, works
    return world
