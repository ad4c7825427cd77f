"""What tests of breaks share: companies, how far the two served ledgers are apart, and what keeps QBO consistent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sync.domain.money import digits, to_minor
from sync.sandbox.books import World
from sync.sandbox.breaks.controls import Claims, sign
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.table import inject
from sync.sandbox.generate import build
from sync.sandbox.switches import Switches

TODAY = date(2026, 3, 17)
CURRENCIES = ("USD", "JPY", "KWD")
Gaps = dict[tuple[str, str], int]


def company(seed: int, *, months: int = 6, switches: Switches | None = None, currency: str = "") -> World:
    """A clean company of its own; switches and currency are drawn by the seed where none are given."""
    return build(
        seed,
        today=TODAY,
        months=months,
        currency=currency or CURRENCIES[seed % 3],
        switches=switches or Switches.drawn(seed),
    )


def plain(seed: int = 5, **switches: Any) -> World:
    return company(seed, switches=Switches(**switches), currency="USD")


def broken(world: World, cause: str, variant: str = "", seed: int = 1) -> Expected:
    return inject(world, cause, Random(seed), variant=variant)


def gaps(world: World) -> Gaps:
    """(control, month) -> Cin7 less QBO in the control's direction, of what both servers serve now."""
    codes = {own: code for code, ids in world.truth.qbo_account.items() for own in ids}
    claims = Claims(world.truth.events)
    places, by_code = digits(world.currency), Counter[tuple[str, str]]()
    for row in world.cin7.lists["transactions"]:
        amount, month = int(row["Amount"].scaleb(places)), row["EffectiveDate"][:7]
        by_code[row["DebitAccountCode"], month] += amount
        by_code[row["CreditAccountCode"], month] -= amount
    for posting in world.qbo.postings:
        by_code[codes.get(posting.account_id, ""), posting.date.isoformat()[:7]] -= posting.amount
    sums: Gaps = defaultdict(int)
    for (code, month), amount in by_code.items():
        control = claims.of(code)
        sums[control, month] += sign(control) * amount
    return {key: amount for key, amount in sums.items() if amount and key[0]}


def moved(before: Gaps, after: Gaps) -> Gaps:
    apart = {key: after.get(key, 0) - before.get(key, 0) for key in before.keys() | after.keys()}
    return {key: amount for key, amount in apart.items() if amount}


def told(findings: Iterable[Finding]) -> Gaps:
    """(control, month) -> what the findings say of it, asked month by month."""
    sums: Gaps = defaultdict(int)
    for each in findings:
        for first in {day.replace(day=1) for day in each.days()}:
            last = (first + timedelta(32)).replace(day=1) - timedelta(1)
            sums[each.control or "", f"{first:%Y-%m}"] += each.amount(first, last)
    return {key: amount for key, amount in sums.items() if amount}


def linked(world: World, entity: str) -> Counter[str]:
    """Id of each invoice or bill -> what payments say that they settled of it."""
    paid: Counter[str] = Counter()
    for payment in world.qbo.entities["Payment" if entity == "Invoice" else "BillPayment"]:
        for line in payment["Line"]:
            for link in line.get("LinkedTxn", ()):
                if link["TxnType"] == entity:
                    paid[link["TxnId"]] += line["Amount"]
    return paid


def odd_balances(world: World) -> set[tuple[str, str]]:
    """Invoices and bills whose balance is not their total less what is linked."""
    return {
        (entity, row["Id"])
        for entity in ("Invoice", "Bill")
        for paid in (linked(world, entity),)
        for row in world.qbo.entities[entity]
        if row["Balance"] != row["TotalAmt"] - paid[row["Id"]]
    }


def faults(world: World) -> list[str]:
    """What QBO would never show: a ledger or journal out of balance, lines that are not their total, dead links."""
    found, sums = [], Counter[str]()
    for posting in world.qbo.postings:
        sums[posting.txn_id] += posting.amount
    found += [f"transaction {own} is out of balance by {amount}" for own, amount in sums.items() if amount]
    for row in world.qbo.entities["JournalEntry"]:
        sides = {"Debit": Decimal(0), "Credit": Decimal(0)}
        for line in row["Line"]:
            sides[line["JournalEntryLineDetail"]["PostingType"]] += line["Amount"]
            if line["Amount"] <= 0:
                found.append(f"journal {row['Id']} has a line of {line['Amount']}")
        if sides["Debit"] != sides["Credit"]:
            found.append(f"journal {row['Id']} has {sides}")
    for kind in ("Invoice", "CreditMemo", "RefundReceipt", "Bill", "VendorCredit", "Purchase", "SalesReceipt"):
        for row in world.qbo.entities[kind]:
            lines = sum(line["Amount"] for line in row["Line"] if line["DetailType"] != "SubTotalLineDetail")
            if lines + row.get("TxnTaxDetail", {}).get("TotalTax", 0) != row["TotalAmt"]:
                found.append(f"{kind} {row['Id']} is not the sum of its lines")
    return found + _dead_links(world)


def _dead_links(world: World) -> list[str]:
    alive = {row["Id"] for rows in world.qbo.entities.values() for row in rows if "TxnDate" in row}
    return [
        f"{kind} {row['Id']} links to {link['TxnId']}, which is not there"
        for kind in ("Payment", "BillPayment", "Invoice", "Bill", "Deposit")
        for row in world.qbo.entities[kind]
        for holder in (row, *row["Line"])
        for link in holder.get("LinkedTxn", ())
        if link["TxnId"] not in alive
    ]


def stock_gap(world: World) -> int:
    """Cin7's stock value less its own inventory accounts, now, minor units."""
    claims = Claims(world.truth.events)
    value = sum(to_minor(row["StockOnHand"], world.currency) for row in world.cin7.lists["ref/productavailability"])
    for row in world.cin7.lists["transactions"]:
        amount = to_minor(row["Amount"], world.currency)
        value -= amount * (claims.of(row["DebitAccountCode"]) == "inventory")
        value += amount * (claims.of(row["CreditAccountCode"]) == "inventory")
    return value


def entity(world: World, kind: str, own: str) -> dict[str, Any]:
    return next(row for row in world.qbo.entities[kind] if row["Id"] == own)


def posted(world: World, own: str, control: str) -> int:
    """What a QBO transaction posts on a control, in its direction, by the general ledger."""
    codes = {account: code for code, ids in world.truth.qbo_account.items() for account in ids}
    claims = Claims(world.truth.events)
    return sign(control) * sum(
        each.amount
        for each in world.qbo.postings
        if each.txn_id == own and claims.of(codes.get(each.account_id, "")) == control
    )
