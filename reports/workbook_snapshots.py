"""Sheets of what stood in both systems: stock by location, inventory day by day, both ledgers, the account map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports.books import instant
from reports.layout import age_lines, period_words
from reports.pack import Pack
from reports.reconcile.tie_out import spoken
from reports.stock import Stock
from reports.workbook_parts import Block, Cell, Column, Page
from sync.domain.accounts import Account, Source
from sync.domain.money import Money, to_minor

_MONEY = 15
_SYSTEMS = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}


def stock(pack: Pack) -> Iterator[Page]:
    """Stock now by product and place, and its value by location beside the week before."""
    found = pack.stock
    lines = age_lines(found.as_of, found.incomplete) if found else ["Stock was never read. Run: tieout sync"]
    columns = [
        Column("SKU", 16),
        Column("Product", 34),
        Column("Location", 20),
        Column("Bin", 10),
        Column("Batch", 12),
        *(Column(name, 11) for name in ("On hand", "Allocated", "Available", "On order", "In transit")),
        Column("Value", _MONEY, total=True),
    ]
    rows = _stock_rows(found, pack.currency) if found else []
    yield Page("Stock by location", "Stock by product and location", lines, [Block(columns, rows)])
    yield _places(pack)


def _stock_rows(found: Stock, currency: str) -> list[list[Cell]]:
    """Cin7's values as `tieout stock` rounds them; what that lacks to the rounded whole is a row of its own."""
    rows: list[list[Cell]] = []
    rounded = 0
    for product in found.products:
        for place in product.places:
            own = place.figures
            value = to_minor(own.value, currency)
            rounded += value
            quantities = (own.on_hand, own.allocated, own.available, own.on_order, own.in_transit)
            where = (place.location or "no location", place.bin, place.batch)
            rows.append([product.sku, product.name, *where, *quantities, Money(value, currency)])
    exact = to_minor(sum((product.totals.value for product in found.products), Decimal(0)), currency)
    if exact != rounded:
        rows.append(["", "Rounding of the values above", *[""] * 3, *[None] * 5, Money(exact - rounded, currency)])
    return rows


def _places(pack: Pack) -> Page:
    found = pack.places
    columns = [Column("Location", 28), *(Column(name, _MONEY) for name in ("Value", "Before", "Change"))]
    rows: list[Sequence[Cell]] = []
    lines = ["No snapshot of stock was taken yet."]
    if found:

        def money(minor: int | None) -> Money | None:
            return None if minor is None else Money(minor, pack.currency)

        lines = [f"Cin7's stock value on {found.day}, read {instant(found.taken_at)}."]
        before = f"Before: {found.before_day}." if found.before_day else "There is no snapshot from a week before."
        lines.append(before)
        rows += [(p.location or "no location", *map(money, (p.value, p.before, p.change))) for p in found.places]
        if found.rounding:
            rows.append(("Rounding", money(found.rounding), None, None))
        rows.append(("Total", money(found.total), money(found.before), money(found.change)))
    return Page("Stock value", "Stock value by location", lines, [Block(columns, rows, strong=True)])


def days(pack: Pack) -> Page:
    """Inventory at the end of each day in both ledgers, the gap, and Cin7's stock value where a snapshot was taken."""
    names = ("Cin7 ledger", "QuickBooks ledger", "Gap", "Cin7 stock value")
    columns = [Column("Day", 12), *(Column(name, _MONEY) for name in names)]
    rows: list[list[Cell]] = [
        [
            day.day,
            Money(day.cin7, pack.currency),
            Money(day.qbo, pack.currency),
            Money(day.gap, pack.currency),
            None if day.stock_value is None else Money(day.stock_value, pack.currency),
        ]
        for day in pack.days
    ]
    lines = [pack.days_reason] if pack.days_reason else [f"Balances at the end of each day, {pack.currency}."]
    return Page("Inventory by day", "Inventory by day", lines, [Block(columns, rows)])


def ledger(pack: Pack) -> Page:
    """Every account of both ledgers: opening, movement, closing; debits count as plus."""
    columns = [
        Column("System", 12),
        Column("Account", 10),
        Column("Number", 10),
        Column("Name", 32),
        Column("Class", 11),
        Column("Type", 24),
        Column("Control", 22),
        *(Column(name, _MONEY, total=name == "Movement") for name in ("Opening", "Movement", "Closing")),
    ]

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, pack.currency)

    rows: list[list[Cell]] = [
        [
            _SYSTEMS[line.account.source],
            line.account.code,
            line.account.number,
            line.account.name,
            str(line.account.klass),
            line.account.type,
            spoken(line.control, pack.books) if line.control else "not compared",
            *map(money, (line.opening, line.movement, line.closing)),
        ]
        for line in pack.ledger
    ]
    lines = [
        f"{period_words(pack.period)}, {pack.currency}, debits count as plus: all movements of a ledger come to 0.",
        "Accounts of the profit and loss have no opening balance here.",
    ]
    return Page("Ledgers", "Both ledgers, account by account", lines, [Block(columns, rows)])


def account_map(pack: Pack) -> Page:
    """Which account is compared with which, and under which control."""
    books = pack.books
    columns = [
        Column("Cin7 code", 10),
        Column("Cin7 account", 30),
        Column("Cin7 type", 14),
        Column("QuickBooks id", 11),
        Column("QuickBooks number", 11),
        Column("QuickBooks account", 30),
        Column("QuickBooks type", 24),
        Column("Control", 22),
        Column("Remark", 34, wrap=True),
    ]
    rows: list[list[Cell]] = []
    for code, control in sorted(books.map.cin7_control.items()):
        for id_ in books.map.qbo.get(code, ()) or ("",):
            remark = "no rule maps this account" if code in books.map.unmapped else ""
            remark = "accounts of two controls meet here" if id_ in books.map.conflicts else remark
            rows.append([*_cin7(pack, code), *_qbo(pack, id_), spoken(control, books), remark])
    mapped = {id_ for ids in books.map.qbo.values() for id_ in ids}
    for id_, control in sorted(books.map.qbo_control.items()):
        if id_ not in mapped:
            rows.append(["", "", "", *_qbo(pack, id_), spoken(control, books), "only QuickBooks has it"])
    lines = ["Cin7's accounts beside QuickBooks' as Tieout compares them.", *books.map.faults]
    return Page("Account map", "Account map", lines, [Block(columns, rows)])


def _cin7(pack: Pack, code: str) -> tuple[Cell, Cell, Cell]:
    account = _account(pack, Source.CIN7, code)
    return (code, account.name, account.type) if account else (code, "", "")


def _qbo(pack: Pack, id_: str) -> tuple[Cell, Cell, Cell, Cell]:
    account = _account(pack, Source.QBO, id_)
    return (id_, account.number, account.name, account.type) if account else (id_, "", "", "")


def _account(pack: Pack, source: Source, code: str) -> Account | None:
    return pack.books.accounts.get((source, code))
