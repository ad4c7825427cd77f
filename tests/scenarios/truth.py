"""What the cache holds beside what really happened in a practice company, as multisets and sums to compare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from sync.cin7.resources import RESOURCES as CIN7
from sync.domain.money import to_minor
from sync.qbo.resources import RESOURCES as QBO
from sync.qbo.resources import Shape
from sync.sandbox.books import World
from sync.store import tables
from sync.store.db import reading
from sync.store.upsert import table_of

Posting = tuple[str, str, str, date, int]
Status = tuple[str, str, str]


@dataclass(frozen=True)
class Books:
    """What can be compared; each field says by its name what it counts.

    `cin7`, `qbo`: postings as (document, kind, account, day, minor units). `controls`: control and month to the
    movement of Cin7, then of QuickBooks. `stock`: SKU and location to quantity and value. `documents`: source, kind
    and id to the status (Cin7) or version (QuickBooks) of every document that stands.
    """

    cin7: Counter[Posting]
    qbo: Counter[Posting]
    controls: dict[tuple[str, str], tuple[int, int]]
    stock: dict[tuple[str, str], tuple[Decimal, int]]
    documents: dict[Status, str]


def told(world: World) -> Books:
    """What really happened."""
    cin7: Counter[Posting] = Counter()
    for event in world.truth.events:
        for pair in event.pairs:
            cin7[event.task.lower(), event.kind, pair.debit, pair.day, pair.amount] += 1
            cin7[event.task.lower(), event.kind, pair.credit, pair.day, -pair.amount] += 1
    qbo = Counter((p.txn_id, p.entity, p.account_id, p.date, p.amount) for p in world.qbo.postings if p.amount)
    documents = {
        ("cin7", resource.kind, resource.key(row)): str(row.get("Status"))
        for resource in CIN7
        if resource.kind
        for row in world.cin7.lists.get(resource.path.lower(), [])
    }
    # A credit note's row bears the status of its sale or purchase too.
    documents |= {
        ("cin7", resource.kind, resource.key(row)): str(row["CreditNoteStatus"])
        for resource in CIN7
        if resource.kind in ("SaleCreditNote", "PurchaseCreditNote")
        for row in world.cin7.lists.get(resource.path.lower(), [])
    }
    for resource in QBO:
        if resource.shape is Shape.TRANSACTION:
            for row in world.qbo.entities.get(resource.api, []):
                documents["qbo", resource.api, row["Id"]] = str(row["SyncToken"])
    value, quantity = world.truth.stock_value, world.truth.stock_quantity
    both = {key: (quantity.get(key, Decimal(0)), value.get(key, 0)) for key in value.keys() | quantity.keys()}
    controls = {key: (amount, amount) for key, amount in world.truth.by_month.items() if amount}
    return Books(cin7, qbo, controls, both, documents)


def cached(engine: Engine, world: World) -> Books:
    """What the cache says of the same; of QuickBooks' movements those that mirror Cin7's."""
    postings = _rows(engine, tables.PostingRow)
    found = {
        source: Counter(
            (row["document"], row["kind"], row["account"], row["day"], row["amount"])
            for row in postings
            if row["source"] == source and row["amount"]
        )
        for source in ("cin7", "qbo")
    }
    quantity: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    value: dict[tuple[str, str], int] = defaultdict(int)
    names = {row["id"]: row["name"] for row in _rows(engine, tables.LocationRow)}
    for row in _rows(engine, tables.StockRow):
        place = row["sku"], names.get(row["location"], row["location"])
        quantity[place] += row["on_hand"]
        value[place] += to_minor(row["value"], world.currency)
    documents = {
        (row["source"], row["kind"], row["id"]): row["status"] if row["source"] == "cin7" else row["version"]
        for row in _rows(engine, tables.DocumentRow)
        if row["deleted_at"] is None
    }
    stock = {key: (quantity[key], value[key]) for key in quantity if quantity[key] or value[key]}
    return Books(found["cin7"], found["qbo"], _controls(postings, world), stock, documents)


def _controls(postings: list[dict[str, Any]], world: World) -> dict[tuple[str, str], tuple[int, int]]:
    codes = {code: control for control, all_codes in world.truth.accounts.items() for code in all_codes}
    theirs = {id_: codes[code] for code, ids in world.truth.qbo_account.items() if code in codes for id_ in ids}
    alone = set(world.truth.qbo_only)
    moved: dict[str, dict[tuple[str, str], int]] = {"cin7": defaultdict(int), "qbo": defaultdict(int)}
    for row in postings:
        control = (codes if row["source"] == "cin7" else theirs).get(row["account"])
        if control and (row["kind"], row["document"]) not in alone:
            moved[row["source"]][control, f"{row['day']:%Y-%m}"] += row["amount"]
    keys = moved["cin7"].keys() | moved["qbo"].keys()
    both = {key: (moved["cin7"][key], moved["qbo"][key]) for key in keys}
    return {key: amounts for key, amounts in both.items() if any(amounts)}


def _rows(engine: Engine, model: Any) -> list[dict[str, Any]]:
    with reading(engine) as session:
        return [dict(row) for row in session.execute(select(table_of(model))).mappings()]


def differences(engine: Engine, world: World, limit: int = 5) -> list[str]:
    """In words, where the cache is not the truth; nothing where it is."""
    truth, ours = told(world), cached(engine, world)
    found: list[str] = []
    for name in ("cin7", "qbo"):
        missing, surplus = getattr(truth, name) - getattr(ours, name), getattr(ours, name) - getattr(truth, name)
        found += [f"{name} lacks {n} x {key}" for key, n in sorted(missing.items())[:limit]]
        found += [f"{name} has {n} x {key} too many" for key, n in sorted(surplus.items())[:limit]]
    pairs: tuple[tuple[str, Callable[[Books], dict[Any, Any]]], ...] = (
        ("controls", lambda books: dict(books.controls)),
        ("stock", lambda books: dict(books.stock)),
        ("documents", lambda books: dict(books.documents)),
    )
    for name, of in pairs:
        right, wrong = of(truth), of(ours)
        keys = [key for key in sorted(right.keys() | wrong.keys()) if right.get(key) != wrong.get(key)]
        found += [f"{name} {key}: {wrong.get(key)} in the cache, really {right.get(key)}" for key in keys[:limit]]
    return found
