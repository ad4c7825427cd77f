"""The sheets that close a month: sign-off, roll-forward, goods received and not billed, open items, owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC

from reports.grni import BUCKETS, Grni
from reports.layout import period_words
from reports.links import Hosts, document_address
from reports.month_end import MonthEnd
from reports.open_items import OpenItem, OpenItems
from reports.reconcile.tie_out import spoken
from reports.roll_forward import RollForward
from reports.workbook_parts import Block, Cell, Check, Column, Link, Page
from sync.domain.accounts import Source
from sync.domain.money import Money, digits

_MONEY = 15
_SYSTEMS = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}
_PARTIES = {"receivables": "Customer", "payables": "Supplier"}


def sign_off(month: MonthEnd) -> Page:
    """Who prepared and who reviewed it, what was checked, and what stands against it."""
    books = month.pack.books
    held = month.signed.signed
    state = {
        "signed": "Signed off; the books are still as they were signed.",
        "changed": "Signed off, and changed since: see what differs below.",
        "unsigned": "Not signed off yet.",
    }.get(month.signed.status, month.signed.status)
    people: list[Sequence[Cell]] = [
        ("Prepared by", held.by if held else "", held.at if held else None, ""),
        ("Reviewed by", "", None, ""),
    ]
    columns = [Column("Person", 42), Column("Name", 30), Column("Date", 22, left=True), Column("Signature", 30)]
    lines = [f"{period_words(month.pack.period)}, {month.pack.currency}.", state]
    return Page(
        "Sign-off",
        f"{books.company.name or 'The company'}: month-end sign-off",
        lines,
        [Block(columns, people), _checks(month), _against(month)],
    )


def _checks(month: MonthEnd) -> Block:
    pack = month.pack
    open_ = [c for c in pack.tied.controls if c.unexplained]
    errors = [found for found in pack.tied.findings if found.nature == "error"]
    unowned = sum(not found.owner for found in errors)
    proofs = [proof for proof in pack.books.proofs if proof.status != "tied"]
    opening = [c for c in pack.tied.controls if c.closing and c.closing.opening_unexplained]
    names = [_named(spoken(control.name, pack.books) for control in some) for some in (open_, opening)]
    left = f"{unowned} of {len(errors)} errors have none" if unowned else ""
    rows: list[Sequence[Cell]] = [
        ("Every difference is explained", _yes(not open_), names[0]),
        ("Opening balances agree or are explained", _yes(not opening), names[1]),
        ("Every error has an owner", _yes(not unowned), left),
        ("What was read ties to QuickBooks' reports", _yes(not proofs), _named(proof.report for proof in proofs)),
        ("The data is complete", _yes(not pack.incomplete), _named(each.reason for each in pack.incomplete)),
        ("The roll-forward classes every movement", *_rolled(month.roll)),
    ]
    return Block([Column("Checked", 42), Column("Result", 30), Column("Remark", 22)], rows, "What was checked")


def _rolled(roll: RollForward | None) -> tuple[str, str]:
    if roll is None:
        return "–", "no account is an inventory account"
    count = len(roll.unclassed)
    left = f"{count} document{' is' if count == 1 else 's are'} not classed"
    return _yes(not count), left if count else ""


def _yes(good: bool) -> str:
    return "yes" if good else "no"


def _named(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _against(month: MonthEnd) -> Block:
    rows: list[Sequence[Cell]] = [(each.subject, each.message) for each in month.against]
    rows += [(name.replace("_", " "), "changed since it was signed off") for name in month.signed.changed]
    columns = [Column("What stands against it", 42), Column("why", 30)]
    return Block(columns, rows, empty="Nothing stands against signing off.")


def roll_forward(month: MonthEnd) -> Page:
    """Inventory from opening to closing on both sides; checked by the spreadsheet itself."""
    roll, currency = month.roll, month.pack.currency
    title = "Roll-forward of inventory"
    if roll is None:
        return Page("Roll-forward", title, [], [Block([], [], empty="No account is an inventory account.")])
    columns = [Column("Movement", 30), *(Column(name, _MONEY) for name in ("Cin7", "QuickBooks", "Difference"))]
    rows: list[Sequence[Cell]] = []
    if roll.opening:
        rows.append(_sides("Opening balance", roll.opening, currency))
    rows += [_sides(name.capitalize(), amounts, currency) for name, amounts in roll.moved.items()]
    if roll.closing:
        rows.append(_sides("Closing balance", roll.closing, currency))
    else:
        rows.append(_sides("Movement of the period", (roll.movement(0), roll.movement(1)), currency))
    check: list[Cell] = ["Check (must be 0)"]
    for letter in "BCD":
        # All rows but the last add up to the last, so that all of them come to twice the last.
        formula = f"=ROUND(SUM({letter}{{first}}:{letter}{{above}})-2*{letter}{{above}},{digits(currency)})"
        check.append(Check(formula, Money(0, currency)))
    lines = [
        f"{period_words(month.pack.period)}, {currency}; debits count as plus, so shipments are minus.",
        "Classed on each side by the accounts that a document posts against inventory, so both stand on their own.",
        *([roll.reason] if roll.reason else []),
    ]
    return Page("Roll-forward", title, lines, [Block(columns, [*rows, check], strong=True), _unclassed(roll, currency)])


def _sides(name: str, amounts: tuple[int, int], currency: str) -> Sequence[Cell]:
    return (name, *(Money(minor, currency) for minor in (*amounts, amounts[0] - amounts[1])))


def _unclassed(roll: RollForward, currency: str) -> Block:
    rows: list[Sequence[Cell]] = [
        (_SYSTEMS[each.source], each.kind, each.number, Money(each.amount, currency)) for each in roll.unclassed
    ]
    columns = [Column("System", 30), Column("Type", _MONEY), Column("Number", _MONEY), Column("Amount", _MONEY)]
    return Block(columns, rows, "Not classed", empty="Every movement is classed.")


def grni(month: MonthEnd) -> Page:
    """Goods received and not billed: by supplier and age, then order by order."""
    found, currency = month.grni, month.pack.currency
    title = "Goods received and not billed"
    if found is None:
        return Page("GRNI", title, [], [Block([], [], empty="Nothing was received that is not billed.")])
    names = [name for _, name in BUCKETS]
    columns = [Column("Supplier", 28), *(Column(name, _MONEY, total=True) for name in (*names, "Total"))]
    rows: list[Sequence[Cell]] = [
        (supplier or "no supplier", *(Money(minor, currency) for minor in (*money, sum(money))))
        for supplier, money in found.suppliers()
    ]
    lots = [
        Column("Supplier", 28),
        Column("Order", _MONEY),
        Column("Account", 26),
        Column("Since", _MONEY),
        Column("Days", 8),
        Column("Age", _MONEY),
        Column("Amount", _MONEY, total=True),
    ]
    orders: list[Sequence[Cell]] = [
        (lot.supplier or "no supplier", lot.order, _account(month, lot.account), lot.day, lot.days, names[lot.bucket],
         Money(lot.amount, currency))
        for lot in found.lots
    ]  # fmt: skip
    return Page(
        "GRNI",
        title,
        [f"At the end of {found.at}, {currency}. Minus: billed before the goods came.", *_grni_ties(found, currency)],
        [Block(columns, rows, "By supplier"), Block(lots, orders, "By order", filtered=True)],
    )


def _account(month: MonthEnd, code: str) -> str:
    account = month.pack.books.accounts.get((Source.CIN7, code))
    return f"{code} {account.name}" if account else code


def _grni_ties(found: Grni, currency: str) -> list[str]:
    if not found.accrual:
        return ["Cin7 posts no receipts here: these goods are on stock, and in no ledger yet."]
    told = f"This is what Cin7's accrued purchases hold: {Money(found.cin7, currency)}."
    if found.qbo is None:
        return [f"{told} QuickBooks' balance is not known."]
    apart = Money(found.cin7 - found.qbo, currency)
    return [f"{told} QuickBooks holds {Money(found.qbo, currency)}, which is {apart} apart."]


def open_items(month: MonthEnd, found: OpenItems, at: Hosts) -> Page:
    """Open documents of customers or suppliers in both systems, and how they tie to the ledgers."""
    currency = month.pack.currency
    base = [Column(f"{name} in {currency}", _MONEY, total=True) for name in ("Cin7", "QuickBooks", "Difference")]
    columns = [
        Column(_PARTIES[found.side], 28),
        Column("Document", 18),
        Column("QuickBooks", 18),
        Column("Date", 11),
        Column("Due", 11),
        Column("Overdue days", 8),
        Column("Currency", 9),
        *(Column(name, _MONEY) for name in ("Cin7 open", "QuickBooks open", "Difference open")),
        *base,
    ]
    rows = [_item(found, item, currency, at) for item in found.items]
    sums = [Column("In the ledger", 28), *(Column(name, 18) for name in ("Cin7", "QuickBooks", "Difference"))]
    ties: list[Sequence[Cell]] = [
        _maybe("Open documents", found.total(Source.CIN7), found.total(Source.QBO), currency),
        _maybe("Other (revaluation, rounding)", found.other(Source.CIN7), found.other(Source.QBO), currency),
        _maybe(f"{found.side.capitalize()} in the ledger", found.balance.cin7, found.balance.qbo, currency),
    ]
    lines = [f"At the end of {found.at}, in the documents' own currency and in {currency}."]
    lines += [f"Not complete: {each.source} {each.entity}: {each.reason}" for each in found.incomplete]
    return Page(
        f"Open {found.side}",
        f"Open {found.side} per document",
        lines,
        [Block(sums, ties, strong=True), Block(columns, rows, "Open documents", "Nothing is open.", filtered=True)],
    )


def _maybe(name: str, cin7: int | None, qbo: int | None, currency: str) -> Sequence[Cell]:
    apart = None if cin7 is None or qbo is None else cin7 - qbo
    return (name, *(None if minor is None else Money(minor, currency) for minor in (cin7, qbo, apart)))


def _item(found: OpenItems, item: OpenItem, currency: str, at: Hosts) -> list[Cell]:
    def money(minor: int | None, of: str) -> Cell:
        return "not known" if minor is None else Money(minor, of)

    late = None if item.due is None or item.due >= found.at else (found.at - item.due).days
    links = {each.source: Link(each.number or each.id, document_address(each.source, each.kind, each.id, at))
             for each in reversed(item.documents)}  # fmt: skip
    return [
        item.party,
        links.get(Source.CIN7, item.number),
        links.get(Source.QBO),
        item.day,
        item.due,
        late,
        item.currency,
        money(item.cin7, item.currency),
        money(item.qbo, item.currency),
        money(item.difference, item.currency),
        *(Money(minor, currency) for minor in (item.cin7_base, item.qbo_base, item.cin7_base - item.qbo_base)),
    ]


def owners(month: MonthEnd) -> Page:
    """Who owns which open finding, and which are overdue."""
    currency, books = month.pack.currency, month.pack.books
    kinds = ("error", "timing", "policy")
    columns = [Column("Owner", 24), *(Column(name, 12) for name in ("Errors", "Timing", "Policy", "Overdue"))]
    rows: list[Sequence[Cell]] = [
        (owner.name, *(owner.count(kind) for kind in kinds), owner.overdue) for owner in month.owners
    ]
    names = [
        Column("Owner", 24),
        Column("Kind", 12),
        Column("Cause", 22),
        Column("Control", 20),
        Column("Subject", 18),
        Column("Amount", _MONEY),
        Column("At stake", _MONEY),
        Column("First seen", 11),
        Column("Due", 11),
        Column("What to do", 46, wrap=True),
        Column("Finding", 18),
    ]
    listed: list[Sequence[Cell]] = [
        (
            owner.name,
            found.nature,
            found.cause.replace("_", " "),
            spoken(found.control, books) if found.control else "products",
            found.subject,
            Money(found.amount, currency),
            None if found.at_stake is None else Money(found.at_stake, currency),
            found.first_seen and found.first_seen.astimezone(UTC).date(),
            found.due,
            found.remedy,
            found.id,
        )
        for owner in month.owners
        for found in (each.finding for each in owner.findings)
    ]
    return Page(
        "Findings by owner",
        "Open findings by owner",
        [f"{len(month.pack.open)} findings are open now; {currency}."],
        [Block(columns, rows), Block(names, listed, "One by one", filtered=True)],
    )
