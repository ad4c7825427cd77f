"""Builds a practice company and lets it trade: the one door to the sandbox's business."""
from __future__ import annotations
from datetime import date
from random import Random
from sync.sandbox.catalogue import draw_catalogue
from sync.sandbox.company import Company
from sync.sandbox.switches import Switches
from sync.sandbox.trading import open_company, trade

def found(seed, size, months, currency, time_zone, switches, today):
    random, ids = Random(f"business {seed}"), Random(f"ids {seed}")
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    opening = date(year, month + 1, 1)
    from sync.sandbox import company as c
    seeds = Company.__new__(Company)
    seeds.ids = ids
    cat = draw_catalogue(random, lambda: Company.new_id(seeds), size=size, currency=currency, time_zone=time_zone)
    co = Company(cat, switches, random, ids, opening, size, opening)
    open_company(co)
    trade(co, (today - opening).days)
    return co
