"""A pack of January made from a ledger written as text, and what its charts say, kept in tests/golden.

`python -m tests.reports.packs` writes the golden file anew.
"""

from __future__ import annotations

import json
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from reports import answers, load_pack
from reports.books import Config
from reports.charts import CHARTS, charts
from reports.local import Local, local
from reports.pack import Pack
from reports.remember import assign, remember
from sync.domain.period import Period
from sync.store.db import migrate, open_database
from sync.store.run_tables import Figure
from sync.store.tables import StockDay, StockRow
from tests.reports.ledgers import JANUARY, READ, TODAY, cache

GOLDEN = Path(__file__).parents[1] / "golden" / "pack.json"
NASTY = "<b>Ek</b> & \"Sons\" </script><script>alert('x')</script>"

# Three cost journals of 1,204.50 in all are missing in QuickBooks, one payment has another amount there.
LEDGER = """
2026-01-01 Journal j0 JR-1 630 970 40000.00
2026-01-05 Sale s1 INV-1 610 200 1000.00
2026-01-06 Sale s1 INV-1 310 630 600.00
2026-01-12 Sale s2 INV-2 610 200 700.00
2026-01-13 Sale s2 INV-2 310 630 400.25
2026-01-14 Sale s3 INV-3 610 200 900.00
2026-01-15 Sale s3 INV-3 310 630 500.00
2026-01-20 Sale s4 INV-4 610 200 600.00
2026-01-21 Sale s4 INV-4 310 630 304.25
2026-01-22 Purchase p1 B-1 630 800 2500.00
2026-01-26 Sale s1 INV-1 090 610 1000.00
2026-02-02 Sale s5 INV-5 610 200 450.00
qbo 2026-01-01 JournalEntry 1 JR-1 85:40000.00 90:-40000.00
qbo 2026-01-05 Invoice 2 INV-1 84:1000.00 79:-1000.00
qbo 2026-01-06 JournalEntry 3 INV-1 82:600.00 85:-600.00
qbo 2026-01-12 Invoice 4 INV-2 84:700.00 79:-700.00
qbo 2026-01-14 Invoice 5 INV-3 84:900.00 79:-900.00
qbo 2026-01-20 Invoice 6 INV-4 84:600.00 79:-600.00
qbo 2026-01-22 Bill 7 B-1 85:2500.00 86:-2500.00
qbo 2026-01-26 Payment 8 INV-1 35:990.00 84:-990.00
qbo 2026-02-02 Invoice 9 INV-5 84:450.00 79:-450.00
"""
_APART = ("INV-2", "INV-3", "INV-4", "2026-01-26")
TIED = "\n".join(line for line in LEDGER.splitlines() if not any(word in line for word in _APART))


def filled(engine: Engine, ledger: str = LEDGER) -> Engine:
    """The cache of a company with this ledger and two snapshots of its stock, a week apart."""
    snapshots = [
        StockDay(company=1, day=day, sku=sku, location=place, on_hand=Decimal(1), value=Decimal(value), taken_at=READ)
        for day, values in (
            (JANUARY.end, ("30000.005", "10095.495")),
            (JANUARY.end - timedelta(7), ("30500.00", "9000.00")),
        )
        for sku, place, value in zip(("A", "B"), ("Main", NASTY), values, strict=True)
    ]
    zero = Decimal(0)
    stock = [
        StockRow(company=1, position=n, product=sku, sku=sku, name=sku, location=place, bin="", batch="",
                 on_hand=Decimal(1), allocated=zero, available=zero, on_order=zero, in_transit=zero,
                 value=Decimal(value))
        for n, (sku, place, value) in enumerate((("A", "Main", "30000.005"), ("B", NASTY, "10095.495")))
    ]  # fmt: skip
    cache(engine, ledger, *snapshots, *stock, Figure(company=1, source="cin7", entity="availability", as_of=READ))
    return engine


def january(session: Session, period: Period = JANUARY, today: date = TODAY, now: datetime = READ) -> Pack:
    """The pack of a period, its findings remembered two weeks before as well; some have an owner."""
    pack = answers.weekly(session, 1, period, Config(), today=today, now=now)
    remember(session, 1, pack.tied, at=now - timedelta(days=14))
    for n, found in enumerate(pack.tied.findings):
        if n % 2:
            assign(session, 1, found.id, owner=NASTY, due=date(2026, 2, 20), note=None, who="a test", at=now)
    return load_pack.remembering(session, pack)


def voice(pack: Pack) -> Local:
    return local(pack.books.company)


def told(pack: Pack) -> dict[str, Any]:
    """All that the weekly charts say, and where their marks stand."""
    drawn, _ = charts(pack, voice(pack), CHARTS["weekly"])
    return {each.chart.name: {**_words(each.chart), "data": _marks(each.figure())} for each in drawn}


def _words(chart: Any) -> dict[str, Any]:
    names = ("title", "subtitle", "alt", "head", "rows", "footer")
    return {name: json.loads(json.dumps(getattr(chart, name))) for name in names}


def _marks(figure: dict[str, Any]) -> list[dict[str, Any]]:
    kept = ("name", "x", "y", "base", "text", "hovertext")
    return [{name: trace[name] for name in kept if name in trace} for trace in figure["data"]]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = open_database(f"sqlite:///{folder}/books.db")
        migrate(made)
        with Session(filled(made)) as opened:
            GOLDEN.write_text(json.dumps(told(january(opened)), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
