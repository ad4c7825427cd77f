"""The cache's tables as columns to select from: sums and groups are made by the database, row objects by nobody."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Row

from sync.store import tables

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_TABLES = tables.Company.metadata.tables
COMPANY = _TABLES["company"]
ACCOUNT = _TABLES["account"]
POSTING = _TABLES["posting"]
WINDOW = _TABLES["ledger_window"]
PROOF = _TABLES["proof"]
DOCUMENT = _TABLES["document"]
LINE = _TABLES["line"]
PRODUCT = _TABLES["product"]
LOCATION = _TABLES["location"]
STOCK = _TABLES["stock"]
STOCK_DAY = _TABLES["stock_day"]
MOVEMENT = _TABLES["movement"]
RUN = _TABLES["run"]
FIGURE = _TABLES["figure"]
SENT_CALL = _TABLES["sent_call"]
CALL_MONTH = _TABLES["call_month"]
