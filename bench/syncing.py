"""A sync as the product makes it, of whatever company the environment leads to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import Engine

from sync.cin7.client import Cin7Access, Cin7Client
from sync.pull import Progress, RunReport, Wants, pull
from sync.qbo.auth import Grant, QboAccess
from sync.qbo.client import QboClient
from sync.store.calls import StoredCallLog
from sync.store.db import migrate, open_database, writing
from sync.store.tokens import TokenBox
from sync.store.writes import save_company

PLENTY = 1_000_000  # calls a minute, where the limits are not what is measured
_CIN7, _QBO_MINUTE, _QBO_SECOND = 60, 500, 10


def new_cache(folder: Path, name: str = "bench.db") -> Engine:
    """A cache in a new SQLite file of `folder`, with all tables."""
    engine = open_database(f"sqlite:///{folder / name}")
    migrate(engine)
    return engine


def sync(
    engine: Engine,
    environ: Mapping[str, str],
    key: str,
    *,
    limits: bool,
    now: Callable[[], datetime],
    watch: Callable[[Progress], None] = lambda _: None,
) -> RunReport:
    """One sync of the company behind the addresses of `environ`; `limits`: at the speed that the vendors allow."""
    log = StoredCallLog(engine)
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
    with writing(engine) as session:
        company = save_company(session, cin7_account=environ["CIN7_ACCOUNT_ID"], qbo_realm=environ["QBO_REALM_ID"])
    with ExitStack() as opened:
        http = opened.enter_context(httpx.Client(trust_env=False))
        grant = Grant(access, TokenBox(engine, [key]), http, time.time, time.sleep)
        cin7 = opened.enter_context(closing(Cin7Client(keys, log, per_minute=_CIN7 if limits else PLENTY)))
        qbo = opened.enter_context(
            closing(
                QboClient(
                    access,
                    grant,
                    log,
                    per_minute=_QBO_MINUTE if limits else PLENTY,
                    per_second=_QBO_SECOND if limits else PLENTY,
                )
            )
        )
        return pull(engine, company, cin7, qbo, Wants(), now=now, watch=watch, started_by="bench")


def ticking(start: datetime, later: timedelta = timedelta(0)) -> Callable[[], datetime]:
    """A clock that shows `start` plus `later` now and goes on from there."""
    began, first = time.monotonic(), (start + later).astimezone(UTC)
    return lambda: first + timedelta(seconds=time.monotonic() - began)


def refuse_partial(report: RunReport) -> None:
    """A benchmark of a sync that did not bring everything would measure something else."""
    if report.status != "succeeded":
        faults = [f"{step.source} {step.entity}: {step.error}" for step in report.entities if step.error]
        raise RuntimeError(f"the sync is {report.status}: {'; '.join(faults)}")
