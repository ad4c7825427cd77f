"""A month of two small ledgers in which every kind of movement of inventory happens, and its month-end pack."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import Session

from reports import answers
from reports.books import Config
from reports.month_end import MonthEnd
from sync.domain.period import Period
from sync.store.db import migrate, open_database
from tests.reports.ledgers import CHART, TODAY, cache

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
JANUARY = Period(date(2026, 1, 10), date(2026, 1, 31))
MORE = """
632 In_Transit          ASSET     CURRENT              | 92 Other_Current_Asset OtherCurrentAssets 632
650 Landed_Clearing     LIABILITY CURRLIAB             | 93 Other_Current_Liability OtherCurrentLiabilities 650
"""
LEDGER = """
2026-01-01 StockAdjustment a0 ST-0 630 970 500.00
2026-01-12 Purchase p1 PO-1 630 801 200.00
2026-01-12 Purchase p1 PO-1 630 650 15.00
2026-01-13 Sale s1 INV-1 310 630 60.00
2026-01-14 StockTransfer t1 TR-1 632 630 30.00
2026-01-15 StockTransfer t2 TR-2 630 650 4.00
2026-01-16 StockAdjustment a1 ST-1 320 630 7.00
2026-01-17 Journal j1 JR-1 404 630 2.50
2026-02-03 Sale s3 INV-3 310 630 5.00
qbo 2026-01-01 JournalEntry 1 ST-0 85:500.00 90:-500.00
qbo 2026-01-12 JournalEntry 2 PO-1 85:215.00 87:-200.00 93:-15.00
qbo 2026-01-13 JournalEntry 3 INV-1 82:60.00 85:-60.00
qbo 2026-01-14 JournalEntry 4 TR-1 92:30.00 85:-30.00
qbo 2026-01-15 JournalEntry 5 TR-2 85:4.00 93:-4.00
qbo 2026-01-16 JournalEntry 6 ST-1 89:7.00 85:-7.00
qbo 2026-01-18 Bill 7 B-9 85:40.00 86:-40.00
qbo 2026-01-19 Invoice 8 INV-9 84:100.00 79:-100.00 82:33.00 85:-33.00
qbo 2026-01-20 JournalEntry 9 BY-HAND 85:10.00 83:-6.00 90:-5.00 35:1.00
"""
_CONTROLS = Config(controls={"accrued_purchases": ("650", "801"), "in_transit": ("632",)})


def month_end(folder: Path) -> MonthEnd:
    """The month-end pack of LEDGER, cached in `folder`."""
    engine = open_database(f"sqlite:///{folder}/books.db")
    migrate(engine)
    made = cache(engine, LEDGER, chart=CHART.rstrip() + MORE)
    with Session(made.engine) as session:
        found = answers.month_end(session, 1, JANUARY, _CONTROLS, today=TODAY, now=NOW)
    engine.dispose()
    return found
