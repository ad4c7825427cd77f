"""The running service: everything of `tieout serve` made from the settings and wired together; a composition root."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot import after_sync, alert_texts
from bot.checking import checked, followed
from bot.connection import Connection
from bot.deps import Answer, Deps
from bot.desk import Busy, SyncTicket
from bot.due_times import Due, newest
from bot.engine_room import EngineRoom
from bot.outside import Outside
from bot.pack_post import post_pack
from bot.prompt import Phrases
from bot.schedule import rules_of
from bot.slack import Slack
from bot.slack_faults import SlackFault
from bot.syncs import Syncs
from bot.work import Work
from reports.pictures import Pictures
from reports.setup_facts import Check
from reports.trial_sync import Trial
from sync.errors import AppError, UserError
from sync.pull import Progress, RunReport, Wants, pull
from sync.settings import Schedule, Settings
from sync.store.db import migrate, open_database, reading
from sync.store.tables import Company

log = logging.getLogger("tieout.service")

_WORKERS = 4  # more would answer no faster, and would keep acknowledgements waiting (bench asking)
_KNOWN = 300.0  # seconds for which it is remembered who reads the alerts' channel
_WAITING = 300  # questions that may wait for a worker
_SYNC_ENDS = 4.0  # seconds that a running sync has to end in good order
_BROWSER_ENDS = 0.5  # seconds more that the browser has to go, which it had all the while
_LAST_WORDS = 2.5  # seconds that what messages say last has to reach Slack


class Service:
    """What stands behind every command and click (bot.desk.Desk), and all that runs beside them."""

    def __init__(self, settings: Settings, outside: Outside, answer: Answer, phrases: Phrases) -> None:
        """Opens the cache; SettingsError where it cannot be used. Nothing runs before `start`."""
        self.settings = settings
        self.outside = outside
        self._answer, self._phrases = answer, phrases
        self.engine = open_database(settings.database_url)
        migrate(self.engine)
        with closing(self._connection()) as connection:
            self.company = connection.company()
        self.slack = Slack(settings.slack.bot_token.reveal(), settings.slack.api_url)
        work = Work(
            self._scheduled_sync, self._report, self._tie_out, self._may_read_money, self._check, self._test_sync
        )
        self._zone = self._known_zone()
        self.stopping = False
        self._money, self._asked_until = False, 0.0
        self.room = EngineRoom(settings, self.engine, self.company, self._zone, outside.clock, self.slack, work)
        self.syncs = Syncs(self.room, self._pull, outside.clock, self._wants(), self._look_at_zone)
        self.pictures = Pictures(environ=outside.environ)
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="answer")
        self._places = threading.BoundedSemaphore(_WORKERS + _WAITING)

    def start(self) -> None:
        """Begins: letters leave, missed due times are caught up, messages of dead syncs are picked up."""
        self.room.start()
        self.syncs.begin()

    def stop(self) -> None:
        """Ends within some eight seconds; no message is left saying that a sync runs."""
        self.stopping = True
        self.room.pause()
        self._pool.shutdown(wait=False)  # what was asked is still answered, for as long as the rest of the end takes
        browser = threading.Thread(target=self.pictures.close, name="last picture", daemon=True)
        browser.start()  # beside the rest, which must not wait for a browser that hangs
        self.syncs.stop(_SYNC_ENDS)
        self.room.last_words("sync:", _LAST_WORDS)
        self.room.stop()
        browser.join(_BROWSER_ENDS)

    @property
    def zone(self) -> str:
        return self._zone

    @contextmanager
    def deps(self) -> Iterator[Deps]:
        own = Deps(self.settings, self.outside, self._answer, self._phrases, shared=self.engine, warm=self.pictures)
        with closing(own) as deps:
            yield deps

    def work(self, task: Callable[[], None]) -> None:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            self._pool.submit(self._worked, task)
        except RuntimeError:  # the pool takes nothing any more
            self._places.release()
            raise Busy("Tieout is being started anew. Ask again in a minute.") from None

    def _worked(self, task: Callable[[], None]) -> None:
        try:
            task()
        except AppError as fault:
            log.warning("no answer: %s", fault)
        except Exception:
            log.exception("an answer failed on our side")
        finally:
            self._places.release()

    def sync_now(self, wants: Wants | None, user: str) -> RunReport:
        """A sync that is over when this returns, without a message."""
        return self.syncs.run(wants or self._wants(), user)

    def start_sync(self, wants: Wants | None, user: str, channel: str) -> SyncTicket:
        ticket = self.syncs.start(wants or self._wants(), user, channel)
        self._note(user, "joined sync" if ticket.joined else "started sync", f"sync:{ticket.run}")
        return ticket

    def cancel_sync(self, run: str, user: str) -> None:
        self.syncs.cancel(run, user)

    def retry(self, what: str, user: str, channel: str) -> SyncTicket | None:
        kind, _, name = what.partition(":")
        if kind == "sync":
            only = self.syncs.failed_parts(name) if name else ()
            return self.start_sync(self._wants(only), user, channel)
        if kind != "report":
            raise UserError("There is nothing that Tieout could try again here")
        row = next((row for row in self.settings.schedules if row.name == name), None)
        if row is None:
            raise UserError(f"No report {name} is scheduled any more ([[schedule]] in tieout.toml)")
        self._note(user, "retried report", what)
        due = self._newest_due(row)
        self.work(lambda: self.room.report_again(row, due))
        return None

    def upcoming(self) -> Sequence[tuple[str, datetime]]:
        return self.room.scheduler.next()

    def _note(self, user: str, what: str, subject: str) -> None:
        self.room.audit.note(self.outside.now(), user, what, subject)

    def _wants(self, only: tuple[str, ...] = ()) -> Wants:
        return Wants(only=only, entities=() if only else self.settings.sync.entities)

    def _scheduled_sync(self, only: tuple[str, ...], who: str) -> RunReport:
        followed = self.settings.sync.entities  # what the installation leaves out, no hint brings back
        return self.syncs.run(Wants(only=() if only == followed else only, entities=followed), who)

    def _pull(
        self, run: str, wants: Wants, who: str, watch: Callable[[Progress], None], cancel: threading.Event
    ) -> RunReport:
        with closing(self._connection(cancel)) as connection:
            return pull(
                self.engine,
                self.company,
                connection.cin7,
                connection.qbo,
                wants,
                now=self.outside.now,
                watch=watch,
                cancel=cancel,
                started_by=who,
                lease_seconds=self.settings.sync.lease,
                run=run,
            )

    def connection(self) -> Connection:
        """Clients of both systems; the caller closes them."""
        return self._connection()

    def _connection(self, cancel: threading.Event | None = None) -> Connection:
        return Connection(self.settings, self.engine, self.outside, self.settings.qbo.realm_id, cancel)

    def _tie_out(self) -> after_sync.AfterSync | None:
        with self.deps() as deps:
            return after_sync.tie_out(deps)

    def _check(self) -> Sequence[Check]:
        with self.deps() as deps:
            return checked(deps).checks

    def _test_sync(self, number: str) -> Trial:
        with self.deps() as deps:
            return followed(deps, number)

    def _report(self, row: Schedule, due: Due) -> None:
        post_pack(self, row, due)

    def _newest_due(self, row: Schedule) -> Due:
        name, now = f"{alert_texts.REPORT}{row.name}", self.outside.now()
        rule = rules_of(self.settings, self._zone)[name]
        return newest(name, rule, datetime.min.replace(tzinfo=now.tzinfo), now) or Due(
            name, f"{now:%Y-%m-%dT%H:%M}", now
        )

    def _may_read_money(self) -> bool:
        """False where people of other organisations read the alerts' channel, and where nobody can tell."""
        now = self.outside.clock()
        if now >= self._asked_until:
            try:
                self._money = not self.slack.channel(self.settings.slack.alerts).shared
            except SlackFault as fault:
                log.warning("the alerts' channel is not known: %s", fault)
                self._money = False
            self._asked_until = now + _KNOWN
        return self._money

    def _known_zone(self) -> str:
        if self.settings.company.time_zone:
            return self.settings.company.time_zone
        with reading(self.engine) as session:
            known = session.exec(select(Company.time_zone).where(col(Company.id) == self.company)).first()
        try:
            return str(ZoneInfo(known or "UTC"))
        except (ValueError, KeyError, OSError):
            log.warning("Cin7 names a time zone that is not known here; set time_zone under [company]")
            return "UTC"

    def _look_at_zone(self) -> None:
        """The first sync tells where the company is: the schedule's hours are its hours from then on."""
        zone = self._known_zone()
        if zone != self._zone:
            self._zone = zone
            self.room.move(zone)
