"""The engine room of `tieout serve`: outbox, alerts, schedule and hints, wired to the cache and to one company."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot import alert_texts, daily_check, heartbeat, hints, trial_watch
from bot.alert_life import Patience
from bot.alerts import Alerts
from bot.due_times import Due
from bot.outbox import Outbox
from bot.schedule import Job, Scheduler, rules_of
from bot.slack import Slack
from bot.web import Route
from bot.web_health import Checks
from bot.web_qbo import Connecting, Webhook
from bot.work import TieOut, Work
from sync.domain.runs import RunReport
from sync.errors import AppError, SyncRunning
from sync.settings import Schedule, Settings
from sync.store.alerts import AlertBook
from sync.store.audit import AuditLog
from sync.store.calls import StoredCallLog
from sync.store.checks import CheckMemory, TrialBook
from sync.store.events import Consents, SeenEvents
from sync.store.health import SyncHealth
from sync.store.jobs import JobBook
from sync.store.outbox import StoredOutbox
from sync.store.run_book import RunBook

log = logging.getLogger("tieout.room")

_KEEP_LETTERS = timedelta(days=90)
# Calls a month before reads are blocked on Intuit's free tier (Intuit App Partner Program: CorePlus); Cin7 has none.
_PER_MONTH = {"qbo": 500_000}
_BY_SCHEDULE = "schedule"
_CORE = (("cin7", "transactions"), ("qbo", "ledger"))  # a sync without both ledgers is a small one
_SNAPSHOT = ("products", "availability")


class EngineRoom:
    """All that runs beside the conversation; `start` and `stop` once each."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        company: int,
        zone: str,
        clock: Callable[[], float],
        slack: Slack,
        work: Work,
    ) -> None:
        """`zone` is the company's time zone, `company` its id in the cache."""
        self._settings = settings
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._work = work
        chosen = settings.sync.entities
        self._core = frozenset(part for part in _CORE if not chosen or part[1] in chosen)
        self.health = SyncHealth(engine, company, settings.qbo.realm_id, self._core)
        self.seen = SeenEvents(engine)
        self.consents = Consents(engine)
        self.audit = AuditLog(engine, company)
        self._checks = CheckMemory(engine, company)
        self._tests = TrialBook(engine, company)
        self.runs = RunBook(engine, company)
        self.box = StoredOutbox(engine, company)
        self.outbox = Outbox(self.box, slack, StoredCallLog(engine), clock)
        self.alerts = Alerts(
            AlertBook(engine, company),
            company,
            settings.slack.alerts,
            _patience(settings),
            clock,
            self._today,
            work.figures,
            self.outbox.wake,
        )
        self.scheduler = Scheduler(self._jobs(zone), JobBook(engine, company), clock, self.watch)
        self.hints = hints.Hints(self._hinted, _qbo_names())

    def start(self) -> None:
        """Begins: letters leave, missed due times are caught up, a late sync is told."""
        self.outbox.start()
        self.hints.begin()
        self.scheduler.start()

    def pause(self) -> None:
        """Begins nothing more by itself; letters still leave."""
        self.scheduler.stop()
        self.hints.end()

    def last_words(self, prefix: str, seconds: float) -> None:
        """Waits until Slack shows what letters whose keys begin so say, for some seconds at most."""
        end, wait = self._clock() + seconds, threading.Event()
        self.outbox.wake()
        while self._clock() < end and self.box.waiting(prefix):
            wait.wait(0.1)

    def stop(self) -> None:
        """Ends; the letter under way has a second."""
        self.pause()
        self.outbox.stop(1.0)

    def move(self, zone: str) -> None:
        """The company is in another time zone than was known."""
        self._zone = ZoneInfo(zone)
        self.scheduler.arrange(self._jobs(zone))

    def report_again(self, row: Schedule, due: Due) -> None:
        """Builds a scheduled report once more; what it raises was told as an alert."""
        self._report_job(row)(due)

    def parts(self) -> dict[str, Callable[[], bool]]:
        """Our threads by name, each with what says whether it runs."""
        return {"outbox": self.outbox.alive, "schedule": self.scheduler.alive, "hints": self.hints.alive}

    def routes(
        self,
        connection: Callable[[], AbstractContextManager[Any]],
        more: Iterable[Route] = (),
        parts: Mapping[str, Callable[[], bool]] | None = None,
        connected: Callable[[], None] = lambda: None,
    ) -> Iterable[Route]:
        """Every route of the contract; Slack's comes with `more`, `connection` gives the right to QuickBooks.

        `parts` are what else must run for the process to be well, `connected` is told of each new consent.
        """
        qbo, late = self._settings.qbo, timedelta(seconds=self._settings.alerts.late_after)
        checks = Checks(
            self.health, self.box, self._clock, late, {**self.parts(), **(parts or {})}, self.scheduler.next
        )
        connecting = Connecting(
            qbo.realm_id, self.consents, connection, lambda: self._connected(connected), self._clock
        )
        webhook = Webhook(qbo.realm_id, qbo.webhook_verifier, self.seen, self.hints.add, self._clock)
        return (*checks.routes(), *connecting.routes(), *webhook.routes(), *more)

    def syncing(
        self,
        run: Callable[[], RunReport],
        cancelled: Callable[[], bool] = lambda: False,
        tied: Callable[[TieOut | None, str], None] = lambda told, why: None,
    ) -> RunReport:
        """Runs a sync and tells alerts how it went; a good whole one calls HEARTBEAT_URL and ties out.

        `tied` is told what the tie-out found, or why there is none.
        """
        try:
            report = run()
        except SyncRunning:
            raise
        except AppError as fault:
            self.alerts.trouble(alert_texts.sync_stopped(str(fault)))
            raise
        except Exception as fault:
            self.alerts.trouble(alert_texts.sync_stopped(f"It failed on our side ({type(fault).__name__})."))
            raise
        whole = self._core <= {(step.source, step.entity) for step in report.entities}
        self.alerts.after_sync(
            report,
            whole=whole,
            broken=self.health.broken(),
            connect_url=connect_url(self._settings.qbo.redirect_uri),
            cancelled=cancelled(),
        )
        calls = self.health.calls(self._clock())
        self.alerts.check_budget({name: (calls.get(name, (0, 0))[0], most) for name, most in _PER_MONTH.items()})
        if report.status == "succeeded" and whole:
            heartbeat.beat(self._settings.heartbeat_url)
            tied(*self._tie_out())
            trial_watch.look(self._tests, self._work.test_sync, self.outbox.put, self._clock())
        return report

    def _tie_out(self) -> tuple[TieOut | None, str]:
        """What the tie-out found, and why there is none: a good sync stays a good one whatever comes of it."""
        try:
            told = self._work.tie_out()
        except AppError as fault:
            log.warning("no tie-out after the sync: %s", fault)
            return None, str(fault)
        except Exception as fault:
            log.exception("the tie-out after the sync failed on our side")
            return None, f"it failed on our side ({type(fault).__name__})"
        if told is not None:
            self.alerts.after_tie_out(told.found, told.new, told.currency, self._settings.alerts.finding_above)
        return told, ""

    def watch(self) -> None:
        """What the passing of time does: reminders, escalations, and a sync that is late."""
        self.alerts.sweep()
        pulse = self.health.pulse()
        limit = timedelta(seconds=self._settings.alerts.late_after)
        if not self.alerts.check_late(pulse.good_at, pulse.first_at, limit):
            self._no_longer_late()  # a sync of another process, or of the command line, was good
        if self._tests.waiting() and (pulse.good_at is None or self._ago(pulse.good_at) > trial_watch.OFTEN):
            self._scheduled((), trial_watch.BY)

    def _ago(self, instant: datetime) -> float:
        return self._clock() - instant.timestamp()

    def _no_longer_late(self) -> None:
        if any(alert.trouble.cause == alert_texts.LATE for alert in self.alerts.unresolved()):
            self.alerts.over(alert_texts.LATE, "A sync succeeded.")

    def _jobs(self, zone: str) -> list[Job]:
        rows = {f"report:{row.name}": row for row in self._settings.schedules}
        found = []
        for name, rule in rules_of(self._settings, zone).items():
            if name == "sync":
                found.append(Job(name, rule, lambda due: self._scheduled(self._settings.sync.entities)))
            elif name == "snapshot":
                found.append(Job(name, rule, lambda due: self._snapshot()))
            elif name == "check":
                found.append(Job(name, rule, lambda due: daily_check.run(self._work.check, self._checks, self.alerts)))
            else:
                found.append(Job(name, rule, self._report_job(rows[name])))
        return found

    def _scheduled(self, only: tuple[str, ...], who: str = _BY_SCHEDULE) -> None:
        try:
            self._work.sync(only, who)
        except SyncRunning:
            return  # one that a person started is as good

    def _snapshot(self) -> None:
        self._scheduled(_SNAPSHOT)
        self.box.prune(self._clock() - _KEEP_LETTERS.total_seconds())

    def _report_job(self, row: Schedule) -> Callable[[Due], None]:
        def run(due: Due) -> None:
            try:
                self._work.report(row, due)
            except Exception as fault:
                words = str(fault) if isinstance(fault, AppError) else f"failed on our side ({type(fault).__name__})"
                self.alerts.trouble(alert_texts.report_failed(row.name, due.key, words))
                raise
            self.alerts.over(f"{alert_texts.REPORT}{row.name}", "The report was built.")

        return run

    def _hinted(self, only: tuple[str, ...]) -> None:
        self._work.sync(only, hints.STARTED_BY)

    def _connected(self, more: Callable[[], None]) -> None:
        more()
        self.alerts.over(alert_texts.RECONNECT, "QuickBooks is connected again.")

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).astimezone(self._zone).date()


def connect_url(redirect_uri: str) -> str:
    """Where a person connects QuickBooks, told by where Intuit sends them back; "" where that is not our own page."""
    ours = urlsplit(redirect_uri).path == "/qbo/callback"
    return urljoin(redirect_uri, "/qbo/connect") if ours else ""


def _patience(settings: Settings) -> Patience:
    own = settings.alerts
    return Patience(timedelta(seconds=own.remind_after), timedelta(seconds=own.escalate_after), own.escalate_to)


def _qbo_names() -> dict[str, str]:
    from sync.qbo.resources import RESOURCES  # brings the client's wire, which the rest of this file need not wait for

    return {resource.api.lower(): resource.name for resource in RESOURCES if resource.in_cdc}
