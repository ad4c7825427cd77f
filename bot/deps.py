"""What commands work with, made from the settings: the cache, the company, its calendar, a sync, a connection."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from bot.outside import Outside
from bot.progress import watching
from bot.prompt import Phrases
from bot.replies import Reply
from bot.stopping import stopping
from reports import periods
from reports.books import Config
from sync.domain.period import Period
from sync.errors import AppError, NotSynced, UserError
from sync.settings import Settings, require

if TYPE_CHECKING:  # imported where they are needed: together they take most of a second
    from sqlalchemy import Engine
    from sqlmodel import Session

    from bot.connection import Connection
    from reports.pictures import Pictures
    from sync.pull import RunReport, Wants

log = logging.getLogger("tieout.deps")

Answer = Callable[[Sequence[str], Outside], Reply]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The company's calendar, for the words of periods."""

    today: date
    week_start: str
    fiscal_year_start: tuple[int, int]

    def period(self, words: str) -> Period:
        """The period that `words` name; UserError for words that name none."""
        return periods.parse(words, self.today, self.week_start, self.fiscal_year_start)


@dataclass
class Deps:
    """One command's surroundings; `answer` runs another command, `phrases` are the spoken options of each.

    `shared` is an open cache, `warm` a browser that draws pictures, which outlive the command.
    """

    settings: Settings
    outside: Outside
    answer: Answer
    phrases: Phrases
    as_json: bool = False
    shared: Engine | None = None
    warm: Pictures | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        self._open.close()

    def tell(self, text: str) -> None:
        """Says something before the reply: on stdout, or on stderr where stdout is kept for the JSON document."""
        print(text, file=self.outside.stderr if self.as_json else self.outside.stdout, flush=True)

    @cached_property
    def engine(self) -> Engine:
        """The cache, opened and brought to its newest form at the first use."""
        from sync.store.db import migrate, open_database

        if self.shared is not None:
            return self.shared
        engine = open_database(self.settings.database_url)
        self._open.callback(engine.dispose)
        migrate(engine)
        return engine

    @contextmanager
    def books(self, *, may_be_empty: bool = False) -> Iterator[tuple[Session, int]]:
        """A reading session and the company's id; where no company is cached yet NotSynced, or the id 0."""
        from sync.store.db import reading

        with reading(self.engine) as session:
            yield session, self._company(session, may_be_empty=may_be_empty)

    @contextmanager
    def changing(self) -> Iterator[tuple[Session, int]]:
        """A session that writes what people decide and what was found, and the company's id; kept when it ends well."""
        from sync.store.db import writing

        with writing(self.engine, durable=True) as session:
            yield session, self._company(session, may_be_empty=False)

    def wish(self, documents: Collection[tuple[str, str]]) -> None:
        """Notes that somebody waits for the lines of these Cin7 documents (kind, id): the next sync reads them first.

        The answer has been found by then, and is given whether or not this can be noted.
        """
        from sync.store import unread

        if not documents:
            return
        try:
            with self.changing() as (session, company):
                unread.wish(session, company, documents)
        except AppError as fault:
            log.warning("it could not be noted who waits for which lines: %s", fault)

    @property
    def config(self) -> Config:
        """The business settings that decide figures."""
        told = self.settings
        return Config(
            told.accounts,
            told.controls,
            told.company.time_zone,
            tolerance=told.rounding,
            sales_elsewhere=told.sales_posted_by != "cin7",
            patterns=told.patterns,
        )

    @cached_property
    def pictures(self) -> Pictures:
        """The browser that draws pictures; one of its own ends with these surroundings."""
        from reports.pictures import Pictures

        if self.warm is not None:
            return self.warm
        return self._open.enter_context(closing(Pictures(environ=self.outside.environ)))

    def calendar(self, session: Session, company: int) -> Calendar:
        """Today and the calendar of the company: the settings' time zone, else Cin7's."""
        from reports.load import company_facts

        facts = company_facts(session, company, self.config)
        own = self.settings.company
        return Calendar(periods.today(self.outside.now(), facts.time_zone), own.week_start, own.fiscal_year_start)

    def connection(
        self, realm: str = "", cancel: threading.Event | None = None, patience: float | None = None
    ) -> Connection:
        """Clients of both systems for the QuickBooks company `realm` (default: the settings')."""
        from bot.connection import Connection

        chosen = realm or self.settings.qbo.realm_id
        made = Connection(self.settings, self.engine, self.outside, chosen, cancel, patience)
        return self._open.enter_context(closing(made))

    def sync(self, wants: Wants, started_by: str, cancel: threading.Event | None = None) -> RunReport:
        """One sync of the settings' company, with progress on stderr; a first Ctrl-C sets `cancel`, and lets it end in
        good order."""
        from sync.pull import pull

        require(self.settings, "cin7", "qbo")
        cancel = cancel or threading.Event()
        connection = self.connection(cancel=cancel)
        with stopping(cancel), watching(self.outside.stderr) as watch:
            return pull(
                self.engine,
                connection.company(),
                connection.cin7,
                connection.qbo,
                wants,
                now=self.outside.now,
                watch=watch,
                cancel=cancel,
                started_by=started_by,
                lease_seconds=self.settings.sync.lease,
            )

    def wait_for_test(self, user: str, number: str, days: int) -> None:
        """A test sync that is not done yet is told to `user` once it is."""
        from sync.store.checks import TrialBook, WaitedTrial

        now = self.outside.clock()
        with self.books() as (_, company):
            TrialBook(self.engine, company).begin(WaitedTrial(user, number, now, now + days * 86400))

    def entities(self) -> tuple[str, ...]:
        """The names that a sync may be restricted to."""
        from sync.cin7.resources import RESOURCES as CIN7
        from sync.plan.cin7_details import NAMES
        from sync.qbo.resources import RESOURCES as QBO

        return tuple(dict.fromkeys([*(resource.name for table in (CIN7, QBO) for resource in table), *NAMES]))

    def _company(self, session: Session, *, may_be_empty: bool) -> int:
        from sqlmodel import select

        from sync.store.tables import Company

        wanted = (self.settings.cin7.account_id.lower(), self.settings.qbo.realm_id)
        rows = session.exec(select(Company)).all()
        fitting = [
            row for row in rows if wanted[0] in ("", row.cin7_account.lower()) and wanted[1] in ("", row.qbo_realm)
        ]
        if not fitting and may_be_empty:
            return 0
        if not fitting:
            raise NotSynced
        if len(fitting) > 1:
            raise UserError("The cache holds several companies; set CIN7_ACCOUNT_ID and QBO_REALM_ID to say which")
        return fitting[0].id or 0
