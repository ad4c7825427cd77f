"""A practice company being synced over real HTTP: clients, a cache, and what the cache then holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select

from sync.cin7.client import Cin7Access, Cin7Client
from sync.pull import Progress, RunReport, Wants, pull
from sync.qbo.auth import Grant, QboAccess
from sync.qbo.client import QboClient
from sync.sandbox.serve import Served
from sync.store import tables, writes
from sync.store.calls import StoredCallLog
from sync.store.db import reading, writing
from sync.store.tokens import TokenBox
from sync.store.upsert import table_of

# What a sync leaves behind, without the marks of when and in how many steps it was done.
_CONTENT: dict[Any, set[str]] = {
    tables.Company: set(),
    tables.AccountRow: set(),
    tables.PostingRow: {"id"},
    tables.DocumentRow: {"seen_at", "detail_at", "deleted_at"},
    tables.LineRow: set(),
    tables.ProductRow: set(),
    tables.LocationRow: set(),
    tables.StockRow: set(),
    tables.MovementRow: set(),
    tables.NameRow: set(),
    tables.RateRow: set(),
}
_PLENTY = 1_000_000


@dataclass
class Practice:
    """One cache beside one served practice company; `sync` runs as the product does, without its speed limits."""

    served: Served
    engine: Engine
    per_minute: int = _PLENTY
    give_up_after: float = 5.0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], object] | None = None
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    @property
    def company(self) -> int:
        environ = self.served.environ
        with writing(self.engine) as session:
            return writes.save_company(
                session, cin7_account=environ["CIN7_ACCOUNT_ID"], qbo_realm=environ["QBO_REALM_ID"]
            )

    def sync(
        self,
        wants: Wants | None = None,
        watch: Callable[[Progress], None] = lambda _: None,
        cancel: threading.Event | None = None,
    ) -> RunReport:
        with self._clients(cancel) as (cin7, qbo):
            return pull(
                self.engine, self.company, cin7, qbo, wants or Wants(), now=self.clock, watch=watch, cancel=cancel
            )

    def contents(self) -> dict[str, list[str]]:
        """Every row that a sync brought, as text in a fixed order, per table."""
        with reading(self.engine) as session:
            return {
                model.__tablename__: sorted(
                    str([row[c.name] for c in table_of(model).columns if c.name not in left_out])
                    for row in session.execute(select(table_of(model))).mappings()
                )
                for model, left_out in _CONTENT.items()
            }

    @contextmanager
    def _clients(self, cancel: threading.Event | None) -> Iterator[tuple[Cin7Client, QboClient]]:
        environ, log = self.served.environ, StoredCallLog(self.engine)
        access = QboAccess(
            base_url=environ["QBO_BASE_URL"],
            token_url=environ["QBO_TOKEN_URL"],
            authorize_url=environ["QBO_AUTHORIZE_URL"],
            redirect_uri="http://localhost:3000/qbo/callback",
            client_id=environ["QBO_CLIENT_ID"],
            client_secret=environ["QBO_CLIENT_SECRET"],
            realm_id=environ["QBO_REALM_ID"],
            refresh_token=environ["QBO_REFRESH_TOKEN"],
        )
        keys = Cin7Access(environ["CIN7_BASE_URL"], environ["CIN7_ACCOUNT_ID"], environ["CIN7_APPLICATION_KEY"])
        with httpx.Client() as http:
            grant = Grant(access, TokenBox(self.engine, [self.key]), http, time.time, time.sleep)
            cin7 = Cin7Client(
                keys, log, per_minute=self.per_minute, give_up_after=self.give_up_after, sleep=self.sleep, cancel=cancel
            )
            qbo = QboClient(
                access,
                grant,
                log,
                per_minute=self.per_minute,
                per_second=self.per_minute,
                give_up_after=self.give_up_after,
                sleep=self.sleep,
                cancel=cancel,
            )
            try:
                yield cin7, qbo
            finally:
                cin7.close()
                qbo.close()
