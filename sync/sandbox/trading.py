"""What a day at the practice company brings; the same draws for the same seed, whatever the switches."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from sync.sandbox import chart, making, money_tasks, returning, second_thoughts, stock_tasks
from sync.sandbox.buying import buy
from sync.sandbox.catalogue import Good
from sync.sandbox.company import Company
from sync.sandbox.selling import take_order

# How often something happens on a working day of a company of size 1, in thousandths.
_CHANCES: tuple[tuple[Callable[[Company], None], int], ...] = (
    (returning.take_back, 160),
    (returning.send_back, 40),
    (stock_tasks.adjust, 70),
    (stock_tasks.count_stock, 25),
    (stock_tasks.write_off, 30),
    (making.assemble, 120),
    (lambda company: making.assemble(company, "ProductionOrder"), 60),
    (making.take_apart, 25),
    (money_tasks.spend, 120),
    (second_thoughts.void_sale, 25),
    (second_thoughts.reauthorise_invoice, 25),
    (second_thoughts.reauthorise_bill, 20),
    (second_thoughts.delete_payment, 20),
    (second_thoughts.void_write_off, 12),
    (second_thoughts.void_money, 15),
)


def open_company(company: Company) -> None:
    """The opening day: capital, and stock in three places."""
    money_tasks.open_books(company)
    for place, weeks in zip(company.catalogue.places, (6, 2, 2), strict=False):
        made = stock_tasks.task(company, "StockAdjustment", "ST", place, chart.EQUITY, "Opening stock")
        for good in company.catalogue.goods:
            quantity = _need(company, good) * weeks
            cost = stock_tasks.new_cost(company, good, quantity)
            made.pieces.append(stock_tasks.put_in(company, made, good, place, quantity, cost, "Adjustment"))
        stock_tasks.post_pieces(company, made, "adjustment")


def _need(company: Company, good: Good) -> Decimal:
    """About what a week sells of a product."""
    weekly = Decimal(70 * company.size) / len(company.catalogue.goods)
    return max(Decimal(4), weekly.to_integral_value())


def trade(company: Company, days: int) -> None:
    """Lets days pass, one by one."""
    for _ in range(days):
        company.today += timedelta(1)
        _day(company)
        if company.listener:
            company.listener.day_ended()


def _day(company: Company) -> None:
    while company.agenda and company.agenda[0][0] <= company.today:
        _, _, act, details = heapq.heappop(company.agenda)
        act(company, *details)
    for _ in range(company.random.randint(0, 4 * company.size)):
        take_order(company)
    for act, chance in _CHANCES:
        times, rest = divmod(chance * company.size, 1000)
        for _ in range(times + (company.random.randrange(1000) < rest)):
            act(company)
    _replenish(company)
    _calendar(company)


def _calendar(company: Company) -> None:
    """What stands in the calendar: weekly payouts and transfers, month-end entries."""
    if company.today.weekday() == 2:
        money_tasks.payout(company)
    if company.today.weekday() in (1, 4):
        _spread(company)
    tomorrow = company.today + timedelta(1)
    if tomorrow.day == 1:
        money_tasks.depreciate(company)
        money_tasks.accrue(company)
        money_tasks.bank_charges(company)
        money_tasks.interest(company)
    if company.today.day == 12:
        money_tasks.sweep(company)


def _replenish(company: Company) -> None:
    place = company.catalogue.places[0].name
    short: list[tuple[Good, Decimal]] = []
    for good in company.catalogue.goods:
        need = _need(company, good)
        if company.stock.on_hand(good.id, place) + company.on_order[good.id, place] < 4 * need:
            short.append((good, 4 * need + company.random.randint(0, 3)))
    for n in range(0, len(short), 4):
        buy(company, short[n : n + 4])


def _spread(company: Company) -> None:
    """The other places are filled up from the main warehouse; now and then something goes overseas."""
    main, *others = company.catalogue.places
    for place in others:
        wanted = []
        for good in company.catalogue.goods:
            need, there = _need(company, good), company.stock.on_hand(good.id, place.name)
            spare = company.stock.on_hand(good.id, main.name) - 3 * need
            overseas = place is others[-1]
            if there < need and spare >= need and (not overseas or company.random.random() < 0.04):
                wanted.append((good, need))
        if wanted:
            stock_tasks.transfer(company, main, place, wanted[: 4 + company.size])
