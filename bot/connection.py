"""Clients of the two systems, wired to one call log and one token box in the cache."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from decimal import Decimal
from functools import cached_property

import httpx
from sqlalchemy import Engine

from bot.outside import Outside
from sync.cin7.client import Cin7Access, Cin7Client
from sync.cin7.resources import BY_NAME
from sync.cin7.to_domain import contact
from sync.domain.names import Name
from sync.qbo import consent, statements
from sync.qbo.auth import Grant, QboAccess
from sync.qbo.client import QboClient
from sync.qbo.company import CompanyFacts
from sync.qbo.consent import Consent
from sync.settings import Settings
from sync.settings.values import is_loopback
from sync.store.calls import StoredCallLog
from sync.store.db import writing
from sync.store.tokens import TokenBox
from sync.store.writes import save_company
from sync.transport import Tally


class Connection:
    """Both systems for one company; clients are made at the first use and closed together.

    `patience` is for how many seconds a system that does not answer is tried (default: the settings').
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        outside: Outside,
        realm: str,
        cancel: threading.Event | None = None,
        patience: float | None = None,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._outside = outside
        self._cancel = cancel or threading.Event()
        self._patience = settings.sync.give_up_after if patience is None else patience
        self._open = ExitStack()
        qbo = settings.qbo
        self._access = QboAccess(
            base_url=qbo.base_url,
            token_url=qbo.token_url,
            authorize_url=qbo.authorize_url,
            redirect_uri=qbo.redirect_uri,
            client_id=qbo.client_id,
            client_secret=qbo.client_secret.reveal(),
            realm_id=realm,
            refresh_token=qbo.refresh_token.reveal(),
        )

    def close(self) -> None:
        self._open.close()

    def _wait(self, seconds: float) -> None:
        """A pause that a cancelled sync does not sit through."""
        self._cancel.wait(seconds)

    @cached_property
    def log(self) -> StoredCallLog:
        """The log of sent calls that every process of this installation shares."""
        return StoredCallLog(self._engine)

    @cached_property
    def cin7(self) -> Cin7Client:
        own = self._settings.cin7
        client = Cin7Client(
            Cin7Access(own.base_url, own.account_id, own.application_key.reveal()),
            self.log,
            per_minute=self._settings.limits.cin7_per_minute,
            give_up_after=self._patience,
            clock=self._outside.clock,
            http=self._http(own.base_url),
            cancel=self._cancel,
        )
        self._open.callback(client.close)
        return client

    @cached_property
    def grant(self) -> Grant:
        """The right to call QuickBooks; its tokens live encrypted in the cache."""
        box = TokenBox(self._engine, [key.reveal() for key in self._settings.secret_keys])
        return Grant(self._access, box, self._http(self._access.token_url), self._outside.clock, self._wait)

    @cached_property
    def qbo(self) -> QboClient:
        client = QboClient(
            self._access,
            self.grant,
            self.log,
            per_minute=self._settings.limits.qbo_per_minute,
            per_second=self._settings.limits.qbo_per_second,
            give_up_after=self._patience,
            clock=self._outside.clock,
            http=self._http(self._access.base_url),
            cancel=self._cancel,
        )
        self._open.callback(client.close)
        return client

    def _http(self, address: str) -> httpx.Client:
        """A pool of connections; the proxies of the environment are for other machines, never for this one."""
        here = is_loopback(httpx.URL(address).host)
        return self._open.enter_context(httpx.Client(trust_env=not here, timeout=httpx.Timeout(60, connect=10)))

    def company(self) -> int:
        """The id in the cache of this pair of accounts; made at the first sync."""
        with writing(self._engine) as session:
            return save_company(session, cin7_account=self._settings.cin7.account_id, qbo_realm=self._access.realm_id)

    def consent_link(self) -> tuple[str, str]:
        """Where a person allows the connection, and the state that comes back with the redirect; good for once."""
        state = consent.new_state()
        return consent.authorize_link(self._access, state), state

    def read_redirect(self, query: Mapping[str, str], state: str) -> Consent:
        """The code and company of a redirect; UserError where its state is not ours, AuthExpired for a refusal."""
        return consent.read_redirect(query, state)

    def exchange(self, found: Consent) -> None:
        """Turns the code into a stored connection of the company that was chosen."""
        self.grant.exchange(found.code, found.realm)

    def contacts(self) -> tuple[Name, ...]:
        """Every customer and supplier of Cin7, asked of Cin7."""
        lists = (("customers", "Customer"), ("suppliers", "Supplier"))
        return tuple(
            contact(kind, row)
            for name, kind in lists
            for page in self.cin7.pages(BY_NAME[name], tally=Tally())
            for row in page.rows
        )

    def qbo_facts(self) -> CompanyFacts:
        """Plan, time zone and home currency, asked of QuickBooks."""
        return self.qbo.company(tally=Tally())

    def counted(self, items: Iterable[str]) -> dict[str, Decimal]:
        """Id of an item -> how many QuickBooks counts of it; items whose quantity it does not track are left out."""
        rows = self.qbo.query("Item", where=statements.among(sorted(items)), tally=Tally())
        return {
            str(row["Id"]): Decimal(str(row["QtyOnHand"]))
            for row in rows
            if row.get("TrackQtyOnHand") is True and row.get("QtyOnHand") is not None
        }

    def qbo_name(self) -> str:
        """The QuickBooks company's name, asked of QuickBooks."""
        return self.qbo.company(tally=Tally()).name

    def cin7_name(self) -> str:
        """The Cin7 company's name, asked of Cin7."""
        return self.cin7.me(tally=Tally()).company
