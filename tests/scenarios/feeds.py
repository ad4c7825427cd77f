"""Small worlds made by hand: a Cin7 ledger feed of chosen rows, beside an empty QuickBooks company."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Engine, select

from sync.domain.accounts import Source
from sync.sandbox.books import Cin7Books, QboBooks, World
from sync.sandbox.switches import Switches
from sync.store.db import reading
from sync.store.tables import PostingRow
from sync.store.upsert import table_of

TODAY = date(2026, 11, 22)
_STAMP = {"CreateTime": "2026-01-05T10:00:00-08:00", "LastUpdatedTime": "2026-01-05T10:00:00-08:00"}


def transaction(day: date, number: int, amount: Decimal = Decimal("12.30"), kind: str = "Sale") -> dict[str, Any]:
    pairs = {"Sale": ("610", "200"), "StockAdjustment": ("630", "630A")}
    debit, credit = pairs.get(kind, ("610", "200"))
    return {
        "TaskID": f"bbbbbbbb-0000-0000-0000-{number:012d}",
        "DebitAccountCode": debit,
        "CreditAccountCode": credit,
        "Amount": amount + number,
        "EffectiveDate": f"{day.isoformat()}T00:00:00",
        "Reference": f"INV-{number:05d}",
        "Transaction": f"Customer - INV-{number:05d}",
        "Type": kind,
    }


def spread(rows: int, days: int, seed: int = 1, last: date = TODAY) -> list[dict[str, Any]]:
    """`rows` transactions over `days` days up to `last`, weekends quiet, some rows genuinely equal."""
    random, found = Random(seed), []
    weights = [1 if (last - timedelta(days=n)).weekday() > 4 else 6 for n in range(days)]
    for number in range(rows):
        day = last - timedelta(days=random.choices(range(days), weights)[0])
        found.append(transaction(day, number // 2 if number % 50 == 1 else number))
    return found


def world(rows: list[dict[str, Any]], **switches: Any) -> World:
    """A practice company that has nothing but this ledger."""
    codes = {row[side] for row in rows for side in ("DebitAccountCode", "CreditAccountCode")}
    lists = {"transactions": rows, "ref/account": [{"Code": code, "Name": code} for code in sorted(codes)]}
    account = {"Id": "3", "Name": "Retained Earnings", "AccountType": "Equity", "AccountSubType": "RetainedEarnings"}
    return World(
        seed=1,
        switches=Switches(**switches),
        today=TODAY,
        cin7=Cin7Books(me={"Company": "Practice Ltd", "Currency": "USD", "TimeZone": "America/New_York"}, lists=lists),
        qbo=QboBooks(
            company_info={"Id": "1", "CompanyName": "Practice Ltd"},
            preferences={"Id": "1", "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}},
            entities={"Account": [{**account, "FullyQualifiedName": "Retained Earnings", "MetaData": _STAMP}]},
        ),
    )


def cached(engine: Engine) -> Counter[tuple[str, str, date, int]]:
    """Cin7's cached postings as a multiset of (task, account, day, minor units)."""
    table = table_of(PostingRow)
    with reading(engine) as session:
        rows = session.execute(select(table).where(table.c.source == Source.CIN7.value)).mappings()
        return Counter((row["document"], row["account"], row["day"], row["amount"]) for row in rows)


def expected(rows: list[dict[str, Any]]) -> Counter[tuple[str, str, date, int]]:
    """What the cache must hold for these transactions."""
    found: Counter[tuple[str, str, date, int]] = Counter()
    for row in rows:
        day, minor = date.fromisoformat(row["EffectiveDate"][:10]), int(row["Amount"] * 100)
        found[row["TaskID"], row["DebitAccountCode"], day, minor] += 1
        found[row["TaskID"], row["CreditAccountCode"], day, -minor] += 1
    return found
