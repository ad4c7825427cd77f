"""A practice company being synced over real HTTP: its clock, clients, a cache, and what the cache then holds."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select
from sqlmodel import Session

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
    tables.DocumentRow: {"seen_at", "detail_at"},
    tables.LineRow: set(),
    tables.ProductRow: set(),
    tables.LocationRow: set(),
    tables.StockRow: set(),
    tables.MovementRow: set(),
    tables.NameRow: set(),
    tables.RateRow: set(),
}
_PLENTY = 1_000_000

Contents = dict[str, list[str]]


@dataclass(frozen=True)
class Address:
    """Where a practice company is served by another process, and the day it lives in."""

    environ: Mapping[str, str]
    today: date


class Clock:
    """Late afternoon of the practice company's day; time passes, and where the program would wait it is skipped."""

    def __init__(self, today: Callable[[], date], zone: str = "America/New_York") -> None:
        self.skipped = 0.0
        self._today, self._zone = today, ZoneInfo(zone)
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        """Seconds since 1970."""
        start = datetime(*self._today().timetuple()[:3], 17, tzinfo=self._zone)
        with self._lock:
            passed = time.monotonic() - self._began + self.skipped
        return (start + timedelta(seconds=passed)).timestamp()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.skipped += seconds


@dataclass
class Practice:
    """One cache beside one served practice company; `sync` runs as the product does, without its speed limits.

    `later`: seconds that the clock is ahead from the start. `tokens`: the database that keeps the connection's
    tokens, where several caches share one connection.
    """

    served: Served | Address
    engine: Engine
    per_minute: int = _PLENTY
    give_up_after: float = 20.0
    lease_seconds: float = 60.0
    started_by: str = "a test"
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    tokens: Engine | None = None
    later: float = 0.0
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self._today)
        self.clock.sleep(self.later)

    def _today(self) -> date:
        return self.served.world.today if isinstance(self.served, Served) else self.served.today

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
        with self.clients(cancel) as (cin7, qbo):
            return pull(
                self.engine,
                self.company,
                cin7,
                qbo,
                wants or Wants(),
                now=self.clock,
                watch=watch,
                cancel=cancel,
                started_by=self.started_by,
                lease_seconds=self.lease_seconds,
            )

    def contents(self, *, living: bool = False) -> Contents:
        """Every row that a sync brought, as text in a fixed order, per table.

        `living` leaves out documents that their system has deleted: a later cache has never seen them.
        """
        with reading(self.engine) as session:
            rows = {model: _rows(session, model) for model in _CONTENT}
        gone = {_document(row) for row in rows[tables.DocumentRow] if row["deleted_at"]} if living else set()
        return {
            model.__tablename__: sorted(
                str([_shown(row, name) for name in row if name not in left_out])
                for row in rows[model]
                if model not in (tables.DocumentRow, tables.LineRow) or _document(row) not in gone
            )
            for model, left_out in _CONTENT.items()
        }

    @contextmanager
    def clients(self, cancel: threading.Event | None = None) -> Iterator[tuple[Cin7Client, QboClient]]:
        """Clients of both systems that share the cache's log of calls."""
        environ, clock = self.served.environ, self.clock
        log = StoredCallLog(self.engine, clock.seconds)
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
        box = TokenBox(self.tokens or self.engine, [self.key], clock.seconds)
        with httpx.Client(trust_env=False) as http:
            grant = Grant(access, box, http, clock.seconds, clock.sleep)
            cin7 = Cin7Client(
                keys,
                log,
                per_minute=self.per_minute,
                give_up_after=self.give_up_after,
                clock=clock.seconds,
                sleep=clock.sleep,
                cancel=cancel,
            )
            qbo = QboClient(
                access,
                grant,
                log,
                per_minute=self.per_minute,
                per_second=self.per_minute,
                give_up_after=self.give_up_after,
                clock=clock.seconds,
                sleep=clock.sleep,
                cancel=cancel,
            )
            try:
                yield cin7, qbo
            finally:
                cin7.close()
                qbo.close()


def apart(found: Contents, expected: Contents, limit: int = 3) -> list[str]:
    """Where two caches differ, some rows of each table; nothing where they hold the same."""
    told: list[str] = []
    for name in expected:
        have, want = Counter(found[name]), Counter(expected[name])
        told += [f"{name} has, and should not: {row}" for row in sorted((have - want).elements())[:limit]]
        told += [f"{name} lacks: {row}" for row in sorted((want - have).elements())[:limit]]
    return told


def _rows(session: Session, model: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(table_of(model))).mappings()]


def _document(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["source"], row["kind"], row["id"]


def _shown(row: Mapping[str, Any], name: str) -> object:
    """That a document is deleted counts, when we noticed it does not."""
    return row[name] is not None if name == "deleted_at" else row[name]
