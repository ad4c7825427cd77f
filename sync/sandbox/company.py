"""The state of the practice company while it trades: its clock, numbers, stock, documents, and its ledger."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sync.domain.money import from_minor, to_minor
from sync.sandbox.books import Event, Pair
from sync.sandbox.catalogue import Catalogue, Good, Place
from sync.sandbox.records import Invoice, MoneyTask, Purchase, Sale, Settlement, Source, StockTask
from sync.sandbox.stock_flow import Stock, Taken
from sync.sandbox.switches import Switches

_OPENS = time(8, 0)
_STEP = timedelta(seconds=7, milliseconds=3)
_LAST_STEP = 7_000
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def new_id(ids: Random) -> str:
    """A GUID in lower case, drawn from `ids`."""
    bits = f"{ids.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"


@dataclass(eq=False)
class Fact(Event):
    """An event with what it was made from, and what the integration needs in order to post it in QBO."""

    source: Source | None = None
    part_of: Invoice | None = None
    money: Settlement | None = None
    whole: str = ""
    document: str = ""
    at: datetime = _NEVER
    again: int = 0


class Listener(Protocol):
    """Someone who is told of every event at once, as the integration is."""

    def posted(self, fact: Fact) -> None: ...

    def taken_back(self, fact: Fact) -> None: ...

    def day_ended(self) -> None: ...


@dataclass
class Movement:
    """A dated movement of a product: quantity and cost, positive = in."""

    product: str
    task: str
    kind: str
    number: str
    day: date
    quantity: Decimal
    cost: int
    place: str
    batch: str = ""
    party: str = ""


@dataclass
class Company:
    catalogue: Catalogue
    switches: Switches
    random: Random
    ids: Random
    today: date
    size: int
    opening: date
    stock: Stock = field(default_factory=Stock)
    sales: list[Sale] = field(default_factory=list)
    prepaid_sales: list[Sale] = field(default_factory=list)
    open_sales: dict[str, Sale] = field(default_factory=dict)
    purchases: list[Purchase] = field(default_factory=list)
    tasks: list[StockTask] = field(default_factory=list)
    money: list[MoneyTask] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    facts_of: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    movements: dict[str, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    moved_products: set[str] = field(default_factory=set)
    touched: dict[int, Source] = field(default_factory=dict)
    listener: Listener | None = None
    transit: dict[str, list[tuple[Good, Taken]]] = field(default_factory=dict)
    on_order: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    agenda: list[tuple[date, int, Callable[..., object], tuple[Any, ...]]] = field(default_factory=list)
    planned: int = 0
    tick: int = 0
    ticking: date | None = None
    morning: datetime = _NEVER
    goods: dict[str, Good] = field(default_factory=dict)

    def __post_init__(self) -> None:
        everything = (*self.catalogue.goods, *self.catalogue.kits, *self.catalogue.services)
        self.goods = {good.id: good for good in everything}

    # -- time and names

    @property
    def founded(self) -> datetime:
        """The instant at which the company was set up in both systems: the morning of its opening day."""
        return self._opens(self.opening)

    def now(self) -> datetime:
        """The instant of this act: the company's working day moves on with each one."""
        if self.ticking != self.today:
            self.ticking, self.tick = self.today, 0
            self.morning = self._opens(self.today)
        self.tick += 1
        return self.morning + _STEP * min(self.tick, _LAST_STEP) + timedelta(microseconds=self.tick * 7_919 % 1_000_000)

    def _opens(self, on: date) -> datetime:
        return datetime.combine(on, _OPENS, ZoneInfo(self.catalogue.time_zone)).astimezone(UTC)

    def new_id(self) -> str:
        return new_id(self.ids)

    def next(self, prefix: str) -> str:
        self.numbers[prefix] += 1
        return f"{prefix}-{self.numbers[prefix]:05d}"

    def later(self, days: int, act: Callable[..., object], *details: Any) -> None:
        """Puts an act on the agenda, `days` from today."""
        self.planned += 1
        heapq.heappush(self.agenda, (self.today + timedelta(days=max(days, 0)), self.planned, act, details))

    # -- money

    @property
    def currency(self) -> str:
        return self.catalogue.currency

    def base(self, minor: int, currency: str, rate: Decimal) -> int:
        """Minor units of `currency` in base currency, rounded half up as both vendors do."""
        if currency == self.currency:
            return minor
        return to_minor(from_minor(minor, currency) * rate, self.currency)

    def touch(self, source: Source) -> None:
        """Marks a document as changed, now."""
        source.updated = self.now()
        self.touched[id(source)] = source

    def post(
        self,
        kind: str,
        part: str,
        number: str,
        day: date,
        pairs: Iterable[tuple[str, str, int]],
        *,
        source: Source,
        task: str = "",
        part_of: Invoice | None = None,
        money: Settlement | None = None,
        place: Place | None = None,
    ) -> Fact | None:
        """Posts one event in Cin7's ledger: (debit, credit, minor units of base currency) pairs, zero ones left out.

        A negative amount turns the pair round. None where nothing is left to post.
        """
        kept = [Pair(day, *(row if row[2] > 0 else (row[1], row[0], -row[2]))) for row in pairs if row[2]]
        if not kept:
            return None
        whole = source.id
        fact = Fact(
            task=whole if self.switches.task_id == "sale" or not task else task,
            kind=kind, part=part, number=number, day=day, pairs=kept, source=source, part_of=part_of,
            money=money, whole=whole, document=task or whole, at=self.now(), location=place.name if place else "",
        )  # fmt: skip
        if isinstance(source, Sale):
            fact.channel, fact.customer = source.party.channel, source.party.name
        self.facts.append(fact)
        self.facts_of[whole].append(fact)
        self.touch(source)
        if self.listener:
            self.listener.posted(fact)
        return fact

    def moved(
        self, good: Good, task: str, kind: str, number: str, day: date, quantity: Decimal, cost: int, place: str,
        batch: str = "", party: str = "",
    ) -> None:  # fmt: skip
        self.movements[task].append(Movement(good.id, task, kind, number, day, quantity, cost, place, batch, party))
        self.moved_products.add(good.id)

    def unmove(self, task: str) -> None:
        """Forgets the movements of a task that was voided."""
        self.moved_products |= {move.product for move in self.movements.pop(task, [])}

    def unpost(self, fact: Fact) -> None:
        """Takes an event back, as a void or undo does: its pairs vanish, or are answered by reversing ones."""
        if fact.voided:
            return
        fact.voided = True
        if self.switches.void == "removed":
            fact.pairs = []
        else:
            fact.pairs = fact.pairs + [pair._replace(amount=-pair.amount) for pair in fact.pairs]
        if self.listener:
            self.listener.taken_back(fact)
