"""What sales and cost of one period are made of: ledger sums per document, the sales behind them, their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import NamedTuple

SALE_KIND = "Sale"


class Group(NamedTuple):
    """All postings of one document and reference on one control in the period.

    `amount`: minor units of base currency in the control's own direction (sales credit, cost debit positive).
    `raises`: one row at least counts as plus. `kind`: Cin7's Type. `document`: its TaskID, which names the sale in some
    companies and the invoice or fulfilment in others (Cin7 docs: /transactions do not say). `numbers`: those in the
    reference, as "INV-00004/CR-00002" names an invoice and its credit note. `name`: the first of them, else the TaskID.
    `keys`: all by which the groups of one sale may recognise each other. `sold`: a sale made it, not a journal or the
    like. `party`: the customer that the ledger names.
    """

    control: str
    kind: str
    document: str
    number: str
    amount: int
    raises: bool
    numbers: tuple[str, ...]
    name: str
    keys: tuple[str, ...]
    sold: bool
    party: str = ""

    @classmethod
    def of(
        cls, control: str, kind: str, document: str, number: str, amount: int, raises: bool, party: str = ""
    ) -> Group:
        """The group of one row of sums; all that can be told from it is worked out once."""
        told = (number,) if number and "/" not in number else numbers(number)
        name = told[0] if told else document
        sold = kind == SALE_KIND or kind.casefold() == SALE_KIND.casefold()
        # Made thousands at a time: without the names of the fields it takes half as long.
        return tuple.__new__(
            cls, (control, kind, document, number, amount, raises, told, name, (document, *told), sold, party)
        )


class SaleHeader(NamedTuple):
    """A sale as Cin7's list tells it; `invoiced` is its invoice's day, `service` whether it sells nothing
    that ships, `shipped` whether goods have left by now (None: not told), `detailed` whether its lines were read."""

    id: str
    number: str
    status: str
    invoice: str = ""
    credit: str = ""
    invoiced: date | None = None
    customer: str = ""
    channel: str = ""
    location: str = ""
    currency: str = ""
    rate: Decimal | None = None
    voided: bool = False
    service: bool = False
    shipped: bool | None = None
    detailed: bool = False


class Part(NamedTuple):
    """One line of an invoice or credit note, or the cost of one product in one shipment.

    `amount`: minor units of `currency` ("" is base), tax left out, positive as on its own document; None where only
    a quantity is told. `set`: (section, document), the part's own document.
    """

    set: tuple[str, str]
    sku: str
    name: str
    amount: int | None
    quantity: Decimal | None = None
    location: str = ""
    day: date | None = None
    account: str = ""
    exact: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SaleDetail:
    """The lines of one sale: what was invoiced and credited, what it cost, and from where it was shipped."""

    invoiced: tuple[Part, ...] = ()
    cost: tuple[Part, ...] = ()
    shipped: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Stocked:
    """What a report says of a product."""

    name: str
    category: str
    stocked: bool


@dataclass(frozen=True)
class Trade:
    """One period's sales and costs.

    `sale_of`: (document, number) of a group -> the id of its sale, for those whose sale is known. `details`: sale id ->
    its lines, where they were read. `qbo_lines`: invoice or credit note number -> QBO's (currency, rate, lines).
    `read`: ids of sales whose lines were read, of which `details` holds those that sums do not do for; `told`: (kind,
    document, number) of a group -> its units, where the sums tell them; `notes`: numbers known to be credit notes.
    `movements`: TaskID or number -> dated costs of the period; `sent`: sale id -> its movements of any day, where its
    lines were not read: they say from where its goods left.
    `apart`: what `unpaired` says of the groups, where that was asked before.
    `later`: names of groups in `apart` whose other half, cost or revenue, posted after the period and not before.
    `revenue_accounts`: Cin7 codes of the revenue control.
    """

    groups: tuple[Group, ...] = ()
    sales: Mapping[str, SaleHeader] = field(default_factory=dict)
    sale_of: Mapping[tuple[str, str], str] = field(default_factory=dict)
    details: Mapping[str, SaleDetail] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    told: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)
    notes: frozenset[str] = frozenset()
    qbo_lines: Mapping[str, tuple[str, Decimal | None, tuple[Part, ...]]] = field(default_factory=dict)
    movements: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    sent: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    products: Mapping[str, Stocked] = field(default_factory=dict)
    revenue_accounts: frozenset[str] = frozenset()
    apart: tuple[Group, ...] | None = None

    def sale(self, group: Group) -> SaleHeader | None:
        return self.sales.get(self.sale_of.get((group.document, group.number), ""))

    @cached_property
    def unpaired(self) -> tuple[Group, ...]:
        """Groups of sales with revenue and no cost in the period, or cost and no revenue, as far as they tell."""
        return unpaired(self.groups) if self.apart is None else self.apart

    @cached_property
    def _by_control(self) -> dict[str, tuple[Group, ...]]:
        names = {group.control for group in self.groups}
        return {name: tuple(group for group in self.groups if group.control == name) for name in names}

    def of(self, control: str) -> tuple[Group, ...]:
        return self._by_control.get(control, ())


def numbers(reference: str) -> tuple[str, ...]:
    """The numbers that a reference of the ledger is put together from, in order."""
    if "/" not in reference:
        return (reference,) if reference else ()
    return tuple(part.strip() for part in reference.split("/") if part.strip())


def unpaired(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Groups of sales that no group on the other control shares a number with, or a TaskID whose numbers do not tell.

    A TaskID that names an order stands on several invoices and shipments, of which each has its number.
    """
    sold = [group for group in groups if group.sold]
    revenue = set(chain.from_iterable(group.numbers for group in sold if group.control == "revenue"))
    numbered = revenue.intersection(chain.from_iterable(group.numbers for group in sold if group.control == "cogs"))
    left = [group for group in sold if numbered.isdisjoint(group.numbers)]
    revenue = {group.document for group in left if group.control == "revenue"}
    tasks = revenue.intersection(group.document for group in left if group.control == "cogs")
    tasks -= {group.document for group in sold if group.document in tasks and not numbered.isdisjoint(group.numbers)}
    return tuple(group for group in left if group.document not in tasks)


def orders(groups: Iterable[Group], credit_notes: Collection[str] = ()) -> int:
    """How many documents were invoiced: invoice numbers with a row that raises sales, but for those taken back whole.

    A reversed invoice (void or undo) nets to zero under its own number; a credited one also carries the number of
    its credit note. `credit_notes` are numbers known to be credit notes: one that is reversed is no order.
    """
    net: dict[str, int] = {}
    credited: set[str] = set()
    raised: set[str] = set()
    for group in groups:
        if group.sold:
            net[group.name] = net.get(group.name, 0) + group.amount
            if len(group.numbers) > 1:
                credited.add(group.name)
            if group.raises:
                raised.add(group.name)
    return sum(1 for number in raised.difference(credit_notes) if net[number] or number in credited)
